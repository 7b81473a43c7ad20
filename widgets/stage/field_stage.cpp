#include "widgets/stage/field_stage.h"

#include "widgets/stage/field_overlay.h"
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

const CameraLook kDesigned{-57, 9, 1, 0, 0};
constexpr double kDegreesPerPx = .35;
constexpr double kZoomPerStep = 1.15;  // a notch of the wheel
constexpr double kLeastMove = 3;       // px: less is a click

/// Px that names, sizes and legend take from the stage on each side.
QMarginsF roomFor(const QSizeF& size) {
  const double scale = std::clamp(size.width() / 1160, .5, 1.4);
  return {118 * scale, 22, 104 * scale, 34};
}

}  // namespace

FieldStage::FieldStage(QWidget* parent) : QWidget(parent) {
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Space-time pyramid"));
}

void FieldStage::present(const FieldView& view) {
  m_view = view;
  const LookTheme& theme = lookTheme(view.state.look);
  m_pictures.show(view, theme);
  m_layout = fieldLayoutOf(view);
  m_pictureOld = true;
  frame();
  if (m_layout.valid) {
    const Box& seen = view.levels.front().seen;
    setAccessibleDescription(tr("A unit of %1 sees %2 frames, %3 rows and %4 columns of the clip")
                                 .arg(view.nameOf(view.levels.back()))
                                 .arg(seen[0].back() - seen[0].front() + 1)
                                 .arg(seen[1].back() - seen[1].front() + 1)
                                 .arg(seen[2].back() - seen[2].front() + 1));
  }
  update();
}

void FieldStage::frame() {
  if (!m_layout.valid || size().isEmpty()) return;
  m_camera = StageCamera::framed(m_view.state.field.camera, m_layout.anchors, QSizeF(size()),
                                 roomFor(QSizeF(size())));
  m_pictureOld = true;
}

void FieldStage::resetCamera() {
  Q_EMIT editRequested({tr("Camera"), [](AppState& state) { state.field.camera = kDesigned; }, false});
}

void FieldStage::requestCamera(const CameraLook& camera) {
  Q_EMIT editRequested({tr("Camera"), [camera](AppState& state) { state.field.camera = camera; }, false});
}

void FieldStage::requestUnit(const FieldHit& hit) {
  const FieldLevel& level = m_view.levels[static_cast<std::size_t>(hit.level)];
  if (level.row < 0) return;
  int layer = -1;  // of the stack whose row that is
  for (int i = 0; i < static_cast<int>(m_view.state.field.stack.layers.size()) && layer < 0; ++i) {
    if (expandedIndex(m_view.state.field.stack, i) >= level.row) layer = i;
  }
  if (layer < 0) return;
  const Triple unit = hit.at;
  Q_EMIT editRequested({tr("Unit"),
                        [layer, unit](AppState& state) {
                          state.field.layer = layer;
                          state.field.unit = unit;
                        },
                        false});
}

void FieldStage::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.fillRect(rect(), theme.stage);
  if (!m_layout.valid) {
    paintSentence(painter);
    return;
  }
  const double ratio = devicePixelRatioF();
  paintBeside([&] { drawOverlay(ratio); },
              [&] {
                if (m_pictureOld) drawPicture(ratio);
              });
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  painter.drawImage(QPointF(0, 0), m_picture);
  painter.setOpacity(1);
  painter.drawImage(QPointF(0, 0), m_lines);
}

