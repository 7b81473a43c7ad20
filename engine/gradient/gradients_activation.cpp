// Slopes of the functions of each element alone, and of soft-max.
#include "engine/gradient/gradient_operators.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace convscope {

namespace {

constexpr std::int64_t kGrain = 1 << 15;

/// gradient · slope(x, y) for every element x of the input and y of the output.
template <class Slope>
Values sloped(const GradientCall& g, const Slope& slope) {
  const Value& in = g.call.in(0);
  Value result = g.call.make(in.type(), in.dims());
  const auto apply = [&]<class T>(T) {
    const auto x = in.values<T>(), y = g.outputs.front().values<T>(), from = g.gradient().values<T>();
    const auto to = result.fill<T>();
    g.call.shareOut(in.count(), kGrain, [&](std::int64_t begin, std::int64_t end) {
      for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
        to[i] = from[i] * static_cast<T>(slope(x[i], y[i]));
    });
  };
  in.type() == ElementType::Float64 ? apply(double{}) : apply(float{});
  return {result};
}

Values relu(const GradientCall& g) {
  return sloped(g, []<class T>(T x, T) { return x > 0 ? T(1) : T(0); });
}

Values leakyRelu(const GradientCall& g) {
  return sloped(g,
                [alpha = g.call.real("alpha", 0.01F)]<class T>(T x, T) { return x > 0 ? T(1) : T(alpha); });
}

Values elu(const GradientCall& g) {
  return sloped(g, [alpha = g.call.real("alpha", 1)]<class T>(T x, T) {
    return x > 0 ? T(1) : T(alpha) * std::exp(x);
  });
}

Values sigmoid(const GradientCall& g) {
  return sloped(g, []<class T>(T, T y) { return y * (T(1) - y); });
}

Values hardSigmoid(const GradientCall& g) {
  return sloped(g, [alpha = g.call.real("alpha", 0.2F), beta = g.call.real("beta", 0.5F)]<class T>(T x, T) {
    const T line = T(alpha) * x + T(beta);
    return line > 0 && line < 1 ? T(alpha) : T(0);
  });
}

Values hardSwish(const GradientCall& g) {
  return sloped(g, []<class T>(T x, T) {
    if (x <= -3) return T(0);
    return x < 3 ? x / T(3) + T(0.5) : T(1);
  });
}

Values tangent(const GradientCall& g) {
  return sloped(g, []<class T>(T, T y) { return T(1) - y * y; });
}

Values squareRoot(const GradientCall& g) {
  return sloped(g, []<class T>(T, T y) { return T(0.5) / y; });
}

Values clipOld(const GradientCall& g) {
  const float low = g.call.real("min", std::numeric_limits<float>::lowest());
  const float high = g.call.real("max", std::numeric_limits<float>::max());
  return sloped(g, [low, high]<class T>(T x, T) { return x >= T(low) && x <= T(high) ? T(1) : T(0); });
}

Values clip(const GradientCall& g) {
  g.onlyFirst();
  const auto bound = [&](std::size_t input, double otherwise) {
    return g.call.has(input) ? realNumbers(g.call.inputs[input]).front() : otherwise;
  };
  const double low = bound(1, -std::numeric_limits<double>::infinity());
  const double high = bound(2, std::numeric_limits<double>::infinity());
  return sloped(g,
                [low, high]<class T>(T x, T) { return double(x) >= low && double(x) <= high ? T(1) : T(0); });
}

Values prelu(const GradientCall& g) {
  g.onlyFirst();
  const Value& in = g.call.in(0);
  const Value& slope = g.call.in(1);
  Value result = g.call.make(ElementType::Float32, in.dims());
  if (in.count() == 0) return {result};
  const auto walk = mergedWalk<2>(in.dims(), {stepsOf(in.dims()), broadcastSteps(slope.dims(), in.dims())});
  const float* const x = in.values<float>().data();
  const float* const from = g.gradient().values<float>().data();
  const float* const slopes = slope.values<float>().data();
  float* const to = result.fill<float>().data();
  g.call.shareOut(walk.rows(), kGrain / walk.rowLength(), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const auto start = walk.start(row);
      for (std::int64_t i = 0; i < walk.rowLength(); ++i) {
        const std::int64_t at = start[0] + i * walk.step[0].back();
        to[at] = x[at] > 0 ? from[at] : from[at] * slopes[start[1] + i * walk.step[1].back()];
      }
    }
  });
  return {result};
}

