#include "engine/network/fold.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace convscope {

namespace {

/// How often each value is read, outputs of the graph counted.
std::vector<int> readersOf(const Graph& graph) {
  std::vector<int> readers(graph.valueNames.size(), 0);
  for (const Node& node : graph.nodes) {
    for (const int input : node.inputs) {
      if (input >= 0) ++readers[static_cast<std::size_t>(input)];
    }
  }
  for (const int output : graph.outputs) ++readers[static_cast<std::size_t>(output)];
  return readers;
}

/// float32 values of an initialiser with `count` elements.
std::optional<std::span<const float>> fixedValues(const Graph& graph, const Node& node, std::size_t input,
                                                  std::int64_t count) {
  if (input >= node.inputs.size() || node.inputs[input] < 0) return std::nullopt;
  const Value* const value = graph.initialiser(node.inputs[input]);
  if (value == nullptr || value->type() != ElementType::Float32 || value->count() != count)
    return std::nullopt;
  return value->values<float>();
}

class Folder {
 public:
  explicit Folder(const std::shared_ptr<const Graph>& graph)
      : m_from(*graph), m_made(std::make_shared<Graph>(*graph)) {}

  FoldedGraph fold() {
    const std::vector<int> readers = readersOf(m_from);
    std::vector<bool> gone(m_from.nodes.size(), false);
    for (std::size_t i = 0; i < m_from.nodes.size(); ++i) {
      const Node& norm = m_from.nodes[i];
      if (norm.op != "BatchNormalization" || norm.inputs.size() < 5 || hasFurtherOutputs(norm)) continue;
      const int between = norm.inputs.front();
      const auto conv = std::ranges::find_if(m_from.nodes, [&](const Node& node) {
        return node.op == "Conv" && node.outputs.size() == 1 && node.outputs.front() == between;
      });
      if (conv == m_from.nodes.end() || readers[static_cast<std::size_t>(between)] != 1) continue;
      gone[i] = take(static_cast<std::size_t>(conv - m_from.nodes.begin()), norm);
    }
    FoldedGraph folded;
    std::vector<Node> kept;
    for (std::size_t i = 0; i < m_made->nodes.size(); ++i) {
      if (gone[i]) continue;
      kept.push_back(std::move(m_made->nodes[i]));
      folded.nodes.push_back(static_cast<int>(i));
    }
    m_made->nodes = std::move(kept);
    folded.graph = std::move(m_made);
    return folded;
  }

 private:
  static bool hasFurtherOutputs(const Node& node) {
    const auto* training = attribute<std::int64_t>(node, "training_mode");
    return (training != nullptr && *training != 0) ||
           std::ranges::any_of(node.outputs.begin() + 1, node.outputs.end(),
                               [](int one) { return one >= 0; });
  }

  int addValue(const std::string& name, Value value) {
    const auto index = static_cast<int>(m_made->valueNames.size());
    m_made->valueNames.push_back(name);
    m_made->initialisers.emplace(index, std::move(value));
    return index;
  }

  /// False where a number that is needed is no fixed one.
  bool take(std::size_t at, const Node& norm) {
    const Node& conv = m_from.nodes[at];
    const Value* const weights = conv.inputs.size() > 1 ? m_from.initialiser(conv.inputs[1]) : nullptr;
    if (weights == nullptr || weights->type() != ElementType::Float32 || weights->rank() < 3) return false;
    const std::int64_t filters = weights->dims().front();
    std::array<std::span<const float>, 4> numbers;  // scale, bias, mean, variance
    for (std::size_t i = 0; i < 4; ++i) {
      const auto values = fixedValues(m_from, norm, i + 1, filters);
      if (!values) return false;
      numbers[i] = *values;
    }
    const bool biased = conv.inputs.size() > 2 && conv.inputs[2] >= 0;
    const auto own = biased ? fixedValues(m_from, conv, 2, filters) : std::nullopt;
    if ((biased && !own) || filters == 0) return false;
    const auto* said = attribute<float>(norm, "epsilon");
    const double epsilon = said == nullptr ? 1e-5 : double{*said};
    Value scaled = Value::uninitialised(ElementType::Float32, weights->dims());
    Value bias = Value::uninitialised(ElementType::Float32, {filters});
    const std::span<const float> from = weights->values<float>();
    const std::span<float> to = scaled.fill<float>(), biases = bias.fill<float>();
    const std::size_t each = from.size() / static_cast<std::size_t>(filters);
    for (std::size_t f = 0; f < static_cast<std::size_t>(filters); ++f) {
      const double factor = double{numbers[0][f]} / std::sqrt(double{numbers[3][f]} + epsilon);
      for (std::size_t k = f * each; k < (f + 1) * each; ++k)
        to[k] = static_cast<float>(double{from[k]} * factor);
      const double before = own ? double{(*own)[f]} : 0;
      biases[f] = static_cast<float>((before - double{numbers[2][f]}) * factor + double{numbers[1][f]});
    }
    Node& made = m_made->nodes[at];
    made.inputs = {conv.inputs[0],
                   addValue(m_from.valueNames[static_cast<std::size_t>(conv.inputs[1])], std::move(scaled)),
                   addValue(norm.name + " folded", std::move(bias))};
    made.outputs = {norm.outputs.front()};
    return true;
  }

  const Graph& m_from;
  std::shared_ptr<Graph> m_made;
};

}  // namespace

FoldedGraph foldNormalisations(const std::shared_ptr<const Graph>& graph) {
  return Folder(graph).fold();
}

}  // namespace convscope
