#pragma once

#include <string>

namespace convscope {

/// A field of a CSV file: in quotes where it holds a comma, a quote or a line's end. Thread-safe.
[[nodiscard]] std::string csvField(const std::string& text);

}  // namespace convscope
