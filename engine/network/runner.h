#pragma once

#include "engine/core/memory_budget.h"
#include "engine/network/graph.h"
#include "engine/network/op_call.h"

#include <functional>
#include <memory>
#include <set>
#include <vector>

namespace convscope {

struct RunRequest {
  /// One for each of Graph::inputs; extents that the graph leaves open are filled from them.
  std::vector<Value> inputs;
  /// Whether every activation is kept. What passes half the budget, the other half being for the node at
  /// work, is dropped, largest first, and can be had again by Runner::recompute().
  bool keep = false;
  /// Only what follows from the sizes: float elements of the result may be anything, all shapes are right.
  /// Values that are not float32 are kept. Takes milliseconds where the run takes seconds.
  bool sizesOnly = false;
  std::int64_t budget = memoryBudget();  ///< bytes for activations, the inputs among them
  /// Called after each node with its outputs, where set; an error ends the run.
  std::function<Result<void>(int node, std::span<const Value> outputs)> finished = {};
};

struct NetworkRun {
  std::vector<Value> outputs;            ///< as Graph::outputs
  std::vector<Value> values;             ///< of Graph::valueNames: inputs, and with keep what was kept
  std::vector<Dims> dims;                ///< of every value that was made
  std::vector<double> nodeMilliseconds;  ///< time spent in each node
};

/// Computes a network node by node. Keeps the packed weights of its convolutions between runs over inputs of
/// one size. Thread rule: one call at a time; the graph may be shared.
class Runner {
 public:
  explicit Runner(std::shared_ptr<const Graph> graph);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  [[nodiscard]] const Graph& graph() const { return *m_graph; }

  /// Errors: BadSpec, a sentence that names the input or the node, the sizes and what would fit; TooLarge;
  /// Stopped. Reports progress node by node; polls the stop token in long ones.
  [[nodiscard]] Result<NetworkRun> run(const RunRequest& request, const ComputeContext& context);

  /// Value `value` of a run that kept activations: as kept, or computed again from what was. Errors: those of
  /// run().
  [[nodiscard]] Result<Value> recompute(const NetworkRun& run, int value, const ComputeContext& context);

 private:
  Values computeNode(std::size_t index, std::span<const Value> values, double room, bool sizesOnly,
                     const ComputeContext& context);
  /// Lets go of what node `index` was the last to read.
  void freeUsed(std::size_t index, const std::set<int>& never, bool keepNumbers,
                std::vector<Value>& values) const;

  std::shared_ptr<const Graph> m_graph;
  /// Of each value, whether it follows from the file alone: the same in every run.
  std::vector<bool> m_constant;
  /// Of each value, the last node that reads it; the number of nodes: never freed.
  std::vector<int> m_lastUse;
  std::vector<std::unique_ptr<NodeCache>> m_caches;
};

}  // namespace convscope
