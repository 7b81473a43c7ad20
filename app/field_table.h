#pragma once

#include "app/command_line.h"

#include <iosfwd>

namespace convscope {

/// --batch --field: the layers of a known network and what their units see of the clip. Writes tableCsv() to
/// the file of --export-field and prints the sums to `out`; without that file it prints the table itself.
/// Errors: those of architectureNamed(); Io where the file cannot be written.
[[nodiscard]] Result<void> runField(const Options& options, std::ostream& out);

}  // namespace convscope
