#pragma once

#include "engine/classify/motion_set.h"

#include <array>
#include <vector>

namespace convscope {

/// How a readout did on clips that it has not learned from.
struct TestScore {
  /// Clips of class [row] taken for class [column].
  std::array<std::array<int, kMotionClasses>, kMotionClasses> confusion{};

  [[nodiscard]] int clips() const;
  [[nodiscard]] int clipsOf(int label) const;
  [[nodiscard]] int right() const;
  [[nodiscard]] double accuracy() const;             ///< share of clips that were named right
  [[nodiscard]] double accuracyOf(int label) const;  ///< the same of one class
};

/// Share of the clips of two classes taken for each other from which on the two count as confused.
inline constexpr double kConfusedShare = 0.1;

/// Groups of classes that cannot be told apart. The rule: two classes are linked where one in ten of the
/// clips of the two, or more, was taken for the other of them, and a group is what links hold together. Each
/// group in class order, groups by their first class; classes that stand alone are in none.
[[nodiscard]] std::vector<std::vector<MotionClass>> confusedGroups(const TestScore& score);

}  // namespace convscope
