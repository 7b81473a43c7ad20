#include "engine/classify/partial_motion.h"

#include "engine/clip/lab_scenes.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kLabSwing = 0.2333;  // grey swing of the lab's textures at full contrast

lab::Vec2 velocityOf(const PartialMotion& motion) {
  switch (motion.label) {
    case MotionClass::Left:
      return {-motion.speed, 0};
    case MotionClass::Right:
      return {motion.speed, 0};
    case MotionClass::Up:
      return {0, -motion.speed};
    case MotionClass::Down:
      return {0, motion.speed};
    default:
      return {};
  }
}

/// The patch's texture in one frame.
std::vector<double> patchField(const PartialMotion& motion, int t) {
  const bool snow = motion.label == MotionClass::Noise;
  const std::uint64_t seed = motion.seed + 50'000'000U;  // no clip's ground has it
  return lab::grainField(kMotionClipShape.height, kMotionClipShape.width, motion.grain,
                         snow ? lab::hashed(seed, t, 13) : seed, velocityOf(motion) * t);
}

/// Share of each pixel that the patch covers in one frame.
std::vector<double> coverOf(const PartialMotion& motion, int t) {
  const double middle = (kMotionClipShape.length - 1) / 2.0;
  const lab::Vec2 travelled = motion.travels ? velocityOf(motion) * (t - middle) : lab::Vec2{};
  std::vector<double> cover;
  for (int y = 0; y < kMotionClipShape.height; ++y) {
    for (int x = 0; x < kMotionClipShape.width; ++x) {
      const lab::Vec2 off =
          lab::Vec2{static_cast<double>(x), static_cast<double>(y)} - motion.centre - travelled;
      const lab::Vec2 share{off.x / motion.radii.x, off.y / motion.radii.y};
      const double away = motion.box ? std::max(std::abs(share.x), std::abs(share.y)) : lab::length(share);
      cover.push_back(lab::coverage((away - 1) * motion.radii.x));
    }
  }
  return cover;
}

/// Noise of the camera in one place, standard deviation 1: a sum of four uniform values.
double grainOfCamera(std::uint64_t frame, std::size_t place) {
  const std::uint64_t bits = lab::mixed(frame + place);
  const auto sum =
      static_cast<double>((bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48));
  return (sum - 2 * 65535.0) / std::sqrt(4 * (0x1p32 - 1) / 12);
}

}  // namespace

PartialMotion partialMotion(MotionPart part, MotionExtent extent, int index) {
  PartialMotion motion;
  motion.label = static_cast<MotionClass>(index % kMotionClasses);
  motion.travels = extent == MotionExtent::Thing;
  motion.seed = (part == MotionPart::Test ? 2'000'000U : 1'000'000U) +
                (motion.travels ? 200'000U : 100'000U) + static_cast<unsigned>(index);
  const auto chance = [&](int what) { return lab::unit(lab::hashed(motion.seed, what, 557)); };
  const auto between = [&](double low, double high, int what) { return lab::lerp(low, high, chance(what)); };
  motion.groundGrain = between(4, 14, 0);
  motion.groundSwing = kLabSwing * between(0.1, 2.2, 1);
  motion.noise = between(0, 0.03, 2);
  motion.grain = motion.label == MotionClass::Noise ? between(2, 3, 3) : between(4, 8, 3);
  motion.swing = kLabSwing * between(motion.travels ? 0.1 : 0.4, 2, 4);
  motion.speed = between(0.5, 1.5, 5);
  motion.period = between(3, 6, 6);
  motion.phase = std::floor(between(0, 100, 7));
  const double radius = motion.travels ? between(3, 10, 8) : between(5, 15, 8);
  motion.radii = {radius, radius * between(0.6, 1.6, 9)};
  motion.centre = {between(8, 23, 10), between(8, 23, 11)};
  if (motion.travels) motion.brighter = (chance(12) < 0.5 ? -1 : 1) * between(0.1, 0.5, 13);
  motion.box = chance(14) < 0.4;
  motion.middle = between(0.35, 0.65, 15);
  return motion;
}

Tensor drawPartialMotion(const PartialMotion& motion) {
  const Shape& shape = kMotionClipShape;
  Tensor clip = Tensor::uninitialised(shape);
  const std::vector<double> ground =
      lab::grainField(shape.height, shape.width, motion.groundGrain, motion.seed, {});
  const bool flickers = motion.label == MotionClass::Flicker;
  std::vector<double> field;
  std::vector<double> cover;
  const auto grey = [](double value) { return std::clamp(value, -1.0, 1.0); };
  for (int t = 0; t < shape.length; ++t) {
    const bool fieldStands = velocityOf(motion).x == 0 && velocityOf(motion).y == 0;
    if (field.empty() || !fieldStands || motion.label == MotionClass::Noise) field = patchField(motion, t);
    if (cover.empty() || (motion.travels && !fieldStands)) cover = coverOf(motion, t);
    // a window's texture swings, a thing comes and goes
    const double there = flickers ? 1 - 0.9 * lab::swell((t + motion.phase) / motion.period) : 1;
    const double swing = motion.swing * there;
    const double opacity = motion.travels ? there : 1;
    const std::uint64_t frame = lab::hashed(motion.seed, t, 771);
    float* const to = clip.frame(t, 0);
    for (std::size_t i = 0; i < ground.size(); ++i) {
      const double still = motion.middle + motion.groundSwing * grey(ground[i]);
      const double moving = motion.middle + motion.brighter + swing * grey(field[i]);
      const double value =
          still + (moving - still) * cover[i] * opacity + motion.noise * grainOfCamera(frame, i);
      to[i] = static_cast<float>(std::clamp(value, 0.0, 1.0));
    }
  }
  return clip;
}

}  // namespace convscope
