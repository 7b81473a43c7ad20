#pragma once

#include "widgets/stage/kernel_block.h"
#include "widgets/stage/stage_frame.h"

namespace convscope {

/// The kernel once more in the column of texts: its cells in the colours of their weights and its shape.
/// Large, with the weights as numbers where they fit, and a handle for each extent.
void paintKernelBlock(const StageCanvas& canvas);
/// A block beside it, faint, with its shape.
void paintGhost(const StageCanvas& canvas, const KernelBlock& ghost);

}  // namespace convscope
