#include "widgets/panels/cell_pointer.h"

#include "widgets/panels/kernel_place.h"

#include <QHelpEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>

namespace convscope {

namespace {

constexpr int kNotch = 120;  // eighths of a degree, as Qt counts

}  // namespace

int WheelNotches::take(const QWheelEvent& event) {
  m_rest += event.angleDelta().y() != 0 ? event.angleDelta().y() : event.angleDelta().x();
  const int notches = m_rest / kNotch;
  m_rest -= notches * kNotch;
  return notches;
}

std::optional<StateEdit> wheeled(const KernelView& view, int notches) {
  const int now = view.voxel().t;
  const int t = std::clamp(now - notches, 0, view.result->geometry.output.length - 1);
  if (t == now) return std::nullopt;
  return moveKernel(t, {}, {});
}

void showTip(QWidget* view, const QHelpEvent& help, const QString& tip) {
  if (tip.isEmpty())
    QToolTip::hideText();
  else
    QToolTip::showText(help.globalPos(), tip, view);
}

}  // namespace convscope
