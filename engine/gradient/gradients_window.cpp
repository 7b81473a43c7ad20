// Convolutions and pools.
#include "engine/conv/convolve.h"
#include "engine/gradient/conv_gradient.h"
#include "engine/gradient/gradient_operators.h"
#include "engine/network/conv_call.h"
#include "engine/network/linear_calls.h"
#include "engine/network/pool_window.h"

#include <algorithm>
#include <array>

namespace convscope {

namespace {

Values convolution(const GradientCall& g) {
  g.onlyFirst();
  const Value& in = g.call.in(0);
  const ConvCall layer = convCall(g.call);
  const FilterBank bank = bankOf(g.call, g.call.in(1), nullptr);
  const auto geometry = orRefuse(g.call, geometryOf(layer.input, layer.spec, static_cast<int>(bank.size())));
  Value result;
  if (in.dims()[0] > 1) result = g.call.make(ElementType::Float32, in.dims());
  for (std::int64_t n = 0; n < in.dims()[0]; ++n) {
    const Tensor gradient = g.gradient().tensorView(geometry.output, n * geometry.output.count());
    Tensor clip =
        orRefuse(g.call, convolutionInputGradient(gradient, layer.input, layer.spec, bank, g.call.context));
    if (in.dims()[0] == 1) return {Value(in.dims(), std::move(clip))};
    std::ranges::copy(clip.values(), result.fill<float>().begin() + n * layer.input.count());
  }
  return {result};
}

/// The adjoint of a transposed convolution is the convolution itself: with the same weights, stride and
/// dilation over the gradient, which is laid where the padding had cut it out of.
Values transposedConvolution(const GradientCall& g) {
  g.onlyFirst();
  const OpCall& call = g.call;
  const Value& in = call.in(0);
  const auto [window, output, before, groups] = transposedCall(call);
  const FilterBank bank = bankOf(call, call.in(1), nullptr);
  const int filters = static_cast<int>(call.in(1).dims()[1]) * groups;
  ConvSpec spec;
  spec.kernel = window.kernel;
  spec.stride = window.stride;
  spec.dilation = window.dilation;
  spec.groups = groups;
  Triple whole;
  for (const Axis axis : kAxes)
    whole[axis] = window.stride[axis] * (window.extent[axis] - 1) + window.span(axis);
  const Shape laid = shapeOf(whole, filters), made = shapeOf(output, filters);
  call.checkRoom(4.0 * static_cast<double>(laid.count()));
  Value result = call.make(ElementType::Float32, in.dims());
  auto to = result.fill<float>().begin();
  for (std::int64_t n = 0; n < in.dims()[0]; ++n) {
    const Tensor gradient = g.gradient().tensorView(made, n * made.count());
    Tensor wide(laid);
    for (int c = 0; c < filters; ++c) {
      for (int t = 0; t < output.t; ++t) {
        for (int y = 0; y < output.y; ++y) {
          for (int x = 0; x < output.x; ++x) {
            const Triple at{t + before.t, y + before.y, x + before.x};
            if (laid.contains(at)) wide.at(at.t, at.y, at.x, c) = gradient.at(t, y, x, c);
          }
        }
      }
    }
    const Tensor back = orRefuse(call, convolve(wide, spec, bank, call.context));
    to = std::ranges::copy(back.values(), to).out;
  }
  return {result};
}

Value zeros(const GradientCall& g, const Dims& dims) {
  Value result = g.call.make(ElementType::Float32, dims);
  std::ranges::fill(result.fill<float>(), 0.0F);
  return result;
}

/// The largest value of a window takes all, the first of several.
Values maxPool(const GradientCall& g) {
  const Value& in = g.call.in(0);
  const PoolWindow pool = poolWindow(g.call, in.dims());
  const Value places = largestPlaces(g.call, in, pool, false);
  Value result = zeros(g, in.dims());
  const auto from = g.gradient().values<float>();
  const auto at = places.values<std::int64_t>();
  float* const to = result.fill<float>().data();
  const auto each = static_cast<std::size_t>(pool.positions.product());
  eachMap(g.call, pool.dims[0] * pool.dims[1], pool, [&](std::int64_t n) {
    const auto first = static_cast<std::size_t>(n) * each;
    for (std::size_t i = first; i < first + each; ++i) to[at[i]] += from[i];
  });
  return {result};
}

Values averagePool(const GradientCall& g) {
  const Value& in = g.call.in(0);
  const PoolWindow pool = poolWindow(g.call, in.dims());
  const OpWindow& window = pool.window;
  const bool padding = g.call.whole("count_include_pad", 0) != 0;
  std::array<std::vector<int>, 3> counts;
  for (const Axis axis : kAxes) counts[static_cast<std::size_t>(axis)] = countsAlong(pool, axis, padding);
  Value result = zeros(g, in.dims());
  const float* const from = g.gradient().values<float>().data();
  float* const to = result.fill<float>().data();
  const Triple& extent = window.extent;
  const auto share = [&](float* map, const Triple& out, float value) {
    for (int t = 0; t < window.kernel.t; ++t) {
      for (int y = 0; y < window.kernel.y; ++y) {
        for (int x = 0; x < window.kernel.x; ++x) {
          const Triple at{inputAt(window, Axis::T, out.t, t), inputAt(window, Axis::Y, out.y, y),
                          inputAt(window, Axis::X, out.x, x)};
          if (shapeOf(extent, 1).contains(at))
            map[(std::int64_t{at.t} * extent.y + at.y) * extent.x + at.x] += value;
        }
      }
    }
  };
  eachMap(g.call, pool.dims[0] * pool.dims[1], pool, [&](std::int64_t n) {
    const float* gradient = from + n * pool.positions.product();
    float* const map = to + n * extent.product();
    for (int t = 0; t < pool.positions.t; ++t) {
      for (int y = 0; y < pool.positions.y; ++y) {
        for (int x = 0; x < pool.positions.x; ++x) {
          const double cells = double(counts[0][static_cast<std::size_t>(t)]) *
                               counts[1][static_cast<std::size_t>(y)] *
                               counts[2][static_cast<std::size_t>(x)];
          if (*gradient != 0)
            share(map, {t, y, x}, static_cast<float>(double{*gradient} / std::max(1.0, cells)));
          ++gradient;
        }
      }
    }
  });
  return {result};
}

/// Calls `share(map, value, gradient, result)` for each map, all its values at once.
template <class Share>
Values globalPool(const GradientCall& g, const Share& share) {
  const Value& in = g.call.in(0);
  const auto size = static_cast<std::size_t>(productOf(in.dims(), 2, in.dims().size()));
  Value result = zeros(g, in.dims());
  const auto from = in.values<float>(), gradient = g.gradient().values<float>();
  const auto to = result.fill<float>();
  for (std::size_t map = 0; map < gradient.size(); ++map)
    share(from.subspan(map * size, size), gradient[map], to.subspan(map * size, size));
  return {result};
}

Values globalAveragePool(const GradientCall& g) {
  return globalPool(g, [](std::span<const float> map, float gradient, std::span<float> result) {
    std::ranges::fill(result, static_cast<float>(double{gradient} / static_cast<double>(map.size())));
  });
}

Values globalMaxPool(const GradientCall& g) {
  return globalPool(g, [](std::span<const float> map, float gradient, std::span<float> result) {
    result[static_cast<std::size_t>(std::ranges::max_element(map) - map.begin())] = gradient;
  });
}

constexpr std::array kGradients{
    GradientOperator{"Conv", 1, 17, convolution},
    GradientOperator{"ConvTranspose", 1, 17, transposedConvolution},
    GradientOperator{"MaxPool", 1, 17, maxPool},
    GradientOperator{"AveragePool", 1, 17, averagePool},
    GradientOperator{"GlobalAveragePool", 1, 17, globalAveragePool},
    GradientOperator{"GlobalMaxPool", 1, 17, globalMaxPool},
};

}  // namespace

std::span<const GradientOperator> windowGradients() {
  return kGradients;
}

}  // namespace convscope
