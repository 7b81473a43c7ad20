#include "app/welcome_page.h"

#include "app/main_window.h"
#include "app/workspace_page.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/text_runs.h"

#include <QAbstractButton>
#include <QAction>
#include <QEvent>
#include <QKeyEvent>
#include <QPainterPath>

#include <algorithm>
#include <utility>

namespace convscope {

namespace {

// px at type of 12.5 px
constexpr double kDoorWidth = 264, kDoorHeight = 236, kDoorGap = 16, kPad = 20;
constexpr double kTitle = 40, kSentence = 30, kUnderSentence = 34, kHint = 44;
constexpr double kTitlePx = 34, kSentencePx = 15, kDoorPx = 20;
constexpr double kSide = 32;     // px that the doors leave at either side of the window
constexpr double kDrawing = 72;  // px a side of a door's drawing
constexpr double kStroke = 1.6;  // as the icons, on their grid of 20
constexpr double kKey = 22;
constexpr float kVeil = .5F;       // over everything
constexpr float kVeilStep = .22F;  // more of it at each step towards the words
constexpr int kVeilSteps = 6;

double scaleOf(const LookTheme& theme) {
  return theme.body / 12.5;
}

struct DoorText {
  QString title, says;
};

DoorText textOf(WelcomeDoor door) {
  switch (door) {
    case WelcomeDoor::Teach:
      return {QObject::tr("Teach"), QObject::tr("Every figure of the article, live, one step at a time.")};
    case WelcomeDoor::Inspect:
      return {QObject::tr("Inspect"),
              QObject::tr("Your own network on a clip: which layer fires on what, when and where.")};
    default:
      return {QObject::tr("Compare"),
              QObject::tr("Kernels side by side on one clip: what each sees, and what it costs.")};
  }
}

/// A door's drawing in a square of 20 × 20: frames with their map above, a network's layers, two maps.
QPainterPath drawingOf(WelcomeDoor door) {
  QPainterPath path;
  const auto frame = [&path](double x, double y, double width, double height) {
    path.moveTo(x, y + height * .18);
    path.lineTo(x + width, y);
    path.lineTo(x + width, y + height * .82);
    path.lineTo(x, y + height);
    path.closeSubpath();
  };
  if (door == WelcomeDoor::Teach) {
    for (const double x : {1.5, 8.0, 14.5}) frame(x, 10.5, 4, 8);
    frame(8, 1.5, 4, 5);
    path.moveTo(10, 6.6);
    path.lineTo(10, 10.6);
    path.moveTo(8.4, 6.8);
    path.lineTo(3.5, 10.8);
    path.moveTo(11.6, 6.2);
    path.lineTo(16.5, 10.4);
  } else if (door == WelcomeDoor::Inspect) {
    frame(1.5, 4, 4, 13);
    frame(8, 6, 3.4, 9);
    frame(13.6, 7.8, 2.4, 5.6);
    path.moveTo(5.5, 4);
    path.lineTo(18.6, 10.4);
    path.moveTo(5.5, 14.7);
    path.lineTo(18.6, 10.6);
    path.addEllipse(QPointF(18.4, 10.5), .9, .9);
  } else {
    path.addRect(1.5, 5, 7, 10);
    path.addRect(11.5, 5, 7, 10);
    for (const double x : {1.5, 11.5}) {
      path.moveTo(x + 7.0 / 3, 5);
      path.lineTo(x + 7.0 / 3, 15);
      path.moveTo(x, 5 + 10.0 / 3);
      path.lineTo(x + 7, 5 + 10.0 / 3);
    }
    path.moveTo(10, 2.5);
    path.lineTo(10, 17.5);
  }
  return path;
}

/// One of the three: a button, so that keys and screen readers find it.
class Door : public QAbstractButton {
 public:
  Door(WelcomeDoor door, QWidget* parent) : QAbstractButton(parent), m_door(door) {
    const DoorText text = textOf(door);
    setText(text.title);
    setAccessibleName(text.title);
    setAccessibleDescription(text.says);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const LookTheme& theme = appliedTheme();
    const double s = scaleOf(theme);
    const bool lit = underMouse() || hasFocus();
    const DoorText text = textOf(m_door);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(lit ? theme.accent : theme.line2, lit ? 2 : 1));
    painter.setBrush(lit ? theme.raised : theme.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 2 * theme.radius, 2 * theme.radius);
    const double pad = kPad * s;
    painter.save();
    painter.translate(pad, pad);
    const double drawing = kDrawing * s;
    painter.scale(drawing / 20, drawing / 20);
    painter.setPen(QPen(lit ? theme.text : theme.muted, kStroke * 20 / kDrawing, Qt::SolidLine, Qt::RoundCap,
                        Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(drawingOf(m_door));
    painter.restore();
    const double title = pad + drawing + 26 * s;
    drawRun(painter, {pad, title}, Anchor::Left, {text.title, theme.text, true, kDoorPx * s}, theme);
    painter.setFont(theme.font(theme.body + 1));
    painter.setPen(theme.muted);
    painter.drawText(QRectF(pad, title + 18 * s, width() - 2 * pad, height() - title - 18 * s - pad / 2),
                     Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, text.says);
    const QRectF key(width() - pad - kKey * s, pad, kKey * s, kKey * s);
    painter.setPen(QPen(theme.line2, 1));
    painter.setBrush(theme.field);
    painter.drawRoundedRect(key, theme.radius, theme.radius);
    drawRun(painter, key.center(), Anchor::Centre,
            {QString::number(static_cast<int>(m_door) + 1), theme.text}, theme);
  }

 private:
  WelcomeDoor m_door;
};

}  // namespace

WelcomePage::WelcomePage(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Welcome to ConvScope"));
  setFocusPolicy(Qt::StrongFocus);
  for (std::size_t i = 0; i < m_doors.size(); ++i) {
    const auto which = static_cast<WelcomeDoor>(i);
    m_doors[i] = new Door(which, this);
    connect(m_doors[i], &QAbstractButton::clicked, this, [this, which] { leave(which); });
  }
  parent->installEventFilter(this);
  setGeometry(parent->rect());
  arrange();
  show();
  raise();
  setFocus(Qt::PopupFocusReason);
}

void WelcomePage::arrange() {
  const LookTheme& theme = appliedTheme();
  const double s = scaleOf(theme);
  const double gap = kDoorGap * s;
  const double each = std::min(kDoorWidth * s, (width() - 2 * kSide - 2 * gap) / 3);
  const double all = 3 * each + 2 * gap;
  const double high = (kTitle + kSentence + kUnderSentence + kDoorHeight + kHint) * s;
  const double left = (width() - all) / 2;
  double y = std::max(8.0, (height() - high) / 2);
  const auto line = [&](double height) {
    const QRect box(static_cast<int>(left), static_cast<int>(y), static_cast<int>(all),
                    static_cast<int>(height * s));
    y += height * s;
    return box;
  };
  m_title = line(kTitle);
  m_sentence = line(kSentence);
  y += kUnderSentence * s;
  for (std::size_t i = 0; i < m_doors.size(); ++i)
    m_doors[i]->setGeometry(static_cast<int>(left + static_cast<double>(i) * (each + gap)),
                            static_cast<int>(y), static_cast<int>(each), static_cast<int>(kDoorHeight * s));
  y += kDoorHeight * s;
  m_hint = line(kHint);
}

void WelcomePage::paintEvent(QPaintEvent*) {
  const LookTheme& theme = appliedTheme();
  const double s = scaleOf(theme);
  QPainter painter(this);
  // the clip behind stays to be seen all round, moving, and goes back where one reads
  QColor veil = theme.window;
  veil.setAlphaF(kVeil);
  painter.fillRect(rect(), veil);
  painter.setRenderHint(QPainter::Antialiasing);
  veil.setAlphaF(kVeilStep);
  painter.setPen(Qt::NoPen);
  painter.setBrush(veil);
  const QRectF words = QRectF(m_title | m_hint);
  for (int step = kVeilSteps; step > 0; --step) {
    const double out = (8 + 6.0 * step) * s;
    painter.drawRoundedRect(words.adjusted(-out, -out, out, out), out, out);
  }
  drawRun(painter, QPointF(m_title.left(), m_title.center().y()), Anchor::Left,
          {QStringLiteral("ConvScope"), theme.text, true, kTitlePx * s}, theme);
  drawRun(painter, QPointF(m_sentence.left(), m_sentence.center().y()), Anchor::Left,
          {tr("See a convolution move through the space and time of a video clip."), theme.muted, false,
           kSentencePx * s},
          theme);
  drawRun(painter, QPointF(m_hint.left(), m_hint.center().y()), Anchor::Left,
          {tr("Esc goes straight to the clip. Help › Welcome brings this page back."), theme.muted}, theme);
}

bool WelcomePage::eventFilter(QObject* watched, QEvent* event) {
  if (watched == parentWidget() && event->type() == QEvent::Resize) setGeometry(parentWidget()->rect());
  return QWidget::eventFilter(watched, event);
}

bool WelcomePage::event(QEvent* event) {
  // the window's own keys do not move what is behind the page
  if (event->type() == QEvent::ShortcutOverride) event->accept();
  return QWidget::event(event);
}

void WelcomePage::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::StyleChange) arrange();
}

