// Winograd's transforms, written once with Highway and compiled for every instruction set. Neighbouring tiles
// stand side by side in a vector. Only plain pointers and Highway's own functions are used between
// HWY_BEFORE_NAMESPACE and HWY_AFTER_NAMESPACE, for the reason told in line_kernels.cpp.

#include "engine/conv/winograd_transforms.h"

// The same instruction sets as the line kernels.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/conv/winograd_transforms.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef CONVSCOPE_WINOGRAD_MEASURES
#define CONVSCOPE_WINOGRAD_MEASURES
namespace convscope {
/// Buffers are cut and rounded for the longest vectors.
constexpr std::ptrdiff_t kMostLanes = 16;
constexpr std::ptrdiff_t roundedUp(std::ptrdiff_t count, std::ptrdiff_t step) {
  return (count + step - 1) / step * step;
}
/// Floats of one line of phases: a tile's last two columns lie in the next tile.
constexpr std::ptrdiff_t phasePitch(std::ptrdiff_t tiles) {
  return roundedUp(tiles + 1, kMostLanes) + kMostLanes;
}
constexpr std::ptrdiff_t rowPitch(std::ptrdiff_t tiles, std::ptrdiff_t paddedWidth) {
  const std::ptrdiff_t read = kLargestTile * phasePitch(tiles);
  return (read > paddedWidth ? read : paddedWidth) + kMostLanes;
}
}  // namespace convscope
#endif

