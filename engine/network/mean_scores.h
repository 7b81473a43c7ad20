#pragma once

#include "engine/network/network_scores.h"

#include <vector>

namespace convscope {

/// Probabilities of all classes, by index: of a network that takes single pictures the mean over them, of one
/// that takes a clip those of the clip. `scores` must hold all classes. Empty where there are none.
/// Thread-safe.
[[nodiscard]] std::vector<double> meanScores(const NetworkScores& scores);

/// Those, the likeliest class first, equal ones by index; `score` is the mean of the scores.
[[nodiscard]] std::vector<ClassScore> likeliestClasses(const NetworkScores& scores);

}  // namespace convscope
