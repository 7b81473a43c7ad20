#pragma once

#include "widgets/stage/stage_layout.h"

#include <QPointF>

#include <optional>

namespace convscope {

/// The cell of a plane that a ray meets.
struct PlaneHit {
  const StagePlane* plane = nullptr;
  int row = 0;
  int column = 0;
  double distance = 0;  ///< along the ray, in its own lengths
};

/// Where a ray meets one plane's cells; none where it passes beside or the plane is seen edge-on.
[[nodiscard]] std::optional<PlaneHit> hitPlane(const StagePlane& plane, const Ray& ray);

/// The cell under a point of the stage: of the nearest lit plane there, else of the nearest plane. Lit frames
/// win because those before them are drawn faint, so that one looks through them.
[[nodiscard]] std::optional<PlaneHit> pick(const StageLayout& layout, const StageCamera& camera, QPointF px);

/// Fractional (row, column) where a ray meets the plane's surface, also outside its edges; none where
/// edge-on.
[[nodiscard]] std::optional<QPointF> cellAt(const StagePlane& plane, const Ray& ray);

/// What lies under a hit: an input or an output voxel. `shownChannel` stands for a frame in colour.
[[nodiscard]] Hover hoverOf(const PlaneHit& hit, int shownChannel);

/// Output voxel whose patch begins as near as can be to input cell (row, column), on y and x; t of `voxel` is
/// kept.
[[nodiscard]] Triple voxelForPatchAt(const KernelResult& result, const Triple& voxel, double row,
                                     double column);

}  // namespace convscope
