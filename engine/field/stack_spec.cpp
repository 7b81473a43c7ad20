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
    case LayerKind::Function:
      return "function";
  }
  return "";
}

int expandedIndex(const StackSpec& stack, int layer) {
  int index = -1;
  for (int i = 0; i <= layer && i < static_cast<int>(stack.layers.size()); ++i)
    index += std::max(1, stack.layers[static_cast<std::size_t>(i)].repeat);
  return index;
}

namespace {

/// Rewrites every input that is named by what `placeOf` says of its index.
template <class PlaceOf>
void renumber(StackSpec& stack, PlaceOf placeOf) {
  for (LayerSpec& layer : stack.layers) {
    for (int& input : layer.inputs) {
      if (input >= 0) input = placeOf(input);
    }
  }
}

}  // namespace

void duplicateLayer(StackSpec& stack, int layer) {
  renumber(stack, [layer](int input) { return input > layer ? input + 1 : input; });
  LayerSpec copy = stack.layers[static_cast<std::size_t>(layer)];
  if (copy.inputs.size() == 1) copy.inputs.clear();  // one behind the other
  const auto next = stack.layers.begin() + layer + 1;
  stack.layers.insert(next, std::move(copy));
}

void removeLayer(StackSpec& stack, int layer) {
  const LayerSpec gone = stack.layers[static_cast<std::size_t>(layer)];
  const int instead = gone.inputs.empty() ? layer - 1 : gone.inputs.front();
  renumber(stack, [layer, instead](int input) {
    if (input == layer) return instead;
    return input > layer ? input - 1 : input;
  });
  stack.layers.erase(stack.layers.begin() + layer);
  // the one behind it read it as its neighbour
  if (layer < static_cast<int>(stack.layers.size()) && instead != layer - 1) {
    LayerSpec& next = stack.layers[static_cast<std::size_t>(layer)];
    if (next.inputs.empty()) next.inputs = {instead};
  }
}

void moveLayer(StackSpec& stack, int from, int to) {
  renumber(stack, [from, to](int input) {
    if (input == from) return to;
    if (from < input && input <= to) return input - 1;
    if (to <= input && input < from) return input + 1;
    return input;
  });
  LayerSpec layer = std::move(stack.layers[static_cast<std::size_t>(from)]);
  stack.layers.erase(stack.layers.begin() + from);
  stack.layers.insert(stack.layers.begin() + to, std::move(layer));
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
