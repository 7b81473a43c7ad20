#pragma once

#include "engine/conv/ledger.h"
#include "widgets/state/kernel_view.h"

#include <QWidget>

#include <memory>

class QAction;
class QToolButton;

namespace convscope {

class LedgerGrid;
class ReachGrid;

/// The whole arithmetic behind the pinned output voxel: every product, the sums per frame and channel, bias
/// and activation, adding up to the value in the map. Beyond kMaxOpenProducts products, or where cells would
/// get too small, it folds to the partial sums; a click on one shows its products. With an input voxel
/// selected it shows the other way round: what that voxel feeds.
class LedgerPanel : public QWidget {
  Q_OBJECT

 public:
  explicit LedgerPanel(QWidget* parent = nullptr);

  /// Above this many products nothing is listed but a sentence: going through them would hold up the window.
  static constexpr std::int64_t kMaxListedProducts = 65536;

  void present(const KernelView& view);
  /// What the title bar says at the right, as rich text.
  [[nodiscard]] QString fact() const { return m_fact; }
  /// What is shown; nullptr where there is no result, or too much to list.
  [[nodiscard]] const Ledger* ledger() const { return m_ledger.get(); }
  [[nodiscard]] bool showsReach() const;
  /// True while the ledger shows partial sums instead of every product.
  [[nodiscard]] bool folded() const;
  /// Copy as text, as CSV and as code: for a menu beside the context menu.
  [[nodiscard]] QList<QAction*> copyActions() const { return m_copyActions; }
  [[nodiscard]] LedgerGrid* grid() const { return m_grid; }
  [[nodiscard]] ReachGrid* reach() const { return m_reach; }

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  void editRequested(const convscope::StateEdit& edit);
  void hovered(const convscope::Hover& hover);
  void factChanged(const QString& fact);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void makeActions();
  void placeChildren();
  void refreshLedger();
  void refreshFact();
  void leaveReach();

  KernelView m_view;
  std::shared_ptr<const Ledger> m_ledger;
  std::shared_ptr<const StudyResult> m_ledgerHolder;  ///< what m_ledger was made of
  QString m_sentence;                                 ///< instead of the ledger
  QString m_fact;
  LedgerGrid* m_grid;
  ReachGrid* m_reach;
  QToolButton* m_copy;
  QToolButton* m_back;
  QList<QAction*> m_copyActions;
};

}  // namespace convscope
