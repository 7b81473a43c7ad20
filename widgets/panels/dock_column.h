#pragma once

#include <QWidget>

#include <vector>

class QScrollArea;
class QTabBar;
class QVBoxLayout;

namespace convscope {

class PanelFrame;

/// The panels of one side, one above the other while they fit; else one at a time behind tabs of their names.
/// What a Fold shows (and an error's sentence) is left out of account: it scrolls.
class DockColumn : public QWidget {
  Q_OBJECT

 public:
  explicit DockColumn(QWidget* parent = nullptr);
  /// Adds a panel that has its body below the others.
  void add(PanelFrame* panel, int stretch = 0);
  [[nodiscard]] bool tabbed() const { return m_tabbed; }
  /// Brings a panel in sight: its tab, or scrolled to.
  void showPanel(int index);
  /// Height that all panels open need, px, for the column's width.
  [[nodiscard]] int openHeight() const;

 protected:
  void resizeEvent(QResizeEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void arrange();
  std::vector<PanelFrame*> m_panels;
  QTabBar* m_tabs;
  QScrollArea* m_scroll;
  QWidget* m_inside;
  QVBoxLayout* m_stack;
  bool m_tabbed = false;
};

}  // namespace convscope
