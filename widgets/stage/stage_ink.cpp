#include "widgets/stage/stage_ink.h"

#include <QFontMetricsF>
#include <QHash>
#include <QPaintEngine>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace convscope {

namespace {

constexpr double kSoftHalo = .55;  // opacity of the halo under thin lines: dark enough to part, not to smear
constexpr int kMostLabels = 600;   // pictures kept; a clip's worth of titles and values

double cross(QPointF a, QPointF b) {
  return a.x() * b.y() - a.y() * b.x();
}

/// The part [first, last] of `line` inside a convex polygon; first > last where there is none.
std::pair<double, double> insidePart(const QLineF& line, const QPolygonF& polygon) {
  double first = 0, last = 1;
  double area = 0;
  for (int i = 0; i < polygon.size(); ++i) area += cross(polygon[i], polygon[(i + 1) % polygon.size()]);
  const double turn = area >= 0 ? 1 : -1;
  const QPointF along = line.p2() - line.p1();
  for (int i = 0; i < polygon.size(); ++i) {
    const QPointF edge = polygon[(i + 1) % polygon.size()] - polygon[i];
    const double from = turn * cross(edge, line.p1() - polygon[i]);
    const double slope = turn * cross(edge, along);
    if (std::abs(slope) < 1e-12) {
      if (from < 0) return {1, 0};
      continue;
    }
    const double at = -from / slope;
    if (slope > 0)
      first = std::max(first, at);
    else
      last = std::min(last, at);
  }
  return {first, last};
}

QPen pen(const QColor& colour, double width, Qt::PenCapStyle cap = Qt::RoundCap) {
  return {colour, width, Qt::SolidLine, cap, Qt::RoundJoin};
}

QColor faded(QColor colour, double opacity) {
  colour.setAlphaF(static_cast<float>(colour.alphaF() * opacity));
  return colour;
}

}  // namespace

bool crosses(const QLineF& line, const QRectF& box) {
  if (box.contains(line.p1()) || box.contains(line.p2())) return true;
  const QPointF corners[] = {box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft()};
  for (int i = 0; i < 4; ++i) {
    const QLineF edge(corners[i], corners[(i + 1) % 4]);
    if (line.intersects(edge) == QLineF::BoundedIntersection) return true;
  }
  return false;
}

bool overlaps(const QPolygonF& convex, const QRectF& box) {
  if (!convex.boundingRect().intersects(box)) return false;
  const QPointF corners[] = {box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft()};
  // an edge of the polygon that has all of it on one side and the box on the other parts them
  for (int i = 0; i < convex.size(); ++i) {
    const QPointF from = convex[i], along = convex[(i + 1) % convex.size()] - from;
    const auto side = [&](const QPointF& at) {
      return along.x() * (at - from).y() - along.y() * (at - from).x();
    };
    double most = 0;
    for (const QPointF& corner : convex) {
      if (std::abs(side(corner)) > std::abs(most)) most = side(corner);
    }
    if (std::ranges::all_of(corners, [&](const QPointF& corner) { return side(corner) * most <= 0; }))
      return false;
  }
  return true;
}

bool paintsVectors(const QPainter& painter) {
  const auto* engine = painter.paintEngine();
  return engine != nullptr && (engine->type() == QPaintEngine::SVG || engine->type() == QPaintEngine::Pdf);
}

double pixelRatioOf(const QPainter& painter) {
  // a picture smaller than the widget is drawn as on screen and made smaller: no image takes a ratio below 1
  return std::max(1.0, std::abs(painter.deviceTransform().m11()));
}

