#include "engine/clip/clip_prepare.h"

#include "engine/clip/resample.h"
#include "engine/core/memory_budget.h"

#include <algorithm>
#include <cassert>
#include <span>
#include <utility>

namespace convscope {

namespace {

struct Plan {
  Crop crop;
  FrameSize size;
  AxisResampling down;    // along y
  AxisResampling across;  // along x
  int channels = 3;       // of the frames as they come
  double unit = 1;        // what a value is divided by: 255 for bytes
};

Result<void> checkCrop(Axis axis, int start, int extent, int available) {
  if (extent >= 1 && start >= 0 && std::int64_t{start} + extent <= available) return {};
  return fail(ErrorCode::BadSpec,
              std::string("The crop's ") + axisName(axis) + " takes " + std::to_string(extent) +
                  " pixels from pixel " + std::to_string(std::int64_t{start} + 1) +
                  "; the source's frames have " + std::to_string(available) + ".",
              {ErrorPlace::Setting::Crop, axis});
}

Result<void> checkSize(Axis axis, int extent) {
  if (extent >= 1) return {};
  return fail(ErrorCode::BadSpec,
              std::string("The resized ") + axisName(axis) + " must be at least 1 pixel; it is " +
                  std::to_string(extent) + ".",
              {ErrorPlace::Setting::Resize, axis});
}

/// Source row y of the crop, channels interleaved, as numbers.
template <class Value>
const Value* cropRow(std::span<const Value> frames, const RawFrames& raw, const Crop& crop, int t, int y) {
  const std::size_t row =
      (static_cast<std::size_t>(t) * raw.height + static_cast<std::size_t>(crop.y + y)) * raw.width;
  return frames.data() + (row + static_cast<std::size_t>(crop.x)) * raw.channels;
}

/// sum += weight · row. The whole cost of shrinking a frame is here: contiguous, so that the compiler
/// vectorises it.
template <class Value>
void addRow(float* __restrict sum, const Value* __restrict row, std::size_t count, float weight) {
  if (weight == 1) {
    for (std::size_t i = 0; i < count; ++i) sum[i] += static_cast<float>(row[i]);
  } else {
    for (std::size_t i = 0; i < count; ++i) sum[i] += weight * static_cast<float>(row[i]);
  }
}

/// One summed row to one output row per channel: the x axis, and the division by everything at once.
void finishRow(const Plan& plan, const std::vector<float>& sums, std::span<float*> rows) {
  const double factor = plan.down.scale * plan.across.scale / plan.unit;
  const int channels = plan.channels;
  for (int x = 0; x < plan.size.width; ++x) {
    const std::span<const float> weights = plan.across.weights(static_cast<std::size_t>(x));
    const float* from =
        sums.data() + static_cast<std::size_t>(plan.across.first[static_cast<std::size_t>(x)]) * channels;
    for (int c = 0; c < channels; ++c) {
      float sum = 0;
      for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * from[i * channels + c];
      rows[static_cast<std::size_t>(c)][x] = static_cast<float>(sum * factor);
    }
  }
}

template <class Value>
void resizeFrame(std::span<const Value> frames, const RawFrames& raw, const Plan& plan, int t,
                 Tensor& pixels) {
  std::vector<float> sums(static_cast<std::size_t>(plan.crop.width) * plan.channels);
  std::vector<float*> rows(static_cast<std::size_t>(plan.channels));
  for (int y = 0; y < plan.size.height; ++y) {
    std::ranges::fill(sums, 0.0F);
    const int first = plan.down.first[static_cast<std::size_t>(y)];
    const std::span<const float> weights = plan.down.weights(static_cast<std::size_t>(y));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] == 0) continue;
      addRow(sums.data(), cropRow(frames, raw, plan.crop, t, first + static_cast<int>(i)), sums.size(),
             weights[i]);
    }
    for (int c = 0; c < plan.channels; ++c) rows[static_cast<std::size_t>(c)] = &pixels.at(t, y, 0, c);
    finishRow(plan, sums, rows);
  }
}

Result<Tensor> resizeAll(const RawFrames& raw, const Plan& plan, const ReadContext& context) {
  Tensor pixels = Tensor::uninitialised({raw.count(), plan.size.height, plan.size.width, plan.channels});
  for (int t = 0; t < raw.count(); ++t) {
    if (context.stopAt(t, raw.count())) return fail(ErrorCode::Stopped, "Preparing the clip was stopped.");
    if (raw.floats.empty()) {
      resizeFrame<std::uint8_t>(raw.bytes, raw, plan, t, pixels);
    } else {
      resizeFrame<float>(raw.floats, raw, plan, t, pixels);
    }
  }
  return pixels;
}

