#include "engine/network/preprocess.h"

#include "engine/clip/resample.h"
#include "engine/core/memory_budget.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr int kOpenFrames = 16;  // taken where the network leaves the length open

std::string inputText(const Graph& graph, std::size_t input) {
  return "The network's input “" +
         nameForText(graph.valueNames[static_cast<std::size_t>(graph.inputs[input].value)]) + "” ";
}

int channelsOf(const Preprocess& preprocess) {
  return preprocess.channels == ChannelOrder::Grey ? 1 : 3;
}

/// Frames that input `input` takes of those prepared: all, or of a second, slower one every slowEvery-th.
/// Where there are two, the one that declares fewer is the slow one; PyTorchVideo puts it first.
int framesFor(const Graph& graph, const Preprocess& preprocess, std::size_t input) {
  return graph.inputs.size() == 2 && input == 0 ? std::max(1, preprocess.frames / preprocess.slowEvery)
                                                : preprocess.frames;
}

/// Frame that stands at place `i` of `count` taken from `all`: the first, the last and evenly between, cut
/// down to whole frames.
int takenFrame(int i, int count, int all) {
  return count < 2 ? 0 : static_cast<int>(static_cast<std::int64_t>(i) * (all - 1) / (count - 1));
}

std::optional<std::int64_t> fixedExtent(const GraphInput& input, std::size_t axis) {
  return input.dims && axis < input.dims->size() ? (*input.dims)[axis].fixed : std::nullopt;
}

tl::unexpected<Error> misfit(const Graph& graph, std::size_t input, const std::string& what) {
  return fail(ErrorCode::BadSpec,
              inputText(graph, input) + "is " + dimsText(*graph.inputs[input].dims) + ", but " + what + ".");
}

Result<void> checkInput(const Graph& graph, std::size_t i, const Preprocess& preprocess) {
  const GraphInput& input = graph.inputs[i];
  if (input.type != ElementType::Float32)
    return fail(ErrorCode::BadSpec,
                inputText(graph, i) + "takes " + elementTypeName(input.type) + "; a clip is float32.");
  if (!input.dims)
    return fail(ErrorCode::BadSpec, inputText(graph, i) + "does not say how many axes it has.");
  const std::size_t rank = input.dims->size();
  if (rank != 4 && rank != 5) {
    return fail(ErrorCode::BadSpec, inputText(graph, i) + "has " + std::to_string(rank) +
                                        " axes; a clip has (N, C, L, H, W) or (N, C, H, W): feed it by "
                                        "--input-tensor.");
  }
  const int frames = framesFor(graph, preprocess, i);
  const auto batch = fixedExtent(input, 0), channels = fixedExtent(input, 1);
  const auto length = rank == 5 ? fixedExtent(input, 2) : batch;
  if (rank == 5 && batch && *batch != 1) return misfit(graph, i, "one clip is fed at a time");
  if (channels && *channels != channelsOf(preprocess)) {
    return misfit(
        graph, i,
        "the preprocessing makes " + std::string(channelsOf(preprocess) == 1 ? "1 channel" : "3 channels"));
  }
  if (length && *length != frames)
    return misfit(graph, i,
                  "the preprocessing takes " + std::to_string(frames) + (frames == 1 ? " frame" : " frames"));
  if (!preprocess.crop && !preprocess.resize) return {};
  const std::array<int, 2> size = preprocess.crop ? *preprocess.crop : *preprocess.resize;
  for (std::size_t a = 0; a < 2; ++a) {
    const auto extent = fixedExtent(input, rank - 2 + a);
    if (extent && *extent != size[a]) {
      return misfit(
          graph, i,
          "the preprocessing makes frames of " + std::to_string(size[0]) + " × " + std::to_string(size[1]));
    }
  }
  return {};
}

/// What each row and column of the cropped frame is made of.
struct Plan {
  AxisResampling down, across;
  FrameSize size;
  double unit = 1;  ///< what a value is divided by: 255 for bytes
};

/// torch's centre: half the rest, halves to the even side.
int centred(int extent, int part) {
  return static_cast<int>(std::nearbyint((extent - part) / 2.0));
}

