#include "widgets/panels/network_unit_panel.h"

#include "widgets/panels/text_runs.h"
#include "widgets/stage/network_overlay.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr int kMostRows = 7;     // for which the panel asks room
constexpr double kPitch = 1.62;  // of the type

QString valueText(const NetworkView& view, double value, int more = 1) {
  return mapValueText(value, view.range() / std::pow(10, more), view.answer->isUnsigned());
}

/// Facts of the unit shown; null while those of another are.
const UnitFacts* factsOf(const NetworkView& view) {
  if (view.levels.empty() || !view.answer->facts) return nullptr;
  const UnitFacts& facts = *view.answer->facts;
  return facts.channel == view.channel && facts.unit == view.unit ? &facts : nullptr;
}

}  // namespace

NetworkUnitPanel::NetworkUnitPanel(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Unit"));
}

QSize NetworkUnitPanel::sizeHint() const {
  const LookTheme& theme = appliedTheme();
  return {360, static_cast<int>(1.5 * theme.panelPad + 1.5 * theme.value + kMostRows * kPitch * theme.body)};
}

std::vector<NetworkUnitPanel::Row> NetworkUnitPanel::rows() const {
  std::vector<Row> rows;
  const Box& seen = m_view.levels.front().seen;
  QStringList extent;
  for (const Positions& at : seen) extent << QString::number(at.back() - at.front() + 1);
  rows.push_back({tr("its field on the clip"), extent.join(QStringLiteral(" × ")), true});
  const double rate = m_view.result->clip->framesPerSecond;
  const double seconds = fieldSeconds(seen[0].back() - seen[0].front() + 1, 1, rate);
  if (seconds > 0)
    rows.push_back({tr("in time"), tr("%1 s at %2 fps").arg(seconds, 0, 'f', 2).arg(rate, 0, 'g', 3)});
  if (m_view.paddingShare > 0)
    rows.push_back({tr("in padding"), tr("%1 %").arg(100 * m_view.paddingShare, 0, 'f', 1)});
  const UnitFacts* const facts = factsOf(m_view);
  if (facts == nullptr) return rows;
  rows.push_back({tr("mean of the channel"), valueText(m_view, facts->mean)});
  if (!facts->sum) return rows;
  const UnitFacts::Sum& sum = *facts->sum;
  const int decimals = std::abs(sum.value) < 10 ? 3 : 1;
  QStringList parts;
  for (const double frame : sum.frames) parts << signedText(frame, decimals);
  rows.push_back({tr("sum, frame by frame"), parts.join(QLatin1Char(' '))});
  QStringList largest;
  for (const auto& [channel, value] : sum.largest)
    largest << QStringLiteral("%1: %2").arg(channel + 1).arg(signedText(value, decimals));
  if (sum.channels > 1) rows.push_back({tr("largest inputs"), largest.join(QStringLiteral(", "))});
  const QString then = sum.then.empty() ? QString() : tr(", then %1").arg(QString::fromStdString(sum.then));
  rows.push_back({tr("with bias %1").arg(signedText(sum.bias, decimals)),
                  QStringLiteral("= %1%2").arg(signedText(sum.value, decimals), then)});
  return rows;
}

void NetworkUnitPanel::present(const NetworkView& view) {
  m_view = view;
  QString fact;
  if (!view.levels.empty()) {
    const LookTheme& theme = lookTheme(view.state.look);
    constexpr int kNarrow = 350;  // px: the channel alone, its layer stands in the list and on the stage
    fact = richRun(tr("%1, t=%2 y=%3 x=%4")
                       .arg(width() < kNarrow ? tr("channel %1").arg(view.channel + 1) : view.title())
                       .arg(view.unit.t + 1)
                       .arg(view.unit.y + 1)
                       .arg(view.unit.x + 1),
                   theme.voxel, true);
  }
  setAccessibleDescription(lines().join(QStringLiteral(". ")));
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
  update();
}

QStringList NetworkUnitPanel::lines() const {
  QStringList lines;
  if (m_view.levels.empty()) return lines;
  lines << valueText(m_view, double{m_view.value()});
  for (const Row& row : rows()) lines << row.label + QLatin1Char(' ') + row.text;
  return lines;
}

