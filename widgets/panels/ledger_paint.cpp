// How LedgerGrid looks; what it does stands in ledger_grid.cpp.
#include "widgets/look/look_theme.h"
#include "widgets/panels/kernel_place.h"
#include "widgets/panels/ledger_grid.h"
#include "widgets/panels/text_runs.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

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

/// Text in a cell may be made so much narrower before it loses a decimal.
constexpr double kNarrowest = .8;

/// Draws a number in the middle of its cell, narrower where the cell is.
void drawInCell(QPainter& painter, const QRectF& box, const TextRun& run, const LookTheme& theme) {
  const double factor = std::min(1.0, (box.width() - 1) / widthOf({run}, theme));
  if (factor == 1) {
    drawRun(painter, box.center(), Anchor::Centre, run, theme);
    return;
  }
  const QTransform before = painter.transform();
  painter.translate(box.center().x(), 0);
  painter.scale(factor, 1);
  drawRun(painter, {0, box.center().y()}, Anchor::Centre, run, theme);
  painter.setTransform(before);
}

}  // namespace

double LedgerGrid::cellType(const LedgerLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  return lay.cellWidth >= 40 * lay.scale ? theme.body : theme.caption;
}

LedgerDigits LedgerGrid::digitsFor(const LedgerLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  LedgerDigits digits;
  const double room = lay.cellWidth - 2;
  digits.cells = productDecimals(m_largest, [&](const QString& text) {
    return widthOf({{text, theme.text, false, cellType(lay)}}, theme) * kNarrowest <= room;
  });
  if (lay.mode == LedgerLayout::Mode::Opened) return digits;
  const bool partial = lay.sumHeight > 0 || lay.mode == LedgerLayout::Mode::Sums;
  const Activation activation = m_view.result->spec.conv.activation;
  digits.rounded = !sumsAddUp(*m_ledger, activation, partial);
  return digits;
}

LedgerDigits LedgerGrid::digitsNow() const {
  return digitsFor(layoutNow());
}

void LedgerGrid::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.fillRect(rect(), theme.panel);
  if (!m_ledger) return;
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  const LedgerLayout lay = layoutNow();
  m_digits = digitsFor(lay);
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
    if (lay.factorPitch > 0)
      paintFactors(painter, lay);
    else
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
  const double px = cellType(lay);
  for (int y = 0; y < lay.kernel.y; ++y) {
    for (int x = 0; x < lay.kernel.x; ++x) {
      const LedgerCell& cell = m_ledger->cell(t, c, y, x);
      const QRectF box = lay.cell(t, c, y, x);
      const QRgb colour = colours().at(cell.product, m_productScale);
      const bool empty = cell.inPadding && cell.product == 0;
      painter.fillRect(box, empty ? theme.stage : QColor(colour));
      if (cell.inPadding) drawHatch(painter, box, theme);
      if (!lay.cellText || empty) continue;
      drawInCell(painter, box, {productText(cell.product, m_digits.cells), theme.textOn(colour), false, px},
                 theme);
    }
  }
}

