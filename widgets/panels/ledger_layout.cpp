#include "widgets/panels/ledger_layout.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

// px at scale 1
constexpr double kLabelColumn = 33, kLabelStart = 11, kLabelGap = 5, kRightColumn = 72, kRightMargin = 10,
                 kBlockGap = 7;
// of a narrow dock: frame sums stand on lines of their own instead of in a column
constexpr double kNarrow = 350, kNarrowLabelColumn = 30, kNarrowBlockGap = 5, kFrameLine = 17;
constexpr double kHeader = 27, kFoot = 30, kClosingLine = 22, kSumLine = 19;
constexpr double kSmallestCellWidth = 25, kSmallestCellHeight = 15;
constexpr double kLargestCellWidth = 56, kLargestCellHeight = 30;
constexpr double kFactorGap = 20;  // room for the sign between a block and the one below
constexpr double kFoldedRow = 18, kLargestFoldedRow = 26, kFoldedGap = 4;

void layProducts(LedgerLayout& lay, double width, double height) {
  const double s = lay.scale;
  // one partial sum a frame, or one frame: the line of partial sums would say the same as another
  const bool partial = lay.channels > 1 && lay.kernel.t > 1;
  lay.blockGap = (lay.narrow ? kNarrowBlockGap : kBlockGap) * s;
  const double room =
      width - lay.left - (lay.narrow ? kRightMargin : kRightColumn) * s - lay.blockGap * (lay.channels - 1);
  lay.cellWidth = std::min(room / (lay.channels * lay.kernel.x), kLargestCellWidth * s);
  lay.sumHeight = partial ? (kSumLine + (lay.narrow ? kFrameLine : 0)) * s : 0;
  lay.sumLine = kSumLine * .42 * s;
  lay.frameLine = partial ? lay.sumLine + (lay.narrow ? kFrameLine * s : 0) : 0;
  if (lay.kernel.t == 1) {
    const double cell =
        std::floor(std::min((height / 3 - kFactorGap * s) / lay.kernel.y, kLargestCellHeight * s));
    if (cell >= kSmallestCellHeight * s && lay.cellWidth >= kSmallestCellWidth * s) {
      lay.cellHeight = cell;
      lay.pitch = cell * lay.kernel.y;
      lay.factorPitch = lay.pitch + kFactorGap * s;
      lay.rows = 1;
      lay.foot = lay.top + 2 * lay.factorPitch + lay.pitch + 10 * s;
      return;
    }
  }
  const double gap = partial ? 0 : kFoldedGap * 2 * s;
  const double perFrame = height / lay.kernel.t - lay.sumHeight - gap;
  lay.cellHeight = std::floor(std::min(perFrame / lay.kernel.y, kLargestCellHeight * s));
  lay.pitch = lay.cellHeight * lay.kernel.y + lay.sumHeight + gap;
  lay.rows = lay.kernel.t;
  lay.foot = lay.top + lay.pitch * lay.kernel.t + (partial ? 0 : 2 * s);
}

void laySums(LedgerLayout& lay, double width, double height, int firstRow) {
  const double s = lay.scale;
  lay.mode = LedgerLayout::Mode::Sums;
  lay.blockGap = kFoldedGap * s;
  lay.cellWidth = (width - lay.left - kRightColumn * s - lay.blockGap * (lay.channels - 1)) / lay.channels;
  lay.pitch = std::floor(std::clamp(height / lay.kernel.t, kFoldedRow * s, kLargestFoldedRow * s));
  lay.cellHeight = lay.pitch - 2;
  lay.sumHeight = 0;
  lay.rows = std::clamp(static_cast<int>(height / lay.pitch), 1, lay.kernel.t);
  lay.firstRow = std::clamp(firstRow, 0, lay.kernel.t - lay.rows);
  lay.foot = lay.top + lay.pitch * lay.rows + 4 * s;
}

void layOpened(LedgerLayout& lay, double width, double height) {
  const double s = lay.scale;
  lay.mode = LedgerLayout::Mode::Opened;
  lay.left = (kLabelColumn - kRightMargin * 2) * s;
  lay.cellWidth = std::min((width - 2 * lay.left) / lay.kernel.x, kLargestCellWidth * s);
  lay.cellHeight = std::min(height / lay.kernel.y, kLargestCellHeight * s);
  if (lay.cellHeight > 4) lay.cellHeight = std::floor(lay.cellHeight);
  lay.pitch = lay.cellHeight * lay.kernel.y;
  lay.rows = 1;
  lay.foot = lay.top + lay.pitch + 6 * s;
}

}  // namespace

