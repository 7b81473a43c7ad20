#pragma once

#include "engine/field/layer_table.h"
#include "engine/field/stack_run.h"
#include "engine/network/runner.h"

#include <vector>

namespace convscope {

/// How a stimulus is sought.
struct StimulusSettings {
  int steps = 48;
  double rate = .08;  ///< of the input's range that a voxel of mean gradient moves in one step
  double decay = 0;   ///< share of the distance to the middle of the range that every voxel loses a step
  double noise = .1;  ///< standard deviation of what it starts from about the middle, of the range
  std::vector<float> low{0};   ///< smallest value of each channel, or one for all
  std::vector<float> high{1};  ///< largest
  unsigned seed = 1;
};

/// A clip that a unit answers to more and more.
struct Stimulus {
  Value input;                    ///< the best found, as the network is fed
  std::vector<double> responses;  ///< the unit's value at the start and after each step
  double best = 0;                ///< the largest of them: that of `input`
};

/// Seeks the input of extents `dims` (1, C, …) to which element `element` of value `value` answers most, by
/// gradient ascent from noise (Erhan et al. 2009): x ← clip(x + rate · (high − low) · g / √mean(g²)), the
/// mean over the voxels whose g is not 0. Where nothing answers (the gradient is 0) it ends early. Errors:
/// BadSpec where low and high are no ranges of the channels; those of Runner::run() and gradientsOf().
/// Reports progress step by step; the same bits for any number of threads.
[[nodiscard]] Result<Stimulus> preferredStimulus(Runner& runner, int value, std::int64_t element,
                                                 const Dims& dims, const StimulusSettings& settings,
                                                 const ComputeContext& context);

/// The same for channel `channel` of unit `unit` of a stack's row `row`, its sum before its own ReLU.
[[nodiscard]] Result<Stimulus> preferredStimulus(const LayerTable& table, int row, const Triple& unit,
                                                 int channel, const StackRun& run,
                                                 const StimulusSettings& settings,
                                                 const ComputeContext& context);

}  // namespace convscope
