#include "widgets/look/focus_ring.h"

#include "widgets/look/look_theme.h"

#include <QApplication>
#include <QFocusEvent>
#include <QPainter>

namespace convscope {

namespace {

constexpr int kGap = 1;    // between control and ring, px
constexpr int kWidth = 2;  // of the ring, px

bool fromKeyboard(Qt::FocusReason reason) {
  return reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason ||
         reason == Qt::ShortcutFocusReason;
}

}  // namespace

class FocusRing::Overlay : public QWidget {
 public:
  explicit Overlay(QWidget* window) : QWidget(window) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_NoSystemBackground);
    setFocusPolicy(Qt::NoFocus);
    setObjectName(QStringLiteral("focusRing"));
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const LookTheme& theme = appliedTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.focus, kWidth));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.radius + 2, theme.radius + 2);
  }
};

FocusRing::FocusRing(QObject* application) : QObject(application) {
  application->installEventFilter(this);
}

FocusRing::~FocusRing() {
  delete m_overlay;
}

bool FocusRing::eventFilter(QObject* watched, QEvent* event) {
  if (!watched->isWidgetType()) return false;
  switch (event->type()) {
    case QEvent::FocusIn:
      point(fromKeyboard(static_cast<QFocusEvent*>(event)->reason()) ? static_cast<QWidget*>(watched)
                                                                     : nullptr);
      break;
    case QEvent::FocusOut:
      if (watched == m_target) point(nullptr);
      break;
    case QEvent::Move:
    case QEvent::Resize:
    case QEvent::Show:
    case QEvent::Hide:
      // Whatever moves may be above the control in the tree; placing the ring costs a few additions.
      if (m_target != nullptr && watched != m_overlay) place();
      break;
    default:
      break;
  }
  return false;
}

void FocusRing::point(QWidget* target) {
  // A field inside a control (the text of a spin box) stands for the control.
  while (target != nullptr && target->parentWidget() != nullptr &&
         target->parentWidget()->focusProxy() == target)
    target = target->parentWidget();
  if (target != nullptr && target->isWindow()) target = nullptr;
  m_target = target;
  if (m_overlay != nullptr && (target == nullptr || m_overlay->parentWidget() != target->window()))
    delete m_overlay;
  if (target == nullptr) return;
  if (m_overlay == nullptr) m_overlay = new Overlay(target->window());
  place();
}

void FocusRing::place() {
  if (m_overlay == nullptr || m_target == nullptr) return;
  const QRect at(m_target->mapTo(m_target->window(), QPoint()), m_target->size());
  const int out = kGap + kWidth;
  m_overlay->setGeometry(at.adjusted(-out, -out, out, out));
  m_overlay->setVisible(m_target->isVisible() && !m_target->visibleRegion().isEmpty());
  m_overlay->raise();
}

}  // namespace convscope
