#pragma once

#include "engine/conv/ledger.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/ledger_digits.h"
#include "widgets/panels/ledger_layout.h"
#include "widgets/state/kernel_view.h"

#include <QWidget>

namespace convscope {

/// The arithmetic of one output voxel, painted. See LedgerPanel, which owns it.
class LedgerGrid : public QWidget {
  Q_OBJECT

 public:
  explicit LedgerGrid(QWidget* parent = nullptr);

  /// Shows `ledger` (nullptr: nothing to show, `view.result` may be null then). Both are kept by value.
  void present(const KernelView& view, std::shared_ptr<const Ledger> ledger);
  [[nodiscard]] LedgerLayout layoutNow() const;
  /// The decimals shown now. Only where there is a ledger.
  [[nodiscard]] LedgerDigits digitsNow() const;
  /// The sum that a click has opened.
  [[nodiscard]] std::optional<LedgerBlock> opened() const { return m_opened; }
  /// Opens or closes (nullopt) a partial sum of the folded ledger.
  void open(std::optional<LedgerBlock> block);
  /// The product under `at`; nullptr where there is none. Valid until the next present().
  [[nodiscard]] const LedgerCell* productAt(const QPointF& place) const;

 signals:
  void editRequested(const convscope::StateEdit& edit);
  void hovered(const convscope::Hover& hover);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  void paintHeader(QPainter& painter, const LedgerLayout& lay) const;
  void paintBlocks(QPainter& painter, const LedgerLayout& lay) const;
  void paintCells(QPainter& painter, const LedgerLayout& lay, int t, int c) const;
  void paintFactors(QPainter& painter, const LedgerLayout& lay) const;
  void paintFrameLine(QPainter& painter, const LedgerLayout& lay, int t) const;
  void paintFoot(QPainter& painter, const LedgerLayout& lay) const;
  void paintClosingLine(QPainter& painter, const LedgerLayout& lay) const;
  void paintHover(QPainter& painter, const LedgerLayout& lay) const;
  [[nodiscard]] LedgerDigits digitsFor(const LedgerLayout& lay) const;
  [[nodiscard]] double cellType(const LedgerLayout& lay) const;  ///< px of the type in cells
  [[nodiscard]] bool hasClosingLine() const;                     ///< for bias and activation
  /// Of the rows of a ledger that shows what is multiplied: products, weights, inputs.
  [[nodiscard]] static QStringList factorLabels();
  [[nodiscard]] QString frameLabel(int t) const;
  [[nodiscard]] QString channelLabel(int c) const;
  [[nodiscard]] QString tipAt(const QPointF& at) const;
  [[nodiscard]] const ColourMap& colours() const;
  void moveCursor(int key);
  void setHovered(const Hover& hover);

  KernelView m_view;
  std::shared_ptr<const Ledger> m_ledger;
  std::optional<LedgerBlock> m_opened;
  std::optional<LedgerBlock> m_cursor;  ///< chosen by keys
  Hover m_hover;                        ///< the last one told
  int m_firstRow = 0;
  LedgerDigits m_digits;      ///< of the painting under way
  double m_largest = 0;       ///< magnitude of the products
  double m_productScale = 1;  ///< of the colours: the largest product, rounded up
  double m_sumScale = 1;
};

}  // namespace convscope
