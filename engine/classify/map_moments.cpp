// Sums of a map frame, written once with Highway and compiled for every instruction set. Only plain pointers
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

/// Writes 64 sums and 64 sums of squares. `count` is a multiple of 64. No fused multiply-add: not every
/// instruction set has it, and it rounds differently.
void laneSums(const float* HWY_RESTRICT values, std::int64_t count, float* HWY_RESTRICT sums,
              float* HWY_RESTRICT squares) {
  const hn::CappedTag<float, kMomentLanes> d;
  constexpr int kLanes = hn::MaxLanes(hn::CappedTag<float, kMomentLanes>());
  constexpr int kGroup = 4 * kLanes < kMomentLanes ? 4 * kLanes : kMomentLanes;  // what registers hold
  using V = hn::Vec<decltype(d)>;
  for (int first = 0; first < kMomentLanes; first += kGroup) {
    V sum[kGroup / kLanes];
    V square[kGroup / kLanes];
#pragma GCC unroll 4
    for (int v = 0; v < kGroup / kLanes; ++v) sum[v] = square[v] = hn::Zero(d);
    for (const float* at = values + first; at < values + count; at += kMomentLanes) {
#pragma GCC unroll 4
      for (int v = 0; v < kGroup / kLanes; ++v) {
        const V value = hn::LoadU(d, at + v * kLanes);
        sum[v] = hn::Add(sum[v], value);
        square[v] = hn::Add(square[v], hn::Mul(value, value));
      }
    }
#pragma GCC unroll 4
    for (int v = 0; v < kGroup / kLanes; ++v) {
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

HWY_EXPORT(laneSums);

Moments momentsOf(const float* values, std::int64_t count) {
  constexpr int kMomentLanes = 64;
  float sums[kMomentLanes];
  float squares[kMomentLanes];
  const std::int64_t whole = count / kMomentLanes * kMomentLanes;
  HWY_DYNAMIC_DISPATCH(laneSums)(values, whole, sums, squares);
  for (std::int64_t i = whole; i < count; ++i) {
    sums[i - whole] += values[i];
    const float square = values[i] * values[i];
    squares[i - whole] += square;
  }
  Moments total;
  for (int lane = 0; lane < kMomentLanes; ++lane) {
    total.sum += double{sums[lane]};
    total.square += double{squares[lane]};
  }
  return total;
}

}  // namespace convscope
#endif  // HWY_ONCE