void NetworkUnitPanel::paintEvent(QPaintEvent*) {
  if (m_view.levels.empty()) return;
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const double left = theme.panelPad, right = width() - theme.panelPad;
  double y = theme.panelPad + theme.value * .55;
  drawRun(painter, {left, y}, Anchor::Left,
          {valueText(m_view, double{m_view.value()}), theme.voxel, true, theme.value * 1.2}, theme);
  y += theme.value * 1.2 + 4;
  for (const Row& row : rows()) {
    const double label =
        drawRun(painter, {left, y}, Anchor::Left, {row.label, theme.muted}, theme) + left + 10;
    TextLine text;
    if (row.inAxes) {
      const QStringList parts = row.text.split(QStringLiteral(" × "));
      for (qsizetype i = 0; i < parts.size(); ++i) {
        if (i > 0) text.push_back({QStringLiteral(" × "), theme.muted});
        text.push_back({parts[i], theme.axisColour(kAxes[static_cast<std::size_t>(i)]), true});
      }
    } else {
      const QFontMetricsF metrics(theme.font(theme.body, true));
      text.push_back({metrics.elidedText(row.text, Qt::ElideRight, right - label), theme.text, true});
    }
    drawRuns(painter, {right, y}, Anchor::Right, text, theme);
    y += kPitch * theme.body;
  }
}

ValueHistogram::ValueHistogram(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Values of the channel"));
}

void ValueHistogram::present(const NetworkView& view) {
  m_view = view;
  QString fact;
  if (const UnitFacts* const facts = factsOf(view)) {
    fact = tr("mean %1, deviation %2")
               .arg(valueText(view, facts->mean), mapValueText(facts->deviation, view.range(), true));
  } else {
    fact = m_fact;  // the next ones are on their way
  }
  if (view.levels.empty()) fact.clear();
  setAccessibleDescription(fact);
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
  update();
}

void ValueHistogram::paintEvent(QPaintEvent*) {
  if (m_view.levels.empty() || !m_view.answer->facts) return;
  const LookTheme& theme = lookTheme(m_view.state.look);
  const UnitFacts& facts = *m_view.answer->facts;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const double left = theme.panelPad, below = theme.caption + 12;
  const QRectF plot(left, theme.panelPad, width() - 2 * left, height() - theme.panelPad - below - 4);
  double most = 1;
  for (const std::int64_t count : facts.histogram) most = std::max(most, std::log1p(double(count)));
  const auto bins = static_cast<double>(facts.histogram.size());
  const ColourMap& scale = networkScale(m_view, theme);
  const double low = double{facts.histogramRange.low}, high = double{facts.histogramRange.high};
  for (std::size_t i = 0; i < facts.histogram.size(); ++i) {
    const double share = (static_cast<double>(i) + .5) / bins;
    const double tall = std::log1p(double(facts.histogram[i])) / most * plot.height();
    const QColor colour =
        QColor::fromRgb(scale.at(static_cast<float>(low + share * (high - low)), m_view.range()));
    const QRectF bar(plot.left() + static_cast<double>(i) / bins * plot.width(), plot.bottom() - tall,
                     plot.width() / bins - 1.5, tall);
    painter.fillRect(bar, colour);
    painter.setPen(QPen(theme.line2, .8));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar);
  }
  painter.setPen(QPen(theme.muted, 1));
  painter.drawLine(plot.bottomLeft(), plot.bottomRight());
  const double y = plot.bottom() + 4 + theme.caption * .7;
  const bool isUnsigned = m_view.answer->isUnsigned();
  drawRun(painter, {plot.left(), y}, Anchor::Left,
          {mapValueText(low, m_view.range(), isUnsigned), theme.muted, false, theme.caption}, theme);
  drawRun(painter, {plot.center().x(), y}, Anchor::Centre,
          {tr("value (count on a log scale)"), theme.muted, false, theme.caption}, theme);
  drawRun(painter, {plot.right(), y}, Anchor::Right,
          {mapValueText(high, m_view.range(), isUnsigned), theme.muted, false, theme.caption}, theme);
}

}  // namespace convscope
