// The largest value or the mean under a sliding window.
#include "engine/network/op_window.h"
#include "engine/network/operator_table.h"

#include <algorithm>
#include <array>
#include <limits>

namespace convscope {

namespace {

/// The positions o, first ≤ o < last, at which tap `tap` of the window lies on the input along one axis.
struct Reach {
  int first = 0, last = 0;
};

Reach reachOf(const OpWindow& window, Axis axis, int positions, int tap) {
  const int shift = tap * window.dilation[axis] - window.padding[static_cast<std::size_t>(axis)].before;
  const int stride = window.stride[axis];
  // o · stride + shift in [0, extent)
  const int first = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
  const int beyond = window.extent[axis] - shift;
  const int last = beyond <= 0 ? 0 : std::min(positions, (beyond + stride - 1) / stride);
  return {std::min(first, last), last};
}

int inputAt(const OpWindow& window, Axis axis, int position, int tap) {
  return position * window.stride[axis] + tap * window.dilation[axis] -
         window.padding[static_cast<std::size_t>(axis)].before;
}

/// Folds the input's values under the window into each output, tap by tap along whole rows. `source` is one
/// map.
template <class Fold>
void foldMap(const OpWindow& window, const Triple& positions, const float* source, float* out,
             const Fold& fold) {
  for (int t = 0; t < positions.t; ++t) {
    for (int i = 0; i < window.kernel.t; ++i) {
      const int inT = inputAt(window, Axis::T, t, i);
      if (inT < 0 || inT >= window.extent.t) continue;
      for (int y = 0; y < positions.y; ++y) {
        float* row = out + (std::int64_t{t} * positions.y + y) * positions.x;
        for (int j = 0; j < window.kernel.y; ++j) {
          const int inY = inputAt(window, Axis::Y, y, j);
          if (inY < 0 || inY >= window.extent.y) continue;
          const float* line = source + (std::int64_t{inT} * window.extent.y + inY) * window.extent.x;
          for (int m = 0; m < window.kernel.x; ++m) {
            const Reach reach = reachOf(window, Axis::X, positions.x, m);
            if (reach.first >= reach.last) continue;
            const float* from = line + inputAt(window, Axis::X, reach.first, m);
            const std::int64_t stride = window.stride.x;
            for (int x = reach.first; x < reach.last; ++x) fold(row[x], from[(x - reach.first) * stride]);
          }
        }
      }
    }
  }
}

OpWindow poolWindow(const OpCall& call, const Value& in) {
  const OpWindow window = windowOf(call, in.dims(), call.wholes("kernel_shape"));
  for (const Axis axis : kAxes) {
    const AxisPadding& padding = window.padding[static_cast<std::size_t>(axis)];
    if (std::max(padding.before, padding.after) >= window.span(axis))
      call.refuse(std::string("pads more along ") + axisName(axis) + " than its window spans");
  }
  return window;
}

/// Calls `map(n)` for each map of the batch on the pool.
template <class Map>
void eachMap(const OpCall& call, std::int64_t maps, const OpWindow& window, const Triple& positions,
             const Map& map) {
  constexpr double kWork = 1 << 16;  // taps
  const double each = static_cast<double>(positions.product()) * static_cast<double>(window.kernel.product());
  call.shareOut(maps, static_cast<std::int64_t>(kWork / std::max(1.0, each)),
                [&](std::int64_t begin, std::int64_t end) {
                  for (std::int64_t n = begin; n < end && !call.context.stopped(); ++n) map(n);
                });
}

/// Where the largest value of each window stands: its index in the whole input. With `columnMajor` as if each
/// map were stored with its first axis fastest.
Value indicesOf(const OpCall& call, const Value& in, const OpWindow& window, const Dims& dims,
                const Triple& positions, bool columnMajor) {
  Value out = call.make(ElementType::Int64, dims);
  const float* from = in.values<float>().data();
  std::int64_t* to = out.fill<std::int64_t>().data();
  const Triple& extent = window.extent;
  eachMap(call, dims[0] * dims[1], window, positions, [&](std::int64_t n) {
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

Values maxPool(const OpCall& call) {
  const Value& in = call.in(0, ElementType::Float32);
  const OpWindow window = poolWindow(call, in);
  const Triple positions = positionsOf(call, window, call.whole("ceil_mode", 0) != 0);
  const Dims dims = windowedDims(in.dims()[0], in.dims()[1], positions, window.axes);
  Value out = call.make(ElementType::Float32, dims);
  if (!call.sizesOnly) {
    const float* from = in.values<float>().data();
    float* to = out.fill<float>().data();
    eachMap(call, dims[0] * dims[1], window, positions, [&](std::int64_t n) {
      float* map = to + n * positions.product();
      std::fill_n(map, positions.product(), -std::numeric_limits<float>::infinity());
      foldMap(window, positions, from + n * window.extent.product(), map,
              [](float& largest, float value) { largest = value > largest ? value : largest; });
    });
  }
  Values result{out};
  if (call.wants(1))
    result.push_back(indicesOf(call, in, window, dims, positions, call.whole("storage_order", 0) != 0));
  return result;
}

/// Cells that each position's window counts along an axis: those of the input, with `padding` those of the
/// padding too, but never what hangs over that.
std::vector<int> countsAlong(const OpWindow& window, Axis axis, int positions, bool padding) {
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

Values averagePool(const OpCall& call) {
  const Value& in = call.in(0, ElementType::Float32);
  const OpWindow window = poolWindow(call, in);
  const Triple positions = positionsOf(call, window, call.whole("ceil_mode", 0) != 0);
  const Dims dims = windowedDims(in.dims()[0], in.dims()[1], positions, window.axes);
  Value out = call.make(ElementType::Float32, dims);
  if (call.sizesOnly) return {out};
  const bool padding = call.whole("count_include_pad", 0) != 0;
  std::array<std::vector<int>, 3> counts;
  for (const Axis axis : kAxes)
    counts[static_cast<std::size_t>(axis)] = countsAlong(window, axis, positions[axis], padding);
  const float* from = in.values<float>().data();
  float* to = out.fill<float>().data();
  eachMap(call, dims[0] * dims[1], window, positions, [&](std::int64_t n) {
    float* map = to + n * positions.product();
    std::fill_n(map, positions.product(), 0.0F);
    foldMap(window, positions, from + n * window.extent.product(), map,
            [](float& sum, float value) { sum += value; });
    for (const int t : counts[0]) {
      for (const int y : counts[1]) {
        for (const int x : counts[2]) {
          // A window that counts nothing lies in the padding alone: its sum is 0.
          *map++ /= static_cast<float>(std::max(1.0, double(t) * y * x));
        }
      }
    }
  });
  return {out};
}

/// One number for each map.
template <class Fold>
Values globalPool(const OpCall& call, const Fold& fold) {
  const Value& in = call.in(0, ElementType::Float32);
  if (in.rank() < 2) call.refuse("reads a value of " + dimsText(in.dims()) + ", which has no maps");
  Dims dims(in.dims().size(), 1);
  dims[0] = in.dims()[0];
  dims[1] = in.dims()[1];
  const std::int64_t size = productOf(in.dims(), 2, in.dims().size());
  if (size == 0) call.refuse("reads maps of no values");
  Value out = call.make(ElementType::Float32, dims);
  const auto from = in.values<float>();
  const auto to = out.fill<float>();
  call.shareOut(out.count(), (1 << 15) / size, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n)
      to[static_cast<std::size_t>(n)] =
          fold(from.subspan(static_cast<std::size_t>(n * size), static_cast<std::size_t>(size)));
  });
  return {out};
}

Values globalAveragePool(const OpCall& call) {
  return globalPool(call, [](std::span<const float> map) {
    double sum = 0;
    for (const float value : map) sum += double{value};
    return static_cast<float>(sum / static_cast<double>(map.size()));
  });
}

Values globalMaxPool(const OpCall& call) {
  return globalPool(call, [](std::span<const float> map) { return *std::ranges::max_element(map); });
}

constexpr std::array kOperators{
    Operator{"MaxPool", 1, 17, maxPool},
    Operator{"AveragePool", 1, 17, averagePool},
    Operator{"GlobalAveragePool", 1, 17, globalAveragePool},
    Operator{"GlobalMaxPool", 1, 17, globalMaxPool},
};

}  // namespace

std::span<const Operator> poolingOperators() {
  return kOperators;
}

}  // namespace convscope
