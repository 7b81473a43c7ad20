#include "widgets/look/look_style.h"

#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>

namespace convscope {

namespace {

constexpr int kCaretZone = 24;  // room for the arrow at the right of a combo box, px
constexpr int kSpinZone = 18;   // room for the two arrows at the right of a spin box, px

bool isHovered(const QStyleOption* option) {
  return (option->state & QStyle::State_MouseOver) != 0 && (option->state & QStyle::State_Enabled) != 0;
}

void paintTick(QPainter& painter, const QRectF& box, const QColor& colour, double width) {
  QPainterPath tick(QPointF(box.left() + 0.22 * box.width(), box.top() + 0.52 * box.height()));
  tick.lineTo(box.left() + 0.42 * box.width(), box.top() + 0.72 * box.height());
  tick.lineTo(box.left() + 0.78 * box.width(), box.top() + 0.30 * box.height());
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.drawPath(tick);
}

void paintIndicator(QPainter& painter, const QStyleOption* option, bool round) {
  const LookTheme& theme = appliedTheme();
  const bool on = (option->state & QStyle::State_On) != 0;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  if ((option->state & QStyle::State_Enabled) == 0) painter.setOpacity(theme.staleOpacity);
  const QRectF box = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
  painter.setPen(QPen(on ? theme.accent : isHovered(option) ? theme.muted : theme.line2, 1));
  painter.setBrush(on && !round ? theme.accent : theme.field);
  const double radius = round ? box.width() / 2 : theme.radius - 1;
  painter.drawRoundedRect(box, radius, radius);
  if (on && round) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.accent);
    painter.drawEllipse(box.center(), box.width() * 0.26, box.width() * 0.26);
  } else if (on) {
    paintTick(painter, box, theme.panel, box.width() / 8);
  }
  painter.restore();
}

}  // namespace

void paintFieldFrame(QPainter& painter, const QRectF& rect, const LookTheme& theme, bool hovered,
                     bool enabled, const QColor& border) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(border.isValid()     ? border
                      : hovered && enabled ? theme.muted
                                           : theme.line2,
                      theme.presenter ? 2 : 1));
  painter.setBrush(enabled ? theme.field : theme.panel);
  painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), theme.radius, theme.radius);
  painter.restore();
}

