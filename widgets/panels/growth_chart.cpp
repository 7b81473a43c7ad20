#include "widgets/panels/growth_chart.h"

#include "widgets/panels/text_runs.h"
#include "widgets/stage/stage_ink.h"
#include "widgets/state/kernel_view.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace convscope {

namespace {

constexpr double kLeft = 44, kRight = 50, kTop = 26;    // px around the plot
constexpr double kLeastBelow = 46, kMostBelow = 112;    // px under it, for names that stand at a slant
constexpr double kSlant = 50 * std::numbers::pi / 180;  // of the names
constexpr int kMostNames = 16;
constexpr double kTickStep = 20;    // px from one number of an axis to the next at least
constexpr double kNameHeight = 30;  // px: curves nearer than that have their names above and below
constexpr double kFlat = 3;

/// A round step, not below `least`, of which at most `most` fit `range`.
double roundStep(double range, int most, double least) {
  double step = least;
  for (const double candidate :
       {.02, .05, .1, .2, .5, 1., 2., 5., 10., 25., 50., 100., 200., 250., 500., 1000., 2500., 5000.}) {
    if (candidate < least) continue;
    step = candidate;
    if (range / candidate <= most) break;
  }
  return step;
}

}  // namespace

GrowthChart::GrowthChart(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Growth of the field with depth"));
}

void GrowthChart::present(const FieldView& view) {
  const Look& before = m_view.state.look;
  const Look& now = view.state.look;
  const bool same = view.holder == m_view.holder && view.row == m_view.row && !m_points.empty() &&
                    before.theme == now.theme && before.presenter == now.presenter &&
                    view.state.field.puzzle == m_view.state.field.puzzle;
  m_view = view;
  if (same) return;
  m_points.clear();
  m_chosen = -1;
  QString fact;
  if (!view.levels.empty()) {
    const LayerTable& table = view.result->table;
    double widest = table.stack.clip.length;
    for (int row = 0; row < static_cast<int>(table.rows.size()); ++row) {
      const LayerRow& layer = table.rows[static_cast<std::size_t>(row)];
      const LayerKind kind = layer.layer.kind;
      const bool spatial = layer.layer.kernel.product() > 1 || row == view.row || table.rows.size() <= 24;
      if (!spatial || kind == LayerKind::FullyConnected || kind == LayerKind::GlobalPool) continue;
      if (row == view.row) m_chosen = static_cast<int>(m_points.size());
      m_points.push_back(row);
      for (const AxisField& field : layer.field) widest = std::max<double>(widest, field.size);
    }
    // the clip's height belongs into the picture, unless the curves would lie flat under it
    const bool target = !view.state.field.puzzle.empty();  // as large as the clip
    if (target || table.stack.clip.height < kFlat * widest)
      widest = std::max<double>(widest, table.stack.clip.height);
    m_top = widest * 1.06;
    fact = tr("%1 on %2 × %3 × %4")
               .arg(QString::fromStdString(table.stack.name))
               .arg(table.stack.clip.length)
               .arg(table.stack.clip.height)
               .arg(table.stack.clip.width);
  }
  const LookTheme& theme = lookTheme(now);
  double longest = 0;
  for (const int i : named())
    longest = std::max(longest,
                       QFontMetricsF(theme.font(theme.caption, i == m_chosen)).horizontalAdvance(nameOf(i)));
  m_below = std::clamp(std::ceil(longest * std::sin(kSlant)) + 15, kLeastBelow, kMostBelow);
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
  update();
}

QRectF GrowthChart::plot() const {
  return QRectF(rect()).adjusted(kLeft, kTop, -kRight, -m_below);
}

/// Lines of the grid at most, so that their numbers stand apart.
int GrowthChart::ticks() const {
  return std::clamp(static_cast<int>(plot().height() / kTickStep), 1, 7);
}

const AxisField& GrowthChart::fieldAt(int index, Axis axis) const {
  const auto row = static_cast<std::size_t>(m_points[static_cast<std::size_t>(index)]);
  return m_view.result->table.rows[row].field[static_cast<std::size_t>(axis)];
}

double GrowthChart::y(double field) const {
  return plot().bottom() - field / m_top * plot().height();
}

QPointF GrowthChart::pointAt(int index, Axis axis) const {
  const double step = plot().width() / std::max<std::size_t>(1, m_points.size() - 1);
  return {plot().left() + index * step, y(fieldAt(index, axis).size)};
}

void GrowthChart::paintEvent(QPaintEvent*) {
  if (m_points.empty()) return;
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  paintGrid(painter, theme);
  paintSeconds(painter, theme);
  paintClipLines(painter, theme);
  if (m_chosen >= 0) {
    const double x = pointAt(m_chosen, Axis::T).x();
    painter.setPen(QPen(theme.voxel, 2));
    painter.drawLine(QPointF(x, plot().bottom()), QPointF(x, pointAt(m_chosen, Axis::Y).y()));
  }
  paintCurve(painter, theme, Axis::Y);
  paintCurve(painter, theme, Axis::T);
  if (m_chosen >= 0) paintChosen(painter, theme);
  paintNames(painter, theme);
}

