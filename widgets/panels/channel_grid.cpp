#include "widgets/panels/channel_grid.h"

#include "widgets/panels/text_runs.h"
#include "widgets/stage/network_overlay.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kGap = 6, kMargin = 12;  // px
constexpr double kLeastWidth = 56;        // px of one picture: smaller ones scroll
constexpr double kMostWidth = 180;

}  // namespace

ChannelGrid::ChannelGrid(QWidget* parent) : QAbstractScrollArea(parent) {
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setFocusPolicy(Qt::NoFocus);  // F and Shift+F go through the channels, from everywhere
  setAccessibleName(tr("Channels"));
  viewport()->setMouseTracking(true);
}

void ChannelGrid::present(const NetworkView& view) {
  m_view = view;
  m_order = view.order();
  QString fact;
  if (!view.levels.empty()) {
    const bool isUnsigned = view.answer->isUnsigned();
    const QString end = mapValueText(view.range(), view.range(), isUnsigned);
    const QString start = isUnsigned ? QStringLiteral("0") : mapValueText(-view.range(), view.range(), false);
    constexpr int kNarrow = 1100;  // px: beside the controls of the title there is room for few words
    const bool narrow = width() < kNarrow;
    const QString sorted =
        view.settings().sorted ? tr("strongest response first, borders left out") : tr("by number");
    const QString range = view.settings().range == MapsRange::Map ? tr("each to its own range")
                          : narrow                                ? tr("%1 to %2").arg(start, end)
                          : view.settings().range == MapsRange::Layer
                              ? tr("one range, %1 to %2").arg(start, end)
                              : tr("the network's range, %1 to %2").arg(start, end);
    fact = tr("t=%1 of %2").arg(view.unit.t + 1).arg(view.answer->maps->maps.shape().length);
    if (!narrow) fact += tr(", %1").arg(sorted);  // else the tool bar alone says it
    fact += tr("; %1").arg(range);
    setAccessibleDescription(tr("%1 channels, %2").arg(m_order.size()).arg(fact));
  }
  arrange();
  viewport()->update();
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
}

/// As many columns as make all pictures fit, as large as they can be; where that would be too small, they
/// scroll.
void ChannelGrid::arrange() {
  const auto count = static_cast<int>(m_order.size());
  if (count == 0) return;
  const convscope::Shape& shape = m_view.answer->maps->maps.shape();
  // vectors have no picture's shape: squares
  const double aspect = std::clamp(static_cast<double>(shape.height) / shape.width, .4, 2.0);
  const double room = viewport()->width() - 2 * kMargin, high = viewport()->height() - 2 * kMargin;
  Plan best;
  for (int columns = 1; columns <= count; ++columns) {
    const double width = std::min(kMostWidth, (room - (columns - 1) * kGap) / columns);
    if (width < kLeastWidth && columns > 1) break;
    const int rows = (count + columns - 1) / columns;
    best = {columns, width, width * aspect, width + kGap, width * aspect + kGap, kMargin};
    if (rows * best.pitchY - kGap <= high) break;
  }
  // what few columns leave free is shared out, so that both edges line up
  if (best.columns > 1) best.pitchX = std::min(best.width * 1.4, (room - best.width) / (best.columns - 1));
  m_plan = best;
  const int rows = (count + best.columns - 1) / best.columns;
  const int all = static_cast<int>(std::ceil(2 * kMargin + rows * best.pitchY - kGap));
  verticalScrollBar()->setRange(0, std::max(0, all - viewport()->height()));
  verticalScrollBar()->setPageStep(viewport()->height());
  verticalScrollBar()->setSingleStep(static_cast<int>(best.pitchY));
}

QRectF ChannelGrid::cellAt(int place) const {
  return {m_plan.left + place % m_plan.columns * m_plan.pitchX,
          kMargin + place / m_plan.columns * m_plan.pitchY - verticalScrollBar()->value(), m_plan.width,
          m_plan.height};
}

QRectF ChannelGrid::cellOf(int channel) const {
  const auto found = std::ranges::find(m_order, channel);
  return found == m_order.end() ? QRectF() : cellAt(static_cast<int>(found - m_order.begin()));
}

