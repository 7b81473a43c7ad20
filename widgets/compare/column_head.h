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

/// The head of a column: its letter and kernel, what it is (a menu to make it something else), of a network
/// which layer is shown (a menu of them), the size of its maps and a cross to take it out. Column −1 heads
/// the difference. Holds no state of record.
class ColumnHead : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kHeight = 40;  ///< px, at the usual size
  explicit ColumnHead(int column, QWidget* parent = nullptr);

  void present(const CompareView& view);
  /// Everything that is read in it, for tests.
  [[nodiscard]] QString text() const;
  [[nodiscard]] QMenu* menu() const { return m_menu; }
  /// The layers of a network, each an action with its name as data; of other columns empty.
  [[nodiscard]] QMenu* layerMenu() const { return m_layers; }

 Q_SIGNALS:
  void openNetworkRequested(int column);
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void buildMenu();
  void presentLayers(const CompareView& view);
  void shorten();

  int m_column;
  bool m_chosen = false;
  QString m_nameText;
  std::pair<std::vector<StudySpec>, int> m_named;  ///< columns and filter that the name was found for
  ThemedLabel* m_letter;
  ThemedLabel* m_shape;
  QToolButton* m_name;
  QToolButton* m_layer;
  ThemedLabel* m_maps;
  IconButton* m_remove;
  QMenu* m_menu;
  QMenu* m_layers;
  std::shared_ptr<const NetworkResult> m_network;  ///< whose layers the menu lists
  CompareView m_view;                              ///< as shown, for what concerns all columns
  std::vector<QAction*> m_networks;                ///< in the menu: they make it a network
};

}  // namespace convscope
