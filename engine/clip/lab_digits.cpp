#include "engine/clip/lab_scenes.h"

#include <cmath>
#include <cstdint>

namespace convscope::lab {

namespace {

/// The digit of cell (x, y) of one channel: of a table that repeats every `height` rows and `width` columns.
int digitAt(const LabSpec& spec, int x, int y, int channel) {
  return static_cast<int>(hashed(spec.seed, x + (std::int64_t{y} << 20), channel, 11) % 10);
}

int comesBack(std::int64_t at, int extent) {
  return static_cast<int>((at % extent + extent) % extent);
}

/// One digit a cell, as tenths. The table moves by whole cells, so that every frame holds the same digits.
void drawTable(Canvas& canvas, const LabSpec& spec, double t, bool coloured) {
  const Vec2 way = heading(spec.direction);
  const std::int64_t dx = std::llround(way.x * spec.speed * t);
  const std::int64_t dy = std::llround(way.y * spec.speed * t);
  canvas.everywhere([&](int x, int y) {
    const int fromX = comesBack(x - dx, canvas.width());
    const int fromY = comesBack(y - dy, canvas.height());
    const auto tenth = [&](int channel) {
      return static_cast<float>(digitAt(spec, fromX, fromY, coloured ? channel : 0)) / 10.0F;
    };
    canvas.set(x, y, {tenth(0), tenth(1), tenth(2)});
  });
}

}  // namespace

void drawDigits(Canvas& canvas, const LabSpec& spec, double t) {
  drawTable(canvas, spec, t, false);
}

void drawColourDigits(Canvas& canvas, const LabSpec& spec, double t) {
  drawTable(canvas, spec, t, true);
}

}  // namespace convscope::lab
