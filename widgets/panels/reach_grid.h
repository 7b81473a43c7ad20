#pragma once

#include "engine/conv/ledger.h"
#include "widgets/state/kernel_view.h"

#include <QWidget>

#include <vector>

namespace convscope {

/// The other way round: what one input voxel feeds. For each output map frame that it reaches a small grid of
/// the outputs, each with the weight by which the input voxel enters there. Read as outputs, the kernel
/// stands reversed.
class ReachGrid : public QWidget {
  Q_OBJECT

 public:
  explicit ReachGrid(QWidget* parent = nullptr);

  /// Shows what Selection::input feeds; nothing where there is no input voxel or no result.
  void present(const KernelView& view);
  /// Outputs of one map that the input voxel feeds; 0 where the filter does not read its channel.
  [[nodiscard]] std::int64_t fedCount() const;
  /// The weight by which the input voxel enters the output at these places of the three lists.
  [[nodiscard]] float weightAt(int t, int y, int x) const;
  /// Output under `at`.
  [[nodiscard]] std::optional<Triple> outputAt(const QPointF& at) const;
  /// Where the cell of an output stands; empty where it is not shown.
  [[nodiscard]] QRectF cellOf(int t, int y, int x) const;

 signals:
  void editRequested(const convscope::StateEdit& edit);
  void hovered(const convscope::Hover& hover);
  void backRequested();

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  /// Blocks of cells, one a map frame, in rows that make the cells as large as they can be.
  struct Blocks {
    int columns = 1;
    double cellWidth = 0, cellHeight = 0;
    double left = 0, top = 0, pitchX = 0, pitchY = 0;
  };
  [[nodiscard]] Blocks blocks() const;
  [[nodiscard]] bool readsChannel() const;
  void paintWords(QPainter& painter) const;
  void paintBlock(QPainter& painter, const Blocks& blocks, int t) const;
  void setHovered(const Hover& hover);

  KernelView m_view;
  Reach m_reach;
  Hover m_hover;
  double m_largestWeight = 1;
};

}  // namespace convscope
