#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace convscope {

/// The `count` of `names` most like `wanted`: fewest letters to insert, delete or exchange, upper and lower
/// case alike; names that contain `wanted` come first. For "did you mean" sentences. Names that have nothing
/// in common with it are left out, so the result may be empty. Cost O(letters of all names).
[[nodiscard]] std::vector<std::string> nearestNames(std::string_view wanted,
                                                    std::span<const std::string> names,
                                                    std::size_t count = 3);

/// «There is no <kind> "<wanted>"; the nearest are a, b and c.» or, where nothing is near, a hint at
/// `listing`: «There is no <kind> "<wanted>"; <listing>.»
[[nodiscard]] std::string unknownNameSentence(std::string_view kind, std::string_view wanted,
                                              std::span<const std::string> names, std::string_view listing);

}  // namespace convscope
