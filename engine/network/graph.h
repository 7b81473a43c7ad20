#pragma once

#include "engine/network/value.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace convscope {

/// What an operator is told beside its inputs.
using Attribute = std::variant<std::int64_t, float, std::string, Value, std::vector<std::int64_t>,
                               std::vector<float>, std::vector<std::string>>;

/// One operation of a network. Values are named by their index in Graph::valueNames; −1 is one left out.
struct Node {
  std::string name;  ///< the file's, or operator and number where it gives none; for sentences and tables
  std::string op;    ///< "Conv"
  std::vector<int> inputs;
  std::vector<int> outputs;
  std::map<std::string, Attribute> attributes;
};

/// One extent of an input: a number, or open (then perhaps with a name, which stands for the same number
/// everywhere).
struct InputExtent {
  std::optional<std::int64_t> fixed;
  std::string name;
};

/// A value that a run must be given.
struct GraphInput {
  int value = -1;
  ElementType type = ElementType::Float32;
  std::optional<std::vector<InputExtent>> dims;  ///< nothing: the file does not say, not even the rank
};

/// A network in an order in which every node reads graph inputs, initialisers and outputs of earlier nodes
/// alone; each value is made once. Immutable once read, then thread-safe.
struct Graph {
  std::string name;
  int operatorSet = 0;
  std::vector<std::string> valueNames;
  std::map<int, Value> initialisers;
  std::vector<GraphInput> inputs;
  std::vector<int> outputs;
  std::vector<Node> nodes;

  [[nodiscard]] const Value* initialiser(int value) const {
    const auto found = initialisers.find(value);
    return found == initialisers.end() ? nullptr : &found->second;
  }
};

/// The node's attribute of that type, or nothing.
template <class T>
[[nodiscard]] const T* attribute(const Node& node, const std::string& name) {
  const auto found = node.attributes.find(name);
  return found == node.attributes.end() ? nullptr : std::get_if<T>(&found->second);
}

/// «Node “layer1.0/conv” (Conv)»: the subject of sentences about a node.
[[nodiscard]] std::string nodeText(const Node& node);

/// A name from a file for a sentence of one line: no control characters, 80 bytes at most.
[[nodiscard]] std::string nameForText(const std::string& name);

/// "16 × 3 × ? × 112 × width": an input's extents as declared.
[[nodiscard]] std::string dimsText(const std::vector<InputExtent>& dims);

}  // namespace convscope