int ChannelGrid::placeAt(const QPointF& at) const {
  for (int place = 0; place < static_cast<int>(m_order.size()); ++place) {
    if (cellAt(place).contains(at)) return place;
  }
  return -1;
}

void ChannelGrid::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(viewport());
  painter.fillRect(viewport()->rect(), theme.panel);
  if (m_order.empty() || m_view.levels.empty() || m_view.answer->channels == nullptr) return;
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  const Pictures& pictures = *m_view.answer->channels;
  const bool smooth = m_view.answer->maps->maps.shape().width > m_plan.width;
  painter.setRenderHint(QPainter::SmoothPixmapTransform, smooth);  // shrunk cells: else every n-th is lost
  for (int place = 0; place < static_cast<int>(m_order.size()); ++place) {
    const QRectF cell = cellAt(place);
    if (cell.bottom() < 0 || cell.top() > viewport()->height()) continue;
    const int channel = m_order[static_cast<std::size_t>(place)];
    painter.drawImage(cell, pictures[static_cast<std::size_t>(channel)]);
    const bool chosen = channel == m_view.channel;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(chosen ? theme.text : theme.line2, chosen ? 3 : 1));
    const double out = chosen ? 1.5 : .5;
    painter.drawRect(cell.adjusted(-out, -out, out, out));
    if (chosen) {
      const convscope::Shape& shape = m_view.answer->maps->maps.shape();
      const QRectF unit(cell.left() + m_view.unit.x * cell.width() / shape.width,
                        cell.top() + m_view.unit.y * cell.height() / shape.height,
                        std::max(3.0, cell.width() / shape.width),
                        std::max(3.0, cell.height() / shape.height));
      painter.setPen(QPen(theme.voxel, 1.6));
      painter.drawRect(unit.adjusted(-1, -1, 1, 1));
    }
    const QString number = QString::number(channel + 1);
    const TextRun run{number, theme.text, true, theme.caption};
    QColor plate = theme.stage;
    plate.setAlphaF(.72F);
    const double wide = widthOf({run}, theme);
    painter.fillRect(QRectF(cell.left() + 3, cell.top() + 3, wide + 6, theme.caption + 5), plate);
    drawRun(painter, {cell.left() + 6, cell.top() + 3 + (theme.caption + 5) / 2}, Anchor::Left, run, theme);
    painter.setRenderHint(QPainter::Antialiasing, false);
  }
}

void ChannelGrid::resizeEvent(QResizeEvent*) {
  if (!m_view.levels.empty()) arrange();
}

void ChannelGrid::mousePressEvent(QMouseEvent* event) {
  const int place = placeAt(event->position());
  if (place < 0 || m_view.levels.empty()) return;
  const int channel = m_order[static_cast<std::size_t>(place)];
  const convscope::Shape& shape = m_view.answer->maps->maps.shape();
  const QRectF cell = cellAt(place);
  Triple unit = m_view.unit;
  unit.y = std::clamp(static_cast<int>((event->position().y() - cell.top()) / cell.height() * shape.height),
                      0, shape.height - 1);
  unit.x = std::clamp(static_cast<int>((event->position().x() - cell.left()) / cell.width() * shape.width), 0,
                      shape.width - 1);
  Q_EMIT editRequested({tr("Channel"),
                        [channel, unit](AppState& state) {
                          const bool again = state.network.channel == channel;
                          state.network.channel = channel;
                          state.network.unit = again ? unit : kStrongest;
                        },
                        false});
}

bool ChannelGrid::viewportEvent(QEvent* event) {
  if (event->type() != QEvent::ToolTip || m_view.levels.empty())
    return QAbstractScrollArea::viewportEvent(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int place = placeAt(help->pos());
  if (place < 0) {
    QToolTip::hideText();
    return true;
  }
  const int channel = m_order[static_cast<std::size_t>(place)];
  const ChannelFacts& facts = m_view.answer->maps->channels[static_cast<std::size_t>(channel)];
  QToolTip::showText(help->globalPos(),
                     tr("Channel %1: answers most at t=%2 y=%3 x=%4, with %5")
                         .arg(channel + 1)
                         .arg(facts.at.t + 1)
                         .arg(facts.at.y + 1)
                         .arg(facts.at.x + 1)
                         .arg(double{facts.strongest}, 0, 'g', 3),
                     this);
  return true;
}

}  // namespace convscope
