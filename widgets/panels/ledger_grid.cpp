#include "widgets/panels/ledger_grid.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/kernel_place.h"
#include "widgets/panels/text_runs.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

/// `value` rounded up to one significant digit, so that colours do not flicker with every step of the kernel.
double roundedUp(double value) {
  if (!(value > 0) || !std::isfinite(value)) return 1;
  const double unit = std::pow(10.0, std::floor(std::log10(value)));
  return std::ceil(value / unit - 1e-9) * unit;
}

double scaleOf(const LookTheme& theme) {
  return theme.caption / 11;
}

/// What stands before and behind the sum in the closing line.
std::pair<QString, QString> aroundSum(Activation activation) {
  switch (activation) {
    case Activation::None:
      return {{}, {}};
    case Activation::Relu:
      return {QStringLiteral("ReLU("), QStringLiteral(")")};
    case Activation::Absolute:
      return {QStringLiteral("|"), QStringLiteral("|")};
    case Activation::Square:
      return {QStringLiteral("("), QStringLiteral(")²")};
  }
  return {};
}

bool hasClosingLine(const KernelView& view, const Ledger& ledger) {
  return ledger.bias != 0 || view.result->spec.conv.activation != Activation::None;
}

}  // namespace

QString sumText(double value) {
  const double size = std::abs(value);
  return signedText(value, size >= 10000 ? 0 : size >= 100 ? 1 : 3);
}

LedgerGrid::LedgerGrid(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::TabFocus);
  setAccessibleName(tr("Products of the output voxel"));
}

void LedgerGrid::present(const KernelView& view, std::shared_ptr<const Ledger> ledger) {
  m_view = view;
  if (m_ledger != ledger && ledger) {
    double product = 0;
    double sum = 0;
    for (const LedgerCell& cell : ledger->cells) product = std::max(product, std::abs(cell.product));
    for (const double part : ledger->frameChannelSums) sum = std::max(sum, std::abs(part));
    m_productScale = roundedUp(product);
    m_sumScale = roundedUp(sum);
    // an opened sum stays open while the kernel slides, not when the grid is another one
    if (m_ledger && (m_ledger->kernel != ledger->kernel || m_ledger->channels != ledger->channels)) {
      m_opened.reset();
      m_cursor.reset();
      m_firstRow = 0;
    }
  }
  m_ledger = std::move(ledger);
  update();
}

LedgerLayout LedgerGrid::layoutNow() const {
  LedgerSetting setting;
  setting.size = size();
  setting.scale = scaleOf(lookTheme(m_view.state.look));
  setting.opened = m_opened;
  setting.firstRow = m_firstRow;
  if (m_ledger) {
    setting.kernel = m_ledger->kernel;
    setting.channels = std::max(1, m_ledger->channels);
    setting.closingLine = hasClosingLine(m_view, *m_ledger);
    const LookTheme& theme = lookTheme(m_view.state.look);
    for (const int t : {0, m_ledger->kernel.t - 1})
      setting.labelWidth = std::max(setting.labelWidth, widthOf({{frameLabel(t), theme.time, true}}, theme));
  }
  return ledgerLayout(setting);
}

void LedgerGrid::open(std::optional<LedgerBlock> block) {
  if (block == m_opened) return;
  m_opened = block;
  if (block) m_cursor = block;
  setHovered({});
  update();
}

const ColourMap& LedgerGrid::colours() const {
  return lookTheme(m_view.state.look).activation(m_view.state.look.activationMap);
}

QString LedgerGrid::frameLabel(int t) const {
  const LedgerCell& first = m_ledger->cell(t, 0, 0, 0);
  const int length = m_view.result->geometry.input.length;
  if (first.source.t < 0 || first.source.t >= length) return tr("pad");
  return QStringLiteral("t%1").arg(first.source.t + 1);
}

QString LedgerGrid::channelLabel(int c) const {
  return channelName(m_ledger->firstChannel + c, m_view.result->geometry.input.channels);
}

