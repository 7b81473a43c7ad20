#include "engine/conv/conv_spec.h"

#include <algorithm>

namespace convscope {

namespace {

using Setting = ErrorPlace::Setting;

/// Positions of an axis must stay well inside an int, padding included.
constexpr std::int64_t kMaxExtent = 1'000'000'000;

std::string number(std::int64_t value) {
  return std::to_string(value);
}

/// "5 frames", "1 row", "7 columns".
std::string cells(Axis axis, std::int64_t count) {
  const char* unit = axis == Axis::T ? "frame" : axis == Axis::Y ? "row" : "column";
  return number(count) + " " + unit + (count == 1 ? "" : "s");
}

/// What the kernel's extent on an axis is called: its length, height or width.
const char* extentName(Axis axis) {
  return axis == Axis::T ? "length" : axis == Axis::Y ? "height" : "width";
}

Result<void> checkRange(const char* what, const ErrorPlace& place, int value, int low, int high) {
  if (value >= low && value <= high) return {};
  return fail(ErrorCode::BadSpec,
              "The " + std::string(what) + " in " + axisName(*place.axis) + " must be between " +
                  number(low) + " and " + number(high) + ", not " + number(value) + ".",
              place);
}

Result<void> checkSettings(const ConvSpec& spec) {
  for (const Axis axis : kAxes) {
    if (auto ok =
            checkRange("kernel's extent", {Setting::Size, axis}, spec.kernel[axis], 1, kMaxKernelExtent);
        !ok)
      return ok;
    if (auto ok = checkRange("stride", {Setting::Stride, axis}, spec.stride[axis], 1, kMaxStride); !ok)
      return ok;
    if (auto ok = checkRange("dilation", {Setting::Dilation, axis}, spec.dilation[axis], 1, kMaxDilation);
        !ok)
      return ok;
    if (spec.padding != PaddingMode::Custom) continue;
    const AxisPadding& custom = spec.custom[static_cast<std::size_t>(axis)];
    if (auto ok =
            checkRange("padding before the clip", {Setting::Padding, axis}, custom.before, 0, kMaxPadding);
        !ok)
      return ok;
    if (auto ok =
            checkRange("padding after the clip", {Setting::Padding, axis}, custom.after, 0, kMaxPadding);
        !ok)
      return ok;
  }
  return {};
}

Result<void> checkGroups(const Shape& input, const ConvSpec& spec, int filters) {
  if (filters < 1 || filters > kMostFilters) {
    return fail(
        ErrorCode::BadSpec,
        "A layer has between 1 and " + number(kMostFilters) + " filters, not " + number(filters) + ".",
        {Setting::Filters});
  }
  if (spec.groups < 1) {
    return fail(ErrorCode::BadSpec,
                "The number of groups must be at least 1, not " + number(spec.groups) + ".",
                {Setting::Groups});
  }
  if (input.channels % spec.groups != 0) {
    return fail(ErrorCode::BadSpec,
                number(spec.groups) + " groups do not divide the clip's " + number(input.channels) +
                    (input.channels == 1 ? " channel." : " channels."),
                {Setting::Groups});
  }
  if (filters % spec.groups != 0) {
    return fail(ErrorCode::BadSpec,
                number(spec.groups) + " groups do not divide the " + number(filters) +
                    (filters == 1 ? " filter." : " filters."),
                {Setting::Groups});
  }
  return {};
}

AxisPadding resolvedPadding(const ConvSpec& spec, Axis axis) {
  const int grown = spec.span(axis) - 1;  // (k − 1)·d: how much a valid convolution shrinks the axis
  switch (spec.padding) {
    case PaddingMode::Valid:
      return {};
    case PaddingMode::Same:
      return {grown / 2, grown - grown / 2};
    case PaddingMode::Full:
      return {grown, grown};
    case PaddingMode::Causal:
      return axis == Axis::T ? AxisPadding{grown, 0} : AxisPadding{};
    case PaddingMode::Custom:
      return spec.custom[static_cast<std::size_t>(axis)];
  }
  return {};
}

/// Mirrored and circular padding read real cells, so there must be enough of them.
Result<void> checkPaddingSource(const ConvSpec& spec, Axis axis, int extent, const AxisPadding& padding) {
  const int longest = std::max(padding.before, padding.after);
  const bool reflect = spec.paddingValue == PaddingValue::Reflect;
  const int allowed = reflect ? extent - 1 : extent;
  if ((!reflect && spec.paddingValue != PaddingValue::Circular) || longest <= allowed) return {};
  return fail(ErrorCode::BadSpec,
              std::string(reflect ? "Reflecting" : "Circular") + " padding of " + cells(axis, longest) +
                  " in " + axisName(axis) + " needs a clip of at least " +
                  number(longest + (reflect ? 1 : 0)) + ", but it has " + number(extent) + ".",
              {Setting::Padding, axis});
}

Error doesNotFit(const ConvSpec& spec, Axis axis, int extent, const AxisPadding& padding) {
  std::string text = "The kernel needs " + cells(axis, spec.span(axis)) + " in " + axisName(axis);
  if (spec.dilation[axis] > 1) {
    text += std::string(" (") + extentName(axis) + " " + number(spec.kernel[axis]) + ", dilation " +
            number(spec.dilation[axis]) + ")";
  }
  text += " but the clip has " + number(extent) + " and ";
  const int added = padding.before + padding.after;
  text += added == 0 ? "no padding." : number(added) + " of padding.";
  return {ErrorCode::BadSpec, text, {Setting::Size, axis}};
}

}  // namespace

Result<ConvGeometry> geometryOf(const Shape& input, const ConvSpec& spec, int filters) {
  if (auto ok = checkSettings(spec); !ok) return tl::unexpected(ok.error());
  if (input.channels < 1) return fail(ErrorCode::BadSpec, "The clip has no channels.");
  if (auto ok = checkGroups(input, spec, filters); !ok) return tl::unexpected(ok.error());

  ConvGeometry geometry;
  geometry.input = input;
  Triple out;
  for (const Axis axis : kAxes) {
    const int extent = input.along(axis);
    if (extent < 1) return fail(ErrorCode::BadSpec, "The clip has no " + cells(axis, 0).substr(2) + ".");
    const AxisPadding padding = resolvedPadding(spec, axis);
    if (auto ok = checkPaddingSource(spec, axis, extent, padding); !ok) return tl::unexpected(ok.error());
    const std::int64_t padded = std::int64_t{extent} + padding.before + padding.after;
    if (padded > kMaxExtent) {
      return fail(ErrorCode::BadSpec,
                  "The clip with its padding is " + cells(axis, padded) + " long in " + axisName(axis) +
                      ", more than the " + number(kMaxExtent) + " allowed.",
                  {Setting::Padding, axis});
    }
    if (padded < spec.span(axis)) return tl::unexpected(doesNotFit(spec, axis, extent, padding));
    const int slack = static_cast<int>(padded) - spec.span(axis);
    out[axis] = slack / spec.stride[axis] + 1;
    geometry.unused[axis] = slack % spec.stride[axis];
    geometry.padding[static_cast<std::size_t>(axis)] = padding;
  }
  geometry.output = shapeOf(out, filters);
  return geometry;
}

Dimensionality dimensionalityOf(const ConvSpec& spec, const ConvGeometry& geometry) {
  Dimensionality result;
  for (const Axis axis : kAxes) {
    result.slides[static_cast<std::size_t>(axis)] = geometry.output.along(axis) > 1;
    result.mixes[static_cast<std::size_t>(axis)] = spec.kernel[axis] > 1;
  }
  return result;
}

int paddedSource(int at, int extent, PaddingValue value) {
  if (at >= 0 && at < extent) return at;
  switch (value) {
    case PaddingValue::Zero:
      return -1;
    case PaddingValue::Replicate:
      return at < 0 ? 0 : extent - 1;
    case PaddingValue::Reflect:
      return at < 0 ? -at : 2 * (extent - 1) - at;
    case PaddingValue::Circular:
      return at < 0 ? at + extent : at - extent;
  }
  return -1;
}

}  // namespace convscope
