#pragma once

#include "widgets/look/themed_widgets.h"
#include "widgets/state/compare_view.h"

#include <QWidget>

#include <utility>
#include <vector>

class QAction;
class QMenu;
class QToolButton;

namespace convscope {

/// The head of a column: its letter and kernel, what it is (a menu to make it something else), the size of
/// its maps and a cross to take it out. Column −1 heads the difference. Holds no state of record.
class ColumnHead : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kHeight = 40;  ///< px, at the usual size
  explicit ColumnHead(int column, QWidget* parent = nullptr);

  void present(const CompareView& view);
  /// Everything that is read in it, for tests.
  [[nodiscard]] QString text() const;
  [[nodiscard]] QMenu* menu() const { return m_menu; }

 Q_SIGNALS:
  void openNetworkRequested(int column);
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void buildMenu();
  void shorten();

  int m_column;
  bool m_chosen = false;
  QString m_nameText;
  std::pair<std::vector<StudySpec>, int> m_named;  ///< columns and filter that the name was found for
  ThemedLabel* m_letter;
  ThemedLabel* m_shape;
  QToolButton* m_name;
  ThemedLabel* m_maps;
  IconButton* m_remove;
  QMenu* m_menu;
  std::vector<QAction*> m_networks;  ///< in the menu: they make it a network
};

}  // namespace convscope
