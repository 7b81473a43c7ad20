// Convolutions, on the engine's own kernels.
#include "engine/conv/repeated_convolution.h"
#include "engine/network/conv_call.h"
#include "engine/network/linear_calls.h"
#include "engine/network/op_window.h"
#include "engine/network/operator_table.h"

#include <algorithm>
#include <array>
#include <optional>

namespace convscope {

namespace {

struct PackedConvolution final : NodeCache {
  Shape input;
  std::optional<RepeatedConvolution> layer;
};

/// Runs a prepared layer on each clip of the batch; `clip(n)` gives the n-th, aligned as a Tensor is.
template <class Clip>
Value convolveBatch(const OpCall& call, const RepeatedConvolution& layer, std::int64_t batch, int axes,
                    const Clip& clip) {
  const Shape& shape = layer.geometry().output;
  const Dims dims = windowedDims(batch, shape.channels, shape.extent(), axes);
  call.checkRoom(4.0 * static_cast<double>(call.checked(dims)));
  if (call.sizesOnly) return call.make(ElementType::Float32, dims);
  if (batch == 1) return {dims, orRefuse(call, layer.run(clip(0), call.context))};
  Value out = call.make(ElementType::Float32, dims);
  for (std::int64_t n = 0; n < batch; ++n) {
    const Tensor maps = orRefuse(call, layer.run(clip(n), call.context));
    std::ranges::copy(maps.values(), out.fill<float>().begin() + n * shape.count());
  }
  return out;
}

/// Clip `n` of a batch: read in place where it is aligned, else copied.
Tensor clipOf(const Value& batch, const Shape& shape, std::int64_t n) {
  constexpr std::int64_t kAligned = 64 / sizeof(float);
  Tensor view = batch.tensorView(shape, n * shape.count());
  return n * shape.count() % kAligned == 0 ? std::move(view) : view.clone();
}

const Value* biasOf(const OpCall& call, std::int64_t filters) {
  if (!call.has(2)) return nullptr;
  const Value& bias = call.in(2, ElementType::Float32);
  if (bias.dims() != Dims{filters})
    call.refuse("has biases of " + dimsText(bias.dims()) + " for " + std::to_string(filters) + " filters");
  return &bias;
}

/// The number of groups; those of `channels` that one group reads must be `perGroup`.
int groupsOf(const OpCall& call, std::int64_t channels, std::int64_t perGroup, std::int64_t filters) {
  const std::int64_t groups = call.whole("group", 1);
  if (groups < 1 || groups > channels || channels % groups != 0 || channels / groups != perGroup ||
      filters % groups != 0) {
    call.refuse("has weights for " + std::to_string(perGroup) + " channels in each of " +
                std::to_string(groups) + " groups and " + std::to_string(filters) +
                " filters, but its input has " + std::to_string(channels) + " channels");
  }
  return static_cast<int>(groups);
}

const Value& weightsOf(const OpCall& call, const Value& in) {
  const Value& weights = call.in(1, ElementType::Float32);
  if (weights.rank() != in.rank() || weights.count() == 0) {
    call.refuse("has weights of " + dimsText(weights.dims()) + " for an input of " + dimsText(in.dims()));
  }
  return weights;
}

std::vector<std::int64_t> kernelOf(const OpCall& call, const Value& weights) {
  std::vector<std::int64_t> kernel(weights.dims().begin() + 2, weights.dims().end());
  if (call.wholes("kernel_shape", kernel) != kernel)
    call.refuse("names another kernel_shape than that of its weights, " + dimsText(weights.dims()));
  return kernel;
}

ConvSpec specOf(const OpWindow& window, int groups) {
  ConvSpec spec;
  spec.kernel = window.kernel;
  spec.stride = window.stride;
  spec.dilation = window.dilation;
  spec.padding = PaddingMode::Custom;
  spec.custom = window.padding;
  spec.groups = groups;
  return spec;
}

/// The layer, packed anew unless the weights are the file's and the clip is as large as before.
template <class MakeBank>
const RepeatedConvolution& preparedLayer(const OpCall& call, const Shape& input, const ConvSpec& spec,
                                         const MakeBank& makeBank) {
  auto* kept = dynamic_cast<PackedConvolution*>(call.cache.get());
  if (kept == nullptr || !call.fixedWeights || !(kept->input == input)) {
    auto fresh = std::make_unique<PackedConvolution>();
    fresh->input = input;
    fresh->layer.emplace(
        orRefuse(call, RepeatedConvolution::plan(input, spec, makeBank(),
                                                 ComputeContext{call.context.pool, call.context.stop})));
    kept = fresh.get();
    call.cache = std::move(fresh);
  }
  return *kept->layer;
}

Values convolution(const OpCall& call) {
  const Value& in = call.in(0, ElementType::Float32);
  const auto [spec, shape, axes] = convCall(call);
  const Value& weights = call.inputs[1];
  const std::int64_t filters = weights.dims()[0];
  const Value* bias = biasOf(call, filters);
  if (call.sizesOnly) {
    const ConvGeometry geometry = orRefuse(call, geometryOf(shape, spec, static_cast<int>(filters)));
    return {
        call.make(ElementType::Float32, windowedDims(in.dims()[0], filters, geometry.output.extent(), axes))};
  }
  const auto& layer = preparedLayer(call, shape, spec, [&] { return bankOf(call, weights, bias); });
  return {convolveBatch(call, layer, in.dims()[0], axes,
                        [&, &in = in, &shape = shape](std::int64_t n) { return clipOf(in, shape, n); })};
}

/// How a transposed convolution becomes a plain one: its input with stride − 1 zeros between neighbours, the
/// kernel reversed, padded so far that every overlap asked for is there.
struct TransposedAxes {
  Triple spread;  ///< extent with the zeros
  Triple output;
  Triple skip;  ///< leading positions of the plain convolution that are none of the output
  std::array<AxisPadding, 3> padding{};
};

TransposedAxes transposedAxes(const OpCall& call, OpWindow window, bool autoPad) {
  const auto axes = static_cast<std::size_t>(window.axes);
  const auto shape = call.wholes("output_shape");
  const auto extra = call.wholes("output_padding", std::vector<std::int64_t>(axes, 0));
  if (extra.size() != axes || (!shape.empty() && shape.size() != axes))
    call.refuse("has an output_padding or output_shape that does not fit its input");
  TransposedAxes result;
  for (std::size_t i = 0; i < 3; ++i) {
    const Axis axis = kAxes[i];
    const bool slides = i + axes >= 3;
    const std::int64_t added = slides ? extra[i + axes - 3] : 0;
    if (added < 0 || added > kMaxPadding) call.refuse("has an output_padding out of range");
    if (window.kernel[axis] > kMaxKernelExtent || window.stride[axis] > kMaxStride ||
        window.dilation[axis] > kMaxDilation)
      call.refuse("has a kernel, stride or dilation above " + std::to_string(kMaxStride));
    const int grown = window.span(axis) - 1;
    const std::int64_t spread = std::int64_t{window.stride[axis]} * (window.extent[axis] - 1) + 1;
    AxisPadding cut = window.padding[i];
    std::int64_t out = spread + grown + added - cut.before - cut.after;
    if (slides && (!shape.empty() || autoPad)) {
      out = !shape.empty() ? shape[i + axes - 3] : std::int64_t{window.extent[axis]} * window.stride[axis];
      const std::int64_t all = std::max<std::int64_t>(0, spread + grown + added - out);
      const bool more = call.word("auto_pad", "NOTSET") == "SAME_UPPER";
      cut.before = static_cast<int>(std::min<std::int64_t>(kMaxPadding, more ? all / 2 : all - all / 2));
    }
    const std::int64_t before = std::max(0, grown - cut.before);
    const std::int64_t skip = std::max(0, cut.before - grown);
    const std::int64_t after = std::max<std::int64_t>(0, out + skip + grown - spread - before);
    if (out < 1 || out > kMostElements || spread > kMostElements || after > kMaxPadding ||
        before > kMaxPadding)
      call.refuse("would make " + std::to_string(out) + " positions along " + axisName(axis));
    result.spread[axis] = static_cast<int>(spread);
    result.output[axis] = static_cast<int>(out);
    result.skip[axis] = static_cast<int>(skip);
    result.padding[i] = {static_cast<int>(before), static_cast<int>(after)};
  }
  return result;
}

/// Weights (C, K / groups, …) as filters that read C / groups channels each, reversed along every axis.
FilterBank transposedBank(const Value& weights, const Value* bias, int groups) {
  const auto channels = static_cast<std::size_t>(weights.dims()[0] / groups);
  const auto filters = static_cast<std::size_t>(weights.dims()[1]);
  const auto taps = static_cast<std::size_t>(productOf(weights.dims(), 2, weights.dims().size()));
  FilterBank bank(filters * static_cast<std::size_t>(groups));
  const auto from = weights.values<float>();
  for (std::size_t k = 0; k < bank.size(); ++k) {
    bank[k].weights.reserve(channels * taps);
    for (std::size_t c = 0; c < channels; ++c) {
      const std::size_t row = (k / filters * channels + c) * filters + k % filters;
      for (std::size_t tap = taps; tap-- > 0;) bank[k].weights.push_back(from[row * taps + tap]);
    }
    if (bias != nullptr) bank[k].bias = bias->values<float>()[k];
  }
  return bank;
}

/// Clip `n` of the batch with zeros between its values.
Tensor spreadClip(const Value& batch, const Shape& shape, const Triple& stride, const Triple& spread,
                  std::int64_t n) {
  const Tensor clip = batch.tensorView(shape, n * shape.count());
  Tensor wide(shapeOf(spread, shape.channels));
  for (int c = 0; c < shape.channels; ++c) {
    for (int t = 0; t < shape.length; ++t) {
      for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x)
          wide.at(t * stride.t, y * stride.y, x * stride.x, c) = clip.at(t, y, x, c);
      }
    }
  }
  return wide;
}

