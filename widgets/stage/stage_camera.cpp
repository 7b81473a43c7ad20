#include "widgets/stage/stage_camera.h"

#include <QMarginsF>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace convscope {

namespace {

// The eye stands kMild scene radii from the middle of the scene, and looks past its near end rather than
// at its middle: both were measured on the designed picture (corners agree to 0.6 px), where the first frame
// is seen almost without distortion and the later ones recede from it.
constexpr double kLowerInRadii =
    .12;  // and a little below the middle: rows of frames rise less, so all is larger
constexpr double kDesignedYaw = -50;
constexpr double kSlicesPitch = 33;

double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

struct Bounds {
  Vec3 low{std::numeric_limits<double>::max(), std::numeric_limits<double>::max(),
           std::numeric_limits<double>::max()};
  Vec3 high{-low.x, -low.y, -low.z};
};

Bounds boundsOf(std::span<const FitAnchor> anchors) {
  Bounds box;
  for (const FitAnchor& anchor : anchors) {
    box.low = {std::min(box.low.x, anchor.at.x), std::min(box.low.y, anchor.at.y),
               std::min(box.low.z, anchor.at.z)};
    box.high = {std::max(box.high.x, anchor.at.x), std::max(box.high.y, anchor.at.y),
                std::max(box.high.z, anchor.at.z)};
  }
  return box;
}

/// One image axis of the fit: positions at focal length 1 and the px that must stay free before and after
/// each.
struct FitAxis {
  std::vector<double> at, before, after;

  /// Largest focal length for which everything lies in [low, high].
  [[nodiscard]] double focal(double low, double high) const {
    double best = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < at.size(); ++i) {
      for (std::size_t j = 0; j < at.size(); ++j) {
        const double span = at[j] - at[i];
        if (span > 1e-9) best = std::min(best, std::max(1.0, high - after[j] - low - before[i]) / span);
      }
    }
    return best;
  }
  /// Where the principal point lies so that the picture at focal length f stands in the middle of its play.
  [[nodiscard]] double middle(double f, double low, double high) const {
    double least = -std::numeric_limits<double>::max();
    double most = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < at.size(); ++i) {
      least = std::max(least, low + before[i] - f * at[i]);
      most = std::min(most, high - after[i] - f * at[i]);
    }
    return (least + most) / 2;
  }
};

}  // namespace

StageCamera StageCamera::framed(const CameraLook& look, std::span<const FitAnchor> anchors, QSizeF size,
                                const QMarginsF& room, double distance) {
  StageCamera camera;
  camera.m_size = size;
  const double yaw = radians(look.yaw);
  const double pitch = radians(look.pitch);
  camera.m_right = {std::cos(yaw), 0, -std::sin(yaw)};
  camera.m_up = {std::sin(pitch) * std::sin(yaw), std::cos(pitch), std::sin(pitch) * std::cos(yaw)};
  camera.m_forward = {std::sin(yaw) * std::cos(pitch), -std::sin(pitch), std::cos(yaw) * std::cos(pitch)};
  if (anchors.empty()) return camera;

  const Bounds box = boundsOf(anchors);
  const Vec3 middle = mixed(box.low, box.high, .5);
  const Vec3 half = (box.high - box.low) * .5;
  camera.m_radius = std::max(.5, std::sqrt(dot(half, half)));
  camera.m_distance = distance * camera.m_radius;
  const double halfWidth = std::abs(half.x * camera.m_right.x) + std::abs(half.z * camera.m_right.z);
  const double aside = std::sin(radians(-2 * look.yaw)) / std::sin(radians(-2 * kDesignedYaw));
  camera.m_eye = middle - camera.m_forward * camera.m_distance - camera.m_right * (halfWidth * aside) -
                 camera.m_up * (kLowerInRadii * aside * camera.m_radius);

  FitAxis across, down;
  for (const FitAnchor& anchor : anchors) {
    const Vec3 from = anchor.at - camera.m_eye;
    const double depth = std::max(kNear, dot(from, camera.m_forward));
    across.at.push_back(dot(from, camera.m_right) / depth);
    across.before.push_back(anchor.left);
    across.after.push_back(anchor.right);
    down.at.push_back(-dot(from, camera.m_up) / depth);
    down.before.push_back(anchor.top);
    down.after.push_back(anchor.bottom);
  }
  const double right = size.width() - room.right();
  const double bottom = size.height() - room.bottom();
  const double f = std::min(across.focal(room.left(), right), down.focal(room.top(), bottom));
  const QPointF fitted(across.middle(f, room.left(), right), down.middle(f, room.top(), bottom));

  // Zoom is about the middle of the stage, pan in shares of its size.
  const QPointF centre(size.width() / 2, size.height() / 2);
  camera.m_focal = f * look.zoom;
  camera.m_principal =
      centre + (fitted - centre) * look.zoom + QPointF(look.panX * size.width(), look.panY * size.height());
  return camera;
}

