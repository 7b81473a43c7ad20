// Vectors of neighbouring filters turned into lines of the filters, within Highway kernels; included once for
// every instruction set, after hwy/highway.h.

#if defined(CONVSCOPE_FILTER_LANES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVSCOPE_FILTER_LANES_INL_H
#undef CONVSCOPE_FILTER_LANES_INL_H
#else
#define CONVSCOPE_FILTER_LANES_INL_H
#endif

#include "engine/conv/activation-inl.h"

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace convscope {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR
template <class D, class V>
HWY_INLINE void turn(D /*d*/, V* v, V* turned) {
  turned[0] = v[0];
}
#else
/// Four vectors as matrices of 4 × 4 in each block of 128 bits, turned: vector i then holds, block by block,
/// what lane i of the four held.
template <class D, class V>
HWY_INLINE void turnBlocks(D d, V* v) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::RepartitionToWide<hn::RebindToUnsigned<D> > wide;
  const auto lower = hn::BitCast(wide, hn::InterleaveLower(d, v[0], v[1]));
  const auto lowerNext = hn::BitCast(wide, hn::InterleaveLower(d, v[2], v[3]));
  const auto upper = hn::BitCast(wide, hn::InterleaveUpper(d, v[0], v[1]));
  const auto upperNext = hn::BitCast(wide, hn::InterleaveUpper(d, v[2], v[3]));
  v[0] = hn::BitCast(d, hn::InterleaveLower(wide, lower, lowerNext));
  v[1] = hn::BitCast(d, hn::InterleaveUpper(wide, lower, lowerNext));
  v[2] = hn::BitCast(d, hn::InterleaveLower(wide, upper, upperNext));
  v[3] = hn::BitCast(d, hn::InterleaveUpper(wide, upper, upperNext));
}

/// As many vectors as one has lanes, a square matrix, turned: `turned[i]` holds lane i of all of them. `v` is
/// written over.
template <class D, class V>
HWY_INLINE void turn(D d, V* v, V* turned) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr int kLanes = hn::MaxLanes(D());
#pragma GCC unroll 4
  for (int group = 0; group < kLanes; group += 4) turnBlocks(d, v + group);
    // Vector i of group g holds in block b the values of lane 4 b + i: now blocks against groups.
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    if constexpr (kLanes == 4) {
      turned[i] = v[i];
    } else if constexpr (kLanes == 8) {
      turned[i] = hn::ConcatLowerLower(d, v[4 + i], v[i]);
      turned[4 + i] = hn::ConcatUpperUpper(d, v[4 + i], v[i]);
    } else {
      static_assert(kLanes == 16);
      const V even = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(v[4 + i]), v[i]);
      const V odd = hn::OddEvenBlocks(v[4 + i], hn::SwapAdjacentBlocks(v[i]));
      const V evenNext = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(v[12 + i]), v[8 + i]);
      const V oddNext = hn::OddEvenBlocks(v[12 + i], hn::SwapAdjacentBlocks(v[8 + i]));
      turned[i] = hn::ConcatLowerLower(d, evenNext, even);
      turned[4 + i] = hn::ConcatLowerLower(d, oddNext, odd);
      turned[8 + i] = hn::ConcatUpperUpper(d, evenNext, even);
      turned[12 + i] = hn::ConcatUpperUpper(d, oddNext, odd);
    }
  }
}
#endif

/// Writes `count` outputs of up to one vector of filters to output[f · pitch + n]; `valuesAt(n)` gives the
/// vector of filters of output n, before the activation.
template <class D, class Values>
HWY_INLINE void storeLines(D d, int filters, int count, Activation activation, float* output,
                           std::ptrdiff_t pitch, const Values& valuesAt) {
  namespace hn = hwy::HWY_NAMESPACE;
  using V = hn::Vec<D>;
  constexpr int kLanes = hn::MaxLanes(D());
  if (count < kLanes) {
    alignas(64) float values[kLanes];
    for (int n = 0; n < count; ++n) {
      V value = valuesAt(n);
      activateAll<1>(d, activation, &value);
      hn::Store(value, d, values);
      for (int f = 0; f < filters; ++f) output[f * pitch + n] = values[f];
    }
    return;
  }
  // The last ones share some with their neighbours.
  for (int n = 0; n < count; n += kLanes) {
    const int first = n + kLanes <= count ? n : count - kLanes;
    V values[kLanes];
    V turned[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) values[i] = valuesAt(first + i);
    activateAll<kLanes>(d, activation, values);
    turn(d, values, turned);
    float* out = output + first;
#pragma GCC unroll 16
    for (int f = 0; f < kLanes; ++f, out += pitch) {
      if (f < filters) hn::StoreU(turned[f], d, out);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace convscope
HWY_AFTER_NAMESPACE();

#endif
