#include "widgets/look/focus_ring.h"
#include "widgets/look/look_style.h"
#include "widgets/look/look_theme.h"

#include <QApplication>
#include <QPalette>
#include <QToolTip>

namespace convscope {

namespace {

// Words after an @ are the theme's.
constexpr char kSheet[] = R"(
QMainWindow, QDialog { background: @panel; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QToolTip { background: @raised; color: @text; border: 1px solid @line2; padding: 4px 6px; }

QMenuBar { background: @window; color: @text; border: none; padding: 0px 2px; }
QMenuBar::item { padding: @menuPad 8px; background: transparent; border-radius: @radius; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: @sel; }
QMenu { background: @raised; color: @text; border: 1px solid @line2; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 8px; border-radius: @radius; min-height: @menuRow; }
QMenu::item:selected { background: @sel; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @line2; margin: 4px 4px; }
QMenu::icon { padding-left: 4px; }

QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; spacing: 4px; padding: 0px; }
QToolBar::separator { background: @line2; width: 1px; margin: 10px 8px; }
QToolButton { background: transparent; color: @text; border: 1px solid transparent; border-radius: @radius;
              padding: 3px 5px; }
convscope--IconButton { padding: 0px; }
QToolButton:hover { background: @raised; }
QToolButton:pressed, QToolButton:checked { background: @sel; border-color: @line2; }
QToolButton:disabled { color: @muted; }
QToolButton::menu-indicator { image: none; }
QStatusBar { background: @window; color: @muted; border-top: 1px solid @line; }
QStatusBar::item { border: none; }
QLabel#muted { color: @muted; }

QPushButton { background: @field; color: @text; border: 1px solid @line2; border-radius: @radius;
              padding: 0px 8px; min-height: @controlInner; }
QPushButton:hover { background: @raised; }
QPushButton:pressed, QPushButton:checked { background: @sel; }
QPushButton:default { border-color: @accent; }
QPushButton#factButton { color: @muted; background: transparent; border: none; padding: 0px; min-height: 0px; }
QPushButton#factButton:hover, QPushButton#factButton:checked { color: @text; }
QPushButton:disabled { color: @muted; border-color: @line; }

QLineEdit, QPlainTextEdit, QTextEdit { background: @field; color: @text; border: 1px solid @line2;
              border-radius: @radius; padding: 0px 6px; selection-background-color: @accent;
              selection-color: @window; }
QLineEdit { min-height: @controlInner; }
QLineEdit:hover { border-color: @muted; }
QLineEdit:disabled { color: @muted; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { background: transparent; border: none; padding: 0px;
              min-height: 0px; }

QComboBox QAbstractItemView { background: @raised; color: @text; border: 1px solid @line2; outline: none;
              padding: 3px; selection-background-color: @sel; selection-color: @text; }
QComboBox QAbstractItemView::item { min-height: @menuRow; padding: 1px 6px; border-radius: @radius; }
QComboBox QAbstractItemView::item:selected { background: @sel; color: @text; }
QComboBox QAbstractItemView::item:disabled { color: @muted; }
QAbstractItemView { background: @field; color: @text; border: 1px solid @line; outline: none;
              selection-background-color: @sel; selection-color: @text; }
QTableView { background: @panel; }
QTableCornerButton::section { background: @head; border: none; border-bottom: 1px solid @line; }
QHeaderView::section { background: @head; color: @muted; border: none; border-bottom: 1px solid @line;
              padding: 4px 8px; }

QSlider { min-height: @control; }
QSlider::groove:horizontal { height: @groove; background: @line2; border-radius: 1px; }
QSlider::sub-page:horizontal { height: @groove; background: @accent; border-radius: 1px; }
QSlider::handle:horizontal { width: @handle; height: @handle; margin: @handleMargin 0px; border-radius: @handleRadius;
              background: @accent; }
QSlider::handle:horizontal:hover { background: @text; }
QSlider::handle:disabled, QSlider::sub-page:disabled { background: @line2; }

QScrollArea { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10px; margin: 0px; }
QScrollBar:horizontal { height: 10px; margin: 0px; }
QScrollBar::handle { background: @line2; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0px; height: 0px; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QCheckBox, QRadioButton { color: @text; spacing: 7px; }
QCheckBox:disabled, QRadioButton:disabled { color: @muted; }
QGroupBox { color: @text; border: 1px solid @line; border-radius: @radius; margin-top: 8px; }
QProgressBar { background: @line; border: none; border-radius: 1px; max-height: 3px; color: transparent; }
QProgressBar::chunk { background: @muted; border-radius: 1px; }

QTabBar { background: @head; border: none; }
QTabBar::tab { background: @head; color: @muted; border: none; border-bottom: 2px solid transparent;
              padding: 5px 12px 4px 12px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; background: @sel; border-bottom: 2px solid @accent; }
QTabWidget::pane { border: none; }
QSplitter::handle { background: @line; }
)";

/// The sheet with every @name replaced; longer names first, so that @line does not eat the head of @line2.
QString sheetOf(const LookTheme& theme) {
  const int handle = theme.presenter ? 26 : 15;
  const int groove = theme.presenter ? 6 : 4;
  const std::pair<const char*, QString> values[] = {
      {"@handleMargin", QStringLiteral("-%1px").arg((handle - groove) / 2)},
      {"@handleRadius", QStringLiteral("%1px").arg(handle / 2)},
      {"@handle", QStringLiteral("%1px").arg(handle)},
      {"@groove", QStringLiteral("%1px").arg(groove)},
      {"@controlInner", QStringLiteral("%1px").arg(theme.control - 2)},
      {"@control", QStringLiteral("%1px").arg(theme.control)},
      {"@menuPad", QStringLiteral("%1px").arg(theme.presenter ? 8 : 5)},
      {"@menuRow", QStringLiteral("%1px").arg(theme.presenter ? 34 : 18)},
      {"@radius", QStringLiteral("%1px").arg(theme.radius)},
      {"@window", theme.window.name()},
      {"@panel", theme.panel.name()},
      {"@head", theme.head.name()},
      {"@raised", theme.raised.name()},
      {"@field", theme.field.name()},
      {"@sel", theme.sel.name()},
      {"@line2", theme.line2.name()},
      {"@line", theme.line.name()},
      {"@text", theme.text.name()},
      {"@muted", theme.muted.name()},
      {"@accent", theme.accent.name()},
  };
  QString sheet = QString::fromLatin1(kSheet);
  for (const auto& [name, value] : values) sheet.replace(QLatin1String(name), value);
  Q_ASSERT(!sheet.contains(QLatin1Char('@')));
  return sheet;
}

QPalette paletteOf(const LookTheme& theme) {
  QPalette palette;
  const std::pair<QPalette::ColorRole, QColor> roles[] = {
      {QPalette::Window, theme.panel},
      {QPalette::WindowText, theme.text},
      {QPalette::Base, theme.field},
      {QPalette::AlternateBase, theme.head},
      {QPalette::Text, theme.text},
      {QPalette::Button, theme.raised},
      {QPalette::ButtonText, theme.text},
      {QPalette::BrightText, theme.focus},
      {QPalette::ToolTipBase, theme.raised},
      {QPalette::ToolTipText, theme.text},
      {QPalette::Highlight, theme.sel},
      {QPalette::HighlightedText, theme.text},
      {QPalette::PlaceholderText, theme.muted},
      {QPalette::Link, theme.accent},
      {QPalette::Light, theme.line2},
      {QPalette::Midlight, theme.line},
      {QPalette::Mid, theme.line},
      {QPalette::Dark, theme.line},
      {QPalette::Shadow, theme.window},
  };
  for (const auto& [role, colour] : roles) palette.setColor(role, colour);
  for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    palette.setColor(QPalette::Disabled, role, theme.muted);
  return palette;
}

const LookTheme*& currentTheme() {
  static const LookTheme* theme = &lookTheme(Theme::Dark, false);
  return theme;
}

}  // namespace

const LookTheme& appliedTheme() {
  return *currentTheme();
}

void applyTheme(const LookTheme& theme) {
  currentTheme() = &theme;
  if (qobject_cast<QApplication*>(QCoreApplication::instance()) == nullptr) return;
  static const char kReady[] = "convscopeLook";
  if (!qApp->property(kReady).toBool()) {
    QApplication::setStyle(new LookStyle);
    new FocusRing(qApp);
    qApp->setProperty(kReady, true);
  }
  QApplication::setFont(theme.font(theme.body));
  QToolTip::setFont(theme.font(theme.presenter ? theme.caption : theme.caption + 1));
  QApplication::setPalette(paletteOf(theme));
  qApp->setStyleSheet(sheetOf(theme));
}

}  // namespace convscope
