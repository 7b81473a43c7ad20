#include "widgets/panels/reach_grid.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/kernel_place.h"
#include "widgets/panels/text_runs.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

// px at type of 11 px
constexpr double kWordsHeight = 74, kTitleHeight = 18, kBlockGap = 10, kMargin = 12;
constexpr double kLargestCellWidth = 44, kLargestCellHeight = 24, kTextCellWidth = 25, kTextCellHeight = 14;
constexpr int kMostBlocks = 64;

double scaleOf(const LookTheme& theme) {
  return theme.caption / 11;
}

QString rangeText(const std::vector<Reach::Step>& steps) {
  if (steps.empty()) return QObject::tr("none");
  const int first = steps.front().output + 1;
  const int last = steps.back().output + 1;
  if (last - first + 1 == static_cast<int>(steps.size()))
    return first == last ? QString::number(first) : QStringLiteral("%1–%2").arg(first).arg(last);
  return QObject::tr("%1 … %2, %3 of them").arg(first).arg(last).arg(steps.size());
}

}  // namespace

ReachGrid::ReachGrid(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::TabFocus);
  setAccessibleName(tr("Outputs that the input voxel feeds"));
}

void ReachGrid::present(const KernelView& view) {
  m_view = view;
  m_reach = {};
  if (view.result != nullptr && view.state.selection.input &&
      view.result->geometry.input.contains(view.state.selection.input->at)) {
    m_reach = reachOf(view.result->spec.conv, view.result->geometry, view.state.selection.input->at);
    double largest = 0;
    for (const float weight : view.result->spec.bank.at(static_cast<std::size_t>(view.filter())).weights)
      largest = std::max<double>(largest, std::abs(weight));
    m_largestWeight = largest > 0 ? largest : 1;
  }
  update();
}

bool ReachGrid::readsChannel() const {
  if (m_view.result == nullptr || !m_view.state.selection.input) return false;
  const ConvSpec& conv = m_view.result->spec.conv;
  const int perGroup = m_view.result->geometry.input.channels / conv.groups;
  const int filters = static_cast<int>(m_view.result->spec.bank.size());
  const int group = m_view.filter() / std::max(1, filters / conv.groups);
  return m_view.state.selection.input->channel / perGroup == group;
}

std::int64_t ReachGrid::fedCount() const {
  return readsChannel() ? m_reach.count() : 0;
}

float ReachGrid::weightAt(int t, int y, int x) const {
  const ConvSpec& conv = m_view.result->spec.conv;
  const Filter& filter = m_view.result->spec.bank.at(static_cast<std::size_t>(m_view.filter()));
  const int perGroup = m_view.result->geometry.input.channels / conv.groups;
  Triple tap{m_reach.along[0][static_cast<std::size_t>(t)].tap,
             m_reach.along[1][static_cast<std::size_t>(y)].tap,
             m_reach.along[2][static_cast<std::size_t>(x)].tap};
  if (conv.flipped)
    for (const Axis axis : kAxes) tap[axis] = conv.kernel[axis] - 1 - tap[axis];
  return filter.weights[weightIndex(conv.kernel, m_view.state.selection.input->channel % perGroup, tap.t,
                                    tap.y, tap.x)];
}

ReachGrid::Blocks ReachGrid::blocks() const {
  Blocks best;
  const double s = scaleOf(lookTheme(m_view.state.look));
  const int count = std::min<int>(static_cast<int>(m_reach.along[0].size()), kMostBlocks);
  const int rows = static_cast<int>(m_reach.along[1].size());
  const int columns = static_cast<int>(m_reach.along[2].size());
  if (count * rows * columns == 0) return best;
  const double width = this->width() - 2 * kMargin * s;
  const double height = this->height() - (kWordsHeight + kMargin) * s;
  // all map frames in one row if their numbers can be read so, else whatever makes the cells largest
  for (int across = count; across >= 1; --across) {
    const int down = (count + across - 1) / across;
    const double cellWidth =
        std::min(((width + kBlockGap * s) / across - kBlockGap * s) / columns, kLargestCellWidth * s);
    const double cellHeight = std::min((height / down - kTitleHeight * s) / rows, kLargestCellHeight * s);
    if (std::min(cellWidth, cellHeight * 1.8) <= std::min(best.cellWidth, best.cellHeight * 1.8)) continue;
    best = {across,
            cellWidth,
            cellHeight > 4 ? std::floor(cellHeight) : cellHeight,
            kMargin * s,
            kWordsHeight * s,
            cellWidth * columns + kBlockGap * s,
            0};
    best.pitchY = best.cellHeight * rows + kTitleHeight * s;
    if (cellWidth >= kTextCellWidth * s && cellHeight >= kTextCellHeight * s) break;
  }
  return best;
}

QRectF ReachGrid::cellOf(int t, int y, int x) const {
  const Blocks lay = blocks();
  if (lay.cellWidth <= 0 || t >= kMostBlocks) return {};
  const double s = scaleOf(lookTheme(m_view.state.look));
  const double left = lay.left + (t % lay.columns) * lay.pitchX;
  const double top = lay.top + (t / lay.columns) * lay.pitchY + kTitleHeight * s;
  const double x0 = std::round(left + x * lay.cellWidth);
  const double x1 = std::round(left + (x + 1) * lay.cellWidth);
  const double y0 = std::round(top + y * lay.cellHeight);
  const double y1 = std::round(top + (y + 1) * lay.cellHeight);
  return {x0, y0, x1 - x0 - (x1 - x0 > 5 ? 1 : 0), y1 - y0 - (y1 - y0 > 5 ? 1 : 0)};
}

