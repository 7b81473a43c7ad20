#pragma once

#include "engine/conv/filter_bank.h"
#include "engine/core/parallel.h"
#include "engine/core/tensor.h"
#include "engine/field/layer_table.h"

#include <vector>

namespace convscope {

/// What stands in the filters of a stack that is run to be looked at.
enum class StackWeights {
  Random,   ///< randomFilter()s
  Uniform,  ///< all equal, adding up to 1: means of what a unit sees, from 0 to 1 on a clip
  Given,    ///< StackRun::given
};

/// How a stack is run to be looked at. A stack has no weights of its own.
struct StackRun {
  int filters = 8;  ///< of each convolution at most, so that every network answers while one drags
  StackWeights weights = StackWeights::Random;
  unsigned seed = 5;  ///< of the random filters
  /// With StackWeights::Given: the filters of each convolution (and fully connected layer) of the expanded
  /// stack, in order; `filters` is not read then.
  std::vector<FilterBank> given = {};
  Activation bend = Activation::Relu;  ///< between the convolutions; given weights: not behind the last
  bool operator==(const StackRun&) const = default;
};

/// Maps of every layer on `clip`, whose shape is the table's clip: convolutions, each
/// followed by StackRun::bend, as many filters as StackRun allows (then groups that are not one for each
/// channel are left out); pools, sums, gates and repeats as they are, other functions left out (a sum's
/// inputs with fewer channels than others go round); what a lateral layer joins is zero. Maps are (L′, H′,
/// W′, channels) in order C, L′, H′, W′. Errors: TooLarge where all maps together pass the memory budget;
/// BadSpec where given filters do not fit their layer, which it names with the numbers; Stopped. Work on the
/// context's pool; the same bits for any number of threads.
[[nodiscard]] Result<std::vector<Tensor>> runStack(const LayerTable& table, const Tensor& clip,
                                                   const StackRun& run, const ComputeContext& context);

}  // namespace convscope
