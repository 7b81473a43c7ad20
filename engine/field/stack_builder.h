#pragma once

#include "engine/field/stack_spec.h"

namespace convscope {

/// Writes stacks down layer by layer; each call returns the index of the layer that it added, to be read by
/// later ones. For presets.
class StackBuilder {
 public:
  StackBuilder(std::string name, const Shape& clip) { m_stack.name = std::move(name), m_stack.clip = clip; }

  /// A convolution with batch normalisation and no bias, padded by (k − 1) / 2 on both sides.
  int conv(const std::string& name, int from, const Triple& kernel, int filters,
           const Triple& stride = {1, 1, 1}) {
    LayerSpec layer = window(name, LayerKind::Conv, from, kernel, stride);
    layer.filters = filters;
    layer.batchNorm = true;
    return add(std::move(layer));
  }
  /// The same with one filter for each channel.
  int depthwise(const std::string& name, int from, const Triple& kernel, const Triple& stride = {1, 1, 1}) {
    const int index = conv(name, from, kernel, 0, stride);
    at(index).groups = 0;
    return index;
  }
  /// A max pool with the same padding.
  int maxPool(const std::string& name, int from, const Triple& kernel, const Triple& stride) {
    return add(window(name, LayerKind::MaxPool, from, kernel, stride));
  }
  int averagePool(const std::string& name, int from, const Triple& kernel) {
    LayerSpec layer = window(name, LayerKind::AveragePool, from, kernel, {1, 1, 1});
    layer.padding = {};
    return add(std::move(layer));
  }
  int fullyConnected(const std::string& name, int from, int outputs) {
    LayerSpec layer = window(name, LayerKind::FullyConnected, from, {1, 1, 1}, {1, 1, 1});
    layer.filters = outputs;
    layer.bias = true;
    return add(std::move(layer));
  }
  int globalPool(const std::string& name, int from) {
    return add(window(name, LayerKind::GlobalPool, from, {1, 1, 1}, {1, 1, 1}));
  }
  int squeeze(const std::string& name, int from, int inner) {
    LayerSpec layer = window(name, LayerKind::SqueezeExcitation, from, {1, 1, 1}, {1, 1, 1});
    layer.filters = inner;
    return add(std::move(layer));
  }
  int lateral(const std::string& name, int from, int channels) {
    LayerSpec layer = window(name, LayerKind::Lateral, from, {1, 1, 1}, {1, 1, 1});
    layer.filters = channels;
    return add(std::move(layer));
  }
  int join(const std::string& name, LayerKind kind, std::vector<int> inputs) {
    LayerSpec layer;
    layer.name = name;
    layer.kind = kind;
    layer.inputs = std::move(inputs);
    return add(std::move(layer));
  }

  /// The layer last added where it can still be changed.
  [[nodiscard]] LayerSpec& at(int index) { return m_stack.layers[static_cast<std::size_t>(index)]; }
  /// All layers padded as TensorFlow's SAME.
  void padFitting() {
    for (LayerSpec& layer : m_stack.layers) layer.paddingMode = StackPadding::Fitting;
  }
  [[nodiscard]] const StackSpec& stack() const { return m_stack; }

 private:
  static LayerSpec window(const std::string& name, LayerKind kind, int from, const Triple& kernel,
                          const Triple& stride) {
    LayerSpec layer;
    layer.name = name;
    layer.kind = kind;
    layer.kernel = kernel;
    layer.stride = stride;
    for (const Axis axis : kAxes) {
      const int half = (kernel[axis] - 1) / 2;
      layer.padding[static_cast<std::size_t>(axis)] = {half, half};
    }
    layer.inputs = {from};
    return layer;
  }
  /// What reads the layer before it names no input: it goes on doing so where it is moved.
  int add(LayerSpec layer) {
    const int index = static_cast<int>(m_stack.layers.size());
    if (layer.inputs == std::vector<int>{index - 1}) layer.inputs.clear();
    m_stack.layers.push_back(std::move(layer));
    return index;
  }

  StackSpec m_stack;
};

}  // namespace convscope
