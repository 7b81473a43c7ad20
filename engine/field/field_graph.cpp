#include "engine/field/field_graph.h"

#include <algorithm>
#include <cassert>

namespace convscope {

namespace {

bool counts(const FieldEdge& edge, Gates gates) {
  return !edge.gate || gates == Gates::Count;
}

bool isEmpty(const Box& box) {
  return std::ranges::any_of(box, [](const Positions& positions) { return positions.empty(); });
}

/// A branch that sees nothing on one axis sees nothing at all.
void unite(Box& box, const Box& further) {
  if (isEmpty(further)) return;
  for (std::size_t axis = 0; axis < 3; ++axis) box[axis] = united(box[axis], further[axis]);
}

Box single(const Triple& at) {
  return {Positions{at.t}, Positions{at.y}, Positions{at.x}};
}

bool isWhole(const FieldEdge& edge, const Triple& extent) {
  return std::ranges::all_of(kAxes, [&](Axis axis) {
    const AxisReach& reach = edge.reach[static_cast<std::size_t>(axis)];
    return reach.kind == AxisReach::Kind::Whole ||
           (reach.kernel >= extent[axis] && reach.dilation == 1 && extent.product() > 1);
  });
}

}  // namespace

std::vector<std::array<AxisField, 3>> fieldsOf(const FieldGraph& graph, Gates gates) {
  std::vector<std::array<AxisField, 3>> fields(graph.size());
  for (std::size_t node = 1; node < graph.size(); ++node) {
    bool first = true;
    for (const FieldEdge& edge : graph[node].inputs) {
      if (!counts(edge, gates)) continue;
      const auto from = static_cast<std::size_t>(edge.from);
      assert(from < node);
      for (const Axis axis : kAxes) {
        const auto a = static_cast<std::size_t>(axis);
        const AxisField field = through(fields[from][a], edge.reach[a], graph[from].extent[axis]);
        fields[node][a] = first ? field : united(fields[node][a], field);
      }
      first = false;
    }
  }
  return fields;
}

std::vector<bool> seesWhole(const FieldGraph& graph) {
  std::vector<bool> whole(graph.size(), false);
  for (std::size_t node = 1; node < graph.size(); ++node) {
    whole[node] = std::ranges::any_of(graph[node].inputs, [&](const FieldEdge& edge) {
      const auto from = static_cast<std::size_t>(edge.from);
      return whole[from] || isWhole(edge, graph[from].extent);
    });
  }
  return whole;
}

std::vector<Box> seenBy(const FieldGraph& graph, int node, const Triple& unit, Borders borders, Gates gates) {
  std::vector<Box> seen(graph.size());
  seen[static_cast<std::size_t>(node)] = single(unit);
  for (int at = node; at > 0; --at) {
    const auto index = static_cast<std::size_t>(at);
    if (isEmpty(seen[index])) continue;
    for (const FieldEdge& edge : graph[index].inputs) {
      if (!counts(edge, gates)) continue;
      const auto from = static_cast<std::size_t>(edge.from);
      Box box;
      for (const Axis axis : kAxes) {
        const auto a = static_cast<std::size_t>(axis);
        const int extent = graph[from].extent[axis];
        box[a] = inputsOf(edge.reach[a], seen[index][a], extent);
        if (borders == Borders::Real) box[a] = clipped(std::move(box[a]), extent);
      }
      unite(seen[from], box);
    }
  }
  return seen;
}

std::vector<Box> reachedFrom(const FieldGraph& graph, int node, const Triple& at, Gates gates) {
  std::vector<Box> reached(graph.size());
  reached[static_cast<std::size_t>(node)] = single(at);
  for (auto index = static_cast<std::size_t>(node) + 1; index < graph.size(); ++index) {
    for (const FieldEdge& edge : graph[index].inputs) {
      const Box& from = reached[static_cast<std::size_t>(edge.from)];
      if (!counts(edge, gates) || isEmpty(from)) continue;
      Box box;
      for (const Axis axis : kAxes) {
        const auto a = static_cast<std::size_t>(axis);
        box[a] = outputsOf(edge.reach[a], from[a], graph[index].extent[axis]);
      }
      unite(reached[index], box);
    }
  }
  return reached;
}

double paddingShare(const Box& box, const Triple& extent) {
  if (isEmpty(box)) return 0;
  double whole = 1;
  double inside = 1;
  for (const Axis axis : kAxes) {
    const Positions& positions = box[static_cast<std::size_t>(axis)];
    const int first = positions.front();
    const int last = positions.back();
    whole *= last - first + 1;
    inside *= std::max(0, std::min(last, extent[axis] - 1) - std::max(first, 0) + 1);
  }
  return 1 - inside / whole;
}

}  // namespace convscope
