#pragma once

#include "engine/network/graph.h"

#include <memory>
#include <vector>

namespace convscope {

/// What of a network's layers keeps its maps from following a shifted clip, taken away or left.
struct ShiftVariant {
  /// No stride: every window slides in steps of one cell, and those behind a stride are spread by as much
  /// (dilation times the strides before), so that each unit that was there reads what it read. Between them
  /// stand the units that the strides left out. (Holschneider and others, 1989: "à trous"; Shensa, 1992.)
  bool strideOne = false;
  /// What stands beyond the border is the other side instead of zeros.
  bool wraps = false;
  bool operator==(const ShiftVariant&) const = default;
};

/// The network with the same weights under a variant. Values keep their indices; new ones stand behind.
/// Errors: BadSpec, a sentence that names the node: averages and windows of unknown size under a stride
/// cannot be spread, padding by auto_pad cannot be wrapped. Cost O(nodes). Thread-safe.
[[nodiscard]] Result<std::shared_ptr<const Graph>> underVariant(const std::shared_ptr<const Graph>& graph,
                                                                const ShiftVariant& variant);

}  // namespace convscope
