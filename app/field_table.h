#pragma once

#include "app/command_line.h"
#include "engine/field/layer_table.h"
#include "engine/network/graph.h"

#include <iosfwd>
#include <memory>

namespace convscope {

/// A network of --field.
struct FieldNetwork {
  LayerTable table;
  std::shared_ptr<const Graph> graph;  ///< of an ONNX file; null for a known network
  Dims dims;                           ///< that the graph's first input is fed
};
[[nodiscard]] Result<FieldNetwork> fieldNetwork(const std::string& name);

/// --batch --field: the layers of a known network, or of an ONNX file (its name ends with ".onnx", its input
/// has fixed sizes but for the batch), and what their units see of the clip. Writes tableCsv() to the file of
/// --export-field and prints the sums to `out`; without that file it prints the table itself. Errors: those
/// of architectureNamed(), readOnnx(), inputDims() and networkTable(); Io where the file cannot be written.
[[nodiscard]] Result<void> runField(const Options& options, std::ostream& out);

}  // namespace convscope
