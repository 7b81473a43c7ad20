#pragma once

#include "engine/clip/clip_spec.h"
#include "engine/core/tensor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace convscope {

/// What is known of a source beside its pixels. For sentences and the clip panel.
struct SourceInfo {
  std::string name;            ///< file name, or the motion-lab clip's name
  double framesPerSecond = 0;  ///< 0 where the source does not say (still image, .npy, image sequence)
  int frameCount = 0;  ///< frames in the whole source; 0 where it is not known (webcam, broken header)
  int height = 0;      ///< of the source's frames, before crop and resize
  int width = 0;
  int channels = 3;    ///< 3 (RGB) or 1
  std::string notice;  ///< one sentence for the user (the file ended early …), or empty
};

/// Decoded frames as they came, before crop, resize and grey: what a file read costs, kept while sliders
/// move. Either 8-bit interleaved RGB (or grey) in `bytes`, order L, H, W, C, or float in `floats` (from
/// .npy), same order.
struct RawFrames {
  SourceInfo source;
  std::vector<int> taken;  ///< source frame of each frame, counted from 0
  int height = 0;
  int width = 0;
  int channels = 3;
  std::vector<std::uint8_t> bytes;
  std::vector<float> floats;
  [[nodiscard]] int count() const { return static_cast<int>(taken.size()); }
};

/// What the engine is fed: float32 (L, H, W, C), C = 3 (RGB) or 1 (grey = .299 R + .587 G + .114 B),
/// values/255 in [0, 1] (.npy values as they are). Immutable once built and shared.
struct Clip {
  SourceInfo source;
  std::vector<int> taken;  ///< source frame behind each of the L frames, counted from 0
  Tensor pixels;           ///< memory order C, L, H, W
  ValueRange range;        ///< of `pixels`
  /// Frames of this clip per second: the source's rate divided by the range's step. 0 where not known.
  double framesPerSecond = 0;
};

}  // namespace convscope
