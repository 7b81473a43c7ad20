// The activation functions within Highway kernels; included once for every instruction set, after
// hwy/highway.h.

#if defined(CONVSCOPE_ACTIVATION_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef CONVSCOPE_ACTIVATION_INL_H
#undef CONVSCOPE_ACTIVATION_INL_H
#else
#define CONVSCOPE_ACTIVATION_INL_H
#endif

#include "engine/conv/conv_spec.h"

HWY_BEFORE_NAMESPACE();
namespace convscope {
namespace HWY_NAMESPACE {
namespace {

/// The activation of all sums of a block. The choice is made here, once for the block: made again for every
/// vector it took as long as the products of a small kernel.
template <int count, class D, class V>
HWY_INLINE void activateAll(D d, Activation activation, V* sums) {
  switch (activation) {
    case Activation::Relu:
#pragma GCC unroll 32
      for (int i = 0; i < count; ++i) sums[i] = hwy::HWY_NAMESPACE::Max(sums[i], hwy::HWY_NAMESPACE::Zero(d));
      break;
    case Activation::Absolute:
#pragma GCC unroll 32
      for (int i = 0; i < count; ++i) sums[i] = hwy::HWY_NAMESPACE::Abs(sums[i]);
      break;
    case Activation::Square:
#pragma GCC unroll 32
      for (int i = 0; i < count; ++i) sums[i] = hwy::HWY_NAMESPACE::Mul(sums[i], sums[i]);
      break;
    case Activation::None:
      break;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace convscope
HWY_AFTER_NAMESPACE();

#endif
