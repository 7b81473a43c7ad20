#pragma once

#include "widgets/look/look_theme.h"
#include "widgets/state/app_state.h"

#include <QString>
#include <QWidget>

#include <vector>

namespace convscope {

/// One line of the sheet: "Ctrl+O" and "Open a clip". Several keys that do the same are divided by " / ".
struct ShortcutLine {
  QString keys;
  QString what;
};
struct ShortcutGroup {
  QString title;
  std::vector<ShortcutLine> lines;
};

/// Every key of the program on one card over the window, in as many columns as that takes. Any of Esc, F1, ?,
/// or a click, puts it away; where even so the window is too small, the wheel and the arrow keys scroll it.
class ShortcutSheet : public QWidget {
  Q_OBJECT

 public:
  /// Covers `parent` while it is shown.
  explicit ShortcutSheet(QWidget* parent);

  void setShortcuts(std::vector<ShortcutGroup> groups);
  void setLook(const Look& look);
  void toggle();
  /// px of the card that do not fit into the window.
  [[nodiscard]] double overflow() const;

 signals:
  void closed();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  bool event(QEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  /// Some of a group's lines below its title.
  struct Piece {
    std::size_t group = 0, first = 0, count = 0;
  };
  struct Column {
    std::vector<Piece> pieces;
    double keysWidth = 0, width = 0, height = 0;  ///< px
  };
  struct Plan {
    std::vector<Column> columns;
    double gap = 0;                ///< px between columns
    double line = 0;               ///< px from line to line
    double width = 0, height = 0;  ///< px, of the columns with the gaps between them
  };
  [[nodiscard]] Plan plan() const;
  [[nodiscard]] Plan filled(double columnHeight, double line, bool whole) const;
  void measure(Plan& plan) const;
  [[nodiscard]] QSizeF cardSize(const Plan& plan) const;
  [[nodiscard]] QRectF card(const Plan& plan) const;
  void scrollBy(double px);
  void paintPiece(QPainter& painter, const Piece& piece, QPointF at, const Column& column, double line) const;

  LookTheme m_theme;  ///< of its own: smaller type in presenter size
  std::vector<ShortcutGroup> m_groups;
  double m_scroll = 0;
};

}  // namespace convscope
