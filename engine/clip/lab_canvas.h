#pragma once

#include "engine/clip/clip_spec.h"
#include "engine/clip/lab_math.h"

#include <functional>

namespace convscope::lab {

/// A colour in [0, 1]³.
struct Rgb {
  float r = 0;
  float g = 0;
  float b = 0;
};
[[nodiscard]] inline Rgb mix(const Rgb& a, const Rgb& b, double share) {
  const auto s = static_cast<float>(share);
  return {a.r + (b.r - a.r) * s, a.g + (b.g - a.g) * s, a.b + (b.b - a.b) * s};
}
[[nodiscard]] inline Rgb scaled(const Rgb& a, double by) {
  const auto s = static_cast<float>(by);
  return {a.r * s, a.g * s, a.b * s};
}

/// The lab's colours: warm things on cool ground, readable in grey too.
namespace palette {
inline constexpr Rgb kGround{.745F, .825F, .850F};  ///< pale blue-grey
inline constexpr Rgb kGroundDeep{.545F, .665F, .715F};
inline constexpr Rgb kRed{.835F, .205F, .165F};
inline constexpr Rgb kAmber{.940F, .640F, .190F};
inline constexpr Rgb kBlue{.115F, .330F, .470F};
inline constexpr Rgb kTeal{.150F, .510F, .510F};
/// Textures swing around this colour, by ± kSwing: warm crest, cool trough, a straight line between them.
inline constexpr Rgb kMiddle{.560F, .535F, .525F};
inline constexpr Rgb kSwing{.360F, .215F, -.005F};
}  // namespace palette

/// kMiddle + value·kSwing, value in [-1, 1].
[[nodiscard]] inline Rgb swung(double value) {
  const auto v = static_cast<float>(value);
  return {palette::kMiddle.r + v * palette::kSwing.r, palette::kMiddle.g + v * palette::kSwing.g,
          palette::kMiddle.b + v * palette::kSwing.b};
}

/// One frame to draw on: float RGB, interleaved, rows of x. The centre of pixel (x, y) has the coordinates
/// (x, y), so the frame covers [−½, W − ½] × [−½, H − ½].
class Canvas {
 public:
  Canvas(float* pixels, int height, int width) : m_pixels(pixels), m_height(height), m_width(width) {}
  [[nodiscard]] int height() const { return m_height; }
  [[nodiscard]] int width() const { return m_width; }
  [[nodiscard]] Vec2 centre() const { return {(m_width - 1) / 2.0, (m_height - 1) / 2.0}; }
  [[nodiscard]] float* pixels() { return m_pixels; }

  void set(int x, int y, const Rgb& colour) {
    float* to = at(x, y);
    to[0] = colour.r;
    to[1] = colour.g;
    to[2] = colour.b;
  }
  void blend(int x, int y, const Rgb& colour, double alpha) {
    float* to = at(x, y);
    const auto a = static_cast<float>(alpha);
    to[0] += (colour.r - to[0]) * a;
    to[1] += (colour.g - to[1]) * a;
    to[2] += (colour.b - to[2]) * a;
  }
  /// Calls paint(x, y) for the pixels whose centres lie in the rectangle, as far as it is on the canvas.
  template <class Paint>
  void within(Vec2 low, Vec2 high, const Paint& paint) {
    const int top = clamped(low.y, m_height);
    const int left = clamped(low.x, m_width);
    const int bottom = clamped(high.y + 1, m_height);
    const int right = clamped(high.x + 1, m_width);
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) paint(x, y);
    }
  }
  template <class Paint>
  void everywhere(const Paint& paint) {
    for (int y = 0; y < m_height; ++y) {
      for (int x = 0; x < m_width; ++x) paint(x, y);
    }
  }

 private:
  [[nodiscard]] float* at(int x, int y) {
    return m_pixels + (static_cast<std::ptrdiff_t>(y) * m_width + x) * 3;
  }
  /// Smallest whole number not below `value`, held in [0, extent].
  static int clamped(double value, int extent) {
    return static_cast<int>(std::clamp(std::ceil(value), 0.0, static_cast<double>(extent)));
  }
  float* m_pixels;
  int m_height;
  int m_width;
};

/// Share of a pixel that a shape covers whose edge is `distance` pixels away (negative inside): a ramp one
/// pixel wide.
[[nodiscard]] inline double coverage(double distance) {
  return std::clamp(0.5 - distance, 0.0, 1.0);
}

/// The background's colour at a place of an endless plane, for spec.texture. Deterministic in (spec, place).
/// `ground` and `deep` are the two colours that it moves between.
[[nodiscard]] Rgb textureAt(const LabSpec& spec, Vec2 place, const Rgb& ground = palette::kGround,
                            const Rgb& deep = palette::kGroundDeep);

/// Fills the canvas with the texture, shifted by `shift` pixels.
void drawTexture(Canvas& canvas, const LabSpec& spec, Vec2 shift = {});

/// A ball of `radius` around `centre`, lit from the upper left; `strength` in [0, 1] is its opacity.
void drawBall(Canvas& canvas, Vec2 centre, double radius, const Rgb& colour, double strength);

/// Adds Gaussian-like camera noise (a sum of four uniform values) of standard deviation spec.noise and keeps
/// the values in [0, 1]. A function of (spec.seed, t, place) alone.
void addNoise(Canvas& canvas, const LabSpec& spec, int t);

}  // namespace convscope::lab
