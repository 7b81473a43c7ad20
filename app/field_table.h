#pragma once

#include "app/command_line.h"

#include <iosfwd>

namespace convscope {

/// --batch --field: the layers of a known network, or of an ONNX file (its name ends with ".onnx", its input
/// has fixed sizes but for the batch), and what their units see of the clip. Writes tableCsv() to the file of
/// --export-field and prints the sums to `out`; without that file it prints the table itself. Errors: those
/// of architectureNamed(), readOnnx(), inputDims() and networkTable(); Io where the file cannot be written.
[[nodiscard]] Result<void> runField(const Options& options, std::ostream& out);

}  // namespace convscope
