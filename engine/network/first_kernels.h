#pragma once

#include "engine/conv/filter_bank.h"
#include "engine/core/result.h"
#include "engine/network/graph.h"

#include <string>

namespace convscope {

/// The kernels of a network's first convolution, which look at the clip or picture itself.
struct FirstKernels {
  std::string layer;  ///< its name, for sentences
  Triple kernel{1, 1, 1};
  Triple dilation{1, 1, 1};
  int channels = 1;  ///< of one filter
  FilterBank bank;
};

/// Reads them from the first Conv node whose weights stand in the file; those of a network for pictures
/// (four axes) are one frame long. Errors: BadInput where there is none, its weights are no float32 of four
/// or five axes, or an extent passes what a kernel here may have (names the node and the numbers).
/// Thread-safe.
[[nodiscard]] Result<FirstKernels> firstKernels(const Graph& graph);

}  // namespace convscope
