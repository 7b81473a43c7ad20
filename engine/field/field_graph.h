#pragma once

#include "engine/core/shape.h"
#include "engine/field/axis_reach.h"

#include <array>
#include <vector>

namespace convscope {

/// How one layer reads one of its inputs.
struct FieldEdge {
  int from = 0;                      ///< index of an earlier node
  std::array<AxisReach, 3> reach{};  ///< t, y, x
  /// A gate computed from the whole of its input (squeeze-excitation), beside a path that is not: may be left
  /// out of the count, or every field behind it is the whole clip.
  bool gate = false;
};

/// One layer, or the clip itself, which reads nothing.
struct FieldNode {
  Triple extent;  ///< L′, H′, W′
  std::vector<FieldEdge> inputs;
};

/// What depends on what: nodes in an order in which each reads earlier ones alone; node 0 is the clip. Any
/// network can be written so: a stack, branches that are added or joined (their fields unite), gates.
using FieldGraph = std::vector<FieldNode>;

enum class Gates { Count, LeaveOut };
enum class Borders {
  Ideal,  ///< as if every map went on for ever: boxes reach into the padding, as tables of receptive fields
          ///< count
  Real,   ///< positions that exist alone: padding holds no information of the clip
};

/// Positions along t, y and x; the unit depends on (or feeds) what lies at one of each. Empty on every axis:
/// nothing.
using Box = std::array<Positions, 3>;

/// Receptive field of each node's units on the clip, t, y, x, padding counted (Borders::Ideal). Cost
/// O(edges). Thread-safe, as all here.
[[nodiscard]] std::vector<std::array<AxisField, 3>> fieldsOf(const FieldGraph& graph, Gates gates);

/// Whether a node's units see the whole clip through a gate or a window as large as its input, for each node.
[[nodiscard]] std::vector<bool> seesWhole(const FieldGraph& graph);

/// Of every node, what unit `unit` of node `node` depends on: its own position there, nothing in later nodes.
/// Exact on each axis: the positions are those that some chain of taps meets, with the gaps of dilation and
/// stride. Where several branches see different boxes, each axis holds what any of them sees.
[[nodiscard]] std::vector<Box> seenBy(const FieldGraph& graph, int node, const Triple& unit, Borders borders,
                                      Gates gates);

/// Of every node, the units that depend on position `at` of node `node`.
[[nodiscard]] std::vector<Box> reachedFrom(const FieldGraph& graph, int node, const Triple& at, Gates gates);

/// The part of the smallest cuboid around `box` that lies outside `extent`, 0 … 1: what of a receptive field
/// is padding. 0 for an empty box.
[[nodiscard]] double paddingShare(const Box& box, const Triple& extent);

}  // namespace convscope
