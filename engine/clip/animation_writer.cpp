#include "engine/clip/animation_writer.h"

#include "engine/clip/decoder_library.h"
#include "engine/clip/gif_writer.h"
#include "engine/core/whole_file.h"

#include <utility>

namespace convscope {

namespace {

/// OpenCV's writer says nothing of a failure: what it left is read again.
class VideoWriter final : public AnimationWriter {
 public:
  VideoWriter(std::string path, int height, int width, const DecoderLibrary& library)
      : m_path(std::move(path)), m_file(m_path), m_height(height), m_width(width), m_library(library) {}

  bool open(double framesPerSecond) {
    m_encoder = m_library.openEncoder(m_file.beside(), m_height, m_width, framesPerSecond);
    return m_encoder != nullptr;
  }
  Result<void> add(const PictureView& picture) override {
    ++m_added;
    if (m_encoder->add({picture.data, picture.rowBytes, picture.height, picture.width})) return {};
    return fail(ErrorCode::Io, m_path + " cannot be written.");
  }
  Result<void> finish() override {
    m_encoder.reset();  // which writes what is left
    const int there = picturesThere();
    if (there == m_added) return m_file.place();
    return fail(ErrorCode::Io, m_path + " cannot be written: of its " + std::to_string(m_added) +
                                   " pictures " + std::to_string(there) +
                                   " can be read again. Is the disk full?");
  }

 private:
  /// Pictures of the right size that the file holds.
  [[nodiscard]] int picturesThere() const {
    const auto decoder = m_library.openVideo(m_file.beside());
    int count = 0;
    BgrView view;
    while (decoder != nullptr && decoder->advance() && decoder->frame(view) && view.height == m_height &&
           view.width == m_width)
      ++count;
    return count;
  }

  std::string m_path;
  WholeFile m_file;
  int m_height;
  int m_width;
  int m_added = 0;
  const DecoderLibrary& m_library;
  std::unique_ptr<VideoEncoder> m_encoder;  // writes m_file: goes first
};

}  // namespace

Result<std::unique_ptr<AnimationWriter>> openAnimation(const std::string& path, int height, int width,
                                                       double framesPerSecond,
                                                       std::span<const PictureView> samples) {
  const bool gif = path.ends_with(".gif");
  if (!gif && !path.ends_with(".mp4"))
    return fail(ErrorCode::BadUsage, "An animation is written as .mp4 or .gif; “" + path + "” is neither.");
  const std::string size = std::to_string(width) + " × " + std::to_string(height);
  if (gif && (height < 1 || width < 1 || height > kMostGifSide || width > kMostGifSide))
    return fail(ErrorCode::BadUsage, "A GIF has from 1 to " + std::to_string(kMostGifSide) +
                                         " pixels a side; this one would have " + size + ".");
  if (!gif && (height % 2 != 0 || width % 2 != 0 || height < 2 || width < 2))
    return fail(ErrorCode::BadUsage,
                "An .mp4 has an even height and width; this one would have " + size + ".");
  if (gif) return openGif(path, height, width, framesPerSecond, samples);
  const auto library = decoderLibrary();
  if (!library) return tl::unexpected(library.error());
  auto writer = std::make_unique<VideoWriter>(path, height, width, **library);
  if (!writer->open(framesPerSecond))
    return fail(ErrorCode::Io,
                path + " cannot be written, or this machine's FFmpeg has no encoder for .mp4.");
  return writer;
}

}  // namespace convscope
