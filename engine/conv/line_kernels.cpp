// The inner loop of the fast convolution, written once with Highway and compiled for every instruction set.
// A block of filters × a few vectors of outputs is kept in registers, so that each input vector loaded feeds
// all filters of the block and each weight feeds all vectors.
//
// Only plain pointers and Highway's own functions are used between HWY_BEFORE_NAMESPACE and
// HWY_AFTER_NAMESPACE: an inline library function compiled there with AVX-512 could be picked by the linker
// for the whole program.

#include "engine/conv/line_kernels.h"

// SSSE3 differs from SSE4 in nothing that this kernel uses; scalable vectors cannot be kept in arrays.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/conv/line_kernels.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace convscope {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kLargestBlock =
    2;  // small blocks reach the same addresses; large ones take minutes to instrument
constexpr int kAccumulators = 4;
constexpr int kFilterSums = 4;
constexpr int kStackRows = kFewestRows;
#elif HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_NEON
constexpr int kLargestBlock = 8;  // 32 vector registers
constexpr int kAccumulators = 24;
constexpr int kFilterSums = 28;  // beside them two vectors of weights and one input
constexpr int kStackRows = 14;
#else
constexpr int kLargestBlock = 4;  // 16 vector registers, one of them for the weight, some for the input
constexpr int kAccumulators = 12;
constexpr int kFilterSums = 12;
constexpr int kStackRows = 8;
#endif
constexpr int kMostVectors = 8;

constexpr int vectorsFor(int filters) {
  return kAccumulators / filters < kMostVectors ? kAccumulators / filters : kMostVectors;
}

/// One vector of inputs, `step` places apart, none read beyond the last of them. For step 2 the even lanes
/// hold the first half of the values and the odd ones the second half: a blend of two loads, cheaper than
/// bringing the values in order, which inOrder() does once for the sums.
template <int step, class D>
HWY_INLINE hn::Vec<D> loadApart(D d, const float* from) {
  constexpr int kLanes = hn::MaxLanes(D());
  if constexpr (step == 1 || kLanes == 1) {
    return hn::LoadU(d, from);
  } else {
    return hn::OddEven(hn::LoadU(d, from + kLanes - 1), hn::LoadU(d, from));
  }
}

template <int step, int count, class D, class V>
HWY_INLINE void inOrder(D d, V* sums) {
  constexpr int kLanes = hn::MaxLanes(D());
  if constexpr (step == 2 && kLanes > 1) {
    alignas(64) std::int32_t from[kLanes];
    for (int i = 0; i < kLanes; ++i) from[i] = 2 * (i % (kLanes / 2)) + i / (kLanes / 2);
    const auto order = hn::SetTableIndices(d, from);
#pragma GCC unroll 32
    for (int i = 0; i < count; ++i) sums[i] = hn::TableLookupLanes(sums[i], order);
  }
}

/// The activation of all sums of a block. The choice is made here, once for the block: made again for every
/// vector it took as long as the products of a small kernel.
template <int count, class D, class V>
HWY_INLINE void activateAll(D d, Activation activation, V* sums) {
  switch (activation) {
    case Activation::Relu:
#pragma GCC unroll 32
      for (int i = 0; i < count; ++i) sums[i] = hn::Max(sums[i], hn::Zero(d));
      break;
    case Activation::Absolute:
#pragma GCC unroll 32
      for (int i = 0; i < count; ++i) sums[i] = hn::Abs(sums[i]);
      break;
    case Activation::Square:
#pragma GCC unroll 32
      for (int i = 0; i < count; ++i) sums[i] = hn::Mul(sums[i], sums[i]);
      break;
    case Activation::None:
      break;
  }
}

#if HWY_TARGET <= HWY_AVX2
constexpr bool kStoresRows = true;  // stores under a mask leave the other values alone
#else
constexpr bool kStoresRows = false;
#endif

