#include "widgets/stage/network_stage.h"

#include "widgets/stage/field_overlay.h"
#include "widgets/stage/network_overlay.h"
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

constexpr double kDegreesPerPx = .35;
constexpr double kZoomPerStep = 1.15;  // a notch of the wheel
constexpr double kUnlitMap = .38;      // LOOK: maps that are not lit

/// Px that names, times and legend take from the stage on each side.
QMarginsF roomFor(const QSizeF& size) {
  const double scale = std::clamp(size.width() / 900, .6, 1.4);
  return {64 * scale, 16, 24 * scale, 34};
}

}  // namespace

NetworkStage::NetworkStage(QWidget* parent) : QWidget(parent) {
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Maps of the chosen channel over the clip"));
}

void NetworkStage::present(const NetworkView& view) {
  m_view = view;
  m_layout = networkLayoutOf(view);
  frame();
  if (m_layout.valid) {
    const Box& seen = view.levels.front().seen;
    setAccessibleDescription(tr("%1: the unit at t=%2 y=%3 x=%4 sees %5 frames, %6 rows and %7 columns")
                                 .arg(view.title())
                                 .arg(view.unit.t + 1)
                                 .arg(view.unit.y + 1)
                                 .arg(view.unit.x + 1)
                                 .arg(seen[0].back() - seen[0].front() + 1)
                                 .arg(seen[1].back() - seen[1].front() + 1)
                                 .arg(seen[2].back() - seen[2].front() + 1));
  } else {
    setAccessibleDescription(sentence());
  }
  update();
}

void NetworkStage::frame() {
  if (!m_layout.valid || size().isEmpty()) return;
  m_camera = StageCamera::framed(m_view.settings().camera, m_layout.anchors, QSizeF(size()),
                                 roomFor(QSizeF(size())));
}

void NetworkStage::resetCamera() {
  requestCamera(NetworkSettings{}.camera);
}

void NetworkStage::requestCamera(const CameraLook& camera) {
  Q_EMIT editRequested({tr("Camera"), [camera](AppState& state) { state.network.camera = camera; }, false});
}

void NetworkStage::requestUnit(const FieldHit& hit) {
  Q_EMIT editRequested({tr("Unit"),
                        [unit = hit.at, channel = m_view.channel](AppState& state) {
                          state.network.channel = channel;
                          state.network.unit = unit;
                        },
                        false});
}

QString NetworkStage::sentence() const {
  if (!m_view.problem.isEmpty()) return m_view.problem;
  if (m_view.answer != nullptr && !m_view.answer->problem.isEmpty()) return m_view.answer->problem;
  if (m_view.busy) return tr("The network runs on the clip: %1 %").arg(qRound(100 * m_view.progress));
  return m_view.result == nullptr ? QString() : tr("The maps are being fetched …");
}

void NetworkStage::paintEvent(QPaintEvent*) {
  QElapsedTimer clock;
  clock.start();
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.fillRect(rect(), theme.stage);
  if (!m_layout.valid) {
    painter.setFont(theme.font(theme.stageLabel));
    painter.setPen(m_view.problem.isEmpty() ? theme.muted : theme.error);
    painter.drawText(rect().adjusted(width() / 8, 0, -width() / 8, 0), Qt::AlignCenter | Qt::TextWordWrap,
                     sentence());
    return;
  }
  const double ratio = devicePixelRatioF();
  paintBeside([&] { drawOverlay(ratio); }, [&] { drawPicture(ratio); });
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  painter.drawImage(QPointF(0, 0), m_picture);
  painter.setOpacity(1);
  painter.drawImage(QPointF(0, 0), m_lines);
  m_lastPaintMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

void NetworkStage::drawPicture(double ratio) {
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
    const Pictures* const pictures =
        plane->level == 0 ? m_view.answer->clip.get() : m_view.answer->frames.get();
    if (pictures == nullptr || plane->t >= static_cast<int>(pictures->size())) continue;
    const QImage& image = (*pictures)[static_cast<std::size_t>(plane->t)];
    const QRectF cells(0, 0, image.width(), image.height());
    QTransform placed;
    if (!QTransform::quadToQuad(
            QPolygonF({cells.topLeft(), cells.topRight(), cells.bottomRight(), cells.bottomLeft()}),
            projected(plane->corners(), m_camera), placed))
      continue;  // seen from its edge
    painter.setTransform(placed);
    painter.setOpacity(plane->lit ? theme.inFocus : plane->level == 0 ? theme.outOfFocus : kUnlitMap);
    painter.drawImage(QPointF(0, 0), image);
  }
}

