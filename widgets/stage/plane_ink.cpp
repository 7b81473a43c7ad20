#include "widgets/stage/plane_ink.h"

#include "widgets/stage/stage_frame.h"

#include <QCoreApplication>

#include <algorithm>

namespace convscope {

namespace {

double cross(const QPointF& o, const QPointF& a, const QPointF& b) {
  return (a.x() - o.x()) * (b.y() - o.y()) - (a.y() - o.y()) * (b.x() - o.x());
}

}  // namespace

QPolygonF PlaneInk::shapeOf(const FieldPlane& plane) const {
  return projected(plane.corners(), m_camera);
}

QRectF PlaneInk::label(LabelKind kind, QPointF at, Qt::Alignment alignment, const QString& text, double size,
                       const QColor& colour, bool bold) const {
  const QFont font = m_theme.font(size, bold);
  QRectF box = StageInk::textBox(at, alignment, text, font);
  const QSizeF stage = m_camera.size();  // inside the stage, whatever the camera does
  const double left = std::clamp(box.left(), 4.0, std::max(4.0, stage.width() - box.width() - 4));
  const double top = std::clamp(box.top(), 4.0, std::max(4.0, stage.height() - box.height() - 4));
  box = m_ink.text({left, top}, Qt::AlignLeft | Qt::AlignTop, text, font, colour, true);
  m_labels.push_back({kind, text, box});
  return box;
}

void PlaneInk::paintBox(const StageBox& box) const {
  const auto corners = cornersOf(box);
  m_ink.fill(silhouetteOf(box, m_camera), m_theme.kernel, .08);
  // the corner that is farthest from the eye: its three edges are hidden
  std::size_t farthest = 0;
  for (std::size_t i = 1; i < 8; ++i) {
    if (m_camera.depth(corners[i]) > m_camera.depth(corners[farthest])) farthest = i;
  }
  std::vector<QLineF> seen;
  std::vector<QLineF> hidden;
  for (std::size_t i = 0; i < 8; ++i) {
    for (const std::size_t bit : {1U, 2U, 4U}) {
      if ((i & bit) != 0) continue;
      const bool back = i == farthest || (i | bit) == farthest;
      (back ? hidden : seen).emplace_back(px(corners[i]), px(corners[i | bit]));
    }
  }
  m_ink.haloLines(hidden, m_theme.kernel, .6 * m_theme.patch, true);
  m_ink.haloLines(seen, m_theme.kernel, m_theme.patch);
}

QPolygonF PlaneInk::unitShape(const StageBox& box, double least) const {
  const double z = (box.low.z + box.high.z) / 2;
  QPolygonF shape = patchShape({{box.low.x, box.low.y, z}, {box.high.x, box.high.y, z}}, m_camera);
  const QPointF middle = (shape[0] + shape[1] + shape[2] + shape[3]) / 4;
  const double small = std::min(QLineF(shape[0], shape[1]).length(), QLineF(shape[0], shape[3]).length());
  const double grow = std::min(4.0, std::max(1.0, least / std::max(1.0, small)));
  for (QPointF& corner : shape) corner = middle + (corner - middle) * grow;
  return shape;
}

void PlaneInk::paintStaleFrame() const {
  QPainter& painter = m_ink.painter();
  QPen pen(m_theme.stale, 2 * m_theme.hairline);
  pen.setDashPattern({6, 4});
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(QRectF(QPointF(0, 0), m_camera.size()).adjusted(3, 3, -3, -3));
  label(LabelKind::State, {m_camera.size().width() / 2, 10}, Qt::AlignHCenter | Qt::AlignTop,
        QCoreApplication::translate("Stage", "stale"), m_theme.stageTitle, m_theme.stale, true);
}

QPolygonF silhouetteOf(const StageBox& box, const StageCamera& camera) {
  std::vector<QPointF> points;
  for (const Vec3& corner : cornersOf(box)) points.push_back(camera.project(corner));
  std::ranges::sort(points, [](const QPointF& a, const QPointF& b) {
    return a.x() != b.x() ? a.x() < b.x() : a.y() < b.y();
  });
  QPolygonF hull;  // Andrew's monotone chain: the lower side, then the upper one
  for (int side = 0; side < 2; ++side) {
    const qsizetype start = hull.size();
    for (const QPointF& point : points) {
      while (hull.size() >= start + 2 && cross(hull[hull.size() - 2], hull.back(), point) <= 0)
        hull.removeLast();
      hull.push_back(point);
    }
    hull.removeLast();
    std::ranges::reverse(points);
  }
  return hull;
}

}  // namespace convscope