template <class Value>
void prepareFrame(std::span<const Value> frames, const RawFrames& raw, const Plan& plan, int t,
                  Tensor& pixels) {
  const auto channels = static_cast<std::size_t>(raw.channels);
  const std::size_t row = static_cast<std::size_t>(raw.width) * channels;
  const Value* const frame = frames.data() + static_cast<std::size_t>(t) * raw.height * row;
  std::vector<double> sums(row);
  const double factor = plan.down.scale * plan.across.scale / plan.unit;
  for (int y = 0; y < plan.size.height; ++y) {
    std::ranges::fill(sums, 0.0);
    const auto from = static_cast<std::size_t>(y);
    const std::span<const float> weights = plan.down.weights(from);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double weight = double{weights[i]};
      if (weight == 0) continue;
      const Value* const source = frame + (static_cast<std::size_t>(plan.down.first[from]) + i) * row;
      for (std::size_t k = 0; k < row; ++k) sums[k] += weight * static_cast<double>(source[k]);
    }
    for (int x = 0; x < plan.size.width; ++x) {
      const auto column = static_cast<std::size_t>(x);
      const std::span<const float> shares = plan.across.weights(column);
      for (std::size_t c = 0; c < channels; ++c) {
        double sum = 0;
        const double* const source =
            sums.data() + static_cast<std::size_t>(plan.across.first[column]) * channels + c;
        for (std::size_t i = 0; i < shares.size(); ++i) sum += double{shares[i]} * source[i * channels];
        pixels.at(t, y, x, static_cast<int>(c)) = static_cast<float>(sum * factor);
      }
    }
  }
}

/// The wanted number of channels: grey of three, or three times the same.
Tensor withChannels(Tensor pixels, int channels) {
  const Shape& shape = pixels.shape();
  if (shape.channels == channels) return pixels;
  Tensor made = Tensor::uninitialised({shape.length, shape.height, shape.width, channels});
  const std::int64_t count = shape.channelSize();
  if (channels == 3) {
    for (int c = 0; c < 3; ++c) std::copy_n(pixels.data(), count, made.data() + c * count);
    return made;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    made.data()[i] =
        0.299F * pixels.data()[i] + 0.587F * pixels.data()[count + i] + 0.114F * pixels.data()[2 * count + i];
  }
  return made;
}

}  // namespace

bool takesPictures(const Graph& graph) {
  return !graph.inputs.empty() && graph.inputs.front().dims && graph.inputs.front().dims->size() == 4;
}

Result<void> checkPreprocess(const Graph& graph, const Preprocess& preprocess) {
  if (graph.inputs.empty()) return fail(ErrorCode::BadSpec, "The network takes no input.");
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    if (auto fits = checkInput(graph, i, preprocess); !fits) return fits;
  }
  return {};
}

Result<Preprocess> plainPreprocess(const Graph& graph) {
  Preprocess made;
  made.frames = kOpenFrames;
  if (!graph.inputs.empty() && graph.inputs.back().dims) {
    const GraphInput& input = graph.inputs.back();  // of two the faster one
    const std::size_t rank = input.dims->size();
    const auto length = fixedExtent(input, rank == 5 ? 2 : 0);
    if (length && *length >= 1 && *length <= 4096) made.frames = static_cast<int>(*length);
    if (fixedExtent(input, 1) == 1) made.channels = ChannelOrder::Grey;
    const auto height = rank >= 4 ? fixedExtent(input, rank - 2) : std::nullopt;
    const auto width = rank >= 4 ? fixedExtent(input, rank - 1) : std::nullopt;
    constexpr std::int64_t kMost = 16384;
    if (height && width && *height >= 1 && *width >= 1 && *height <= kMost && *width <= kMost)
      made.resize = {static_cast<int>(*height), static_cast<int>(*width)};
  }
  if (auto fits = checkPreprocess(graph, made); !fits) return tl::unexpected(fits.error());
  return made;
}

Result<PreparedSize> preparedSize(const Preprocess& preprocess, int height, int width) {
  PreparedSize size{{height, width}, {}};
  if (preprocess.resize) {
    size.resized = {(*preprocess.resize)[0], (*preprocess.resize)[1]};
  } else if (preprocess.shortSide) {
    const int side = *preprocess.shortSide;
    const auto longer = [&](int one, int other) {
      return static_cast<int>(std::int64_t{side} * one / std::max(1, other));
    };
    size.resized =
        height <= width ? FrameSize{side, longer(width, height)} : FrameSize{longer(height, width), side};
  }
  size.cropped = size.resized;
  if (!preprocess.crop) return size;
  size.cropped = {(*preprocess.crop)[0], (*preprocess.crop)[1]};
  if (size.cropped.height > size.resized.height || size.cropped.width > size.resized.width) {
    return fail(ErrorCode::BadSpec, "The preprocessing crops " + std::to_string(size.cropped.height) + " × " +
                                        std::to_string(size.cropped.width) + " from frames resized to " +
                                        std::to_string(size.resized.height) + " × " +
                                        std::to_string(size.resized.width) + ".");
  }
  return size;
}

