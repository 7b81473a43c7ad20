#pragma once

#include "widgets/look/look_theme.h"
#include "widgets/state/kernel_view.h"

#include <QLineF>
#include <QPolygonF>
#include <QRectF>

#include <optional>
#include <vector>

namespace convscope {

/// The kernel as a block of cells, larger than life and always seen from the same side: slice behind slice in
/// time, each cell in the colour of its weight. Pure geometry in px; fitted into an area whatever the
/// kernel's extent.
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
  double largest = 0;  ///< magnitude of the filter's largest weight
  int cellsPerSlice = 0;

  /// The cell in sight under a point.
  [[nodiscard]] std::optional<Triple> tapAt(QPointF at) const;
  [[nodiscard]] const Cell* find(const Triple& tap) const;
};

/// The block of the chosen filter and weight channel, its upper left corner at that of `area`.
[[nodiscard]] KernelBlock kernelBlock(const KernelView& view, const QRectF& area);

/// Weight of the chosen filter as applied at a tap.
[[nodiscard]] float appliedWeight(const KernelView& view, int channel, const Triple& tap);

/// Channels of the chosen filter (those of its group) and the one whose weights are shown.
[[nodiscard]] int filterChannels(const KernelView& view);
[[nodiscard]] int shownChannel(const KernelView& view);
/// "R", "G", "B"; "grey" for one channel; else the number counted from 1.
[[nodiscard]] QString channelName(const KernelView& view, int channel);

}  // namespace convscope
