#include "engine/network/pool_window.h"

namespace convscope {

PoolWindow poolWindow(const OpCall& call, const Dims& dims) {
  PoolWindow pool;
  pool.window = windowOf(call, dims, call.wholes("kernel_shape"));
  for (const Axis axis : kAxes) {
    const AxisPadding& padding = pool.window.padding[static_cast<std::size_t>(axis)];
    if (std::max(padding.before, padding.after) >= pool.window.span(axis))
      call.refuse(std::string("pads more along ") + axisName(axis) + " than its window spans");
  }
  pool.positions = positionsOf(call, pool.window, call.whole("ceil_mode", 0) != 0);
  pool.dims = windowedDims(dims[0], dims[1], pool.positions, pool.window.axes);
  return pool;
}

Value largestPlaces(const OpCall& call, const Value& in, const PoolWindow& pool, bool columnMajor) {
  const OpWindow& window = pool.window;
  const Triple& positions = pool.positions;
  Value out = call.make(ElementType::Int64, pool.dims);
  const float* from = in.values<float>().data();
  std::int64_t* to = out.fill<std::int64_t>().data();
  const Triple& extent = window.extent;
  eachMap(call, pool.dims[0] * pool.dims[1], pool, [&](std::int64_t n) {
    const float* source = from + n * extent.product();
    std::int64_t* result = to + n * positions.product();
    for (int t = 0; t < positions.t; ++t) {
      for (int y = 0; y < positions.y; ++y) {
        for (int x = 0; x < positions.x; ++x) {
          float largest = 0;
          std::int64_t best = -1;
          for (int i = 0; i < window.kernel.t; ++i) {
            for (int j = 0; j < window.kernel.y; ++j) {
              for (int m = 0; m < window.kernel.x; ++m) {
                const Triple at{inputAt(window, Axis::T, t, i), inputAt(window, Axis::Y, y, j),
                                inputAt(window, Axis::X, x, m)};
                if (!shapeOf(extent, 1).contains(at)) continue;
                const float value = source[(std::int64_t{at.t} * extent.y + at.y) * extent.x + at.x];
                if (best >= 0 && value <= largest) continue;
                largest = value;
                best = columnMajor ? (std::int64_t{at.x} * extent.y + at.y) * extent.t + at.t
                                   : (std::int64_t{at.t} * extent.y + at.y) * extent.x + at.x;
              }
            }
          }
          *result++ = n * extent.product() + std::max<std::int64_t>(0, best);
        }
      }
    }
  });
  return out;
}

std::vector<int> countsAlong(const PoolWindow& pool, Axis axis, bool padding) {
  const OpWindow& window = pool.window;
  const int positions = pool.positions[axis];
  const AxisPadding& pad = window.padding[static_cast<std::size_t>(axis)];
  const int low = padding ? -pad.before : 0;
  const int high = window.extent[axis] + (padding ? pad.after : 0);
  std::vector<int> counts(static_cast<std::size_t>(positions), 0);
  for (int position = 0; position < positions; ++position) {
    for (int tap = 0; tap < window.kernel[axis]; ++tap) {
      const int at = inputAt(window, axis, position, tap);
      if (at >= low && at < high) ++counts[static_cast<std::size_t>(position)];
    }
  }
  return counts;
}

}  // namespace convscope
