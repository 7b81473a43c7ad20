#pragma once

#include "engine/core/parallel.h"
#include "engine/network/graph.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace convscope {

/// What an operator keeps between two runs of its node: packed weights.
class NodeCache {
 public:
  virtual ~NodeCache() = default;
};

/// Thrown by operators where a node cannot be computed; the runner catches it and returns the error. It never
/// leaves engine/network.
struct OpFailure {
  Error error;
};

/// One node about to be computed: its inputs, its attributes and what it may use. Every failure is an
/// OpFailure whose sentence begins with the node.
class OpCall {
 public:
  const Node& node;
  int operatorSet;
  std::span<const Value> inputs;  ///< as Node::inputs; those left out hold nothing
  bool fixedWeights;              ///< all inputs but the first follow from the file, the same in every run
  const ComputeContext& context;
  double room;  ///< bytes that its outputs may still take
  /// Only the sizes are wanted: float elements may be anything, all others must be right (they make shapes).
  bool sizesOnly;
  std::unique_ptr<NodeCache>& cache;

  [[nodiscard]] bool has(std::size_t input) const { return input < inputs.size() && inputs[input].holds(); }
  /// Input `input`, which must not be left out.
  [[nodiscard]] const Value& in(std::size_t input) const;
  /// The same, which must be of that type.
  [[nodiscard]] const Value& in(std::size_t input, ElementType type) const;
  /// Whether anybody reads output `output`.
  [[nodiscard]] bool wants(std::size_t output) const {
    return output < node.outputs.size() && node.outputs[output] >= 0;
  }

  // Attributes; the second argument is what holds where the file does not give one.
  [[nodiscard]] std::int64_t whole(const std::string& name, std::int64_t otherwise) const;
  [[nodiscard]] float real(const std::string& name, float otherwise) const;
  [[nodiscard]] std::string word(const std::string& name, const std::string& otherwise) const;
  [[nodiscard]] std::vector<std::int64_t> wholes(const std::string& name,
                                                 std::vector<std::int64_t> otherwise = {}) const;
  [[nodiscard]] bool given(const std::string& name) const { return node.attributes.contains(name); }
  /// A list that stands in input `input` or, in older operator sets, in an attribute; empty where in neither.
  [[nodiscard]] std::vector<std::int64_t> wholesOf(std::size_t input, const std::string& name) const;

  /// `axis` counted from the end where it is below 0; rank is that of what it cuts.
  [[nodiscard]] std::size_t axisOf(std::int64_t axis, int rank) const;
  [[nodiscard]] std::vector<std::size_t> axesOf(const std::vector<std::int64_t>& axes, int rank) const;

  /// A new value, checked against the room; float32 is not cleared.
  [[nodiscard]] Value make(ElementType type, Dims dims) const;
  /// The count of dims that came out of the file.
  std::int64_t checked(const Dims& dims) const;
  /// Memory that the operator takes beside its outputs.
  void checkRoom(double bytes) const;

  /// Shares [0, count) out over the pool in ranges of `grain` and more.
  void shareOut(std::int64_t count, std::int64_t grain,
                const std::function<void(std::int64_t begin, std::int64_t end)>& work) const;

  /// Throws: «Node “x” (Conv) » + what + «.»
  [[noreturn]] void refuse(const std::string& what, ErrorCode code = ErrorCode::BadSpec) const;
};

using Values = std::vector<Value>;

/// Axes of several arrays walked together, those merged that lie behind one another in all of them: few long
/// rows.
template <std::size_t Arrays>
struct StridedWalk {
  Dims dims;                                           ///< at least one axis
  std::array<std::vector<std::int64_t>, Arrays> step;  ///< elements from one position to the next; 0 repeats

  [[nodiscard]] std::int64_t rows() const { return productOf(dims, 0, dims.size() - 1); }
  [[nodiscard]] std::int64_t rowLength() const { return dims.back(); }
  /// First elements of row `row`.
  [[nodiscard]] std::array<std::int64_t, Arrays> start(std::int64_t row) const {
    std::array<std::int64_t, Arrays> at{};
    for (std::size_t axis = dims.size() - 1; axis-- > 0;) {
      const std::int64_t index = row % dims[axis];
      row /= dims[axis];
      for (std::size_t array = 0; array < Arrays; ++array) at[array] += index * step[array][axis];
    }
    return at;
  }
};

template <std::size_t Arrays>
StridedWalk<Arrays> mergedWalk(const Dims& dims, const std::array<std::vector<std::int64_t>, Arrays>& step) {
  StridedWalk<Arrays> walk;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (dims[axis] == 1) continue;
    bool follows = !walk.dims.empty();
    for (std::size_t array = 0; follows && array < Arrays; ++array)
      follows = walk.step[array].back() == step[array][axis] * dims[axis];
    if (!follows) walk.dims.push_back(dims[axis]);
    for (std::size_t array = 0; array < Arrays; ++array) {
      if (follows)
        walk.step[array].back() = step[array][axis];
      else
        walk.step[array].push_back(step[array][axis]);
    }
    if (follows) walk.dims.back() *= dims[axis];
  }
  if (walk.dims.empty()) {
    walk.dims.push_back(1);
    for (auto& steps : walk.step) steps.push_back(1);
  }
  return walk;
}

/// Elements between neighbours along each axis of a contiguous array.
[[nodiscard]] std::vector<std::int64_t> stepsOf(const Dims& dims);
/// The shape that two arrays have together, each axis as long as the longer one. Refuses what cannot be
/// brought together.
[[nodiscard]] Dims broadcastDims(const OpCall& call, const Dims& one, const Dims& other);
/// Steps of an array of `dims` along the axes of `out`, 0 where it repeats.
[[nodiscard]] std::vector<std::int64_t> broadcastSteps(const Dims& dims, const Dims& out);

/// The larger of both; not-a-number stays, as in PyTorch, so that one can see where a network blew up.
template <class T>
T largerOf(T largest, T value) {
  return value > largest || value != value ? value : largest;
}

}  // namespace convscope
