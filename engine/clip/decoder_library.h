#pragma once

#include "engine/core/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace convscope {

/// One decoded frame, 8-bit interleaved B, G, R. Valid until the decoder's next call.
struct BgrView {
  const std::uint8_t* data = nullptr;
  std::ptrdiff_t rowBytes = 0;
  int height = 0;
  int width = 0;
};

/// An open video or camera. Not thread-safe; each reader has its own. No exception leaves it.
class VideoDecoder {
 public:
  VideoDecoder() = default;
  VideoDecoder(const VideoDecoder&) = delete;
  VideoDecoder& operator=(const VideoDecoder&) = delete;
  virtual ~VideoDecoder() = default;
  /// What the container says, unchecked: may be 0, negative or absurd.
  [[nodiscard]] virtual double framesPerSecond() = 0;
  [[nodiscard]] virtual double statedFrames() = 0;
  /// Decodes the next frame; false at the end.
  [[nodiscard]] virtual bool advance() = 0;
  /// The frame that advance() went to; false where it cannot be had as 8-bit colour.
  [[nodiscard]] virtual bool frame(BgrView& view) = 0;
};

/// A video being written. Not thread-safe. No exception leaves it. What is missing is written, and the file
/// closed, at its destruction.
class VideoEncoder {
 public:
  VideoEncoder() = default;
  VideoEncoder(const VideoEncoder&) = delete;
  VideoEncoder& operator=(const VideoEncoder&) = delete;
  virtual ~VideoEncoder() = default;
  /// Rows of B, G, R and a byte that does not count, of the size that was opened.
  [[nodiscard]] virtual bool add(const BgrView& picture) = 0;
};

/// The functions of the library clip_video, which is OpenCV's readers and its writer behind four calls.
/// Why a library of its own: OpenCV's videoio and imgcodecs pull in some 240 shared libraries, and loading
/// them costs every start of the program 0.16 s. This way only opening a file pays for them, once.
struct DecoderLibrary {
  int interfaceVersion = 0;
  std::unique_ptr<VideoDecoder> (*openVideo)(const std::string& path) = nullptr;  ///< null: not a video
  std::unique_ptr<VideoDecoder> (*openCamera)(int index) = nullptr;               ///< null: no such camera
  /// Decodes a still image and hands it over; false: not an image, or damaged.
  bool (*readImage)(const std::string& path, const std::function<void(const BgrView&)>& take) = nullptr;
  /// H.264 in .mp4, or MPEG-4 where FFmpeg cannot; null: neither, or the file cannot be written.
  std::unique_ptr<VideoEncoder> (*openEncoder)(const std::string& path, int height, int width,
                                               double framesPerSecond) = nullptr;
};
inline constexpr int kDecoderInterface = 2;  ///< counted up when anything above changes

/// Loads clip_video on first use from beside the program or from lib/convscope next to the program's folder
/// (the layout of the build folder and of an installation). Thread-safe; a failure is tried again at the next
/// call. Errors: BadInput (the library is missing or of another version).
[[nodiscard]] Result<const DecoderLibrary*> decoderLibrary();

}  // namespace convscope