/// Stores a block of a line that runs over rows, the first output at position `at`.
template <int filters, int vectors, class D, class V>
HWY_INLINE void storeOverRows(D d, const LineJob& job, std::ptrdiff_t at, const V (&sums)[filters][vectors]) {
  constexpr std::ptrdiff_t kLanes = hn::MaxLanes(D());
  const std::ptrdiff_t pitch = job.rowPitch;
  const std::ptrdiff_t length = job.rowLength;
  std::ptrdiff_t row = at / pitch;
  std::ptrdiff_t x = at - row * pitch;
#pragma GCC unroll 8
  for (int v = 0; v < vectors; ++v) {
    float* out = job.output + row * length + x;
    if (x + kLanes <= length) {
#pragma GCC unroll 8
      for (int f = 0; f < filters; ++f, out += job.filterPitch) hn::StoreU(sums[f][v], d, out);
    } else {
      // The end of one row, what lies between, and the beginning of the next one.
      const std::ptrdiff_t ends = length - x;
      const std::ptrdiff_t begins = pitch - x;
      const auto here = hn::FirstN(d, static_cast<std::size_t>(ends > 0 ? ends : 0));
      const auto next = hn::Not(hn::FirstN(d, static_cast<std::size_t>(begins < kLanes ? begins : kLanes)));
#pragma GCC unroll 8
      for (int f = 0; f < filters; ++f, out += job.filterPitch) {
        hn::BlendedStore(sums[f][v], here, d, out);
        hn::BlendedStore(sums[f][v], next, d, out - (pitch - length));
      }
    }
    x += kLanes;
    if (x >= pitch) {
      x -= pitch;
      ++row;
    }
  }
}

/// `filters` × `vectors` vectors of outputs, the first at position `at` of the line.
template <int step, int filters, int vectors, bool fetches = false, class D>
HWY_INLINE void computeBlock(D d, const LineJob& job, std::ptrdiff_t at) {
  constexpr std::ptrdiff_t kLanes = hn::MaxLanes(D());
  using V = hn::Vec<D>;
  V sums[filters][vectors];
#pragma GCC unroll 8
  for (int f = 0; f < filters; ++f) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) sums[f][v] = hn::Set(d, job.biases[f]);
  }
  const float* HWY_RESTRICT weight = job.weights;
  const std::ptrdiff_t* HWY_RESTRICT tap = job.taps;
  const std::ptrdiff_t* const end = tap + job.tapCount;
  const float* const input = job.input + at * step;
  const float* const ahead = input + job.fetchAhead;
  for (; tap != end; ++tap, weight += filters) {
    if constexpr (fetches) hwy::Prefetch(ahead + *tap);
    V values[vectors];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) values[v] = loadApart<step>(d, input + *tap + v * kLanes * step);
#pragma GCC unroll 8
    for (int f = 0; f < filters; ++f) {
      const V w = hn::Set(d, weight[f]);
#pragma GCC unroll 8
      for (int v = 0; v < vectors; ++v) sums[f][v] = hn::MulAdd(w, values[v], sums[f][v]);
    }
  }
  inOrder<step, filters * vectors>(d, &sums[0][0]);
  activateAll<filters * vectors>(d, job.activation, &sums[0][0]);
  if constexpr (step == 1 && kStoresRows && hn::MaxLanes(D()) == hn::MaxLanes(hn::ScalableTag<float>())) {
    if (job.rowPitch > 0) return storeOverRows<filters, vectors>(d, job, at, sums);
  }
  float* out = job.output + at;
#pragma GCC unroll 8
  for (int f = 0; f < filters; ++f, out += job.filterPitch) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) hn::StoreU(sums[f][v], d, out + v * kLanes);
  }
}

