#include "widgets/lesson/lesson_parts.h"

#include "widgets/look/look_theme.h"

#include <QEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace convscope {

namespace {

// px at the usual size; the presenter's are those of a picture of 1080 lines
constexpr double kDot = 7, kPresenterDot = 14;
constexpr int kChoiceHeight = 36, kPresenterChoiceHeight = 66;
constexpr int kRingGap = 2;
constexpr int kRingWidth = 3;
constexpr int kRingTint = 20;  // of 255, of the frame inside the ring

double dotSize() {
  return appliedTheme().presenter ? kPresenterDot * presenterScale() : kDot;
}

}  // namespace

LessonDots::LessonDots(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Progress"));
}

void LessonDots::setProgress(int step, int count) {
  m_step = step;
  m_count = count;
  setAccessibleDescription(tr("Step %1 of %2").arg(step + 1).arg(count));
  updateGeometry();
  update();
}

QSize LessonDots::sizeHint() const {
  if (m_count == 0) return {0, 0};
  const QRectF last = dot(m_count - 1);
  return {static_cast<int>(last.right() + 1), static_cast<int>(dotSize() + 4)};
}

QRectF LessonDots::dot(int step) const {
  const double size = dotSize();
  const double pitch = size * 1.65;
  const double longer = step > m_step ? size * 1.6 : 0;
  return {step * pitch + longer, (height() - size) / 2.0, step == m_step ? size * 2.6 : size, size};
}

void LessonDots::paintEvent(QPaintEvent*) {
  const LookTheme& theme = appliedTheme();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  for (int step = 0; step < m_count; ++step) {
    painter.setBrush(step <= m_step ? theme.text : theme.line2);
    const QRectF box = dot(step);
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2);
  }
}

void LessonDots::mousePressEvent(QMouseEvent* event) {
  for (int step = 0; step < m_count; ++step) {
    const double reach = dotSize() * .33;
    if (dot(step).adjusted(-reach, -20, reach, 20).contains(event->position())) Q_EMIT stepChosen(step);
  }
}

void LessonDots::changeEvent(QEvent* event) {
  if (event->type() == QEvent::StyleChange) updateGeometry();
  QWidget::changeEvent(event);
}

ChoiceButton::ChoiceButton(int key, const QString& words, QWidget* parent)
    : QAbstractButton(parent), m_key(key) {
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setText(words);
  refreshNames();
}

void ChoiceButton::present(const QString& words, State state) {
  if (words == text() && state == m_state) return;
  m_state = state;
  setText(words);
  setEnabled(state == State::Open || state == State::Chosen);
  refreshNames();
  updateGeometry();
  update();
}

QString ChoiceButton::remark() const {
  switch (m_state) {
    case State::Chosen:
      return tr("your choice");
    case State::Right:
      return tr("✓ right");
    case State::RightChosen:
      return tr("✓ right, your choice");
    case State::WrongChosen:
      return tr("✗ your choice");
    default:
      return {};
  }
}

void ChoiceButton::refreshNames() {
  setAccessibleName(tr("Answer %1: %2").arg(m_key).arg(text()));
  setAccessibleDescription(remark());
}

QRect ChoiceButton::wordsBox(int width) const {
  const LookTheme& theme = appliedTheme();
  const QFontMetrics small(theme.font(theme.caption));
  const double s = theme.body / 12.5;
  const int left = static_cast<int>(44 * s);
  const int right =
      static_cast<int>(12 * s) + (remark().isEmpty() ? 0 : small.horizontalAdvance(remark()) + 8);
  const QFontMetrics words(theme.font(theme.presenter ? theme.body * 1.15 : theme.body));
  const int room = std::max(60, width - left - right);
  const QRect box = words.boundingRect(QRect(0, 0, room, 10000), Qt::TextWordWrap, text());
  return {left, 0, room, box.height()};
}

QSize ChoiceButton::sizeHint() const {
  const bool presenter = appliedTheme().presenter;
  const int least = presenter ? static_cast<int>(kPresenterChoiceHeight * presenterScale()) : kChoiceHeight;
  const int words = wordsBox(width()).height() + least / 3;
  return {200, std::max(least, words)};
}

void ChoiceButton::resizeEvent(QResizeEvent* event) {
  QAbstractButton::resizeEvent(event);
  if (sizeHint().height() != height()) updateGeometry();
}

