#include "engine/clip/lab_scenes.h"

namespace convscope::lab {

namespace {

/// Where the pixels of one axis lie between the points of a lattice.
struct LatticeAxis {
  std::int64_t first = 0;      ///< lattice point before the first pixel
  std::vector<int> cell;       ///< of each pixel, counted from `first`
  std::vector<double> across;  ///< how far each pixel is on its way to the next point, smoothed
  [[nodiscard]] int points() const { return cell.back() + 2; }
};

LatticeAxis latticeAxis(int pixels, double shift, double pitch) {
  LatticeAxis axis;
  axis.first = static_cast<std::int64_t>(std::floor(-shift / pitch));
  for (int at = 0; at < pixels; ++at) {
    const double place = (at - shift) / pitch;
    const double cell = std::floor(place);
    axis.cell.push_back(static_cast<int>(static_cast<std::int64_t>(cell) - axis.first));
    axis.across.push_back(smooth(place - cell));
  }
  return axis;
}

/// Adds `share` times random values in −1 … 1, one a lattice point, smoothly joined. The points' values are
/// drawn once a frame: a pixel costs four of them and no chance of its own.
void addLattice(std::vector<double>& field, int height, int width, std::uint64_t seed, Vec2 shift,
                double pitch, double share) {
  const LatticeAxis rows = latticeAxis(height, shift.y, pitch);
  const LatticeAxis columns = latticeAxis(width, shift.x, pitch);
  const int points = columns.points();
  std::vector<double> values;
  for (int j = 0; j < rows.points(); ++j) {
    for (int i = 0; i < points; ++i)
      values.push_back(2 * unit(hashed(seed, columns.first + i, rows.first + j)) - 1);
  }
  std::size_t pixel = 0;
  for (std::size_t y = 0; y < rows.cell.size(); ++y) {
    for (std::size_t x = 0; x < columns.cell.size(); ++x, ++pixel) {
      const double* const corner = values.data() + rows.cell[y] * points + columns.cell[x];
      const double above = lerp(corner[0], corner[1], columns.across[x]);
      const double below = lerp(corner[points], corner[points + 1], columns.across[x]);
      field[pixel] += share * lerp(above, below, rows.across[y]);
    }
  }
}

void drawGrain(Canvas& canvas, const LabSpec& spec, std::uint64_t seed, Vec2 shift, double contrast) {
  const std::vector<double> field = grainField(canvas.height(), canvas.width(), spec.size, seed, shift);
  canvas.everywhere([&](int x, int y) {
    const double value = field[static_cast<std::size_t>(y) * static_cast<std::size_t>(canvas.width()) +
                               static_cast<std::size_t>(x)];
    canvas.set(x, y, swung(contrast * std::clamp(value, -1.0, 1.0)));
  });
}

}  // namespace

std::vector<double> grainField(int height, int width, double size, std::uint64_t seed, Vec2 shift) {
  std::vector<double> field(static_cast<std::size_t>(height) * static_cast<std::size_t>(width));
  const double pitch = std::max(size, 2.0);  // finer grains than pixels would be wasted
  addLattice(field, height, width, seed, shift, pitch, 1);
  addLattice(field, height, width, seed + 1, shift, pitch / 2, 0.5);
  return field;
}

void drawSlidingGrain(Canvas& canvas, const LabSpec& spec, double t) {
  drawGrain(canvas, spec, spec.seed, heading(spec.direction) * (spec.speed * t), spec.contrast);
}

void drawFlickeringGrain(Canvas& canvas, const LabSpec& spec, double t) {
  drawGrain(canvas, spec, spec.seed, {}, spec.contrast * (1 - 0.9 * swell(t / spec.period)));
}

void drawJumpingGrain(Canvas& canvas, const LabSpec& spec, double t) {
  const auto jumps = static_cast<std::int64_t>(std::floor(t / spec.period));
  drawGrain(canvas, spec, hashed(spec.seed, jumps, 13), {}, spec.contrast);
}

}  // namespace convscope::lab
