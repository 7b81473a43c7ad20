#include "widgets/state/network_pictures.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr float kMostOver = .9F;  ///< opacity of the strongest cell over a frame: the frame stays to be seen

/// Unit whose field has its middle nearest to each position of the clip; −1: none that near.
std::vector<int> nearestUnits(const AxisField& field, bool lost, int units, int extent) {
  std::vector<int> nearest;
  for (int at = 0; at < extent; ++at) {
    const double place = lost || !(field.jump > 0) ? 0 : (at - field.centre) / field.jump;
    const auto unit = static_cast<int>(std::floor(place + .5));
    nearest.push_back(unit < 0 || unit >= units ? -1 : unit);
  }
  return nearest;
}

QRgb withAlpha(QRgb colour, float alpha) {
  return qRgba(qRed(colour), qGreen(colour), qBlue(colour), static_cast<int>(255 * alpha + .5F));
}

/// Values on a scale from −range or 0 to range.
class ScaledColours {
 public:
  ScaledColours(double range, bool isUnsigned, const ColourScale& scale)
      : m_scale(scale),
        m_low(isUnsigned ? 0 : -static_cast<float>(range)),
        m_factor(255 / (static_cast<float>(range) - m_low)) {}

  [[nodiscard]] QRgb of(float value) const {
    const float at = value == value ? std::clamp((value - m_low) * m_factor, 0.0F, 255.0F) : 127.0F;
    return m_scale[static_cast<std::size_t>(at + 0.5F)];
  }

 private:
  const ColourScale& m_scale;
  float m_low;
  float m_factor;
};

template <class Colour>
QImage painted(int width, int height, const Colour& colour) {
  QImage image(width, height, QImage::Format_RGB32);
  for (int y = 0; y < height; ++y) {
    auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < width; ++x) line[x] = colour(x, y);
  }
  return image;
}

}  // namespace

Pictures pixelPictures(const Tensor& pixels, const ValueRange& range) {
  Pictures pictures;
  const Shape& shape = pixels.shape();
  const float scale = 255 / (range.high - range.low);
  const auto byteOf = [&](float value) {
    return static_cast<int>(std::lround(std::clamp((value - range.low) * scale, 0.0F, 255.0F)));
  };
  const int last = shape.channels - 1;
  for (int t = 0; t < shape.length; ++t) {
    QImage image(shape.width, shape.height, QImage::Format_RGB32);
    for (int y = 0; y < shape.height; ++y) {
      auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
      for (int x = 0; x < shape.width; ++x) {
        line[x] = qRgb(byteOf(pixels.at(t, y, x, 0)), byteOf(pixels.at(t, y, x, std::min(1, last))),
                       byteOf(pixels.at(t, y, x, last)));
      }
    }
    pictures.push_back(std::move(image));
  }
  return pictures;
}

QImage mapPicture(const Tensor& maps, int channel, int t, double range, bool isUnsigned,
                  const ColourScale& scale) {
  const ScaledColours colours(range, isUnsigned, scale);
  return painted(maps.shape().width, maps.shape().height,
                 [&](int x, int y) { return colours.of(maps.at(t, y, x, channel)); });
}

QImage rowPicture(const Tensor& maps, int channel, int row, double range, bool isUnsigned,
                  const ColourScale& scale) {
  const ScaledColours colours(range, isUnsigned, scale);
  return painted(maps.shape().width, maps.shape().length,
                 [&](int x, int t) { return colours.of(maps.at(t, row, x, channel)); });
}

QImage columnPicture(const Tensor& maps, int channel, int column, double range, bool isUnsigned,
                     const ColourScale& scale) {
  const ScaledColours colours(range, isUnsigned, scale);
  return painted(maps.shape().length, maps.shape().height,
                 [&](int t, int y) { return colours.of(maps.at(t, y, column, channel)); });
}

Pictures heatPictures(const Tensor& heat, double end, const ColourScale& scale) {
  Pictures pictures;
  const Shape& shape = heat.shape();
  const auto factor = static_cast<float>(1 / end);
  const float* from = heat.data();
  for (int t = 0; t < shape.length; ++t) {
    QImage image(shape.width, shape.height, QImage::Format_ARGB32);
    for (int y = 0; y < shape.height; ++y) {
      auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
      for (int x = 0; x < shape.width; ++x) {
        const float share = std::clamp(*from++ * factor, 0.0F, 1.0F);
        line[x] = withAlpha(scale[static_cast<std::size_t>(255 * share + .5F)], std::sqrt(share));
      }
    }
    pictures.push_back(std::move(image));
  }
  return pictures;
}

Pictures mapOverPictures(const MapOver& over, const Shape& clip, const ColourScale& scale) {
  const Shape& shape = over.maps.shape();
  std::array<std::vector<int>, 3> unit;
  for (const Axis axis : kAxes) {
    const auto a = static_cast<std::size_t>(axis);
    unit[a] = nearestUnits(over.field[a], over.lost[a], shape.along(axis), clip.along(axis));
  }
  const auto end = static_cast<float>(over.range);
  const float low = over.isUnsigned ? 0 : -end;
  Pictures pictures;
  for (const int t : unit[0]) {
    QImage image(clip.width, clip.height, QImage::Format_ARGB32);
    image.fill(Qt::transparent);
    for (int y = 0; t >= 0 && y < clip.height; ++y) {
      const int row = unit[1][static_cast<std::size_t>(y)];
      if (row < 0) continue;
      auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
      for (int x = 0; x < clip.width; ++x) {
        const int column = unit[2][static_cast<std::size_t>(x)];
        if (column < 0) continue;
        const float value = over.maps.at(t, row, column, over.channel);
        if (!(value == value)) continue;
        const float at = std::clamp((value - low) / (end - low), 0.0F, 1.0F);
        const float share = std::clamp(std::abs(value) / end, 0.0F, 1.0F);
        line[x] = withAlpha(scale[static_cast<std::size_t>(255 * at + .5F)], kMostOver * std::sqrt(share));
      }
    }
    pictures.push_back(std::move(image));
  }
  return pictures;
}

}  // namespace convscope
