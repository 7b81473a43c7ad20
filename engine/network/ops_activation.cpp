// Functions of each element alone, and soft-max.
#include "engine/network/operator_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace convscope {

namespace {

constexpr std::int64_t kGrain = 1 << 15;

/// Applies `function` to every element of `in`, float32 or float64; it is called with the element's own type.
template <class Function>
Values mapped(const OpCall& call, const Function& function) {
  const Value& in = call.in(0);
  if (in.type() != ElementType::Float32 && in.type() != ElementType::Float64)
    call.refuse("reads " + std::string(elementTypeName(in.type())) + "; float32 and float64 are supported");
  Value out = call.make(in.type(), in.dims());
  if (call.sizesOnly) return {out};
  const auto apply = [&]<class T>(T) {
    const auto from = in.values<T>();
    const auto to = out.fill<T>();
    call.shareOut(in.count(), kGrain, [&](std::int64_t begin, std::int64_t end) {
      std::transform(from.begin() + begin, from.begin() + end, to.begin() + begin, function);
    });
  };
  in.type() == ElementType::Float32 ? apply(float{}) : apply(double{});
  return {out};
}

Values relu(const OpCall& call) {
  return mapped(call, [](auto x) { return x < 0 ? 0 : x; });  // not-a-number stays
}

Values leakyRelu(const OpCall& call) {
  return mapped(call, [alpha = call.real("alpha", 0.01F)]<class T>(T x) { return x < 0 ? T(alpha) * x : x; });
}

Values elu(const OpCall& call) {
  return mapped(
      call, [alpha = call.real("alpha", 1)]<class T>(T x) { return x < 0 ? T(alpha) * std::expm1(x) : x; });
}

Values sigmoid(const OpCall& call) {
  return mapped(call, []<class T>(T x) { return T(1) / (T(1) + std::exp(-x)); });
}

Values hardSigmoid(const OpCall& call) {
  return mapped(call, [alpha = call.real("alpha", 0.2F), beta = call.real("beta", 0.5F)]<class T>(T x) {
    return std::clamp(T(alpha) * x + T(beta), T(0), T(1));
  });
}

Values hardSwish(const OpCall& call) {
  return mapped(call, []<class T>(T x) { return x * std::clamp(x / T(6) + T(0.5), T(0), T(1)); });
}

Values tangent(const OpCall& call) {
  return mapped(call, [](auto x) { return std::tanh(x); });
}

Values squareRoot(const OpCall& call) {
  return mapped(call, [](auto x) { return std::sqrt(x); });
}

/// Bounds as attributes.
Values clipOld(const OpCall& call) {
  const float low = call.real("min", std::numeric_limits<float>::lowest());
  const float high = call.real("max", std::numeric_limits<float>::max());
  return mapped(call, [low, high]<class T>(T x) { return std::min(std::max(x, T(low)), T(high)); });
}

/// Bounds as inputs, of any numeric type.
Values clip(const OpCall& call) {
  const Value& in = call.in(0);
  Value out = call.make(in.type(), in.dims());
  withElementType(in.type(), [&]<class T>(T) {
    const auto bound = [&](std::size_t input, T otherwise) {
      if (!call.has(input)) return otherwise;
      if (call.inputs[input].count() != 1) call.refuse("needs a single number as each bound");
      return call.in(input, in.type()).values<T>().front();
    };
    const T low = bound(1, std::numeric_limits<T>::lowest()), high = bound(2, std::numeric_limits<T>::max());
    std::ranges::transform(in.values<T>(), out.fill<T>().begin(),
                           [low, high](T x) { return std::min(std::max(x, low), high); });
  });
  return {out};
}

Values prelu(const OpCall& call) {
  const Value& in = call.in(0, ElementType::Float32);
  const Value& slope = call.in(1, ElementType::Float32);
  if (broadcastDims(call, in.dims(), slope.dims()) != in.dims())
    call.refuse("has slopes of " + dimsText(slope.dims()) + " for an input of " + dimsText(in.dims()));
  Value out = call.make(ElementType::Float32, in.dims());
  const auto walk = mergedWalk<2>(in.dims(), {stepsOf(in.dims()), broadcastSteps(slope.dims(), in.dims())});
  const auto from = in.values<float>(), slopes = slope.values<float>();
  const auto to = out.fill<float>();
  if (in.count() == 0) return {out};
  call.shareOut(walk.rows(), kGrain / walk.rowLength(), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const auto start = walk.start(row);
      for (std::int64_t i = 0; i < walk.rowLength(); ++i) {
        const std::int64_t at = start[0] + i * walk.step[0].back();
        const float x = from[static_cast<std::size_t>(at)];
        to[static_cast<std::size_t>(at)] =
            x < 0 ? x * slopes[static_cast<std::size_t>(start[1] + i * walk.step[1].back())] : x;
      }
    }
  });
  return {out};
}