HWY_BEFORE_NAMESPACE();
namespace convscope {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Bᵀ times m + 2 values.
template <int tile, class V>
HWY_INLINE void toProducts(const V* d, V* v) {
  const hn::DFromV<V> tag;
  if constexpr (tile == 2) {
    v[0] = hn::Sub(d[0], d[2]);
    v[1] = hn::Add(d[1], d[2]);
    v[2] = hn::Sub(d[2], d[1]);
    v[3] = hn::Sub(d[1], d[3]);
  } else {
    const V two = hn::Set(tag, 2.0F);
    const V four = hn::Set(tag, 4.0F);
    const V five = hn::Set(tag, 5.0F);
    const V even = hn::NegMulAdd(four, d[2], d[4]);  // d4 − 4 d2
    const V odd = hn::NegMulAdd(four, d[1], d[3]);   // d3 − 4 d1
    const V evenTwo = hn::Sub(d[4], d[2]);
    const V oddTwo = hn::Mul(two, hn::Sub(d[3], d[1]));
    v[0] = hn::MulAdd(four, d[0], hn::NegMulAdd(five, d[2], d[4]));
    v[1] = hn::Add(even, odd);
    v[2] = hn::Sub(even, odd);
    v[3] = hn::Add(evenTwo, oddTwo);
    v[4] = hn::Sub(evenTwo, oddTwo);
    v[5] = hn::MulAdd(four, d[1], hn::NegMulAdd(five, d[3], d[5]));
  }
}

/// Aᵀ times m + 2 products.
template <int tile, class V>
HWY_INLINE void toOutputs(const V* p, V* y) {
  const hn::DFromV<V> tag;
  if constexpr (tile == 2) {
    y[0] = hn::Add(hn::Add(p[0], p[1]), p[2]);
    y[1] = hn::Sub(hn::Sub(p[1], p[2]), p[3]);
  } else {
    const V two = hn::Set(tag, 2.0F);
    const V four = hn::Set(tag, 4.0F);
    const V eight = hn::Set(tag, 8.0F);
    const V sumOne = hn::Add(p[1], p[2]);
    const V sumTwo = hn::Add(p[3], p[4]);
    const V differenceOne = hn::Sub(p[1], p[2]);
    const V differenceTwo = hn::Sub(p[3], p[4]);
    y[0] = hn::Add(hn::Add(p[0], sumOne), sumTwo);
    y[1] = hn::MulAdd(two, differenceTwo, differenceOne);
    y[2] = hn::MulAdd(four, sumTwo, sumOne);
    y[3] = hn::Add(hn::MulAdd(eight, differenceTwo, differenceOne), p[5]);
  }
}

template <class D, class V>
HWY_INLINE V finished(D d, V sum, float bias, Activation activation) {
  sum = hn::Add(sum, hn::Set(d, bias));
  switch (activation) {
    case Activation::Relu:
      return hn::Max(sum, hn::Zero(d));
    case Activation::Absolute:
      return hn::Abs(sum);
    case Activation::Square:
      return hn::Mul(sum, sum);
    case Activation::None:
      break;
  }
  return sum;
}

template <int tile, class D>
HWY_INLINE void inputVector(D d, const float* const* lines, std::ptrdiff_t at, float* out,
                            std::ptrdiff_t pitch) {
  using V = hn::Vec<D>;
  constexpr int kPoints = winogradPoints(tile);
  V values[kPoints];
  V products[kPoints];
#pragma GCC unroll 6
  for (int i = 0; i < kPoints; ++i) values[i] = hn::LoadU(d, lines[i] + at);
  toProducts<tile>(values, products);
#pragma GCC unroll 6
  for (int i = 0; i < kPoints; ++i) hn::StoreU(products[i], d, out + i * pitch + at);
}

/// `count` positions, none beyond them read or written: whole vectors, the last one ending with the line;
/// short lines in vectors half as long, down to single values.
template <int tile, int lanes>
HWY_INLINE void inputLines(const float* const* lines, int count, float* out, std::ptrdiff_t pitch) {
  const hn::CappedTag<float, lanes> d;
  constexpr int kLanes = hn::MaxLanes(hn::CappedTag<float, lanes>());
  if constexpr (kLanes > 1) {
    if (count < kLanes) return inputLines<tile, lanes / 2>(lines, count, out, pitch);
  }
  std::ptrdiff_t at = 0;
  for (; at + kLanes <= count; at += kLanes) inputVector<tile>(d, lines, at, out, pitch);
  if (at < count) inputVector<tile>(d, lines, count - kLanes, out, pitch);
}

constexpr int kWholeVector = hn::MaxLanes(hn::ScalableTag<float>());

template <int tile>
void inputFrames(const TileFramesInput& job) {
  inputLines<tile, kWholeVector>(job.frames, job.count, job.out, job.pitch);
}

/// Splits a row into its m phases, `pitch` apart, `tiles` + 1 values each and up to a whole vector more.
template <int tile>
HWY_INLINE void splitRow(const float* row, int tiles, float* phases, std::ptrdiff_t pitch) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  for (std::ptrdiff_t at = 0; at < tiles + 1; at += kWholeVector) {
    V a;
    V b;
    if constexpr (tile == 2) {
      hn::LoadInterleaved2(d, row + at * 2, a, b);
    } else {
      V c;
      V e;
      hn::LoadInterleaved4(d, row + at * 4, a, b, c, e);
      hn::StoreU(c, d, phases + 2 * pitch + at);
      hn::StoreU(e, d, phases + 3 * pitch + at);
    }
    hn::StoreU(a, d, phases + at);
    hn::StoreU(b, d, phases + pitch + at);
  }
}

/// The columns of padding left and right of `count` transformed rows.
HWY_INLINE void padRows(const TileRowInput& job, float* rows, std::ptrdiff_t pitch, int count,
                        std::ptrdiff_t end) {
  for (int i = 0; i < count; ++i, rows += pitch) {
    const float* const inside = rows + job.before;
    for (int x = 0; x < job.before; ++x) rows[x] = job.columns[x] < 0 ? 0.0F : inside[job.columns[x]];
    int x = job.before + job.width;
    for (; x < job.paddedWidth; ++x) rows[x] = job.columns[x] < 0 ? 0.0F : inside[job.columns[x]];
    for (; x < end; ++x) rows[x] = 0.0F;
  }
}

