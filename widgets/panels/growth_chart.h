#pragma once

#include "widgets/look/look_theme.h"
#include "widgets/state/field_view.h"

#include <QWidget>

namespace convscope {

/// The receptive field against depth, t against h and w, with the clip's own extent as dashed lines and
/// seconds on a second scale. A click chooses a layer. Paints itself; computes nothing.
class GrowthChart : public QWidget {
  Q_OBJECT

 public:
  explicit GrowthChart(QWidget* parent = nullptr);
  void present(const FieldView& view);
  [[nodiscard]] QString fact() const { return m_fact; }
  [[nodiscard]] QSize sizeHint() const override { return {380, 320}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {200, 150}; }
  /// Rows of the table that are points of the curves, in order: layers that can widen what is seen.
  [[nodiscard]] const std::vector<int>& points() const { return m_points; }
  /// The names under the plot as they stand there, one for each point that is named.
  [[nodiscard]] QStringList names() const;
  /// px of point `index` of the curve of an axis.
  [[nodiscard]] QPointF pointAt(int index, Axis axis) const;

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;

 private:
  [[nodiscard]] QRectF plot() const;
  [[nodiscard]] int ticks() const;
  [[nodiscard]] const AxisField& fieldAt(int index, Axis axis) const;
  [[nodiscard]] double y(double field) const;
  [[nodiscard]] bool crossed(const QRectF& part) const;
  void paintGrid(QPainter& painter, const LookTheme& theme) const;
  void paintSeconds(QPainter& painter, const LookTheme& theme) const;
  void paintClipLines(QPainter& painter, const LookTheme& theme) const;
  void paintCurve(QPainter& painter, const LookTheme& theme, Axis axis) const;
  void paintChosen(QPainter& painter, const LookTheme& theme) const;
  void paintNames(QPainter& painter, const LookTheme& theme) const;
  /// The points that are named, the chosen one among them: as many as stand apart.
  [[nodiscard]] std::vector<int> named() const;
  [[nodiscard]] QString nameOf(int index) const;

  FieldView m_view;
  QString m_fact;
  std::vector<int> m_points;
  int m_chosen = -1;   ///< index of the chosen layer's point, or −1
  double m_top = 1;    ///< field at the upper edge
  double m_below = 0;  ///< px under the plot, for the longest name
};

}  // namespace convscope
