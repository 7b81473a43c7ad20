#pragma once

#include "engine/network/graph.h"

#include <vector>

namespace convscope {

struct ClassScore {
  std::int64_t index = 0;  ///< of the class, from 0
  double score = 0;        ///< as the network gives it
  double probability = 0;
};

struct NetworkScores {
  /// How the probabilities came of the scores: by a soft-max that the network lacks, by the network's own, or
  /// as the exponential of its log-soft-max.
  enum class From { SoftMax, Network, Logarithm };
  From from = From::SoftMax;
  std::vector<std::vector<ClassScore>> clips;  ///< of the batch: the best first, equal ones by index
};

/// The `count` largest scores of each clip in `output`, the last of the graph's outputs: (N, classes, 1 …),
/// or (classes) for a single clip. Errors: BadSpec where it is no list of float32 scores.
[[nodiscard]] Result<NetworkScores> largestScores(const Graph& graph, const Value& output, std::size_t count);

}  // namespace convscope