/// computeBlock() with the number of vectors known only at run time, at most `vectors`.
template <int step, int filters, int vectors, class D>
HWY_INLINE void computeUpTo(D d, const LineJob& job, std::ptrdiff_t at, int wanted) {
  if constexpr (vectors == 1) {
    computeBlock<step, filters, 1>(d, job, at);
  } else if (wanted == vectors) {
    if constexpr (step == 1 && filters == kLargestBlock && vectors == vectorsFor(filters)) {
      if (job.fetchAhead != 0) return computeBlock<step, filters, vectors, true>(d, job, at);
    }
    computeBlock<step, filters, vectors>(d, job, at);
  } else {
    computeUpTo<step, filters, vectors - 1>(d, job, at, wanted);
  }
}

/// A line shorter than one vector: in vectors half as long, down to single values. Reads nothing beyond the
/// line.
template <int step, int filters, int lanes>
HWY_INLINE void computeShort(const LineJob& job) {
  const hn::CappedTag<float, lanes> d;
  constexpr int kLanes = hn::MaxLanes(hn::CappedTag<float, lanes>());
  if constexpr (kLanes > 1) {
    if (job.count < kLanes) return computeShort<step, filters, lanes / 2>(job);
  }
  int at = 0;
  for (; at + kLanes <= job.count; at += kLanes) computeBlock<step, filters, 1>(d, job, at);
  if (at < job.count) computeBlock<step, filters, 1>(d, job, job.count - kLanes);
}

/// Whole vectors in blocks of nearly equal size; the last block ends at the end of the line and computes what
/// it shares with its neighbour once more, which gives the same bits and spares masks.
template <int step, int filters>
HWY_NOINLINE void computeLine(const LineJob& job) {
  const hn::ScalableTag<float> d;
  constexpr int kLanes = hn::MaxLanes(hn::ScalableTag<float>());
  constexpr int kVectors = vectorsFor(filters);
  if (job.count < kLanes) {
    if constexpr (kLanes > 1) computeShort<step, filters, kLanes / 2>(job);
    return;
  }
  int left = (job.count + kLanes - 1) / kLanes;
  std::ptrdiff_t at = 0;
  for (int blocks = (left + kVectors - 1) / kVectors; blocks > 1; --blocks) {
    const int vectors = (left + blocks - 1) / blocks;
    computeUpTo<step, filters, kVectors>(d, job, at, vectors);
    at += static_cast<std::ptrdiff_t>(vectors) * kLanes;
    left -= vectors;
  }
  const std::ptrdiff_t last = job.count - static_cast<std::ptrdiff_t>(left) * kLanes;
  if (last >= 0) {
    computeUpTo<step, filters, kVectors>(d, job, last, left);
  } else {  // one block for the whole line, which is a little shorter than its vectors
    if (left > 1) computeUpTo<step, filters, kVectors>(d, job, 0, left - 1);
    computeBlock<step, filters, 1>(d, job, job.count - kLanes);
  }
}

template <int step>
void runLineOfStep(const LineJob& job) {
  switch (job.filters) {
    case 8:
      if constexpr (kLargestBlock >= 8) computeLine<step, 8>(job);
      return;
    case 4:
      if constexpr (kLargestBlock >= 4) computeLine<step, 4>(job);
      return;
    case 2:
      return computeLine<step, 2>(job);
    default:
      return computeLine<step, 1>(job);
  }
}

void runLine(const LineJob& job) {
  if (job.columnStep == 2) return runLineOfStep<2>(job);
  runLineOfStep<1>(job);
}

