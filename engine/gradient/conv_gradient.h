#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"
#include "engine/core/parallel.h"
#include "engine/core/tensor.h"

namespace convscope {

/// Gradient with respect to the input of Σ gradient · maps, `maps` being the sums (before spec.activation) of
/// a convolution of an input of shape `input`: the convolution's adjoint, a correlation of `gradient` with
/// the transposed filters reversed along t, y and x,
///   result(i, c) = Σ_k Σ_j w_k(c, j) · gradient(o, k)   over all o, j with o·stride + j·dilation − padding =
///   i
/// Cells that padding repeats (replicate, reflect, circular) hand their share on to the cell they repeat.
/// `gradient` has the output's shape (L′, H′, W′, K) in order K, L′, H′, W′; the result is (L, H, W, C) in
/// order C, L, H, W. Runs on the engine's convolution kernels, one stride-1 convolution for each phase of the
/// stride: as many multiply-adds as the convolution itself, and convolve()'s error bound over the taps × K
/// products of a cell. Errors: those of convolve(). Thread-safe; the same bits for any number of threads.
[[nodiscard]] Result<Tensor> convolutionInputGradient(const Tensor& gradient, const Shape& input,
                                                      const ConvSpec& spec, const FilterBank& bank,
                                                      const ComputeContext& context);

/// The same by obvious loops over the convolution's own products, sums in double: the yardstick of the fast
/// path, with which it shares no code. Single thread.
[[nodiscard]] Result<Tensor> convolutionInputGradientReference(const Tensor& gradient, const Shape& input,
                                                               const ConvSpec& spec, const FilterBank& bank);

}  // namespace convscope
