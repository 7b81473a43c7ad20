#pragma once

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

/// Every key of the program on one card over the window. Any of Esc, F1, ?, or a click, puts it away; the
/// wheel scrolls it where the window is too low.
class ShortcutSheet : public QWidget {
  Q_OBJECT

 public:
  /// Covers `parent` while it is shown.
  explicit ShortcutSheet(QWidget* parent);

  void setShortcuts(std::vector<ShortcutGroup> groups);
  void setLook(const Look& look);
  void toggle();

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
  /// Groups stay whole and fill columns of about the same height.
  struct Columns {
    std::vector<std::vector<std::size_t>> groups;
    double columnWidth = 0;
    double keysWidth = 0;
    double height = 0;
  };
  [[nodiscard]] Columns columns() const;
  [[nodiscard]] QRectF card(const Columns& columns) const;
  void paintGroup(QPainter& painter, const ShortcutGroup& group, QPointF at, const Columns& columns) const;

  Look m_look;
  std::vector<ShortcutGroup> m_groups;
  double m_scroll = 0;
};

}  // namespace convscope
