// The largest value or the mean under a sliding window.
#include "engine/network/operator_table.h"
#include "engine/network/pool_window.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

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

Values maxPool(const OpCall& call) {
  const Value& in = call.in(0, ElementType::Float32);
  const PoolWindow pool = poolWindow(call, in.dims());
  const OpWindow& window = pool.window;
  const Triple& positions = pool.positions;
  Value out = call.make(ElementType::Float32, pool.dims);
  if (!call.sizesOnly) {
    const float* from = in.values<float>().data();
    float* to = out.fill<float>().data();
    eachMap(call, pool.dims[0] * pool.dims[1], pool, [&](std::int64_t n) {
      float* map = to + n * positions.product();
      std::fill_n(map, positions.product(), -std::numeric_limits<float>::infinity());
      foldMap(window, positions, from + n * window.extent.product(), map,
              [](float& largest, float value) { largest = largerOf(largest, value); });
    });
  }
  Values result{out};
  if (call.wants(1)) result.push_back(largestPlaces(call, in, pool, call.whole("storage_order", 0) != 0));
  return result;
}

Values averagePool(const OpCall& call) {
  const Value& in = call.in(0, ElementType::Float32);
  const PoolWindow pool = poolWindow(call, in.dims());
  const OpWindow& window = pool.window;
  const Triple& positions = pool.positions;
  Value out = call.make(ElementType::Float32, pool.dims);
  if (call.sizesOnly) return {out};
  const bool padding = call.whole("count_include_pad", 0) != 0;
  std::array<std::vector<int>, 3> counts;
  for (const Axis axis : kAxes) counts[static_cast<std::size_t>(axis)] = countsAlong(pool, axis, padding);
  const float* from = in.values<float>().data();
  float* to = out.fill<float>().data();
  eachMap(call, pool.dims[0] * pool.dims[1], pool, [&](std::int64_t n) {
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
  return globalPool(call, [](std::span<const float> map) {
    return std::accumulate(map.begin(), map.end(), -std::numeric_limits<float>::infinity(), largerOf<float>);
  });
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
