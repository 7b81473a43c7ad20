#pragma once

#include "widgets/look/look_theme.h"

#include <QLabel>
#include <QToolButton>

namespace convscope {

/// A text that keeps the theme's colour and size when the theme changes.
class ThemedLabel : public QLabel {
  Q_OBJECT

 public:
  /// `colour` and `px` name the theme's member to use: &LookTheme::muted, &LookTheme::caption, …
  explicit ThemedLabel(const QString& text = {}, QColor LookTheme::*colour = &LookTheme::text,
                       bool semibold = false, double LookTheme::*px = &LookTheme::body,
                       QWidget* parent = nullptr);
  void setColour(QColor LookTheme::*colour);
  void setSemibold(bool semibold);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void retheme();
  QColor LookTheme::*m_colour;
  double LookTheme::*m_px;
  bool m_semibold;
};

/// A flat button with one of the icons of themeIcon(), redrawn when the theme changes. Takes the keyboard
/// focus.
class IconButton : public QToolButton {
  Q_OBJECT

 public:
  /// `name` is what screen readers say and, with `tip`, what the tooltip shows.
  IconButton(const QString& icon, const QString& name, const QString& tip, QWidget* parent = nullptr);
  void setIconName(const QString& icon, QColor LookTheme::*colour = &LookTheme::text);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void retheme();
  QString m_icon;
  QColor LookTheme::*m_colour = &LookTheme::text;
};

/// Gives a control the name that screen readers say and the one sentence that its tooltip teaches.
void describe(QWidget* control, const QString& name, const QString& sentence);

}  // namespace convscope
