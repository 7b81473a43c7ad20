#include "widgets/panels/score_time_chart.h"

#include "engine/network/mean_scores.h"
#include "widgets/panels/text_runs.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kLeft = 46, kRight = 14, kTop = 14, kBottom = 44;  // px around the plot
const std::vector<qreal> kDashes[] = {{}, {6, 3}, {2, 3}};

}  // namespace

ScoreTimeChart::ScoreTimeChart(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Score over time"));
  setMouseTracking(true);
}

void ScoreTimeChart::present(const NetworkView& view) {
  m_view = view;
  m_classes.clear();
  QString fact;
  if (view.result != nullptr && !view.result->outline && !view.windows.empty()) {
    // the chosen one, and those that are largest on the window shown
    const auto best = likeliestClasses(view.result->scores);
    const int chosen = view.settings().classIndex;
    if (chosen >= 0 && chosen < static_cast<int>(best.size())) m_classes.push_back(chosen);
    for (const ClassScore& one : best) {
      const auto index = static_cast<int>(one.index);
      if (m_classes.size() < kCurves && std::ranges::find(m_classes, index) == m_classes.end())
        m_classes.push_back(index);
    }
    fact = view.scanning    ? tr("%1 % of the clip").arg(qRound(100 * view.scanProgress))
           : view.guesses() ? tr("a guess, %1 frames wide, drag it").arg(span())
                            : tr("%1 frames wide, drag it").arg(span());
  }
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
  update();
}

QRectF ScoreTimeChart::plot() const {
  const LookTheme& theme = appliedTheme();
  const double s = theme.caption / 11;
  return QRectF(rect()).adjusted(kLeft * s, kTop * s, -kRight * s, -kBottom * s);
}

double ScoreTimeChart::xOf(double frame) const {
  return plot().left() + frame / std::max(1, m_view.scanFrames) * plot().width();
}

QRectF ScoreTimeChart::windowRect() const {
  if (m_view.result == nullptr || m_view.scanFrames < 1) return {};
  const double from = xOf(m_view.settings().start);
  return {from, plot().top(), std::max(3.0, xOf(m_view.settings().start + span()) - from), plot().height()};
}

void ScoreTimeChart::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  if (m_classes.empty()) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  double top = .1;  // of the axis
  for (const ScanWindow& window : m_view.windows) {
    for (const int one : m_classes) {
      if (!window.probabilities.empty())
        top = std::max(top, window.probabilities[static_cast<std::size_t>(one)]);
    }
  }
  top = top > .5 ? 1 : std::ceil(top * 10) / 10;
  const auto yOf = [&](double share) { return plot().bottom() - share / top * plot().height(); };
  for (const double share : {0.0, top / 2, top}) {
    painter.setPen(QPen(theme.line2, 1));
    painter.drawLine(QPointF(plot().left(), yOf(share)), QPointF(plot().right(), yOf(share)));
    drawRun(painter, {plot().left() - 6, yOf(share)}, Anchor::Right,
            {QStringLiteral("%1 %").arg(100 * share, 0, 'g', 3), theme.muted, false, theme.caption}, theme);
  }
  const int frames = m_view.scanFrames;
  const double below = plot().bottom() + 4 + theme.caption * .7;
  for (int i = 0; i <= 3; ++i) {
    const int frame = i == 0 ? 1 : static_cast<int>(std::lround(i * frames / 3.0));
    drawRun(painter, {xOf(frame - .5), below}, i == 3 ? Anchor::Right : Anchor::Centre,
            {i == 3 ? tr("%1 frame").arg(frame) : QString::number(frame), theme.muted, false, theme.caption},
            theme);
  }
  const QRectF window = windowRect();
  QColor veil = theme.text;
  veil.setAlphaF(.14F);
  painter.fillRect(window, veil);
  const double middle = span() / 2.0;
  for (std::size_t i = 0; i < m_classes.size(); ++i) {
    QPen pen(i == 0 && !m_view.guesses() ? theme.text : theme.muted, i == 0 ? 2 : 1.6);
    if (!kDashes[i].empty()) pen.setDashPattern(QList<qreal>(kDashes[i].begin(), kDashes[i].end()));
    painter.setPen(pen);
    QPolygonF curve;
    for (const ScanWindow& one : m_view.windows) {
      if (one.probabilities.empty()) continue;
      curve << QPointF(xOf(one.start + middle),
                       yOf(one.probabilities[static_cast<std::size_t>(m_classes[i])]));
    }
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(curve);
    if (curve.size() == 1) painter.drawEllipse(curve.front(), 2, 2);
  }
  painter.setPen(QPen(theme.text, 1.5));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(window);
  if (m_view.guesses())
    drawRun(painter, {plot().right(), plot().top() - theme.caption * .2}, Anchor::Right,
            {tr("a guess"), theme.text, true, theme.caption}, theme);
  // the curves by name
  const double row = height() - 12 * theme.caption / 11;
  const double each = (width() - 2.0 * theme.panelPad) / static_cast<double>(m_classes.size());
  for (std::size_t i = 0; i < m_classes.size(); ++i) {
    const double x = theme.panelPad + static_cast<double>(i) * each;
    QPen pen(i == 0 && !m_view.guesses() ? theme.text : theme.muted, 2);
    if (!kDashes[i].empty()) pen.setDashPattern(QList<qreal>(kDashes[i].begin(), kDashes[i].end()));
    painter.setPen(pen);
    painter.drawLine(QPointF(x, row), QPointF(x + 26, row));
    const QString name = QString::fromStdString(m_view.result->labelOf(m_classes[i]));
    drawRun(painter, {x + 32, row}, Anchor::Left,
            {QFontMetricsF(theme.font(theme.caption)).elidedText(name, Qt::ElideRight, each - 38), theme.text,
             false, theme.caption},
            theme);
  }
}

void ScoreTimeChart::moveTo(double x) {
  const int last = std::max(0, m_view.scanFrames - span());
  const double share = (x - m_grip - plot().left()) / std::max(1.0, plot().width());
  const int start = std::clamp(static_cast<int>(std::lround(share * m_view.scanFrames)), 0, last);
  Q_EMIT editRequested({tr("Window"), [start](AppState& state) { state.network.start = start; }, false});
}

void ScoreTimeChart::mousePressEvent(QMouseEvent* event) {
  if (m_classes.empty()) return;
  const QRectF window = windowRect();
  // taken where it is touched; a click beside it brings its middle there
  m_grip = window.contains(event->position()) ? event->position().x() - window.left() : window.width() / 2;
  moveTo(event->position().x());
}

void ScoreTimeChart::mouseMoveEvent(QMouseEvent* event) {
  if (m_classes.empty()) return;
  if ((event->buttons() & Qt::LeftButton) != 0)
    moveTo(event->position().x());
  else
    setCursor(windowRect().contains(event->position()) ? Qt::SizeHorCursor : Qt::ArrowCursor);
}

}  // namespace convscope
