#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace convscope {

/// The JSON value that `text` is; nothing where it is none, or lies deeper than 64 levels, which no file of
/// ours does: values are copied and freed level by level, and 100 000 of them end the stack. Thread-safe.
[[nodiscard]] std::optional<nlohmann::json> jsonFrom(std::string_view text);

/// `json` as text with a line for each value; bytes that are no UTF-8, as names of files may hold, become
/// replacement characters. Thread-safe.
[[nodiscard]] std::string textOfJson(const nlohmann::json& json);
[[nodiscard]] std::string textOfJson(const nlohmann::ordered_json& json);

}  // namespace convscope
