// The softmax readout's sums, written once with Highway and compiled for every instruction set. Only plain
// pointers and Highway's own functions stand between HWY_BEFORE_NAMESPACE and HWY_AFTER_NAMESPACE; see
// line_kernels.cpp.

#include "engine/classify/class_products.h"

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/classify/class_products.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace convscope {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr int kBlock = 16;
using Tag = hn::CappedTag<double, kBlock>;
constexpr int kLanes = hn::MaxLanes(Tag());
using V = hn::Vec<Tag>;

// No fused multiply-add: not every instruction set has it, and it rounds differently.

void multiply(const double* HWY_RESTRICT w, const double* HWY_RESTRICT x, std::size_t columns,
              double* HWY_RESTRICT z) {
  const Tag d;
  V sums[kBlock / kLanes];
#pragma GCC unroll 8
  for (int v = 0; v < kBlock / kLanes; ++v) sums[v] = hn::Zero(d);
  for (std::size_t j = 0; j < columns; ++j) {
    const V value = hn::Set(d, x[j]);
#pragma GCC unroll 8
    for (int v = 0; v < kBlock / kLanes; ++v)
      sums[v] = hn::Add(sums[v], hn::Mul(hn::LoadU(d, w + j * kBlock + v * kLanes), value));
  }
#pragma GCC unroll 8
  for (int v = 0; v < kBlock / kLanes; ++v) hn::StoreU(sums[v], d, z + v * kLanes);
}

void addProducts(const double* HWY_RESTRICT e, const double* HWY_RESTRICT x, std::size_t columns,
                 double* HWY_RESTRICT g) {
  const Tag d;
  V errors[kBlock / kLanes];
#pragma GCC unroll 8
  for (int v = 0; v < kBlock / kLanes; ++v) errors[v] = hn::LoadU(d, e + v * kLanes);
  for (std::size_t j = 0; j < columns; ++j) {
    const V value = hn::Set(d, x[j]);
#pragma GCC unroll 8
    for (int v = 0; v < kBlock / kLanes; ++v) {
      double* const to = g + j * kBlock + v * kLanes;
      hn::StoreU(hn::Add(hn::LoadU(d, to), hn::Mul(errors[v], value)), d, to);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace convscope
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace convscope {

HWY_EXPORT(multiply);
HWY_EXPORT(addProducts);

static_assert(kClassBlock == 16);

void multiplyClasses(const double* w, const double* x, std::size_t columns, double* z) {
  HWY_DYNAMIC_DISPATCH(multiply)(w, x, columns, z);
}

void addClassProducts(const double* e, const double* x, std::size_t columns, double* g) {
  HWY_DYNAMIC_DISPATCH(addProducts)(e, x, columns, g);
}

}  // namespace convscope
#endif  // HWY_ONCE
