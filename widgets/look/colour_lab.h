#pragma once

#include <QColor>

namespace convscope {

/// A colour in CIE L*a*b* (D65): l is lightness 0 … 100, a runs green to red, b blue to yellow.
struct Lab {
  double l = 0;
  double a = 0;
  double b = 0;
};
[[nodiscard]] Lab labOf(const QColor& colour);
/// The nearest colour that a screen can show.
[[nodiscard]] QRgb rgbOf(const Lab& lab);

}  // namespace convscope