const LedgerCell* LedgerGrid::productAt(const QPointF& at) const {
  if (!m_ledger) return nullptr;
  const LedgerLayout lay = layoutNow();
  if (lay.mode == LedgerLayout::Mode::Sums) return nullptr;
  const std::optional<LedgerBlock> block = lay.blockAt(at);
  if (!block) return nullptr;
  const QPointF inside = at - lay.block(block->t, block->channel).topLeft();
  const int y = std::clamp(static_cast<int>(inside.y() / lay.cellHeight), 0, m_ledger->kernel.y - 1);
  const int x = std::clamp(static_cast<int>(inside.x() / lay.cellWidth), 0, m_ledger->kernel.x - 1);
  return &m_ledger->cell(block->t, block->channel, y, x);
}

// --- painting

void LedgerGrid::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.fillRect(rect(), theme.panel);
  if (!m_ledger) return;
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  const LedgerLayout lay = layoutNow();
  paintHeader(painter, lay);
  paintBlocks(painter, lay);
  paintFoot(painter, lay);
  paintHover(painter, lay);
}

void LedgerGrid::paintHeader(QPainter& painter, const LedgerLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double middle = lay.top * .56;
  if (lay.mode == LedgerLayout::Mode::Opened) {
    const LedgerBlock& block = lay.openedBlock;
    const double start = 36 * lay.scale;  // right of the copy button
    drawRuns(painter, {start, middle}, Anchor::Left,
             {{QStringLiteral("‹ "), theme.muted, true},
              {frameLabel(block.t), theme.time, true},
              {QStringLiteral(" · "), theme.muted},
              {channelLabel(block.channel), theme.channel, true}},
             theme);
    drawRun(painter, {lay.right, middle}, Anchor::Right,
            {tr("click or Esc: all sums"), theme.muted, false, theme.caption}, theme);
    return;
  }
  for (int c = 0; c < lay.channels; ++c) {
    const QRectF block = lay.block(lay.firstRow, c);
    drawRun(painter, {block.center().x(), middle}, Anchor::Centre, {channelLabel(c), theme.channel, true},
            theme);
  }
  const bool column = !lay.narrow || lay.mode == LedgerLayout::Mode::Sums;
  if (lay.kernel.t > 1 && column)
    drawRun(painter, {lay.right, middle + 1}, Anchor::Right,
            {tr("frame Σ"), theme.muted, false, theme.caption}, theme);
}

void LedgerGrid::paintBlocks(QPainter& painter, const LedgerLayout& lay) const {
  if (lay.mode == LedgerLayout::Mode::Opened) {
    paintCells(painter, lay, lay.openedBlock.t, lay.openedBlock.channel);
    return;
  }
  const LookTheme& theme = lookTheme(m_view.state.look);
  for (int t = lay.firstRow; t < lay.firstRow + lay.rows; ++t) {
    const QRectF first = lay.block(t, 0);
    const QString label = frameLabel(t);
    drawRun(painter, {11 * lay.scale, first.center().y()}, Anchor::Left,
            {label, label == tr("pad") ? theme.padding : theme.time, true}, theme);
    for (int c = 0; c < lay.channels; ++c) {
      if (lay.mode == LedgerLayout::Mode::Products) {
        paintCells(painter, lay, t, c);
        continue;
      }
      const double sum = m_ledger->frameChannelSums[static_cast<std::size_t>(t) * lay.channels + c];
      const QRgb colour = colours().at(sum, m_sumScale);
      painter.fillRect(lay.block(t, c), QColor(colour));
      drawRun(painter, lay.block(t, c).center(), Anchor::Centre, {sumText(sum), theme.textOn(colour)}, theme);
    }
    paintFrameLine(painter, lay, t);
  }
  if (lay.rows < lay.kernel.t) {  // a bar at the edge says where in the frames the rows are
    const double height = lay.pitch * lay.rows;
    const QRectF bar(width() - 4, lay.top + height * lay.firstRow / lay.kernel.t, 3,
                     height * lay.rows / lay.kernel.t);
    painter.fillRect(bar, theme.line2);
  }
}

