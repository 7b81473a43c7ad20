#pragma once

#include "widgets/panels/text_runs.h"
#include "widgets/state/scores_state.h"

namespace convscope {

/// The sentences of the Scores panel, words to be wrapped: how the readout did, what it cannot tell apart,
/// what it learned from and how far to trust it.
[[nodiscard]] std::vector<TextLine> scoresSentences(const ScoresState& scores, const LookTheme& theme);

/// "still" …, for people.
[[nodiscard]] QString className(int label);
/// What clips of a class show: "nothing moves", …
[[nodiscard]] QString classMeaning(int label);
/// "37.8 %".
[[nodiscard]] QString percentText(double share);
/// "1.00", never 1.00 where a clip was taken wrongly: then "0.99".
[[nodiscard]] QString accuracyText(const TestScore& score);

/// Draws the words of `line` from the upper left corner of `area`, wrapped; returns the height used, px.
/// Without a painter it measures.
double flowRuns(QPainter* painter, const QRectF& area, const TextLine& line, const LookTheme& theme,
                double pitch);

}  // namespace convscope
