#pragma once

#include "widgets/state/network_view.h"

#include <QWidget>

namespace convscope {

/// Shares of the likeliest classes while the network's window slides over the whole clip; the window itself
/// can be dragged. Paints itself; computes nothing.
class ScoreTimeChart : public QWidget {
  Q_OBJECT

 public:
  static constexpr std::size_t kCurves = 3;

  explicit ScoreTimeChart(QWidget* parent = nullptr);
  void present(const NetworkView& view);
  /// "window of 16 frames, drag it", or how much of the clip is done.
  [[nodiscard]] QString fact() const { return m_fact; }
  /// Classes whose curves are drawn: the one that is chosen, if any, and the likeliest; the first stands out.
  [[nodiscard]] const std::vector<int>& classes() const { return m_classes; }
  /// Where the window stands, px.
  [[nodiscard]] QRectF windowRect() const;
  [[nodiscard]] QSize sizeHint() const override { return {360, 200}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {200, 100}; }

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

 private:
  [[nodiscard]] QRectF plot() const;
  [[nodiscard]] double xOf(double frame) const;
  [[nodiscard]] int span() const { return m_view.result->span(); }
  void moveTo(double x);

  NetworkView m_view;
  std::vector<int> m_classes;
  double m_grip = 0;  ///< px from the window's left edge to where it was taken
  QString m_fact;
};

}  // namespace convscope
