#pragma once

#include "engine/core/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace convscope {

/// One picture of an animation: rows of 8-bit blue, green, red and a byte that does not count.
struct PictureView {
  const std::uint8_t* data = nullptr;
  std::ptrdiff_t rowBytes = 0;
  int height = 0;
  int width = 0;
};

/// An animation being written, pictures in order; what stands where it is to be stays until finish(). One
/// thread at a time; no exception leaves it.
class AnimationWriter {
 public:
  AnimationWriter() = default;
  AnimationWriter(const AnimationWriter&) = delete;
  AnimationWriter& operator=(const AnimationWriter&) = delete;
  /// What was not finished is removed.
  virtual ~AnimationWriter() = default;
  /// The next picture, of the size that was opened. Errors: Io.
  [[nodiscard]] virtual Result<void> add(const PictureView& picture) = 0;
  /// The file is whole when this returns: a video was decoded again, all pictures of it. Errors: Io, and
  /// what stood there still does.
  [[nodiscard]] virtual Result<void> finish() = 0;
};

inline constexpr int kMostGifSide = 4096;

/// An .mp4 (H.264 where this machine's FFmpeg has an encoder for it, else MPEG-4; even height and width) or a
/// .gif that repeats for ever. A GIF's 255 colours are chosen for `samples`, some of the pictures to come;
/// videos need none. `framesPerSecond` in (0, 100]; GIF's times are hundredths of a second, rounded so that
/// their sum stays right. Errors: BadUsage (another ending, sizes that the format does not have), BadInput
/// (OpenCV's library is missing), Io.
[[nodiscard]] Result<std::unique_ptr<AnimationWriter>> openAnimation(const std::string& path, int height,
                                                                     int width, double framesPerSecond,
                                                                     std::span<const PictureView> samples);

}  // namespace convscope
