#include "widgets/look/themed_widgets.h"

#include <QEvent>

namespace convscope {

ThemedLabel::ThemedLabel(const QString& text, QColor LookTheme::*colour, bool semibold, double LookTheme::*px,
                         QWidget* parent)
    : QLabel(text, parent), m_colour(colour), m_px(px), m_semibold(semibold) {
  retheme();
}

void ThemedLabel::setColour(QColor LookTheme::*colour) {
  if (colour == m_colour) return;
  m_colour = colour;
  retheme();
}

void ThemedLabel::setSemibold(bool semibold) {
  m_semibold = semibold;
  retheme();
}

void ThemedLabel::changeEvent(QEvent* event) {
  if (event->type() == QEvent::StyleChange) retheme();
  QLabel::changeEvent(event);
}

void ThemedLabel::retheme() {
  const LookTheme& theme = appliedTheme();
  setFont(theme.font(theme.*m_px, m_semibold));
  QPalette colours = palette();
  colours.setColor(QPalette::WindowText, theme.*m_colour);
  setPalette(colours);
}

IconButton::IconButton(const QString& icon, const QString& name, const QString& tip, QWidget* parent)
    : QToolButton(parent), m_icon(icon) {
  setFocusPolicy(Qt::TabFocus);
  setAutoRaise(true);
  describe(this, name, tip);
  retheme();
}

void IconButton::setIconName(const QString& icon, QColor LookTheme::*colour) {
  if (icon == m_icon && colour == m_colour) return;
  m_icon = icon;
  m_colour = colour;
  retheme();
}

void IconButton::changeEvent(QEvent* event) {
  if (event->type() == QEvent::StyleChange) retheme();
  QToolButton::changeEvent(event);
}

void IconButton::retheme() {
  const LookTheme& theme = appliedTheme();
  setIcon(themeIcon(m_icon, theme, theme.*m_colour));
  const int side = theme.control - 8;
  setIconSize({side, side});
  setFixedSize(theme.control, theme.control);
}

void describe(QWidget* control, const QString& name, const QString& sentence) {
  control->setAccessibleName(name);
  control->setToolTip(sentence);
}

}  // namespace convscope
