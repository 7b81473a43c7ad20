#include "engine/gradient/conv_gradient.h"

#include "engine/conv/convolve.h"
#include "engine/conv/layer_check.h"
#include "engine/core/memory_budget.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>
#include <vector>

namespace convscope {

namespace {

/// The input positions first, first + stride, … along one axis all read the same taps, firstTap, firstTap +
/// tapStep, …; position number q reads output q + start + m · dilation with the m-th last of them.
struct AxisPhase {
  int first = 0;
  int count = 0;  ///< of input positions
  int taps = 0;   ///< 0: nothing reads these positions
  int firstTap = 0;
  int tapStep = 1;
  int dilation = 1;
  int start = 0;

  [[nodiscard]] int reads() const { return count + (taps - 1) * dilation; }
};

/// From o·stride + j·dilation − before = i: of input positions i with one remainder by the stride, those taps
/// j of one remainder by stride / gcd(stride, dilation).
std::vector<AxisPhase> phasesOf(int extent, int kernel, int stride, int dilation, int before) {
  std::vector<AxisPhase> phases;
  const int common = std::gcd(stride, dilation);
  for (int first = 0; first < std::min(stride, extent); ++first) {
    AxisPhase phase;
    phase.first = first;
    phase.count = (extent - first + stride - 1) / stride;
    phase.tapStep = stride / common;
    for (int tap = 0; tap < std::min(kernel, phase.tapStep); ++tap) {
      const int distance = first + before - tap * dilation;
      if (distance % stride != 0) continue;
      phase.firstTap = tap;
      phase.taps = (kernel - tap + phase.tapStep - 1) / phase.tapStep;
      phase.dilation = phase.taps > 1 ? dilation / common : 1;
      phase.start = distance / stride - (phase.taps - 1) * phase.dilation;
    }
    phases.push_back(phase);
  }
  return phases;
}

using Phase = std::array<AxisPhase, 3>;

/// One filter for each input channel, which reads the gradients of its group's filters.
FilterBank transposedBank(const FilterBank& bank, const ConvSpec& spec, int channels, const Phase& phase) {
  const int groupChannels = channels / spec.groups;
  const int groupFilters = static_cast<int>(bank.size()) / spec.groups;
  // Last tap first; flipped filters store the first one last already.
  const auto tapOf = [&](std::size_t axis, int m) {
    const int tap = phase[axis].firstTap + (phase[axis].taps - 1 - m) * phase[axis].tapStep;
    return spec.flipped ? spec.kernel[kAxes[axis]] - 1 - tap : tap;
  };
  FilterBank result(static_cast<std::size_t>(channels));
  for (int c = 0; c < channels; ++c) {
    std::vector<float>& weights = result[static_cast<std::size_t>(c)].weights;
    weights.reserve(static_cast<std::size_t>(groupFilters) * static_cast<std::size_t>(phase[0].taps) *
                    static_cast<std::size_t>(phase[1].taps) * static_cast<std::size_t>(phase[2].taps));
    for (int k = 0; k < groupFilters; ++k) {
      const Filter& filter = bank[static_cast<std::size_t>(c / groupChannels * groupFilters + k)];
      for (int t = 0; t < phase[0].taps; ++t) {
        for (int y = 0; y < phase[1].taps; ++y) {
          for (int x = 0; x < phase[2].taps; ++x)
            weights.push_back(filter.weights[weightIndex(spec.kernel, c % groupChannels, tapOf(0, t),
                                                         tapOf(1, y), tapOf(2, x))]);
        }
      }
    }
  }
  return result;
}

/// What the positions of a phase read of the gradient, zeros where that has none.
Tensor readBy(const Phase& phase, const Tensor& gradient, const ComputeContext& context) {
  const Shape& from = gradient.shape();
  Tensor part(shapeOf({phase[0].reads(), phase[1].reads(), phase[2].reads()}, from.channels));
  const Shape& to = part.shape();
  const int begin = std::max(0, -phase[2].start), end = std::min(to.width, from.width - phase[2].start);
  context.pool.run(to.channels * to.length, [&](int frame) {
    const int t = frame % to.length, c = frame / to.length, source = t + phase[0].start;
    if (source < 0 || source >= from.length || begin >= end) return;
    for (int y = 0; y < to.height; ++y) {
      const int row = y + phase[1].start;
      if (row < 0 || row >= from.height) continue;
      const float* const line = gradient.frame(source, c) + std::int64_t{row} * from.width;
      std::copy(line + begin + phase[2].start, line + end + phase[2].start, &part.at(t, y, begin, c));
    }
  });
  return part;
}

/// Puts the values of a phase where they belong.
void place(const Phase& phase, const Triple& stride, const Tensor& part, Tensor& result,
           const ComputeContext& context) {
  const Shape& from = part.shape();
  context.pool.run(from.channels * from.length, [&](int frame) {
    const int t = frame % from.length, c = frame / from.length;
    for (int y = 0; y < from.height; ++y) {
      const float* const line = part.frame(t, c) + std::int64_t{y} * from.width;
      float* const to =
          &result.at(phase[0].first + t * stride.t, phase[1].first + y * stride.y, phase[2].first, c);
      for (int x = 0; x < from.width; ++x) to[std::int64_t{x} * stride.x] = line[x];
    }
  });
}

/// Zeros in the padding.
Result<Tensor> zeroPadded(const Tensor& gradient, const Shape& input, const ConvSpec& spec,
                          const ConvGeometry& geometry, const FilterBank& bank,
                          const ComputeContext& context) {
  const auto phases = [&](Axis axis) {
    return phasesOf(input.along(axis), spec.kernel[axis], spec.stride[axis], spec.dilation[axis],
                    geometry.padding[static_cast<std::size_t>(axis)].before);
  };
  const bool single = spec.stride == Triple{1, 1, 1};
  Tensor result;
  if (!single) result = Tensor(input);
  for (const AxisPhase& t : phases(Axis::T)) {
    for (const AxisPhase& y : phases(Axis::Y)) {
      for (const AxisPhase& x : phases(Axis::X)) {
        if (context.stopped()) return fail(ErrorCode::Stopped, "The gradient was stopped.");
        if (std::min({t.taps, y.taps, x.taps}) == 0) continue;
        const Phase phase{t, y, x};
        ConvSpec correlation;
        correlation.kernel = {t.taps, y.taps, x.taps};
        correlation.dilation = {t.dilation, y.dilation, x.dilation};
        correlation.groups = spec.groups;
        auto part = convolve(readBy(phase, gradient, context), correlation,
                             transposedBank(bank, spec, input.channels, phase), context);
        if (!part || single) return part;
        place(phase, spec.stride, *part, result, context);
      }
    }
  }
  return result;
}

}  // namespace

Result<Tensor> convolutionInputGradient(const Tensor& gradient, const Shape& input, const ConvSpec& spec,
                                        const FilterBank& bank, const ComputeContext& context) {
  const auto geometry = checkedGeometry(input, spec, bank);
  if (!geometry) return tl::unexpected(geometry.error());
  assert(gradient.shape() == geometry->output);
  Triple padded;
  for (const Axis axis : kAxes) {
    const AxisPadding& padding = geometry->padding[static_cast<std::size_t>(axis)];
    padded[axis] = input.along(axis) + padding.before + padding.after;
  }
  const bool repeats = spec.paddingValue != PaddingValue::Zero && padded != input.extent();
  const double cells = double(padded.t) * padded.y * padded.x;
  if (auto fits = checkBudget(4 * cells * (input.channels + geometry->output.channels),
                              "The gradient of a clip of " + toText(input), "use a smaller clip");
      !fits)
    return tl::unexpected(fits.error());
  if (!repeats) return zeroPadded(gradient, input, spec, *geometry, bank, context);

  ConvSpec inside = spec;
  inside.padding = PaddingMode::Valid;
  const Shape whole = shapeOf(padded, input.channels);
  const auto insideGeometry = geometryOf(whole, inside, static_cast<int>(bank.size()));
  assert(insideGeometry && insideGeometry->output == geometry->output);
  const auto wide = zeroPadded(gradient, whole, inside, *insideGeometry, bank, context);
  if (!wide) return tl::unexpected(wide.error());
  Tensor result(input);
  const auto source = [&](Axis axis, int at) {
    return paddedSource(at - geometry->padding[static_cast<std::size_t>(axis)].before, input.along(axis),
                        spec.paddingValue);
  };
  context.pool.run(input.channels, [&](int c) {
    for (int t = 0; t < padded.t; ++t) {
      for (int y = 0; y < padded.y; ++y) {
        for (int x = 0; x < padded.x; ++x)
          result.at(source(Axis::T, t), source(Axis::Y, y), source(Axis::X, x), c) += wide->at(t, y, x, c);
      }
    }
  });
  return result;
}

}  // namespace convscope
