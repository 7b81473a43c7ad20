#include "engine/field/stack_spec.h"

#include <algorithm>

namespace convscope {

const char* layerKindName(LayerKind kind) {
  switch (kind) {
    case LayerKind::Conv:
      return "convolution";
    case LayerKind::MaxPool:
      return "max pool";
    case LayerKind::AveragePool:
      return "average pool";
    case LayerKind::GlobalPool:
      return "global pool";
    case LayerKind::FullyConnected:
      return "fully connected";
    case LayerKind::Add:
      return "add";
    case LayerKind::Concat:
      return "concat";
    case LayerKind::Lateral:
      return "lateral";
    case LayerKind::SqueezeExcitation:
      return "squeeze-excitation";
    case LayerKind::Upsample:
      return "upsample";
  }
  return "";
}

StackSpec expanded(const StackSpec& stack) {
  StackSpec result{stack.name, stack.clip, {}};
  std::vector<int> lastCopy;  // of each layer of `stack`, where it ends in the result
  for (const LayerSpec& layer : stack.layers) {
    LayerSpec copy = layer;
    copy.repeat = 1;
    for (int& input : copy.inputs) {
      if (input >= 0 && input < static_cast<int>(lastCopy.size()))
        input = lastCopy[static_cast<std::size_t>(input)];
    }
    for (int i = 0; i < std::max(1, layer.repeat); ++i) {
      if (i > 0) {
        copy.name = layer.name + " #" + std::to_string(i + 1);
        copy.inputs.clear();
      }
      result.layers.push_back(copy);
    }
    lastCopy.push_back(static_cast<int>(result.layers.size()) - 1);
  }
  return result;
}

}  // namespace convscope
