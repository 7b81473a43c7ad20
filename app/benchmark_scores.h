#pragma once

#include "app/command_line.h"

namespace convscope {

/// --benchmark-scores: measures the way from a slider to new class scores as a person feels it. For 3 × 3 ×
/// 3, 5 × 5 × 5 and 7 × 7 × 7 the kernel is changed ten times, each time to one whose readout is not
/// kept, and the scores painted are waited for; meanwhile the camera turns with every frame, so that the
/// window always has a picture to draw. Prints the latency from the change to the painted scores (median, 95
/// %) for each shape, and the window's pictures per second while scores were computed and while none were.
/// Needs a QApplication. Returns the exit code.
[[nodiscard]] int benchmarkScores(const Options& options);

}  // namespace convscope
