#pragma once

#include "widgets/lesson/lesson.h"

#include <QString>

#include <map>
#include <string>
#include <vector>

namespace convscope {

struct LookTheme;

/// Values of the expressions that a text quotes, by their text.
using QuotedValues = std::map<std::string, double>;

/// The expressions that `text` quotes as {= EXPRESSION} or {= EXPRESSION : DECIMALS}.
[[nodiscard]] std::vector<std::string> quotedExpressions(const std::string& text);

/// A number as lessons print it: whole ones with thin thousands, others with `decimals`; a true minus sign.
[[nodiscard]] QString lessonNumber(double value, int decimals);

/// The Markdown of lessons as rich text: paragraphs, "- " lists, **bold**, *slanted*, `code`,
/// [words](target); {time|words} in the colour of a concept (time, height, width, kernel, voxel, channel,
/// padding, muted);
/// {= EXPRESSION : DECIMALS} as the value from `values`, "…" before it is known; {answer} as an empty box, or
/// as `answer` where that is not empty.
[[nodiscard]] QString lessonHtml(const std::string& markdown, const LookTheme& theme,
                                 const QuotedValues& values, const QString& answer = {});
/// The same as plain words, for screen readers.
[[nodiscard]] QString lessonPlain(const std::string& markdown, const QuotedValues& values,
                                  const QString& answer = {});

}  // namespace convscope
