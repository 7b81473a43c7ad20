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

#include "engine/conv/activation-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convscope {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kLargestBlock =
    2;  // small blocks reach the same addresses; large ones take minutes to instrument
constexpr int kAccumulators = 4;
constexpr int kStackRows = kFewestRows;
#elif HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_NEON
constexpr int kLargestBlock = 8;  // 32 vector registers
constexpr int kAccumulators = 24;
constexpr int kStackRows = 14;
#else
constexpr int kLargestBlock = 4;  // 16 vector registers, one of them for the weight, some for the input
constexpr int kAccumulators = 12;
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
    for (LineTarget& target : found) {
      target.kernel.filterLanes = filterLaneKernel(target.flag);
      target.kernel.fastFir = fastFirKernel(target.flag);
    }
    return found;
  }();
  return targets;
}

}  // namespace convscope
#endif  // HWY_ONCE