void GrowthChart::paintGrid(QPainter& painter, const LookTheme& theme) const {
  const double step = roundStep(m_top, ticks(), 1);
  for (double field = 0; field <= m_top; field += step) {
    painter.setPen(QPen(theme.line, 1));
    painter.drawLine(QPointF(plot().left(), y(field)), QPointF(plot().right(), y(field)));
    drawRun(painter, {plot().left() - 8, y(field)}, Anchor::Right,
            {QString::number(field, 'f', 0), theme.muted, false, theme.caption}, theme);
  }
}

/// Seconds that so many frames last, beside the curve of time.
void GrowthChart::paintSeconds(QPainter& painter, const LookTheme& theme) const {
  const double rate = m_view.result->clip->framesPerSecond;
  if (rate <= 0 || m_view.levels.front().shape.length == 1) return;
  const double step = roundStep(m_top / rate, ticks(), .02);
  for (double seconds = 0; seconds * rate <= m_top; seconds += step) {
    drawRun(painter, {plot().right() + 8, y(seconds * rate)}, Anchor::Left,
            {tr("%1 s").arg(seconds, 0, 'f',
                            step < .1  ? 2
                            : step < 1 ? 1
                                       : 0),
             theme.time, false, theme.caption},
            theme);
  }
}

/// Whether a curve, or the line down from the chosen layer, runs through a part of the chart.
bool GrowthChart::crossed(const QRectF& part) const {
  const QRectF wide = part.adjusted(-3, -3, 3, 3);
  const auto meets = [&](const QPointF& from, const QPointF& to) { return crosses(QLineF(from, to), wide); };
  for (const Axis axis : {Axis::T, Axis::Y}) {
    for (int i = 0; i + 1 < static_cast<int>(m_points.size()); ++i) {
      if (meets(pointAt(i, axis), pointAt(i + 1, axis))) return true;
    }
  }
  return m_chosen >= 0 &&
         meets({pointAt(m_chosen, Axis::T).x(), plot().bottom()}, pointAt(m_chosen, Axis::Y));
}

void GrowthChart::paintClipLines(QPainter& painter, const LookTheme& theme) const {
  const Shape& clip = m_view.levels.front().shape;
  const auto line = [&](int extent, const QString& text, const QColor& colour) {
    QPen pen(colour, 1.5);
    pen.setDashPattern({4, 3});
    painter.setPen(pen);
    painter.drawLine(QPointF(plot().left(), y(extent)), QPointF(plot().right(), y(extent)));
    // where no curve runs through it, from the left
    const double width = widthOf({{text, colour, true, theme.caption}}, theme);
    double left = plot().left() + 6;
    while (left + width < plot().right() && crossed(QRectF(left, y(extent) - 17, width, 16))) left += 8;
    if (left + width >= plot().right()) left = plot().left() + 6;
    drawRun(painter, {left, y(extent) - 9}, Anchor::Left, {text, colour, true, theme.caption}, theme);
  };
  if (clip.height <= m_top) line(clip.height, tr("clip: %1 pixels").arg(clip.height), theme.height);
  if (clip.length > 1) line(clip.length, tr("clip: %1 frames").arg(clip.length), theme.time);
}

void GrowthChart::paintCurve(QPainter& painter, const LookTheme& theme, Axis axis) const {
  const QColor colour = theme.axisColour(axis);
  QPolygonF curve;
  for (int i = 0; i < static_cast<int>(m_points.size()); ++i) curve << pointAt(i, axis);
  painter.setPen(QPen(colour, 2));
  painter.setBrush(Qt::NoBrush);
  painter.drawPolyline(curve);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  const double half = m_points.size() > 40 ? 1.6 : 3.2;
  for (const QPointF& point : curve) {
    if (axis == Axis::T)
      painter.drawEllipse(point, half, half);
    else
      painter.drawRect(QRectF(point.x() - half, point.y() - half, 2 * half, 2 * half));
  }
  painter.setBrush(Qt::NoBrush);
  if (axis == Axis::T && m_view.levels.front().shape.length == 1) return;  // a picture has no time
  // beside the last point, or the one before where the chosen one's number stands there
  const auto last = static_cast<int>(curve.size()) - 1;
  const int beside = m_chosen == last && last > 0 ? last - 1 : last;
  const QPointF end = curve[beside];
  // Below its own curve where the other one's name stands above, and beside a first point, where the curve
  // rises.
  const bool meets =
      std::abs(end.y() - pointAt(beside, axis == Axis::T ? Axis::Y : Axis::T).y()) < kNameHeight;
  const bool below = beside == 0 || (axis == Axis::T && meets);
  double edge = end.x() + (beside == 0 ? 8 : -8);
  // clear of the chosen one's number, where the two stand at one height
  if (beside != last && beside > 0 && std::abs(end.y() - curve[last].y()) < kNameHeight) {
    const TextRun number{QString::number(fieldAt(last, axis).size), colour, true, theme.body + 1};
    edge = std::min(edge, curve[last].x() - 20 - widthOf({number}, theme));
  }
  drawRun(painter, {edge, end.y() + (below ? 14 : -12)}, beside == 0 ? Anchor::Left : Anchor::Right,
          {axis == Axis::T ? tr("t frames") : tr("h, w pixels"), colour, true}, theme);
}

