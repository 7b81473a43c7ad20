#include "engine/clip/lab_pose.h"
#include "engine/clip/lab_scenes.h"

#include <array>
#include <cstdint>
#include <vector>

namespace convscope::lab {

namespace {

constexpr Rgb kWall{.520F, .665F, .700F};
constexpr Rgb kWallDeep{.400F, .560F, .610F};
constexpr Rgb kFloor{.800F, .720F, .615F};
constexpr Rgb kFloorFar{.690F, .615F, .530F};
constexpr Rgb kShadow{.250F, .205F, .190F};
constexpr Rgb kSkin{.945F, .745F, .600F};
constexpr Rgb kHair{.235F, .150F, .115F};
constexpr Rgb kShirt{.835F, .190F, .165F};
constexpr Rgb kTrousers{.150F, .200F, .310F};
constexpr Rgb kShoes{.955F, .945F, .925F};
constexpr double kSkinOutline = 0.26;   ///< bare limbs stand out against each other and the shirt
constexpr double kClothOutline = 0.12;  ///< cloth runs on over the joints
constexpr Rgb kMouth{.640F, .260F, .230F};

/// A place on the screen with its nearness to the viewer.
struct Spot {
  Vec2 at;
  double near = 0;
};

/// From the figure's space to the screen: turned about the vertical, then seen from far away and a little
/// above, so that what is nearer lies lower.
struct View {
  static constexpr double kTilt = 0.20;
  Vec2 foot;              ///< where the figure's origin is on the screen
  double unit = 1;        ///< pixels for a tenth of its height
  double turnCosine = 1;  ///< of the turn about the vertical: 1 faces us, 0 walks to the side
  double turnSine = 0;
  [[nodiscard]] Spot operator()(const Vec3& p) const {
    const double near = p.z * turnCosine - p.x * turnSine;
    return {{foot.x + unit * (p.x * turnCosine + p.z * turnSine), foot.y - unit * (p.y - kTilt * near)},
            near};
  }
};

/// A limb: a capsule whose radius goes from `fromRadius` to `toRadius`. Lengths in pixels.
struct Limb {
  Vec2 from;
  Vec2 to;
  double fromRadius = 0;
  double toRadius = 0;
  Rgb colour;
  double near = 0;
  double outline = kSkinOutline;  ///< how much darker the edge is
};

/// Colour of a rounded thing at `depth` pixels inside its edge (0 at the edge), lit from the upper left by
/// `light` in
/// [-1, 1], the edge a little darker so that limbs stand out against each other.
Rgb shaded(const Rgb& colour, double inside, double rim, double light, double outline) {
  const double edge = 1 - smooth(inside / rim);
  const Rgb lit = light > 0 ? mix(colour, {1, 1, 1}, 0.14 * light) : scaled(colour, 1 + 0.14 * light);
  return scaled(lit, 1 - outline * edge);
}

class Painter {
 public:
  Painter(Canvas& canvas, double unit, double contrast)
      : m_canvas(canvas), m_unit(unit), m_contrast(contrast) {}

  void limb(const Limb& limb) {
    const Vec2 way = limb.to - limb.from;
    const double lengthSquared = std::max(dot(way, way), 1e-12);
    const double reach = std::max(limb.fromRadius, limb.toRadius) + 1;
    const Vec2 low{std::min(limb.from.x, limb.to.x) - reach, std::min(limb.from.y, limb.to.y) - reach};
    const Vec2 high{std::max(limb.from.x, limb.to.x) + reach, std::max(limb.from.y, limb.to.y) + reach};
    m_canvas.within(low, high, [&](int x, int y) {
      const Vec2 place{static_cast<double>(x), static_cast<double>(y)};
      const double share = std::clamp(dot(place - limb.from, way) / lengthSquared, 0.0, 1.0);
      const double radius = lerp(limb.fromRadius, limb.toRadius, share);
      const Vec2 off = place - limb.from - way * share;
      paint(x, y, length(off) - radius, limb.colour, off * (1 / radius), limb.outline);
    });
  }

