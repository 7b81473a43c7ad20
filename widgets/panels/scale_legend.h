#pragma once

#include <QWidget>

namespace convscope {

/// The weight scale with numbers at both ends and 0.
class ScaleLegend : public QWidget {
  Q_OBJECT

 public:
  explicit ScaleLegend(QWidget* parent = nullptr);
  /// The scale runs from −range to +range.
  void setRange(double range);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  double m_range = 1;
};

}  // namespace convscope
