#include "engine/study/study_result.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace convscope {

namespace {

/// Cells of the maps: from `first` to before `end`.
struct CellBox {
  Triple first;
  Triple end;
};

/// The cells whose patch lies inside the clip, or all cells where there are none.
CellBox cellsInside(const KernelResult& result) {
  const ConvSpec& conv = result.spec.conv;
  CellBox box;
  for (const Axis axis : kAxes) {
    const int cells = result.maps.shape().along(axis);
    const int extent = result.geometry.input.along(axis);
    int& first = box.first[axis] = 0;
    int& end = box.end[axis] = cells;
    const auto start = [&](int cell) {
      Triple voxel{0, 0, 0};
      voxel[axis] = cell * result.step[axis];
      return result.geometry.inputStart(conv, voxel)[axis];
    };
    while (first < end && start(first) < 0) ++first;
    while (end > first && start(end - 1) + conv.span(axis) > extent) --end;
    if (first == end) return {{0, 0, 0}, result.maps.shape().extent()};
  }
  return box;
}

}  // namespace

ValueRange KernelResult::range(int channel, int t) const {
  const Shape& shape = maps.shape();
  if (ranges.empty()) return rangeOf(maps, channel, t);
  std::optional<ValueRange> all;
  for (int c = std::max(0, channel); c < (channel < 0 ? shape.channels : channel + 1); ++c) {
    for (int frame = std::max(0, t); frame < (t < 0 ? shape.length : t + 1); ++frame) {
      const ValueRange& one = ranges[static_cast<std::size_t>(c) * shape.length + frame];
      if (!all) all = one;
      all = ValueRange{std::min(all->low, one.low), std::max(all->high, one.high)};
    }
  }
  return all.value_or(ValueRange{});
}

int KernelResult::channelOf(int k) const {
  const auto found = std::find(filters.begin(), filters.end(), k);
  return found == filters.end() ? -1 : static_cast<int>(found - filters.begin());
}

float KernelResult::valueAt(int k, const Triple& at) const {
  const int channel = channelOf(k);
  const Triple cell{at.t / step.t, at.y / step.y, at.x / step.x};
  if (channel < 0 || !maps.shape().contains(cell)) return std::numeric_limits<float>::quiet_NaN();
  return maps.at(cell.t, cell.y, cell.x, channel);
}

Triple KernelResult::strongest(int k) const {
  const int channel = channelOf(k);
  if (channel < 0) return {0, 0, 0};
  const Shape& shape = maps.shape();
  const CellBox box = cellsInside(*this);
  std::optional<Triple> positive;
  std::optional<Triple> any;
  float largest = 0;
  float most = -1;
  for (int t = box.first.t; t < box.end.t; ++t) {
    const float* values = maps.frame(t, channel);
    for (int y = box.first.y; y < box.end.y; ++y) {
      const float* row = values + std::int64_t{y} * shape.width;
      for (int x = box.first.x; x < box.end.x; ++x) {
        const float value = row[x];
        if (!std::isfinite(value)) continue;
        if (value > largest) {
          largest = value;
          positive = Triple{t, y, x};
        }
        if (std::abs(value) > most) {
          most = std::abs(value);
          any = Triple{t, y, x};
        }
      }
    }
  }
  const Triple cell = positive ? *positive : any.value_or(Triple{0, 0, 0});
  return {cell.t * step.t, cell.y * step.y, cell.x * step.x};
}

}  // namespace convscope
