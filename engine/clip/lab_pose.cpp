#include "engine/clip/lab_pose.h"

namespace convscope::lab {

namespace {

// Proportions in tenths of the height: about six and a half heads, long legs, so that small pictures read
// well.
constexpr double kAnkle = 0.42;
constexpr double kShin = 2.25;
constexpr double kThigh = 2.35;
constexpr double kHipHeight = kAnkle + kShin + kThigh - 0.04;
constexpr double kHipHalf = 0.48;
constexpr double kShoulderHalf = 1.12;
constexpr double kTorso = 2.72;       // pelvis to the line of the shoulders
constexpr double kNeckToHead = 1.36;  // line of the shoulders to the middle of the head
constexpr double kUpperArm = 1.5;
constexpr double kForearm = 1.35;
constexpr double kHand = 0.44;

double sideSign(std::size_t side) {
  return side == 0 ? -1 : 1;
}

/// The middle joint of a limb of two bones from `root` to `tip`, bent towards `pole`. Moves `tip` into reach.
Vec3 bend(const Vec3& root, Vec3& tip, double upper, double lower, const Vec3& pole) {
  Vec3 way = tip - root;
  double distance = length(way);
  const double longest = (upper + lower) * 0.9995;
  if (distance > longest) {
    tip = root + way * (longest / distance);
    way = tip - root;
    distance = longest;
  }
  const Vec3 along = way * (1 / distance);
  const double share = (upper * upper - lower * lower + distance * distance) / (2 * distance);
  const double out = std::sqrt(std::max(0.0, upper * upper - share * share));
  const Vec3 aside = pole - along * dot(pole, along);
  return root + along * share + aside * (out / std::max(length(aside), 1e-9));
}

/// A body standing upright over `pelvis`, leaning forward by `lean` (shift of the shoulders), arms and legs
/// to be set.
Pose upright(const Vec3& pelvis, double lean) {
  Pose pose;
  pose.pelvis = pelvis;
  pose.chest = pelvis + Vec3{0, kTorso, lean};
  pose.head = pose.chest + Vec3{0, kNeckToHead, 0.5 * lean};
  for (std::size_t side = 0; side < 2; ++side) {
    pose.arms[side].shoulder = pose.chest + Vec3{sideSign(side) * kShoulderHalf, -0.08, 0};
    pose.legs[side].hip = pelvis + Vec3{sideSign(side) * kHipHalf, 0, 0};
  }
  return pose;
}

void reachHand(Arm& arm, Vec3 wrist, const Vec3& pole, const Vec3& pointing) {
  arm.elbow = bend(arm.shoulder, wrist, kUpperArm, kForearm, pole);
  arm.wrist = wrist;
  const double size = std::max(length(pointing), 1e-9);
  arm.fingers = wrist + pointing * (kHand / size);
}

/// The hand goes on in the direction of the forearm.
void reachStraight(Arm& arm, const Vec3& wrist, const Vec3& pole) {
  reachHand(arm, wrist, pole, {0, -1, 0});
  arm.fingers = arm.wrist + (arm.wrist - arm.elbow) * (kHand / kForearm);
}

/// `pitch` is the slope of the foot: toe down where positive.
void placeFoot(Leg& leg, Vec3 ankle, double pitch, double outward) {
  leg.knee = bend(leg.hip, ankle, kThigh, kShin, {outward * 0.3, 0, 1});
  leg.ankle = ankle;
  leg.heel = ankle + Vec3{0, -0.2 + 0.25 * pitch, -0.22};
  leg.toe = ankle + Vec3{outward * 0.30, -0.2 - 0.6 * pitch, 0.66};
}

void standStill(Pose& pose, double spread) {
  for (std::size_t side = 0; side < 2; ++side) {
    const double sign = sideSign(side);
    placeFoot(pose.legs[side], {sign * spread, kAnkle + pose.lift, 0}, 0, sign);
  }
}

void hangArm(Arm& arm, double sign, double swing) {
  reachStraight(arm, arm.shoulder + Vec3{sign * 0.42, -2.7, 0.35 + swing}, {sign * 0.6, 0, -1});
}

}  // namespace

Pose clapPose(double turns) {
  // Open for longer than closed, quick at the contact: the square bends the wave's foot to a point-like
  // touch.
  const double wave = 1 - swell(turns);
  const double open = 1 - (1 - wave) * (1 - wave);
  Pose pose = upright({0, kHipHeight - 0.05 - 0.05 * (1 - open), 0}, 0.05 * (1 - open));
  standStill(pose, 0.72);
  for (std::size_t side = 0; side < 2; ++side) {
    const double sign = sideSign(side);
    const Vec3 wrist{sign * lerp(0.22, 2.55, open), lerp(7.15, 7.55, open), lerp(2.1, 1.35, open)};
    reachHand(pose.arms[side], wrist, {sign * lerp(0.55, 0.35, open), -1, -0.2},
              {sign * lerp(-0.08, 0.75, open), 1, 0.2});
  }
  return pose;
}

Pose wavePose(double turns) {
  const double swing = sinTurns(turns);
  Pose pose = upright({0.03 * swing, kHipHeight - 0.06, 0}, 0);
  pose.head.x += 0.06 * swing;
  standStill(pose, 0.62);
  hangArm(pose.arms[0], -1, 0);
  Arm& arm = pose.arms[1];
  // The upper arm is held out and up; the forearm swings about the elbow.
  arm.elbow = arm.shoulder + Vec3{1.28, 0.30, 0.35} * (kUpperArm / length(Vec3{1.28, 0.30, 0.35}));
  const double angle = 0.035 + 0.105 * swing;  // turns from upright, outwards
  const Vec3 forearm{sinTurns(angle), cosTurns(angle), 0.12};
  arm.wrist = arm.elbow + forearm * (kForearm / length(forearm));
  const double bent = angle + 0.03 * swing;  // the hand runs ahead of the wrist
  arm.fingers = arm.wrist + Vec3{sinTurns(bent), cosTurns(bent), 0.1} * (1.15 * kHand);
  return pose;
}

Pose jumpingJackPose(double turns) {
  const double open = swell(turns);
  const double hop = swell(2 * turns);  // in the air between the two stances, twice a turn
  Pose pose = upright({0, 0, 0}, 0);
  pose.lift = 0.55 * hop * hop;
  const double spread = lerp(0.42, 1.75, smooth(open));
  // Where the feet are on the ground, the knees give a little.
  const double legLength = kShin + kThigh - 0.03 - 0.12 * (1 - hop);
  const double reach = spread - kHipHalf;
  const double hipHeight = kAnkle + pose.lift + std::sqrt(legLength * legLength - reach * reach);
  pose = upright({0, hipHeight, 0}, 0);
  pose.lift = 0.55 * hop * hop;
  standStill(pose, spread);
  const double angle = lerp(0.045, 0.46, smooth(open));  // turns of the arm from hanging down, sideways
  for (std::size_t side = 0; side < 2; ++side) {
    const double sign = sideSign(side);
    Arm& arm = pose.arms[side];
    const Vec3 way{sign * sinTurns(angle), -cosTurns(angle), 0.12};
    reachStraight(arm, arm.shoulder + way * (2.76 / length(way)), {sign * 0.2, 0.2, -1});
  }
  return pose;
}

namespace {

/// The foot's path under a hip that stands still, one turn from heel strike to heel strike.
struct Step {
  double forward = 0;
  double lift = 0;
  double pitch = 0;  ///< toe down
};
Step stepOf(double turns, double stride) {
  constexpr double kStance = 0.6;  // share of a turn that a foot is on the ground
  const double phase = wrapped(turns, 1);
  const double half = stride * kStance / 2;
  if (phase < kStance) {
    const double share = phase / kStance;
    const double heelRise = smooth((share - 0.62) / 0.38);  // the heel leaves the ground before the toe
    const double heelStrike = 1 - smooth(share / 0.16);
    return {half - stride * phase, 0.34 * heelRise, 0.75 * heelRise - 0.32 * heelStrike};
  }
  // In the air it leaves and lands with the speed of the ground: a cubic with slopes −stride per turn at both
  // ends.
  const double share = (phase - kStance) / (1 - kStance);
  const double slope = -stride * (1 - kStance);
  const double s2 = share * share;
  const double s3 = s2 * share;
  const double forward = -half * (2 * s3 - 3 * s2 + 1) + slope * (s3 - 2 * s2 + share) +
                         half * (3 * s2 - 2 * s3) + slope * (s3 - s2);
  return {forward,
          0.34 * (1 - smooth(share / 0.7)) + 0.62 * swell(lerp(0, 1, smooth(share))) * (1 - 0.5 * share),
          lerp(0.75, -0.32, smooth(share))};
}

}  // namespace

Pose walkPose(double turns, double stride) {
  // The hips are highest over the standing leg, twice a turn, and as low as the longest reach demands.
  const double reach = 0.3 * stride;
  const double legLength = kShin + kThigh - 0.02;
  constexpr double kAside = 0.2;  // from below the hip to the line that the foot walks on
  const double low = kAnkle + std::sqrt(legLength * legLength - reach * reach - kAside * kAside) - 0.04;
  const double high = std::min(kHipHeight, low + 0.32);
  const double over = 0.5 + 0.5 * cosTurns(2 * (turns - 0.3));
  Pose pose = upright({0, lerp(low, high, over), 0}, 0.22);
  for (std::size_t side = 0; side < 2; ++side) {
    const double phase = turns + (side == 0 ? 0.0 : 0.5);
    const Step step = stepOf(phase, stride);
    const double sign = sideSign(side);
    placeFoot(pose.legs[side], {sign * 0.3, kAnkle + step.lift, step.forward}, step.pitch, 0.15 * sign);
    // The arm swings against its own leg, bent more when it is in front.
    const double swing = -cosTurns(phase - 0.05) * std::min(1.0, stride / 3.6);
    Arm& arm = pose.arms[side];
    arm.shoulder.z += 0.14 * swing;
    const Vec3 wrist =
        arm.shoulder + Vec3{sign * 0.12, -2.62 + 0.32 * swing * swing + 0.22 * swing, 1.25 * swing + 0.35};
    reachStraight(arm, wrist, {0, -0.25, -1});
  }
  return pose;
}

}  // namespace convscope::lab
