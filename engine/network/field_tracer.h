#pragma once

#include "engine/field/axis_reach.h"
#include "engine/network/op_window.h"
#include "engine/network/runner.h"

#include <array>
#include <optional>

namespace convscope {

/// Which axes of a value are t, y and x; −1: it has none such, and its extent along it is 1.
using ClipAxes = std::array<int, 3>;

/// Extents along t, y and x.
[[nodiscard]] Triple extentAlong(const Dims& dims, const ClipAxes& axes);

/// How a node reads one input, and where the input's axes are in its output.
struct TracedEdge {
  std::array<AxisReach, 3> reach{};
  ClipAxes axes{-1, -1, -1};
  /// Statistics of the whole axis reach every output beside that.
  std::array<bool, 3> gated{};
};

/// A node of a network whose sizes are known, from a run with RunRequest::sizesOnly.
struct SizedNode {
  const Graph& graph;
  const NetworkRun& sizes;
  const Node& node;

  [[nodiscard]] const Dims& inputDims(std::size_t input) const;
  [[nodiscard]] const Dims& outputDims(std::size_t output) const;
  /// The window of a convolution or a pool; nothing for other nodes.
  [[nodiscard]] std::optional<OpWindow> window() const;
};

/// How output `output` depends on input `input`, whose axes are given; nothing where it does not depend on
/// the input's elements.
[[nodiscard]] std::optional<TracedEdge> tracedEdge(const SizedNode& node, std::size_t input,
                                                   std::size_t output, const ClipAxes& axes);

}  // namespace convscope
