#include "widgets/panels/unit_panel.h"

#include "engine/gradient/effective_field.h"
#include "widgets/panels/text_runs.h"

#include <QPainter>

#include <algorithm>

namespace convscope {

namespace {

constexpr double kBar = 15;         // px high
constexpr double kGround = 5;       // the bar of the clip where a field overhangs it
constexpr double kAxisStep = 52;    // px from axis to axis
constexpr double kSpreadStep = 19;  // px more where the effective field is shown
constexpr double kHeldBar = 5;      // px high: its 95 % on the bar
constexpr double kLargeFigures = 27;

/// One axis of the field against the clip.
struct AxisShare {
  int size = 0;
  int first = 0;
  int extent = 0;
  [[nodiscard]] int inside() const {
    return std::max(0, std::min(first + size, extent) - std::max(first, 0));
  }
  [[nodiscard]] int padding() const { return size - inside(); }
};

AxisShare shareOf(const FieldView& view, Axis axis) {
  const FieldLevel& clip = view.levels.front();
  const Positions& seen = clip.seen[static_cast<std::size_t>(axis)];
  return {seen.back() - seen.front() + 1, seen.front(), clip.shape.along(axis)};
}

/// One frame, and nothing beyond it is looked at: there is no time.
bool isStill(const FieldView& view) {
  return view.levels.front().shape.length == 1 && shareOf(view, Axis::T).size == 1;
}

QString counted(int count, const char* one, const char* many) {
  return QStringLiteral("%1 %2").arg(count).arg(UnitPanel::tr(count == 1 ? one : many));
}

/// "24 frames, 16 on the clip, 8 in padding (33 %)" / "62 of 112 pixels, none in padding".
TextLine axisLine(const AxisShare& share, Axis axis, const LookTheme& theme) {
  const bool time = axis == Axis::T;
  const char* const letter = time ? "t" : axis == Axis::Y ? "h" : "w";
  TextLine line{{QString::fromLatin1(letter) + QStringLiteral("  "), theme.axisColour(axis), true}};
  const QString whole = time ? counted(share.size, "frame", "frames")
                             : UnitPanel::tr("%1 of %2 pixels").arg(share.size).arg(share.extent);
  line.push_back({whole, theme.text});
  if (share.padding() == 0) {
    line.push_back({UnitPanel::tr(", none in padding"), theme.text});
    return line;
  }
  const int percent = qRound(100.0 * share.padding() / share.size);
  line.push_back({QStringLiteral(", "), theme.text});
  line.push_back({UnitPanel::tr("%1 on the clip").arg(share.inside()), theme.text, true});
  line.push_back({UnitPanel::tr(", %1 in padding (%2 %)").arg(share.padding()).arg(percent), theme.text});
  return line;
}

/// What stands right of it, the fullest first: share of the clip, and in time the seconds.
QStringList axisNotes(const FieldView& view, const AxisShare& share, Axis axis) {
  const QString percent = UnitPanel::tr("%1 %").arg(qRound(100.0 * share.size / share.extent));
  if (axis != Axis::T) return {percent};
  const double rate = view.result->clip->framesPerSecond;
  const double seconds = fieldSeconds(share.size, 1, rate);
  if (seconds <= 0) return {percent};
  const QString time = UnitPanel::tr("%1 s").arg(seconds, 0, 'f', 2);
  const QString timed = UnitPanel::tr("%1 at %2 fps").arg(time).arg(rate, 0, 'g', 3);
  return {UnitPanel::tr("%1, %2 of the clip").arg(timed, percent),
          QStringLiteral("%1, %2").arg(timed, percent), QStringLiteral("%1, %2").arg(time, percent), time,
          percent};
}

/// "σ 7.1 frames, 95 % within 28 (88 % of the field)".
QString spreadText(const EffectiveField& field, Axis axis) {
  const auto a = static_cast<std::size_t>(axis);
  const AxisSpread& spread = field.absoluteSpread[a];
  if (spread.width == 0) return UnitPanel::tr("effective: no gradient reaches the clip");
  return UnitPanel::tr("effective: σ %1, 95 % within %2 (%3 % of the field)")
      .arg(spread.sigma, 0, 'f', spread.sigma < 10 ? 2 : 1)
      .arg(spread.width)
      .arg(qRound(100.0 * spread.width / std::max(1, field.size[a])));
}

/// Stands in place of the spreads until they are there; empty where nobody asks for them.
QString effectiveNote(const FieldView& view) {
  if (!view.state.field.effective || view.effective != nullptr) return {};
  if (view.measuring) return UnitPanel::tr("effective: %1 % measured").arg(qRound(100 * view.measured));
  return view.effectiveProblem;
}

}  // namespace

UnitPanel::UnitPanel(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Unit"));
}

QSize UnitPanel::sizeHint() const {
  const LookTheme& theme = appliedTheme();
  const double step = kAxisStep + (m_view.state.field.effective ? kSpreadStep : 0);
  return {200, static_cast<int>(2 * theme.panelPad + kLargeFigures + 12 + 3 * step + theme.row)};
}

void UnitPanel::present(const FieldView& view) {
  const bool taller = view.state.field.effective != m_view.state.field.effective;
  m_view = view;
  if (taller) updateGeometry();
  m_lines.clear();
  QString fact;
  if (!view.levels.empty()) {
    const LookTheme& theme = lookTheme(view.state.look);
    const Shape& shape = view.levels.back().shape;
    fact = tr("%1, t=%2 y=%3 x=%4 of %5")
               .arg(richRun(view.nameOf(view.levels.back()), theme.voxel, true))
               .arg(view.unit.t + 1)
               .arg(view.unit.y + 1)
               .arg(view.unit.x + 1)
               .arg(QString::fromStdString(toText(shape.extent())));
    for (const Axis axis : kAxes) {
      const AxisShare share = shareOf(view, axis);
      m_lines << plainText(axisLine(share, axis, theme)) + QStringLiteral("; ") +
                     axisNotes(view, share, axis).front();
      if (view.effective != nullptr)
        m_lines.back() += QStringLiteral("; ") + spreadText(*view.effective, axis);
    }
  }
  setAccessibleDescription(m_lines.join(QStringLiteral(". ")));
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
  update();
}

void UnitPanel::paintEvent(QPaintEvent*) {
  if (m_view.levels.empty()) return;
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  double y = theme.panelPad + kLargeFigures / 2;
  paintExtent(painter, theme, y);
  y += kLargeFigures / 2 + 20;
  for (const Axis axis : kAxes) {
    if (axis == Axis::T && isStill(m_view)) continue;
    paintAxis(painter, theme, axis, y);
    y += kAxisStep;
    if (m_view.state.field.effective) y += kSpreadStep;
  }
  // the two grounds of the bars, named
  const double left = theme.panelPad;
  const QRectF clip(left, y - 5, 16, 10);
  painter.setPen(QPen(theme.line2, 1));
  painter.setBrush(theme.field);
  painter.drawRect(clip);
  double x = left + 22;
  x += drawRun(painter, {x, y}, Anchor::Left, {tr("clip"), theme.muted}, theme) + 18;
  drawHatch(painter, QRectF(x, y - 5, 16, 10), theme);
  drawRun(painter, {x + 22, y}, Anchor::Left, {tr("padding"), theme.muted}, theme);
}

void UnitPanel::paintExtent(QPainter& painter, const LookTheme& theme, double y) const {
  TextLine line;
  for (const Axis axis : kAxes) {
    if (!line.empty()) line.push_back({QStringLiteral(" × "), theme.muted, false, kLargeFigures});
    line.push_back(
        {QString::number(shareOf(m_view, axis).size), theme.axisColour(axis), true, kLargeFigures});
  }
  const double width = drawRuns(painter, {double(theme.panelPad), y}, Anchor::Left, line, theme);
  const TextLine unit{{tr("frames × pixels × pixels"), theme.muted}};
  const double from = theme.panelPad + width + 12;
  if (from + widthOf(unit, theme) <= this->width() - theme.panelPad)
    drawRuns(painter, {from, y + 5}, Anchor::Left, unit, theme);
}

void UnitPanel::paintAxis(QPainter& painter, const LookTheme& theme, Axis axis, double y) const {
  const AxisShare share = shareOf(m_view, axis);
  const double left = theme.panelPad;
  const double right = width() - theme.panelPad;
  const double end = left + drawRuns(painter, {left, y}, Anchor::Left, axisLine(share, axis, theme), theme);
  for (const QString& text : axisNotes(m_view, share, axis)) {
    const TextLine note{{text, theme.muted}};
    if (end + 12 + widthOf(note, theme) > right) continue;
    drawRuns(painter, {right, y}, Anchor::Right, note, theme);
    break;
  }
  // the bar spans clip and field together, so that both ends of either are seen
  const double low = std::min(0, share.first);
  const double high = std::max(share.extent, share.first + share.size);
  const auto px = [&](double at) { return left + (at - low) / (high - low) * (right - left); };
  const QRectF clip(px(0), y + 14, px(share.extent) - px(0), kBar);
  painter.setPen(QPen(theme.line2, 1));
  painter.setBrush(theme.field);
  painter.drawRect(clip);
  painter.setBrush(Qt::NoBrush);
  const QRectF field(px(share.first), y + 14, px(share.first + share.size) - px(share.first), kBar);
  const QRectF inside = field.intersected(clip);
  painter.fillRect(inside.adjusted(0, 1, 0, 0), theme.axisColour(axis));
  const QRectF before(field.topLeft(), QPointF(std::min(clip.left(), field.right()), field.bottom()));
  const QRectF after(QPointF(std::max(clip.right(), field.left()), field.top()), field.bottomRight());
  for (const QRectF& padding : {before, after}) {
    if (padding.width() < .5) continue;
    drawHatch(painter, padding, theme);
    painter.setPen(QPen(theme.padding, 1));
    painter.drawRect(padding);
  }
  const double below = y + 14 + kBar + 12;
  if (m_view.effective == nullptr) {
    drawRun(painter, {left, below}, Anchor::Left, {effectiveNote(m_view), theme.muted}, theme);
    return;
  }
  const AxisSpread& spread = m_view.effective->absoluteSpread[static_cast<std::size_t>(axis)];
  const double middle = share.first + share.size / 2.0;
  const QRectF held(QPointF(px(middle - spread.width / 2.0), y + 14 + (kBar - kHeldBar) / 2),
                    QPointF(px(middle + spread.width / 2.0), y + 14 + (kBar + kHeldBar) / 2));
  const QColor colour = QColor::fromRgb(theme.fieldEffective.at(.4F, 1));
  painter.setPen(QPen(theme.halo, 1));
  painter.setBrush(colour);
  if (spread.width > 0) painter.drawRect(held);
  painter.setBrush(Qt::NoBrush);
  drawRun(painter, {left, below}, Anchor::Left, {spreadText(*m_view.effective, axis), theme.text}, theme);
}

}  // namespace convscope