/// What each product is made of: the cells of the input in grey, the weights on their own scale.
void LedgerGrid::paintFactors(QPainter& painter, const LedgerLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double px = cellType(lay);
  const int t = lay.firstRow;
  double largest = 0;
  bool signedInput = false;
  for (const LedgerCell& cell : m_ledger->cells) {
    largest = std::max<double>(largest, std::abs(cell.weight));
    signedInput = signedInput || cell.input < 0;
  }
  const QStringList labels = factorLabels();
  for (int above = 0; above < 3; ++above) {
    const QRectF first = above == 0 ? lay.block(t, 0) : lay.factorBlock(above, t, 0);
    drawRun(painter, {11 * lay.scale, first.center().y()}, Anchor::Left,
            {labels[above], theme.muted, false, theme.caption}, theme);
  }
  const double between = (lay.factorPitch - lay.pitch) / 2;
  for (int c = 0; c < lay.channels; ++c) {
    for (const int above : {1, 2}) {
      const QRectF block = lay.factorBlock(above, t, c);
      drawRun(painter, {block.center().x(), block.bottom() + between}, Anchor::Centre,
              {above == 2 ? QStringLiteral("×") : QStringLiteral("="), theme.muted, true}, theme);
    }
    for (int y = 0; y < lay.kernel.y; ++y) {
      for (int x = 0; x < lay.kernel.x; ++x) {
        const LedgerCell& cell = m_ledger->cell(t, c, y, x);
        const QRectF weight = lay.factorCell(1, t, c, y, x);
        const QRgb colour = theme.weightSigned.at(cell.weight, largest > 0 ? largest : 1);
        painter.fillRect(weight, QColor(colour));
        drawInCell(painter, weight, {cellText(cell.weight), theme.textOn(colour), false, px}, theme);
        const QRectF input = lay.factorCell(2, t, c, y, x);
        const int level = static_cast<int>(std::lround(255 * std::clamp(cell.input, 0.F, 1.F)));
        const QRgb grey = qRgb(level, level, level);
        painter.fillRect(input, QColor(grey));
        if (cell.inPadding) drawHatch(painter, input, theme);
        QString text = cellText(cell.input);
        if (!signedInput && text.startsWith(QLatin1Char('+'))) text.remove(0, 1);
        drawInCell(painter, input, {text, theme.textOn(grey), false, px}, theme);
      }
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
  if (lay.mode == LedgerLayout::Mode::Products && lay.narrow && lay.frameLine > 0)
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
  const bool closing = hasClosingLine();
  if (lay.mode == LedgerLayout::Mode::Opened) {
    const LedgerBlock& block = lay.openedBlock;
    const double sum =
        m_ledger->frameChannelSums[static_cast<std::size_t>(block.t) * lay.channels + block.channel];
    drawRun(painter, {start, middle}, Anchor::Left, {tr("Σ of these products"), theme.muted}, theme);
    drawRun(painter, {lay.right, middle}, Anchor::Right, {sumText(sum), theme.text, true, theme.stageTitle},
            theme);
    return;
  }
  const double sigma =
      start + drawRun(painter, {start, middle}, Anchor::Left, {QStringLiteral("Σ"), theme.muted}, theme);
  if (m_digits.rounded) {
    // what is shown does not add up in the last place: said in one word, or one sign where that is too long
    double end = lay.narrow ? lay.left + lay.cellWidth * lay.kernel.x : lay.right - 70 * lay.scale;
    if (lay.channels > 1)
      end = lay.block(lay.firstRow, 0).right() - 2 -
            widthOf({{sumText(m_ledger->channelSums.front()), theme.channel, true}}, theme);
    for (const QString& word : {tr("rounded"), QStringLiteral("≈")}) {
      const TextRun note{word, theme.muted, false, theme.caption};
      if (sigma + 3 + widthOf({note}, theme) + 3 > end && word.size() > 1) continue;
      drawRun(painter, {sigma + 3, middle}, Anchor::Left, note, theme);
      break;
    }
  }
  if (lay.channels > 1)
    for (int c = 0; c < lay.channels; ++c)
      drawRun(painter, {lay.block(lay.firstRow, c).right() - 2, middle}, Anchor::Right,
              {sumText(m_ledger->channelSums[static_cast<std::size_t>(c)]), theme.channel, true}, theme);
  // beside the sums of several channels a narrow ledger has no room for the total
  const bool below = lay.narrow && lay.mode == LedgerLayout::Mode::Products && lay.channels > 1;
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
  if (!hasClosingLine()) line = {{tr("sum of all products"), theme.muted}};
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
  for (const int above : {1, 2}) {
    const QRectF factor = lay.factorCell(above, tap->at.t, c, tap->at.y, tap->at.x);
    if (!factor.isEmpty()) painter.drawRect(factor.adjusted(-.25, -.25, .25, .25));
  }
}

}  // namespace convscope
