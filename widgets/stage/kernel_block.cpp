#include "widgets/stage/kernel_block.h"

#include "widgets/stage/stage_ink.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

// One cell seen under yaw −50° and pitch 14° without perspective: its width, height and a step in time.
constexpr QPointF kAcross{.643, .185};
constexpr QPointF kDown{0, .970};
constexpr QPointF kAway{.766, -.156};
constexpr double kGap = .83;         // between slices, in slice sides
constexpr double kDeepest = 2.4;     // all gaps together, in slice sides
constexpr double kLargestCell = 36;  // px
constexpr double kDeepestLarge = 4.2;
constexpr double kLargestCellLarge = 84;
constexpr int kMostApart = 4;         // channels: more blocks would be too small to read
constexpr double kBetweenBlocks = 9;  // px
constexpr double kKnobAway = 34;      // px from its face

const Filter& chosenFilter(const KernelView& view) {
  const FilterBank& bank = view.result->spec.bank;
  return bank.at(std::clamp(view.filter(), 0, static_cast<int>(bank.size()) - 1));
}

struct Cabinet {
  QPointF origin, across, down, away;
  [[nodiscard]] QPointF at(double t, double y, double x) const {
    return origin + across * x + down * y + away * t;
  }
  [[nodiscard]] QPolygonF cell(double t, double y, double x, double rows = 1, double columns = 1) const {
    return QPolygonF({at(t, y, x), at(t, y, x + columns), at(t, y + rows, x + columns), at(t, y + rows, x)});
  }
};

}  // namespace

int filterChannels(const KernelView& view) {
  const Triple& kernel = view.result->spec.conv.kernel;
  return std::max(
      1, static_cast<int>(static_cast<std::int64_t>(chosenFilter(view).weights.size()) / kernel.product()));
}

int shownChannel(const KernelView& view) {
  return std::clamp(view.state.selection.weightChannel, 0, filterChannels(view) - 1);
}

QString channelName(const KernelView& view, int channel) {
  const int channels = view.result->geometry.input.channels;
  if (channels == 1) return QStringLiteral("grey");
  if (channels == 3 && filterChannels(view) == 3) return QStringLiteral("RGB").mid(channel, 1);
  return QString::number(channel + 1);
}

namespace {

float appliedWeight(const Filter& filter, const Triple& k, bool flipped, int channel, const Triple& tap) {
  const Triple at = flipped ? Triple{k.t - 1 - tap.t, k.y - 1 - tap.y, k.x - 1 - tap.x} : tap;
  const std::size_t index = weightIndex(k, channel, at.t, at.y, at.x);
  return index < filter.weights.size() ? filter.weights[index] : 0;
}

}  // namespace

float appliedWeight(const KernelView& view, int channel, const Triple& tap) {
  const ConvSpec& conv = view.result->spec.conv;
  return appliedWeight(chosenFilter(view), conv.kernel, conv.flipped, channel, tap);
}

namespace {

/// Room that the knobs and their words take up beside the cells.
QRectF besideKnobs(const QRectF& area) {
  return area.adjusted(0, kKnobAway * .8, -kKnobAway * 1.9, -kKnobAway * 1.8);
}

std::array<KernelHandle, 3> handlesOf(const Cabinet& cabinet, const Triple& kernel) {
  const double last = kernel.t - 1;
  const auto handle = [](QPointF at, QPointF step) {
    const double length = std::max(1e-3, std::hypot(step.x(), step.y()));
    return KernelHandle{at, at + step * (kKnobAway / length),
                        step * (std::max(length, KernelHandle::kLeastStep) / length)};
  };
  return {handle(cabinet.at(last, 0, kernel.x * .5), cabinet.away),
          handle(cabinet.at(0, kernel.y, kernel.x * .5), cabinet.down),
          handle(cabinet.at(last, kernel.y * .5, kernel.x), cabinet.across)};
}

}  // namespace

