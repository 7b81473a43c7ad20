#include "engine/conv/winograd_weights.h"

#include "engine/conv/winograd_transforms.h"

#include <array>

namespace convscope {

namespace {

constexpr int kLargestBlock = 8;
constexpr int kMostPoints = (kLargestTile + 2) * (kLargestTile + 2);

/// One value for each filter of a block, so that the compiler works on several at a time.
using Values = std::array<double, kLargestBlock>;

void addScaled(double factor, const Values& from, Values& to) {
  for (std::size_t f = 0; f < from.size(); ++f) to[f] += factor * from[f];
}

/// G g for three weights in a row, `step` apart.
void transformLine(int tile, const Values* weights, std::size_t step, Values* products) {
  for (int point = 0; point < winogradPoints(tile); ++point) {
    const auto row = winogradKernelRow(tile, point);
    Values& product = products[point];
    product.fill(0);
    for (std::size_t i = 0; i < row.size(); ++i) addScaled(row[i], weights[i * step], product);
  }
}

/// G g Gᵀ for 3 × 3 weights.
void transformPlane(int tile, const Values* weights, Values* products) {
  const int points = winogradPoints(tile);
  std::array<std::array<Values, 3>, kLargestTile + 2> rows{};
  for (std::size_t x = 0; x < 3; ++x) {
    std::array<Values, kLargestTile + 2> column{};
    transformLine(tile, weights + x, 3, column.data());
    for (std::size_t i = 0; i < column.size(); ++i) rows[i][x] = column[i];
  }
  for (int i = 0; i < points; ++i)
    transformLine(tile, rows[static_cast<std::size_t>(i)].data(), 1, products + std::ptrdiff_t{i} * points);
}

/// Where the weights of a kernel stand that are transformed together.
struct TakenWeights {
  int volume = 0;  ///< weights of one channel
  int plane = 0;   ///< of one frame
  int channels = 0;
  bool overTime = false;
  bool flipped = false;

  [[nodiscard]] int count() const { return overTime ? kWinogradTaps : kWinogradTaps * kWinogradTaps; }
  [[nodiscard]] int taps() const { return channels * volume / count(); }
  /// Of tap `tap`, the weight `i` of those in a line or plane.
  [[nodiscard]] std::size_t at(int tap, int i) const {
    const int channel = overTime ? tap / plane : tap % channels;
    const int place = overTime ? i * plane + tap % plane : tap / channels * plane + i;
    return static_cast<std::size_t>(channel * volume + (flipped ? volume - 1 - place : place));
  }
};

}  // namespace

WinogradWeights winogradWeights(const ConvSpec& spec, const FilterBank& bank, int channels, WinogradAxes axes,
                                int tile, int largestBlock, const ComputeContext& context) {
  const bool overTime = axes == WinogradAxes::Time;
  const TakenWeights places{static_cast<int>(spec.kernel.product()), spec.kernel.y * spec.kernel.x, channels,
                            overTime, spec.flipped};
  const auto filters = static_cast<int>(bank.size());
  WinogradWeights weights;
  weights.points = overTime ? winogradPoints(tile) : winogradPoints(tile) * winogradPoints(tile);
  weights.taps = places.taps();
  weights.zeroBiases.assign(static_cast<std::size_t>(largestBlock), 0.0F);
  int first = 0;
  for (int size = largestBlock; first < filters; size /= 2) {
    for (; filters - first >= size; first += size) weights.blocks.push_back({first, size});
  }
  weights.values = Tensor::uninitialised({weights.points, weights.taps, filters, 1});
  const std::ptrdiff_t pointSize = std::ptrdiff_t{weights.taps} * filters;
  context.pool.run(static_cast<int>(weights.blocks.size()), [&](int index) {
    const WinogradWeights::Block& block = weights.blocks[static_cast<std::size_t>(index)];
    float* const to = weights.values.data() + std::ptrdiff_t{block.first} * weights.taps;
    std::array<Values, 9> taken{};
    std::array<Values, kMostPoints> products{};
    for (int tap = 0; tap < weights.taps; ++tap) {
      for (int i = 0; i < places.count(); ++i) {
        const std::size_t at = places.at(tap, i);
        for (std::size_t f = 0; f < static_cast<std::size_t>(block.filters); ++f)
          taken[static_cast<std::size_t>(i)][f] =
              double{bank[static_cast<std::size_t>(block.first) + f].weights[at]};
      }
      if (overTime) {
        transformLine(tile, taken.data(), 1, products.data());
      } else {
        transformPlane(tile, taken.data(), products.data());
      }
      float* out = to + std::ptrdiff_t{tap} * block.filters;
      for (int point = 0; point < weights.points; ++point, out += pointSize) {
        for (int f = 0; f < block.filters; ++f)
          out[f] = static_cast<float>(products[static_cast<std::size_t>(point)][static_cast<std::size_t>(f)]);
      }
    }
  });
  return weights;
}

}  // namespace convscope