QRectF LedgerLayout::block(int t, int c) const {
  if (mode == Mode::Opened) {
    if (t != openedBlock.t || c != openedBlock.channel) return {};
    return {left, top, cellWidth * kernel.x, cellHeight * kernel.y};
  }
  if (t < firstRow || t >= firstRow + rows || c < 0 || c >= channels) return {};
  const bool folded = mode == Mode::Sums;
  const double width = folded ? cellWidth : cellWidth * kernel.x;
  const double height = folded ? cellHeight : cellHeight * kernel.y;
  return {left + c * (width + blockGap), top + 2 * factorPitch + (t - firstRow) * pitch, width, height};
}

QRectF LedgerLayout::factorBlock(int above, int t, int c) const {
  if (factorPitch == 0) return {};
  return block(t, c).translated(0, -above * factorPitch);
}

QRectF LedgerLayout::factorCell(int above, int t, int c, int y, int x) const {
  if (factorPitch == 0) return {};
  return cell(t, c, y, x).translated(0, -std::round(above * factorPitch));
}

QPointF LedgerLayout::onProducts(const QPointF& at) const {
  if (factorPitch == 0) return at;
  for (const int above : {1, 2}) {
    for (int c = 0; c < channels; ++c)
      if (factorBlock(above, firstRow, c).contains(at)) return at + QPointF(0, above * factorPitch);
  }
  return at;
}

QRectF LedgerLayout::cell(int t, int c, int y, int x) const {
  const QRectF all = block(t, c);
  if (all.isEmpty() || mode == Mode::Sums) return all;
  const double x0 = std::round(all.left() + x * cellWidth);
  const double x1 = std::round(all.left() + (x + 1) * cellWidth);
  const double y0 = std::round(all.top() + y * cellHeight);
  const double y1 = std::round(all.top() + (y + 1) * cellHeight);
  const double gap = cellWidth >= 6 && cellHeight >= 6 ? 1 : 0;
  return {x0, y0, x1 - x0 - gap, y1 - y0 - gap};
}

std::optional<LedgerBlock> LedgerLayout::blockAt(const QPointF& at) const {
  if (mode == Mode::Opened)
    return block(openedBlock.t, openedBlock.channel).contains(at) ? std::optional(openedBlock) : std::nullopt;
  for (int t = firstRow; t < firstRow + rows; ++t)
    for (int c = 0; c < channels; ++c)
      if (block(t, c).contains(at)) return LedgerBlock{t, c};
  return {};
}

LedgerLayout ledgerLayout(const LedgerSetting& setting) {
  LedgerLayout lay;
  lay.kernel = setting.kernel;
  lay.channels = setting.channels;
  const double s = lay.scale = setting.scale;
  lay.narrow = setting.size.width() < kNarrow * s;
  lay.left = std::max((lay.narrow ? kNarrowLabelColumn : kLabelColumn) * s,
                      setting.labelWidth + (kLabelStart + kLabelGap) * s);
  lay.right = setting.size.width() - kRightMargin * s;
  lay.top = kHeader * s;
  lay.footHeight = kFoot * s;
  const double height =
      setting.size.height() - (kHeader + kFoot + (setting.closingLine || lay.narrow ? kClosingLine : 0)) * s;
  layProducts(lay, setting.size.width(), height);
  const bool small = lay.cellWidth < kSmallestCellWidth * s || lay.cellHeight < kSmallestCellHeight * s;
  if (setting.kernel.product() * setting.channels > kMaxOpenProducts || small) {
    lay.factorPitch = 0;
    if (setting.opened && setting.opened->t < setting.kernel.t &&
        setting.opened->channel < setting.channels) {
      lay.openedBlock = *setting.opened;
      layOpened(lay, setting.size.width(), height);
      lay.cellText = lay.cellWidth >= kSmallestCellWidth * s && lay.cellHeight >= kSmallestCellHeight * s;
    } else {
      laySums(lay, setting.size.width(), height, setting.firstRow);
    }
  }
  return lay;
}

}  // namespace convscope
