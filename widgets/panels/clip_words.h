#pragma once

#include "engine/clip/clip.h"

#include <QString>

#include <vector>

namespace convscope {

/// What the Clip panel says of a clip, in words and short numbers. GUI thread only.

/// "28 to 35", "28, 30 … 42", counted from 1; empty for none.
[[nodiscard]] QString takenText(const std::vector<int>& taken);
/// With at most so many decimals, and none that is 0 at the end.
[[nodiscard]] QString shortNumber(double value, int decimals);
/// Settings of the prepared clip that the panel's rows do not show while they are folded, in a word each.
[[nodiscard]] QString noteOf(const ClipSpec& clip);
/// `notice` says only that the source has fewer frames than a range that nobody chose: no news.
[[nodiscard]] bool isShortFile(const QString& notice, const FrameRange& range);

}  // namespace convscope
