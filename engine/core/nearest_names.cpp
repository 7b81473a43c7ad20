#include "engine/core/nearest_names.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace convscope {

namespace {

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& letter : result) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return result;
}

/// Levenshtein's distance, one row at a time.
std::size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t exchanged = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({row[j] + 1, row[j + 1] + 1, exchanged}));
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string> nearestNames(std::string_view wanted, std::span<const std::string> names,
                                      std::size_t count) {
  const std::string word = lowered(wanted);
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const std::string& name : names) {
    const std::string candidate = lowered(name);
    const bool contains = word.size() >= 3 && candidate.find(word) != std::string::npos;
    const std::size_t distance = contains ? 0 : editDistance(word, candidate);
    if (contains || distance * 2 <= std::max(word.size(), candidate.size()))
      found.emplace_back(distance, name);
  }
  std::ranges::stable_sort(found, {}, &std::pair<std::size_t, std::string>::first);
  std::vector<std::string> result;
  for (std::size_t i = 0; i < std::min(count, found.size()); ++i) result.push_back(found[i].second);
  return result;
}

std::string unknownNameSentence(std::string_view kind, std::string_view wanted,
                                std::span<const std::string> names, std::string_view listing) {
  std::string text = "There is no " + std::string(kind) + " “" + std::string(wanted) + "”; ";
  const std::vector<std::string> near = nearestNames(wanted, names);
  if (near.empty()) return text + std::string(listing) + ".";
  text += near.size() == 1 ? "the nearest is " : "the nearest are ";
  for (std::size_t i = 0; i < near.size(); ++i) {
    if (i > 0) text += i + 1 == near.size() ? " and " : ", ";
    text += near[i];
  }
  return text + ".";
}

}  // namespace convscope
