#pragma once

#include "engine/conv/conv_kernel.h"
#include "engine/core/result.h"

#include <span>
#include <string_view>

namespace convscope {

/// Every kernel that this processor can run, in the order of preference: the first that suits a layer is
/// chosen. Tests and benchmarks go through this list; a kernel is tested because it stands here. The last one
/// serves every layer on every processor. Thread-safe.
[[nodiscard]] std::span<const ConvKernel> kernelTable();

/// The kernel for a layer on a processor with `flags`: the first of `table` whose needs are met and that
/// serves and suits the layer. `forced` is a kernel's whole name ("lines.AVX2") or an algorithm ("lines": the
/// first of that name that the flags allow); empty leaves the choice free. Errors: BadUsage, a sentence,
/// where the forced name is unknown, its instruction set is missing, or it does not serve the layer. Cost
/// O(table).
[[nodiscard]] Result<const ConvKernel*> chooseKernel(std::span<const ConvKernel> table, const ConvSpec& spec,
                                                     const ConvGeometry& geometry, CpuFlags flags,
                                                     std::string_view forced = {});

/// For parts of a layer that a kernel of KernelBits::Direct with these needs computes as a whole: the first
/// of kernelTable() with the same needs and bits that serves and suits the part. Cost O(table).
[[nodiscard]] const ConvKernel& directKernel(CpuFlags needs, const ConvSpec& spec,
                                             const ConvGeometry& geometry);

/// The choice of convolve(): chooseKernel() from the whole table with activeFlags() and the kernel that
/// forceKernel() or else CONVSCOPE_KERNEL in the environment names.
[[nodiscard]] Result<const ConvKernel*> activeKernel(const ConvSpec& spec, const ConvGeometry& geometry);

/// For tests and benchmarks: forces one kernel for all later calls, as CONVSCOPE_KERNEL does; empty gives the
/// choice back. Whether there is such a kernel is told by the next convolution. Not thread-safe.
void forceKernel(std::string_view name);

}  // namespace convscope
