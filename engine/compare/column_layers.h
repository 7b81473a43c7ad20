#pragma once

#include "engine/study/network_result.h"

#include <string>
#include <vector>

namespace convscope {

/// A layer of a network whose maps can stand beside those of a kernel: its cells have places on the clip.
struct ColumnLayer {
  int row = 0;       ///< of the network's table, the last one of the layer
  std::string name;  ///< as NetworkStudy::layer takes it
  /// Convolutions from the clip to it, itself included; one over time alone is the second half of the one
  /// before it, as in (2+1)D.
  int depth = 0;
  bool convolution = false;  ///< it is one; else it pools, adds or joins what such ones made
};
/// In the order of the network. Layers of a single cell in space, which see all of the clip, are left out.
[[nodiscard]] std::vector<ColumnLayer> columnLayers(const NetworkResult& network);

/// Index of the layer that stands for `depth`: the last convolution of that depth, or the deepest of those
/// above it; −1 where there are no layers.
[[nodiscard]] int layerAtDepth(const std::vector<ColumnLayer>& layers, int depth);

/// The row whose maps a column shows: that of NetworkStudy::layer, or firstLookRow() where it names none.
/// Errors: those of rowNamed(). Cost O(rows).
[[nodiscard]] Result<int> columnRow(const NetworkResult& network, const std::string& layer);

}  // namespace convscope
