#pragma once

#include "engine/clip/clip_spec.h"
#include "engine/conv/conv_spec.h"
#include "engine/core/result.h"

#include <array>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace convscope {

/// `text` cut at every `separator`; empty parts are kept.
[[nodiscard]] std::vector<std::string> splitText(std::string_view text, char separator);

/// The whole of `text` as a number, whatever the language of the system; nothing where it holds anything
/// else.
[[nodiscard]] std::optional<int> wholeNumber(std::string_view text);
[[nodiscard]] std::optional<double> realNumber(std::string_view text);

/// "a, b or c".
[[nodiscard]] std::string alternatives(std::span<const std::string> words);

/// The entry of `names` that differs from `wanted` by the fewest typing errors (letters added, lost, changed
/// or swapped with a neighbour); empty where even that one is another word.
[[nodiscard]] std::string nearestName(std::string_view wanted, std::span<const std::string> names);

// Values of options. Errors: BadUsage, a sentence that names the option, what it takes and what it was given.
[[nodiscard]] Result<int> wholeValue(const std::string& option, const std::string& text, int low, int high);
[[nodiscard]] Result<Triple> tripleValue(const std::string& option, const std::string& text, int low,
                                         int high);
[[nodiscard]] Result<FrameRange> frameRangeValue(const std::string& option, const std::string& text);
[[nodiscard]] Result<Crop> cropValue(const std::string& option, const std::string& text);
/// "HxW", as frames are sized: height first.
[[nodiscard]] Result<FrameSize> frameSizeValue(const std::string& option, const std::string& text);
/// "t0:t1,y0:y1,x0:x1": cells before and after on each axis.
[[nodiscard]] Result<std::array<AxisPadding, 3>> paddingValue(const std::string& option,
                                                              const std::string& text);
[[nodiscard]] Result<std::vector<float>> realValues(const std::string& option, const std::string& text);

/// Position of `text` among `words`.
[[nodiscard]] Result<int> wordValue(const std::string& option, const std::string& text,
                                    std::span<const std::string> words);

}  // namespace convscope
