// Shifts and scales by statistics of the training set.
#include "engine/gradient/gradient_operators.h"

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

constexpr std::array kGradients{GradientOperator{"BatchNormalization", 7, 17, batchNormalisation}};

}  // namespace

std::span<const GradientOperator> normalisationGradients() {
  return kGradients;
}

}  // namespace convscope
