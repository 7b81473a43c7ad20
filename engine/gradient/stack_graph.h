#pragma once

#include "engine/field/layer_table.h"
#include "engine/field/stack_run.h"
#include "engine/network/graph.h"

#include <memory>
#include <vector>

namespace convscope {

/// A stack as a network that can be run and differentiated, with values for filters that it has none of.
struct StackGraph {
  std::shared_ptr<const Graph> graph;
  int input = -1;         ///< the clip, (1, C, L, H, W)
  std::vector<int> sums;  ///< of each row: what it makes before the ReLU behind a convolution
  std::vector<int> maps;  ///< of each row: what it makes
};

enum class StackForm {
  /// What runStack() runs, map for map.
  AsRun,
  /// The linear network of tables of effective fields: all weights of a layer are equal and add up to 1,
  /// nothing follows a convolution, pools take the mean, gates and other pathways are left out. Maps that are
  /// equal stand as one, weighed by how many they are.
  Linear,
};

/// Rows 0 … `lastRow` of the table as a graph, whose last output is that row's. Errors: TooLarge. Cost
/// O(weights). Thread-safe.
[[nodiscard]] Result<StackGraph> stackGraph(const LayerTable& table, const StackRun& run, StackForm form,
                                            int lastRow);

}  // namespace convscope
