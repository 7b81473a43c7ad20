#include "engine/network/op_window.h"

#include <algorithm>

namespace convscope {

namespace {

constexpr int kMostExtent = 1'000'000;

/// One number per window axis, brought to three: `missing` stands for those before.
Triple tripleOf(const OpCall& call, const std::string& what, const std::vector<std::int64_t>& numbers,
                int axes, int missing, int low, int high) {
  if (static_cast<int>(numbers.size()) != axes) {
    call.refuse("has " + std::to_string(numbers.size()) + " numbers as its " + what + " for " +
                std::to_string(axes) + (axes == 1 ? " axis" : " axes"));
  }
  Triple triple{missing, missing, missing};
  for (int i = 0; i < axes; ++i) {
    const std::int64_t number = numbers[static_cast<std::size_t>(i)];
    if (number < low || number > high) {
      call.refuse("has a " + what + " of " + std::to_string(number) + "; " + std::to_string(low) + " to " +
                  std::to_string(high) + " are possible");
    }
    triple[kAxes[static_cast<std::size_t>(3 - axes + i)]] = static_cast<int>(number);
  }
  return triple;
}

void resolvePadding(const OpCall& call, OpWindow& window) {
  const std::string mode = call.word("auto_pad", "NOTSET");
  const auto axes = static_cast<std::size_t>(window.axes);
  if (mode == "NOTSET") {
    const std::vector<std::int64_t> pads = call.wholes("pads", std::vector<std::int64_t>(2 * axes, 0));
    if (pads.size() != 2 * axes) {
      call.refuse("has " + std::to_string(pads.size()) + " numbers as its pads for " + std::to_string(axes) +
                  (axes == 1 ? " axis" : " axes"));
    }
    const auto half = pads.begin() + static_cast<std::ptrdiff_t>(axes);
    const Triple before = tripleOf(call, "padding", {pads.begin(), half}, window.axes, 0, 0, kMaxPadding);
    const Triple after = tripleOf(call, "padding", {half, pads.end()}, window.axes, 0, 0, kMaxPadding);
    for (const Axis axis : kAxes)
      window.padding[static_cast<std::size_t>(axis)] = {before[axis], after[axis]};
    return;
  }
  if (mode == "VALID") return;
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER")
    call.refuse("has the unknown auto_pad “" + nameForText(mode) + "”");
  for (const Axis axis : kAxes) {
    // As many positions as the stride gives, the least padding for them; the odd cell stands after or before.
    const int extent = window.extent[axis], stride = window.stride[axis];
    const int positions = (extent + stride - 1) / stride;
    const int all = std::max(0, (positions - 1) * stride + window.span(axis) - extent);
    const int smaller = all / 2, larger = all - smaller;
    window.padding[static_cast<std::size_t>(axis)] =
        mode == "SAME_UPPER" ? AxisPadding{smaller, larger} : AxisPadding{larger, smaller};
  }
}

}  // namespace

Triple windowedExtent(const OpCall& call, const Dims& dims) {
  if (dims.size() < 3 || dims.size() > 5) {
    call.refuse("reads a value of " + dimsText(dims) +
                "; windows slide over one, two or three axes behind those of the batch and the channels");
  }
  return tripleOf(call, "input", {dims.begin() + 2, dims.end()}, static_cast<int>(dims.size()) - 2, 1, 1,
                  kMostExtent);
}

OpWindow windowOf(const OpCall& call, const Dims& input, const std::vector<std::int64_t>& kernel) {
  OpWindow window;
  window.extent = windowedExtent(call, input);
  window.axes = static_cast<int>(input.size()) - 2;
  const std::vector<std::int64_t> ones(static_cast<std::size_t>(window.axes), 1);
  window.kernel = tripleOf(call, "kernel", kernel, window.axes, 1, 1, kMostExtent);
  window.stride = tripleOf(call, "stride", call.wholes("strides", ones), window.axes, 1, 1, kMostExtent);
  window.dilation = tripleOf(call, "dilation", call.wholes("dilations", ones), window.axes, 1, 1, 1000);
  resolvePadding(call, window);
  return window;
}

Dims windowedDims(std::int64_t batch, std::int64_t channels, const Triple& extent, int axes) {
  Dims dims{batch, channels};
  for (int i = 3 - axes; i < 3; ++i) dims.push_back(extent[kAxes[static_cast<std::size_t>(i)]]);
  return dims;
}

Triple positionsOf(const OpCall& call, const OpWindow& window, bool ceiling) {
  Triple positions;
  for (const Axis axis : kAxes) {
    const AxisPadding& padding = window.padding[static_cast<std::size_t>(axis)];
    const int room = window.extent[axis] + padding.before + padding.after - window.span(axis);
    const int stride = window.stride[axis];
    if (room < 0) {
      call.refuse(std::string("does not fit: along ") + axisName(axis) + " its window spans " +
                  std::to_string(window.span(axis)) + " and its input has " +
                  std::to_string(room + window.span(axis)) + ", padding counted");
    }
    positions[axis] = room / stride + 1;
    if (ceiling && room % stride != 0 && positions[axis] * stride < window.extent[axis] + padding.before)
      ++positions[axis];
  }
  return positions;
}

}  // namespace convscope
