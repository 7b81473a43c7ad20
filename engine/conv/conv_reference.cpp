#include "engine/conv/convolve.h"
#include "engine/conv/layer_check.h"

#include <utility>

namespace convscope {

namespace {

/// Where along an axis the cell at `at` takes its value, written for the reference alone: walks back into the
/// axis step by step instead of computing the place. −1: a zero stands there.
int referenceSource(int at, int extent, PaddingValue value) {
  while (at < 0 || at >= extent) {
    switch (value) {
      case PaddingValue::Zero:
        return -1;
      case PaddingValue::Replicate:
        at += at < 0 ? 1 : -1;
        break;
      case PaddingValue::Reflect:
        at = at < 0 ? 0 - at : (extent - 1) - (at - (extent - 1));
        break;
      case PaddingValue::Circular:
        at += at < 0 ? extent : -extent;
        break;
    }
  }
  return at;
}

/// Cells that the spec adds before an axis and after it, from the definitions of the modes: a position of the
/// kernel reaches `reach` cells further than the one that it stands on.
std::pair<int, int> referencePadding(const ConvSpec& spec, std::size_t axis) {
  const int taps[] = {spec.kernel.t, spec.kernel.y, spec.kernel.x};
  const int apart[] = {spec.dilation.t, spec.dilation.y, spec.dilation.x};
  const int reach = apart[axis] * taps[axis] - apart[axis];
  if (spec.padding == PaddingMode::Custom) return {spec.custom[axis].before, spec.custom[axis].after};
  if (spec.padding == PaddingMode::Full) return {reach, reach};
  if (spec.padding == PaddingMode::Causal) return {axis == 0 ? reach : 0, 0};
  if (spec.padding == PaddingMode::Same) return {reach / 2, (reach + 1) / 2};  // the odd cell behind
  return {0, 0};
}

/// Positions of the kernel along an axis: counted one by one while the last tap still stands on a cell.
int referencePositions(const ConvSpec& spec, std::size_t axis, int extent) {
  const int taps[] = {spec.kernel.t, spec.kernel.y, spec.kernel.x};
  const int apart[] = {spec.dilation.t, spec.dilation.y, spec.dilation.x};
  const int stride[] = {spec.stride.t, spec.stride.y, spec.stride.x};
  const auto [before, after] = referencePadding(spec, axis);
  int positions = 0;
  while (positions * stride[axis] + (taps[axis] - 1) * apart[axis] < before + extent + after) ++positions;
  return positions;
}

}  // namespace

Result<Tensor> convolveReference(const Tensor& input, const ConvSpec& spec, const FilterBank& bank) {
  const auto geometry = checkedGeometry(input.shape(), spec, bank);
  if (!geometry) return tl::unexpected(geometry.error());
  // of the check above only whether the layer can be is used: sizes and padding are worked out here
  const Shape& in = input.shape();
  const Shape out{referencePositions(spec, 0, in.length), referencePositions(spec, 1, in.height),
                  referencePositions(spec, 2, in.width), static_cast<int>(bank.size())};
  const int beforeT = referencePadding(spec, 0).first;
  const int beforeY = referencePadding(spec, 1).first;
  const int beforeX = referencePadding(spec, 2).first;
  const int groupChannels = in.channels / spec.groups;
  const int groupFilters = out.channels / spec.groups;
  const Triple& kernel = spec.kernel;
  Tensor result(out);
  for (int k = 0; k < out.channels; ++k) {
    const Filter& filter = bank[static_cast<std::size_t>(k)];
    for (int t = 0; t < out.length; ++t) {
      for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x) {
          double sum = 0;
          for (int c = 0; c < groupChannels; ++c) {
            for (int i = 0; i < kernel.t; ++i) {
              for (int j = 0; j < kernel.y; ++j) {
                for (int m = 0; m < kernel.x; ++m) {
                  const int inT = referenceSource(t * spec.stride.t + i * spec.dilation.t - beforeT,
                                                  in.length, spec.paddingValue);
                  const int inY = referenceSource(y * spec.stride.y + j * spec.dilation.y - beforeY,
                                                  in.height, spec.paddingValue);
                  const int inX = referenceSource(x * spec.stride.x + m * spec.dilation.x - beforeX, in.width,
                                                  spec.paddingValue);
                  if (inT < 0 || inY < 0 || inX < 0) continue;
                  const int wT = spec.flipped ? kernel.t - 1 - i : i;
                  const int wY = spec.flipped ? kernel.y - 1 - j : j;
                  const int wX = spec.flipped ? kernel.x - 1 - m : m;
                  const int place = ((c * kernel.t + wT) * kernel.y + wY) * kernel.x + wX;
                  sum += double{filter.weights[static_cast<std::size_t>(place)]} *
                         double{input.at(inT, inY, inX, k / groupFilters * groupChannels + c)};
                }
              }
            }
          }
          result.at(t, y, x, k) = activate(spec.activation, static_cast<float>(sum + double{filter.bias}));
        }
      }
    }
  }
  return result;
}

}  // namespace convscope
