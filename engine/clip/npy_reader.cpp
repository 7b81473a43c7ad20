#include "engine/clip/frame_taker.h"
#include "engine/clip/npy.h"
#include "engine/clip/npy_header.h"
#include "engine/clip/readers.h"
#include "engine/core/memory_budget.h"

#include <algorithm>
#include <cmath>
#include <fstream>

namespace convscope {

namespace {

std::string shapeText(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t extent : shape) text += (text.empty() ? "" : " × ") + std::to_string(extent);
  return text.empty() ? "()" : text;
}

Result<Shape> clipShape(const std::vector<std::int64_t>& shape, const std::string& name) {
  const bool axesFit = shape.size() == 3 || (shape.size() == 4 && (shape[3] == 1 || shape[3] == 3));
  if (!axesFit) {
    return fail(ErrorCode::BadInput, name + " has the shape " + shapeText(shape) +
                                         "; a clip is (L, H, W), or (L, H, W, C) with C = 1 or 3.");
  }
  constexpr std::int64_t kMost = 1 << 30;
  if (std::ranges::any_of(shape, [](std::int64_t extent) { return extent < 1 || extent > kMost; })) {
    return fail(ErrorCode::BadInput, name + " has the shape " + shapeText(shape) + ", which holds no frame.");
  }
  return Shape{static_cast<int>(shape[0]), static_cast<int>(shape[1]), static_cast<int>(shape[2]),
               shape.size() == 4 ? static_cast<int>(shape[3]) : 1};
}

/// One frame as float, whatever the order in the file: Fortran order needs the whole array, read once into
/// `whole`.
class NpyFrames {
 public:
  NpyFrames(std::string path, std::string name, NpyHeader header, std::int64_t frameValues)
      : m_path(std::move(path)),
        m_name(std::move(name)),
        m_header(std::move(header)),
        m_frameValues(frameValues) {}

  Result<void> open() {
    if (!m_header.fortranOrder) {
      m_stream.open(m_path, std::ios::binary);
      return {};
    }
    Result<NpyArray> array = readNpy(m_path);
    if (!array) return tl::unexpected(array.error());
    m_whole = std::move(array->values);
    return {};
  }
  Result<void> read(std::int64_t frame, float* into) {
    if (m_header.fortranOrder) {
      std::copy_n(m_whole.begin() + frame * m_frameValues, m_frameValues, into);
      return {};
    }
    return readNpyValues(m_stream, m_header, frame * m_frameValues, m_frameValues, into, m_name);
  }

 private:
  std::string m_path;
  std::string m_name;
  NpyHeader m_header;
  std::int64_t m_frameValues;
  std::ifstream m_stream;
  std::vector<float> m_whole;
};

}  // namespace

Result<RawFrames> readNpyClip(const std::string& path, const SniffedFile& file, const FrameRange& range,
                              const ReadContext& context) {
  std::ifstream stream(path, std::ios::binary);
  const Result<NpyHeader> header = readNpyHeader(stream, file.bytes, file.name);
  if (!header) return tl::unexpected(header.error());
  const Result<Shape> shape = clipShape(header->shape, file.name);
  if (!shape) return tl::unexpected(shape.error());
  const int frames = framesInside(range, shape->length);
  if (frames == 0) return startsBehindEnd(file.name, shape->length, range);
  const std::int64_t frameValues = shape->frameSize() * shape->channels;
  if (auto fits = checkBudget(4.0 * static_cast<double>(frameValues) * (frames + 1.0),
                              "Reading " + framesText(frames) + " of " + std::to_string(shape->width) +
                                  " × " + std::to_string(shape->height) + " pixels from " + file.name,
                              "take fewer frames");
      !fits) {
    return failAt(ErrorPlace::Setting::Range, fits.error());
  }

  RawFrames raw;
  raw.source = {file.name, 0, shape->length, shape->height, shape->width, shape->channels, ""};
  raw.height = shape->height;
  raw.width = shape->width;
  raw.channels = shape->channels;
  NpyFrames source(path, file.name, *header, frameValues);
  if (auto opened = source.open(); !opened) return tl::unexpected(opened.error());
  const bool asBytes = header->kind == NpyHeader::Kind::UInt8;
  // all that was checked at once: growing piece by piece takes up to three times as much
  const auto values = static_cast<std::size_t>(frameValues) * static_cast<std::size_t>(frames);
  asBytes ? raw.bytes.reserve(values) : raw.floats.reserve(values);
  std::vector<float> frame(static_cast<std::size_t>(frameValues));
  bool finite = true;
  for (int i = 0; i < frames; ++i) {
    if (context.stop.stop_requested())
      return fail(ErrorCode::Stopped, "Reading " + file.name + " was stopped.");
    const int index = range.start + i * range.step;
    if (auto read = source.read(index, frame.data()); !read) return tl::unexpected(read.error());
    if (asBytes) {
      for (const float value : frame) raw.bytes.push_back(static_cast<std::uint8_t>(value));
    } else {
      finite = finite && std::ranges::all_of(frame, [](float value) { return std::isfinite(value); });
      raw.floats.insert(raw.floats.end(), frame.begin(), frame.end());
    }
    raw.taken.push_back(index);
    if (context.progress) context.progress((i + 1.0) / frames);
  }
  if (frames < range.count) raw.source.notice = endsInside(file.name, shape->length, frames, range.count);
  if (!finite) raw.source.notice = file.name + " holds values that are not finite (NaN or infinity).";
  return raw;
}

}  // namespace convscope
