#pragma once

#include "engine/network/op_window.h"

#include <algorithm>
#include <vector>

/// What pools and their gradients share: the window that slides and what lies under it.
namespace convscope {

/// Input position under tap `tap` of the window's position along one axis; in the padding where it lies
/// outside the input.
[[nodiscard]] inline int inputAt(const OpWindow& window, Axis axis, int position, int tap) {
  return position * window.stride[axis] + tap * window.dilation[axis] -
         window.padding[static_cast<std::size_t>(axis)].before;
}

/// A pool over an input of `dims`, (N, C, …), and its positions. Refuses what is out of range, padding longer
/// than the window among it.
struct PoolWindow {
  OpWindow window;
  Triple positions;
  Dims dims;  ///< of the output
};
[[nodiscard]] PoolWindow poolWindow(const OpCall& call, const Dims& dims);

/// Calls `map(n)` for each of `maps` maps on the pool, in pieces worth a thread.
template <class Map>
void eachMap(const OpCall& call, std::int64_t maps, const PoolWindow& pool, const Map& map) {
  constexpr double kWork = 1 << 16;  // taps
  const double each =
      static_cast<double>(pool.positions.product()) * static_cast<double>(pool.window.kernel.product());
  call.shareOut(maps, static_cast<std::int64_t>(kWork / std::max(1.0, each)),
                [&](std::int64_t begin, std::int64_t end) {
                  for (std::int64_t n = begin; n < end && !call.context.stopped(); ++n) map(n);
                });
}

/// Where the largest value of each window stands, the first of several: its index in the whole input. With
/// `columnMajor` as if each map were stored with its first axis fastest.
[[nodiscard]] Value largestPlaces(const OpCall& call, const Value& in, const PoolWindow& pool,
                                  bool columnMajor);

/// Cells that each position's window counts along an axis: those of the input, with `padding` those of the
/// padding too, but never what hangs over that.
[[nodiscard]] std::vector<int> countsAlong(const PoolWindow& pool, Axis axis, bool padding);

}  // namespace convscope
