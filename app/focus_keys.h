#pragma once

#include <QObject>

class QKeyEvent;
class QWidget;

namespace convscope {

/// Gives the focused control its own keys back. Most keys of the program are single letters, digits and
/// arrows that hold in the whole window; without this, typing "5" into a weight would fly the camera.
/// Installed on the application; GUI thread only.
class FocusKeys : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;

  /// True where `widget` itself answers the key: whatever is typed into an editor or a number field, digits
  /// in grids, arrows in sliders, lists and tabs, Space on buttons. A closed list answers no letter. Keys
  /// with Ctrl or Alt stay the window's, but those of a line editor.
  [[nodiscard]] static bool answers(const QWidget& widget, const QKeyEvent& event);

  bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace convscope
