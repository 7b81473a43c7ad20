#include "engine/conv/convolve.h"
#include "engine/conv/layer_check.h"

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

}  // namespace

Result<Tensor> convolveReference(const Tensor& input, const ConvSpec& spec, const FilterBank& bank) {
  const auto geometry = checkedGeometry(input.shape(), spec, bank);
  if (!geometry) return tl::unexpected(geometry.error());
  const Shape& in = input.shape();
  const Shape& out = geometry->output;
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
                  const int inT =
                      referenceSource(t * spec.stride.t + i * spec.dilation.t - geometry->padding[0].before,
                                      in.length, spec.paddingValue);
                  const int inY =
                      referenceSource(y * spec.stride.y + j * spec.dilation.y - geometry->padding[1].before,
                                      in.height, spec.paddingValue);
                  const int inX =
                      referenceSource(x * spec.stride.x + m * spec.dilation.x - geometry->padding[2].before,
                                      in.width, spec.paddingValue);
                  if (inT < 0 || inY < 0 || inX < 0) continue;
                  const int wT = spec.flipped ? kernel.t - 1 - i : i;
                  const int wY = spec.flipped ? kernel.y - 1 - j : j;
                  const int wX = spec.flipped ? kernel.x - 1 - m : m;
                  sum += double{filter.weights[weightIndex(kernel, c, wT, wY, wX)]} *
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
