#include "engine/conv/layer_check.h"
#include "engine/gradient/conv_gradient.h"

#include <algorithm>
#include <vector>

namespace convscope {

namespace {

/// Input position that a tap at `at` reads, or −1 where a zero stands.
int cellRead(int at, int extent, PaddingValue value) {
  if (at >= 0 && at < extent) return at;
  if (value == PaddingValue::Replicate) return at < 0 ? 0 : extent - 1;
  if (value == PaddingValue::Reflect) return at < 0 ? -at : 2 * (extent - 1) - at;
  if (value == PaddingValue::Circular) return at < 0 ? at + extent : at - extent;
  return -1;
}

}  // namespace

Result<Tensor> convolutionInputGradientReference(const Tensor& gradient, const Shape& input,
                                                 const ConvSpec& spec, const FilterBank& bank) {
  const auto geometry = checkedGeometry(input, spec, bank);
  if (!geometry) return tl::unexpected(geometry.error());
  const int groupChannels = input.channels / spec.groups;
  const int groupFilters = geometry->output.channels / spec.groups;
  std::vector<double> sums(static_cast<std::size_t>(input.count()), 0.0);
  const auto addProducts = [&](int k, const Triple& out) {
    const double value = double{gradient.at(out.t, out.y, out.x, k)};
    for (int c = 0; c < groupChannels; ++c) {
      for (int t = 0; t < spec.kernel.t; ++t) {
        for (int y = 0; y < spec.kernel.y; ++y) {
          for (int x = 0; x < spec.kernel.x; ++x) {
            const Triple tap{t, y, x};
            Triple at;
            for (const Axis axis : kAxes) {
              const int before = geometry->padding[static_cast<std::size_t>(axis)].before;
              at[axis] = cellRead(out[axis] * spec.stride[axis] + tap[axis] * spec.dilation[axis] - before,
                                  input.along(axis), spec.paddingValue);
            }
            if (std::min({at.t, at.y, at.x}) < 0) continue;
            const Triple& size = spec.kernel;
            const std::size_t weight =
                spec.flipped ? weightIndex(size, c, size.t - 1 - t, size.y - 1 - y, size.x - 1 - x)
                             : weightIndex(size, c, t, y, x);
            const int channel = k / groupFilters * groupChannels + c;
            const std::int64_t frame = std::int64_t{channel} * input.length + at.t;
            const std::int64_t place = frame * input.frameSize() + std::int64_t{at.y} * input.width + at.x;
            sums[static_cast<std::size_t>(place)] +=
                value * double{bank[static_cast<std::size_t>(k)].weights[weight]};
          }
        }
      }
    }
  };
  const Shape& out = geometry->output;
  for (int k = 0; k < out.channels; ++k) {
    for (int t = 0; t < out.length; ++t) {
      for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x) addProducts(k, {t, y, x});
      }
    }
  }
  Tensor result = Tensor::uninitialised(input);
  std::ranges::transform(sums, result.values().begin(), [](double sum) { return static_cast<float>(sum); });
  return result;
}

}  // namespace convscope
