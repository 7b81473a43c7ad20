#pragma once

#include "app/command_line.h"

namespace convscope {

/// --benchmark-network: opens the model of `state` in a window that shows none and prints how long its list
/// of layers takes to be on the screen; then how long a run of it works on after it was told to stop, at
/// several moments of the run (median, longest). Needs a QApplication. Returns the exit code: 1 where the
/// model cannot be opened or run on the clip.
[[nodiscard]] int benchmarkNetwork(const Options& options, AppState state);

}  // namespace convscope
