#include "engine/network/shift_variant.h"

#include <algorithm>
#include <limits>

namespace convscope {

namespace {

using Wholes = std::vector<std::int64_t>;

Wholes wholesOf(const Node& node, const char* name, const Wholes& otherwise) {
  const auto* given = attribute<Wholes>(node, name);
  return given == nullptr ? otherwise : *given;
}

class Rebuilder {
 public:
  Rebuilder(const Graph& from, const ShiftVariant& variant)
      : m_made(std::make_shared<Graph>(from)), m_variant(variant), m_jumps(from.valueNames.size()) {}

  Result<std::shared_ptr<const Graph>> rebuild() {
    std::vector<Node> nodes;
    nodes.swap(m_made->nodes);
    for (Node& node : nodes) {
      const bool windowed = node.op == "Conv" || node.op == "MaxPool" || node.op == "AveragePool";
      if (windowed) {
        if (auto done = rebuildWindow(node); !done) return tl::unexpected(done.error());
      } else {
        passJumps(node);
      }
      m_made->nodes.push_back(std::move(node));
    }
    return m_made;
  }

 private:
  Wholes jumpsOf(int value, std::size_t axes) const {
    if (value < 0 || m_jumps[static_cast<std::size_t>(value)].size() != axes) return Wholes(axes, 1);
    return m_jumps[static_cast<std::size_t>(value)];
  }

  /// Value by value, and sums of maps that have come as far.
  void passJumps(const Node& node) {
    Wholes jumps;
    for (const int input : node.inputs) {
      if (input >= 0 && m_jumps[static_cast<std::size_t>(input)].size() > jumps.size())
        jumps = m_jumps[static_cast<std::size_t>(input)];
    }
    for (const int output : node.outputs) {
      if (output >= 0) m_jumps[static_cast<std::size_t>(output)] = jumps;
    }
  }

  /// The extents of the window behind those of batch and channels; empty where only a run would tell.
  Wholes kernelOf(const Node& node) const {
    if (node.op != "Conv") return wholesOf(node, "kernel_shape", {});
    const Value* const weights = node.inputs.size() < 2 ? nullptr : m_made->initialiser(node.inputs[1]);
    if (weights == nullptr || weights->rank() < 3) return wholesOf(node, "kernel_shape", {});
    return {weights->dims().begin() + 2, weights->dims().end()};
  }

  Result<void> rebuildWindow(Node& node) {
    const Wholes kernel = kernelOf(node);
    const std::size_t axes = kernel.size();
    if (axes == 0) return fail(ErrorCode::BadSpec, nodeText(node) + " has windows of unknown size.");
    if (const auto* mode = attribute<std::string>(node, "auto_pad");
        mode != nullptr && *mode != "NOTSET" && *mode != "VALID")
      return fail(ErrorCode::BadSpec,
                  nodeText(node) + " is padded by auto_pad, which depends on the clip's size.");
    Wholes strides = wholesOf(node, "strides", Wholes(axes, 1));
    Wholes dilations = wholesOf(node, "dilations", Wholes(axes, 1));
    Wholes pads = wholesOf(node, "pads", Wholes(2 * axes, 0));
    const Wholes jumps = jumpsOf(node.inputs.front(), axes);
    if (m_variant.strideOne) {
      const bool spread = std::ranges::any_of(jumps, [](std::int64_t jump) { return jump > 1; });
      if (node.op == "AveragePool" && spread)
        return fail(ErrorCode::BadSpec,
                    nodeText(node) + " averages behind a stride; its window cannot be spread.");
      Wholes after = jumps;
      for (std::size_t a = 0; a < axes; ++a) {
        after[a] *= strides[a];
        dilations[a] *= jumps[a];
        pads[a] *= jumps[a];
        pads[axes + a] *= jumps[a];
      }
      m_jumps[static_cast<std::size_t>(node.outputs.front())] = after;
      node.attributes["strides"] = Wholes(axes, 1);
      if (node.op != "AveragePool") node.attributes["dilations"] = dilations;
    }
    if (m_variant.wraps) {
      if (auto wrapped = wrap(node, pads, axes); !wrapped) return wrapped;
      pads.assign(2 * axes, 0);
    }
    node.attributes["pads"] = pads;
    return {};
  }

  /// Sets what the node reads between copies of its own other side.
  Result<void> wrap(Node& node, const Wholes& pads, std::size_t axes) {
    constexpr int kSliceByInputs = 10;
    if (m_made->operatorSet < kSliceByInputs)
      return fail(ErrorCode::BadSpec, "The network's operator set " + std::to_string(m_made->operatorSet) +
                                          " is too old for padding that wraps; 10 or newer can be wrapped.");
    for (std::size_t a = 0; a < axes; ++a) {
      std::vector<int> parts;
      const int from = node.inputs.front();
      const auto axis = static_cast<std::int64_t>(a) + 2;
      if (pads[a] > 0)
        parts.push_back(slice(node, from, -pads[a], std::numeric_limits<std::int32_t>::max(), axis));
      parts.push_back(from);
      if (pads[axes + a] > 0) parts.push_back(slice(node, from, 0, pads[axes + a], axis));
      if (parts.size() == 1) continue;
      const int joined = newValue(node.name + " wrapped");
      m_made->nodes.push_back({node.name + " wrap", "Concat", parts, {joined}, {{"axis", axis}}});
      node.inputs.front() = joined;
    }
    return {};
  }

  int slice(const Node& node, int from, std::int64_t start, std::int64_t end, std::int64_t axis) {
    const int made = newValue(node.name + " side");
    m_made->nodes.push_back(
        {node.name + " side", "Slice", {from, number(start), number(end), number(axis)}, {made}, {}});
    return made;
  }
  int number(std::int64_t value) {
    const int made = newValue("number");
    m_made->initialisers[made] = Value(Dims{1}, Wholes{value});
    return made;
  }
  int newValue(const std::string& name) {
    m_made->valueNames.push_back(name);
    m_jumps.emplace_back();
    return static_cast<int>(m_made->valueNames.size()) - 1;
  }

  std::shared_ptr<Graph> m_made;
  ShiftVariant m_variant;
  std::vector<Wholes>
      m_jumps;  ///< of each value along its window axes: cells of the clip that one of its own stands for
};

}  // namespace

Result<std::shared_ptr<const Graph>> underVariant(const std::shared_ptr<const Graph>& graph,
                                                  const ShiftVariant& variant) {
  if (variant == ShiftVariant{}) return graph;
  return Rebuilder(*graph, variant).rebuild();
}

}  // namespace convscope
