#pragma once

#include <nlohmann/json.hpp>

namespace convscope {

/// resources/look/tokens.json, read once. A file that cannot be read or parsed is a bug of the build: the
/// program ends with a sentence.
[[nodiscard]] const nlohmann::json& lookTokens();

}  // namespace convscope
