#pragma once

#include "app/command_line.h"
#include "engine/network/graph.h"

#include <iosfwd>

namespace convscope {

/// The array of --input-tensor as `graph`'s first input wants it. Errors: those of readNpy(); BadInput.
[[nodiscard]] Result<Value> readInputTensor(const std::string& path, const Graph& graph);

/// --batch --model: feeds --input-tensor to the network as it is, or the clip as its preprocessing says
/// (--frames beside that: the first frame, how many and every which), and writes what was asked for: with
/// --export-activations one .npy for each output of a node, in ONNX's own shape and the model's order, and
/// layers.json, a list of {node, operator, output, file, type, shape, milliseconds}; with --export-scores the
/// largest scores of the last output, with their labels where there are some; with --export-gradient the
/// gradient of a class score with respect to the input, in its layout. Prints sizes and time to `out`,
/// progress to `progress` where it is not null. Errors: those of openNetwork(), OpenNetwork::preprocess(),
/// readSource(), readNpy() and Runner::run(); Io where a file cannot be written.
[[nodiscard]] Result<void> runNetwork(const Options& options, std::ostream& out, std::ostream* progress);

}  // namespace convscope
