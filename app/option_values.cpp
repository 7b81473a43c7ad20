#include "app/option_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace convscope {

namespace {

tl::unexpected<Error> wrongValue(const std::string& option, const std::string& takes,
                                 const std::string& text) {
  return fail(ErrorCode::BadUsage, option + " takes " + takes + "; it was given “" + text + "”.");
}

/// Numbers between `separator`, exactly as many as wanted; nothing otherwise.
std::optional<std::vector<int>> wholeNumbers(std::string_view text, char separator) {
  std::vector<int> numbers;
  for (const std::string& part : splitText(text, separator)) {
    const auto number = wholeNumber(part);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

template <class Number>
std::optional<Number> numberOf(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Damerau's distance: letters added, lost, changed or swapped with a neighbour.
std::size_t typingErrors(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      cost[i][j] =
          std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::vector<std::string> splitText(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t start = 0;;) {
    const std::size_t end = text.find(separator, start);
    parts.emplace_back(text.substr(start, end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

std::optional<int> wholeNumber(std::string_view text) {
  return numberOf<int>(text);
}

std::optional<double> realNumber(std::string_view text) {
  const auto number = numberOf<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::string alternatives(std::span<const std::string> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

std::string nearestName(std::string_view wanted, std::span<const std::string> names) {
  std::string nearest;
  std::size_t fewest = std::max<std::size_t>(2, wanted.size() / 3) + 1;
  for (const std::string& name : names) {
    const std::size_t errors = typingErrors(wanted, name);
    if (errors < fewest) {
      fewest = errors;
      nearest = name;
    }
  }
  return nearest;
}

Result<int> wholeValue(const std::string& option, const std::string& text, int low, int high) {
  const auto number = wholeNumber(text);
  if (number && *number >= low && *number <= high) return *number;
  const bool open = high == std::numeric_limits<int>::max();
  return wrongValue(
      option,
      "a whole number " + (open ? "of at least " + std::to_string(low)
                                : "from " + std::to_string(low) + " to " + std::to_string(high)),
      text);
}

Result<Triple> tripleValue(const std::string& option, const std::string& text, int low, int high) {
  const auto numbers = wholeNumbers(text, ',');
  if (!numbers || numbers->size() != 3) {
    return wrongValue(option,
                      "three whole numbers with commas between them, in the order time, height, width", text);
  }
  const Triple triple{(*numbers)[0], (*numbers)[1], (*numbers)[2]};
  for (const Axis axis : kAxes) {
    if (triple[axis] >= low && triple[axis] <= high) continue;
    const bool open = high == std::numeric_limits<int>::max();
    return fail(ErrorCode::BadUsage,
                option + " must be " +
                    (open ? "at least " + std::to_string(low)
                          : "from " + std::to_string(low) + " to " + std::to_string(high)) +
                    " along " + axisName(axis) + "; it was given " + std::to_string(triple[axis]) + ".");
  }
  return triple;
}

Result<FrameRange> frameRangeValue(const std::string& option, const std::string& text) {
  const auto numbers = wholeNumbers(text, ':');
  const bool complete = numbers && (numbers->size() == 2 || numbers->size() == 3);
  if (!complete || std::ranges::any_of(*numbers, [](int number) { return number < 1; })) {
    return wrongValue(option, "START:COUNT or START:COUNT:STEP, each at least 1", text);
  }
  return FrameRange{(*numbers)[0] - 1, (*numbers)[1], numbers->size() == 3 ? (*numbers)[2] : 1};
}

Result<Crop> cropValue(const std::string& option, const std::string& text) {
  const auto numbers = wholeNumbers(text, ',');
  if (!numbers || numbers->size() != 4 || (*numbers)[0] < 0 || (*numbers)[1] < 0 || (*numbers)[2] < 1 ||
      (*numbers)[3] < 1) {
    return wrongValue(option, "x,y,width,height in pixels, with x and y from 0 and sizes of at least 1",
                      text);
  }
  return Crop{(*numbers)[0], (*numbers)[1], (*numbers)[2], (*numbers)[3]};
}

Result<FrameSize> frameSizeValue(const std::string& option, const std::string& text) {
  const auto numbers = wholeNumbers(text, 'x');
  if (!numbers || numbers->size() != 2 || (*numbers)[0] < 1 || (*numbers)[1] < 1) {
    return wrongValue(option, "HEIGHTxWIDTH in pixels, such as 112x112", text);
  }
  return FrameSize{(*numbers)[0], (*numbers)[1]};
}

Result<std::array<AxisPadding, 3>> paddingValue(const std::string& option, const std::string& text) {
  const auto wrong = [&] {
    return wrongValue(
        option,
        "valid, same, full, causal, or cells before:after on each axis, such as 2:0,1:1,1:1 (at most " +
            std::to_string(kMaxPadding) + " each)",
        text);
  };
  std::array<AxisPadding, 3> padding{};
  const auto axes = splitText(text, ',');
  if (axes.size() != padding.size()) return wrong();
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto numbers = wholeNumbers(axes[i], ':');
    if (!numbers || numbers->size() != 2) return wrong();
    if (std::ranges::any_of(*numbers, [](int cells) { return cells < 0 || cells > kMaxPadding; }))
      return wrong();
    padding[i] = {(*numbers)[0], (*numbers)[1]};
  }
  return padding;
}

Result<std::vector<float>> realValues(const std::string& option, const std::string& text) {
  std::vector<float> values;
  for (const std::string& part : splitText(text, ',')) {
    const auto number = realNumber(part);
    const auto value = static_cast<float>(number.value_or(0));
    if (!number || !std::isfinite(value)) return wrongValue(option, "numbers with commas between them", text);
    values.push_back(value);
  }
  return values;
}

Result<int> wordValue(const std::string& option, const std::string& text,
                      std::span<const std::string> words) {
  const auto found = std::ranges::find(words, text);
  if (found == words.end()) return wrongValue(option, alternatives(words), text);
  return static_cast<int>(found - words.begin());
}

}  // namespace convscope
