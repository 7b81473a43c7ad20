#pragma once

#include <QColor>

#include <array>
#include <cmath>
#include <numbers>

#include "widgets/look/colour_lab.h"

/// Measures of colour for the tests: contrast after WCAG 2, colour vision after Machado, Oliveira and
/// Fernandes 2009 at full severity, distance after CIEDE2000 (Sharma, Wu and Dalal 2005).
namespace colour_checks {

inline double linear(double channel) {
  return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}
inline double encoded(double channel) {
  const double clipped = std::min(1.0, std::max(0.0, channel));
  return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * std::pow(clipped, 1 / 2.4) - 0.055;
}

inline double luminance(const QColor& colour) {
  return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}
inline double contrast(const QColor& a, const QColor& b) {
  const double la = luminance(a);
  const double lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

struct Vision {
  const char* name;
  std::array<double, 9> matrix;  ///< rows R, G, B on linear RGB
};
inline constexpr std::array<Vision, 4> kVisions{{
    {"normal", {1, 0, 0, 0, 1, 0, 0, 0, 1}},
    {"protanopia",
     {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998}},
    {"deuteranopia",
     {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881}},
    {"tritanopia",
     {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900}},
}};
inline QColor seen(const QColor& colour, const Vision& vision) {
  const double in[3] = {linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())};
  double out[3];
  for (int row = 0; row < 3; ++row) {
    out[row] = 0;
    for (int k = 0; k < 3; ++k) out[row] += vision.matrix[3 * row + k] * in[k];
  }
  return QColor::fromRgbF(static_cast<float>(encoded(out[0])), static_cast<float>(encoded(out[1])),
                          static_cast<float>(encoded(out[2])));
}

inline double distance(const QColor& first, const QColor& second) {
  using std::numbers::pi;
  const convscope::Lab one = convscope::labOf(first);
  const convscope::Lab two = convscope::labOf(second);
  const auto seventh = [](double c) {
    return std::sqrt(std::pow(c, 7) / (std::pow(c, 7) + std::pow(25.0, 7)));
  };
  const double g = 0.5 * (1 - seventh((std::hypot(one.a, one.b) + std::hypot(two.a, two.b)) / 2));
  const double a1 = one.a * (1 + g);
  const double a2 = two.a * (1 + g);
  const double c1 = std::hypot(a1, one.b);
  const double c2 = std::hypot(a2, two.b);
  const auto hue = [](double a, double b) {
    return a == 0 && b == 0 ? 0.0 : std::fmod(std::atan2(b, a) * 180 / pi + 360, 360);
  };
  const double h1 = hue(a1, one.b);
  const double h2 = hue(a2, two.b);
  double dh = h2 - h1;
  if (c1 * c2 == 0)
    dh = 0;
  else if (dh > 180)
    dh -= 360;
  else if (dh < -180)
    dh += 360;
  double mean = h1 + h2;
  if (c1 * c2 != 0) {
    mean = std::abs(h1 - h2) <= 180 ? mean / 2 : mean < 360 ? (mean + 360) / 2 : (mean - 360) / 2;
  }
  const auto cosine = [](double degrees) { return std::cos(degrees * pi / 180); };
  const double t = 1 - 0.17 * cosine(mean - 30) + 0.24 * cosine(2 * mean) + 0.32 * cosine(3 * mean + 6) -
                   0.20 * cosine(4 * mean - 63);
  const double l = (one.l + two.l) / 2 - 50;
  const double c = (c1 + c2) / 2;
  const double dl = (two.l - one.l) / (1 + 0.015 * l * l / std::sqrt(20 + l * l));
  const double dc = (c2 - c1) / (1 + 0.045 * c);
  const double dH = 2 * std::sqrt(c1 * c2) * std::sin(dh * pi / 360) / (1 + 0.015 * c * t);
  const double turn = 60 * std::exp(-std::pow((mean - 275) / 25, 2));
  const double r = -2 * seventh(c) * std::sin(turn * pi / 180);
  return std::sqrt(dl * dl + dc * dc + dH * dH + r * dc * dH);
}

}  // namespace colour_checks