void LedgerGrid::paintCells(QPainter& painter, const LedgerLayout& lay, int t, int c) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double px = lay.cellWidth >= 40 * lay.scale ? theme.body : theme.caption;
  for (int y = 0; y < lay.kernel.y; ++y) {
    for (int x = 0; x < lay.kernel.x; ++x) {
      const LedgerCell& cell = m_ledger->cell(t, c, y, x);
      const QRectF box = lay.cell(t, c, y, x);
      const QRgb colour = colours().at(cell.product, m_productScale);
      const bool empty = cell.inPadding && cell.product == 0;
      painter.fillRect(box, empty ? theme.stage : QColor(colour));
      if (cell.inPadding) drawHatch(painter, box, theme);
      if (!lay.cellText || empty) continue;
      drawRun(painter, box.center(), Anchor::Centre,
              {cellText(cell.product), theme.textOn(colour), false, px}, theme);
    }
  }
}

void LedgerGrid::paintFrameLine(QPainter& painter, const LedgerLayout& lay, int t) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QRectF last = lay.block(t, lay.channels - 1);
  double middle = last.center().y();
  if (lay.sumHeight > 0) {
    middle = last.bottom() + lay.sumLine;
    for (int c = 0; c < lay.channels; ++c) {
      const double sum = m_ledger->frameChannelSums[static_cast<std::size_t>(t) * lay.channels + c];
      drawRun(painter, {lay.block(t, c).right() - 2, middle}, Anchor::Right, {sumText(sum), theme.text, true},
              theme);
    }
  }
  if (lay.kernel.t == 1) return;  // the total below says the same
  if (lay.mode == LedgerLayout::Mode::Products && lay.frameLine > 0) middle = last.bottom() + lay.frameLine;
  if (lay.mode == LedgerLayout::Mode::Products && lay.narrow)
    drawRun(painter, {lay.left, middle}, Anchor::Left, {tr("frame Σ"), theme.muted, false, theme.caption},
            theme);
  drawRun(painter, {lay.right, middle}, Anchor::Right,
          {sumText(m_ledger->frameSums[static_cast<std::size_t>(t)]), theme.time, true}, theme);
}

void LedgerGrid::paintFoot(QPainter& painter, const LedgerLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double start = 11 * lay.scale;
  painter.fillRect(QRectF(start, std::round(lay.foot), lay.right - start, 1), theme.line2);
  const double middle = lay.foot + 13 * lay.scale;
  const bool closing = hasClosingLine(m_view, *m_ledger);
  if (lay.mode == LedgerLayout::Mode::Opened) {
    const LedgerBlock& block = lay.openedBlock;
    const double sum =
        m_ledger->frameChannelSums[static_cast<std::size_t>(block.t) * lay.channels + block.channel];
    drawRun(painter, {start, middle}, Anchor::Left, {tr("Σ of these products"), theme.muted}, theme);
    drawRun(painter, {lay.right, middle}, Anchor::Right, {sumText(sum), theme.text, true, theme.stageTitle},
            theme);
    return;
  }
  drawRun(painter, {start, middle}, Anchor::Left, {QStringLiteral("Σ"), theme.muted}, theme);
  if (lay.channels > 1)
    for (int c = 0; c < lay.channels; ++c)
      drawRun(painter, {lay.block(lay.firstRow, c).right() - 2, middle}, Anchor::Right,
              {sumText(m_ledger->channelSums[static_cast<std::size_t>(c)]), theme.channel, true}, theme);
  const bool below = lay.narrow && lay.mode == LedgerLayout::Mode::Products;
  if (!below)
    drawRun(painter, {lay.right, middle}, Anchor::Right,
            {sumText(m_ledger->sum), closing ? theme.text : theme.voxel, true,
             closing ? theme.body : theme.stageTitle},
            theme);
  if (!closing && !below) return;
  paintClosingLine(painter, lay);
}

