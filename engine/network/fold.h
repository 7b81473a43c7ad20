#pragma once

#include "engine/network/graph.h"

#include <memory>
#include <vector>

namespace convscope {

/// A graph that gives the same outputs with fewer nodes.
struct FoldedGraph {
  std::shared_ptr<const Graph> graph;  ///< values keep their indices; new ones stand behind
  std::vector<int> nodes;              ///< of each of its nodes, the node of the graph that it came from
};

/// Takes batch normalisations with fixed statistics, y = (x − mean)·scale/√(variance + ε) + bias, into the
/// convolution before them where nothing else reads that: its filters are scaled and its bias moved, in
/// double, rounded once. The value between the two is made by nobody then. Spares one pass over the maps, and
/// the memory of the value between, for each. Cost: O(weights). Thread-safe.
[[nodiscard]] FoldedGraph foldNormalisations(const std::shared_ptr<const Graph>& graph);

}  // namespace convscope
