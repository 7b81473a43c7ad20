#pragma once

#include "widgets/state/app_state.h"

#include <QMarginsF>
#include <QPointF>
#include <QSizeF>

#include <span>

namespace convscope {

/// A point or direction of the stage's world: x runs right, y up, z away in time. One unit is one frame
/// width. The three form a left-handed system; VTK is given (x, y, −z).
struct Vec3 {
  double x = 0;
  double y = 0;
  double z = 0;
  bool operator==(const Vec3&) const = default;
};
[[nodiscard]] inline Vec3 operator+(const Vec3& a, const Vec3& b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
[[nodiscard]] inline Vec3 operator-(const Vec3& a, const Vec3& b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
[[nodiscard]] inline Vec3 operator*(const Vec3& a, double f) {
  return {a.x * f, a.y * f, a.z * f};
}
[[nodiscard]] inline double dot(const Vec3& a, const Vec3& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
[[nodiscard]] inline Vec3 cross(const Vec3& a, const Vec3& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
[[nodiscard]] inline Vec3 mixed(const Vec3& a, const Vec3& b, double share) {
  return a + (b - a) * share;
}

struct Ray {
  Vec3 from;
  Vec3 along;  ///< not of unit length
};

/// A point that must be seen, with the room in px that its label takes up on each side of it.
struct FitAnchor {
  Vec3 at;
  double left = 0, top = 0, right = 0, bottom = 0;
  bool ofMaps = false;  ///< on the upper level, beside which the kernel stands
  bool operator==(const FitAnchor&) const = default;
};

/// The stage's pinhole camera: where every point of the world lies on the stage, and back. Overlay, picking
/// and VTK all use this one. A plain value; thread-safe.
///
/// A point P lies at  principal + focal · ((P − eye)·right, −(P − eye)·up) / ((P − eye)·forward)  in px, y
/// downwards. Zoom and pan move and scale the picture, never the eye, so that the mild perspective of the
/// design is kept.
class StageCamera {
 public:
  StageCamera() = default;
  /// The camera of `look`; at zoom 1 and pan 0 every anchor with its label lies inside `room` (px of a stage
  /// of `size`), as large as possible and centred.
  /// It stands `distance` radii of the scene from its middle.
  [[nodiscard]] static StageCamera framed(const CameraLook& look, std::span<const FitAnchor> anchors,
                                          QSizeF size, const QMarginsF& room, double distance = kMild);

  [[nodiscard]] QPointF project(const Vec3& at) const;
  /// Distance from the eye along the viewing direction; what is nearer than kNear is not to be projected.
  [[nodiscard]] double depth(const Vec3& at) const { return dot(at - m_eye, m_forward); }
  [[nodiscard]] Ray rayThrough(QPointF px) const;
  /// `look` zoomed by `factor` so that the point under `pointer` stays there.
  [[nodiscard]] CameraLook zoomedAbout(const CameraLook& look, QPointF pointer, double factor) const;

  /// `look`, which this camera was framed for, zoomed and panned so that `points` fill `share` of the stage.
  [[nodiscard]] CameraLook closeUp(const CameraLook& look, std::span<const Vec3> points, double share) const;

  [[nodiscard]] QSizeF size() const { return m_size; }
  [[nodiscard]] const Vec3& eye() const { return m_eye; }
  [[nodiscard]] const Vec3& right() const { return m_right; }
  [[nodiscard]] const Vec3& up() const { return m_up; }
  [[nodiscard]] const Vec3& forward() const { return m_forward; }
  [[nodiscard]] double focal() const { return m_focal; }           ///< px
  [[nodiscard]] QPointF principal() const { return m_principal; }  ///< px
  [[nodiscard]] double distance() const {
    return m_distance;
  }                                                         ///< from the eye to the middle of what is framed
  [[nodiscard]] double radius() const { return m_radius; }  ///< of what is framed
  bool operator==(const StageCamera&) const = default;

  static constexpr double kNear = 1e-3;
  static constexpr double kMild = 4.35;  ///< the design's perspective
  static constexpr double kParallel =
      40;  ///< none to be seen: what is parallel in the world is so on the stage

 private:
  Vec3 m_eye{0, 0, -8};
  Vec3 m_right{1, 0, 0};
  Vec3 m_up{0, 1, 0};
  Vec3 m_forward{0, 0, 1};
  double m_focal = 1000;
  double m_distance = 8;
  double m_radius = 1;
  QPointF m_principal;
  QPointF m_pan;  // px
  QSizeF m_size;
};

/// The stands of the camera that do not depend on what is shown: 2 front, 3 side (time), 4 from above; every
/// other number gives the designed view. See StageView::presetCamera() for all six.
[[nodiscard]] CameraLook presetAngles(int number);

/// The designed view. Channels drawn apart are seen almost from the front; those of a clip from higher up, so
/// that its frames stand above one another: a grid of channels and frames. Slices are seen from higher up:
/// that of x and t lies flat.
[[nodiscard]] CameraLook designedCamera(bool channelsApart, bool still, StageMode mode = StageMode::Frames);

/// `from` on its way to `to`, share in [0, 1].
[[nodiscard]] CameraLook mixed(const CameraLook& from, const CameraLook& to, double share);

}  // namespace convscope
