#pragma once

#include "engine/classify/clip_features.h"

#include <vector>

namespace convscope {

/// A linear softmax readout of standardised features. Each class may be of several kinds with weights of
/// their own; its score takes them together, and a temperature T evens the scores out:
///   z_kc = b_kc + Σ_j W_kcj · (f_j − mean_j) · scale_j,   p_c = Σ_k exp(z_kc) / Σ exp(z),   score_c ∝
///   p_c^(1/T)
struct SoftmaxModel {
  int classes = 0;
  int kinds = 1;
  int features = 0;
  double temperature = 1;       ///< leaves the order of the scores as it is
  std::vector<double> mean;     ///< of each feature over the training clips
  std::vector<double> scale;    ///< 1 / standard deviation; 0 for a feature that never changed
  std::vector<double> weights;  ///< kinds × classes × (features + 1), row-major; the last of a row is b_kc

  /// Scores of one clip, one a class, in [0, 1]; they add up to 1.
  [[nodiscard]] std::vector<double> scores(const double* featureRow) const;
  /// log p_c of one clip, one a class: without the temperature.
  [[nodiscard]] std::vector<double> logShares(const double* featureRow) const;
  /// The class with the largest score, the first of several.
  [[nodiscard]] int best(const double* featureRow) const;
};

struct SoftmaxSettings {
  double decay = 1e-4;        ///< λ of the penalty λ/2 · Σ W², biases excluded
  int steps = 60;             ///< at most
  double smallEnough = 1e-7;  ///< stops where no entry of the gradient is larger
};

/// Fits the model to rows and their labels (kind · classes + class) by minimising
///   1/n Σ −log softmax(z)_label + λ/2 Σ W²
/// with L-BFGS from zero weights, preconditioned by Böhning's bound on the Hessian, ½ (XᵀX/n + λ). In double
/// on one thread, every sum in one order: the same bits on every run. Needs at least one row.
[[nodiscard]] SoftmaxModel fitSoftmax(const FeatureTable& table, const std::vector<int>& labels, int classes,
                                      int kinds = 1, const SoftmaxSettings& settings = {});

/// The temperature that makes the scores of clips the model has not learned from most likely, least
/// Σ −log score_label, in [kCoolest, kHottest]: it makes scores less sure, never surer. `logShares` holds
/// SoftmaxModel::logShares() of each clip, `labels` their classes.
[[nodiscard]] double calibratedTemperature(const std::vector<std::vector<double>>& logShares,
                                           const std::vector<int>& labels);
inline constexpr double kCoolest = 1;
inline constexpr double kHottest = 20;

}  // namespace convscope
