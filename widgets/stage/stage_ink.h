#pragma once

#include "widgets/look/look_theme.h"

#include <QFont>
#include <QHash>
#include <QImage>
#include <QPainter>
#include <QPolygonF>

#include <utility>
#include <vector>

namespace convscope {

/// What a label of the stage is for; tests and the fit read it.
enum class LabelKind { InputTitle, MapTitle, Value, Axis, Time, Corner, Legend, Kernel, State, Note };

struct StageLabel {
  LabelKind kind = LabelKind::Note;
  QString text;
  QRectF box;  ///< px of the stage
  bool lit = false;
};

/// Ready-painted labels with their halo: a halo is a stroked outline and costs a hundred times a blit.
class LabelStore {
 public:
  /// The label as a picture at `ratio` device pixels a px. Its text begins `margin` px inside.
  const QImage& picture(const QString& text, const QFont& font, const QColor& colour, const QColor& halo,
                        double haloWidth, double ratio);
  /// Room around the text for a halo of that width.
  [[nodiscard]] static double margin(double haloWidth) { return haloWidth + 2; }

 private:
  QHash<QString, QImage> m_pictures;
};

/// True where what is painted stays lines and letters (SVG, PDF): no part of it may become a picture first.
[[nodiscard]] bool paintsVectors(const QPainter& painter);
/// Pixels to draw a px with, at least 1, so that the painter's own pixels are met or more than met.
[[nodiscard]] double pixelRatioOf(const QPainter& painter);

/// A painter of the stage's own strokes: every line and label over a picture has a halo of the stage's
/// colour.
class StageInk {
 public:
  StageInk(QPainter& painter, const LookTheme& theme, LabelStore& store, double ratio)
      : m_painter(painter), m_theme(theme), m_store(store), m_ratio(ratio) {}

  [[nodiscard]] QPainter& painter() const { return m_painter; }

  /// Plain lines: frame outlines.
  void segments(const std::vector<QLineF>& lines, const QColor& colour, double width) const;
  /// Lines of the kernel over pictures. `dashed` ones are hidden edges: thinner by the caller.
  void haloLines(const std::vector<QLineF>& lines, const QColor& colour, double width,
                 bool dashed = false) const;
  /// Lines as dots, 1 on and 5 off in widths, each with a halo of its own so that what lies between stays
  /// seen.
  void dotted(const std::vector<QLineF>& lines, const QColor& colour, double width) const;
  void haloPolygon(const QPolygonF& polygon, const QColor& colour, double width, double halo) const;
  void fill(const QPolygonF& polygon, QColor colour, double opacity) const;
  /// 45° hatch inside a polygon; rising to the right like padding's, or falling.
  void hatch(const QPolygonF& polygon, const QColor& colour, double opacity = 1, bool falling = false) const;
  /// Shaft and head, `to` is the tip.
  void arrow(QPointF from, QPointF to, const QColor& colour, double width, double head, bool halo) const;
  /// Text with its box's corner at `at`: where in the box is said by `alignment` (Left/Right/HCenter |
  /// Top/Bottom/ VCenter). Returns the box.
  QRectF text(QPointF at, Qt::Alignment alignment, const QString& text, const QFont& font,
              const QColor& colour, bool halo) const;
  [[nodiscard]] static QRectF textBox(QPointF at, Qt::Alignment alignment, const QString& text,
                                      const QFont& font);

 private:
  QPainter& m_painter;
  const LookTheme& m_theme;
  LabelStore& m_store;
  double m_ratio;
};

/// Whether a line, as long as it is, runs through a box.
[[nodiscard]] bool crosses(const QLineF& line, const QRectF& box);
/// Whether a convex polygon and a box share an area, by separating axes: no path is made, so that it may be
/// asked of every frame in every picture.
[[nodiscard]] bool overlaps(const QPolygonF& convex, const QRectF& box);
/// What is left of a line where convex polygons cover it.
[[nodiscard]] std::vector<QLineF> uncovered(const QLineF& line, const std::vector<QPolygonF>& covers);

/// True if `at` lies inside a convex polygon or on its edge; either winding.
[[nodiscard]] bool insideConvex(const QPolygonF& polygon, QPointF at);

}  // namespace convscope
