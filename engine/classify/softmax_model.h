#pragma once

#include "engine/classify/clip_features.h"

#include <vector>

namespace convscope {

/// A linear softmax readout of standardised features:
///   z_c = b_c + Σ_j W_cj · (f_j − mean_j) · scale_j,   score_c = exp(z_c) / Σ exp(z)
struct SoftmaxModel {
  int classes = 0;
  int features = 0;
  std::vector<double> mean;     ///< of each feature over the training clips
  std::vector<double> scale;    ///< 1 / standard deviation; 0 for a feature that never changed
  std::vector<double> weights;  ///< classes × (features + 1), row-major; the last of a row is b_c

  /// Scores of one clip, one a class, in [0, 1]; they add up to 1.
  [[nodiscard]] std::vector<double> scores(const double* featureRow) const;
  /// The class with the largest score, the first of several.
  [[nodiscard]] int best(const double* featureRow) const;
  /// How far a clip lies from the training clips' average, in standard deviations of each feature:
  ///   √(1/J Σ_j ((f_j − mean_j) · scale_j)²) over the J features that changed; about 1 for a training clip.
  [[nodiscard]] double distance(const double* featureRow) const;
};

struct SoftmaxSettings {
  double decay = 3e-4;        ///< λ of the penalty λ/2 · Σ W², biases excluded
  int steps = 60;             ///< at most
  double smallEnough = 1e-7;  ///< stops where no entry of the gradient is larger
};

/// Fits the model to rows and their labels (0 … classes − 1) by minimising
///   1/n Σ −log score_label + λ/2 Σ W²
/// with L-BFGS from zero weights, preconditioned by Böhning's bound on the Hessian, ½ (XᵀX/n + λ). In double
/// on one thread, every sum in one order: the same bits on every run. Needs at least one row.
[[nodiscard]] SoftmaxModel fitSoftmax(const FeatureTable& table, const std::vector<int>& labels, int classes,
                                      const SoftmaxSettings& settings = {});

}  // namespace convscope