  /// A convex shape with corners in order around it, rounded off by `radius` pixels.
  void rounded(const std::vector<Vec2>& corners, double radius, const Rgb& colour) {
    Vec2 low = corners.front();
    Vec2 high = low;
    for (const Vec2& corner : corners) {
      low = {std::min(low.x, corner.x), std::min(low.y, corner.y)};
      high = {std::max(high.x, corner.x), std::max(high.y, corner.y)};
    }
    const Vec2 reach{radius + 1, radius + 1};
    const Vec2 middle = (low + high) * 0.5;
    const Vec2 half = (high - low) * 0.5 + reach;
    m_canvas.within(low - reach, high + reach, [&](int x, int y) {
      const Vec2 place{static_cast<double>(x), static_cast<double>(y)};
      const Vec2 off = place - middle;
      paint(x, y, outside(corners, place) - radius, colour, {off.x / half.x, off.y / half.y}, kClothOutline);
    });
  }

  /// A flat ellipse without shading, its edge softened over `softness` of its radius.
  void ellipse(Vec2 centre, Vec2 radii, const Rgb& colour, double strength, double softness) {
    m_canvas.within(centre - radii, centre + radii, [&](int x, int y) {
      const Vec2 off = Vec2{static_cast<double>(x), static_cast<double>(y)} - centre;
      const double away = length(Vec2{off.x / radii.x, off.y / radii.y});
      m_canvas.blend(x, y, colour, strength * m_contrast * smooth((1 - away) / softness));
    });
  }

 private:
  /// Distance of `place` from the polygon: negative inside.
  static double outside(const std::vector<Vec2>& corners, Vec2 place) {
    double nearest = 1e18;
    bool inside = true;
    for (std::size_t i = 0; i < corners.size(); ++i) {
      const Vec2 from = corners[i];
      const Vec2 side = corners[(i + 1) % corners.size()] - from;
      const Vec2 off = place - from;
      const double share = std::clamp(dot(off, side) / std::max(dot(side, side), 1e-12), 0.0, 1.0);
      const Vec2 gap = off - side * share;
      nearest = std::min(nearest, dot(gap, gap));
      inside = inside && side.x * off.y - side.y * off.x >= 0;
    }
    return inside ? -std::sqrt(nearest) : std::sqrt(nearest);
  }

  void paint(int x, int y, double distance, const Rgb& colour, Vec2 off, double outline) {
    const double cover = coverage(distance);
    if (cover <= 0) return;
    const double light = std::clamp(-0.7 * off.x - 0.7 * off.y, -1.0, 1.0);
    m_canvas.blend(x, y, shaded(colour, -distance, 0.24 * m_unit, light, outline), cover * m_contrast);
  }

  Canvas& m_canvas;
  double m_unit;
  double m_contrast;
};

/// The corners of the convex hull, clockwise on the screen (Andrew's monotone chain).
std::vector<Vec2> hullOf(std::vector<Vec2> points) {
  std::ranges::sort(points, [](Vec2 a, Vec2 b) { return a.x != b.x ? a.x < b.x : a.y < b.y; });
  std::vector<Vec2> hull;
  const auto add = [&](Vec2 point, std::size_t keep) {
    while (hull.size() >= keep + 2) {
      const Vec2 last = hull.back() - hull[hull.size() - 2];
      const Vec2 next = point - hull.back();
      if (last.x * next.y - last.y * next.x > 0) break;
      hull.pop_back();
    }
    hull.push_back(point);
  };
  for (const Vec2& point : points) add(point, 0);
  const std::size_t lower = hull.size() - 1;
  for (auto it = points.rbegin() + 1; it != points.rend(); ++it) add(*it, lower);
  hull.pop_back();
  return hull;
}

class FigurePainter {
 public:
  FigurePainter(Canvas& canvas, const LabSpec& spec, const View& view)
      : m_painter(canvas, view.unit, spec.contrast), m_view(view) {}

