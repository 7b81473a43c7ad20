#include "widgets/stage/plane_stage.h"

#include "widgets/look/look_theme.h"
#include "widgets/stage/paint_beside.h"
#include "widgets/stage/stage_frame.h"

#include <QElapsedTimer>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kVectorRatio = 2;  // pixels a px of the frames under vectors
constexpr double kDegreesPerPx = .35;
constexpr double kZoomPerStep = 1.15;  // a notch of the wheel
constexpr double kLeastMove = 3;       // px: less is a click

}  // namespace

PlaneStage::PlaneStage(const QString& name, QWidget* parent) : QWidget(parent) {
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(name);
}

void PlaneStage::showLayout(FieldLayout layout) {
  m_layout = std::move(layout);
  m_pictureOld = true;
  frame();
  update();
}

void PlaneStage::frame() {
  if (!m_layout.valid || size().isEmpty()) return;
  m_camera =
      StageCamera::framed(cameraIn(state()), m_layout.anchors, QSizeF(size()), roomFor(QSizeF(size())));
  m_pictureOld = true;
}

void PlaneStage::requestCamera(const CameraLook& camera) {
  Q_EMIT editRequested({tr("Camera"), [this, camera](AppState& state) { putCamera(state, camera); }, false});
}

void PlaneStage::resetCamera() {
  requestCamera(cameraIn(AppState{}));
}

void PlaneStage::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(state().look);
  QPainter painter(this);
  painter.fillRect(rect(), theme.stage);
  if (!m_layout.valid) {
    const Sentence instead = sentence();
    painter.setFont(theme.font(theme.stageLabel));
    painter.setPen(instead.failed ? theme.error : theme.muted);
    painter.drawText(rect().adjusted(width() / 8, 0, -width() / 8, 0), Qt::AlignCenter | Qt::TextWordWrap,
                     instead.text);
    return;
  }
  const bool vectors = paintsVectors(painter);
  const double ratio = vectors ? kVectorRatio : pixelRatioOf(painter);
  const bool clear = theme.stage.alpha() == 0;
  const bool old = m_pictureOld || m_picture.size() != (QSizeF(size()) * ratio).toSize() ||
                   m_picture.hasAlphaChannel() != clear;
  if (vectors) {
    if (old) drawPicture(ratio);
    painter.drawImage(QRectF(rect()), m_picture);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    m_labels.clear();
    paintOverlay(StageInk(painter, theme, m_store, ratio), m_labels);
    painter.restore();
    return;
  }
  paintBeside([&] { drawOverlay(ratio); },
              [&] {
                if (old) drawPicture(ratio);
              });
  if (stale()) painter.setOpacity(theme.staleOpacity);
  painter.drawImage(QPointF(0, 0), m_picture);
  painter.setOpacity(1);
  painter.drawImage(QPointF(0, 0), m_lines);
}