Result<Clip> preprocessedClip(const RawFrames& raw, const Preprocess& preprocess,
                              const ReadContext& context) {
  const auto size = preparedSize(preprocess, raw.height, raw.width);
  if (!size) return tl::unexpected(size.error());
  const Shape shape{raw.count(), size->cropped.height, size->cropped.width, raw.channels};
  const double tables = resamplingBytes(raw.height, size->resized.height, shape.height) +
                        resamplingBytes(raw.width, size->resized.width, shape.width);
  if (auto fits = checkBudget(8.0 * shape.length * shape.height * shape.width * 3 + tables,
                              "A clip of " + toText(shape), "take fewer frames or a smaller size");
      !fits)
    return tl::unexpected(fits.error());
  const auto axis = [&](int in, int out, int taken) {
    const OutputRange part{centred(out, taken), taken};
    return preprocess.resampling == FrameResampling::Linear ? linearResampling(in, out, part)
                                                            : resampling(in, out, part);
  };
  Plan plan{axis(raw.height, size->resized.height, size->cropped.height),
            axis(raw.width, size->resized.width, size->cropped.width), size->cropped,
            raw.floats.empty() ? 255.0 : 1.0};
  Clip clip;
  clip.source = raw.source;
  clip.taken = raw.taken;
  clip.framesPerSecond = raw.source.framesPerSecond / preprocess.step;
  Tensor pixels = Tensor::uninitialised(shape);
  for (int t = 0; t < raw.count(); ++t) {
    if (context.stopAt(t, raw.count())) return fail(ErrorCode::Stopped, "Preparing the clip was stopped.");
    raw.floats.empty() ? prepareFrame<std::uint8_t>(raw.bytes, raw, plan, t, pixels)
                       : prepareFrame<float>(raw.floats, raw, plan, t, pixels);
  }
  clip.pixels = withChannels(std::move(pixels), channelsOf(preprocess));
  clip.range = rangeOf(clip.pixels);
  return clip;
}

Result<std::vector<Value>> networkInputs(const Graph& graph, const Clip& clip, const Preprocess& preprocess) {
  if (auto fits = checkPreprocess(graph, preprocess); !fits) return tl::unexpected(fits.error());
  const Shape& shape = clip.pixels.shape();
  std::vector<Value> inputs;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const bool pictures = graph.inputs[i].dims->size() == 4;
    const int frames = std::min(shape.length, framesFor(graph, preprocess, i));
    const std::int64_t channels = shape.channels;
    const Dims dims = pictures ? Dims{frames, channels, shape.height, shape.width}
                               : Dims{1, channels, frames, shape.height, shape.width};
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      const auto extent = fixedExtent(graph.inputs[i], axis);
      if (extent && *extent != dims[axis]) return misfit(graph, i, "the clip gives " + dimsText(dims));
    }
    Value value = Value::uninitialised(ElementType::Float32, dims);
    float* to = value.fill<float>().data();
    const auto fill = [&](int t, int c) {
      const int from = preprocess.channels == ChannelOrder::Bgr ? shape.channels - 1 - c : c;
      const auto statistic = static_cast<std::size_t>(from);
      const double mean = preprocess.mean[statistic], deviation = preprocess.std[statistic];
      const float* source = clip.pixels.frame(takenFrame(t, frames, shape.length), from);
      for (std::int64_t k = 0; k < shape.frameSize(); ++k)
        *to++ = static_cast<float>((double{source[k]} * preprocess.range - mean) / deviation);
    };
    if (pictures) {
      for (int t = 0; t < frames; ++t) {
        for (int c = 0; c < shape.channels; ++c) fill(t, c);
      }
    } else {
      for (int c = 0; c < shape.channels; ++c) {
        for (int t = 0; t < frames; ++t) fill(t, c);
      }
    }
    inputs.push_back(std::move(value));
  }
  return inputs;
}

}  // namespace convscope
