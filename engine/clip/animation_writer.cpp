#include "engine/clip/animation_writer.h"

#include "engine/clip/decoder_library.h"
#include "engine/clip/gif_writer.h"

#include <cstdio>
#include <utility>

namespace convscope {

namespace {

/// OpenCV's writer says nothing of a failure: what it left is looked at.
class VideoWriter final : public AnimationWriter {
 public:
  VideoWriter(std::string path, std::unique_ptr<VideoEncoder> encoder)
      : m_path(std::move(path)), m_encoder(std::move(encoder)) {}
  ~VideoWriter() override {
    if (m_encoder == nullptr) return;
    m_encoder.reset();
    std::remove(m_path.c_str());
  }
  Result<void> add(const PictureView& picture) override {
    if (m_encoder->add({picture.data, picture.rowBytes, picture.height, picture.width})) return {};
    return fail(ErrorCode::Io, m_path + " cannot be written.");
  }
  Result<void> finish() override {
    m_encoder.reset();  // which writes what is left
    std::FILE* file = std::fopen(m_path.c_str(), "rb");
    const bool written = file != nullptr && std::fseek(file, 0, SEEK_END) == 0 && std::ftell(file) > 0;
    if (file != nullptr) std::fclose(file);
    return written ? Result<void>() : fail(ErrorCode::Io, m_path + " cannot be written.");
  }

 private:
  std::string m_path;
  std::unique_ptr<VideoEncoder> m_encoder;
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
  auto encoder = (*library)->openEncoder(path, height, width, framesPerSecond);
  if (encoder == nullptr)
    return fail(ErrorCode::Io,
                path + " cannot be written, or this machine's FFmpeg has no encoder for .mp4.");
  return std::make_unique<VideoWriter>(path, std::move(encoder));
}

}  // namespace convscope
