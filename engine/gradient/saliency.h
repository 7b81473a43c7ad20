#pragma once

#include "engine/core/tensor.h"
#include "engine/network/runner.h"

namespace convscope {

/// What holds a network's class scores before a soft-max at its end: the soft-max would mix the gradients of
/// all other classes in. Where there is none, the last output.
[[nodiscard]] int scoreValue(const Graph& graph);

/// One class score of one clip and its gradients.
struct ScoreGradient {
  std::int64_t index = 0;        ///< of the class
  double score = 0;              ///< before a soft-max at the end
  NetworkRun run;                ///< with its activations
  std::vector<Value> gradients;  ///< of the score, with respect to each value asked for
};

/// Gradients of the score of class `index` (< 0: of the best one) with respect to `wanted`, inputs or
/// activations of the graph, the network being fed `input` (one clip). Errors: BadSpec where the scores are
/// no list for one clip, or there is no such class; those of Runner::run() and gradientsOf().
[[nodiscard]] Result<ScoreGradient> scoreGradient(Runner& runner, const Value& input, std::int64_t index,
                                                  const std::vector<int>& wanted,
                                                  const ComputeContext& context);

/// What of the clip a class score reacts to.
enum class SaliencyKind {
  Gradient,           ///< max_c |∂s/∂x_c|: Simonyan et al. 2013
  GradientTimesClip,  ///< |Σ_c x_c · ∂s/∂x_c|: how much each voxel adds to a linear network's score
};

struct ClassHeat {
  std::int64_t index = 0;
  double score = 0;
  Tensor heat;  ///< (L, H, W, 1), not normalised, ≥ 0; L = 1 where the input has no time
};

/// Heat over the clip. Errors: those of scoreGradient(); BadSpec where the input is no clip (N, C, L, H, W),
/// (N, C, H, W) or (N, C, W) of one clip.
[[nodiscard]] Result<ClassHeat> classSaliency(Runner& runner, const Value& input, std::int64_t index,
                                              SaliencyKind kind, const ComputeContext& context);

/// Grad-CAM over space and time (Selvaraju et al. 2017): ReLU(Σ_k α_k A_k), A_k being the maps of `value` and
/// α_k the mean of ∂s/∂A_k over t, y and x. The heat has the maps' extents; see stretched(). Errors: those of
/// classSaliency(), of `value` instead of the input.
[[nodiscard]] Result<ClassHeat> gradCam(Runner& runner, const Value& input, std::int64_t index, int value,
                                        const ComputeContext& context);

/// A volume brought to another extent: linear between the middles of its cells, constant beyond them. Any
/// number of channels. Sizes must have been checked.
[[nodiscard]] Tensor stretched(const Tensor& volume, const Triple& extent);

}  // namespace convscope
