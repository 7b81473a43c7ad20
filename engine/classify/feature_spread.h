#pragma once

#include "engine/classify/clip_features.h"

#include <vector>

namespace convscope {

/// How clips lie around their average, and how far another clip lies from them (Mahalanobis 1936), heeding
/// that features go together:
///   distance = √(1/J zᵀ (S + εI)⁻¹ z),   z_j = (f_j − mean_j) · scale_j
/// with the J features that changed at all, their correlations S and ε = 0.01; about 1 for one of the clips.
struct FeatureSpread {
  std::vector<int> used;      ///< the features that changed
  std::vector<double> mean;   ///< of each of them
  std::vector<double> scale;  ///< 1 / standard deviation
  std::vector<double> factor;  ///< Cholesky's lower triangle of S + εI, rows one behind the other: 1, 2, …, J

  /// 0 where no feature changed.
  [[nodiscard]] double distance(const double* featureRow) const;
};

/// The spread of the first `rows` rows. Every sum in one order: the same bits on every run.
[[nodiscard]] FeatureSpread spreadOf(const FeatureTable& table, int rows);

}  // namespace convscope
