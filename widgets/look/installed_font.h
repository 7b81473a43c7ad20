#pragma once

#include <QByteArray>
#include <QStringList>

namespace convscope {

/// The families of tokens.json, best first; before them Inter with tabular figures where Inter's files are
/// installed. Qt before 6.7 has no way to ask a font for its tabular figures, so Inter is loaded once more
/// under the family name kTabularFamily, with its feature "tnum" among those that are always on (see
/// withTabularDigits()). Noto Sans and DejaVu Sans have tabular figures anyway. GUI thread only.
[[nodiscard]] QStringList lookFamilies();

inline constexpr char kTabularFamily[] = "InTab";

/// The OpenType font `font` of family Inter, renamed to kTabularFamily and with tabular digits always on
/// (points and commas stay narrow). Empty where the data is no such font. Pure.
[[nodiscard]] QByteArray withTabularDigits(QByteArray font);

}  // namespace convscope
