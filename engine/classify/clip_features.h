#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"
#include "engine/core/parallel.h"
#include "engine/core/result.h"
#include "engine/core/tensor.h"

#include <vector>

namespace convscope {

/// What a bank says of clips: for each clip and filter k, over all output positions p of the map after ReLU,
///   mean_k = 1/P Σ max(0, out_k(p)),   rms_k = √(1/P Σ max(0, out_k(p))²)
/// One row a clip: K means, then K root mean squares. Row-major.
struct FeatureTable {
  int rows = 0;
  int columns = 0;  ///< 2 K
  std::vector<double> values;

  [[nodiscard]] const double* row(int at) const {
    return values.data() + static_cast<std::size_t>(at) * static_cast<std::size_t>(columns);
  }
};

/// Features of clips of one shape (one channel each) under the kernel, stride and dilation of `spec`; padding
/// is valid and the activation ReLU, whatever `spec` says. A clip is the work of one thread, its sums in one
/// order: any number of threads gives the same bits. Yields and polls for a stop between batches of clips.
/// Memory: one clip's maps for each thread. Errors: those of convolve().
[[nodiscard]] Result<FeatureTable> featuresOf(const std::vector<const Tensor*>& clips, const ConvSpec& spec,
                                              const FilterBank& bank, const ComputeContext& context);

}  // namespace convscope
