#include "engine/network/mean_scores.h"

#include <algorithm>
#include <functional>

namespace convscope {

namespace {

/// By index.
std::vector<ClassScore> meansOf(const NetworkScores& scores) {
  std::vector<ClassScore> means(scores.clips.empty() ? 0 : scores.clips.front().size());
  for (std::size_t i = 0; i < means.size(); ++i) means[i].index = static_cast<std::int64_t>(i);
  const auto count = static_cast<double>(scores.clips.size());
  for (const auto& clip : scores.clips) {
    for (const ClassScore& one : clip) {
      ClassScore& mean = means[static_cast<std::size_t>(one.index)];
      mean.score += one.score / count;
      mean.probability += one.probability / count;
    }
  }
  return means;
}

}  // namespace

std::vector<double> meanScores(const NetworkScores& scores) {
  std::vector<double> probabilities;
  for (const ClassScore& one : meansOf(scores)) probabilities.push_back(one.probability);
  return probabilities;
}

std::vector<ClassScore> likeliestClasses(const NetworkScores& scores) {
  std::vector<ClassScore> means = meansOf(scores);
  std::ranges::stable_sort(means, std::greater<>{}, &ClassScore::probability);
  return means;
}

}  // namespace convscope
