#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/cpu_flags.h"
#include "engine/conv/filter_bank.h"
#include "engine/core/parallel.h"
#include "engine/core/tensor.h"

namespace convscope {

struct ConvKernel;

/// Convolves `input` (L, H, W, C) with every filter of `bank` and returns the maps, one channel per filter:
///   out(t, y, x, k) = activation(bias_k + Σ_{c, i, j, m} w_k(c, i, j, m) · in(t·s_t + i·d_t − p_t, …, c))
/// Memory order of both: C, L, H, W. Sums are float32, each output's terms in one fixed order, so that any
/// number of threads gives the same bits, and a filter has the same ones alone as in a bank; integer values
/// stay exact while they fit 24 bits. For large layers a kernel with a stated error may be chosen, see
/// ConvKernel::errorFactor, still with the same bits for any number of threads: for deep ones (16 channels in
/// and out and more), the first ones of networks (32 filters and more of 100 weights in each of three frames)
/// and banks with long sums (32 filters and more of 300 weights; integers stay exact). Errors: those of
/// geometryOf; BadSpec where a filter does not hold C/groups × l × h × w weights; TooLarge where the output
/// and the padded input would not fit the memory budget; BadUsage where CONVSCOPE_TARGET or CONVSCOPE_KERNEL
/// forces what is unknown or does not serve the layer (see kernel_table.h, which makes the choice); Stopped.
/// Thread rule: thread-safe; runs on the context's pool.
[[nodiscard]] Result<Tensor> convolve(const Tensor& input, const ConvSpec& spec, const FilterBank& bank,
                                      const ComputeContext& context);

/// The same by one kernel of the table, which must serve the layer and run on this processor. Errors and
/// thread rule: those of convolve(), but BadUsage.
[[nodiscard]] Result<Tensor> convolveBy(const ConvKernel& kernel, const Tensor& input, const ConvSpec& spec,
                                        const FilterBank& bank, const ComputeContext& context);

/// The same by obvious loops with sums in double and padding worked out cell by cell: the yardstick for every
/// fast path. Shares no code with convolve(), padding included. Single thread.
[[nodiscard]] Result<Tensor> convolveReference(const Tensor& input, const ConvSpec& spec,
                                               const FilterBank& bank);

/// Bound on |fast − reference| for sums of `taps` products of magnitudes up to maxInput · maxWeight:
///   2 · ε · (taps + 1) · taps · maxInput · maxWeight is never reached; the customary bound used in the tests
///   is 2 · ε · (taps + 1) · maxInput · maxWeight · √taps, with ε = 2⁻²⁴.
[[nodiscard]] double toleranceFor(std::int64_t taps, double maxInput, double maxWeight);

}  // namespace convscope
