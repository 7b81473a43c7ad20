#pragma once

#include "widgets/state/network_view.h"
#include "widgets/state/shift_queries.h"

#include <QWidget>

namespace convscope {

/// Score of one class, and how far the chosen layer's map is from the map that follows, against shifts of the
/// clip along one axis: with the network's strides and zero padding, and without either. A drag shifts the
/// clip. Paints itself; computes nothing.
class ShiftChart : public QWidget {
  Q_OBJECT

 public:
  explicit ShiftChart(QWidget* parent = nullptr);
  void present(const NetworkView& view);
  /// "“claps”, map of conv2".
  [[nodiscard]] QString fact() const { return m_fact; }
  /// What is said where curves are missing: one sentence, or empty.
  [[nodiscard]] QString problem() const;
  /// Of the plots: score above, map below; px.
  [[nodiscard]] QRectF plot(int which) const;
  [[nodiscard]] double xOf(double shift) const;
  [[nodiscard]] QSize sizeHint() const override { return {360, 260}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {200, 140}; }

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

 private:
  void paintPlot(QPainter& painter, int which) const;
  void paintLegend(QPainter& painter) const;
  /// Two, or one where an entry is too long for half of the width.
  [[nodiscard]] int legendColumns() const;
  void shiftTo(double x);
  [[nodiscard]] int shift() const;

  NetworkView m_view;
  QString m_fact;
};

}  // namespace convscope