namespace {

struct ShownKernel {
  const Filter& filter;
  Triple kernel;
  bool flipped = false;
  bool large = false;
};

KernelBlock blockOf(const ShownKernel& shown, const QRectF& area, double cell, int channel) {
  const bool large = shown.large;
  const QRectF room = large ? besideKnobs(area) : area;
  const Triple kernel = shown.kernel;
  const double side = std::max(kernel.y, kernel.x);
  const double gap = kernel.t > 1
                         ? std::min(kGap * side, (large ? kDeepestLarge : kDeepest) * side / (kernel.t - 1))
                     : large ? kGap * side
                             : 0;
  const double deep = gap * (kernel.t - 1);
  const QSizeF size(kernel.x * kAcross.x() + deep * kAway.x(),
                    kernel.y * kDown.y() + kernel.x * kAcross.y() - deep * kAway.y());
  const double fitting = std::min(
      {room.width() / size.width(), room.height() / size.height(), large ? kLargestCellLarge : kLargestCell});
  const double scale = cell > 0 ? cell : fitting;
  const Cabinet cabinet{room.topLeft() + QPointF(0, -deep * kAway.y() * scale), kAcross * scale,
                        kDown * scale, kAway * (scale * gap)};
  KernelBlock block;
  block.bounds = QRectF(room.topLeft(), size * scale);
  block.large = large;
  block.cellSide = scale;
  block.handles = handlesOf(cabinet, kernel);
  block.cellsPerSlice = kernel.y * kernel.x;
  for (const float weight : shown.filter.weights)
    block.largest = std::max<double>(block.largest, std::abs(weight));
  block.channel = channel;
  for (int t = kernel.t - 1; t >= 0; --t) {
    for (int y = 0; y < kernel.y; ++y) {
      for (int x = 0; x < kernel.x; ++x) {
        block.cells.push_back({cabinet.cell(t, y, x),
                               {t, y, x},
                               appliedWeight(shown.filter, kernel, shown.flipped, channel, {t, y, x})});
      }
    }
    block.slices.push_back(cabinet.cell(t, 0, 0, kernel.y, kernel.x));
  }
  if (kernel.t > 1) {
    const double last = kernel.t - 1;
    const auto edge = [&](double y, double x) { return QLineF(cabinet.at(0, y, x), cabinet.at(last, y, x)); };
    block.edges = {edge(0, 0), edge(0, kernel.x), edge(kernel.y, kernel.x)};
    block.hidden = {edge(kernel.y, 0), QLineF(cabinet.at(last, 0, 0), cabinet.at(last, kernel.y, 0))};
  }
  return block;
}

ShownKernel shownIn(const KernelView& view) {
  const ConvSpec& conv = view.result->spec.conv;
  return {chosenFilter(view), conv.kernel, conv.flipped,
          view.state.look.kernelLarge && !view.state.look.inputOnly};
}

}  // namespace

KernelBlock kernelBlock(const KernelView& view, const QRectF& area, double cell) {
  return blockOf(shownIn(view), area, cell, shownChannel(view));
}

KernelBlock ghostBlock(const KernelView& view, const Filter& filter, int length, const KernelBlock& beside,
                       double left) {
  ShownKernel ghost{filter, view.result->spec.conv.kernel, view.result->spec.conv.flipped, false};
  ghost.kernel.t = length;
  const auto at = [&](double top) {
    return blockOf(ghost, QRectF(left, top, 1, 1), beside.cellSide, beside.channel);
  };
  KernelBlock block = at(beside.bounds.bottom() - at(0).bounds.height());
  block.ghost = true;
  return block;
}

std::vector<KernelBlock> kernelBlocks(const KernelView& view, const QRectF& area, double cell) {
  const Look& look = view.state.look;
  const int channels = filterChannels(view);
  if (!look.channelsApart || look.kernelLarge || channels < 2 || channels > kMostApart)
    return {kernelBlock(view, area, cell)};
  std::vector<KernelBlock> blocks;
  const double pitch = (area.width() + kBetweenBlocks) / channels;
  for (int c = 0; c < channels; ++c) {
    const QRectF part(area.left() + c * pitch, area.top(), pitch - kBetweenBlocks, area.height());
    blocks.push_back(blockOf(shownIn(view), part, cell, c));
  }
  return blocks;
}

int stretchedExtent(const KernelView& view, Axis axis, int from, const KernelHandle& handle, QPointF by) {
  const double along = QPointF::dotProduct(by, handle.step) / QPointF::dotProduct(handle.step, handle.step);
  const int wanted = std::clamp(from + static_cast<int>(std::lround(along)), 1, kMaxKernelExtent);
  const KernelResult& result = *view.result;
  ConvSpec conv = view.study().conv;
  for (conv.kernel[axis] = wanted; conv.kernel[axis] > 1; --conv.kernel[axis]) {
    if (geometryOf(result.geometry.input, conv, result.geometry.output.channels)) break;
  }
  return conv.kernel[axis];
}

std::optional<Triple> KernelBlock::tapAt(QPointF at) const {
  for (auto cell = cells.rbegin(); cell != cells.rend(); ++cell) {
    if (insideConvex(cell->shape, at)) return cell->tap;
  }
  return std::nullopt;
}

const KernelBlock::Cell* KernelBlock::find(const Triple& tap) const {
  for (const Cell& cell : cells) {
    if (cell.tap == tap) return &cell;
  }
  return nullptr;
}

}  // namespace convscope
