#pragma once

#include "engine/conv/conv_kernel.h"

#include <vector>

namespace convscope {

/// Appends the kernel that computes deep layers on small maps with oneDNN, where this program was built with
/// it and the processor has AVX2 or better; it stands in the table for the instruction set that oneDNN
/// chooses. The filters are cut into shares, each a primitive of its own with its weights in the order that
/// oneDNN likes best, and each runs on one thread of our pool: oneDNN's own threads are never started, and
/// any number of threads gives the same bits. Sums are taken in another order than convolve()'s direct path:
/// the error against exact sums stays below toleranceFor().
void addOneDnnKernels(std::vector<ConvKernel>& table);

}  // namespace convscope
