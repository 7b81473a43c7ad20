// Slopes of two arrays brought together element by element.
#include "engine/gradient/gradient_operators.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace convscope {

namespace {

constexpr std::int64_t kGrain = 1 << 15;

/// Σ gradient · slope(a, b) over the elements of the output that input `input` was repeated for; sums in
/// double, in the order of the output's elements.
template <class T, class Slope>
Value slopedAs(const GradientCall& g, std::size_t input, const Slope& slope) {
  const Value& a = g.call.in(0);
  const Value& b = g.call.in(1);
  const Dims& dims = g.gradient().dims();
  const Dims& own = g.call.inputs[input].dims();
  Value result = g.call.make(g.gradient().type(), own);
  if (g.gradient().count() == 0) {
    std::ranges::fill(result.fill<T>(), T(0));
    return result;
  }
  const auto walk = mergedWalk<4>(dims, {stepsOf(dims), broadcastSteps(a.dims(), dims),
                                         broadcastSteps(b.dims(), dims), broadcastSteps(own, dims)});
  const T* const from = g.gradient().values<T>().data();
  const T* const left = a.values<T>().data();
  const T* const right = b.values<T>().data();
  const auto eachRow = [&](std::int64_t begin, std::int64_t end, auto take) {
    for (std::int64_t row = begin; row < end; ++row) {
      const auto start = walk.start(row);
      for (std::int64_t i = 0; i < walk.rowLength(); ++i) {
        const auto at = [&](std::size_t array) { return start[array] + i * walk.step[array].back(); };
        take(at(3), double(from[at(0)]) * slope(double(left[at(1)]), double(right[at(2)])));
      }
    }
  };
  T* const to = result.fill<T>().data();
  if (result.count() == g.gradient().count()) {  // nothing is repeated
    g.call.shareOut(walk.rows(), kGrain / walk.rowLength(), [&](std::int64_t begin, std::int64_t end) {
      eachRow(begin, end, [to](std::int64_t at, double value) { to[at] = static_cast<T>(value); });
    });
    return result;
  }
  g.call.checkRoom(8.0 * static_cast<double>(result.count()));
  std::vector<double> sums(static_cast<std::size_t>(result.count()), 0.0);
  eachRow(0, walk.rows(),
          [&](std::int64_t at, double value) { sums[static_cast<std::size_t>(at)] += value; });
  std::ranges::transform(sums, to, [](double sum) { return static_cast<T>(sum); });
  return result;
}

template <class One, class Other>
Values sloped(const GradientCall& g, const One& one, const Other& other) {
  const auto taken = [&](std::size_t input, const auto& slope) {
    if (!g.wants(input)) return Value();
    return g.gradient().type() == ElementType::Float64 ? slopedAs<double>(g, input, slope)
                                                       : slopedAs<float>(g, input, slope);
  };
  return {taken(0, one), taken(1, other)};
}

Values add(const GradientCall& g) {
  const auto one = [](double, double) { return 1.0; };
  Values result;
  for (const std::size_t input : {0U, 1U}) {
    const bool same = g.call.in(input).dims() == g.gradient().dims();
    result.push_back(!g.wants(input) ? Value() : same ? g.gradient() : sloped(g, one, one)[input]);
  }
  return result;
}

Values subtract(const GradientCall& g) {
  return sloped(
      g, [](double, double) { return 1.0; }, [](double, double) { return -1.0; });
}

Values multiply(const GradientCall& g) {
  return sloped(
      g, [](double, double b) { return b; }, [](double a, double) { return a; });
}

Values divide(const GradientCall& g) {
  return sloped(
      g, [](double, double b) { return 1 / b; }, [](double a, double b) { return -a / (b * b); });
}

Values power(const GradientCall& g) {
  g.onlyFirst();
  if (g.call.in(1).type() != g.call.in(0).type())
    g.call.refuse("has an exponent of another type than its base; no gradient is taken through it");
  return sloped(
      g, [](double a, double b) { return b == 0 ? 0 : b * std::pow(a, b - 1); },
      [](double, double) { return 0.0; });
}

constexpr std::array kGradients{
    GradientOperator{"Add", 7, 17, add},      GradientOperator{"Sub", 7, 17, subtract},
    GradientOperator{"Mul", 7, 17, multiply}, GradientOperator{"Div", 7, 17, divide},
    GradientOperator{"Pow", 7, 17, power},
};

}  // namespace

std::span<const GradientOperator> arithmeticGradients() {
  return kGradients;
}

}  // namespace convscope
