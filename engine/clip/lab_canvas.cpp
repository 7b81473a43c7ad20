#include "engine/clip/lab_canvas.h"

namespace convscope::lab {

namespace {

/// Smoothly interpolated random values on a lattice of pitch 1, in [0, 1).
double latticeNoise(std::uint64_t seed, double x, double y) {
  const double left = std::floor(x);
  const double top = std::floor(y);
  const double across = smooth(x - left);
  const double down = smooth(y - top);
  const auto value = [&](int i, int j) {
    return unit(hashed(seed, static_cast<std::int64_t>(left) + i, static_cast<std::int64_t>(top) + j));
  };
  return lerp(lerp(value(0, 0), value(1, 0), across), lerp(value(0, 1), value(1, 1), across), down);
}

double clouds(std::uint64_t seed, Vec2 place) {
  double sum = 0;
  double share = 0.5;
  double pitch = 38;  // pixels
  for (int octave = 0; octave < 4; ++octave) {
    sum += share * latticeNoise(seed + static_cast<unsigned>(octave), place.x / pitch, place.y / pitch);
    share /= 2;
    pitch /= 2.1;
  }
  return smooth((sum - 0.22) / 0.5);
}

/// ±1 in stripes of `pitch` pixels, with edges one pixel wide.
double stripes(double x, double pitch) {
  const double phase = wrapped(x, 2 * pitch);  // edges at 0 and pitch
  const double edge =
      phase < pitch ? std::min(phase, pitch - phase) : -std::min(phase - pitch, 2 * pitch - phase);
  return std::clamp(2 * edge, -1.0, 1.0);
}

}  // namespace

Rgb textureAt(const LabSpec& spec, Vec2 place, const Rgb& ground, const Rgb& deep) {
  double share = 0;
  if (spec.texture == "gradient") {
    share = swell((place.y / spec.height + 0.35 * place.x / spec.width) / 2);  // endless: it swings back
  } else if (spec.texture == "checks") {
    constexpr double kPitch = 14;
    share = 0.35 * (0.5 - 0.5 * stripes(place.x, kPitch) * stripes(place.y, kPitch));
  } else if (spec.texture == "clouds") {
    share = clouds(spec.seed, place);
  }
  return mix(ground, deep, share);
}

void drawTexture(Canvas& canvas, const LabSpec& spec, Vec2 shift) {
  if (spec.texture == "plain") {
    canvas.everywhere([&](int x, int y) { canvas.set(x, y, palette::kGround); });
    return;
  }
  canvas.everywhere([&](int x, int y) { canvas.set(x, y, textureAt(spec, {x - shift.x, y - shift.y})); });
}

void drawBall(Canvas& canvas, Vec2 centre, double radius, const Rgb& colour, double strength) {
  const Vec2 reach{radius + 1, radius + 1};
  const Rgb light = mix(colour, {1, 1, 1}, 0.38);
  const Rgb shade = scaled(colour, 0.72);
  canvas.within(centre - reach, centre + reach, [&](int x, int y) {
    const Vec2 off = Vec2{static_cast<double>(x), static_cast<double>(y)} - centre;
    const double cover = coverage(length(off) - radius);
    if (cover <= 0) return;
    // Brightness falls off with the distance from a highlight at the upper left.
    const double away = length(off - Vec2{-0.32 * radius, -0.36 * radius}) / (1.5 * radius);
    const Rgb lit =
        away < 0.5 ? mix(light, colour, smooth(2 * away)) : mix(colour, shade, smooth(2 * away - 1));
    canvas.blend(x, y, lit, cover * strength);
  });
}

void addNoise(Canvas& canvas, const LabSpec& spec, int t) {
  if (spec.noise <= 0) return;
  // Four 16-bit uniform values: mean 4·(2¹⁶ − 1)/2, variance 4·(2³² − 1)/12.
  const double scale = spec.noise / std::sqrt(4 * (0x1p32 - 1) / 12);
  float* pixel = canvas.pixels();
  const std::int64_t count = std::int64_t{canvas.height()} * canvas.width() * 3;
  const std::uint64_t frame = hashed(spec.seed, t, 77);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint64_t bits = mixed(frame + static_cast<std::uint64_t>(i));
    const auto sum =
        static_cast<double>((bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48));
    pixel[i] = std::clamp(pixel[i] + static_cast<float>((sum - 2 * 65535.0) * scale), 0.0F, 1.0F);
  }
}

}  // namespace convscope::lab