// Along height first, on whole rows of the input; the padding of width is then written out in transformed
// rows, which is the same and spares a padded copy.
template <int tile>
void inputRow(const TileRowInput& job) {
  constexpr int kPoints = winogradPoints(tile);
  const std::ptrdiff_t rows = rowPitch(job.tiles, job.paddedWidth);
  const std::ptrdiff_t phases = phasePitch(job.tiles);
  float* const phase = job.scratch + kPoints * rows;
  inputLines<tile, kWholeVector>(job.rows, job.width, job.scratch + job.before, rows);
  padRows(job, job.scratch, rows, kPoints, tile * roundedUp(job.tiles + 1, kWholeVector));
  const float* lines[kPoints];
  for (int j = 0; j < kPoints; ++j) lines[j] = phase + (j % tile) * phases + j / tile;
  const hn::ScalableTag<float> d;
  for (int i = 0; i < kPoints; ++i) {
    splitRow<tile>(job.scratch + i * rows, job.tiles, phase, phases);
    for (std::ptrdiff_t at = 0; at < job.tiles; at += kWholeVector)
      inputVector<tile>(d, lines, at, job.out + i * kPoints * job.pitch, job.pitch);
  }
}

/// One vector of products to outputs, `wanted` of them stored.
template <int tile, class D>
HWY_INLINE void outputVector(D d, const float* in, std::ptrdiff_t inPitch, float* out,
                             std::ptrdiff_t outPitch, int wanted, float bias, Activation activation) {
  using V = hn::Vec<D>;
  constexpr int kPoints = winogradPoints(tile);
  V products[kPoints];
  V sums[tile];
#pragma GCC unroll 6
  for (int i = 0; i < kPoints; ++i) products[i] = hn::LoadU(d, in + i * inPitch);
  toOutputs<tile>(products, sums);
#pragma GCC unroll 4
  for (int i = 0; i < tile; ++i) {
    if (i < wanted) hn::StoreU(finished(d, sums[i], bias, activation), d, out + i * outPitch);
  }
}

template <int tile, int lanes>
HWY_INLINE void outputLines(const TileFramesOutput& job) {
  const hn::CappedTag<float, lanes> d;
  constexpr int kLanes = hn::MaxLanes(hn::CappedTag<float, lanes>());
  if constexpr (kLanes > 1) {
    if (job.count < kLanes) return outputLines<tile, lanes / 2>(job);
  }
  const auto vector = [&](std::ptrdiff_t at) HWY_ATTR {
    outputVector<tile>(d, job.in + at, job.pitch, job.out + at, job.framePitch, job.frames, job.bias,
                       job.activation);
  };
  std::ptrdiff_t at = 0;
  for (; at + kLanes <= job.count; at += kLanes) vector(at);
  if (at < job.count) vector(job.count - kLanes);
}

template <int tile>
void outputFrames(const TileFramesOutput& job) {
  outputLines<tile, kWholeVector>(job);
}

/// Puts m phases together to one row of `width` values; whole vectors are written while they fit.
template <int tile>
HWY_INLINE void mergeRow(const float* phases, std::ptrdiff_t pitch, int width, float* out) {
  const hn::ScalableTag<float> d;
  constexpr std::ptrdiff_t kStep = tile * kWholeVector;
  HWY_ALIGN float rest[kStep];
  for (std::ptrdiff_t at = 0; at < width; at += kStep, phases += kWholeVector) {
    const bool fits = at + kStep <= width;
    float* const to = fits ? out + at : rest;
    if constexpr (tile == 2) {
      hn::StoreInterleaved2(hn::LoadU(d, phases), hn::LoadU(d, phases + pitch), d, to);
    } else {
      hn::StoreInterleaved4(hn::LoadU(d, phases), hn::LoadU(d, phases + pitch),
                            hn::LoadU(d, phases + 2 * pitch), hn::LoadU(d, phases + 3 * pitch), d, to);
    }
    if (!fits) {
      for (std::ptrdiff_t x = at; x < width; ++x) out[x] = rest[x - at];
    }
  }
}

template <int tile>
void outputRow(const TileRowOutput& job) {
  constexpr int kPoints = winogradPoints(tile);
  const hn::ScalableTag<float> d;
  const std::ptrdiff_t line = phasePitch(job.tiles);
  float* const columns = job.scratch;  // order row, column of products
  float* const phases = job.scratch + tile * kPoints * line;
  for (std::ptrdiff_t at = 0; at < job.tiles; at += kWholeVector) {
    for (int j = 0; j < kPoints; ++j)
      outputVector<tile>(d, job.in + j * job.pitch + at, kPoints * job.pitch, columns + j * line + at,
                         kPoints * line, job.rows, 0.0F, Activation::None);
  }
  for (int y = 0; y < job.rows; ++y) {
    for (std::ptrdiff_t at = 0; at < job.tiles; at += kWholeVector)
      outputVector<tile>(d, columns + y * kPoints * line + at, line, phases + at, line, tile, job.bias,
                         job.activation);
    mergeRow<tile>(phases, line, job.width, job.out + std::ptrdiff_t{y} * job.width);
  }
}

}  // namespace