/// One vector of `rows` output lines, from line `row` and position `at` on.
template <int step, int reach, int stride, int rows, class D>
HWY_INLINE void computeStackBlock(D d, const StackJob& job, int row, std::ptrdiff_t at) {
  using V = hn::Vec<D>;
  constexpr int kInputRows = (rows - 1) * stride + reach;
  V sums[rows];
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r) sums[r] = hn::Set(d, job.bias);
  const float* HWY_RESTRICT weight = job.weights;
  const std::ptrdiff_t pitch = job.inputPitch;
  const float* const input = job.input + row * stride * pitch + at * step;
  for (int tap = 0; tap < job.tapCount; ++tap, weight += reach) {
    const float* line = input + job.taps[tap * reach];
    V weights[reach];
#pragma GCC unroll 8
    for (int j = 0; j < reach; ++j) weights[j] = hn::Set(d, weight[j]);
#pragma GCC unroll 64
    for (int i = 0; i < kInputRows; ++i) {
      const V value = loadApart<step>(d, line);
      line += pitch;
#pragma GCC unroll 8
      for (int j = 0; j < reach; ++j) {
        // Input line i meets weight j in output line (i − j) / stride, where that is a whole number.
        const int r = (i - j) / stride;
        if (i >= j && (i - j) % stride == 0 && r < rows) sums[r] = hn::MulAdd(weights[j], value, sums[r]);
      }
    }
  }
  const std::ptrdiff_t outputPitch = job.outputPitch;
  float* const out = job.output + row * outputPitch + at;
  inOrder<step, rows>(d, sums);
  activateAll<rows>(d, job.activation, sums);
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r) hn::StoreU(sums[r], d, out + r * outputPitch);
}

/// Blocks of `rows` lines; the last one ends with the last line and computes again what it shares with its
/// neighbour.
template <int step, int reach, int stride, int rows, int lanes>
HWY_INLINE void computeStackRows(const StackJob& job) {
  const hn::CappedTag<float, lanes> d;
  constexpr int kLanes = hn::MaxLanes(hn::CappedTag<float, lanes>());
  for (int row = 0; row < job.rows; row += rows) {
    const int first = row + rows <= job.rows ? row : job.rows - rows;
    std::ptrdiff_t at = 0;
    for (; at + kLanes <= job.count; at += kLanes)
      computeStackBlock<step, reach, stride, rows>(d, job, first, at);
    if (at < job.count) computeStackBlock<step, reach, stride, rows>(d, job, first, job.count - kLanes);
  }
}

template <int step, int reach, int stride>
HWY_NOINLINE void computeStack(const StackJob& job) {
  constexpr int kLanes = hn::MaxLanes(hn::ScalableTag<float>());
  if (job.count < kLanes) return computeStackRows<step, reach, stride, kFewestRows, 1>(job);
  if (job.rows < kStackRows) return computeStackRows<step, reach, stride, kFewestRows, kLanes>(job);
  computeStackRows<step, reach, stride, kStackRows, kLanes>(job);
}

template <int reach>
void computeStackOfReach(const StackJob& job) {
  if (job.reach > reach) {
    if constexpr (reach < kLongestReach) computeStackOfReach<reach + 1>(job);
    return;
  }
  if (job.columnStep == 2)
    return job.stride == 2 ? computeStack<2, reach, 2>(job) : computeStack<2, reach, 1>(job);
  job.stride == 2 ? computeStack<1, reach, 2>(job) : computeStack<1, reach, 1>(job);
}

void runStack(const StackJob& job) {
  computeStackOfReach<2>(job);
}

/// Filters across the lanes: two vectors of filters × some pixels. Each weight loaded feeds all pixels and
/// each pixel, spread over a vector, feeds all filters; no line is ever cut, whatever the width and stride.
constexpr int kMostPixels = kFilterSums / 2;

/// Writes `pixels` × one vector of filters so that each filter's pixels lie side by side, in fours where
/// there are as many; the last four share some with their neighbours.
template <int pixels, class D, class V>
HWY_INLINE void storeFilters(D d, const V (&sums)[pixels][2], int half, int filters, float* output,
                             std::ptrdiff_t pitch) {
  constexpr int kLanes = hn::MaxLanes(D());
  alignas(64) float block[4 * kLanes] = {};
  if constexpr (pixels >= 4) {
    const hn::CappedTag<float, 4> four;
#pragma GCC unroll 8
    for (int p = 0; p < pixels; p += 4) {
      const int first = p + 4 <= pixels ? p : pixels - 4;
      hn::StoreInterleaved4(sums[first][half], sums[first + 1][half], sums[first + 2][half],
                            sums[first + 3][half], d, block);
      float* out = output + first;
      for (int f = 0; f < filters; ++f, out += pitch) {
        for (std::size_t i = 0; i < 4; i += hn::MaxLanes(four))
          hn::StoreU(hn::Load(four, block + 4 * f + i), four, out + i);
      }
    }
  } else {
    for (int p = 0; p < pixels; ++p) {
      hn::Store(sums[p][half], d, block);
      for (int f = 0; f < filters; ++f) output[f * pitch + p] = block[f];
    }
  }
}

