#pragma once

#include "widgets/look/look_theme.h"
#include "widgets/state/compare_view.h"

#include <QImage>
#include <QPainter>
#include <QRectF>

#include <array>
#include <optional>

namespace convscope {

/// A place on a map frame: row and column of a cell.
struct MapPlace {
  int y = 0;
  int x = 0;
  bool operator==(const MapPlace&) const = default;
};

/// Where the maps of a comparison are drawn in a column: all at one scale, so that what lies at one place of
/// the clip lies at one place of every column. A plain value.
class MapPlate {
 public:
  MapPlate() = default;
  /// Cells of `rows` × `columns` whose places on the clip are those of `fields` (t, y, x), where `bounds`,
  /// the rectangle on the clip (in pixels) that all maps together fill, is fitted into `area`.
  MapPlate(const std::array<AxisField, 3>& fields, int rows, int columns, const QRectF& bounds,
           const QRectF& area);

  /// The part of the clip that a map covers, px of the clip: a cell reaches half a step from its middle.
  [[nodiscard]] static QRectF coverOf(const std::array<AxisField, 3>& fields, int rows, int columns);

  [[nodiscard]] const QRectF& rect() const { return m_rect; }
  [[nodiscard]] QRectF cell(const MapPlace& place) const;
  [[nodiscard]] std::optional<MapPlace> at(const QPointF& px) const;

 private:
  QRectF m_rect;
  int m_rows = 0;
  int m_columns = 0;
};

/// The rectangle on the clip that the maps of all columns together fill; empty without results.
[[nodiscard]] QRectF boundsOf(const CompareView& view);

/// One map frame as a picture, one pixel a cell.
[[nodiscard]] QImage mapPicture(const Tensor& maps, int channel, int t, const ColourMap& colours,
                                double range);

/// The scale of a map's colours with numbers at both ends and 0, as wide as `bar`.
void paintScale(QPainter& painter, const QRectF& bar, const ColourMap& colours, double range,
                const LookTheme& theme);

}  // namespace convscope
