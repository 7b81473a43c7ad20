// What moves elements without calculating, or mixes neighbours.
#include "engine/gradient/gradient_operators.h"
#include "engine/network/linear_calls.h"
#include "engine/network/operator_table.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace convscope {

namespace {

/// The same elements in another shape.
Values reshaped(const GradientCall& g) {
  return {g.gradient().reshaped(g.call.in(0).dims())};
}

/// Numbers from 1 on in place of an input's elements, so that the operator itself tells where each went.
Value numbered(const GradientCall& g, const Value& in, ElementType type) {
  Value numbers = g.call.make(type, in.dims());
  withElementType(type, [&]<class T>(T) {
    const auto all = numbers.fill<T>();
    std::iota(all.begin(), all.end(), T(1));
  });
  return numbers;
}

/// Adds the gradients to the elements that `moved` says they came from; 0 is none of the input's.
void gather(const Value& moved, const Value& gradient, std::span<float> to) {
  const auto from = gradient.values<float>();
  withElementType(moved.type(), [&]<class T>(T) {
    const auto places = moved.values<T>();
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i] > 0) to[static_cast<std::size_t>(places[i]) - 1] += from[i];
    }
  });
}

/// The gradient of input `input`: the operator is run once more on numbers instead of elements, all other
/// inputs that hold elements being zeros. `data` of its first inputs hold elements.
Value movedBack(const GradientCall& g, std::size_t input, std::size_t data, ElementType type) {
  const OpCall& call = g.call;
  std::vector<Value> inputs(call.inputs.begin(), call.inputs.end());
  for (std::size_t i = 0; i < std::min(data, inputs.size()); ++i) {
    if (i == input) {
      inputs[i] = numbered(g, inputs[i], type);
    } else if (inputs[i].holds()) {
      inputs[i] = call.make(type, inputs[i].dims());
      withElementType(type, [&]<class T>(T) { std::ranges::fill(inputs[i].fill<T>(), T(0)); });
    }
  }
  std::unique_ptr<NodeCache> cache;
  const OpCall again{call.node,    call.operatorSet, inputs, call.fixedWeights,
                     call.context, call.room,        false,  cache};
  const Values moved = operatorNamed(call.node.op, call.operatorSet)->compute(again);
  Value result = call.make(ElementType::Float32, call.inputs[input].dims());
  std::ranges::fill(result.fill<float>(), 0.0F);
  for (std::size_t output = 0; output < g.gradients.size(); ++output) {
    if (g.gradients[output].holds()) gather(moved[output], g.gradients[output], result.fill<float>());
  }
  return result;
}

/// One input of elements.
Values moved(const GradientCall& g) {
  g.onlyFirst();
  return {movedBack(g, 0, 1, ElementType::Int64)};
}

Values padded(const GradientCall& g) {
  g.onlyFirst();
  std::vector<Value> inputs(g.call.inputs.begin(), g.call.inputs.end());
  if (!g.call.has(2)) return {movedBack(g, 0, 1, ElementType::Int64)};
  inputs[2] = Value({1}, std::vector<std::int64_t>{0});
  const OpCall zeroed{g.call.node,    g.call.operatorSet, inputs,           g.call.fixedWeights,
                      g.call.context, g.call.room,        g.call.sizesOnly, g.call.cache};
  return {movedBack({zeroed, g.outputs, g.gradients, g.wanted}, 0, 1, ElementType::Int64)};
}

/// Forms that take float32 alone number up to 2²⁴ elements exactly.
Values movedFloats(const GradientCall& g) {
  g.onlyFirst();
  constexpr std::int64_t kMost = 1 << 24;
  if (g.call.real("value", 0) != 0 || g.call.in(0).count() >= kMost)
    g.call.refuse(
        "pads with a number or more elements than a gradient is taken through; export the model for "
        "operator set 11 or later");
  return {movedBack(g, 0, 1, ElementType::Float32)};
}

Values concat(const GradientCall& g) {
  Values result(g.call.inputs.size());
  for (std::size_t input = 0; input < result.size(); ++input) {
    if (g.wants(input)) result[input] = movedBack(g, input, result.size(), ElementType::Int64);
  }
  return result;
}

/// Hands the gradient of a resized axis back to the two positions that each new one mixes.
Value mixedBack(const GradientCall& g, const Value& gradient, const ResizeAxis& one, std::int64_t extent) {
  Dims dims = gradient.dims();
  const std::int64_t length = dims[one.axis], inner = productOf(dims, one.axis + 1, dims.size());
  dims[one.axis] = extent;
  Value result = g.call.make(ElementType::Float32, dims);
  std::ranges::fill(result.fill<float>(), 0.0F);
  const float* const from = gradient.values<float>().data();
  float* const to = result.fill<float>().data();
  constexpr std::int64_t kGrain = 1 << 13;
  const std::int64_t each = std::max<std::int64_t>(1, length * inner);
  g.call.shareOut(productOf(dims, 0, one.axis), kGrain / each, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t map = begin; map < end; ++map) {
      for (std::int64_t at = 0; at < length; ++at) {
        const ResizeMix& mix = one.mixes[static_cast<std::size_t>(at)];
        if (mix.outside) continue;
        const float* const line = from + (map * length + at) * inner;
        float* const first = to + (map * extent + mix.first) * inner;
        float* const second = to + (map * extent + mix.second) * inner;
        for (std::int64_t i = 0; i < inner; ++i) {
          first[i] += line[i] * (1 - mix.share);
          second[i] += line[i] * mix.share;
        }
      }
    }
  });
  return result;
}

/// Axis after axis, as it was resized, the last one first.
Values resizedBack(const GradientCall& g) {
  g.onlyFirst();
  const auto axes = resizeAxes(g.call);
  Value gradient = g.gradient();
  for (std::size_t i = axes.size(); i-- > 0;)
    gradient = mixedBack(g, gradient, axes[i], g.call.in(0).dims()[axes[i].axis]);
  return {gradient};
}

constexpr std::array kGradients{
    GradientOperator{"Upsample", 9, 9, resizedBack}, GradientOperator{"Resize", 10, 17, resizedBack},
    GradientOperator{"Reshape", 5, 17, reshaped},    GradientOperator{"Flatten", 1, 17, reshaped},
    GradientOperator{"Squeeze", 1, 17, reshaped},    GradientOperator{"Unsqueeze", 1, 17, reshaped},
    GradientOperator{"Identity", 1, 17, reshaped},   GradientOperator{"Dropout", 7, 17, reshaped},
    GradientOperator{"Transpose", 1, 17, moved},     GradientOperator{"Expand", 8, 17, moved},
    GradientOperator{"Slice", 1, 17, moved},         GradientOperator{"Split", 2, 17, moved},
    GradientOperator{"Gather", 1, 17, moved},        GradientOperator{"Concat", 4, 17, concat},
    GradientOperator{"Pad", 2, 10, movedFloats},     GradientOperator{"Pad", 11, 17, padded},
};

}  // namespace

std::span<const GradientOperator> movingGradients() {
  return kGradients;
}

}  // namespace convscope