QPointF StageCamera::project(const Vec3& at) const {
  const Vec3 from = at - m_eye;
  const double depth = std::max(kNear, dot(from, m_forward));
  return m_principal + QPointF(dot(from, m_right), -dot(from, m_up)) * (m_focal / depth);
}

Ray StageCamera::rayThrough(QPointF px) const {
  const QPointF offset = (px - m_principal) / m_focal;
  return {m_eye, m_forward + m_right * offset.x() - m_up * offset.y()};
}

CameraLook StageCamera::zoomedAbout(const CameraLook& look, QPointF pointer, double factor) const {
  CameraLook result = look;
  result.zoom = std::clamp(look.zoom * factor, kLeastZoom, kMostZoom);
  const double applied = result.zoom / look.zoom;
  const QPointF centre(m_size.width() / 2, m_size.height() / 2);
  const QPointF pan(look.panX * m_size.width(), look.panY * m_size.height());
  // pointer − centre = zoom · p + pan for the point p under it, before and after
  const QPointF moved = (pointer - centre) * (1 - applied) + pan * applied;
  result.panX = moved.x() / std::max(1.0, m_size.width());
  result.panY = moved.y() / std::max(1.0, m_size.height());
  return result;
}

CameraLook StageCamera::closeUp(const CameraLook& look, std::span<const Vec3> points, double share) const {
  if (points.empty() || m_size.isEmpty()) return look;
  double left = std::numeric_limits<double>::max(), top = left, right = -left, bottom = -left;
  for (const Vec3& point : points) {
    const QPointF at = project(point);
    left = std::min(left, at.x()), right = std::max(right, at.x());
    top = std::min(top, at.y()), bottom = std::max(bottom, at.y());
  }
  const double factor = std::min(share * m_size.width() / std::max(1.0, right - left),
                                 share * m_size.height() / std::max(1.0, bottom - top));
  CameraLook result = zoomedAbout(look, {m_size.width() / 2, m_size.height() / 2}, factor);
  const double applied = result.zoom / look.zoom;
  result.panX -= ((left + right) / 2 / m_size.width() - .5) * applied;
  result.panY -= ((top + bottom) / 2 / m_size.height() - .5) * applied;
  return result;
}

CameraLook presetAngles(int number) {
  CameraLook look;
  // Not quite level with the axes: exactly from the front one map hides the next, exactly from the side every
  // frame is a line.
  if (number == 2) look.yaw = -14, look.pitch = 16;
  if (number == 3) look.yaw = -74, look.pitch = 9;
  if (number == 4) look.yaw = -90, look.pitch = 90;
  return look;
}

CameraLook designedCamera(bool channelsApart, bool still, StageMode mode) {
  CameraLook look;
  if (mode == StageMode::Slices) look.pitch = kSlicesPitch;
  if (channelsApart) look.yaw = -11, look.pitch = still ? 8 : 25;
  return look;
}

CameraLook mixed(const CameraLook& from, const CameraLook& to, double share) {
  const auto between = [share](double a, double b) { return a + (b - a) * share; };
  return {between(from.yaw, to.yaw), between(from.pitch, to.pitch),
          // a zoom is felt as a ratio
          from.zoom * std::pow(to.zoom / from.zoom, share), between(from.panX, to.panX),
          between(from.panY, to.panY)};
}

}  // namespace convscope
