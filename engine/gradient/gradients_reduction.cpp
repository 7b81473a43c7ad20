// Sums, means and largest values over whole axes.
#include "engine/gradient/gradient_operators.h"

#include <array>

namespace convscope {

namespace {

enum class Kind { Sum, Mean, Largest };

/// Hands each output's gradient on to the inputs that it was made of.
Values spread(const GradientCall& g, Kind kind, const std::vector<std::int64_t>& axes) {
  g.onlyFirst();
  const OpCall& call = g.call;
  const Value& in = call.in(0, ElementType::Float32);
  if (axes.empty() && call.whole("noop_with_empty_axes", 0) != 0) return {g.gradient()};
  std::vector<bool> over(in.dims().size(), axes.empty());
  for (const std::size_t axis : call.axesOf(axes, in.rank())) over[axis] = true;
  Dims kept = in.dims();
  for (std::size_t axis = 0; axis < kept.size(); ++axis) {
    if (over[axis]) kept[axis] = 1;
  }
  Value result = call.make(ElementType::Float32, in.dims());
  if (in.count() == 0) return {result};
  const auto walk = mergedWalk<2>(in.dims(), {stepsOf(in.dims()), broadcastSteps(kept, in.dims())});
  const auto gradient = g.gradient().values<float>(), out = g.outputs.front().values<float>();
  const float* const from = in.values<float>().data();
  float* const to = result.fill<float>().data();
  const double share =
      kind == Kind::Mean ? static_cast<double>(gradient.size()) / static_cast<double>(in.count()) : 1;
  std::vector<bool> taken(gradient.size(), false);
  for (std::int64_t row = 0; row < walk.rows(); ++row) {
    const auto start = walk.start(row);
    for (std::int64_t i = 0; i < walk.rowLength(); ++i) {
      const std::int64_t at = start[0] + i * walk.step[0].back();
      const auto output = static_cast<std::size_t>(start[1] + i * walk.step[1].back());
      const bool takes = kind != Kind::Largest || (from[at] == out[output] && !taken[output]);
      if (kind == Kind::Largest && takes) taken[output] = true;
      to[at] = takes ? static_cast<float>(double{gradient[output]} * share) : 0;
    }
  }
  return {result};
}

Values mean(const GradientCall& g) {
  return spread(g, Kind::Mean, g.call.wholes("axes"));
}
Values largest(const GradientCall& g) {
  return spread(g, Kind::Largest, g.call.wholes("axes"));
}
Values sum(const GradientCall& g) {
  return spread(g, Kind::Sum, g.call.wholesOf(1, "axes"));
}

constexpr std::array kGradients{
    GradientOperator{"ReduceMean", 1, 17, mean},
    GradientOperator{"ReduceMax", 1, 17, largest},
    GradientOperator{"ReduceSum", 1, 17, sum},
};

}  // namespace

std::span<const GradientOperator> reductionGradients() {
  return kGradients;
}

}  // namespace convscope
