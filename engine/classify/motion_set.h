#pragma once

#include "engine/clip/clip_spec.h"
#include "engine/core/parallel.h"
#include "engine/core/result.h"
#include "engine/core/tensor.h"

#include <array>
#include <memory>
#include <vector>

namespace convscope {

/// What the readout's clips show, all of random textures.
enum class MotionClass {
  Still,
  Left,
  Right,
  Up,
  Down,
  Flicker,  ///< the texture stands and its contrast swings
  Noise,    ///< another, finer texture in every frame: snow
};
inline constexpr int kMotionClasses = 7;

/// "still", "left", …: lower case, one word.
[[nodiscard]] const char* motionClassName(MotionClass label);

/// Extent of every clip, one channel (grey).
inline constexpr Shape kMotionClipShape{16, 32, 32, 1};

/// How much of the frame shows it.
enum class MotionExtent {
  Full,    ///< all of it: the scene of the lab of that name
  Window,  ///< a texture behind a window in a still ground
  Thing,   ///< a thing before a still ground
};
/// Clips of each class and extent that a readout learns from, and that it is tested on.
inline constexpr std::array<int, 3> kTrainingClipsEach{40, 25, 30};
inline constexpr std::array<int, 3> kTestClipsEach{40, 20, 20};
inline constexpr int kTrainingClips = 665;     ///< of all classes
inline constexpr int kTestClips = 280;         ///< full motion
inline constexpr int kPartialTestClips = 280;  ///< windows and things

struct LabelledClip {
  MotionExtent extent = MotionExtent::Full;
  MotionClass label = MotionClass::Still;
  Tensor pixels;  ///< kMotionClipShape
};

/// The clips that a readout learns from and those that it is tested on.
struct MotionSet {
  std::vector<LabelledClip> training;     ///< all extents, in their order
  std::vector<LabelledClip> test;         ///< full motion
  std::vector<LabelledClip> partialTest;  ///< windows, then things
};

/// Number `index` of the training or the test clips that move as a whole: class index mod 7, everything else
/// by chance from a seed that no other clip has. Speed 0.5 … 1.5 pixels per frame, grain 4 … 8 pixels (noise
/// 2 … 3), contrast 0.4 … 1, camera noise 0.01 … 0.03, flicker period 3 … 6 frames from any phase.
enum class MotionPart { Training, Test };
[[nodiscard]] ClipSpec motionClip(MotionPart part, int index);
/// The clip of that number of any extent, drawn; of the others see partialMotion(). Errors: those of the lab.
[[nodiscard]] Result<LabelledClip> drawMotion(MotionPart part, MotionExtent extent, int index);

/// All clips, drawn on first use and kept while the program runs: the same bits every time. Errors: Stopped;
/// those of the motion lab. Thread-safe; who comes while another draws waits for him.
[[nodiscard]] Result<std::shared_ptr<const MotionSet>> motionSet(const ComputeContext& context);

}  // namespace convscope
