#pragma once

#include "app/command_line.h"

#include <iosfwd>

namespace convscope {

/// --batch --model: feeds --input-tensor to the network as it is and writes what was asked for: with
/// --export-activations one .npy for each output of a node, in ONNX's own shape and the model's order, and
/// layers.json, a list of {node, operator, output, file, type, shape, milliseconds}; with --export-scores the
/// largest scores of the last output. Prints sizes and time to `out`, progress to `progress` where it is not
/// null. Errors: those of readOnnx(), readNpy() and Runner::run(); Io where a file cannot be written.
[[nodiscard]] Result<void> runNetwork(const Options& options, std::ostream& out, std::ostream* progress);

}  // namespace convscope
