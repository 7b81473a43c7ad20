#pragma once

#include "widgets/look/look_theme.h"
#include "widgets/stage/field_layout.h"
#include "widgets/stage/stage_ink.h"

#include <vector>

namespace convscope {

/// What the overlays of a PlaneStage draw alike: words that stay inside the stage, the box of a field, a unit
/// that can be seen however small it is, and the frame of a stale picture. Holds references: lives for one
/// painting.
class PlaneInk {
 public:
  PlaneInk(const StageCamera& camera, const LookTheme& theme, const StageInk& ink,
           std::vector<StageLabel>& labels)
      : m_camera(camera), m_theme(theme), m_ink(ink), m_labels(labels) {}

  [[nodiscard]] QPointF px(const Vec3& at) const { return m_camera.project(at); }
  [[nodiscard]] QPolygonF shapeOf(const FieldPlane& plane) const;
  /// Writes `text` with its corner or side at `at`, moved inside the stage; gives the place that it takes.
  QRectF label(LabelKind kind, QPointF at, Qt::Alignment alignment, const QString& text, double size,
               const QColor& colour, bool bold = false) const;
  /// Faces filled, edges in the kernel's colour; the three that are hidden dashed.
  void paintBox(const StageBox& box) const;
  /// The front of a unit's box, px; grown about its middle, four times at most, where it is below `least` px.
  [[nodiscard]] QPolygonF unitShape(const StageBox& box, double least) const;
  /// The dashed frame with its word.
  void paintStaleFrame() const;

 private:
  const StageCamera& m_camera;
  const LookTheme& m_theme;
  const StageInk& m_ink;
  std::vector<StageLabel>& m_labels;
};

/// The outline of a box as the camera sees it, px.
[[nodiscard]] QPolygonF silhouetteOf(const StageBox& box, const StageCamera& camera);

}  // namespace convscope
