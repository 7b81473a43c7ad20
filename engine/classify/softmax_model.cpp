#include "engine/classify/softmax_model.h"

#include "engine/classify/softmax_solver.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

/// Standardised rows with a 1 behind each, for the bias.
std::vector<double> designOf(const FeatureTable& table, const SoftmaxModel& model) {
  const auto width = static_cast<std::size_t>(table.columns) + 1;
  std::vector<double> design(width * static_cast<std::size_t>(table.rows));
  for (int i = 0; i < table.rows; ++i) {
    double* const to = design.data() + static_cast<std::size_t>(i) * width;
    for (int j = 0; j < table.columns; ++j) {
      const auto at = static_cast<std::size_t>(j);
      to[j] = (table.row(i)[j] - model.mean[at]) * model.scale[at];
    }
    to[table.columns] = 1;
  }
  return design;
}

void standardise(const FeatureTable& table, SoftmaxModel& model) {
  constexpr double kNoChange = 1e-9;  // of the mean: below it, a feature's changes are rounding
  for (int j = 0; j < table.columns; ++j) {
    double mean = 0;
    for (int i = 0; i < table.rows; ++i) mean += table.row(i)[j] / table.rows;
    double variance = 0;
    for (int i = 0; i < table.rows; ++i) {
      const double off = table.row(i)[j] - mean;
      variance += off * off / table.rows;
    }
    const double deviation = std::sqrt(variance);
    model.mean.push_back(mean);
    model.scale.push_back(deviation > kNoChange * std::abs(mean) && deviation > 0 ? 1 / deviation : 0);
  }
}

}  // namespace

std::vector<double> SoftmaxModel::logShares(const double* featureRow) const {
  std::vector<double> values;
  for (int row = 0; row < kinds * classes; ++row) {
    const double* const w = weights.data() + static_cast<std::size_t>(row) * (mean.size() + 1);
    double sum = w[features];
    for (int j = 0; j < features; ++j) {
      const auto at = static_cast<std::size_t>(j);
      sum += w[j] * (featureRow[j] - mean[at]) * scale[at];
    }
    values.push_back(sum);
  }
  // Each class's kinds by themselves first: a class far behind must not lose its last digits to the first.
  std::vector<double> logs;
  for (int c = 0; c < classes; ++c) {
    double most = values[static_cast<std::size_t>(c)];
    for (int k = 1; k < kinds; ++k) most = std::max(most, values[static_cast<std::size_t>(k * classes + c)]);
    double sum = 0;
    for (int k = 0; k < kinds; ++k) sum += std::exp(values[static_cast<std::size_t>(k * classes + c)] - most);
    logs.push_back(most + std::log(sum));
  }
  const double most = *std::ranges::max_element(logs);
  double total = 0;
  for (const double value : logs) total += std::exp(value - most);
  for (double& value : logs) value -= most + std::log(total);
  return logs;
}

std::vector<double> SoftmaxModel::scores(const double* featureRow) const {
  std::vector<double> values = logShares(featureRow);
  const double most = *std::ranges::max_element(values);
  double total = 0;
  for (double& value : values) total += value = std::exp((value - most) / temperature);
  for (double& value : values) value /= total;
  return values;
}

int SoftmaxModel::best(const double* featureRow) const {
  const std::vector<double> values = logShares(featureRow);
  return static_cast<int>(std::ranges::max_element(values) - values.begin());
}

SoftmaxModel fitSoftmax(const FeatureTable& table, const std::vector<int>& labels, int classes, int kinds,
                        const SoftmaxSettings& settings) {
  SoftmaxModel model;
  model.classes = classes;
  model.kinds = kinds;
  model.features = table.columns;
  standardise(table, model);
  model.weights =
      solveSoftmax({designOf(table, model), labels, table.columns + 1, classes * kinds, settings.decay},
                   settings.steps, settings.smallEnough);
  return model;
}

double calibratedTemperature(const std::vector<std::vector<double>>& logShares,
                             const std::vector<int>& labels) {
  // The objective is convex in 1/T, its slope Σ (mean of log p under the scores − log p_label): halve the
  // interval of log T.
  const auto tooSure = [&](double temperature) {
    double slope = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const std::vector<double>& logs = logShares[i];
      const double most = *std::ranges::max_element(logs);
      double total = 0;
      double mean = 0;
      for (const double value : logs) {
        const double share = std::exp((value - most) / temperature);
        total += share;
        mean += share * value;
      }
      slope += mean / total - logs[static_cast<std::size_t>(labels[i])];
    }
    return slope > 0;
  };
  if (!tooSure(kCoolest)) return kCoolest;
  double low = std::log(kCoolest);
  double high = std::log(kHottest);
  constexpr int kHalvings = 16;  // to 1 in 20 000
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (tooSure(std::exp(middle)) ? low : high) = middle;
  }
  return std::exp(low);
}

}  // namespace convscope
