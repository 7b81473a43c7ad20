#pragma once

#include "engine/conv/conv_kernel.h"

#include <vector>

namespace convscope {

/// Appends the kernels that compute lines of outputs directly, one for each instruction set that this
/// processor can run, best first. They serve every layer, and all give an output the same terms in the same
/// order, so that a filter gets the same bits alone as in a bank.
void addLineKernels(std::vector<ConvKernel>& table);

}  // namespace convscope
