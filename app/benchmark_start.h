#pragma once

#include "app/command_line.h"
#include "widgets/state/app_state.h"

namespace convscope {

/// --benchmark-start: measures the start as a person feels it. Opens the window on the clip and kernel asked
/// for and prints how long after the start of the process (as the kernel of the system counts it, to 10 ms)
/// the first picture had left for the screen, the first with the maps, and the first with the class scores.
/// The libraries' loading is within it; run it twice for a warm figure. Needs a QApplication. Returns the
/// exit code: 1 where no maps were shown within ten seconds.
[[nodiscard]] int benchmarkStart(const Options& options, const AppState& state);

}  // namespace convscope