  void draw(const Pose& pose) {
    drawShadow(pose);
    std::vector<Limb> behind;
    std::vector<Limb> front;
    for (std::size_t side = 0; side < 2; ++side) addLeg(pose.legs[side], behind);
    std::ranges::stable_sort(behind, {}, &Limb::near);
    std::vector<Limb> farArms;
    for (const Arm& arm : pose.arms) {
      const double near = (m_view(arm.elbow).near + m_view(arm.wrist).near) / 2 - m_view(pose.chest).near;
      addArm(arm, near < -0.35 ? farArms : front);
    }
    std::ranges::stable_sort(front, {}, &Limb::near);
    for (const Limb& limb : farArms) m_painter.limb(limb);
    for (const Limb& limb : behind) m_painter.limb(limb);
    drawTorso(pose);
    drawHead(pose);
    for (const Limb& limb : front) m_painter.limb(limb);
  }

 private:
  [[nodiscard]] Limb limb(const Vec3& from, const Vec3& to, double fromRadius, double toRadius,
                          const Rgb& colour, double near) const {
    return {m_view(from).at, m_view(to).at, fromRadius * m_view.unit, toRadius * m_view.unit, colour, near};
  }

  /// All parts of a limb get the nearness of the limb, so that they stay together when limbs are sorted.
  void addLeg(const Leg& leg, std::vector<Limb>& limbs) const {
    const double near = m_view(leg.hip).near + 0.2 * m_view(leg.knee).near;
    const auto add = [&](const Vec3& from, const Vec3& to, double fromRadius, double toRadius,
                         const Rgb& colour) {
      limbs.push_back(limb(from, to, fromRadius, toRadius, colour, near));
      limbs.back().outline = kClothOutline;
    };
    add(leg.heel, leg.toe, .27, .25, kShoes);
    add(leg.knee, leg.ankle, .40, .29, kTrousers);
    add(leg.hip, leg.knee, .54, .40, kTrousers);
  }

  void addArm(const Arm& arm, std::vector<Limb>& limbs) const {
    const double near = m_view(arm.wrist).near;
    const auto add = [&](const Vec3& from, const Vec3& to, double fromRadius, double toRadius) {
      limbs.push_back(limb(from, to, fromRadius, toRadius, kSkin, near));
    };
    add(arm.shoulder, arm.elbow, .32, .28);
    limbs.push_back(limb(arm.shoulder, mix(arm.shoulder, arm.elbow, 0.66), .43, .42, kShirt, near));
    limbs.back().outline = kClothOutline;
    add(arm.elbow, arm.wrist, .28, .23);
    add(arm.wrist, arm.fingers, .31, .32);
  }

  void drawTorso(const Pose& pose) {
    const double unit = m_view.unit;
    std::vector<Vec2> hips;
    std::vector<Vec2> shirt;
    for (const double x : {-1.0, 1.0}) {
      for (const double z : {-1.0, 1.0}) {
        hips.push_back(m_view(pose.pelvis + Vec3{x * .48, .45, z * .18}).at);
        hips.push_back(m_view(pose.pelvis + Vec3{x * .46, -.10, z * .16}).at);
        shirt.push_back(m_view(pose.chest + Vec3{x * .38, .10, z * .12}).at);
        shirt.push_back(m_view(pose.chest + Vec3{x * .98, -.20, z * .18}).at);
        shirt.push_back(m_view(mix(pose.pelvis, pose.chest, .55) + Vec3{x * .66, 0, z * .30}).at);
        shirt.push_back(m_view(pose.pelvis + Vec3{x * .60, .25, z * .20}).at);
      }
    }
    m_painter.rounded(hullOf(hips), .42 * unit, kTrousers);
    m_painter.limb(limb(pose.chest, mix(pose.chest, pose.head, .5), .36, .32, scaled(kSkin, 0.88), 0));
    m_painter.rounded(hullOf(shirt), .38 * unit, kShirt);
  }

  void drawHead(const Pose& pose) {
    const double unit = m_view.unit;
    const auto at = [&](double x, double y, double z) { return m_view(pose.head + Vec3{x, y, z}); };
    const auto stroke = [&](Vec2 from, Vec2 to, double fromRadius, double toRadius, const Rgb& colour) {
      m_painter.limb({from, to, fromRadius * unit, toRadius * unit, colour, 0, kClothOutline});
    };
    stroke(at(0, .14, -.10).at, at(0, .02, -.10).at, .82, .80, kHair);
    stroke(at(0, .02, .18).at, at(0, -.22, .22).at, .69, .57, kSkin);
    for (const double x : {-.27, .27}) {
      const Spot eye = at(x, .02, .66);
      if (eye.near > -0.2) m_painter.ellipse(eye.at, {.16 * unit, .20 * unit}, kHair, 1, 0.8);
    }
    const Vec2 lip = at(0, -.42, .62).at;  // a smile: two strokes that rise to the sides
    for (const double x : {-.25, .25}) stroke(at(x, -.31, .56).at, lip, .05, .06, kMouth);
  }

