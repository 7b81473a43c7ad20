#pragma once

#include "engine/clip/clip_spec.h"
#include "engine/core/parallel.h"
#include "engine/core/result.h"
#include "engine/core/tensor.h"

#include <memory>
#include <vector>

namespace convscope {

/// What the readout's clips show; every one fills the whole frame with a random texture.
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
inline constexpr int kTrainingClips = 420;  ///< 60 a class
inline constexpr int kTestClips = 280;      ///< 40 a class

struct LabelledClip {
  ClipSpec spec;  ///< how the motion lab draws it
  MotionClass label = MotionClass::Still;
  Tensor pixels;  ///< kMotionClipShape
};

/// The clips that a readout learns from and those that it is tested on.
struct MotionSet {
  std::vector<LabelledClip> training;
  std::vector<LabelledClip> test;
};

/// Number `index` of the training or the test clips: class index mod 7, everything else by chance from a seed
/// that no other clip has. Speed 0.5 … 1.5 pixels per frame, grain 4 … 8 pixels (noise 2 … 3), contrast 0.4 …
/// 1, camera noise 0.01 … 0.03, flicker period 3 … 6 frames from any phase.
enum class MotionPart { Training, Test };
[[nodiscard]] ClipSpec motionClip(MotionPart part, int index);

/// All clips, drawn on first use and kept while the program runs: the same bits every time. Errors: Stopped;
/// those of the motion lab. Thread-safe; who comes while another draws waits for him.
[[nodiscard]] Result<std::shared_ptr<const MotionSet>> motionSet(const ComputeContext& context);

}  // namespace convscope
