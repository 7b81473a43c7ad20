// Larger and smaller maps.
#include "engine/network/linear_calls.h"
#include "engine/network/operator_table.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace convscope {

namespace {

constexpr std::int64_t kGrain = 1 << 13;

/// Where a position of the new axis lies on the old one.
struct Coordinates {
  std::string mode;
  double scale = 1;
  double length = 1, newLength = 1;
  double begin = 0, end = 1;  ///< of the part that tf_crop_and_resize takes, as shares

  [[nodiscard]] double of(double at) const {
    if (mode == "half_pixel") return (at + 0.5) / scale - 0.5;
    if (mode == "pytorch_half_pixel") return newLength > 1 ? (at + 0.5) / scale - 0.5 : 0;
    if (mode == "align_corners") return newLength > 1 ? at * (length - 1) / (newLength - 1) : 0;
    if (mode == "tf_half_pixel_for_nn") return (at + 0.5) / scale;
    if (mode == "tf_crop_and_resize")
      return newLength > 1 ? begin * (length - 1) + at * (end - begin) * (length - 1) / (newLength - 1)
                           : 0.5 * (begin + end) * (length - 1);
    return at / scale;  // asymmetric
  }
};

double nearest(double at, const std::string& mode) {
  if (mode == "round_prefer_floor") return std::ceil(at - 0.5);
  if (mode == "round_prefer_ceil") return std::floor(at + 0.5);
  return mode == "ceil" ? std::ceil(at) : std::floor(at);
}

struct ResizeWay {
  bool linear = false;
  std::string coordinates, rounding;
  float outsideValue = 0;
};

std::vector<ResizeMix> mixesOf(const ResizeWay& way, const Coordinates& coordinates) {
  const auto last = static_cast<std::int64_t>(coordinates.length) - 1;
  std::vector<ResizeMix> mixes;
  for (double at = 0; at < coordinates.newLength; ++at) {
    double from = coordinates.of(at);
    ResizeMix mix;
    // Only what was cut out may reach over the border; everything else repeats it.
    mix.outside =
        way.coordinates == "tf_crop_and_resize" && !(from >= 0 && from <= static_cast<double>(last));
    from = std::isnan(from) ? 0 : std::clamp(from, -1.0, static_cast<double>(last) + 1);
    const double low = way.linear ? std::floor(from) : nearest(from, way.rounding);
    mix.first = std::clamp<std::int64_t>(static_cast<std::int64_t>(low), 0, last);
    mix.second =
        way.linear ? std::clamp<std::int64_t>(static_cast<std::int64_t>(low) + 1, 0, last) : mix.first;
    mix.share = way.linear ? static_cast<float>(from - low) : 0;
    mixes.push_back(mix);
  }
  return mixes;
}

/// Resizes one axis: linear interpolation over several axes is one after the other.
Value resizedAlong(const OpCall& call, const Value& in, std::size_t axis, const std::vector<ResizeMix>& mixes,
                   float outsideValue) {
  Dims dims = in.dims();
  const std::int64_t extent = dims[axis], inner = productOf(dims, axis + 1, dims.size());
  const auto length = static_cast<std::int64_t>(mixes.size());
  dims[axis] = length;
  Value out = call.make(ElementType::Float32, dims);
  if (out.count() == 0) return out;
  const float* from = in.values<float>().data();
  float* to = out.fill<float>().data();
  call.shareOut(productOf(dims, 0, axis) * length, kGrain / inner, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line) {
      const ResizeMix& mix = mixes[static_cast<std::size_t>(line % length)];
      const float* map = from + line / length * extent * inner;
      const float* one = map + mix.first * inner;
      const float* other = map + mix.second * inner;
      float* result = to + line * inner;
      if (mix.outside) {
        std::fill_n(result, inner, outsideValue);
      } else if (mix.share == 0) {
        std::copy_n(one, inner, result);
      } else {
        for (std::int64_t i = 0; i < inner; ++i) result[i] = one[i] + (other[i] - one[i]) * mix.share;
      }
    }
  });
  return out;
}

/// The new extents and the scales behind them.
struct Extents {
  Dims dims;
  std::vector<double> scales;
};

Extents scaledExtents(const OpCall& call, const Value& in, const std::vector<double>& scales) {
  if (scales.size() != in.dims().size())
    call.refuse("has " + std::to_string(scales.size()) + " scales for a value of " + dimsText(in.dims()));
  Extents result{in.dims(), scales};
  for (std::size_t axis = 0; axis < scales.size(); ++axis) {
    const double extent = std::floor(static_cast<double>(in.dims()[axis]) * scales[axis]);
    if (!(scales[axis] > 0) || extent > static_cast<double>(kMostElements))
      call.refuse("scales an axis of " + std::to_string(in.dims()[axis]) + " by " +
                  std::to_string(scales[axis]));
    result.dims[axis] = static_cast<std::int64_t>(extent);
  }
  return result;
}

