#include "engine/clip/clip_reader.h"

#include "engine/clip/decoder_library.h"
#include "engine/clip/frame_taker.h"
#include "engine/clip/motion_lab.h"
#include "engine/clip/readers.h"

#include <limits>
#include <new>

namespace convscope {

namespace {

Result<void> checkRange(const FrameRange& range) {
  constexpr ErrorPlace kRange{ErrorPlace::Setting::Range};
  const auto need = [&](const std::string& what, int value, int least) {
    return fail(ErrorCode::BadSpec,
                "The range's " + what + " must be at least " + std::to_string(least) + "; it is " +
                    std::to_string(value) + ".",
                kRange);
  };
  if (range.start < 0) return need("first frame", range.start + 1, 1);
  if (range.count < 1) return need("number of frames", range.count, 1);
  if (range.step < 1) return need("step", range.step, 1);
  const std::int64_t last = range.start + (std::int64_t{range.count} - 1) * range.step;
  if (last >= std::numeric_limits<int>::max()) {
    return fail(
        ErrorCode::BadSpec,
        "The range's last frame would be number " + std::to_string(last + 1) + "; no clip is that long.",
        kRange);
  }
  return {};
}

/// Runs a reader; memory that is refused in spite of the budget becomes an error value.
template <class Reader>
Result<RawFrames> guarded(const FrameRange& range, const ReadContext& context, const Reader& reader) {
  if (auto fits = checkRange(range); !fits) return tl::unexpected(fits.error());
  if (context.stop.stop_requested()) return fail(ErrorCode::Stopped, "Reading was stopped.");
  try {
    return reader();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::TooLarge,
                "The machine has no memory left for " + framesText(range.count) +
                    " of this source: take fewer frames.",
                {ErrorPlace::Setting::Range});
  }
}

}  // namespace

Result<RawFrames> readFile(const std::string& path, const FrameRange& range, const ReadContext& context) {
  return guarded(range, context, [&]() -> Result<RawFrames> {
    const Result<SniffedFile> file = sniffFile(path);
    if (!file) return tl::unexpected(file.error());
    switch (file->kind) {
      case FileKind::Image:
        return readImages(path, *file, range, context);
      case FileKind::Npy:
        return readNpyClip(path, *file, range, context);
      case FileKind::Video:
        break;
    }
    return readVideo(path, *file, range, context);
  });
}

Result<RawFrames> readWebcam(int index, const FrameRange& range, const ReadContext& context) {
  return guarded(range, context, [&] { return readCamera(index, range, context); });
}

Result<RawFrames> readSource(const ClipSource& source, const FrameRange& range, const ReadContext& context) {
  if (const auto* file = std::get_if<FileSource>(&source)) return readFile(file->path, range, context);
  if (const auto* camera = std::get_if<WebcamSource>(&source))
    return readWebcam(camera->index, range, context);
  return guarded(range, context, [&] { return drawLab(std::get<LabSpec>(source), range, context); });
}

RangeReader::RangeReader(ClipSource source) : m_source(std::move(source)) {}
RangeReader::~RangeReader() = default;
RangeReader::RangeReader(RangeReader&&) noexcept = default;
RangeReader& RangeReader::operator=(RangeReader&&) noexcept = default;

Result<RawFrames> RangeReader::read(const FrameRange& range, const ReadContext& context) {
  const auto* source = std::get_if<FileSource>(&m_source);
  if (source == nullptr) return readSource(m_source, range, context);
  return guarded(range, context, [&]() -> Result<RawFrames> {
    if (m_video == nullptr || !m_video->leadsTo(range)) {
      m_video.reset();
      const Result<SniffedFile> file = sniffFile(source->path);
      if (!file) return tl::unexpected(file.error());
      if (file->kind != FileKind::Video) return readSource(m_source, range, context);
      auto opened = VideoWalk::open(source->path, *file);
      if (!opened) return tl::unexpected(opened.error());
      m_video = std::make_unique<VideoWalk>(std::move(*opened));
    }
    if (auto read = m_video->read(range, context); !read) return tl::unexpected(read.error());
    return m_video->frames();
  });
}

void preloadDecoders() {
  // A failure is told when a file is opened, by the one who opened it.
  static_cast<void>(decoderLibrary());
}

}  // namespace convscope