/// The part of each map that begins at `skip`.
Value cutOut(const OpCall& call, const Value& maps, const Triple& whole, const Triple& skip,
             const Triple& part, int axes) {
  Value out = call.make(ElementType::Float32, windowedDims(maps.dims()[0], maps.dims()[1], part, axes));
  const float* from = maps.values<float>().data();
  float* to = out.fill<float>().data();
  for (std::int64_t map = 0; map < maps.dims()[0] * maps.dims()[1]; ++map) {
    for (int t = 0; t < part.t; ++t) {
      for (int y = 0; y < part.y; ++y) {
        const float* row = from + ((map * whole.t + t + skip.t) * whole.y + y + skip.y) * whole.x + skip.x;
        to = std::copy_n(row, part.x, to);
      }
    }
  }
  return out;
}

/// A transposed convolution's node, with its axes as those of a plain one.
struct TransposedNode {
  OpWindow window;
  TransposedAxes axes;
  std::int64_t groups = 1;
};

TransposedNode transposedNode(const OpCall& call) {
  const Value& in = call.in(0, ElementType::Float32);
  const Value& weights = weightsOf(call, in);
  const std::int64_t channels = in.dims()[1], groups = call.whole("group", 1);
  if (groups < 1 || groups > channels || weights.dims()[0] != channels || channels % groups != 0)
    call.refuse("has weights of " + dimsText(weights.dims()) + " in " + std::to_string(groups) +
                " groups for an input of " + dimsText(in.dims()));
  const std::string mode = call.word("auto_pad", "NOTSET");
  const OpWindow window = windowOf(call, in.dims(), kernelOf(call, weights));
  return {window, transposedAxes(call, window, mode == "SAME_UPPER" || mode == "SAME_LOWER"), groups};
}

