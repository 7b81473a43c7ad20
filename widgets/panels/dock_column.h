#pragma once

#include <QWidget>

#include <vector>

class QScrollArea;
class QTabBar;
class QVBoxLayout;

namespace convscope {

class PanelFrame;

/// Name of a property (int, px) of a widget whose height changes with what it shows: the height that counts
/// when a column chooses between open panels and tabs.
inline constexpr const char* kNominalHeight = "nominalHeight";

/// The panels of one side, one above the other while they fit; else one at a time behind tabs of their names.
/// That depends on the window alone: what comes and goes while one works (folds, an error's sentence) is left
/// out of account, and what grows (kNominalHeight) counts with its usual height; the rest scrolls.
class DockColumn : public QWidget {
  Q_OBJECT

 public:
  explicit DockColumn(QWidget* parent = nullptr);
  /// Adds a panel that has its body below the others.
  void add(PanelFrame* panel, int stretch = 0);
  [[nodiscard]] bool tabbed() const { return m_tabbed; }
  /// Brings a panel in sight: its tab, or scrolled to.
  void showPanel(int index);
  /// Leaves a panel out, with its tab, while it has nothing true to say.
  void setLeftOut(const PanelFrame* panel, bool out);
  /// Height that all panels open need, px, for the column's width.
  [[nodiscard]] int openHeight() const;

 protected:
  void resizeEvent(QResizeEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void arrange();
  [[nodiscard]] bool isLeftOut(const PanelFrame* panel) const;
  std::vector<PanelFrame*> m_panels;
  std::vector<const PanelFrame*> m_leftOut;
  QTabBar* m_tabs;
  QScrollArea* m_scroll;
  QWidget* m_inside;
  QVBoxLayout* m_stack;
  bool m_tabbed = false;
};

}  // namespace convscope
