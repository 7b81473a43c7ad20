#include "engine/classify/test_score.h"

#include <numeric>

namespace convscope {

int TestScore::clipsOf(int label) const {
  const auto& row = confusion[static_cast<std::size_t>(label)];
  return std::accumulate(row.begin(), row.end(), 0);
}

int TestScore::clips() const {
  int sum = 0;
  for (int label = 0; label < kMotionClasses; ++label) sum += clipsOf(label);
  return sum;
}

int TestScore::right() const {
  int sum = 0;
  for (std::size_t label = 0; label < confusion.size(); ++label) sum += confusion[label][label];
  return sum;
}

double TestScore::accuracy() const {
  return clips() > 0 ? static_cast<double>(right()) / clips() : 0;
}

double TestScore::accuracyOf(int label) const {
  const auto at = static_cast<std::size_t>(label);
  return clipsOf(label) > 0 ? static_cast<double>(confusion[at][at]) / clipsOf(label) : 0;
}

std::vector<std::vector<MotionClass>> confusedGroups(const TestScore& score) {
  std::array<int, kMotionClasses> group{};  // of each class: the smallest class it hangs together with
  std::iota(group.begin(), group.end(), 0);
  for (std::size_t a = 0; a < group.size(); ++a) {
    for (std::size_t b = a + 1; b < group.size(); ++b) {
      const int both = score.clipsOf(static_cast<int>(a)) + score.clipsOf(static_cast<int>(b));
      const int taken = score.confusion[a][b] + score.confusion[b][a];
      if (both == 0 || taken < kConfusedShare * both) continue;
      const int from = std::max(group[a], group[b]);
      const int to = std::min(group[a], group[b]);
      for (int& one : group) one = one == from ? to : one;
    }
  }
  std::vector<std::vector<MotionClass>> groups;
  for (int first = 0; first < kMotionClasses; ++first) {
    std::vector<MotionClass> members;
    for (std::size_t label = 0; label < group.size(); ++label) {
      if (group[label] == first) members.push_back(static_cast<MotionClass>(label));
    }
    if (members.size() > 1) groups.push_back(std::move(members));
  }
  return groups;
}

}  // namespace convscope