void PlaneStage::drawPicture(double ratio) {
  QElapsedTimer clock;
  clock.start();
  const QSize device = (QSizeF(size()) * ratio).toSize();
  const QColor ground = lookTheme(state().look).stage;
  const auto format = ground.alpha() == 0 ? QImage::Format_ARGB32_Premultiplied : QImage::Format_RGB32;
  if (m_picture.size() != device || m_picture.format() != format) m_picture = QImage(device, format);
  m_picture.setDevicePixelRatio(ratio);
  m_picture.fill(ground);
  QPainter painter(&m_picture);
  paintBehind(painter, ratio);
  const bool slices =
      std::ranges::any_of(m_layout.planes, [](const FieldPlane& plane) { return plane.cut != Cut::Frame; });
  std::vector<const FieldPlane*> order;
  for (const FieldPlane& plane : m_layout.planes) {
    if (!plane.padding && !(slices && plane.level == 1)) order.push_back(&plane);
  }
  const auto depth = [this](const FieldPlane* plane) {
    return m_camera.depth(plane->origin + (plane->across + plane->down) * .5);
  };
  std::ranges::stable_sort(order,
                           [&](const FieldPlane* a, const FieldPlane* b) { return depth(a) > depth(b); });
  for (const FieldPlane* plane : order) drawPlane(painter, *plane, {0, 0, 1, 1});
  if (slices) drawSlices(painter);
  painter.end();
  m_pictureOld = false;
  m_lastPictureMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

/// A part of a plane, 0 … 1 across and down.
void PlaneStage::drawPlane(QPainter& painter, const FieldPlane& plane, const QRectF& part) {
  const Picture picture = pictureOf(plane);
  if (picture.image == nullptr) return;
  const auto corner = [&](const QPointF& at) {
    return m_camera.project(plane.origin + plane.across * at.x() + plane.down * at.y());
  };
  const auto put = [&](const QImage& image, double opacity) {
    const QRectF cells(part.left() * image.width(), part.top() * image.height(), part.width() * image.width(),
                       part.height() * image.height());
    QTransform placed;
    if (!QTransform::quadToQuad(
            QPolygonF({cells.topLeft(), cells.topRight(), cells.bottomRight(), cells.bottomLeft()}),
            QPolygonF({corner(part.topLeft()), corner(part.topRight()), corner(part.bottomRight()),
                       corner(part.bottomLeft())}),
            placed))
      return;  // seen from its edge
    painter.setTransform(placed);
    painter.setOpacity(opacity);
    painter.drawImage(cells, image, cells);
  };
  put(*picture.image, picture.opacity);
  if (picture.over != nullptr) put(*picture.over, 1);
}

/// Three planes that meet in one point: what lies behind the frame, the frame, and what lies before it. The
/// row's plane is parted once more by the column's.
void PlaneStage::drawSlices(QPainter& painter) {
  const FieldPlane* cuts[3] = {nullptr, nullptr, nullptr};
  for (const FieldPlane& plane : m_layout.planes) {
    if (plane.level == 1) cuts[static_cast<int>(plane.cut)] = &plane;
  }
  const FieldPlane *frame = cuts[0], *row = cuts[1], *column = cuts[2];
  if (frame == nullptr || row == nullptr || column == nullptr) return;
  const Vec3& meet = m_layout.sliceAt;
  const double t = (meet.z - row->origin.z) / row->down.z;    // share of time before the frame
  const double x = (meet.x - row->origin.x) / row->across.x;  // share left of the column
  const bool fromAfter = m_camera.eye().z > meet.z;           // the eye is where time goes
  const bool fromRight = m_camera.eye().x > meet.x;
  for (const bool near : {false, true}) {
    const bool after = near == fromAfter;
    const double first = after ? t : 0, share = after ? 1 - t : t;
    for (const bool beside : {false, true}) {
      const bool right = beside == fromRight;
      drawPlane(painter, *row, {right ? x : 0, first, right ? 1 - x : x, share});
      if (!beside) drawPlane(painter, *column, {first, 0, share, 1});
    }
    if (!near) drawPlane(painter, *frame, {0, 0, 1, 1});
  }
}

void PlaneStage::drawOverlay(double ratio) {
  QElapsedTimer clock;
  clock.start();
  const LookTheme& theme = lookTheme(state().look);
  const QSize device = (QSizeF(size()) * ratio).toSize();
  if (m_lines.size() != device) m_lines = QImage(device, QImage::Format_ARGB32_Premultiplied);
  m_lines.setDevicePixelRatio(ratio);
  m_lines.fill(Qt::transparent);
  QPainter painter(&m_lines);
  painter.setRenderHint(QPainter::Antialiasing);
  m_labels.clear();
  paintOverlay(StageInk(painter, theme, m_store, ratio), m_labels);
  m_lastOverlayMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

void PlaneStage::resizeEvent(QResizeEvent*) {
  frame();
}

void PlaneStage::mousePressEvent(QMouseEvent* event) {
  if (!m_layout.valid) return;
  m_last = event->position();
  m_moved = false;
  const auto hit = fieldHit(m_layout, m_camera, event->position());
  if (event->button() != Qt::LeftButton) {
    m_drag = Drag::Pan;
  } else if (hit && holdsUnits(hit->level)) {
    m_drag = Drag::Unit;
    m_dragLevel = hit->level;
    requestUnit(*hit);
  } else {
    m_drag = Drag::Orbit;
  }
}

void PlaneStage::mouseMoveEvent(QMouseEvent* event) {
  if (!m_layout.valid) return;
  const auto hit = fieldHit(m_layout, m_camera, event->position());
  if (m_drag == Drag::None) {
    setCursor(hit && holdsUnits(hit->level) ? Qt::PointingHandCursor : Qt::ArrowCursor);
    return;
  }
  const QPointF moved = event->position() - m_last;
  m_moved = m_moved || moved.manhattanLength() >= kLeastMove;
  if (!m_moved) return;
  m_last = event->position();
  if (m_drag == Drag::Unit) {
    if (hit) m_dragLevel = dragUnit(m_dragLevel, *hit);
    return;
  }
  CameraLook camera = cameraIn(state());
  if (m_drag == Drag::Orbit) {
    camera.yaw = std::clamp(camera.yaw + moved.x() * kDegreesPerPx, -89.0, 89.0);
    camera.pitch = std::clamp(camera.pitch + moved.y() * kDegreesPerPx, -10.0, 80.0);
  } else {
    camera.panX += moved.x() / width();
    camera.panY += moved.y() / height();
  }
  requestCamera(camera);
}

void PlaneStage::mouseReleaseEvent(QMouseEvent*) {
  m_drag = Drag::None;
}

void PlaneStage::wheelEvent(QWheelEvent* event) {
  if (!m_layout.valid) return;
  const double factor = std::pow(kZoomPerStep, event->angleDelta().y() / 120.0);
  requestCamera(m_camera.zoomedAbout(cameraIn(state()), event->position(), factor));
  event->accept();
}

bool PlaneStage::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip || !m_layout.valid) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto hit = fieldHit(m_layout, m_camera, help->pos());
  if (hit)
    QToolTip::showText(help->globalPos(), tipAt(*hit), this);
  else
    QToolTip::hideText();
  return true;
}

QPointF PlaneStage::cellCentre(int level, const Triple& at) const {
  const FieldPlane* plane = m_layout.find(level, at.t);
  return plane == nullptr ? QPointF(-1, -1) : m_camera.project(plane->at(at.y + .5, at.x + .5));
}

}  // namespace convscope
