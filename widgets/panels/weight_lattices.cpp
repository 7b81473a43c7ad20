#include "widgets/panels/weight_lattices.h"

#include "engine/study/layer_maps.h"
#include "widgets/panels/text_runs.h"

#include <QPainter>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kMargin = 12, kGap = 12, kFrameGap = 2;  // px
constexpr double kMostCell = 9, kLeastCell = 3;
constexpr int kFewColumns = 4;

}  // namespace

WeightLattices::WeightLattices(QWidget* parent) : QAbstractScrollArea(parent) {
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAccessibleName(tr("Weights"));
  setToolTip(tr("Weights of each filter, frame by frame; Ctrl and the wheel go through the input channels"));
}

void WeightLattices::present(const NetworkView& view) {
  m_view = view;
  const int row = view.result == nullptr ? -1 : view.row;
  if (view.holder != m_holder || row != m_row) {
    m_holder = view.holder;
    m_row = row;
    m_weights = view.result == nullptr ? nullptr : weightsOf(*view.result, row);
    m_filters = m_channels = 0;
    if (m_weights != nullptr) {
      const Dims& dims = m_weights->dims();  // (K, C / groups, …) with one to three axes that slide
      m_filters = static_cast<int>(dims[0]);
      m_channels = static_cast<int>(dims[1]);
      m_kernel = {1, 1, 1};
      for (std::size_t i = 2; i < dims.size(); ++i)
        m_kernel[kAxes[i + 3 - dims.size()]] = static_cast<int>(dims[i]);
      m_channel = std::clamp(m_channel, 0, m_channels - 1);
      m_range = 0;
      for (const float value : m_weights->values<float>())
        m_range = std::max(m_range, std::abs(double{value}));
      if (m_range == 0) m_range = 1;
      Q_EMIT rangeChanged(m_range);
    }
    verticalScrollBar()->setValue(0);
  }
  arrange();
  tell();
  viewport()->update();
}

void WeightLattices::tell() {
  QString fact;
  if (m_weights != nullptr) {
    fact = tr("%1 filters, %2 × %3 × %4").arg(m_filters).arg(m_kernel.t).arg(m_kernel.y).arg(m_kernel.x);
    if (m_channels > 1) fact += tr(", input %1 of %2").arg(m_channel + 1).arg(m_channels);
  } else if (m_view.result != nullptr) {
    fact = tr("no convolution");
  }
  setAccessibleDescription(fact);
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
}

void WeightLattices::setChannel(int channel) {
  if (m_channels < 1) return;
  m_channel = std::clamp(channel, 0, m_channels - 1);
  tell();
  viewport()->update();
}

void WeightLattices::arrange() {
  if (m_weights == nullptr) {
    verticalScrollBar()->setRange(0, 0);
    return;
  }
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double room = viewport()->width() - 2 * kMargin;
  const double cells = m_kernel.t * m_kernel.x, gaps = (m_kernel.t - 1) * kFrameGap;
  m_plan.cell =
      std::clamp(((room - (kFewColumns - 1) * kGap) / kFewColumns - gaps) / cells, kLeastCell, kMostCell);
  m_plan.pitchX = m_plan.cell * cells + gaps + kGap;
  m_plan.columns = std::max(1, static_cast<int>((room + kGap) / m_plan.pitchX));
  m_plan.pitchY = m_plan.cell * m_kernel.y + theme.caption + 11;
  if (m_plan.columns > 1) m_plan.pitchX = std::min(1.5 * m_plan.pitchX, (room + kGap) / m_plan.columns);
  const int rows = (m_filters + m_plan.columns - 1) / m_plan.columns;
  const int all = static_cast<int>(kMargin + rows * m_plan.pitchY);
  verticalScrollBar()->setRange(0, std::max(0, all - viewport()->height()));
  verticalScrollBar()->setPageStep(viewport()->height());
  verticalScrollBar()->setSingleStep(static_cast<int>(m_plan.pitchY));
}

void WeightLattices::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(viewport());
  painter.fillRect(viewport()->rect(), theme.panel);
  if (m_weights == nullptr) {
    if (m_view.result == nullptr) return;
    painter.setFont(theme.font(theme.body));
    painter.setPen(theme.muted);
    painter.drawText(viewport()->rect().adjusted(theme.panelPad, theme.panelPad, -theme.panelPad, 0),
                     Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                     tr("This layer slides no kernel of weights."));
    return;
  }
  const std::span<const float> values = m_weights->values<float>();
  const auto each = static_cast<std::size_t>(m_kernel.product());
  for (int filter = 0; filter < m_filters; ++filter) {
    const double left = kMargin + filter % m_plan.columns * m_plan.pitchX;
    const double top = 8 + filter / m_plan.columns * m_plan.pitchY - verticalScrollBar()->value();
    if (top + m_plan.pitchY < 0 || top > viewport()->height()) continue;
    const std::size_t first = (static_cast<std::size_t>(filter) * static_cast<std::size_t>(m_channels) +
                               static_cast<std::size_t>(m_channel)) *
                              each;
    for (int t = 0; t < m_kernel.t; ++t) {
      for (int y = 0; y < m_kernel.y; ++y) {
        for (int x = 0; x < m_kernel.x; ++x) {
          const auto at = static_cast<std::size_t>((t * m_kernel.y + y) * m_kernel.x + x);
          painter.fillRect(QRectF(left + t * (m_kernel.x * m_plan.cell + kFrameGap) + x * m_plan.cell,
                                  top + y * m_plan.cell, m_plan.cell, m_plan.cell),
                           QColor::fromRgb(theme.weightSigned.at(values[first + at], m_range)));
        }
      }
    }
    const bool chosen = !m_view.levels.empty() && filter == m_view.channel;
    if (chosen) {
      painter.setPen(QPen(theme.text, 2));
      painter.setBrush(Qt::NoBrush);
      painter.drawRect(QRectF(left, top, m_kernel.t * (m_kernel.x * m_plan.cell + kFrameGap) - kFrameGap,
                              m_kernel.y * m_plan.cell)
                           .adjusted(-2, -2, 2, 2));
    }
    drawRun(painter, {left, top + m_kernel.y * m_plan.cell + 4 + theme.caption / 2}, Anchor::Left,
            {QString::number(filter + 1), chosen ? theme.text : theme.muted, chosen, theme.caption}, theme);
  }
}

void WeightLattices::resizeEvent(QResizeEvent*) {
  arrange();
}

void WeightLattices::wheelEvent(QWheelEvent* event) {
  if ((event->modifiers() & Qt::ControlModifier) != 0) {
    setChannel(m_channel + (event->angleDelta().y() < 0 ? 1 : -1));
    event->accept();
    return;
  }
  QAbstractScrollArea::wheelEvent(event);
}

void WeightLattices::mousePressEvent(QMouseEvent* event) {
  if (m_weights == nullptr) return;
  const int column = static_cast<int>((event->position().x() - kMargin) / m_plan.pitchX);
  const int row =
      static_cast<int>((event->position().y() - 8 + verticalScrollBar()->value()) / m_plan.pitchY);
  const int filter = row * m_plan.columns + column;
  if (column < 0 || column >= m_plan.columns || row < 0 || filter >= m_filters) return;
  Q_EMIT editRequested({tr("Channel"),
                        [filter](AppState& state) {
                          state.network.channel = filter;
                          state.network.unit = kStrongest;
                        },
                        false});
}

}  // namespace convscope