void GrowthChart::paintChosen(QPainter& painter, const LookTheme& theme) const {
  for (const Axis axis : {Axis::Y, Axis::T}) {
    if (axis == Axis::T && m_view.levels.front().shape.length == 1) continue;  // a picture has no time
    const QPointF at = pointAt(m_chosen, axis);
    painter.setPen(QPen(theme.voxel, 2));
    if (axis == Axis::T)
      painter.drawEllipse(at, 6, 6);
    else
      painter.drawRect(QRectF(at.x() - 6, at.y() - 6, 12, 12));
    const bool first = m_chosen < 2;                                      // no room on the left
    const bool last = m_chosen + 1 == static_cast<int>(m_points.size());  // nor on the right: seconds
    const bool right = first || (axis == Axis::T && !last);
    const bool near = std::abs(at.y() - pointAt(m_chosen, Axis::Y).y()) < kNameHeight;
    const bool under = axis == Axis::T && (!last || near);
    drawRun(painter, at + QPointF(right ? 12 : -12, under ? 10 : -11), right ? Anchor::Left : Anchor::Right,
            {QString::number(fieldAt(m_chosen, axis).size), theme.axisColour(axis), true, theme.body + 1},
            theme);
  }
}

QString GrowthChart::nameOf(int index) const {
  const auto row = static_cast<std::size_t>(m_points[static_cast<std::size_t>(index)]);
  return QString::fromStdString(m_view.result->table.rows[row].layer.name);
}

std::vector<int> GrowthChart::named() const {
  const auto count = static_cast<int>(m_points.size());
  const int every = (count + kMostNames - 1) / kMostNames;
  std::vector<int> all;
  for (int i = 0; i < count; ++i) {
    const bool beside = m_chosen >= 0 && std::abs(i - m_chosen) < every && i != m_chosen;
    if ((i % every == 0 || i == m_chosen) && !(every > 1 && beside)) all.push_back(i);
  }
  return all;
}

/// A name is as long as the room under the plot and left of its point has it; of a longer one the middle
/// goes: both ends tell layers apart.
QStringList GrowthChart::names() const {
  QStringList names;
  const LookTheme& theme = lookTheme(m_view.state.look);
  for (const int i : named()) {
    const QFontMetricsF metrics(theme.font(theme.caption, i == m_chosen));
    const double room =
        std::min((m_below - 14) / std::sin(kSlant), pointAt(i, Axis::T).x() / std::cos(kSlant));
    names << metrics.elidedText(nameOf(i), Qt::ElideMiddle, room);
  }
  return names;
}

void GrowthChart::paintNames(QPainter& painter, const LookTheme& theme) const {
  const std::vector<int> places = named();
  const QStringList texts = names();
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool chosen = places[i] == m_chosen;
    painter.save();
    painter.translate(pointAt(places[i], Axis::T).x() + 3, plot().bottom() + 12);
    painter.rotate(-kSlant * 180 / std::numbers::pi);
    drawRun(painter, {0, 0}, Anchor::Right,
            {texts[static_cast<qsizetype>(i)], chosen ? theme.voxel : theme.muted, chosen, theme.caption},
            theme);
    painter.restore();
  }
}

void GrowthChart::mousePressEvent(QMouseEvent* event) {
  if (m_points.empty()) return;
  const double step = plot().width() / std::max<std::size_t>(1, m_points.size() - 1);
  const int index = std::clamp(static_cast<int>(std::lround((event->position().x() - plot().left()) / step)),
                               0, static_cast<int>(m_points.size()) - 1);
  const int row = m_points[static_cast<std::size_t>(index)];
  Q_EMIT editRequested({tr("Layer"),
                        [row](AppState& state) {
                          const StackSpec& stack = state.field.stack;
                          for (int i = 0; i < static_cast<int>(stack.layers.size()); ++i) {
                            if (expandedIndex(stack, i) < row) continue;
                            state.field.layer = i;
                            return;
                          }
                        },
                        false});
}

}  // namespace convscope
