#include "engine/conv/preset_tools.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace convscope::presets {

std::vector<float> outer(const Taps& t, const Taps& y, const Taps& x, double scale) {
  std::vector<float> values;
  values.reserve(t.size() * y.size() * x.size());
  for (const double a : t) {
    for (const double b : y) {
      for (const double c : x) values.push_back(static_cast<float>(a * b * c * scale));
    }
  }
  return values;
}

std::vector<float> toFloats(const Taps& values, double scale) {
  std::vector<float> result;
  result.reserve(values.size());
  for (const double value : values) result.push_back(static_cast<float>(value * scale));
  return result;
}

Taps binomial(int count) {
  Taps row{1};
  while (static_cast<int>(row.size()) < count) {
    row.push_back(0);
    for (std::size_t i = row.size() - 1; i > 0; --i) row[i] = (row[i] + row[i - 1]) / 2;
    row[0] /= 2;
  }
  return row;
}

Taps gaussian(int count, double sigma) {
  Taps row;
  for (int i = 0; i < count; ++i) {
    const double x = i - (count - 1) / 2.0;
    row.push_back(std::exp(-x * x / (2 * sigma * sigma)));
  }
  const double sum = std::accumulate(row.begin(), row.end(), 0.0);
  for (double& value : row) value /= sum;
  return row;
}

Taps balanced(Taps values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  double magnitude = 0;
  for (double& value : values) {
    value -= mean;
    magnitude += std::abs(value);
  }
  for (double& value : values) value /= magnitude;
  return values;
}

Taps reversed(Taps values) {
  std::ranges::reverse(values);
  return values;
}

KernelPreset fixedPreset(std::string id, std::string name, std::string group, std::string shows,
                         const Triple& kernel, std::vector<float> values) {
  assert(static_cast<std::int64_t>(values.size()) == kernel.product());
  KernelPreset preset;
  preset.id = std::move(id);
  preset.name = std::move(name);
  preset.group = std::move(group);
  preset.shows = std::move(shows);
  preset.kernel = kernel;
  preset.weights = [values = std::move(values)](const Triple&) { return values; };
  return preset;
}

KernelPreset formulaPreset(std::string id, std::string name, std::string group, std::string shows,
                           const Triple& kernel, std::function<std::vector<float>(const Triple&)> weights) {
  KernelPreset preset;
  preset.id = std::move(id);
  preset.name = std::move(name);
  preset.group = std::move(group);
  preset.shows = std::move(shows);
  preset.kernel = kernel;
  preset.fixed = false;
  preset.weights = std::move(weights);
  return preset;
}

}  // namespace convscope::presets
