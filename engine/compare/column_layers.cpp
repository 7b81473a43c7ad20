#include "engine/compare/column_layers.h"

#include "engine/study/network_study.h"

namespace convscope {

std::vector<ColumnLayer> columnLayers(const NetworkResult& network) {
  std::vector<ColumnLayer> layers;
  int depth = 0;
  for (const LayerGroup& group : network.groups) {
    const bool convolution = network.nodeOf(group.first).op == "Conv";
    if (convolution && (depth == 0 || !isSecondHalf(network, group))) ++depth;
    const ClipAxes& axes = network.layers.values[static_cast<std::size_t>(group.last)].axes;
    const Shape& output = network.row(group.last).output;
    if (axes[1] < 0 || axes[2] < 0 || output.height * output.width < 2) continue;
    layers.push_back({group.last, group.name, depth, convolution});
  }
  return layers;
}

int layerAtDepth(const std::vector<ColumnLayer>& layers, int depth) {
  int found = -1;
  for (int i = 0; i < static_cast<int>(layers.size()); ++i) {
    const ColumnLayer& layer = layers[static_cast<std::size_t>(i)];
    if (found < 0 || (layer.convolution && layer.depth <= depth)) found = i;
  }
  return found;
}

Result<int> columnRow(const NetworkResult& network, const std::string& layer) {
  return layer.empty() ? firstLookRow(network) : rowNamed(network, layer);
}

}  // namespace convscope