/// exp(x − largest) / Σ along the axis; with `logarithm` its logarithm. Sums in double.
Value softmaxAlong(const OpCall& call, std::int64_t outer, std::int64_t extent, std::int64_t inner,
                   bool logarithm) {
  const Value& in = call.in(0, ElementType::Float32);
  Value out = call.make(ElementType::Float32, in.dims());
  if (in.count() == 0 || call.sizesOnly) return out;
  const float* from = in.values<float>().data();
  float* to = out.fill<float>().data();
  call.shareOut(outer * inner, std::max<std::int64_t>(1, kGrain / 8 / extent),
                [&](std::int64_t begin, std::int64_t end) {
                  for (std::int64_t line = begin; line < end; ++line) {
                    const std::int64_t first = line / inner * extent * inner + line % inner;
                    float largest = from[first];
                    for (std::int64_t i = 1; i < extent; ++i)
                      largest = std::max(largest, from[first + i * inner]);
                    double sum = 0;
                    for (std::int64_t i = 0; i < extent; ++i) {
                      const double power = std::exp(double{from[first + i * inner]} - double{largest});
                      to[first + i * inner] = static_cast<float>(power);
                      sum += power;
                    }
                    const double shift = double{largest} + std::log(sum);
                    for (std::int64_t i = 0; i < extent; ++i) {
                      float& value = to[first + i * inner];
                      value = static_cast<float>(logarithm ? double{from[first + i * inner]} - shift
                                                           : double{value} / sum);
                    }
                  }
                });
  return out;
}

/// Along one axis.
template <bool Logarithm>
Values softmax(const OpCall& call) {
  const Value& in = call.in(0);
  if (in.rank() == 0) return {softmaxAlong(call, 1, 1, 1, Logarithm)};
  const std::size_t axis = call.axisOf(call.whole("axis", -1), in.rank());
  return {softmaxAlong(call, productOf(in.dims(), 0, axis), in.dims()[axis],
                       productOf(in.dims(), axis + 1, in.dims().size()), Logarithm)};
}

/// Before operator set 13: along all axes from one on, as if they were one.
template <bool Logarithm>
Values softmaxOld(const OpCall& call) {
  const Value& in = call.in(0);
  std::size_t axis = static_cast<std::size_t>(in.rank());
  if (const std::int64_t named = call.whole("axis", 1); named != in.rank())
    axis = call.axisOf(named, in.rank());
  return {softmaxAlong(call, productOf(in.dims(), 0, axis), productOf(in.dims(), axis, in.dims().size()), 1,
                       Logarithm)};
}

constexpr std::array kOperators{
    Operator{"Relu", 6, 17, relu},
    Operator{"LeakyRelu", 6, 17, leakyRelu},
    Operator{"Elu", 6, 17, elu},
    Operator{"PRelu", 7, 17, prelu},
    Operator{"Sigmoid", 6, 17, sigmoid},
    Operator{"HardSigmoid", 6, 17, hardSigmoid},
    Operator{"HardSwish", 14, 17, hardSwish},
    Operator{"Tanh", 6, 17, tangent},
    Operator{"Sqrt", 6, 17, squareRoot},
    Operator{"Clip", 6, 10, clipOld},
    Operator{"Clip", 11, 17, clip},
    Operator{"Softmax", 1, 12, softmaxOld<false>},
    Operator{"Softmax", 13, 17, softmax<false>},
    Operator{"LogSoftmax", 1, 12, softmaxOld<true>},
    Operator{"LogSoftmax", 13, 17, softmax<true>},
};

}  // namespace

std::span<const Operator> activationOperators() {
  return kOperators;
}

}  // namespace convscope
