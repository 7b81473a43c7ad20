#pragma once

#include "app/command_line.h"

#include <iosfwd>

namespace convscope {

/// --batch --tuning: shows drifting gratings to every filter of the state's layer, or with --model to those
/// of a network's first convolution, and writes how strongly each answers as CSV to `out` or to the file of
/// --export-tuning, then with one line a filter what each prefers. Errors: those of stateOf(), of the model
/// and of the measurement; Io.
[[nodiscard]] Result<void> runTuning(const Options& options, std::ostream& out, std::ostream* progress);

}  // namespace convscope
