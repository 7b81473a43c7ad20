#pragma once

#include "widgets/look/look_theme.h"

#include <QProxyStyle>
#include <QStyleOption>

namespace convscope {

/// Paints what a style sheet can paint only with picture files: the arrows of combo and spin boxes, the marks
/// of check boxes and radio buttons, menu ticks. Colours and sizes are those of appliedTheme().
class LookStyle : public QProxyStyle {
 public:
  LookStyle();
  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
  void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                          const QWidget* widget) const override;
  QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                       const QWidget* widget) const override;
  QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& contents,
                         const QWidget* widget) const override;
  int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
  int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                QStyleHintReturn* result) const override;

 private:
  void drawCombo(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
  void drawSpinBox(const QStyleOptionSpinBox* option, QPainter* painter, const QWidget* widget) const;
};

/// Properties of combo and spin boxes that the style reads: bool, border in the error colour; int, px that a
/// spin box keeps free right of its number (for its unit) and left of it.
inline constexpr char kFailedProperty[] = "failed";
inline constexpr char kUnitWidthProperty[] = "unitWidth";
inline constexpr char kMarkWidthProperty[] = "markWidth";

/// The frame of a field (combo box, number field, line edit): rounded, 1 px, `border` or the theme's usual
/// line.
void paintFieldFrame(QPainter& painter, const QRectF& rect, const LookTheme& theme, bool hovered,
                     bool enabled, const QColor& border = {});
/// The small filled triangle of combo boxes and number fields; `up` or down, about `centre`.
void paintCaret(QPainter& painter, const QPointF& centre, double width, bool up, const QColor& colour);

}  // namespace convscope
