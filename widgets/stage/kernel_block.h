#pragma once

#include "widgets/look/look_theme.h"
#include "widgets/state/kernel_view.h"

#include <QLineF>
#include <QPolygonF>
#include <QRectF>

#include <array>
#include <optional>
#include <vector>

namespace convscope {

/// A knob on a face of the large kernel. Dragged along `step` it makes the kernel longer, higher or wider.
struct KernelHandle {
  QPointF at;    ///< px, where the arrow to the knob begins: on the face
  QPointF knob;  ///< px
  QPointF step;  ///< px for one frame, row or column more; never shorter than kLeastStep
  static constexpr double kLeastStep = 8;
  static constexpr double kReach = 12;  ///< px around the knob that take hold of it
};

/// The kernel as a block of cells, larger than life and always seen from the same side: slice behind slice in
/// time, each cell in the colour of its weight. Pure geometry in px; fitted into an area whatever the
/// kernel's extent. Large (Look::kernelLarge), its slices stand further apart, so that each cell is seen, and
/// its faces have handles.
struct KernelBlock {
  struct Cell {
    QPolygonF shape;
    Triple tap;
    float weight = 0;  ///< as applied: after flipping
  };
  std::vector<Cell> cells;        ///< far to near
  std::vector<QPolygonF> slices;  ///< outline of each slice, far to near
  std::vector<QLineF> edges;      ///< the three long edges in sight
  std::vector<QLineF> hidden;     ///< drawn dashed
  QRectF bounds;
  bool large = false;
  double cellSide = 0;                    ///< px of a cell's side
  std::array<KernelHandle, 3> handles{};  ///< t, y, x; of a large block
  double largest = 0;                     ///< magnitude of the filter's largest weight
  int channel = 0;                        ///< whose weights these are
  bool ghost = false;                     ///< of another kernel than the stage's: not for the pointer
  int cellsPerSlice = 0;

  /// The cell in sight under a point.
  [[nodiscard]] std::optional<Triple> tapAt(QPointF at) const;
  [[nodiscard]] const Cell* find(const Triple& tap) const;
};

/// The block of the chosen filter and weight channel, its upper left corner at that of `area`. With `cell`
/// above 0 its cells have this size in px, whether they fit or not: a block under the pointer must not
/// shrink.
[[nodiscard]] KernelBlock kernelBlock(const KernelView& view, const QRectF& area, double cell = 0);

/// All that stands in `area`: the block of the chosen weight channel, or, where channels are drawn apart, one
/// for each of them side by side.
[[nodiscard]] std::vector<KernelBlock> kernelBlocks(const KernelView& view, const QRectF& area,
                                                    double cell = 0);

/// `filter`, of the kernel's extent but `length` frames long, in cells as large as those of `beside`, at its
/// foot from `left` px on.
[[nodiscard]] KernelBlock ghostBlock(const KernelView& view, const Filter& filter, int length,
                                     const KernelBlock& beside, double left);

/// The kernel's extent along `axis` after its handle was dragged by `by` px from extent `from`: what the
/// input can hold, at least 1. Other settings are those of the result shown.
[[nodiscard]] int stretchedExtent(const KernelView& view, Axis axis, int from, const KernelHandle& handle,
                                  QPointF by);

/// Weight of the chosen filter as applied at a tap.
[[nodiscard]] float appliedWeight(const KernelView& view, int channel, const Triple& tap);

/// Channels of the chosen filter (those of its group) and the one whose weights are shown.
[[nodiscard]] int filterChannels(const KernelView& view);
[[nodiscard]] int shownChannel(const KernelView& view);
/// "R", "G", "B"; "grey" for one channel; else the number counted from 1.
[[nodiscard]] QString channelName(const KernelView& view, int channel);

}  // namespace convscope
