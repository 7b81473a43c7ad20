#pragma once

#include "widgets/state/network_view.h"

#include <QWidget>

namespace convscope {

/// The chosen unit: its value, what it sees of the clip, and the sum behind it, frame by frame of the kernel
/// and with the input channels that count most. Paints itself; computes nothing.
class NetworkUnitPanel : public QWidget {
  Q_OBJECT

 public:
  explicit NetworkUnitPanel(QWidget* parent = nullptr);
  void present(const NetworkView& view);
  /// "conv2, channel 32, t=8 y=22 x=14".
  [[nodiscard]] QString fact() const { return m_fact; }
  [[nodiscard]] QStringList lines() const;
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

 Q_SIGNALS:
  void factChanged(const QString& fact);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Row {
    QString label;
    QString text;
    bool inAxes = false;  ///< an extent, in the colours of its axes
  };
  [[nodiscard]] std::vector<Row> rows() const;

  NetworkView m_view;
  QString m_fact;
};

/// How often each value occurs in the chosen channel, counts on a log scale, bars in the colours of the
/// values. Paints itself; computes nothing.
class ValueHistogram : public QWidget {
  Q_OBJECT

 public:
  explicit ValueHistogram(QWidget* parent = nullptr);
  void present(const NetworkView& view);
  /// "mean 0.039, deviation 0.07".
  [[nodiscard]] QString fact() const { return m_fact; }
  [[nodiscard]] QSize sizeHint() const override { return {360, 150}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {200, 64}; }

 Q_SIGNALS:
  void factChanged(const QString& fact);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  NetworkView m_view;
  QString m_fact;
};

}  // namespace convscope
