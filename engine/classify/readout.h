#pragma once

#include "engine/classify/feature_spread.h"
#include "engine/classify/filter_family.h"
#include "engine/classify/motion_set.h"
#include "engine/classify/softmax_model.h"
#include "engine/classify/test_score.h"
#include "engine/conv/conv_spec.h"
#include "engine/core/parallel.h"
#include "engine/core/result.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace convscope {

/// Everything that decides what a readout learns. A plain value.
struct ReadoutSpec {
  Triple kernel{3, 3, 3};
  Triple stride{1, 1, 1};
  Triple dilation{1, 1, 1};
  BankKind bank = BankKind::Gabor;
  FilterBank own;  ///< one channel, extent `kernel`; read only where `bank` is Own, else empty
  bool operator==(const ReadoutSpec&) const = default;
};

/// Features are read at every second row of the outputs, and with kernels of five frames and more at every
/// second frame: neighbours share most of what they see, and twice as many clips tell more than twice as many
/// neighbours.
inline constexpr int kRowStep = 2;
inline constexpr int kFrameStep = 2;
inline constexpr int kLongKernel = 5;  ///< frames

/// Share of clips like those that a readout learned from, but never seen, that count as near them.
inline constexpr double kUsualShare = 0.985;

/// A trained and tested readout. Immutable and shared.
struct Readout {
  ReadoutSpec spec;
  FilterBank bank;
  SoftmaxModel model;             ///< of two kinds of each class: all of the frame moves, or a part of it
  FeatureSpread spread;           ///< of the clips that it learned from
  TestScore test;                 ///< on the test clips of motionSet() that move as a whole
  TestScore partialTest;          ///< on those of which a part moves
  double trainingAccuracy = 0;    ///< on the clips that it learned from
  double usual = 0;               ///< spread.distance() within which kUsualShare of all test clips lie
  std::int64_t weights = 0;       ///< of the bank's kernels
  std::int64_t multiplyAdds = 0;  ///< of the outputs of one clip that features are read at
  double trainMs = 0;             ///< features of all clips and the fit, wall clock, when it was trained
};

/// The bank that `spec` asks for.
[[nodiscard]] FilterBank bankOf(const ReadoutSpec& spec);

/// Convolves the clips of motionSet() with the bank, fits a linear softmax to the training clips' features
/// and tests it on the others. These also set the temperature of the scores, which changes no clip's class,
/// and the distance that is usual. The same spec gives the same bits on every run and for any number of
/// threads. The last 64 readouts are kept: asking again costs nothing. Errors: BadSpec where the kernel spans
/// more than a clip (names the axis and the numbers) or the bank is empty; Stopped, between batches of clips.
/// Thread-safe.
[[nodiscard]] Result<std::shared_ptr<const Readout>> trainReadout(const ReadoutSpec& spec,
                                                                  const ComputeContext& context);
/// The readout if it is kept, else nullptr.
[[nodiscard]] std::shared_ptr<const Readout> keptReadout(const ReadoutSpec& spec);
/// Lets all kept readouts go: for benchmarks and tests, which want them trained anew.
void forgetReadouts();

/// `clip` as a readout is fed: grey (.299 R + .587 G + .114 B; one channel as it is), each frame resized to
/// that of kMotionClipShape (area averaging on an axis that shrinks, else linear). Frames stay as they are.
[[nodiscard]] Tensor readoutInput(const Tensor& clip);

/// What a readout says of one clip.
struct ClipScores {
  std::vector<double> scores;  ///< one a class, adding up to 1
  double distance = 0;         ///< Readout::spread's; beyond Readout::usual the scores are a guess
};

/// Scores of a clip. Errors: BadSpec where the clip is a single frame (all classes but noise would be a still
/// picture: there is no motion to name) or shorter than the kernel's span (with the numbers); those of the
/// convolution.
[[nodiscard]] Result<ClipScores> scoreClip(const Readout& readout, const Tensor& clip,
                                           const ComputeContext& context);

}  // namespace convscope
