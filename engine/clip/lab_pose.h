#pragma once

#include "engine/clip/lab_math.h"

#include <array>

namespace convscope::lab {

/// A place in the figure's own space, in units of a tenth of its height: x to its left hand (the viewer's
/// right when it faces us), y up from the ground, z forward.
struct Vec3 {
  double x = 0;
  double y = 0;
  double z = 0;
};
inline Vec3 operator+(const Vec3& a, const Vec3& b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
inline Vec3 operator-(const Vec3& a, const Vec3& b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
inline Vec3 operator*(const Vec3& a, double k) {
  return {a.x * k, a.y * k, a.z * k};
}
inline double dot(const Vec3& a, const Vec3& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline double length(const Vec3& a) {
  return std::sqrt(dot(a, a));
}
inline Vec3 mix(const Vec3& a, const Vec3& b, double share) {
  return a + (b - a) * share;
}

struct Arm {
  Vec3 shoulder, elbow, wrist, fingers;
};
struct Leg {
  Vec3 hip, knee, ankle, heel, toe;
};

/// Where the joints are. Index 0: the side at negative x, 1: at positive x.
struct Pose {
  Vec3 pelvis;
  Vec3 chest;  ///< between the shoulders
  Vec3 head;   ///< its middle
  std::array<Arm, 2> arms;
  std::array<Leg, 2> legs;
  double lift = 0;  ///< of the feet above the ground, for the shadow
};

/// The four movements; `turns` is the phase, one movement a turn, any real number.
[[nodiscard]] Pose clapPose(double turns);         ///< hands apart at 0, together at ½
[[nodiscard]] Pose wavePose(double turns);         ///< the viewer's right arm waves
[[nodiscard]] Pose jumpingJackPose(double turns);  ///< arms down, feet together at 0; spread at ½
/// One turn is two steps; `stride` is the way walked in a turn. The foot on the ground does not slide.
[[nodiscard]] Pose walkPose(double turns, double stride);

/// The longest stride that the legs reach, in units of a tenth of the height.
inline constexpr double kLongestStride = 6.0;

}  // namespace convscope::lab
