#pragma once

#include "app/command_line.h"

#include <iosfwd>

namespace convscope {

/// --batch: reads the clip, convolves and writes what was asked for: --export-input as (L, H, W, C) and
/// --export-maps as (K, L′, H′, W′), float32. Prints sizes, range and time to `out`; progress to `progress`
/// where it is not null. Without --export-maps and with --export-input only the clip is prepared.
/// With --field it works out that network alone, see runField(); with --model it runs that network alone, see
/// runNetwork();
/// with --readout-table it prints that table alone, see printReadoutTable(). Needs no display and no
/// QApplication. Errors: those of stateOf(), the clip and the convolution; Io where a file
/// cannot be written.
[[nodiscard]] Result<void> runBatch(const Options& options, std::ostream& out, std::ostream* progress);

/// runBatch() on stdout and stderr, progress only where stderr is a terminal. Returns the exit code.
[[nodiscard]] int batchMain(const Options& options);

}  // namespace convscope
