#include "widgets/compare/map_plate.h"

#include "widgets/panels/text_runs.h"
#include "widgets/stage/stage_legend.h"

#include <algorithm>
#include <cmath>

namespace convscope {

MapPlate::MapPlate(const std::array<AxisField, 3>& fields, int rows, int columns, const QRectF& bounds,
                   const QRectF& area)
    : m_rows(rows), m_columns(columns) {
  if (bounds.isEmpty() || area.isEmpty()) return;
  const double scale = std::min(area.width() / bounds.width(), area.height() / bounds.height());
  const QRectF own = coverOf(fields, rows, columns);
  const QPointF origin(area.center().x() - scale * bounds.width() / 2,
                       area.center().y() - scale * bounds.height() / 2);
  m_rect = QRectF(origin + scale * (own.topLeft() - bounds.topLeft()), scale * own.size());
}

QRectF MapPlate::coverOf(const std::array<AxisField, 3>& fields, int rows, int columns) {
  const AxisField& y = fields[1];
  const AxisField& x = fields[2];
  return {x.centre + .5 - x.jump / 2, y.centre + .5 - y.jump / 2, columns * x.jump, rows * y.jump};
}

QRectF MapPlate::cell(const MapPlace& place) const {
  const double width = m_rect.width() / std::max(1, m_columns);
  const double height = m_rect.height() / std::max(1, m_rows);
  return {m_rect.left() + place.x * width, m_rect.top() + place.y * height, width, height};
}

std::optional<MapPlace> MapPlate::at(const QPointF& px) const {
  if (!m_rect.contains(px) || m_rows < 1 || m_columns < 1) return std::nullopt;
  const auto index = [](double share, int count) {
    return std::clamp(static_cast<int>(share * count), 0, count - 1);
  };
  return MapPlace{index((px.y() - m_rect.top()) / m_rect.height(), m_rows),
                  index((px.x() - m_rect.left()) / m_rect.width(), m_columns)};
}

QRectF boundsOf(const CompareView& view) {
  QRectF bounds;
  for (const CompareColumn& column : view.columns) {
    if (!column.result) continue;
    const Shape& shape = column.result->maps.shape();
    bounds |= MapPlate::coverOf(column.result->field, shape.height, shape.width);
  }
  return bounds;
}

QImage mapPicture(const Tensor& maps, int channel, int t, const ColourMap& colours, double range) {
  const Shape& shape = maps.shape();
  QImage image(shape.width, shape.height, QImage::Format_RGB32);
  const float* from = maps.frame(t, channel);
  for (int y = 0; y < shape.height; ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < shape.width; ++x) line[x] = colours.at(*from++, range);
  }
  return image;
}

void paintScale(QPainter& painter, const QRectF& bar, const ColourMap& colours, double range,
                const LookTheme& theme) {
  QImage strip(256, 1, QImage::Format_RGB32);
  for (int i = 0; i < 256; ++i) strip.setPixel(i, 0, colours.table()[static_cast<std::size_t>(i)]);
  painter.drawImage(bar, strip);
  painter.setPen(QPen(theme.line2, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(bar);
  const double y = bar.bottom() + theme.caption * .85 + 2;
  const int decimals = rangeDecimals(range);
  const auto number = [&](double value) {
    return TextRun{signedText(value, decimals), theme.muted, false, theme.caption};
  };
  const TextRun zero{QStringLiteral("0"), theme.muted, false, theme.caption};
  drawRun(painter, {bar.left(), y}, Anchor::Left, colours.isSigned() ? number(-range) : zero, theme);
  if (colours.isSigned()) drawRun(painter, {bar.center().x(), y}, Anchor::Centre, zero, theme);
  drawRun(painter, {bar.right(), y}, Anchor::Right, number(range), theme);
}

}  // namespace convscope
