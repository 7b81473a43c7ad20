#pragma once

#include "widgets/state/network_view.h"

#include <QAbstractScrollArea>

namespace convscope {

/// The filters of the chosen layer's convolution as lattices: one block of h × w cells for each frame of the
/// kernel, side by side, for one input channel. The wheel with Ctrl, or Page Up and Page Down, goes through
/// the input channels; without it the list scrolls.
class WeightLattices : public QAbstractScrollArea {
  Q_OBJECT

 public:
  explicit WeightLattices(QWidget* parent = nullptr);

  void present(const NetworkView& view);
  /// "24 filters, 3 × 3 × 3, input channel 1 of 3".
  [[nodiscard]] QString fact() const { return m_fact; }
  [[nodiscard]] double range() const { return m_range; }
  [[nodiscard]] int channel() const { return m_channel; }
  void setChannel(int channel);
  [[nodiscard]] QSize sizeHint() const override { return {330, 200}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {200, 140}; }

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void rangeChanged(double range);
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;

 private:
  struct Plan {
    int columns = 1;
    double cell = 4, pitchX = 1, pitchY = 1;
  };
  void arrange();
  void tell();

  NetworkView m_view;
  std::shared_ptr<const StudyResult> m_holder;
  const Value* m_weights = nullptr;
  int m_row = -1;
  int m_filters = 0, m_channels = 0, m_channel = 0;
  Triple m_kernel{1, 1, 1};
  double m_range = 1;
  Plan m_plan;
  QString m_fact;
};

}  // namespace convscope
