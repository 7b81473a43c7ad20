#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/network/op_call.h"

namespace convscope {

/// What slides over the last one to three axes of (N, C, …), brought to three: the missing ones, which come
/// first, have extent, stride and dilation 1 and no padding. So a 1-D window slides along x, a 2-D one along
/// y and x.
struct OpWindow {
  int axes = 3;
  Triple extent;  ///< of the input
  Triple kernel, stride, dilation;
  std::array<AxisPadding, 3> padding{};  ///< auto_pad resolved

  [[nodiscard]] int span(Axis axis) const { return dilation[axis] * (kernel[axis] - 1) + 1; }
};

/// Extents of the axes behind the first two, `dims` being (N, C, …) of rank 3 to 5.
[[nodiscard]] Triple windowedExtent(const OpCall& call, const Dims& dims);

/// Reads strides, dilations, pads and auto_pad; `kernel` is what slides. Refuses what is out of range.
[[nodiscard]] OpWindow windowOf(const OpCall& call, const Dims& input,
                                const std::vector<std::int64_t>& kernel);

/// (N, channels, then the last `axes` of `extent`).
[[nodiscard]] Dims windowedDims(std::int64_t batch, std::int64_t channels, const Triple& extent, int axes);

/// Positions of the window along each axis; with `ceiling` the last may hang over the end, though it must
/// begin in the input or the padding before it. Refuses a window that fits nowhere.
[[nodiscard]] Triple positionsOf(const OpCall& call, const OpWindow& window, bool ceiling);

}  // namespace convscope
