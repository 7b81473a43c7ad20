#pragma once

#include "engine/conv/conv_kernel.h"

#include <vector>

namespace convscope {

/// Appends the kernel that computes a pointwise convolution without stride as what it is, the product of a
/// K × C matrix of weights and a C × n matrix of values, with oneDNN's matrix product: "matrix.AVX3" or
/// "matrix.AVX2", where this program was built with oneDNN and the processor has one of both. A slab is some
/// positions of all frames, each computed by one thread of our pool. Exact on integer values while sums fit
/// 24 bits, and the same bits with any number of threads. Where oneDNN does not
/// compute a product, what computes the slab throws: std::bad_alloc where it got no memory.
void addMatrixKernels(std::vector<ConvKernel>& table);

}  // namespace convscope
