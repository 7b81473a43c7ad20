#include "engine/clip/lab_scenes.h"

namespace convscope::lab {

namespace {

/// sin of the place along `ahead` in a pattern of wavelength spec.size that has moved on by `moved` pixels.
double wave(const LabSpec& spec, Vec2 off, Vec2 ahead, double moved) {
  return sinTurns((dot(off, ahead) - moved) / spec.size);
}

/// Calls value(offset from the centre) for each pixel and draws the answer, −1 … 1, in warm and cool.
template <class Value>
void drawField(Canvas& canvas, const LabSpec& spec, const Value& value) {
  const Vec2 centre = canvas.centre();
  canvas.everywhere([&](int x, int y) {
    canvas.set(x, y, swung(spec.contrast * value(Vec2{x - centre.x, y - centre.y})));
  });
}

}  // namespace

void drawGrating(Canvas& canvas, const LabSpec& spec, double t) {
  const Vec2 ahead = heading(spec.direction);
  drawField(canvas, spec, [&](Vec2 off) { return wave(spec, off, ahead, spec.speed * t); });
}

void drawPlaid(Canvas& canvas, const LabSpec& spec, double t) {
  const Vec2 left = heading(spec.direction - 45);
  const Vec2 right = heading(spec.direction + 45);
  const double moved = spec.speed * t * cosTurns(0.125);  // each wave's share of the plaid's motion
  drawField(canvas, spec,
            [&](Vec2 off) { return (wave(spec, off, left, moved) + wave(spec, off, right, moved)) / 2; });
}

void drawRandomDots(Canvas& canvas, const LabSpec& spec, double t) {
  drawTexture(canvas, spec);
  const double radius = spec.size / 2;
  const double height = canvas.height() + 2 * radius;
  const double width = canvas.width() + 2 * radius;
  const auto count = static_cast<int>(std::min(4000.0, 0.16 * height * width / (kPi * radius * radius)) + 1);
  for (int i = 0; i < count; ++i) {
    const auto random = [&](std::int64_t life, int what) { return unit(hashed(spec.seed, i, life, what)); };
    // Dots live for one period, each with its own birthday, and are born again elsewhere.
    const double age = t / spec.period + random(-1, 0);
    const auto life = static_cast<std::int64_t>(std::floor(age));
    const double frames = (age - std::floor(age)) * spec.period;
    const bool together = random(life, 1) < spec.coherence;
    const Vec2 ahead = heading(together ? spec.direction : 360 * random(life, 2));
    const Vec2 place =
        Vec2{random(life, 3) * width, random(life, 4) * height} + ahead * (spec.speed * frames);
    drawBall(canvas, {wrapped(place.x, width) - radius - 0.5, wrapped(place.y, height) - radius - 0.5},
             radius, i % 2 == 0 ? palette::kRed : palette::kBlue, spec.contrast);
  }
}

void drawReversePhi(Canvas& canvas, const LabSpec& spec, double t) {
  const double steps = std::floor(t / spec.period);
  const Vec2 moved = heading(spec.direction) * (spec.speed * spec.period * steps);
  const double sign = wrapped(steps, 2) < 1 ? 1 : -1;
  const double size = std::max(spec.size, 1.0);
  const auto cell = [&](double i, double j) {
    return 2 * unit(hashed(spec.seed, static_cast<std::int64_t>(i), static_cast<std::int64_t>(j))) - 1;
  };
  // Squares of random brightness; a pixel on the edge of two takes of each the part that it covers.
  drawField(canvas, spec, [&](Vec2 off) {
    const double left = (off.x - moved.x - 0.5) / size;
    const double top = (off.y - moved.y - 0.5) / size;
    const double i = std::floor(left);
    const double j = std::floor(top);
    const double across = std::clamp((left + 1 / size - i - 1) * size, 0.0, 1.0);
    const double down = std::clamp((top + 1 / size - j - 1) * size, 0.0, 1.0);
    return sign * lerp(lerp(cell(i, j), cell(i + 1, j), across),
                       lerp(cell(i, j + 1), cell(i + 1, j + 1), across), down);
  });
}

namespace {

/// A wheel of radius spec.size with eight sectors, turned clockwise by `turns`.
void drawWheel(Canvas& canvas, const LabSpec& spec, double turns) {
  drawTexture(canvas, spec);
  const double cosine = cosTurns(turns);
  const double sine = sinTurns(turns);
  const Vec2 centre = canvas.centre();
  canvas.everywhere([&](int x, int y) {
    const Vec2 off{x - centre.x, y - centre.y};
    const double radius = length(off);
    const double cover = coverage(radius - spec.size);
    if (cover <= 0) return;
    const double c = radius > 0 ? (off.x * cosine + off.y * sine) / radius : 1;
    const double sectors = 8 * c * c * c * c - 8 * c * c + 1;  // cos 4θ, with c = cos θ
    const double edge =
        std::clamp(sectors * radius / 4, -1.0, 1.0);         // one pixel wide: slope 4/radius a pixel
    const double hub = smooth(radius / (0.16 * spec.size));  // no sector is finer than a pixel
    canvas.blend(x, y, swung(edge * hub), cover * spec.contrast);
  });
}

void drawRings(Canvas& canvas, const LabSpec& spec, double moved) {
  drawField(canvas, spec, [&](Vec2 off) { return cosTurns((length(off) - moved) / spec.size); });
}

}  // namespace

void drawClockwise(Canvas& canvas, const LabSpec& spec, double t) {
  drawWheel(canvas, spec, t / spec.period);
}
void drawCounterClockwise(Canvas& canvas, const LabSpec& spec, double t) {
  drawWheel(canvas, spec, -t / spec.period);
}
void drawExpansion(Canvas& canvas, const LabSpec& spec, double t) {
  drawRings(canvas, spec, spec.speed * t);
}
void drawContraction(Canvas& canvas, const LabSpec& spec, double t) {
  drawRings(canvas, spec, -spec.speed * t);
}

}  // namespace convscope::lab
