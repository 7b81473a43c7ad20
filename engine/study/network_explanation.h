#pragma once

#include "engine/core/parallel.h"
#include "engine/study/network_result.h"

#include <array>
#include <vector>

namespace convscope {

/// How a network is asked what it answers to.
enum class ExplanationKind {
  Saliency,  ///< which voxels move a class score: max_c |∂s/∂x_c|, see classSaliency()
  GradCam,   ///< where the maps of a layer speak for a class: see gradCam()
  Stimulus,  ///< the input that a channel answers to most: see preferredStimulus()
};

struct ExplanationQuestion {
  ExplanationKind kind = ExplanationKind::Saliency;
  std::int64_t classIndex = -1;  ///< of Saliency and GradCam; below 0: the best one
  int row = 0;                   ///< of the network's table, of GradCam and Stimulus
  int channel = 0;               ///< of that row, of Stimulus
  bool operator==(const ExplanationQuestion&) const = default;
};

/// The answer. Immutable and shared.
struct NetworkExplanation {
  ExplanationQuestion question;  ///< with the class that was taken
  // --- of Saliency and GradCam
  double score = 0;  ///< of the class, before a soft-max at the end; of pictures the mean
  Tensor heat;       ///< (L, H, W, 1) on the clip, ≥ 0
  Tensor cells;      ///< of GradCam: the heat on the cells of the row's maps, before it was stretched
  /// End of the colour scale: of GradCam the largest value, of Saliency the one below which kShownShare of
  /// the voxels lie, since a few outliers would leave the others dark. Above 0.
  double end = 1;
  // --- of Stimulus
  Tensor pixels;                     ///< (l, h, w, C), 0 … 1 as a clip's: RGB or grey
  Tensor map;                        ///< what the row's channel answers to it, (l′, h′, w′, 1)
  Triple unit{0, 0, 0};              ///< of `map`: the one whose value was climbed
  std::array<AxisField, 3> field{};  ///< of the map's units on `pixels`
  std::array<bool, 3> seesAll{};     ///< axes that the maps have lost: what is left of them sees all
  std::vector<double> responses;     ///< of the unit at the start and after each step, before its ReLU
  bool wholeClip = false;            ///< as large as the clip, not as the unit's field
};
inline constexpr double kShownShare = .998;

/// Explains a network that was run. Saliency and Grad-CAM are taken on the window of the result; of a network
/// of single pictures picture by picture, all for one class. The stimulus is sought for the unit whose field
/// begins first inside the input, on an input as large as its field, where that is smaller than the clip;
/// elsewhere for the middle unit on the clip's size. Errors: BadSpec (no scores, no such class, no maps, an
/// operator without a gradient), TooLarge, Stopped. Reports progress; stoppable; the same bits for any number
/// of threads. Thread-safe.
[[nodiscard]] Result<NetworkExplanation> explain(const NetworkResult& result,
                                                 const ExplanationQuestion& question,
                                                 const ComputeContext& context);

/// The row whose value is climbed for a stimulus of `row`: the last one of its layer before an activation
/// that would hold back the gradient.
[[nodiscard]] int climbedRow(const NetworkResult& result, int row);

}  // namespace convscope