/// Some of the terms of a segment's sums: the sums so far lie in `sums`, pixel by pixel, unless these are the
/// first terms, and go back there unless they are the last ones.
struct FilterLanesPart {
  int firstTap = 0;
  int endTap = 0;
  float* sums = nullptr;
};

template <int step, int pixels, class D>
HWY_INLINE void computePixels(D d, const FilterLanesJob& job, const FilterLanesPart& part, int x) {
  using V = hn::Vec<D>;
  constexpr int kLanes = hn::MaxLanes(D());
  V sums[pixels][2];
  const bool begins = part.firstTap == 0;
  const float* const start = begins ? job.biases : part.sums;
  const int startPitch = begins ? 0 : 2 * kLanes;
#pragma GCC unroll 16
  for (int p = 0; p < pixels; ++p) {
    sums[p][0] = hn::LoadU(d, start + p * startPitch);
    sums[p][1] = hn::LoadU(d, start + p * startPitch + kLanes);
  }
  const float* HWY_RESTRICT weight = job.weights + std::ptrdiff_t{part.firstTap} * 2 * kLanes;
  const std::ptrdiff_t* HWY_RESTRICT tap = job.taps + part.firstTap;
  const std::ptrdiff_t* const end = job.taps + part.endTap;
  const float* const input = job.input + x * step;
  for (; tap != end; ++tap, weight += 2 * kLanes) {
    const V first = hn::LoadU(d, weight);
    const V second = hn::LoadU(d, weight + kLanes);
    const float* const from = input + *tap;
#pragma GCC unroll 16
    for (int p = 0; p < pixels; ++p) {
      const V value = hn::Set(d, from[p * step]);
      sums[p][0] = hn::MulAdd(first, value, sums[p][0]);
      sums[p][1] = hn::MulAdd(second, value, sums[p][1]);
    }
  }
  if (part.endTap < job.tapCount) {
#pragma GCC unroll 16
    for (int p = 0; p < pixels; ++p) {
      hn::StoreU(sums[p][0], d, part.sums + p * 2 * kLanes);
      hn::StoreU(sums[p][1], d, part.sums + p * 2 * kLanes + kLanes);
    }
    return;
  }
  activateAll<2 * pixels>(d, job.activation, &sums[0][0]);
  float* const out = job.output + x;
  storeFilters(d, sums, 0, job.filters < kLanes ? job.filters : kLanes, out, job.filterPitch);
  if (job.filters > kLanes)
    storeFilters(d, sums, 1, job.filters - kLanes, out + kLanes * job.filterPitch, job.filterPitch);
}

template <int step, int pixels>
HWY_INLINE void computePixelsUpTo(const FilterLanesJob& job, const FilterLanesPart& part, int x, int wanted) {
  if (wanted == pixels) return computePixels<step, pixels>(hn::ScalableTag<float>(), job, part, x);
  if constexpr (pixels > 1) computePixelsUpTo<step, pixels - 1>(job, part, x, wanted);
}

