#pragma once

#include "engine/conv/conv_kernel.h"

#include <vector>

namespace convscope {

/// Appends the kernels "lines", which compute lines of outputs directly with neighbouring columns side by
/// side in the vectors, one for each instruction set that this processor can run, best first. They serve
/// every layer, and all give an output the same terms in the same order, so that a filter gets the same bits
/// alone as in a bank.
void addLineKernels(std::vector<ConvKernel>& table);

/// Appends the kernels "filters", which have neighbouring filters side by side instead: no vector is ever cut
/// by the width of the map, and a stride of 2 costs nothing. The bits are those of "lines". They serve
/// strides of 1 and 2 in width and suit many filters with long sums.
void addFilterLaneKernels(std::vector<ConvKernel>& table);

}  // namespace convscope
