#pragma once

#include "app/command_line.h"

namespace convscope {

/// --benchmark-drag: measures the way of one slider step as a person feels it. On a 16 × 112 × 112 RGB clip
/// with eight filters the kernel's length goes 1 … 7 … 1 with 60 changes a second of the clock for six
/// seconds, as a hand drags a slider whether or not the window keeps up; prints frames shown a second, the
/// latency from the change to the picture that shows it (or a newer one) having left for the screen (median,
/// 95 %), and the engine's part. Needs a QApplication. Returns the exit code.
[[nodiscard]] int benchmarkDrag(const Options& options);

}  // namespace convscope