Extents givenExtents(const OpCall& call, const Value& in, const Dims& dims) {
  if (dims.size() != in.dims().size())
    call.refuse("has " + std::to_string(dims.size()) + " sizes for a value of " + dimsText(in.dims()));
  call.checked(dims);
  Extents result{dims, {}};
  for (std::size_t axis = 0; axis < dims.size(); ++axis)
    result.scales.push_back(static_cast<double>(dims[axis]) /
                            static_cast<double>(std::max<std::int64_t>(1, in.dims()[axis])));
  return result;
}

bool isLinear(const OpCall& call) {
  const std::string mode = call.word("mode", "nearest");
  if (mode != "nearest" && mode != "linear")
    call.refuse("resizes in the mode “" + nameForText(mode) + "”; nearest and linear are supported");
  return mode == "linear";
}

/// What a node asks for.
struct ResizeOrder {
  Extents extents;
  ResizeWay way;
  std::vector<double> parts;  ///< begins and ends that tf_crop_and_resize takes
};

/// Before operator set 11: scales alone, and every position is divided by them.
ResizeOrder orderOf(const OpCall& call) {
  constexpr int kFull = 11;
  if (call.operatorSet < kFull)
    return {scaledExtents(call, call.in(0), realNumbers(call.in(1))),
            {isLinear(call), "asymmetric", "floor"},
            {}};
  const ResizeWay way{isLinear(call), call.word("coordinate_transformation_mode", "half_pixel"),
                      call.word("nearest_mode", "round_prefer_floor"), call.real("extrapolation_value", 0)};
  constexpr std::array kModes{"half_pixel", "pytorch_half_pixel",   "align_corners",
                              "asymmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize"};
  if (std::ranges::find(kModes, way.coordinates) == kModes.end())
    call.refuse("has the unknown coordinate_transformation_mode “" + nameForText(way.coordinates) + "”");
  const bool bySize = call.has(3) && call.inputs[3].count() > 0;
  if (!bySize && (!call.has(2) || call.inputs[2].count() == 0)) call.refuse("has neither scales nor sizes");
  return {bySize ? givenExtents(call, call.in(0), call.wholesOf(3, "sizes"))
                 : scaledExtents(call, call.in(0), realNumbers(call.in(2))),
          way, call.has(1) ? realNumbers(call.in(1)) : std::vector<double>{}};
}

std::vector<ResizeAxis> axesOf(const OpCall& call, const ResizeOrder& order) {
  const Value& in = call.in(0, ElementType::Float32);
  const std::size_t rank = in.dims().size();
  const bool crops = order.way.coordinates == "tf_crop_and_resize";
  if (crops && order.parts.size() != 2 * rank) call.refuse("does not say which part of its input to take");
  if (in.count() == 0) call.refuse("resizes a value of " + dimsText(in.dims()));
  const auto& [dims, scales] = order.extents;
  call.checked(dims);
  std::vector<ResizeAxis> axes;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    Coordinates coordinates{order.way.coordinates, scales[axis], static_cast<double>(in.dims()[axis]),
                            static_cast<double>(dims[axis])};
    if (crops) {
      coordinates.begin = order.parts[axis];
      coordinates.end = order.parts[rank + axis];
    }
    const bool whole = coordinates.begin == 0 && coordinates.end == 1;
    if (dims[axis] == in.dims()[axis] && scales[axis] == 1 && whole) continue;
    call.checkRoom(static_cast<double>(dims[axis]) * sizeof(ResizeMix));
    axes.push_back({axis, mixesOf(order.way, coordinates)});
  }
  return axes;
}

Values resize(const OpCall& call) {
  const ResizeOrder order = orderOf(call);
  Value out = call.in(0, ElementType::Float32);
  for (const ResizeAxis& one : axesOf(call, order))
    out = resizedAlong(call, out, one.axis, one.mixes, order.way.outsideValue);
  return {out};
}

constexpr std::array kOperators{
    Operator{"Upsample", 9, 9, resize},
    Operator{"Resize", 10, 17, resize},
};

}  // namespace

std::vector<ResizeAxis> resizeAxes(const OpCall& call) {
  return axesOf(call, orderOf(call));
}

std::span<const Operator> resizeOperators() {
  return kOperators;
}

}  // namespace convscope