void LedgerGrid::paintClosingLine(QPainter& painter, const LedgerLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double start = 11 * lay.scale;
  const double below = lay.foot + lay.footHeight + 5 * lay.scale;
  const auto [before, behind] = aroundSum(m_view.result->spec.conv.activation);
  TextLine line{{before, theme.muted}, {QStringLiteral("Σ"), theme.text}};
  if (!hasClosingLine(m_view, *m_ledger)) line = {{tr("sum of all products"), theme.muted}};
  if (m_ledger->bias != 0) {
    line.push_back({tr(" + bias "), theme.muted});
    line.push_back({sumText(m_ledger->bias), theme.text, true});
  }
  line.push_back({behind + QStringLiteral(" ="), theme.muted});
  drawRuns(painter, {start, below}, Anchor::Left, line, theme);
  drawRun(painter, {lay.right, below}, Anchor::Right,
          {sumText(m_ledger->value), theme.voxel, true, theme.stageTitle}, theme);
}

void LedgerGrid::paintHover(QPainter& painter, const LedgerLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.setBrush(Qt::NoBrush);
  if (m_cursor && hasFocus()) {
    painter.setPen(QPen(theme.focus, 2));
    const QRectF box = lay.block(m_cursor->t, m_cursor->channel);
    if (!box.isEmpty()) painter.drawRect(box.adjusted(-2, -2, 1, 1));
  }
  const std::optional<InputPoint> tap = hoveredTap(m_view);
  if (!tap || tap->at.t >= lay.kernel.t || tap->at.y >= lay.kernel.y || tap->at.x >= lay.kernel.x) return;
  const int c = tap->channel - m_ledger->firstChannel;
  if (c < 0 || c >= lay.channels) return;
  const QRectF box = lay.cell(tap->at.t, c, tap->at.y, tap->at.x);
  if (box.isEmpty()) return;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(theme.text, 1.5));
  painter.drawRect(box.adjusted(-.25, -.25, .25, .25));
}

// --- pointer and keys

QString LedgerGrid::tipAt(const QPointF& at) const {
  if (!m_ledger) return {};
  const LedgerLayout lay = layoutNow();
  if (lay.mode == LedgerLayout::Mode::Sums) {
    const std::optional<LedgerBlock> block = lay.blockAt(at);
    if (!block) return {};
    return tr("Sum of the %1 products of %2, %3. Click: show them.")
        .arg(m_ledger->kernel.y * m_ledger->kernel.x)
        .arg(frameLabel(block->t), channelLabel(block->channel));
  }
  const LedgerCell* cell = productAt(at);
  if (cell == nullptr) return {};
  const int channel = cell->channel - m_ledger->firstChannel;
  const QString sum = tr("input %1 × weight %2 = %3")
                          .arg(QString::number(cell->input, 'f', 2), signedText(cell->weight, 2),
                               signedText(cell->product, 2));
  if (cell->inPadding) return tr("padding beside the clip, %1: %2").arg(channelLabel(channel), sum);
  return tr("%1, %2: %3\nDouble click: which outputs this input voxel feeds.")
      .arg(positionText(cell->source), channelLabel(channel), sum);
}

bool LedgerGrid::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const QString tip = tipAt(help->pos());
    if (tip.isEmpty()) {
      QToolTip::hideText();
    } else {
      QToolTip::showText(help->globalPos(), tip, this);
    }
    return true;
  }
  if (event->type() == QEvent::ShortcutOverride && layoutNow().mode != LedgerLayout::Mode::Products) {
    // keys that mean something here while the ledger has the focus must not slide the kernel
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Escape || key == Qt::Key_Return || (key >= Qt::Key_Left && key <= Qt::Key_Down))
      event->accept();
  }
  return QWidget::event(event);
}

void LedgerGrid::setHovered(const Hover& hover) {
  if (hover == m_hover) return;
  m_hover = hover;
  emit hovered(hover);
}

