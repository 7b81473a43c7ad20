#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

/// Arithmetic of the motion lab that gives the same bits on every machine: only operations that IEEE 754
/// rounds exactly
/// (+ − × ÷ √, floor). The C library's sin and cos are not among them: their last bit depends on the
/// processor.
namespace convscope::lab {

struct Vec2 {
  double x = 0;
  double y = 0;
};
inline Vec2 operator+(Vec2 a, Vec2 b) {
  return {a.x + b.x, a.y + b.y};
}
inline Vec2 operator-(Vec2 a, Vec2 b) {
  return {a.x - b.x, a.y - b.y};
}
inline Vec2 operator*(Vec2 a, double k) {
  return {a.x * k, a.y * k};
}
inline double dot(Vec2 a, Vec2 b) {
  return a.x * b.x + a.y * b.y;
}
inline double length(Vec2 a) {
  return std::sqrt(dot(a, a));
}

inline constexpr double kPi = 3.14159265358979323846;

/// sin(2π·turns), to 1e-11.
inline double sinTurns(double turns) {
  double x = turns - std::floor(turns);           // [0, 1)
  x = x < 0.25 ? x : x < 0.75 ? 0.5 - x : x - 1;  // [-1/4, 1/4], same sine
  const double a = 2 * kPi * x;
  const double s = a * a;
  double sum = 1 - s / (14 * 15);  // Taylor's series, by Horner's rule
  sum = 1 - s / (12 * 13) * sum;
  sum = 1 - s / (10 * 11) * sum;
  sum = 1 - s / (8 * 9) * sum;
  sum = 1 - s / (6 * 7) * sum;
  sum = 1 - s / (4 * 5) * sum;
  sum = 1 - s / (2 * 3) * sum;
  return a * sum;
}
inline double cosTurns(double turns) {
  return sinTurns(turns + 0.25);
}

/// The unit vector of a direction in degrees: 0 right, 90 down.
inline Vec2 heading(double degrees) {
  return {cosTurns(degrees / 360), sinTurns(degrees / 360)};
}

/// x − n·floor(x/n), in [0, n).
inline double wrapped(double x, double n) {
  return x - n * std::floor(x / n);
}
/// x brought into [low, high) by whole spans.
inline double wrapped(double x, double low, double high) {
  return low + wrapped(x - low, high - low);
}

inline double lerp(double a, double b, double share) {
  return a + (b - a) * share;
}
/// 0 below 0, 1 above 1, with level ends.
inline double smooth(double x) {
  const double c = std::clamp(x, 0.0, 1.0);
  return c * c * (3 - 2 * c);
}
/// A wave between 0 (at whole turns) and 1 (half-way between).
inline double swell(double turns) {
  return 0.5 - 0.5 * cosTurns(turns);
}

/// Steele, Lea, Flood (2014), "Fast splittable pseudorandom number generators": the finisher of SplitMix64.
inline std::uint64_t mixed(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}
/// Random bits that are a function of their place, so that any frame can be drawn without those before it.
inline std::uint64_t hashed(std::uint64_t seed, std::int64_t a, std::int64_t b = 0, std::int64_t c = 0) {
  std::uint64_t z = mixed(seed + 0x632BE59BD9B4E019ULL);
  z = mixed(z ^ static_cast<std::uint64_t>(a));
  z = mixed(z ^ static_cast<std::uint64_t>(b));
  return mixed(z ^ static_cast<std::uint64_t>(c));
}
/// [0, 1) from random bits.
inline double unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace convscope::lab
