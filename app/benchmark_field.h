#pragma once

#include "app/command_line.h"

namespace convscope {

/// --benchmark-field: drags a unit of R3D-18 (layer3.1.conv2, 4 × 14 × 14) over its map on the clip of
/// `state` for six seconds with 60 changes a second of the clock, and prints the pictures shown a second and
/// the latency from the change to the picture that shows it, or a newer one, having left for the screen
/// (median, 95 %). Needs a QApplication. Returns the exit code: 1 where the network cannot run on the clip.
[[nodiscard]] int benchmarkField(const Options& options, AppState state);

}  // namespace convscope
