#pragma once

#include "engine/conv/conv_spec.h"

#include <cstdint>

namespace convscope {

/// What one convolution layer costs. Counts are exact; `fullyConnectedWeights` is a double because it
/// overflows.
struct ConvCost {
  std::int64_t weights = 0;  ///< K · C/groups · l · h · w
  std::int64_t biases = 0;   ///< K
  std::int64_t multiplyAdds =
      0;  ///< outputs · C/groups · l · h · w; taps in the padding counted, as papers do
  std::int64_t inputBytes = 0;  ///< float32
  std::int64_t outputBytes = 0;
  std::int64_t weightBytes = 0;  ///< weights and biases
  /// Weights (biases included) of a fully connected layer from the same input to the same outputs:
  /// inputs · outputs + outputs. Against `weights + biases` it is what sharing and locality save.
  double fullyConnectedWeights = 0;
};
[[nodiscard]] ConvCost costOf(const ConvSpec& spec, const ConvGeometry& geometry);

}  // namespace convscope
