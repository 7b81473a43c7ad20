#pragma once

#include <QPointer>
#include <QWidget>

namespace convscope {

/// The ring of the keyboard focus: 2 px, 1 px outside the control, over whatever lies there. Shows only where
/// the focus came by the keyboard. One per application; it moves from window to window with the focus.
class FocusRing : public QObject {
  Q_OBJECT

 public:
  explicit FocusRing(QObject* application);
  ~FocusRing() override;
  [[nodiscard]] QWidget* target() const { return m_target; }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  class Overlay;
  void point(QWidget* target);
  void place();
  QPointer<QWidget> m_target;
  QPointer<QWidget> m_overlay;
};

}  // namespace convscope
