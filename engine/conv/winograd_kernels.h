#pragma once

#include "engine/conv/conv_kernel.h"

#include <vector>

namespace convscope {

/// Appends the Winograd kernels over height and width, then those over time, for each tile size and
/// instruction set.
void addWinogradKernels(std::vector<ConvKernel>& table);

}  // namespace convscope
