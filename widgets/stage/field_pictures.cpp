#include "widgets/stage/field_pictures.h"

#include "engine/gradient/effective_field.h"
#include "widgets/look/clip_colour.h"
#include "widgets/state/kernel_view.h"
#include "widgets/state/stimulus_query.h"

#include <algorithm>
#include <cmath>

namespace convscope {

void FieldPictures::show(const FieldView& view, const LookTheme& theme) {
  if (view.effective != m_effective || &theme != m_theme) {
    m_effective = view.effective;
    m_clouds.clear();
    m_densest = m_effective ? double{rangeOf(m_effective->absolute).high} : 0;
  }
  if (view.holder == m_holder && &theme == m_theme && view.stimulus == m_stimulus) return;
  m_stimulus = view.stimulus;
  m_holder = view.holder;
  m_theme = &theme;
  m_frames.clear();
  m_liveliest.clear();
}

const FieldPictures::Liveliest& FieldPictures::liveliestOf(const Tensor& maps, int row) {
  const auto known = m_liveliest.constFind(row);
  if (known != m_liveliest.constEnd()) return *known;
  Liveliest liveliest;
  double most = -1;
  const Shape& shape = maps.shape();
  const auto inside = [](int extent) { return extent > 2 ? std::pair(1, extent - 1) : std::pair(0, extent); };
  const auto [firstT, endT] = inside(shape.length);
  const auto [firstY, endY] = inside(shape.height);
  const auto [firstX, endX] = inside(shape.width);
  for (int c = 0; c < shape.channels; ++c) {
    double sum = 0, squares = 0, high = 0, count = 0;
    for (int t = firstT; t < endT; ++t) {
      for (int y = firstY; y < endY; ++y) {
        for (int x = firstX; x < endX; ++x) {
          const double value = double{maps.at(t, y, x, c)};
          sum += value;
          squares += value * value;
          high = std::max(high, value);
          ++count;
        }
      }
    }
    // variance on the scale that it is drawn on: little of an even map, and of one with a single bright place
    const double mean = sum / count;
    const double spread = high > 0 ? (squares / count - mean * mean) / (high * high) : 0;
    if (spread <= most) continue;
    most = spread;
    liveliest = {c, high};
  }
  return *m_liveliest.insert(row, liveliest);
}

const QImage& FieldPictures::frame(const FieldView& view, const LookTheme& theme, int level, int t) {
  const FieldLevel& shown = view.levels[static_cast<std::size_t>(level)];
  const auto known = m_frames.constFind({shown.row, t});
  if (known != m_frames.constEnd()) return *known;
  const bool inPlace = shown.row < 0 && view.stimulus != nullptr;
  const Tensor& maps = inPlace ? view.stimulus->pixels : view.mapsOf(shown);
  const Shape& shape = maps.shape();
  QImage image(shape.width, shape.height, QImage::Format_RGB32);
  const bool clip = shown.row < 0;
  const ValueRange range = clip ? displayRange(*view.result->clip) : ValueRange{};
  const Liveliest liveliest = clip ? Liveliest{} : liveliestOf(maps, shown.row);
  for (int y = 0; y < shape.height; ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < shape.width; ++x) {
      line[x] = clip ? clipColour(maps, range, t, y, x)
                     : theme.actUnsigned.at(maps.at(t, y, x, liveliest.channel), liveliest.value);
    }
  }
  return *m_frames.insert({shown.row, t}, image);
}

const QImage& FieldPictures::cloud(const FieldView& view, const LookTheme& theme, int t) {
  const auto known = m_clouds.constFind(t);
  if (known != m_clouds.constEnd()) return *known;
  const Tensor& volume = view.effective->absolute;
  const Shape& shape = volume.shape();
  QImage image(shape.width, shape.height, QImage::Format_ARGB32);
  const float* value = volume.frame(t, 0);
  for (int y = 0; y < shape.height; ++y) {
    auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < shape.width; ++x, ++value) {
      // The root keeps the thin rim in sight, which the colour alone would lose on a light clip.
      const double share = m_densest > 0 ? double{*value} / m_densest : 0;
      const QRgb colour = theme.fieldEffective.at(*value, m_densest);
      line[x] = qRgba(qRed(colour), qGreen(colour), qBlue(colour), qRound(255 * std::sqrt(share)));
    }
  }
  return *m_clouds.insert(t, image);
}

}  // namespace convscope
