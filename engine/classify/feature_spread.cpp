#include "engine/classify/feature_spread.h"

#include <cmath>

namespace convscope {

namespace {

constexpr double kRidge = 0.01;

/// Cholesky's factor in place; row r of the triangle starts at r (r + 1) / 2.
void factorise(std::vector<double>& triangle, std::size_t size) {
  for (std::size_t r = 0; r < size; ++r) {
    double* const row = triangle.data() + r * (r + 1) / 2;
    for (std::size_t c = 0; c <= r; ++c) {
      const double* const other = triangle.data() + c * (c + 1) / 2;
      double sum = row[c];
      for (std::size_t k = 0; k < c; ++k) sum -= row[k] * other[k];
      row[c] = r == c ? std::sqrt(sum) : sum / other[c];
    }
  }
}

void standardise(const FeatureTable& table, int rows, FeatureSpread& spread) {
  constexpr double kNoChange = 1e-9;  // of the mean: below it, a feature's changes are rounding
  for (int j = 0; j < table.columns; ++j) {
    double mean = 0;
    for (int i = 0; i < rows; ++i) mean += table.row(i)[j] / rows;
    double variance = 0;
    for (int i = 0; i < rows; ++i) {
      const double off = table.row(i)[j] - mean;
      variance += off * off / rows;
    }
    const double deviation = std::sqrt(variance);
    if (!(deviation > kNoChange * std::abs(mean)) || !(deviation > 0)) continue;
    spread.used.push_back(j);
    spread.mean.push_back(mean);
    spread.scale.push_back(1 / deviation);
  }
}

std::vector<double> standardised(const FeatureSpread& spread, const double* row) {
  std::vector<double> z;
  for (std::size_t j = 0; j < spread.used.size(); ++j)
    z.push_back((row[spread.used[j]] - spread.mean[j]) * spread.scale[j]);
  return z;
}

}  // namespace

double FeatureSpread::distance(const double* featureRow) const {
  std::vector<double> z = standardised(*this, featureRow);
  double sum = 0;
  for (std::size_t r = 0; r < z.size(); ++r) {
    const double* const row = factor.data() + r * (r + 1) / 2;
    double value = z[r];
    for (std::size_t c = 0; c < r; ++c) value -= row[c] * z[c];
    z[r] = value / row[r];
    sum += z[r] * z[r];
  }
  return z.empty() ? 0 : std::sqrt(sum / static_cast<double>(z.size()));
}

FeatureSpread spreadOf(const FeatureTable& table, int rows) {
  FeatureSpread spread;
  standardise(table, rows, spread);
  const std::size_t size = spread.used.size();
  spread.factor.assign(size * (size + 1) / 2, 0);
  for (int i = 0; i < rows; ++i) {
    const std::vector<double> z = standardised(spread, table.row(i));
    double* to = spread.factor.data();
    for (std::size_t r = 0; r < size; ++r) {
      for (std::size_t c = 0; c <= r; ++c) *to++ += z[r] * z[c];
    }
  }
  for (double& value : spread.factor) value /= rows;
  for (std::size_t r = 0; r < size; ++r) spread.factor[r * (r + 1) / 2 + r] += kRidge;
  factorise(spread.factor, size);
  return spread;
}

}  // namespace convscope
