#include "engine/conv/cost.h"

namespace convscope {

ConvCost costOf(const ConvSpec& spec, const ConvGeometry& geometry) {
  constexpr std::int64_t kFloat = sizeof(float);
  const std::int64_t perOutput = spec.kernel.product() * (geometry.input.channels / spec.groups);
  ConvCost cost;
  cost.weights = perOutput * geometry.output.channels;
  cost.biases = geometry.output.channels;
  cost.multiplyAdds = geometry.output.count() * perOutput;
  cost.inputBytes = geometry.input.count() * kFloat;
  cost.outputBytes = geometry.output.count() * kFloat;
  cost.weightBytes = (cost.weights + cost.biases) * kFloat;
  const auto inputs = static_cast<double>(geometry.input.count());
  const auto outputs = static_cast<double>(geometry.output.count());
  cost.fullyConnectedWeights = inputs * outputs + outputs;
  return cost;
}

}  // namespace convscope
