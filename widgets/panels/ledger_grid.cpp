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

}  // namespace

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
    m_largest = product;
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
    setting.closingLine = hasClosingLine();
    const LookTheme& theme = lookTheme(m_view.state.look);
    if (m_ledger->kernel.t == 1) {
      for (const QString& label : factorLabels())
        setting.labelWidth =
            std::max(setting.labelWidth, widthOf({{label, theme.muted, false, theme.caption}}, theme));
    }
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

bool LedgerGrid::hasClosingLine() const {
  return m_ledger->bias != 0 || m_view.result->spec.conv.activation != Activation::None;
}

const ColourMap& LedgerGrid::colours() const {
  return lookTheme(m_view.state.look).activation(m_view.state.look.activationMap);
}

QString LedgerGrid::frameLabel(int t) const {
  if (isStill(m_view)) return {};
  const LedgerCell& first = m_ledger->cell(t, 0, 0, 0);
  const int length = m_view.result->geometry.input.length;
  if (first.source.t < 0 || first.source.t >= length) return tr("pad");
  return QStringLiteral("t%1").arg(first.source.t + 1);
}

QString LedgerGrid::channelLabel(int c) const {
  return channelName(m_ledger->firstChannel + c, m_view.result->geometry.input.channels);
}

QStringList LedgerGrid::factorLabels() {
  return {tr("product"), tr("weight"), tr("input")};
}

const LedgerCell* LedgerGrid::productAt(const QPointF& place) const {
  if (!m_ledger) return nullptr;
  const LedgerLayout lay = layoutNow();
  if (lay.mode == LedgerLayout::Mode::Sums) return nullptr;
  const QPointF at = lay.onProducts(place);
  const std::optional<LedgerBlock> block = lay.blockAt(at);
  if (!block) return nullptr;
  const QPointF inside = at - lay.block(block->t, block->channel).topLeft();
  const int y = std::clamp(static_cast<int>(inside.y() / lay.cellHeight), 0, m_ledger->kernel.y - 1);
  const int x = std::clamp(static_cast<int>(inside.x() / lay.cellWidth), 0, m_ledger->kernel.x - 1);
  return &m_ledger->cell(block->t, block->channel, y, x);
}

// --- pointer and keys

QString LedgerGrid::tipAt(const QPointF& at) const {
  if (!m_ledger) return {};
  const LedgerLayout lay = layoutNow();
  if (lay.mode == LedgerLayout::Mode::Sums) {
    const std::optional<LedgerBlock> block = lay.blockAt(at);
    if (!block) return {};
    return tr("Sum of the %1 products of %2. Click: show them.")
        .arg(m_ledger->kernel.y * m_ledger->kernel.x)
        .arg((isStill(m_view) ? QString() : frameLabel(block->t) + QStringLiteral(", ")) +
             channelLabel(block->channel));
  }
  const LedgerCell* cell = productAt(at);
  if (cell == nullptr) return {};
  const int channel = cell->channel - m_ledger->firstChannel;
  const QString sum = tr("input %1 × weight %2 = %3")
                          .arg(QString::number(cell->input, 'f', 3), signedText(cell->weight, 3),
                               signedText(cell->product, std::max(3, digitsNow().cells + 1)));
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
  Q_EMIT hovered(hover);
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
      Q_EMIT editRequested({QStringLiteral("Channel of the weights"),
                            [channel](AppState& state) { state.selection.weightChannel = channel; }, false});
    }
  }
}

void LedgerGrid::mouseDoubleClickEvent(QMouseEvent* event) {
  const LedgerCell* cell = productAt(event->position());
  if (cell == nullptr || cell->inPadding) return;
  const InputPoint point{cell->source, cell->channel};
  Q_EMIT editRequested(
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
