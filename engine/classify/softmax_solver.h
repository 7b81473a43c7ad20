#pragma once

#include <vector>

namespace convscope {

/// minimise 1/n Σ_i −log softmax(W x_i)[label_i] + decay/2 · Σ W², the last column of W (bias) not penalised.
struct SoftmaxProblem {
  std::vector<double> design;  ///< n × width, row-major; the last entry of each row is 1
  std::vector<int> labels;     ///< n values in 0 … classes − 1
  int width = 1;
  int classes = 2;
  double decay = 0;

  /// The objective at `weights` (classes × width) and its gradient, of the same layout.
  [[nodiscard]] double valueAt(const std::vector<double>& weights, std::vector<double>& gradient) const;
};

/// L-BFGS with backtracking from zero weights; see fitSoftmax(). Deterministic, one thread.
[[nodiscard]] std::vector<double> solveSoftmax(const SoftmaxProblem& problem, int mostSteps,
                                               double smallEnough);

}  // namespace convscope