const QImage& LabelStore::picture(const QString& text, const QFont& font, const QColor& colour,
                                  const QColor& halo, double haloWidth, double ratio) {
  const QString key = QStringLiteral("%1\n%2\n%3\n%4\n%5\n%6")
                          .arg(text, font.key(), colour.name(), halo.name())
                          .arg(haloWidth)
                          .arg(ratio);
  if (const auto found = m_pictures.constFind(key); found != m_pictures.constEnd()) return *found;
  if (m_pictures.size() > kMostLabels) m_pictures.clear();
  const QFontMetricsF metrics(font);
  const double space = margin(haloWidth);
  const QSizeF size(metrics.horizontalAdvance(text) + 2 * space, metrics.height() + 2 * space);
  QImage image((size * ratio).toSize() + QSize(1, 1), QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(ratio);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  const QPointF base(space, space + metrics.ascent());
  if (haloWidth > 0) {
    QPainterPath outline;
    outline.addText(base, font, text);
    painter.strokePath(outline, pen(halo, haloWidth));
  }
  painter.setFont(font);
  painter.setPen(colour);
  painter.drawText(base, text);
  painter.end();
  return *m_pictures.insert(key, image);
}

void StageInk::segments(const std::vector<QLineF>& lines, const QColor& colour, double width) const {
  QPen ink = pen(colour, width, width > 1.5 ? Qt::RoundCap : Qt::FlatCap);
  ink.setCosmetic(width <= 1);  // Qt draws hairlines directly then, without filling a path for each
  m_painter.setPen(ink);
  m_painter.drawLines(lines.data(), static_cast<int>(lines.size()));
}

void StageInk::haloLines(const std::vector<QLineF>& lines, const QColor& colour, double width,
                         bool dashed) const {
  const auto count = static_cast<int>(lines.size());
  m_painter.setPen(pen(faded(m_theme.halo, kSoftHalo), width + m_theme.haloWidth / 2));
  m_painter.drawLines(lines.data(), count);
  QPen ink = pen(colour, width, dashed ? Qt::FlatCap : Qt::RoundCap);
  if (dashed) ink.setDashPattern({4, 3.2});
  m_painter.setPen(ink);
  m_painter.drawLines(lines.data(), count);
}

void StageInk::dotted(const std::vector<QLineF>& lines, const QColor& colour, double width) const {
  QPolygonF dots;
  for (const QLineF& line : lines) {
    const double step = 6 * width;
    for (double along = 0; along <= line.length(); along += step)
      dots << line.pointAt(along / std::max(1e-6, line.length()));
  }
  m_painter.setPen(pen(faded(m_theme.halo, kSoftHalo), width + m_theme.haloWidth / 2));
  m_painter.drawPoints(dots);
  m_painter.setPen(pen(colour, width + 1));
  m_painter.drawPoints(dots);
}

void StageInk::haloPolygon(const QPolygonF& polygon, const QColor& colour, double width, double halo) const {
  m_painter.setBrush(Qt::NoBrush);
  m_painter.setPen(pen(m_theme.halo, width + halo));
  m_painter.drawPolygon(polygon);
  QPen ink = pen(colour, width);
  ink.setJoinStyle(Qt::MiterJoin);
  m_painter.setPen(ink);
  m_painter.drawPolygon(polygon);
}

void StageInk::fill(const QPolygonF& polygon, QColor colour, double opacity) const {
  m_painter.setPen(Qt::NoPen);
  m_painter.setBrush(faded(std::move(colour), opacity));
  m_painter.drawPolygon(polygon);
  m_painter.setBrush(Qt::NoBrush);
}

void StageInk::hatch(const QPolygonF& polygon, const QColor& colour, double opacity, bool falling) const {
  const QRectF box = polygon.boundingRect();
  const double step = m_theme.hatchPitch * std::numbers::sqrt2;
  std::vector<QLineF> lines;
  // lines of x + y or x − y = constant, on one grid for the whole stage so that neighbours join
  const double top = falling ? -box.bottom() : box.top(), bottom = falling ? -box.top() : box.bottom();
  const double first = std::floor((box.left() + top) / step) * step;
  for (double sum = first; sum < box.right() + bottom; sum += step) {
    const double way = falling ? -1 : 1;
    const QLineF line(sum - bottom, way * bottom, sum - top, way * top);
    const auto [from, to] = insidePart(line, polygon);
    if (from < to) lines.emplace_back(line.pointAt(from), line.pointAt(to));
  }
  m_painter.setPen(pen(faded(colour, opacity), m_theme.hatchWidth, Qt::FlatCap));
  m_painter.drawLines(lines.data(), static_cast<int>(lines.size()));
}

void StageInk::arrow(QPointF from, QPointF to, const QColor& colour, double width, double head,
                     bool halo) const {
  const QLineF shaft(from, to);
  if (shaft.length() < 1) return;
  const QPointF along = (to - from) / shaft.length();
  const QPointF aside(-along.y(), along.x());
  const QPointF neck = to - along * std::min(head, shaft.length());
  const QPolygonF tip({to, neck + aside * head * .46, neck - aside * head * .46});
  if (halo) {
    m_painter.setPen(pen(m_theme.halo, width + m_theme.haloWidth));
    m_painter.drawLine(from, neck);
    m_painter.setPen(pen(m_theme.halo, m_theme.haloWidth));
    m_painter.setBrush(m_theme.halo);
    m_painter.drawPolygon(tip);
  }
  m_painter.setPen(pen(colour, width, Qt::FlatCap));
  m_painter.drawLine(from, neck + along);
  m_painter.setPen(Qt::NoPen);
  m_painter.setBrush(colour);
  m_painter.drawPolygon(tip);
  m_painter.setBrush(Qt::NoBrush);
}

QRectF StageInk::textBox(QPointF at, Qt::Alignment alignment, const QString& text, const QFont& font) {
  // measured at every picture, many times a second: shaping the same titles anew would cost more than drawing
  static QHash<QPair<QFont, QString>, QSizeF> known;
  if (known.size() > kMostLabels) known.clear();
  auto size = known.constFind({font, text});
  if (size == known.constEnd()) {
    const QFontMetricsF metrics(font);
    size = known.insert({font, text}, QSizeF(metrics.horizontalAdvance(text), metrics.height()));
  }
  QRectF box(at, *size);
  if (alignment & Qt::AlignRight) box.moveRight(at.x());
  if (alignment & Qt::AlignHCenter) box.moveLeft(at.x() - box.width() / 2);
  if (alignment & Qt::AlignBottom) box.moveBottom(at.y());
  if (alignment & Qt::AlignVCenter) box.moveTop(at.y() - box.height() / 2);
  return box;
}

QRectF StageInk::text(QPointF at, Qt::Alignment alignment, const QString& text, const QFont& font,
                      const QColor& colour, bool halo) const {
  const QRectF box = textBox(at, alignment, text, font);
  const double width = halo ? m_theme.haloWidth : 0;
  if (paintsVectors(m_painter)) {
    const QPointF base = box.topLeft() + QPointF(0, QFontMetricsF(font).ascent());
    // a file holds the letters alone, not what the font makes of them
    const QString letters = font.capitalization() == QFont::AllUppercase ? text.toUpper() : text;
    if (halo) {
      QPainterPath outline;
      outline.addText(base, font, letters);
      m_painter.strokePath(outline, pen(m_theme.halo, width));
    }
    m_painter.setFont(font);
    m_painter.setPen(colour);
    m_painter.drawText(base, letters);
    return box;
  }
  const QImage& picture = m_store.picture(text, font, colour, m_theme.halo, width, m_ratio);
  const QPointF corner = box.topLeft() - QPointF(LabelStore::margin(width), LabelStore::margin(width));
  // whole device pixels: a shifted blit would blur the letters
  m_painter.drawImage(
      QPointF(std::round(corner.x() * m_ratio) / m_ratio, std::round(corner.y() * m_ratio) / m_ratio),
      picture);
  return box;
}

std::vector<QLineF> uncovered(const QLineF& line, const std::vector<QPolygonF>& covers) {
  std::vector<std::pair<double, double>> parts{{0, 1}};
  for (const QPolygonF& cover : covers) {
    const auto [from, to] = insidePart(line, cover);
    if (from >= to) continue;
    std::vector<std::pair<double, double>> left;
    for (const auto& [first, last] : parts) {
      if (from > first) left.emplace_back(first, std::min(last, from));
      if (to < last) left.emplace_back(std::max(first, to), last);
    }
    std::erase_if(left, [](const auto& part) { return part.second - part.first < 1e-6; });
    parts = std::move(left);
  }
  std::vector<QLineF> lines;
  for (const auto& [first, last] : parts) lines.emplace_back(line.pointAt(first), line.pointAt(last));
  return lines;
}

bool insideConvex(const QPolygonF& polygon, QPointF at) {
  bool left = false, right = false;
  for (int i = 0; i < polygon.size(); ++i) {
    const double side = cross(polygon[(i + 1) % polygon.size()] - polygon[i], at - polygon[i]);
    left = left || side > 0;
    right = right || side < 0;
  }
  return !(left && right);
}

}  // namespace convscope
