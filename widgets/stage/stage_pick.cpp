#include "widgets/stage/stage_pick.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kEdgeOn = 1e-9;

Vec3 crossed(const Vec3& a, const Vec3& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

/// Ray parameter, row and column as shares of the plane.
struct Meeting {
  double along = 0;
  double row = 0;
  double column = 0;
};

std::optional<Meeting> meet(const StagePlane& plane, const Ray& ray) {
  const Vec3 normal = crossed(plane.across, plane.down);
  const double facing = dot(normal, ray.along);
  if (std::abs(facing) < kEdgeOn * std::sqrt(dot(normal, normal) * dot(ray.along, ray.along)))
    return std::nullopt;
  const double along = dot(normal, plane.origin - ray.from) / facing;
  if (along <= 0) return std::nullopt;
  const Vec3 at = ray.from + ray.along * along - plane.origin;
  return Meeting{along, dot(at, plane.down) / dot(plane.down, plane.down),
                 dot(at, plane.across) / dot(plane.across, plane.across)};
}

}  // namespace

std::optional<PlaneHit> hitPlane(const StagePlane& plane, const Ray& ray) {
  const auto meeting = meet(plane, ray);
  if (!meeting || meeting->row < 0 || meeting->row >= 1 || meeting->column < 0 || meeting->column >= 1)
    return std::nullopt;
  return PlaneHit{&plane, std::min(plane.rows - 1, static_cast<int>(meeting->row * plane.rows)),
                  std::min(plane.columns - 1, static_cast<int>(meeting->column * plane.columns)),
                  meeting->along};
}

std::optional<QPointF> cellAt(const StagePlane& plane, const Ray& ray) {
  const auto meeting = meet(plane, ray);
  if (!meeting) return std::nullopt;
  return QPointF(meeting->column * plane.columns, meeting->row * plane.rows);
}

std::optional<PlaneHit> pick(const StageLayout& layout, const StageCamera& camera, QPointF px) {
  const Ray ray = camera.rayThrough(px);
  std::optional<PlaneHit> best;
  for (const StagePlane& plane : layout.planes) {
    if (plane.kind == PlaneKind::Padding) continue;
    const auto hit = hitPlane(plane, ray);
    if (!hit) continue;
    const bool nearer = !best || (plane.lit == best->plane->lit ? hit->distance < best->distance : plane.lit);
    if (nearer) best = hit;
  }
  return best;
}

Hover hoverOf(const PlaneHit& hit, int shownChannel) {
  const StagePlane& plane = *hit.plane;
  switch (plane.kind) {
    case PlaneKind::Input:
      return {Hover::Kind::Input,
              {plane.t, hit.row, hit.column},
              plane.channel < 0 ? shownChannel : plane.channel};
    case PlaneKind::Map:
      return {Hover::Kind::Output, {plane.t, hit.row, hit.column}, plane.channel};
    case PlaneKind::SliceY:
      return {Hover::Kind::Output, {hit.row, plane.t, hit.column}, plane.channel};
    case PlaneKind::SliceX:
      return {Hover::Kind::Output, {hit.column, hit.row, plane.t}, plane.channel};
    case PlaneKind::Padding:
      break;
  }
  return {};
}

Triple voxelForPatchAt(const KernelResult& result, const Triple& voxel, double row, double column) {
  const ConvSpec& conv = result.spec.conv;
  const ConvGeometry& geometry = result.geometry;
  const auto along = [&](Axis axis, double cell) {
    const double padded = cell + geometry.padding[static_cast<int>(axis)].before;
    return std::clamp(static_cast<int>(std::lround(padded / conv.stride[axis])), 0,
                      geometry.output.along(axis) - 1);
  };
  return {voxel.t, along(Axis::Y, row), along(Axis::X, column)};
}

}  // namespace convscope
