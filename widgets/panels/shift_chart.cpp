#include "widgets/panels/shift_chart.h"

#include "widgets/panels/text_runs.h"
#include "widgets/state/clip_edits.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace convscope {

namespace {

constexpr double kLeft = 46, kRight = 14, kTop = 16, kBetween = 20, kTicks = 26;  // px around the plots
constexpr double kLegendRow = 16, kStroke = 26, kAfterStroke = 6;                 // px

/// One line style each: colour is for data, and these are four ways to get one figure.
struct Stroke {
  double width;
  std::vector<qreal> dashes;
};
const std::array<Stroke, kShiftVariants.size()>& strokes() {
  static const std::array<Stroke, kShiftVariants.size()> all{Stroke{2.4, {}}, Stroke{1.6, {6, 3}},
                                                             Stroke{1.6, {2, 3}}, Stroke{1.2, {8, 3, 2, 3}}};
  return all;
}

QPen penOf(std::size_t variant, const LookTheme& theme, bool broughtOut = true) {
  const Stroke& stroke = strokes()[variant];
  QPen pen(variant == 0 && broughtOut ? theme.text : theme.muted, stroke.width);
  if (!stroke.dashes.empty()) pen.setDashPattern(QList<qreal>(stroke.dashes.begin(), stroke.dashes.end()));
  return pen;
}

double valueOf(const ShiftPoint& point, int which) {
  return which == 0 ? point.score : point.difference;
}

}  // namespace

ShiftChart::ShiftChart(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Score and map against shift"));
  setToolTip(tr(
      "Drag: shifts the clip. What leaves it on one side comes back on the other. Score: of the class that "
      "the "
      "network gives the unshifted clip. Map: how far it is from the unshifted map moved along, 0 where it "
      "follows"));
}

void ShiftChart::present(const NetworkView& view) {
  m_view = view;
  QString fact;
  if (view.shifts != nullptr && !view.shifts->label.isEmpty())
    fact = (view.guesses() ? tr("a guess: “%1”, map of %2") : tr("“%1”, map of %2"))
               .arg(view.shifts->label, view.shifts->layer);
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
  update();
}

QString ShiftChart::problem() const {
  if (m_view.shifts == nullptr) return {};
  if (!m_view.shifts->problem.isEmpty()) return m_view.shifts->problem;
  for (const ShiftCurve& curve : m_view.shifts->curves) {
    if (!curve.problem.empty()) return QString::fromStdString(curve.problem);
  }
  return {};
}

int ShiftChart::shift() const {
  if (m_view.shifts == nullptr || m_view.result == nullptr) return 0;
  return amountOf(m_view.state.kernel().clip.edits, shiftAlong(m_view.shifts->axis));
}

int ShiftChart::legendColumns() const {
  const LookTheme& theme = appliedTheme();
  const QFontMetricsF metrics(theme.font(theme.caption));
  const double room = (width() - 2.0 * theme.panelPad) / 2 - kStroke - 2 * kAfterStroke;
  const bool fits = std::ranges::all_of(kShiftVariants, [&](const auto& variant) {
    return metrics.horizontalAdvance(tr(variant.title)) <= room;
  });
  return fits ? 2 : 1;
}

QRectF ShiftChart::plot(int which) const {
  const double s = appliedTheme().caption / 11;
  const auto rows = static_cast<double>(kShiftVariants.size()) / legendColumns();
  const double each = (height() - (kTop + kBetween + kTicks + rows * kLegendRow) * s) / 2;
  return {kLeft * s, kTop * s + which * (each + kBetween * s), width() - (kLeft + kRight) * s, each};
}

double ShiftChart::xOf(double shift) const {
  const QRectF area = plot(0);
  return area.left() + (shift + ShiftQueries::kReach) / (2 * ShiftQueries::kReach) * area.width();
}