void ChoiceButton::paintEvent(QPaintEvent*) {
  const LookTheme& theme = appliedTheme();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const bool chosen = m_state == State::Chosen;
  const bool right = m_state == State::Right || m_state == State::RightChosen;
  const double s = theme.body / 12.5;
  const double line = chosen || right ? 1.6 * s : 1 * s;
  const QColor frame = chosen || right ? theme.text : theme.line2;
  painter.setPen(QPen(frame, line));
  painter.setBrush(chosen || right ? theme.sel : underMouse() && isEnabled() ? theme.raised : theme.field);
  const QRectF box = QRectF(rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2);
  painter.drawRoundedRect(box, theme.radius * 1.5, theme.radius * 1.5);
  const bool faint = m_state == State::Passed || m_state == State::WrongChosen;
  const double key = 20 * s;
  const QRectF keyBox(12 * s, (height() - key) / 2, key, key);
  painter.setBrush(theme.field);
  painter.setPen(QPen(theme.line2, s));
  painter.drawRoundedRect(keyBox, theme.radius, theme.radius);
  painter.setPen(faint ? theme.muted : theme.text);
  painter.setFont(theme.font(theme.caption, true));
  painter.drawText(keyBox, Qt::AlignCenter, QString::number(m_key));
  const QRect words = wordsBox(width());
  painter.setFont(theme.font(theme.presenter ? theme.body * 1.15 : theme.body, chosen || right));
  painter.drawText(QRect(words.left(), 0, words.width(), height()), Qt::AlignVCenter | Qt::TextWordWrap,
                   text());
  painter.setFont(theme.font(theme.caption));
  painter.drawText(rect().adjusted(0, 0, static_cast<int>(-12 * s), 0), Qt::AlignVCenter | Qt::AlignRight,
                   remark());
}

void ChoiceButton::changeEvent(QEvent* event) {
  if (event->type() == QEvent::StyleChange) updateGeometry();
  QAbstractButton::changeEvent(event);
}

SpotlightRing::SpotlightRing(QWidget* window) : QWidget(window) {
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setAttribute(Qt::WA_NoSystemBackground);
  setFocusPolicy(Qt::NoFocus);
  setObjectName(QStringLiteral("spotlight"));
  window->installEventFilter(this);
  hide();
}

void SpotlightRing::setTarget(QWidget* target) {
  if (m_target == target) return place();
  if (m_target != nullptr) m_target->removeEventFilter(this);
  m_target = target;
  if (m_target != nullptr) {
    m_target->installEventFilter(this);
    connect(m_target, &QObject::destroyed, this, [this](QObject* gone) {
      if (gone == m_target) m_target = nullptr;
    });
  }
  place();
}

void SpotlightRing::place() {
  const bool shown = m_target != nullptr && m_target->isVisible() && !m_target->visibleRegion().isEmpty();
  if (!shown) return hide();
  const int out = kRingGap + kRingWidth;
  QRect at(m_target->mapTo(parentWidget(), QPoint()), m_target->size());
  // a panel at the window's edge has its ring inside
  at = at.adjusted(-out, -out, out, out).intersected(parentWidget()->rect());
  if (isVisible() && at == geometry()) return;
  setGeometry(at);
  show();
  raise();
}

bool SpotlightRing::eventFilter(QObject*, QEvent* event) {
  switch (event->type()) {
    case QEvent::Move:
    case QEvent::Resize:
    case QEvent::Show:
    case QEvent::Hide:
    case QEvent::LayoutRequest:
      place();
      break;
    default:
      break;
  }
  return false;
}

void SpotlightRing::paintEvent(QPaintEvent*) {
  const LookTheme& theme = appliedTheme();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QColor tint = theme.text;
  tint.setAlpha(kRingTint);
  const double inset = kRingWidth / 2.0;
  const QRectF ring = QRectF(rect()).adjusted(inset, inset, -inset, -inset);
  painter.setPen(QPen(theme.halo, kRingWidth + 2));
  painter.drawRoundedRect(ring, theme.radius + 3, theme.radius + 3);
  painter.setPen(QPen(theme.text, kRingWidth));
  painter.setBrush(m_target != nullptr && m_target->height() < 80 ? QBrush(tint) : QBrush(Qt::NoBrush));
  painter.drawRoundedRect(ring, theme.radius + 3, theme.radius + 3);
}

}  // namespace convscope