Tensor toGrey(const Tensor& colour) {
  const Shape& shape = colour.shape();
  Tensor grey = Tensor::uninitialised({shape.length, shape.height, shape.width, 1});
  const float* r = colour.frame(0, 0);
  const float* g = colour.frame(0, 1);
  const float* b = colour.frame(0, 2);
  float* to = grey.data();
  for (std::int64_t i = 0; i < shape.channelSize(); ++i)
    to[i] = 0.299F * r[i] + 0.587F * g[i] + 0.114F * b[i];
  return grey;
}

/// The same picture as R, as G and as B.
Tensor toColour(const Tensor& grey) {
  Shape shape = grey.shape();
  shape.channels = 3;
  Tensor colour = Tensor::uninitialised(shape);
  for (int c = 0; c < 3; ++c) std::ranges::copy(grey.values(), colour.frame(0, c));
  return colour;
}

Crop cropOf(const Shape& raw, const PrepareSpec& spec) {
  return spec.crop.value_or(Crop{0, 0, raw.width, raw.height});
}

}  // namespace

Result<Shape> preparedShape(const Shape& raw, const PrepareSpec& spec) {
  const Crop crop = cropOf(raw, spec);
  if (auto fits = checkCrop(Axis::Y, crop.y, crop.height, raw.height); !fits) {
    return tl::unexpected(fits.error());
  }
  if (auto fits = checkCrop(Axis::X, crop.x, crop.width, raw.width); !fits) {
    return tl::unexpected(fits.error());
  }
  const FrameSize size = spec.resize.value_or(FrameSize{crop.height, crop.width});
  if (auto fits = checkSize(Axis::Y, size.height); !fits) return tl::unexpected(fits.error());
  if (auto fits = checkSize(Axis::X, size.width); !fits) return tl::unexpected(fits.error());
  Shape shape{raw.length, size.height, size.width, raw.channels};
  const int most = spec.colour == ColourMode::Rgb ? 3 : raw.channels;  // before it is made grey
  const double values = static_cast<double>(raw.length) * size.height * size.width * most;
  if (auto fits = checkBudget(4 * values + resamplingBytes(crop.height, size.height, size.height) +
                                  resamplingBytes(crop.width, size.width, size.width),
                              "The clip of " + toText(shape), "take fewer frames or a smaller size");
      !fits) {
    return failAt(ErrorPlace::Setting::Resize, fits.error());
  }
  shape.channels = spec.colour == ColourMode::Grey ? 1 : 3;
  return shape;
}

namespace {

Result<Plan> makePlan(const RawFrames& raw, const PrepareSpec& spec) {
  const Shape before{raw.count(), raw.height, raw.width, raw.channels};
  const Result<Shape> shape = preparedShape(before, spec);
  if (!shape) return tl::unexpected(shape.error());
  Plan plan;
  plan.crop = cropOf(before, spec);
  plan.size = {shape->height, shape->width};
  plan.channels = raw.channels;
  plan.unit = raw.floats.empty() ? 255 : 1;
  plan.down = resampling(plan.crop.height, plan.size.height);
  plan.across = resampling(plan.crop.width, plan.size.width);
  return plan;
}

}  // namespace

Result<Clip> prepareClip(const RawFrames& raw, const PrepareSpec& spec, int step,
                         const ReadContext& context) {
  assert(raw.count() > 0 && (raw.channels == 1 || raw.channels == 3));
  assert(std::max(raw.bytes.size(), raw.floats.size()) ==
         static_cast<std::size_t>(raw.count()) * raw.height * raw.width * raw.channels);
  if (step < 1) {
    return fail(ErrorCode::BadSpec,
                "The range's step must be at least 1; it is " + std::to_string(step) + ".",
                {ErrorPlace::Setting::Range});
  }
  const Result<Plan> plan = makePlan(raw, spec);
  if (!plan) return tl::unexpected(plan.error());
  Clip clip;
  clip.source = raw.source;
  clip.taken = raw.taken;
  clip.framesPerSecond = raw.source.framesPerSecond / step;
  Result<Tensor> pixels = resizeAll(raw, *plan, context);
  if (!pixels) return tl::unexpected(pixels.error());
  clip.pixels = std::move(*pixels);
  if (spec.colour == ColourMode::Grey && raw.channels == 3) clip.pixels = toGrey(clip.pixels);
  if (spec.colour == ColourMode::Rgb && raw.channels == 1) clip.pixels = toColour(clip.pixels);
  clip.range = rangeOf(clip.pixels);
  return clip;
}

}  // namespace convscope
