#pragma once

#include "widgets/stage/kernel_block.h"
#include "widgets/stage/stage_ink.h"
#include "widgets/stage/stage_layout.h"

#include <QMarginsF>

namespace convscope {

/// Where the furniture of the stage stands for one size and theme: everything that does not turn with the camera.
struct StageFurniture {
  QMarginsF room;       ///< what the camera keeps free at each side
  QPointF outputCorner; ///< upper left of OUTPUT MAPS
  QPointF kernelCorner; ///< upper left of KERNEL
  QRectF kernelArea;    ///< of the block itself; empty where there is no room for it
  QRectF legendBar;
  double mapsLeft = 0;  ///< px beyond room.left() that the block takes from the level of the maps
};
[[nodiscard]] StageFurniture furnitureOf(const QSizeF& size, const LookTheme& theme, const StageLayout& layout);

/// The camera of `look` for that furniture: frames all levels, titles included.
[[nodiscard]] StageCamera stageCamera(const StageLayout& layout, const CameraLook& look, const QSizeF& size,
                                      const StageFurniture& furniture);

/// Everything that is painted over VTK's picture: outlines, kernel, links, voxel, arrows, titles, legend. Holds no
/// state but ready-painted labels. GUI thread only.
class StageOverlay {
 public:
  struct Frame {
    const StageLayout& layout;
    const StageCamera& camera;
    const KernelView& view;
    const LookTheme& theme;
    const StageFurniture& furniture;
    double range = 1;       ///< largest magnitude of the colour scale, for the legend
    double pixelRatio = 1;
  };
  void paint(QPainter& painter, const Frame& frame);
  /// The labels of the last paint.
  [[nodiscard]] const std::vector<StageLabel>& labels() const { return m_labels; }

 private:
  LabelStore m_store;
  std::vector<StageLabel> m_labels;
};

/// The voxel's square in px, never smaller than can be seen.
[[nodiscard]] QPolygonF voxelShape(const StageLayout& layout, const StageCamera& camera);
[[nodiscard]] QPolygonF projected(const std::array<Vec3, 4>& corners, const StageCamera& camera);
/// Tip and tail of the arrow for the direction in which the kernel slides along `axis`.
[[nodiscard]] QLineF slideArrow(const StageLayout& layout, const StageCamera& camera, const LookTheme& theme, Axis axis);
/// Front (nearest in time) patch of the topmost row of frames as a polygon in px.
[[nodiscard]] QPolygonF patchShape(const StageBox& patch, const StageCamera& camera);

}  // namespace convscope