void WelcomePage::resizeEvent(QResizeEvent*) {
  arrange();
}

void WelcomePage::mousePressEvent(QMouseEvent*) {
  leave(WelcomeDoor::None);
}

void WelcomePage::keyPressEvent(QKeyEvent* event) {
  const int door = event->key() - Qt::Key_1;
  if (event->key() == Qt::Key_Escape) {
    leave(WelcomeDoor::None);
  } else if (door >= 0 && door < static_cast<int>(m_doors.size())) {
    leave(static_cast<WelcomeDoor>(door));
  } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
    const auto focused =
        std::ranges::find_if(m_doors, [this](const QWidget* one) { return one == focusWidget(); });
    leave(static_cast<WelcomeDoor>(focused == m_doors.end() ? 0 : focused - m_doors.begin()));
  } else if (event->key() == Qt::Key_Right || event->key() == Qt::Key_Left) {
    focusNextPrevChild(event->key() == Qt::Key_Right);
  } else {
    QWidget::keyPressEvent(event);
  }
}

void WelcomePage::leave(WelcomeDoor door) {
  if (std::exchange(m_left, true)) return;
  hide();
  deleteLater();
  Q_EMIT chosen(door);
}

void MainWindow::showWelcome() {
  if (m_welcome != nullptr) return;
  m_settings.setWelcomed();  // now: it does not come again however this run ends
  m_welcome = new WelcomePage(this);
  m_playsForWelcome = !m_store.state().playback.playing && !m_store.state().look.reducedMotion;
  if (m_playsForWelcome)
    change(
        tr("Play"), [](AppState& s) { setPlaying(s.playback, true); }, false);
  connect(m_welcome, &WelcomePage::chosen, this, &MainWindow::begin);
}

void MainWindow::begin(WelcomeDoor door) {
  m_welcome = nullptr;
  if (std::exchange(m_playsForWelcome, false))
    change(
        tr("Pause"),
        [](AppState& s) {
          s.playback.playing = false;
          s.playback.paint = false;
        },
        false);
  page().stageWidget()->setFocus();
  const auto open = [this](const char* scene) {
    auto found = convscope::scene(scene);
    if (!found) return say(QString::fromStdString(found.error().message));
    found->state.look.theme = m_store.state().look.theme;
    m_store.replace(std::move(found->state), QString::fromStdString(found->title));
    say(QString::fromStdString(found->says));
  };
  if (door == WelcomeDoor::Teach) {
    QAction* lessons = action(QStringLiteral("lessons"));
    lessons != nullptr ? lessons->trigger() : open("fig-4");
  }
  if (door == WelcomeDoor::Inspect)
    change(
        tr("Workspace"), [](AppState& s) { s.workspace = Workspace::Network; }, false);
  if (door == WelcomeDoor::Compare) open("compare");
}

}  // namespace convscope