void ShiftChart::paintPlot(QPainter& painter, int which) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QRectF area = plot(which);
  const bool guessed = which == 0 && m_view.guesses();  // the score; the map is what it is
  double top = which == 0 ? 1 : .1;
  for (const ShiftCurve& curve : m_view.shifts->curves) {
    for (const ShiftPoint& point : curve.points) top = std::max(top, valueOf(point, which));
  }
  if (which == 1) top = std::ceil(top * 10) / 10;
  const auto yOf = [&](double value) { return area.bottom() - value / top * area.height(); };
  for (const double value : {0.0, top / 2, top}) {
    painter.setPen(QPen(theme.line2, 1));
    painter.drawLine(QPointF(area.left(), yOf(value)), QPointF(area.right(), yOf(value)));
    const QString text = which == 0 ? QStringLiteral("%1 %").arg(100 * value, 0, 'g', 3)
                                    : QStringLiteral("%1").arg(value, 0, 'g', 2);
    drawRun(painter, {area.left() - 6, yOf(value)}, Anchor::Right, {text, theme.muted, false, theme.caption},
            theme);
  }
  drawRun(painter, {area.left(), area.top() - theme.caption * .75}, Anchor::Left,
          {which == 1 ? tr("map: distance from the map moved along")
           : guessed  ? tr("score, a guess")
                      : tr("score"),
           theme.muted, false, theme.caption},
          theme);
  for (const ShiftCurve& curve : m_view.shifts->curves) {
    QPolygonF line;
    for (const ShiftPoint& point : curve.points)
      line << QPointF(xOf(point.shift), yOf(valueOf(point, which)));
    painter.setPen(penOf(curve.variant, theme, !guessed));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line);
    if (curve.variant != 0) continue;
    painter.setPen(Qt::NoPen);
    painter.setBrush(guessed ? theme.muted : theme.text);
    for (const ShiftPoint& point : curve.points) {
      const bool chosen = point.shift == shift();
      painter.drawEllipse(QPointF(xOf(point.shift), yOf(valueOf(point, which))), chosen ? 4.5 : 2,
                          chosen ? 4.5 : 2);
    }
  }
}

void ShiftChart::paintLegend(QPainter& painter) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double s = theme.caption / 11;
  const double below = plot(1).bottom() + 4 + theme.caption * .7;
  const int reach = ShiftQueries::kReach;
  for (int at = -reach; at < reach; at += reach / 2)
    drawRun(painter, {xOf(at), below}, Anchor::Centre, {signedText(at, 0), theme.muted, false, theme.caption},
            theme);
  // the last one says of what
  const QString unit = m_view.shifts->axis == Axis::T ? tr("frames") : tr("px");
  drawRun(painter, {width() - 4 * s, below}, Anchor::Right,
          {tr("%1 %2").arg(signedText(reach, 0), unit), theme.muted, false, theme.caption}, theme);
  const auto columns = static_cast<std::size_t>(legendColumns());
  const std::size_t rows = kShiftVariants.size() / columns;
  const double each = (width() - 2.0 * theme.panelPad) / static_cast<double>(columns);
  for (std::size_t i = 0; i < kShiftVariants.size(); ++i) {
    const double x = theme.panelPad + static_cast<double>(i / rows) * each;
    const double y = height() - (12 + static_cast<double>(rows - 1 - i % rows) * kLegendRow) * s;
    painter.setPen(penOf(i, theme));
    painter.drawLine(QPointF(x, y), QPointF(x + kStroke, y));
    drawRun(painter, {x + kStroke + kAfterStroke, y}, Anchor::Left,
            {QFontMetricsF(theme.font(theme.caption))
                 .elidedText(tr(kShiftVariants[i].title), Qt::ElideRight, each - kStroke - 2 * kAfterStroke),
             theme.text, false, theme.caption},
            theme);
  }
}

void ShiftChart::paintEvent(QPaintEvent*) {
  if (m_view.shifts == nullptr) return;
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const double x = xOf(shift());
  painter.setPen(QPen(theme.muted, 1, Qt::DotLine));
  painter.drawLine(QPointF(x, plot(0).top()), QPointF(x, plot(1).bottom()));
  paintPlot(painter, 0);
  paintPlot(painter, 1);
  paintLegend(painter);
  if (const QString said = problem(); !said.isEmpty()) {
    painter.setFont(theme.font(theme.caption));
    painter.setPen(theme.error);
    painter.drawText(plot(0), Qt::AlignCenter | Qt::TextWordWrap, said);
  }
}

void ShiftChart::shiftTo(double x) {
  if (m_view.shifts == nullptr) return;
  const QRectF area = plot(0);
  const double share = (x - area.left()) / std::max(1.0, area.width());
  const int shift = std::clamp(static_cast<int>(std::lround((2 * share - 1) * ShiftQueries::kReach)),
                               -ShiftQueries::kReach, ShiftQueries::kReach);
  Q_EMIT editRequested({tr("Shift the clip"),
                        [shift, kind = shiftAlong(m_view.shifts->axis)](AppState& state) {
                          setAmount(state.kernel().clip.edits, kind, shift);
                        },
                        true});
}

void ShiftChart::mousePressEvent(QMouseEvent* event) {
  shiftTo(event->position().x());
}

void ShiftChart::mouseMoveEvent(QMouseEvent* event) {
  if ((event->buttons() & Qt::LeftButton) != 0) shiftTo(event->position().x());
}

}  // namespace convscope
