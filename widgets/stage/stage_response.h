#pragma once

#include "engine/conv/filter_bank.h"
#include "widgets/stage/kernel_block.h"
#include "widgets/stage/stage_frame.h"

#include <optional>
#include <vector>

namespace convscope {

/// What Look::timeResponse shows: what the chosen filter lets through in time, beside the same filter two
/// frames long.
struct KernelResponse {
  static constexpr int kGhostLength = 2;
  std::vector<double> gain;       ///< of the kernel, see timeResponse()
  std::vector<double> ghostGain;  ///< of the ghost; empty where the kernel is no longer and no shorter
  Filter ghost;                   ///< the filter at kGhostLength; without weights where ghostGain is empty
  double largest = 0;             ///< of both, > 0
  double hertz = 0;               ///< half the frame rate: the chart's right end; 0 where it is not known
};

/// Empty where there is nothing to show: not asked for, no time to change in, weights of 0, or so many
/// weights that they are no matter of a moment. Cost O(weights).
[[nodiscard]] std::optional<KernelResponse> responseOf(const KernelView& view);

/// The chart below the kernel block's words, and the ghost beside the block where no frame stands there.
/// Needs canvas.frame.response.
void paintResponse(const StageCanvas& canvas, const KernelBlock& block);

}  // namespace convscope
