// Sums of map frames, written once with Highway and compiled for every instruction set. Only plain pointers
// and Highway's own functions stand between HWY_BEFORE_NAMESPACE and HWY_AFTER_NAMESPACE; see
// line_kernels.cpp.

#include "engine/classify/map_moments.h"

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/classify/map_moments.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace convscope {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr int kMomentLanes = 64;

/// Adds to 64 sums and 64 sums of squares; where the last 64 values are not all there, zeros stand for them.
/// No fused multiply-add: not every instruction set has it, and it rounds differently.
void addToLanes(const float* HWY_RESTRICT values, std::int64_t count, float* HWY_RESTRICT sums,
                float* HWY_RESTRICT squares) {
  const hn::CappedTag<float, kMomentLanes> d;
  constexpr int kLanes = hn::MaxLanes(hn::CappedTag<float, kMomentLanes>());
  constexpr int kGroup = 4 * kLanes < kMomentLanes ? 4 * kLanes : kMomentLanes;  // what registers hold
  using V = hn::Vec<decltype(d)>;
  const std::int64_t whole = count / kMomentLanes * kMomentLanes;
  for (int first = 0; first < kMomentLanes; first += kGroup) {
    V sum[kGroup / kLanes];
    V square[kGroup / kLanes];
#pragma GCC unroll 4
    for (int v = 0; v < kGroup / kLanes; ++v) {
      sum[v] = hn::LoadU(d, sums + first + v * kLanes);
      square[v] = hn::LoadU(d, squares + first + v * kLanes);
    }
    for (const float* at = values + first; at < values + whole; at += kMomentLanes) {
#pragma GCC unroll 4
      for (int v = 0; v < kGroup / kLanes; ++v) {
        const V value = hn::LoadU(d, at + v * kLanes);
        sum[v] = hn::Add(sum[v], value);
        square[v] = hn::Add(square[v], hn::Mul(value, value));
      }
    }
#pragma GCC unroll 4
    for (int v = 0; v < kGroup / kLanes; ++v) {
      const std::int64_t at = whole + first + v * kLanes;
      if (at < count) {
        float rest[kMomentLanes] = {};
        for (std::int64_t i = at; i < count && i < at + kLanes; ++i) rest[i - at] = values[i];
        const V value = hn::LoadU(d, rest);
        sum[v] = hn::Add(sum[v], value);
        square[v] = hn::Add(square[v], hn::Mul(value, value));
      }
      hn::StoreU(sum[v], d, sums + first + v * kLanes);
      hn::StoreU(square[v], d, squares + first + v * kLanes);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace convscope
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convscope {

HWY_EXPORT(addToLanes);

void RunningMoments::add(const float* values, std::int64_t count) {
  const std::int64_t inLane = (count + kLanes - 1) / kLanes;
  if (m_inLane + inLane > kMostInLane) flush();
  HWY_DYNAMIC_DISPATCH(addToLanes)(values, count, m_sums, m_squares);
  m_inLane += inLane;
}

Moments RunningMoments::total() const {
  Moments total = m_before;
  for (int lane = 0; lane < kLanes; ++lane) {
    total.sum += double{m_sums[lane]};
    total.square += double{m_squares[lane]};
  }
  return total;
}

void RunningMoments::flush() {
  const Moments before = total();
  clear();
  m_before = before;
}

}  // namespace convscope
#endif  // HWY_ONCE
