#include "widgets/stage/stage_frame.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kSmallestVoxel = 8;           // px: smaller cells get a square of this size
constexpr double kArrowH = 52, kArrowWT = 70;  // px, at the designed size
constexpr double kDesignedArrow = 3.6, kDesignedHeight = 692;

}  // namespace

std::array<Vec3, 8> cornersOf(const StageBox& box) {
  std::array<Vec3, 8> corners;
  for (int i = 0; i < 8; ++i) {
    corners[i] = {i & 1 ? box.high.x : box.low.x, i & 2 ? box.high.y : box.low.y,
                  i & 4 ? box.high.z : box.low.z};
  }
  return corners;
}

QPolygonF projected(const std::array<Vec3, 4>& corners, const StageCamera& camera) {
  QPolygonF shape;
  for (const Vec3& corner : corners) shape << camera.project(corner);
  return shape;
}

QPolygonF patchShape(const StageBox& patch, const StageCamera& camera) {
  const double z = patch.low.z;
  return projected({Vec3{patch.low.x, patch.high.y, z},
                    {patch.high.x, patch.high.y, z},
                    {patch.high.x, patch.low.y, z},
                    {patch.low.x, patch.low.y, z}},
                   camera);
}

QPolygonF voxelShape(const StageLayout& layout, const StageCamera& camera, const LookTheme& theme) {
  const double least = std::max(kSmallestVoxel, 2.4 * theme.voxelLine);
  QPolygonF shape = projected(layout.voxelCorners, camera);
  const QPointF middle = (shape[0] + shape[1] + shape[2] + shape[3]) / 4;
  const double across = QLineF(shape[0], shape[1]).length(), down = QLineF(shape[0], shape[3]).length();
  const double growth = std::max(1.0, least / std::max(1e-3, std::min(across, down)));
  // never more than a small square: in a view from the side a cell is a line
  if (growth > 8) {
    const double half = least / 2;
    return QPolygonF({middle + QPointF(-half, -half), middle + QPointF(half, -half),
                      middle + QPointF(half, half), middle + QPointF(-half, half)});
  }
  for (QPointF& corner : shape) corner = middle + (corner - middle) * growth;
  return shape;
}

std::vector<QLineF> linkLines(const StageBox& cuboid, const StageLayout& layout, const StageCamera& camera,
                              const LookTheme& theme) {
  const QPolygonF voxel = voxelShape(layout, camera, theme);
  const Vec3 &low = cuboid.low, &high = cuboid.high;
  if (layout.cuboids.size() > 1) {
    const bool front = std::abs(camera.eye().z - low.z) <= std::abs(camera.eye().z - high.z);
    const double z = front ? low.z : high.z;
    return {{camera.project({low.x, high.y, z}), voxel[3]}, {camera.project({high.x, high.y, z}), voxel[2]}};
  }
  std::vector<QLineF> lines{{camera.project({low.x, high.y, low.z}), voxel[3]},
                            {camera.project({high.x, high.y, low.z}), voxel[2]}};
  if (high.z > low.z) {
    lines.emplace_back(camera.project({low.x, high.y, high.z}), voxel[3]);
    lines.emplace_back(camera.project({high.x, high.y, high.z}), voxel[2]);
  }
  return lines;
}

QLineF slideArrow(const StageLayout& layout, const StageCamera& camera, const LookTheme& theme, Axis axis) {
  const StageBox &first = layout.cuboids.front(), &last = layout.cuboids.back();
  const StageBox& box = camera.project(last.low).x() < camera.project(first.low).x() ? last : first;
  const double z = box.low.z;
  // longer with thicker lines, shorter on a small stage
  const double scale =
      theme.arrow / kDesignedArrow * std::clamp(camera.size().height() / kDesignedHeight, .7, 1.2);
  const Vec3 middle = mixed(box.low, box.high, .5);
  Vec3 from, ahead;
  double reach = kArrowWT * scale;
  if (axis == Axis::Y) {
    from = {middle.x, box.low.y, z};
    ahead = {0, -1, 0};
    reach = kArrowH * scale;
  } else if (axis == Axis::X) {
    from = {box.high.x, middle.y - (box.high.y - box.low.y) * .3, z};
    ahead = {1, 0, 0};
  } else {
    from = {middle.x + (box.high.x - box.low.x) * .5, middle.y, box.high.z};
    ahead = {0, 0, 1};
  }
  const QPointF start = camera.project(from);
  const QLineF line(start, camera.project(from + ahead * .5));
  // foreshortened directions get shorter arrows, others the designed length
  const double length = std::min(reach, line.length());
  if (line.length() < 1e-6) return {start, start};
  const QPointF along = (line.p2() - line.p1()) / line.length();
  return {start + along * 3, start + along * (length + 3)};
}

QFont sectionFont(const LookTheme& theme) {
  QFont font = theme.font(theme.presenter ? theme.stageTitle * .8 : theme.body, true);
  if (!theme.presenter) font.setCapitalization(QFont::AllUppercase);
  return font;
}

std::vector<QLineF> edgesOf(const QPolygonF& shape) {
  std::vector<QLineF> lines;
  for (int i = 0; i < shape.size(); ++i) lines.emplace_back(shape[i], shape[(i + 1) % shape.size()]);
  return lines;
}

double distanceOf(const StagePlane& plane, const StageCamera& camera) {
  return std::abs(plane.origin.z + (plane.across.z + plane.down.z) / 2 - camera.eye().z);
}

std::vector<QPolygonF> coversOf(const StagePlane& plane, const StageLayout& layout,
                                const StageCamera& camera) {
  std::vector<QPolygonF> covers;
  for (const StagePlane& other : layout.planes) {
    if (other.opacity >= 1 && distanceOf(other, camera) < distanceOf(plane, camera) - 1e-9) {
      covers.push_back(projected(other.corners(), camera));
    }
  }
  return covers;
}

}  // namespace convscope
