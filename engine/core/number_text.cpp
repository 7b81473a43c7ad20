#include "engine/core/number_text.h"

#include <array>
#include <charconv>

namespace convscope {

namespace {

std::string textOf(double value, std::chars_format format, int precision) {
  // the largest double has 309 digits before its point
  std::array<char, 352> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format, precision);
  return {text.data(), end.ptr};
}

}  // namespace

std::string generalText(double value, int digits) {
  return textOf(value, std::chars_format::general, digits);
}

std::string fixedText(double value, int decimals) {
  return textOf(value, std::chars_format::fixed, decimals);
}

}  // namespace convscope
