// Filters across the lanes: two vectors of filters × some pixels. Each weight loaded feeds all pixels and
// each pixel, spread over a vector, feeds all filters; no line is ever cut, whatever the width and stride.
// Written once with Highway and compiled for every instruction set; what may stand between
// HWY_BEFORE_NAMESPACE and HWY_AFTER_NAMESPACE is told in line_kernels.cpp.

#include "engine/conv/filter_lane_kernels.h"

// The same instruction sets as the line kernels.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/conv/filter_lane_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/conv/filter_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convscope {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kFilterSums = 4;  // reaches the same addresses; large blocks take minutes to instrument
#elif HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_NEON
constexpr int kFilterSums = 28;  // of 32 registers: beside them two vectors of weights and one input
#else
constexpr int kFilterSums = 12;  // of 16
#endif
constexpr int kMostPixels = kFilterSums / 2;

/// Some of the terms of a segment's sums: the sums so far lie in `sums`, pixel by pixel, unless these are the
/// first terms, and go back there.
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
#pragma GCC unroll 16
  for (int p = 0; p < pixels; ++p) {
    hn::StoreU(sums[p][0], d, part.sums + p * 2 * kLanes);
    hn::StoreU(sums[p][1], d, part.sums + p * 2 * kLanes + kLanes);
  }
}

template <int step, int pixels>
HWY_INLINE void computePixelsUpTo(const FilterLanesJob& job, const FilterLanesPart& part, int x, int wanted) {
  if (wanted == pixels) return computePixels<step, pixels>(hn::ScalableTag<float>(), job, part, x);
  if constexpr (pixels > 1) computePixelsUpTo<step, pixels - 1>(job, part, x, wanted);
}

/// The outputs of a segment from their sums.
HWY_INLINE void storeSegment(const FilterLanesJob& job, const float* sums, int begin, int end) {
  const hn::ScalableTag<float> d;
  constexpr int kLanes = hn::MaxLanes(hn::ScalableTag<float>());
  for (int first = 0; first < job.filters; first += kLanes) {
    const int filters = job.filters - first < kLanes ? job.filters - first : kLanes;
    storeLines(d, filters, end - begin, job.activation, job.output + first * job.filterPitch + begin,
               job.filterPitch, [&](int n) HWY_ATTR { return hn::LoadU(d, sums + n * 2 * kLanes + first); });
  }
}

/// Blocks of nearly equal size, none larger than the registers hold. The terms are added some at a time, so
/// that their weights stay in the nearest cache while all blocks of a segment use them.
template <int step>
HWY_NOINLINE void computeFilterLanes(const FilterLanesJob& job) {
  constexpr int kLanes = hn::MaxLanes(hn::ScalableTag<float>());
  constexpr int kTaps = 2048 / kLanes;  // 16 KiB of weights
  constexpr int kSegment = 8 * kMostPixels;
  alignas(64) float own[kSegment * 2 * kLanes];
  for (int begin = 0; begin < job.count; begin += kSegment) {
    const int end = begin + kSegment < job.count ? begin + kSegment : job.count;
    float* const sums = job.sums != nullptr ? job.sums + std::ptrdiff_t{begin} * 2 * kLanes : own;
    int tap = 0;
    do {  // once at least: a sum of no terms is its bias
      const int endTap = tap + kTaps < job.tapCount ? tap + kTaps : job.tapCount;
      int x = begin;
      for (int blocks = (end - begin + kMostPixels - 1) / kMostPixels; blocks > 0; --blocks) {
        const int pixels = (end - x + blocks - 1) / blocks;
        computePixelsUpTo<step, kMostPixels>(job, {tap, endTap, sums + (x - begin) * 2 * kLanes}, x, pixels);
        x += pixels;
      }
      tap = endTap;
    } while (tap < job.tapCount);
    if (job.sums == nullptr) storeSegment(job, sums, begin, end);
  }
}

void runFilterLanes(const FilterLanesJob& job) {
  if (job.columnStep == 2) return computeFilterLanes<2>(job);
  computeFilterLanes<1>(job);
}

}  // namespace

FilterLaneKernel laneKernel() {
  return {2 * static_cast<int>(hn::Lanes(hn::ScalableTag<float>())), runFilterLanes};
}

}  // namespace HWY_NAMESPACE
}  // namespace convscope
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convscope {

HWY_EXPORT(laneKernel);

FilterLaneKernel filterLaneKernel(std::int64_t target) {
  hwy::ChosenTarget& chosen = hwy::GetChosenTarget();
  chosen.Update(target);
  const FilterLaneKernel kernel = HWY_DYNAMIC_DISPATCH(laneKernel)();
  chosen.Update(hwy::SupportedTargets());
  return kernel;
}

}  // namespace convscope
#endif  // HWY_ONCE