void FieldStage::drawPicture(double ratio) {
  QElapsedTimer clock;
  clock.start();
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QSize device = (QSizeF(size()) * ratio).toSize();
  if (m_picture.size() != device) m_picture = QImage(device, QImage::Format_RGB32);
  m_picture.setDevicePixelRatio(ratio);
  m_picture.fill(theme.stage);
  QPainter painter(&m_picture);
  std::vector<const FieldPlane*> order;
  for (const FieldPlane& plane : m_layout.planes) {
    if (!plane.padding) order.push_back(&plane);
  }
  const auto depth = [this](const FieldPlane* plane) {
    return m_camera.depth(plane->origin + (plane->across + plane->down) * .5);
  };
  std::ranges::stable_sort(order,
                           [&](const FieldPlane* a, const FieldPlane* b) { return depth(a) > depth(b); });
  for (const FieldPlane* plane : order) {
    const QImage& image = m_pictures.frame(m_view, theme, plane->level, plane->t);
    const QRectF cells(0, 0, image.width(), image.height());
    QTransform placed;
    if (!QTransform::quadToQuad(
            QPolygonF({cells.topLeft(), cells.topRight(), cells.bottomRight(), cells.bottomLeft()}),
            projected(plane->corners(), m_camera), placed))
      continue;  // seen from its edge
    painter.setTransform(placed);
    const bool clouded = plane->level == 0 && m_view.effective != nullptr;
    painter.setOpacity(plane->lit && !clouded ? theme.inFocus : theme.outOfFocus);
    painter.drawImage(QPointF(0, 0), image);
    if (!clouded) continue;
    painter.setOpacity(1);
    painter.drawImage(QPointF(0, 0), m_pictures.cloud(m_view, theme, plane->t));
  }
  painter.end();
  m_pictureOld = false;
  m_lastPictureMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

void FieldStage::drawOverlay(double ratio) {
  QElapsedTimer clock;
  clock.start();
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QSize device = (QSizeF(size()) * ratio).toSize();
  if (m_lines.size() != device) m_lines = QImage(device, QImage::Format_ARGB32_Premultiplied);
  m_lines.setDevicePixelRatio(ratio);
  m_lines.fill(Qt::transparent);
  QPainter painter(&m_lines);
  painter.setRenderHint(QPainter::Antialiasing);
  m_labels.clear();
  paintFieldOverlay(m_view, m_layout, m_camera, theme, StageInk(painter, theme, m_store, ratio), m_labels);
  m_lastOverlayMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

void FieldStage::paintSentence(QPainter& painter) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.setFont(theme.font(theme.stageLabel));
  painter.setPen(theme.muted);
  const QString text =
      m_view.problem.isEmpty() && m_view.busy ? tr("The layers are being computed …") : m_view.problem;
  painter.drawText(rect().adjusted(width() / 8, 0, -width() / 8, 0), Qt::AlignCenter | Qt::TextWordWrap,
                   text);
}

void FieldStage::resizeEvent(QResizeEvent*) {
  frame();
}

void FieldStage::mousePressEvent(QMouseEvent* event) {
  if (!m_layout.valid) return;
  m_last = event->position();
  m_moved = false;
  const auto hit = fieldHit(m_layout, m_camera, event->position());
  if (event->button() != Qt::LeftButton) {
    m_drag = Drag::Pan;
  } else if (hit && hit->level > 0) {
    m_drag = Drag::Unit;
    m_dragLevel = hit->level;
    requestUnit(*hit);
  } else {
    m_drag = Drag::Orbit;
  }
}

void FieldStage::mouseMoveEvent(QMouseEvent* event) {
  if (!m_layout.valid) return;
  const QPointF moved = event->position() - m_last;
  if (m_drag == Drag::None) {
    const auto hit = fieldHit(m_layout, m_camera, event->position());
    setCursor(hit && hit->level > 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    return;
  }
  m_moved = m_moved || moved.manhattanLength() >= kLeastMove;
  if (!m_moved) return;
  m_last = event->position();
  CameraLook camera = m_view.state.field.camera;
  if (m_drag == Drag::Unit) {
    // Choosing a unit of a lower layer makes that the top one, so that it is on the last level now.
    const auto hit = fieldHit(m_layout, m_camera, event->position());
    const int top = static_cast<int>(m_view.levels.size()) - 1;
    if (hit && hit->level == std::min(m_dragLevel, top)) requestUnit(*hit);
    if (hit && hit->level == top) m_dragLevel = top;
  } else if (m_drag == Drag::Orbit) {
    camera.yaw = std::clamp(camera.yaw + moved.x() * kDegreesPerPx, -89.0, 89.0);
    camera.pitch = std::clamp(camera.pitch + moved.y() * kDegreesPerPx, -10.0, 80.0);
    requestCamera(camera);
  } else {
    camera.panX += moved.x() / width();
    camera.panY += moved.y() / height();
    requestCamera(camera);
  }
}

void FieldStage::mouseReleaseEvent(QMouseEvent*) {
  m_drag = Drag::None;
}

void FieldStage::wheelEvent(QWheelEvent* event) {
  if (!m_layout.valid) return;
  const double factor = std::pow(kZoomPerStep, event->angleDelta().y() / 120.0);
  requestCamera(m_camera.zoomedAbout(m_view.state.field.camera, event->position(), factor));
  event->accept();
}

bool FieldStage::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip && m_layout.valid) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto hit = fieldHit(m_layout, m_camera, help->pos());
    if (!hit) {
      QToolTip::hideText();
      return true;
    }
    const FieldLevel& level = m_view.levels[static_cast<std::size_t>(hit->level)];
    const QString place = tr("t=%1 y=%2 x=%3").arg(hit->at.t + 1).arg(hit->at.y + 1).arg(hit->at.x + 1);
    QToolTip::showText(
        help->globalPos(),
        level.row < 0 ? tr("The clip at %1").arg(place)
                      : tr("A unit of %1 at %2: click to see what it sees").arg(m_view.nameOf(level), place),
        this);
    return true;
  }
  return QWidget::event(event);
}

FieldFacts FieldStage::facts() const {
  FieldFacts facts;
  facts.valid = m_layout.valid;
  facts.levels = static_cast<int>(m_view.levels.size());
  for (const FieldPlane& plane : m_layout.planes) (plane.padding ? facts.paddingFrames : facts.frames) += 1;
  facts.labels = m_labels;
  for (const StageBox& box : m_layout.boxes) facts.boxes.push_back(silhouetteOf(box, m_camera));
  facts.cloud = m_layout.valid && m_view.effective != nullptr;
  facts.lastPictureMs = m_lastPictureMs;
  facts.lastOverlayMs = m_lastOverlayMs;
  return facts;
}

QPointF FieldStage::cellCentre(int level, const Triple& at) const {
  const FieldPlane* plane = m_layout.find(level, at.t);
  return plane == nullptr ? QPointF(-1, -1) : m_camera.project(plane->at(at.y + .5, at.x + .5));
}

}  // namespace convscope