/// Blocks of nearly equal size, none larger than the registers hold. The terms are added some at a time, so
/// that their weights stay in the nearest cache while all blocks of a segment use them.
template <int step>
HWY_NOINLINE void computeFilterLanes(const FilterLanesJob& job) {
  constexpr int kLanes = hn::MaxLanes(hn::ScalableTag<float>());
  constexpr int kTaps = 2048 / kLanes;  // 16 KiB of weights
  constexpr int kSegment = 8 * kMostPixels;
  alignas(64) float sums[kSegment * 2 * kLanes];
  for (int begin = 0; begin < job.count; begin += kSegment) {
    const int end = begin + kSegment < job.count ? begin + kSegment : job.count;
    for (int tap = 0; tap < job.tapCount; tap += kTaps) {
      const int endTap = tap + kTaps < job.tapCount ? tap + kTaps : job.tapCount;
      int x = begin;
      for (int blocks = (end - begin + kMostPixels - 1) / kMostPixels; blocks > 0; --blocks) {
        const int pixels = (end - x + blocks - 1) / blocks;
        computePixelsUpTo<step, kMostPixels>(job, {tap, endTap, sums + (x - begin) * 2 * kLanes}, x, pixels);
        x += pixels;
      }
    }
  }
}

void runFilterLanes(const FilterLanesJob& job) {
  if (job.columnStep == 2) return computeFilterLanes<2>(job);
  computeFilterLanes<1>(job);
}

template <bool wantsEven, bool wantsOdd>
void splitInto(const SplitJob& job) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int kLanes = hn::MaxLanes(hn::ScalableTag<float>());
  const int pairs = job.pairs;
  for (int r = 0; r < job.rows; ++r) {
    const float* HWY_RESTRICT from = job.from + r * job.fromPitch;
    float* HWY_RESTRICT even = wantsEven ? job.even + r * job.toPitch : nullptr;
    float* HWY_RESTRICT odd = wantsOdd ? job.odd + r * job.toPitch : nullptr;
    if (pairs < kLanes) {
      for (int at = 0; at < pairs; ++at) {
        if constexpr (wantsEven) even[at] = from[2 * at];
        if constexpr (wantsOdd) odd[at] = from[2 * at + 1];
      }
      continue;
    }
    // The last vectors end with the row and split what they share with their neighbours once more.
    for (int at = 0; at < pairs; at += kLanes) {
      const int start = at + kLanes <= pairs ? at : pairs - kLanes;
      V evens;
      V odds;
      hn::LoadInterleaved2(d, from + 2 * start, evens, odds);
      if constexpr (wantsEven) hn::StoreU(evens, d, even + start);
      if constexpr (wantsOdd) hn::StoreU(odds, d, odd + start);
    }
  }
}

void splitRows(const SplitJob& job) {
  if (job.odd == nullptr) return splitInto<true, false>(job);
  if (job.even == nullptr) return splitInto<false, true>(job);
  splitInto<true, true>(job);
}

}  // namespace

LineKernel lineKernel() {
  LineKernel kernel;
  kernel.lanes = static_cast<int>(hn::Lanes(hn::ScalableTag<float>()));
  kernel.largestBlock = kLargestBlock;
  kernel.storesRows = kStoresRows;
  kernel.run = runLine;
  kernel.runStack = runStack;
  kernel.splitRows = splitRows;
  kernel.filterLanes = 2 * kernel.lanes;
  kernel.runFilterLanes = runFilterLanes;
  return kernel;
}

}  // namespace HWY_NAMESPACE
}  // namespace convscope
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convscope {

HWY_EXPORT(lineKernel);

const std::vector<LineTarget>& lineTargets() {
  // Asks the dispatch table for each target in turn; the choice it makes for everyone else is put back at the
  // end.
  static const std::vector<LineTarget> targets = [] {
    std::vector<LineTarget> found;
    hwy::ChosenTarget& chosen = hwy::GetChosenTarget();
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      chosen.Update(target);
      found.push_back({hwy::TargetName(target), target, HWY_DYNAMIC_DISPATCH(lineKernel)()});
    }
    chosen.Update(hwy::SupportedTargets());
    return found;
  }();
  return targets;
}

}  // namespace convscope
#endif  // HWY_ONCE