  void drawShadow(const Pose& pose) {
    // Wider feet cast a wider shadow; a jump makes it smaller and paler.
    double left = 1e18;
    double right = -1e18;
    for (const Leg& leg : pose.legs) {
      for (const Vec3& point : {leg.heel, leg.toe}) {
        left = std::min(left, m_view(point).at.x);
        right = std::max(right, m_view(point).at.x);
      }
    }
    const double fade = 1 / (1 + 0.9 * pose.lift);
    const Vec2 middle{(left + right) / 2, m_view.foot.y - 0.05 * m_view.unit};
    const double half = ((right - left) / 2 + 1.25 * m_view.unit) * (0.75 + 0.25 * fade);
    m_painter.ellipse(middle, {half, 0.62 * m_view.unit}, kShadow, 0.62 * fade, 1.0);
  }

  Painter m_painter;
  View m_view;
};

/// Wall and floor. The line between them runs behind the figure's feet.
void drawRoom(Canvas& canvas, const LabSpec& spec, double groundLine) {
  const double far = groundLine - 0.75 * spec.size;
  canvas.everywhere([&](int x, int y) {
    const Vec2 place{static_cast<double>(x), static_cast<double>(y)};
    const double floorShare = std::clamp(y + 0.5 - far, 0.0, 1.0);
    Rgb colour = textureAt(spec, place, kWall, kWallDeep);
    if (floorShare > 0) {
      const Rgb floor = mix(kFloorFar, kFloor, smooth((y - far) / (1.3 * spec.size)));
      colour = mix(colour, floor, floorShare);
    }
    canvas.set(x, y, colour);
  });
}

/// Where the figure stands when it is in the middle of the frame: head and feet as far from the border.
Vec2 standingPlace(const Canvas& canvas, const LabSpec& spec) {
  return {canvas.centre().x, canvas.centre().y + 4.9 * spec.size};
}

/// Turned by `turn` (in turns) about the vertical.
View turnedView(Vec2 foot, double size, double turn) {
  return {foot, size, cosTurns(turn), sinTurns(turn)};
}

void drawStanding(Canvas& canvas, const LabSpec& spec, const Pose& pose, double turn) {
  const Vec2 foot = standingPlace(canvas, spec);
  drawRoom(canvas, spec, foot.y);
  FigurePainter(canvas, spec, turnedView(foot, spec.size, turn)).draw(pose);
}

}  // namespace

void drawFigureClap(Canvas& canvas, const LabSpec& spec, double t) {
  drawStanding(canvas, spec, clapPose(t / spec.period), 0);
}

void drawFigureWave(Canvas& canvas, const LabSpec& spec, double t) {
  drawStanding(canvas, spec, wavePose(t / spec.period), 0);
}

void drawFigureJumpingJacks(Canvas& canvas, const LabSpec& spec, double t) {
  drawStanding(canvas, spec, jumpingJackPose(t / spec.period), 0);
}

void drawFigureWalk(Canvas& canvas, const LabSpec& spec, double t) {
  const double side = heading(spec.direction).x < 0 ? -1 : 1;
  Vec2 foot = standingPlace(canvas, spec);
  drawRoom(canvas, spec, foot.y);
  const double margin = 3 * spec.size;
  foot.x = wrapped(foot.x + side * spec.speed * (t - kMiddleFrame), -margin, canvas.width() + margin);
  const double stride = spec.speed * spec.period / spec.size;
  FigurePainter(canvas, spec, turnedView(foot, spec.size, 0.25 * side))
      .draw(walkPose(t / spec.period, stride));
}

}  // namespace convscope::lab
