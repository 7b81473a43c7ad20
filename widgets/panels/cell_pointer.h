#pragma once

#include "widgets/state/kernel_view.h"

#include <optional>

class QHelpEvent;
class QWheelEvent;
class QWidget;

namespace convscope {

// What the 2-D views of the time strip do alike with the pointer.

/// Whole notches of a wheel; what a fine wheel turns less than one is kept for the next event.
class WheelNotches {
 public:
  /// Away from the user is positive; a wheel that turns sideways counts as well.
  [[nodiscard]] int take(const QWheelEvent& event);

 private:
  int m_rest = 0;  ///< eighths of a degree
};

/// The kernel `notches` map frames back in time; nothing where it stands at that end.
[[nodiscard]] std::optional<StateEdit> wheeled(const KernelView& view, int notches);

/// Shows `tip` where the pointer rests on `view`; an empty one hides what was shown.
void showTip(QWidget* view, const QHelpEvent& help, const QString& tip);

}  // namespace convscope