void NetworkStage::drawOverlay(double ratio) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QSize device = (QSizeF(size()) * ratio).toSize();
  if (m_lines.size() != device) m_lines = QImage(device, QImage::Format_ARGB32_Premultiplied);
  m_lines.setDevicePixelRatio(ratio);
  m_lines.fill(Qt::transparent);
  QPainter painter(&m_lines);
  painter.setRenderHint(QPainter::Antialiasing);
  m_labels.clear();
  paintNetworkOverlay(m_view, m_layout, m_camera, theme, StageInk(painter, theme, m_store, ratio), m_labels);
}

void NetworkStage::resizeEvent(QResizeEvent*) {
  frame();
}

void NetworkStage::mousePressEvent(QMouseEvent* event) {
  if (!m_layout.valid) return;
  m_last = event->position();
  const auto hit = fieldHit(m_layout, m_camera, event->position());
  if (event->button() != Qt::LeftButton) {
    m_drag = Drag::Pan;
  } else if (hit && hit->level == 1) {
    m_drag = Drag::Unit;
    requestUnit(*hit);
  } else {
    m_drag = Drag::Orbit;
  }
}

void NetworkStage::mouseMoveEvent(QMouseEvent* event) {
  if (!m_layout.valid) return;
  const auto hit = fieldHit(m_layout, m_camera, event->position());
  const bool overMaps = hit && hit->level == 1;
  if (m_drag == Drag::None) {
    setCursor(overMaps ? Qt::PointingHandCursor : Qt::ArrowCursor);
    return;
  }
  const QPointF moved = event->position() - m_last;
  m_last = event->position();
  CameraLook camera = m_view.settings().camera;
  if (m_drag == Drag::Unit) {
    if (overMaps) requestUnit(*hit);
    return;
  }
  if (m_drag == Drag::Orbit) {
    camera.yaw = std::clamp(camera.yaw + moved.x() * kDegreesPerPx, -89.0, 89.0);
    camera.pitch = std::clamp(camera.pitch + moved.y() * kDegreesPerPx, -10.0, 80.0);
  } else {
    camera.panX += moved.x() / width();
    camera.panY += moved.y() / height();
  }
  requestCamera(camera);
}

void NetworkStage::mouseReleaseEvent(QMouseEvent*) {
  m_drag = Drag::None;
}

void NetworkStage::wheelEvent(QWheelEvent* event) {
  if (!m_layout.valid) return;
  const double factor = std::pow(kZoomPerStep, event->angleDelta().y() / 120.0);
  requestCamera(m_camera.zoomedAbout(m_view.settings().camera, event->position(), factor));
  event->accept();
}

bool NetworkStage::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip || !m_layout.valid) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto hit = fieldHit(m_layout, m_camera, help->pos());
  if (!hit) {
    QToolTip::hideText();
    return true;
  }
  const QString place = tr("t=%1 y=%2 x=%3").arg(hit->at.t + 1).arg(hit->at.y + 1).arg(hit->at.x + 1);
  const Tensor& maps = m_view.answer->maps->maps;
  QToolTip::showText(
      help->globalPos(),
      hit->level == 0
          ? tr("The clip at %1").arg(place)
          : tr("%1 at %2: %3. Click to see what it sees.")
                .arg(m_view.title(), place,
                     mapValueText(double{maps.at(hit->at.t, hit->at.y, hit->at.x, m_view.channel)},
                                  m_view.range(), m_view.answer->isUnsigned())),
      this);
  return true;
}

NetworkStageFacts NetworkStage::facts() const {
  NetworkStageFacts facts;
  facts.valid = m_layout.valid;
  for (const FieldPlane& plane : m_layout.planes) {
    (plane.padding ? facts.paddingFrames : plane.level == 0 ? facts.clipFrames : facts.mapFrames) += 1;
  }
  if (!m_layout.valid) facts.sentence = sentence();
  facts.labels = m_labels;
  if (m_layout.valid) facts.box = silhouetteOf(m_layout.boxes.front(), m_camera);
  facts.lastPaintMs = m_lastPaintMs;
  return facts;
}

QPointF NetworkStage::cellCentre(int level, const Triple& at) const {
  const FieldPlane* plane = m_layout.find(level, at.t);
  return plane == nullptr ? QPointF(-1, -1) : m_camera.project(plane->at(at.y + .5, at.x + .5));
}

}  // namespace convscope
