#pragma once

#include "widgets/state/network_view.h"

#include <QWidget>

namespace convscope {

/// The frames that the network is fed: the one that plays, large, above a strip of them all. A press on the
/// strip goes to its frame (NetworkSettings::moment). Paints itself; computes nothing.
class ClipFilm : public QWidget {
  Q_OBJECT

 public:
  explicit ClipFilm(QWidget* parent = nullptr);
  void present(const NetworkView& view);
  /// Frames on the strip; 0 while there are none.
  [[nodiscard]] int frames() const;
  /// The one that is shown large, from 0.
  [[nodiscard]] int frame() const;
  /// Where it stands, and where a frame of the strip does, px.
  [[nodiscard]] QRectF largeRect() const;
  [[nodiscard]] QRectF stripRect(int frame) const;

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

 private:
  [[nodiscard]] const Pictures* pictures() const;
  void goTo(const QPointF& at);

  NetworkView m_view;
};

}  // namespace convscope