Values transposedConvolution(const OpCall& call) {
  const auto [window, axes, groups] = transposedNode(call);
  const Value& in = call.in(0);
  const Value& weights = call.in(1);
  const std::int64_t channels = in.dims()[1];
  const std::int64_t filters = weights.dims()[1] * groups;
  const Dims dims = windowedDims(in.dims()[0], filters, axes.output, window.axes);
  if (call.sizesOnly) return {call.make(ElementType::Float32, dims)};
  const Value* bias = biasOf(call, filters);
  const Shape shape = shapeOf(window.extent, static_cast<int>(channels));
  const Dims spread = windowedDims(1, channels, axes.spread, window.axes);
  call.checkRoom(4.0 * static_cast<double>(call.checked(spread) + call.checked(dims)));

  OpWindow plain = window;
  plain.stride = {1, 1, 1};
  plain.padding = axes.padding;
  const auto& layer = preparedLayer(call, shapeOf(axes.spread, static_cast<int>(channels)),
                                    specOf(plain, static_cast<int>(groups)),
                                    [&] { return transposedBank(weights, bias, static_cast<int>(groups)); });
  Value maps = convolveBatch(call, layer, in.dims()[0], window.axes,
                             [&, &stride = window.stride, &spreadTo = axes.spread](std::int64_t n) {
                               return spreadClip(in, shape, stride, spreadTo, n);
                             });
  if (maps.dims() == dims) return {maps};
  return {cutOut(call, maps, layer.geometry().output.extent(), axes.skip, axes.output, window.axes)};
}

constexpr std::array kOperators{
    Operator{"Conv", 1, 17, convolution},
    Operator{"ConvTranspose", 1, 17, transposedConvolution},
};

}  // namespace

FilterBank bankOf(const OpCall& call, const Value& weights, const Value* bias) {
  const std::int64_t filters = weights.dims()[0];
  const std::int64_t taps = weights.count() / std::max<std::int64_t>(1, filters);
  call.checkRoom(4.0 * static_cast<double>(weights.count()));
  FilterBank bank(static_cast<std::size_t>(filters));
  for (std::size_t k = 0; k < bank.size(); ++k) {
    const auto own =
        weights.values<float>().subspan(k * static_cast<std::size_t>(taps), static_cast<std::size_t>(taps));
    bank[k].weights.assign(own.begin(), own.end());
    if (bias != nullptr) bank[k].bias = bias->values<float>()[k];
  }
  return bank;
}

ConvCall convCall(const OpCall& call) {
  const Value& in = call.in(0, ElementType::Float32);
  const OpWindow window = windowOf(call, in.dims(), kernelOf(call, weightsOf(call, in)));
  const Dims& weights = call.inputs[1].dims();
  const std::int64_t channels = in.dims()[1];
  return {specOf(window, groupsOf(call, channels, weights[1], weights[0])),
          shapeOf(window.extent, static_cast<int>(channels)), window.axes};
}

TransposedCall transposedCall(const OpCall& call) {
  const auto [window, axes, groups] = transposedNode(call);
  TransposedCall result{window, axes.output, {}, static_cast<int>(groups)};
  for (const Axis axis : kAxes)
    result.before[axis] =
        window.span(axis) - 1 - axes.padding[static_cast<std::size_t>(axis)].before + axes.skip[axis];
  return result;
}

std::span<const Operator> convolutionOperators() {
  return kOperators;
}

}  // namespace convscope