std::optional<Triple> ReachGrid::outputAt(const QPointF& at) const {
  if (fedCount() == 0) return {};
  const int count = std::min<int>(static_cast<int>(m_reach.along[0].size()), kMostBlocks);
  for (int t = 0; t < count; ++t) {
    const int rows = static_cast<int>(m_reach.along[1].size());
    const int columns = static_cast<int>(m_reach.along[2].size());
    if (!cellOf(t, 0, 0).united(cellOf(t, rows - 1, columns - 1)).contains(at)) continue;
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < columns; ++x)
        if (cellOf(t, y, x).adjusted(0, 0, 1, 1).contains(at))
          return Triple{m_reach.along[0][static_cast<std::size_t>(t)].output,
                        m_reach.along[1][static_cast<std::size_t>(y)].output,
                        m_reach.along[2][static_cast<std::size_t>(x)].output};
  }
  return {};
}

void ReachGrid::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.fillRect(rect(), theme.panel);
  if (m_view.result == nullptr || !m_view.state.selection.input) return;
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  paintWords(painter);
  if (fedCount() == 0) return;
  const Blocks lay = blocks();
  const int count = std::min<int>(static_cast<int>(m_reach.along[0].size()), kMostBlocks);
  for (int t = 0; t < count; ++t) paintBlock(painter, lay, t);
}

void ReachGrid::paintWords(QPainter& painter) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double s = scaleOf(theme);
  const double left = kMargin * s;
  if (!readsChannel()) {
    drawRun(painter, {left, 40 * s}, Anchor::Left,
            {tr("Filter %1 does not read channel %2: it lies in another group.")
                 .arg(m_view.filter() + 1)
                 .arg(m_view.state.selection.input->channel + 1),
             theme.text},
            theme);
    return;
  }
  drawRuns(painter, {left, 40 * s}, Anchor::Left,
           {{countText(static_cast<double>(m_reach.count())), theme.voxel, true},
            {tr(" of the %1 output cells of this map use this cell")
                 .arg(countText(static_cast<double>(m_view.result->geometry.output.channelSize()))),
             theme.muted}},
           theme);
  TextLine line;
  for (const Axis axis : kAxes) {
    const auto& steps = m_reach.along[static_cast<std::size_t>(axis)];
    line.push_back({QStringLiteral("tyx").mid(static_cast<int>(axis), 1) + QStringLiteral(" "),
                    theme.axisColour(axis), true});
    line.push_back({rangeText(steps) + QStringLiteral("    "), theme.text});
  }
  line.push_back({tr("each with its weight:"), theme.muted});
  drawRuns(painter, {left, 60 * s}, Anchor::Left, line, theme);
}

void ReachGrid::paintBlock(QPainter& painter, const Blocks& lay, int t) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double s = scaleOf(theme);
  const int output = m_reach.along[0][static_cast<std::size_t>(t)].output;
  const Triple voxel = m_view.voxel();
  const bool text = lay.cellWidth >= kTextCellWidth * s && lay.cellHeight >= kTextCellHeight * s;
  const int rows = static_cast<int>(m_reach.along[1].size());
  const int columns = static_cast<int>(m_reach.along[2].size());
  const QRectF first = cellOf(t, 0, 0);
  if (lay.cellWidth * columns > 30 * s)
    drawRun(painter, {first.left(), first.top() - kTitleHeight * s * .45}, Anchor::Left,
            {mapTitleShort(m_view, output), output == voxel.t ? theme.text : theme.muted, output == voxel.t,
             theme.caption},
            theme);
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      const QRectF box = cellOf(t, y, x);
      const float weight = weightAt(t, y, x);
      const QRgb colour = theme.weightSigned.at(weight, m_largestWeight);
      painter.fillRect(box, QColor(colour));
      const Triple at{output, m_reach.along[1][static_cast<std::size_t>(y)].output,
                      m_reach.along[2][static_cast<std::size_t>(x)].output};
      if (text)
        drawRun(painter, box.center(), Anchor::Centre,
                {cellText(weight), theme.textOn(colour), false, theme.caption}, theme);
      painter.setBrush(Qt::NoBrush);
      if (at == voxel) {
        painter.setPen(QPen(theme.voxel, 2));
        painter.drawRect(box.adjusted(0, 0, -1, -1));
      } else if (hoveredOutput(m_view) == at) {
        painter.setPen(QPen(theme.text, 1.5));
        painter.drawRect(box);
      }
    }
  }
}

void ReachGrid::setHovered(const Hover& hover) {
  if (hover == m_hover) return;
  m_hover = hover;
  Q_EMIT hovered(hover);
}

void ReachGrid::mouseMoveEvent(QMouseEvent* event) {
  const std::optional<Triple> at = outputAt(event->position());
  setHovered(at ? Hover{Hover::Kind::Output, *at, m_view.filter()} : Hover{});
  setCursor(at ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void ReachGrid::leaveEvent(QEvent*) {
  setHovered({});
}

void ReachGrid::mousePressEvent(QMouseEvent* event) {
  const std::optional<Triple> at = outputAt(event->position());
  if (event->button() != Qt::LeftButton || !at) return QWidget::mousePressEvent(event);
  Q_EMIT editRequested(moveKernel(at->t, at->y, at->x));
}

void ReachGrid::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    Q_EMIT backRequested();
  } else {
    QWidget::keyPressEvent(event);
  }
}

bool ReachGrid::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const std::optional<Triple> at = outputAt(help->pos());
  if (!at) {
    QToolTip::hideText();
    return true;
  }
  const float value = m_view.result->valueAt(m_view.filter(), *at);
  QToolTip::showText(
      help->globalPos(),
      tr("output %1: %2\nClick: put the kernel there.").arg(voxelText(m_view, *at), signedText(value, 3)),
      this);
  return true;
}

}  // namespace convscope
