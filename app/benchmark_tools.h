#pragma once

#include <QObject>

#include <functional>
#include <vector>

class QWidget;

namespace convscope {

/// The value below which that share (0 … 1) of the values lie; 0 where there are none.
[[nodiscard]] double quantile(std::vector<double> values, double share);

/// Calls back after every update of a window, when everything painted has been handed to the window system:
/// the nearest that a program gets to "now it is on the screen". GUI thread.
class PictureWatch : public QObject {
 public:
  PictureWatch(QWidget& window, std::function<void()> shown);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget& m_window;
  std::function<void()> m_shown;
};

}  // namespace convscope
