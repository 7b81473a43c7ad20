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

std::vector<double> SoftmaxModel::scores(const double* featureRow) const {
  std::vector<double> values;
  for (int c = 0; c < classes; ++c) {
    const double* const row = weights.data() + static_cast<std::size_t>(c) * (mean.size() + 1);
    double sum = row[features];
    for (int j = 0; j < features; ++j) {
      const auto at = static_cast<std::size_t>(j);
      sum += row[j] * (featureRow[j] - mean[at]) * scale[at];
    }
    values.push_back(sum);
  }
  const double most = *std::ranges::max_element(values);
  double total = 0;
  for (double& value : values) total += value = std::exp(value - most);
  for (double& value : values) value /= total;
  return values;
}

int SoftmaxModel::best(const double* featureRow) const {
  const std::vector<double> values = scores(featureRow);
  return static_cast<int>(std::ranges::max_element(values) - values.begin());
}

double SoftmaxModel::distance(const double* featureRow) const {
  double sum = 0;
  int changed = 0;
  for (int j = 0; j < features; ++j) {
    const auto at = static_cast<std::size_t>(j);
    const double off = (featureRow[j] - mean[at]) * scale[at];
    sum += off * off;
    changed += scale[at] > 0 ? 1 : 0;
  }
  return changed > 0 ? std::sqrt(sum / changed) : 0;
}

SoftmaxModel fitSoftmax(const FeatureTable& table, const std::vector<int>& labels, int classes,
                        const SoftmaxSettings& settings) {
  SoftmaxModel model;
  model.classes = classes;
  model.features = table.columns;
  standardise(table, model);
  model.weights = solveSoftmax({designOf(table, model), labels, table.columns + 1, classes, settings.decay},
                               settings.steps, settings.smallEnough);
  return model;
}

}  // namespace convscope
