#pragma once

#include "engine/field/layer_table.h"
#include "engine/network/field_tracer.h"
#include "engine/network/graph.h"

#include <memory>

namespace convscope {

/// The extents of the network's first input where the file leaves none open but the first, the batch, which
/// becomes 1. Errors: BadSpec, a sentence that names the input.
[[nodiscard]] Result<Dims> inputDims(const Graph& graph);

/// What one row of the table is made by.
struct NetworkValue {
  int node = -1;              ///< of Graph::nodes
  int value = -1;             ///< of Graph::valueNames
  ClipAxes axes{-1, -1, -1};  ///< which of its axes are t, y and x
};
struct NetworkLayers {
  LayerTable table;
  std::vector<NetworkValue> values;  ///< one for each row
};
/// networkTable() with what its rows are made by. Errors and cost: the same.
[[nodiscard]] Result<NetworkLayers> networkLayers(const std::shared_ptr<const Graph>& graph,
                                                  const Dims& dims);

/// The nodes of a network as a table of layers on a clip of `dims`, what the first input is fed: one row for
/// each node whose values depend on it. The last three axes of an input of rank 5 are t, y and x, the last
/// two of rank 4 y and x, the last one of rank 3 x; each is followed through transpositions and new shapes as
/// long as it stays an axis of its own, then the values behind it are taken to see all of it. A small map
/// that scales a larger one (squeeze-excitation), and statistics that a normalisation takes of its own input,
/// are gates: LayerTable's fields leave them out. Padding of every kind counts as cells that hold nothing of
/// the clip; resizing that mixes unevenly counts as seeing everything.
/// Errors: BadSpec; those of Runner::run(). Takes milliseconds: nothing is convolved. Thread-safe.
[[nodiscard]] Result<LayerTable> networkTable(const std::shared_ptr<const Graph>& graph, const Dims& dims);

}  // namespace convscope
