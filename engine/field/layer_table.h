#pragma once

#include "engine/field/field_graph.h"
#include "engine/field/stack_spec.h"

#include <cstdint>

namespace convscope {

/// Everything that follows from the sizes of one layer of a stack.
struct LayerRow {
  LayerSpec layer;  ///< with groups, filters and kernel filled in where they follow from the input
  int inputChannels = 0;
  Shape output;
  std::array<AxisPadding, 3> padding{};  ///< resolved, t, y, x
  std::array<AxisField, 3> field{};      ///< on the clip, t, y, x; gates (squeeze-excitation) left out
  bool seesWhole = false;                ///< through a gate, a global pool or a fully connected layer
  std::int64_t weights = 0;              ///< biases and the two of batch normalisation counted
  std::int64_t multiplyAdds = 0;  ///< of convolutions and fully connected layers, padding's products counted
  std::int64_t outputBytes = 0;   ///< float32
};

struct LayerTable {
  StackSpec stack;  ///< expanded(): one layer for each row
  std::vector<LayerRow> rows;
  FieldGraph graph;          ///< node 0 is the clip, node i + 1 is row i
  std::int64_t weights = 0;  ///< sums over the rows
  std::int64_t multiplyAdds = 0;
  std::int64_t outputBytes = 0;
};

/// Works out a stack row by row. Per axis a window layer gives
///   out = floor((in + before + after − dilation·(kernel − 1) − 1) / stride) + 1
/// and the field grows as AxisField says; branches unite. Errors: BadSpec, a sentence that names the layer,
/// the axis and the numbers: a kernel longer than its padded input, numbers out of range, groups that divide
/// neither channels nor filters, inputs that are no earlier layer, shapes that cannot be added or joined,
/// more than kMaxLayers layers; its place tells the layer of `stack`, the setting and the axis. Cost
/// O(layers). Thread-safe.
[[nodiscard]] Result<LayerTable> tableOf(const StackSpec& stack);

/// The table as CSV, one row a layer, numbers with a point whatever the system's language, triples as t×y×x:
///   name,kernel,stride,padding,output,jump,start,field,weights,multiply-adds,first
/// start: centre of the first unit's field; first: its first input position, below 0 in the padding. Padding
/// that differs before and after reads before:after. Layers without a kernel leave kernel, stride and padding
/// empty.
[[nodiscard]] std::string tableCsv(const LayerTable& table);

}  // namespace convscope
