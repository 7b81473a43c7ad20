#include "app/benchmark_tools.h"

#include <QCoreApplication>
#include <QEvent>
#include <QWidget>

#include <algorithm>
#include <utility>

namespace convscope {

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

PictureWatch::PictureWatch(QWidget& window, std::function<void()> shown)
    : m_window(window), m_shown(std::move(shown)) {
  m_window.installEventFilter(this);  // widgets' update requests go to the window's widget
}

bool PictureWatch::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::UpdateRequest) return false;
  // The filter runs before the update; do the update here, so that "after" is known.
  m_window.removeEventFilter(this);
  QCoreApplication::sendEvent(watched, event);
  m_window.installEventFilter(this);
  m_shown();
  return true;
}

}  // namespace convscope
