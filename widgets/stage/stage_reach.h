#pragma once

#include "widgets/stage/stage_frame.h"

#include <optional>

namespace convscope {

/// The pinned input voxel, where it lies in the clip shown.
[[nodiscard]] std::optional<InputPoint> pinnedInput(const StageFrame& frame);

/// The other way round: a pinned input voxel, the outputs that it feeds and the links to them.
void paintReach(const StageCanvas& canvas);

}  // namespace convscope
