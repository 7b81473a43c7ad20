// The transforms of the fast FIR algorithm, written once with Highway and compiled for every instruction set;
// what may stand between HWY_BEFORE_NAMESPACE and HWY_AFTER_NAMESPACE is told in line_kernels.cpp.

#include "engine/conv/fast_fir_kernels.h"

// The same instruction sets as the line kernels.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/conv/fast_fir_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/conv/filter_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace convscope {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class D>
HWY_INLINE void planesAt(D d, const FirPlanesJob& job, std::ptrdiff_t at) {
  using V = hn::Vec<D>;
  float* const to = job.planes + at;
  const V first = hn::LoadU(d, to);
  const V third = hn::LoadU(d, to + 2 * job.step);
  const V neighbours = hn::Sub(first, hn::LoadU(d, to + job.step));
  const V next = hn::Sub(third, hn::LoadU(d, to + 3 * job.step));
  hn::StoreU(neighbours, d, to + job.pitch);
  hn::StoreU(hn::Sub(first, third), d, to + 2 * job.pitch);
  hn::StoreU(hn::Sub(neighbours, next), d, to + 3 * job.pitch);
}

void planes(const FirPlanesJob& job) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
  std::ptrdiff_t at = 0;
  for (; at + lanes <= job.count; at += lanes) planesAt(d, job, at);
  for (; at < job.count; ++at) planesAt(hn::CappedTag<float, 1>(), job, at);
}

/// One vector of output `row` from the vectors of sums that start at `sums`, as firOutputs() tells.
template <int row, class D>
HWY_INLINE hn::Vec<D> outputOf(D d, const float* sums, std::ptrdiff_t pitch) {
  using V = hn::Vec<D>;
  // Of three sums a, b, c the first output is a + b and the second b − c: so inside, for the even rows or the
  // odd ones of each of the three, and then outside.
  const auto inner = [&](int outer) HWY_ATTR -> V {
    const float* const from = sums + 3 * outer * pitch;
    const V b = hn::LoadU(d, from + pitch);
    if constexpr (row < 2) {
      return hn::Add(hn::LoadU(d, from), b);
    } else {
      return hn::Sub(b, hn::LoadU(d, from + 2 * pitch));
    }
  };
  if constexpr (row % 2 == 0) {
    return hn::Add(inner(0), inner(1));
  } else {
    return hn::Sub(inner(1), inner(2));
  }
}

template <class D>
HWY_INLINE void outputsAt(D d, const FirOutputsJob& job, std::ptrdiff_t at) {
  const float* const from = job.sums + at;
  hn::Vec<D> values[4] = {outputOf<0>(d, from, job.sumPitch), outputOf<1>(d, from, job.sumPitch),
                          outputOf<2>(d, from, job.sumPitch), outputOf<3>(d, from, job.sumPitch)};
  activateAll<4>(d, job.activation, values);
  float* out = job.outputs + at;
#pragma GCC unroll 4
  for (int row = 0; row < 4; ++row, out += job.outputPitch) {
    if (row < job.wanted) hn::StoreU(values[row], d, out);
  }
}

void outputs(const FirOutputsJob& job) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
  std::ptrdiff_t at = 0;
  for (; at + lanes <= job.count; at += lanes) outputsAt(d, job, at);
  for (; at < job.count; ++at) outputsAt(hn::CappedTag<float, 1>(), job, at);
}

template <int row>
void rowOfLanes(const FirLanesJob& job) {
  const hn::ScalableTag<float> d;
  constexpr int kLanes = hn::MaxLanes(hn::ScalableTag<float>());
  const FirOutputsJob& lines = job.lines;
  if (row >= lines.wanted) return;
  for (int first = 0; first < job.filters; first += kLanes) {
    const int filters = job.filters - first < kLanes ? job.filters - first : kLanes;
    const float* const sums = lines.sums + first;
    storeLines(d, filters, static_cast<int>(lines.count), lines.activation,
               lines.outputs + row * lines.outputPitch + first * job.filterPitch, job.filterPitch,
               [&](int n) HWY_ATTR { return outputOf<row>(d, sums + n * 2 * kLanes, lines.sumPitch); });
  }
}

void outputsOfLanes(const FirLanesJob& job) {
  rowOfLanes<0>(job);
  rowOfLanes<1>(job);
  rowOfLanes<2>(job);
  rowOfLanes<3>(job);
}

}  // namespace

FastFirKernel firKernel() {
  return {planes, outputs, outputsOfLanes};
}

}  // namespace HWY_NAMESPACE
}  // namespace convscope
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convscope {

HWY_EXPORT(firKernel);

FastFirKernel fastFirKernel(std::int64_t target) {
  hwy::ChosenTarget& chosen = hwy::GetChosenTarget();
  chosen.Update(target);
  const FastFirKernel kernel = HWY_DYNAMIC_DISPATCH(firKernel)();
  chosen.Update(hwy::SupportedTargets());
  return kernel;
}

}  // namespace convscope
#endif  // HWY_ONCE
