#include "engine/clip/lab_scenes.h"

namespace convscope::lab {

namespace {

/// The place wrapped around the frame with a margin, so that a thing leaves whole and comes back on the other
/// side.
Vec2 wrappedPlace(const Canvas& canvas, Vec2 place, double margin) {
  return {wrapped(place.x, -0.5 - margin, canvas.width() - 0.5 + margin),
          wrapped(place.y, -0.5 - margin, canvas.height() - 0.5 + margin)};
}

void drawBallAt(Canvas& canvas, const LabSpec& spec, Vec2 place) {
  const double radius = spec.size / 2;
  drawBall(canvas, wrappedPlace(canvas, place, radius + 1), radius, palette::kRed, spec.contrast);
}

}  // namespace

void drawDot(Canvas& canvas, const LabSpec& spec, double t) {
  drawTexture(canvas, spec);
  drawBallAt(canvas, spec, canvas.centre() + heading(spec.direction) * (spec.speed * (t - kMiddleFrame)));
}

void drawBar(Canvas& canvas, const LabSpec& spec, double t) {
  drawTexture(canvas, spec);
  const Vec2 ahead = heading(spec.direction);
  // Seen along the direction of motion, the frame reaches `reach` to both sides of its centre.
  const double reach = (std::abs(ahead.x) * canvas.width() + std::abs(ahead.y) * canvas.height()) / 2;
  const double margin = reach + spec.size / 2 + 1;
  const double at = wrapped(spec.speed * (t - kMiddleFrame), -margin, margin);
  canvas.everywhere([&](int x, int y) {
    const Vec2 off = Vec2{static_cast<double>(x), static_cast<double>(y)} - canvas.centre();
    const double along = dot(off, ahead) - at;
    // The part of [along − ½, along + ½] inside the bar: exact for bars thinner than a pixel, too.
    const double half = spec.size / 2;
    const double cover = std::min(along + 0.5, half) - std::max(along - 0.5, -half);
    if (cover > 0) canvas.blend(x, y, palette::kRed, std::min(cover, 1.0) * spec.contrast);
  });
}

void drawApparent(Canvas& canvas, const LabSpec& spec, double t) {
  drawTexture(canvas, spec);
  const double jumps = std::floor(t / spec.period) - std::floor(kMiddleFrame / spec.period);
  drawBallAt(canvas, spec, canvas.centre() + heading(spec.direction) * (spec.speed * spec.period * jumps));
}

void drawOscillation(Canvas& canvas, const LabSpec& spec, double t) {
  drawTexture(canvas, spec);
  const double amplitude = spec.speed * spec.period / (2 * kPi);  // so that the greatest speed is spec.speed
  drawBallAt(canvas, spec,
             canvas.centre() - heading(spec.direction) * (amplitude * cosTurns(t / spec.period)));
}

void drawZigZag(Canvas& canvas, const LabSpec& spec, double t) {
  drawTexture(canvas, spec);
  const Vec2 ahead = heading(spec.direction);
  const Vec2 aside{-ahead.y, ahead.x};
  const double phase = wrapped(t / spec.period, 1);
  const double triangle = phase < 0.5 ? 4 * phase - 1 : 3 - 4 * phase;  // [-1, 1], slope ±4 a turn
  const double sideways = spec.speed * spec.period / 4 * triangle;
  drawBallAt(canvas, spec, canvas.centre() + ahead * (spec.speed * (t - kMiddleFrame)) + aside * sideways);
}

void drawBlobClap(Canvas& canvas, const LabSpec& spec, double t) {
  drawTexture(canvas, spec);
  const double radius = spec.size / 2;
  const double room = std::max(0.0, 0.42 * std::min(canvas.height(), canvas.width()) - 2 * radius);
  const double apart = radius + room * (1 - swell(t / spec.period));  // they touch at half a period
  const Vec2 aside = heading(spec.direction) * apart;
  drawBall(canvas, canvas.centre() - aside, radius, palette::kRed, spec.contrast);
  drawBall(canvas, canvas.centre() + aside, radius, palette::kAmber, spec.contrast);
}

void drawFlicker(Canvas& canvas, const LabSpec& spec, double t) {
  drawTexture(canvas, spec);
  drawBall(canvas, canvas.centre(), spec.size / 2, palette::kRed,
           spec.contrast * (1 - swell(t / spec.period)));
}

namespace {

/// Balls strewn over an endless plane, one in each square of a lattice; it has moved by `shift`.
void drawStrewnBalls(Canvas& canvas, const LabSpec& spec, Vec2 shift) {
  const double pitch = 3.2 * spec.size;
  const auto cell = [&](double place) { return static_cast<std::int64_t>(std::floor(place / pitch)); };
  static constexpr Rgb kColours[]{palette::kRed, palette::kAmber, palette::kBlue, palette::kTeal};
  for (std::int64_t j = cell(-shift.y) - 1; j <= cell(canvas.height() - shift.y) + 1; ++j) {
    for (std::int64_t i = cell(-shift.x) - 1; i <= cell(canvas.width() - shift.x) + 1; ++i) {
      const auto random = [&](int what) { return unit(hashed(spec.seed + 101U, i, j, what)); };
      const double radius = spec.size / 2 * (0.6 + 0.6 * random(0));
      const Vec2 place{(static_cast<double>(i) + 0.2 + 0.6 * random(1)) * pitch,
                       (static_cast<double>(j) + 0.2 + 0.6 * random(2)) * pitch};
      drawBall(canvas, place + shift, radius, kColours[static_cast<int>(4 * random(3))], spec.contrast);
    }
  }
}

}  // namespace

void drawStill(Canvas& canvas, const LabSpec& spec, double /*t*/) {
  drawTexture(canvas, spec);
  drawStrewnBalls(canvas, spec, {});
}

void drawMovingCamera(Canvas& canvas, const LabSpec& spec, double t) {
  const Vec2 shift = heading(spec.direction) * (-spec.speed * t);  // the world slides against the camera
  drawTexture(canvas, spec, shift);
  drawStrewnBalls(canvas, spec, shift);
}

}  // namespace convscope::lab
