// Shifts and scales by statistics of the training set or of the value itself.
#include "engine/gradient/gradient_operators.h"
#include "engine/network/linear_calls.h"

#include <array>
#include <cmath>

namespace convscope {

namespace {

constexpr std::int64_t kGrain = 1 << 15;

/// gradient · scale / √(variance + ε): in inference the statistics are constants.
Values batchNormalisation(const GradientCall& g) {
  g.onlyFirst();
  const OpCall& call = g.call;
  if (call.operatorSet >= 14 && call.whole("training_mode", 0) != 0)
    call.refuse("normalises by the clip's own statistics, as in training: export the model for inference");
  const Value& in = call.in(0);
  const auto scale = call.in(1, ElementType::Float32).values<float>();
  const auto variance = call.in(4, ElementType::Float32).values<float>();
  const auto epsilon = double{call.real("epsilon", 1e-5F)};
  const auto channels = static_cast<std::int64_t>(scale.size());
  const std::int64_t size = in.rank() < 2 ? 1 : productOf(in.dims(), 2, in.dims().size());
  Value result = call.make(ElementType::Float32, in.dims());
  if (in.count() == 0) return {result};
  const float* const from = g.gradient().values<float>().data();
  float* const to = result.fill<float>().data();
  call.shareOut(in.count() / size, kGrain / size, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t map = begin; map < end; ++map) {
      const auto c = static_cast<std::size_t>(map % channels);
      const auto factor = static_cast<float>(double{scale[c]} / std::sqrt(double{variance[c]} + epsilon));
      for (std::int64_t i = map * size; i < (map + 1) * size; ++i) to[i] = from[i] * factor;
    }
  });
  return {result};
}

/// Of y = (x − mean) / σ · s with σ² = variance + ε, both of x itself: with h = s · gradient and n = (x −
/// mean) / σ it is (h − mean(h) − n · mean(h · n)) / σ. `scaled(i)` is h.
template <class Scaled>
void normalisedBack(std::span<const float> values, double epsilon, const Scaled& scaled, float* to) {
  const Moments moments = momentsOf(values);
  const double inverse = 1 / std::sqrt(moments.variance + epsilon);
  const auto normal = [&](std::size_t i) { return (double{values[i]} - moments.mean) * inverse; };
  double mean = 0, along = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    mean += scaled(i);
    along += scaled(i) * normal(i);
  }
  mean /= static_cast<double>(values.size());
  along /= static_cast<double>(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    to[i] = static_cast<float>((scaled(i) - mean - normal(i) * along) * inverse);
}

/// Each line of `size` values by itself; `scale(line, i)` is s.
template <class Scale>
Values linesBack(const GradientCall& g, std::int64_t size, const Scale& scale) {
  const OpCall& call = g.call;
  const Value& in = call.in(0);
  const auto epsilon = double{call.real("epsilon", 1e-5F)};
  Value result = call.make(ElementType::Float32, in.dims());
  if (in.count() == 0) return {result};
  const std::span<const float> values = in.values<float>(), gradient = g.gradient().values<float>();
  float* const to = result.fill<float>().data();
  const auto length = static_cast<std::size_t>(size);
  call.shareOut(in.count() / size, kGrain / size, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line) {
      const auto first = static_cast<std::size_t>(line * size);
      normalisedBack(
          values.subspan(first, length), epsilon,
          [&](std::size_t i) { return double{gradient[first + i]} * double{scale(line, i)}; }, to + first);
    }
  });
  return {result};
}

Values instanceNormalisation(const GradientCall& g) {
  g.onlyFirst();
  const Value& in = g.call.in(0);
  const auto scale = g.call.in(1, ElementType::Float32).values<float>();
  const std::int64_t size = in.rank() < 2 ? 1 : productOf(in.dims(), 2, in.dims().size());
  return linesBack(g, size, [&](std::int64_t map, std::size_t) {
    return scale[static_cast<std::size_t>(map) % scale.size()];
  });
}

Values layerNormalisation(const GradientCall& g) {
  g.onlyFirst();
  const OpCall& call = g.call;
  const Value& in = call.in(0);
  const std::size_t axis = call.axisOf(call.whole("axis", -1), in.rank());
  const Dims tail(in.dims().begin() + static_cast<std::ptrdiff_t>(axis), in.dims().end());
  for (std::size_t output = 1; output < g.gradients.size(); ++output) {
    if (g.gradients[output].holds())
      call.refuse("hands on its statistics; no gradient is taken through them");
  }
  const std::vector<float> scale = lineNumbers(call, 1, tail);
  return linesBack(g, productOf(tail, 0, tail.size()), [&](std::int64_t, std::size_t i) { return scale[i]; });
}

constexpr std::array kGradients{
    GradientOperator{"BatchNormalization", 7, 17, batchNormalisation},
    GradientOperator{"InstanceNormalization", 6, 17, instanceNormalisation},
    GradientOperator{"LayerNormalization", 17, 17, layerNormalisation},
};

}  // namespace

std::span<const GradientOperator> normalisationGradients() {
  return kGradients;
}

}  // namespace convscope
