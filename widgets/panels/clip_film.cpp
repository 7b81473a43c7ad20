#include "widgets/panels/clip_film.h"

#include "widgets/panels/text_runs.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace convscope {

namespace {

constexpr double kMargin = 16, kGap = 3, kBelow = 14;  // px
constexpr double kMostStrip = .2;                      // of the height

QRectF fitted(const QRectF& room, const QSizeF& size) {
  const double scale = std::min(room.width() / size.width(), room.height() / size.height());
  QRectF made(QPointF(), size * scale);
  made.moveCenter(room.center());
  return made;
}

}  // namespace

ClipFilm::ClipFilm(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("The clip as the network sees it"));
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(240, 200);
}

const Pictures* ClipFilm::pictures() const {
  const bool there = m_view.answer != nullptr && m_view.answer->clip != nullptr;
  return there && !m_view.answer->clip->empty() ? m_view.answer->clip.get() : nullptr;
}

int ClipFilm::frames() const {
  return pictures() == nullptr ? 0 : static_cast<int>(pictures()->size());
}

int ClipFilm::frame() const {
  return std::clamp(m_view.settings().moment, 0, std::max(0, frames() - 1));
}

void ClipFilm::present(const NetworkView& view) {
  m_view = view;
  setAccessibleDescription(frames() == 0 ? QString() : tr("Frame %1 of %2").arg(frame() + 1).arg(frames()));
  update();
}

QRectF ClipFilm::stripRect(int frame) const {
  if (pictures() == nullptr) return {};
  const QSizeF size = pictures()->front().size();
  const int count = frames();
  double wide = (width() - 2 * kMargin - (count - 1) * kGap) / count;
  const double high = std::min(wide * size.height() / size.width(), kMostStrip * height());
  wide = high * size.width() / size.height();
  const double left = (width() - count * wide - (count - 1) * kGap) / 2;
  return {left + frame * (wide + kGap), height() - kMargin - high, wide, high};
}

QRectF ClipFilm::largeRect() const {
  if (pictures() == nullptr) return {};
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double top = kMargin + 1.7 * theme.stageTitle;
  return fitted({kMargin, top, width() - 2 * kMargin, stripRect(0).top() - kBelow - top},
                pictures()->front().size());
}

void ClipFilm::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.fillRect(rect(), theme.stage);
  const Pictures* const shown = pictures();
  if (shown == nullptr) {
    painter.setPen(m_view.problem.isEmpty() ? theme.muted : theme.error);
    painter.setFont(theme.font(theme.body));
    painter.drawText(QRectF(rect()).adjusted(40, 40, -40, -40), Qt::AlignCenter | Qt::TextWordWrap,
                     m_view.problem.isEmpty() ? tr("The clip is being read …") : m_view.problem);
    return;
  }
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  const QRectF large = largeRect();
  const int now = frame();
  painter.drawImage(large, (*shown)[static_cast<std::size_t>(now)]);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(theme.text, theme.frameEdgeFocus));
  painter.drawRect(large);
  const Shape& shape = m_view.result->clip->pixels.shape();
  const double y = kMargin + .6 * theme.stageTitle;
  const double used =
      drawRun(painter, {kMargin, y}, Anchor::Left,
              {tr("t=%1 of %2").arg(now + 1).arg(frames()), theme.time, true, theme.stageTitle}, theme);
  const QString seen = tr("what the network sees, %1").arg(QString::fromStdString(toText(shape.extent())));
  drawRun(painter, {kMargin + used + 14, y}, Anchor::Left, {seen, theme.muted, false, theme.stageLabel},
          theme);
  for (int t = 0; t < frames(); ++t) {
    const QRectF at = stripRect(t);
    painter.setOpacity((m_view.stale ? theme.staleOpacity : 1) * (t == now ? 1 : .55));
    painter.drawImage(at, (*shown)[static_cast<std::size_t>(t)]);
    painter.setOpacity(1);
    painter.setPen(t == now ? QPen(theme.time, theme.frameEdgeFocus) : QPen(theme.line2, theme.hairline));
    painter.drawRect(at);
  }
}

void ClipFilm::goTo(const QPointF& at) {
  if (frames() == 0 || at.y() < largeRect().bottom()) return;
  int frame = 0;
  while (frame + 1 < frames() && at.x() > stripRect(frame).right() + kGap / 2) ++frame;
  Q_EMIT editRequested({tr("Moment"), [frame](AppState& state) { state.network.moment = frame; }, false});
}

void ClipFilm::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) goTo(event->position());
}

void ClipFilm::mouseMoveEvent(QMouseEvent* event) {
  if ((event->buttons() & Qt::LeftButton) != 0) goTo(event->position());
}

}  // namespace convscope
