#pragma once

#include "widgets/stage/stage_frame.h"

namespace convscope {

/// The kernel among the frames: its patches, the cuboid through them, the links to the voxel and an arrow for
/// each direction in which it can slide. Drawn over all frames, without regard to depth.
void paintKernel(const StageCanvas& canvas);

}  // namespace convscope