void paintCaret(QPainter& painter, const QPointF& centre, double width, bool up, const QColor& colour) {
  const double half = width / 2;
  const double rise = (up ? -1 : 1) * half / 2;
  QPainterPath caret(QPointF(centre.x() - half, centre.y() - rise));
  caret.lineTo(centre.x() + half, centre.y() - rise);
  caret.lineTo(centre.x(), centre.y() + rise);
  caret.closeSubpath();
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(colour);
  painter.setPen(QPen(colour, 1, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.drawPath(caret);
  painter.restore();
}

LookStyle::LookStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

void LookStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const {
  switch (element) {
    case PE_FrameFocusRect:
      return;  // the ring outside the control says it
    case PE_IndicatorCheckBox:
      paintIndicator(*painter, option, false);
      return;
    case PE_IndicatorRadioButton:
      paintIndicator(*painter, option, true);
      return;
    case PE_IndicatorMenuCheckMark:
    case PE_IndicatorItemViewItemCheck:
      painter->save();
      painter->setRenderHint(QPainter::Antialiasing);
      if ((option->state & State_On) != 0) paintTick(*painter, option->rect, appliedTheme().text, 1.6);
      painter->restore();
      return;
    case PE_IndicatorArrowDown:
      paintCaret(*painter, QRectF(option->rect).center(), 7, false, appliedTheme().muted);
      return;
    case PE_IndicatorArrowUp:
      paintCaret(*painter, QRectF(option->rect).center(), 7, true, appliedTheme().muted);
      return;
    default:
      QProxyStyle::drawPrimitive(element, option, painter, widget);
  }
}

void LookStyle::drawCombo(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
  const LookTheme& theme = appliedTheme();
  const bool enabled = (option->state & State_Enabled) != 0;
  const bool failed = widget != nullptr && widget->property(kFailedProperty).toBool();
  paintFieldFrame(*painter, option->rect, theme, isHovered(option), enabled, failed ? theme.error : QColor());
  const double scale = theme.presenter ? 1.8 : 1;
  paintCaret(*painter, QPointF(option->rect.right() + 1 - 13 * scale, QRectF(option->rect).center().y()),
             7 * scale, false, enabled ? theme.muted : theme.line2);
}

void LookStyle::drawSpinBox(const QStyleOptionSpinBox* option, QPainter* painter,
                            const QWidget* widget) const {
  const LookTheme& theme = appliedTheme();
  const bool enabled = (option->state & State_Enabled) != 0;
  const bool failed = widget != nullptr && widget->property(kFailedProperty).toBool();
  const QColor border = failed                                  ? theme.error
                        : (option->state & State_HasFocus) != 0 ? theme.accent
                                                                : QColor();
  paintFieldFrame(*painter, option->rect, theme, isHovered(option), enabled, border);
  const double scale = theme.presenter ? 1.8 : 1;
  const double x = option->rect.right() + 1 - 9 * scale;
  const double middle = QRectF(option->rect).center().y();
  const auto colour = [&](SubControl part, QAbstractSpinBox::StepEnabledFlag step) {
    if (!enabled || (option->stepEnabled & step) == 0) return theme.line2;
    return isHovered(option) && (option->activeSubControls & part) != 0 ? theme.text : theme.muted;
  };
  paintCaret(*painter, {x, middle - 3.5 * scale}, 5 * scale, true,
             colour(SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled));
  paintCaret(*painter, {x, middle + 3.5 * scale}, 5 * scale, false,
             colour(SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled));
}

void LookStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                   QPainter* painter, const QWidget* widget) const {
  if (control == CC_ComboBox) {
    drawCombo(option, painter, widget);
  } else if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option);
             control == CC_SpinBox && spin != nullptr) {
    drawSpinBox(spin, painter, widget);
  } else {
    QProxyStyle::drawComplexControl(control, option, painter, widget);
  }
}

QRect LookStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                                const QWidget* widget) const {
  if (control == CC_ComboBox && part == SC_ComboBoxEditField)
    return option->rect.adjusted(8, 1, -(appliedTheme().presenter ? 2 : 1) * kCaretZone + 2, -1);
  if (control == CC_SpinBox) {
    const int zone = (appliedTheme().presenter ? 2 : 1) * kSpinZone;
    const QRect& all = option->rect;
    const QRect arrows(all.right() + 1 - zone, all.top(), zone, all.height());
    const int unit = widget != nullptr ? widget->property(kUnitWidthProperty).toInt() : 0;
    const int mark = widget != nullptr ? widget->property(kMarkWidthProperty).toInt() : 0;
    if (part == SC_SpinBoxUp) return arrows.adjusted(0, 0, 0, -arrows.height() / 2);
    if (part == SC_SpinBoxDown) return arrows.adjusted(0, arrows.height() / 2, 0, 0);
    const int edge = appliedTheme().presenter ? 2 : 1;
    if (part == SC_SpinBoxEditField) return all.adjusted(4 + mark, edge, -zone - unit, -edge);
    if (part == SC_SpinBoxFrame) return all;
  }
  return QProxyStyle::subControlRect(control, option, part, widget);
}

QSize LookStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& contents,
                                  const QWidget* widget) const {
  QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
  if (type == CT_ComboBox) size.setHeight(appliedTheme().control);
  return size;
}

int LookStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
  const int scale = appliedTheme().presenter ? 2 : 1;
  switch (metric) {
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
      return 14 * scale;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
      return 16 * scale;
    case PM_ToolBarIconSize:
      return 20 * scale;
    default:
      return QProxyStyle::pixelMetric(metric, option, widget);
  }
}

int LookStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                         QStyleHintReturn* result) const {
  switch (hint) {
    case SH_ComboBox_Popup:
      return 0;  // a list below the field, not a menu over it
    case SH_ToolTip_WakeUpDelay:
      return 450;
    case SH_EtchDisabledText:
      return 0;
    default:
      return QProxyStyle::styleHint(hint, option, widget, result);
  }
}

}  // namespace convscope
