#include "widgets/look/colour_lab.h"
#include "widgets/look/look_theme.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace convscope {

namespace {

// sRGB and CIE Lab for D65, IEC 61966-2-1 and CIE 15:2004.
constexpr double kWhite[3] = {0.95047, 1.0, 1.08883};
constexpr double kEpsilon = 216.0 / 24389.0;
constexpr double kKappa = 24389.0 / 27.0;

double toLinear(double channel) {
  return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double fromLinear(double channel) {
  const double clipped = std::clamp(channel, 0.0, 1.0);
  return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * std::pow(clipped, 1 / 2.4) - 0.055;
}

double labCurve(double ratio) {
  return ratio > kEpsilon ? std::cbrt(ratio) : (kKappa * ratio + 16) / 116;
}

double labCurveBack(double value) {
  const double cube = value * value * value;
  return cube > kEpsilon ? cube : (116 * value - 16) / kKappa;
}

}  // namespace

Lab labOf(const QColor& colour) {
  const double r = toLinear(colour.redF());
  const double g = toLinear(colour.greenF());
  const double b = toLinear(colour.blueF());
  const double fx = labCurve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / kWhite[0]);
  const double fy = labCurve((0.2126729 * r + 0.7151522 * g + 0.0721750 * b) / kWhite[1]);
  const double fz = labCurve((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / kWhite[2]);
  return {116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)};
}

QRgb rgbOf(const Lab& lab) {
  const double fy = (lab.l + 16) / 116;
  const double x = labCurveBack(fy + lab.a / 500) * kWhite[0];
  const double y = labCurveBack(fy) * kWhite[1];
  const double z = labCurveBack(fy - lab.b / 200) * kWhite[2];
  const double r = 3.2404542 * x - 1.5371385 * y - 0.4985314 * z;
  const double g = -0.9692660 * x + 1.8760108 * y + 0.0415560 * z;
  const double b = 0.0556434 * x - 0.2040259 * y + 1.0572252 * z;
  const auto byte = [](double linear) { return static_cast<int>(std::lround(255 * fromLinear(linear))); };
  return qRgb(byte(r), byte(g), byte(b));
}

ColourMap::ColourMap(std::string id, std::vector<std::pair<double, QColor>> points) : m_id(std::move(id)) {
  assert(points.size() >= 2);
  m_low = points.front().first;
  std::size_t next = 1;
  for (int i = 0; i < 256; ++i) {
    const double at = m_low + (1 - m_low) * i / 255.0;
    while (next + 1 < points.size() && at > points[next].first) ++next;
    const auto& [from, fromColour] = points[next - 1];
    const auto& [to, toColour] = points[next];
    const double share = std::clamp((at - from) / (to - from), 0.0, 1.0);
    const Lab a = labOf(fromColour);
    const Lab b = labOf(toColour);
    m_table[i] = rgbOf({a.l + share * (b.l - a.l), a.a + share * (b.a - a.a), a.b + share * (b.b - a.b)});
  }
}

void ColourMap::paint(const float* values, int count, int stride, double m, QRgb other, QRgb* colours) const {
  constexpr int kBlock = 256;
  constexpr int kOther = 256;
  constexpr float kMost = std::numeric_limits<float>::max();
  const auto range = static_cast<float>(m);
  const float low = m_low < 0 ? -range : 0;
  const float width = range - low;
  std::array<QRgb, kOther + 1> table;
  if (range > 0)
    std::copy(m_table.begin(), m_table.end(), table.begin());
  else
    table.fill(at(0, m));
  table[kOther] = other;
  std::array<float, kBlock> gathered;
  std::array<int, kBlock> places;
  for (int begin = 0; begin < count; begin += kBlock) {
    const int block = std::min(kBlock, count - begin);
    const float* from = values + static_cast<std::ptrdiff_t>(begin) * stride;
    if (stride != 1) {
      for (int i = 0; i < block; ++i) gathered[i] = from[static_cast<std::ptrdiff_t>(i) * stride];
      from = gathered.data();
    }
    // first the places, which the compiler does several at once, then the look-ups
    for (int i = 0; i < block; ++i) {
      const float share = (from[i] - low) / width;
      const float above = share > 0 ? share : 0;
      const int place = static_cast<int>((above < 1 ? above : 1) * 255 + .5F);
      places[i] = std::abs(from[i]) <= kMost ? place : kOther;
    }
    for (int i = 0; i < block; ++i) colours[begin + i] = table[static_cast<std::size_t>(places[i])];
  }
}

}  // namespace convscope