WinogradTransforms transformsOf(int tile) {
  if (tile == 2) return {inputRow<2>, outputRow<2>, inputFrames<2>, outputFrames<2>};
  return {inputRow<4>, outputRow<4>, inputFrames<4>, outputFrames<4>};
}

}  // namespace HWY_NAMESPACE
}  // namespace convscope
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace convscope {

HWY_EXPORT(transformsOf);

WinogradTransforms winogradTransforms(std::int64_t target, int tile) {
  struct Built {
    std::int64_t target;
    WinogradTransforms two;
    WinogradTransforms four;
  };
  // Asks the dispatch table for each target in turn, as lineTargets() does.
  static const std::vector<Built> all = [] {
    std::vector<Built> found;
    hwy::ChosenTarget& chosen = hwy::GetChosenTarget();
    for (const std::int64_t one : hwy::SupportedAndGeneratedTargets()) {
      chosen.Update(one);
      found.push_back({one, HWY_DYNAMIC_DISPATCH(transformsOf)(2), HWY_DYNAMIC_DISPATCH(transformsOf)(4)});
    }
    chosen.Update(hwy::SupportedTargets());
    return found;
  }();
  const auto built = std::ranges::find(all, target, &Built::target);
  return tile == 2 ? built->two : built->four;
}

std::size_t tileRowScratch(int tiles, int paddedWidth) {
  constexpr std::ptrdiff_t kPoints = winogradPoints(kLargestTile);
  const std::ptrdiff_t input = kPoints * rowPitch(tiles, paddedWidth) + kLargestTile * phasePitch(tiles);
  const std::ptrdiff_t output = kLargestTile * (kPoints + 1) * phasePitch(tiles);
  return static_cast<std::size_t>(roundedUp(std::max(input, output), kMostLanes));
}

double winogradAmplification(int tile) {
  // Absolute sums of the rows of Bᵀ, and |Aᵀ|, for the same points as above.
  static constexpr std::array<double, 4> kTwoInput{2, 2, 2, 2};
  static constexpr std::array<double, 6> kFourInput{10, 10, 10, 6, 6, 10};
  static constexpr double kTwoOutput[2][4] = {{1, 1, 1, 0}, {0, 1, 1, 1}};
  static constexpr double kFourOutput[4][6] = {
      {1, 1, 1, 1, 1, 0}, {0, 1, 1, 2, 2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, 1, 8, 8, 1}};
  double largest = 0;
  for (int y = 0; y < tile; ++y) {
    double sum = 0;
    for (int p = 0; p < winogradPoints(tile); ++p) {
      double kernel = 0;
      for (const double weight : winogradKernelRow(tile, p)) kernel += std::abs(weight);
      const auto point = static_cast<std::size_t>(p);
      sum +=
          kernel * (tile == 2 ? kTwoInput[point] * kTwoOutput[y][p] : kFourInput[point] * kFourOutput[y][p]);
    }
    largest = std::max(largest, sum);
  }
  return largest / kWinogradTaps;
}

std::span<const double, 3> winogradKernelRow(int tile, int point) {
  static constexpr std::array<double, 3> kTwo[] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
  static constexpr std::array<double, 3> kFour[] = {
      {0.25, 0, 0},
      {-1.0 / 6, -1.0 / 6, -1.0 / 6},
      {-1.0 / 6, 1.0 / 6, -1.0 / 6},
      {1.0 / 24, 1.0 / 12, 1.0 / 6},
      {1.0 / 24, -1.0 / 12, 1.0 / 6},
      {0, 0, 1},
  };
  return tile == 2 ? kTwo[point] : kFour[point];
}

}  // namespace convscope
#endif  // HWY_ONCE