/// y · (g − Σ g·y) along the axis; of the logarithm g − exp(y) · Σ g. Sums in double.
Value softmaxAlong(const GradientCall& g, std::int64_t outer, std::int64_t extent, std::int64_t inner,
                   bool logarithm) {
  const Value& out = g.outputs.front();
  Value result = g.call.make(ElementType::Float32, out.dims());
  if (out.count() == 0) return result;
  const float* const y = out.values<float>().data();
  const float* const from = g.gradient().values<float>().data();
  float* const to = result.fill<float>().data();
  g.call.shareOut(outer * inner, std::max<std::int64_t>(1, kGrain / 8 / extent),
                  [&](std::int64_t begin, std::int64_t end) {
                    for (std::int64_t line = begin; line < end; ++line) {
                      const std::int64_t first = line / inner * extent * inner + line % inner;
                      double sum = 0;
                      for (std::int64_t i = 0; i < extent; ++i) {
                        const std::int64_t at = first + i * inner;
                        sum += double{from[at]} * (logarithm ? 1 : double{y[at]});
                      }
                      for (std::int64_t i = 0; i < extent; ++i) {
                        const std::int64_t at = first + i * inner;
                        const double slope = logarithm ? double{from[at]} - std::exp(double{y[at]}) * sum
                                                       : double{y[at]} * (double{from[at]} - sum);
                        to[at] = static_cast<float>(slope);
                      }
                    }
                  });
  return result;
}

template <bool Logarithm>
Values softmax(const GradientCall& g) {
  const Value& in = g.call.in(0);
  if (in.rank() == 0) return {softmaxAlong(g, 1, 1, 1, Logarithm)};
  const std::size_t axis = g.call.axisOf(g.call.whole("axis", -1), in.rank());
  return {softmaxAlong(g, productOf(in.dims(), 0, axis), in.dims()[axis],
                       productOf(in.dims(), axis + 1, in.dims().size()), Logarithm)};
}

/// Before operator set 13: along all axes from one on, as if they were one.
template <bool Logarithm>
Values softmaxOld(const GradientCall& g) {
  const Value& in = g.call.in(0);
  std::size_t axis = in.dims().size();
  if (const std::int64_t named = g.call.whole("axis", 1); named != in.rank())
    axis = g.call.axisOf(named, in.rank());
  return {softmaxAlong(g, productOf(in.dims(), 0, axis), productOf(in.dims(), axis, in.dims().size()), 1,
                       Logarithm)};
}

constexpr std::array kGradients{
    GradientOperator{"Relu", 6, 17, relu},
    GradientOperator{"LeakyRelu", 6, 17, leakyRelu},
    GradientOperator{"Elu", 6, 17, elu},
    GradientOperator{"PRelu", 7, 17, prelu},
    GradientOperator{"Sigmoid", 6, 17, sigmoid},
    GradientOperator{"HardSigmoid", 6, 17, hardSigmoid},
    GradientOperator{"HardSwish", 14, 17, hardSwish},
    GradientOperator{"Tanh", 6, 17, tangent},
    GradientOperator{"Sqrt", 6, 17, squareRoot},
    GradientOperator{"Clip", 6, 10, clipOld},
    GradientOperator{"Clip", 11, 17, clip},
    GradientOperator{"Softmax", 1, 12, softmaxOld<false>},
    GradientOperator{"Softmax", 13, 17, softmax<false>},
    GradientOperator{"LogSoftmax", 1, 12, softmaxOld<true>},
    GradientOperator{"LogSoftmax", 13, 17, softmax<true>},
};

}  // namespace

std::span<const GradientOperator> activationGradients() {
  return kGradients;
}

}  // namespace convscope