void LedgerGrid::mouseMoveEvent(QMouseEvent* event) {
  const LedgerCell* cell = productAt(event->position());
  Hover hover;
  // the tap says both: which weight, and with the kernel's place which input cell
  if (cell != nullptr) hover = {Hover::Kind::Weight, cell->tap, cell->channel};
  setHovered(hover);
  const bool opens = cell == nullptr && m_ledger && layoutNow().mode == LedgerLayout::Mode::Sums &&
                     layoutNow().blockAt(event->position());
  setCursor(opens ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void LedgerGrid::leaveEvent(QEvent*) {
  setHovered({});
}

void LedgerGrid::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !m_ledger) return QWidget::mousePressEvent(event);
  const LedgerLayout lay = layoutNow();
  if (lay.mode == LedgerLayout::Mode::Sums) {
    if (const std::optional<LedgerBlock> block = lay.blockAt(event->position())) {
      setFocus(Qt::OtherFocusReason);  // for Esc
      open(block);
    }
  } else if (lay.mode == LedgerLayout::Mode::Opened && !lay.blockAt(event->position())) {
    open({});
  } else if (event->position().y() < lay.top) {
    for (int c = 0; c < lay.channels; ++c) {
      const QRectF column = lay.block(lay.firstRow, c);
      if (event->position().x() < column.left() || event->position().x() >= column.right()) continue;
      const int channel = m_ledger->firstChannel + c;
      emit editRequested({QStringLiteral("Channel of the weights"),
                          [channel](AppState& state) { state.selection.weightChannel = channel; }, false});
    }
  }
}

void LedgerGrid::mouseDoubleClickEvent(QMouseEvent* event) {
  const LedgerCell* cell = productAt(event->position());
  if (cell == nullptr || cell->inPadding) return;
  const InputPoint point{cell->source, cell->channel};
  emit editRequested(
      {QStringLiteral("Input voxel"), [point](AppState& state) { state.selection.input = point; }, false});
}

void LedgerGrid::wheelEvent(QWheelEvent* event) {
  const LedgerLayout lay = layoutNow();
  if (!m_ledger || lay.mode != LedgerLayout::Mode::Sums || lay.rows >= lay.kernel.t) return event->ignore();
  const int step = event->angleDelta().y() > 0 ? -1 : 1;
  m_firstRow = std::clamp(lay.firstRow + step, 0, lay.kernel.t - lay.rows);
  update();
}

void LedgerGrid::moveCursor(int key) {
  LedgerBlock at = m_cursor.value_or(LedgerBlock{m_firstRow, 0});
  if (m_cursor) {
    at.t += key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
    at.channel += key == Qt::Key_Right ? 1 : key == Qt::Key_Left ? -1 : 0;
  }
  at.t = std::clamp(at.t, 0, m_ledger->kernel.t - 1);
  at.channel = std::clamp(at.channel, 0, m_ledger->channels - 1);
  m_cursor = at;
  const LedgerLayout lay = layoutNow();
  if (lay.mode == LedgerLayout::Mode::Opened) {
    open(at);
  } else {
    m_firstRow = std::clamp(lay.firstRow, at.t - lay.rows + 1, at.t);
  }
  update();
}

void LedgerGrid::keyPressEvent(QKeyEvent* event) {
  const LedgerLayout lay = layoutNow();
  if (!m_ledger || lay.mode == LedgerLayout::Mode::Products) return QWidget::keyPressEvent(event);
  if (event->key() == Qt::Key_Escape && lay.mode == LedgerLayout::Mode::Opened) {
    open({});
  } else if (event->key() == Qt::Key_Return && m_cursor && lay.mode == LedgerLayout::Mode::Sums) {
    open(m_cursor);
  } else if (event->key() >= Qt::Key_Left && event->key() <= Qt::Key_Down) {
    moveCursor(event->key());
  } else {
    QWidget::keyPressEvent(event);
  }
}

void LedgerGrid::focusOutEvent(QFocusEvent* event) {
  m_cursor = m_opened;
  update();
  QWidget::focusOutEvent(event);
}

}  // namespace convscope
