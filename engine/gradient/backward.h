#pragma once

#include "engine/network/runner.h"

#include <vector>

namespace convscope {

/// A value of a network and the gradient that starts there: of Σ weight · value, `weights` having the value's
/// type and extents.
struct GradientStart {
  int value = -1;
  Value weights;
};

/// A start at one element: 1 there, 0 elsewhere. `dims` are the value's extents, float32.
[[nodiscard]] GradientStart startAt(int value, const Dims& dims, std::int64_t element);

/// Gradients of Σ start.weights · start.value with respect to each of `wanted`, values of the graph on which
/// it may depend (inputs or activations), by the chain rule from node to node. `run` is a run of `runner`
/// with RunRequest::keep; activations that it dropped are computed again. Where a run was made with
/// sizesOnly, the gradients are right as long as every node on the way is linear. A wanted value that nothing
/// reaches gets zeros. Errors: BadSpec, a sentence that names the node whose operator has no gradient, or
/// none with respect to that input; TooLarge; Stopped. Reports progress node by node. Work on the context's
/// pool; the same bits for any number of threads. Thread rule: as the runner, one call at a time.
[[nodiscard]] Result<std::vector<Value>> gradientsOf(Runner& runner, const NetworkRun& run,
                                                     const GradientStart& start,
                                                     const std::vector<int>& wanted,
                                                     const ComputeContext& context);

}  // namespace convscope
