#include "widgets/stage/stage_view.h"

#include <QEasingCurve>
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
constexpr double kClickPx = 4;            // less movement than this is a click
constexpr double kShortestTravelMs = 40;  // faster steps jump
constexpr double kSteepest = 89.9;        // degrees of pitch

QEasingCurve designedEasing() {
  QEasingCurve curve(QEasingCurve::BezierSpline);
  curve.addCubicBezierSegment({.2, 0}, {0, 1}, {1, 1});
  return curve;
}

}  // namespace

StageView::StageView(QWidget* parent)
    : QWidget(parent), m_scene(std::make_unique<StageScene>()), m_gl(std::make_unique<StageGl>()) {
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMouseTracking(true);
  setFocusPolicy(Qt::ClickFocus);
  setAccessibleName(tr("3-D stage"));
  m_gl->setRenderer(m_scene->renderer());
  for (QVariantAnimation* animation : {&m_flight, &m_step}) {
    animation->setStartValue(0.0);
    animation->setEndValue(1.0);
    animation->setEasingCurve(designedEasing());
  }
  connect(&m_flight, &QVariantAnimation::valueChanged, this, [this](const QVariant& share) {
    m_shown = mixed(m_flightFrom, m_flightTo, share.toDouble());
    rebuild();
  });
  connect(&m_step, &QVariantAnimation::valueChanged, this, [this](const QVariant& share) {
    m_travel.share = share.toDouble();
    rebuild();
  });
}

StageView::~StageView() = default;

void StageView::present(const KernelView& view) {
  const bool first = !m_layout.valid;
  const bool otherResult = view.result != m_view.result || view.holder != m_view.holder;
  const bool otherState = !(view.state == m_view.state);
  const bool otherPaint = view.stale != m_view.stale || !(view.hover == m_view.hover) || view.problem != m_view.problem;
  if (!otherResult && !otherState && !otherPaint) {
    m_view = view;
    return;
  }
  if (!first && view.result != nullptr) travelTo(view);
  const CameraLook before = m_flight.state() == QAbstractAnimation::Running ? m_flightTo : m_shown;
  m_view = view;
  if (first) m_shown = view.state.look.camera;
  else if (!(view.state.look.camera == before)) flyTo(view.state.look.camera);
  if (otherResult || otherState || first) {
    rebuild();
    describe();
  } else {
    update();
  }
}

void StageView::travelTo(const KernelView& view) {
  const Triple from = m_layout.voxel;
  const Triple to = view.voxel();
  if (from == to) return;
  m_step.stop();
  const Playback& playback = view.state.playback;
  const double speed = playback.playing ? std::max(.01, playback.speed) : 1;
  const double duration = lookTheme(view.state.look).travelMs / std::max(1.0, speed);
  const bool sameClip = view.result->geometry.output.extent() == m_layout.output.extent();
  const bool animated = sameClip && m_drag == Drag::None && !view.state.look.reducedMotion && isVisible() &&
                        duration >= kShortestTravelMs;
  m_travel = {from, animated ? 0.0 : 1.0};
  if (!animated) return;
  m_step.setDuration(static_cast<int>(duration));
  m_step.start();
}

void StageView::flyTo(const CameraLook& camera) {
  m_flight.stop();
  const int duration = lookTheme(m_view.state.look).cameraMs;
  if (m_view.state.look.reducedMotion || duration == 0 || !isVisible()) {
    m_shown = camera;
    return;
  }
  m_flightFrom = m_shown;
  m_flightTo = camera;
  m_flight.setDuration(duration);
  m_flight.start();
}

void StageView::rebuild() {
  const LookTheme& theme = lookTheme(m_view.state.look);
  m_layout = layoutOf(m_view, theme, m_travel);

  // texture contents may differ although nothing moved
  if (m_layout.valid && m_scene->update(m_layout, m_view, theme)) m_pictureOld = true;
  frame(size());
  update();
}

void StageView::frame(const QSizeF& size) {
  if (!m_layout.valid || size.isEmpty()) return;
  m_furniture = furnitureOf(size, lookTheme(m_view.state.look), m_layout);
  m_camera = stageCamera(m_layout, m_shown, size, m_furniture);
  if (m_scene->setCamera(m_camera)) m_pictureOld = true;
}

void StageView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintStage(painter, size(), devicePixelRatioF());
}

void StageView::paintStage(QPainter& painter, const QSize& size, double ratio) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.fillRect(QRect(QPoint(0, 0), size), theme.stage);
  if (!m_gl->problem().isEmpty()) {
    paintSentence(painter, size, m_gl->problem());
    return;
  }
  if (!m_layout.valid) {
    paintSentence(painter, size, m_view.problem);
    return;
  }
  const QSize device = (QSizeF(size) * ratio).toSize();
  QElapsedTimer clock;
  clock.start();
  if (m_pictureOld || m_pictureSize != device) {
    m_picture = m_gl->draw(device);
    m_picture.setDevicePixelRatio(ratio);
    m_pictureSize = device;
    m_pictureOld = false;
    ++m_pictures;
    m_lastPictureMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
  }
  clock.restart();
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  painter.drawImage(QPointF(0, 0), m_picture);
  painter.setOpacity(1);
  m_overlay.paint(painter, {m_layout, m_camera, m_view, theme, m_furniture, m_ranges.at(m_view, m_layout.voxel.t), ratio});
  m_lastOverlayMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

void StageView::paintSentence(QPainter& painter, const QSize& size, const QString& text) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.setFont(theme.font(theme.stageLabel));
  painter.setPen(theme.muted);
  const QRect middle = QRect(QPoint(0, 0), size).adjusted(size.width() / 8, 0, -size.width() / 8, 0);
  painter.drawText(middle, Qt::AlignCenter | Qt::TextWordWrap, text);
}

QImage StageView::renderImage(const QSize& size) {
  QImage image(size, QImage::Format_RGB32);
  QPainter painter(&image);
  frame(size);
  m_pictureOld = true;
  paintStage(painter, size, 1);
  painter.end();
  m_pictureOld = true;
  frame(this->size());
  return image;
}

void StageView::resizeEvent(QResizeEvent*) { frame(size()); }

CameraLook StageView::presetCamera(int number) const {
  const CameraLook base = presetAngles(number);
  if (!m_layout.valid || number < 5 || number > 6) return base;
  const StageCamera camera = stageCamera(m_layout, base, size(), m_furniture);
  std::vector<Vec3> points = m_layout.mapCorners;
  if (number == 6) {
    points.clear();
    for (const StageBox& box : m_layout.cuboids) {
      const Vec3 margin = (box.high - box.low) * .6 + Vec3{.06, .06, 0};
      points.push_back(box.low - margin);
      points.push_back(box.high + margin);
    }
  }
  return camera.closeUp(base, points, .72);
}

void StageView::resetCamera() {
  const CameraLook designed = presetCamera(1);
  emit editRequested({tr("Camera"), [designed](AppState& state) { state.look.camera = designed; }, false});
}

void StageView::requestCamera(const CameraLook& camera) {
  m_flight.stop();
  m_shown = camera;
  frame(size());
  update();
  emit editRequested({tr("Camera"), [camera](AppState& state) { state.look.camera = camera; }, false});
}

void StageView::requestVoxel(const Triple& voxel) {
  if (voxel == m_layout.voxel) return;
  emit editRequested({tr("Voxel"), [voxel](AppState& state) { state.selection.voxel = voxel; }, false});
}

// --- pointer

StageView::Drag StageView::grabAt(QPointF at) const {
  if (!m_layout.valid) return Drag::None;
  if (voxelShape(m_layout, m_camera).boundingRect().adjusted(-5, -5, 5, 5).contains(at)) return Drag::Voxel;
  if (m_layout.slides[0]) {
    const QLineF arrow = slideArrow(m_layout, m_camera, lookTheme(m_view.state.look), Axis::T);
    if (QLineF(at, arrow.p2()).length() < 14) return Drag::Time;
  }
  for (const StageBox& patch : m_layout.patches) {
    if (patchShape(patch, m_camera).boundingRect().adjusted(-3, -3, 3, 3).contains(at)) return Drag::Patch;
  }
  return Drag::None;
}

void StageView::mousePressEvent(QMouseEvent* event) {
  m_pressed = m_last = event->position();
  m_moved = false;
  if (!m_layout.valid) return;
  const bool pan = event->button() == Qt::MiddleButton ||
                   (event->button() == Qt::LeftButton && event->modifiers() & Qt::ShiftModifier);
  if (pan) {
    m_drag = Drag::Pan;
    return;
  }
  if (event->button() != Qt::LeftButton) return;
  const Drag grabbed = grabAt(m_pressed);
  m_drag = grabbed == Drag::None ? Drag::Orbit : grabbed;
  m_travelFrom = m_layout.voxel;
  if (m_drag == Drag::Patch) {
    const StagePlane* plane = nullptr;
    for (const StagePlane& candidate : m_layout.planes) {
      if (candidate.lit && candidate.kind != PlaneKind::Map && plane == nullptr) plane = &candidate;
    }
    const auto cell = plane != nullptr ? cellAt(*plane, m_camera.rayThrough(m_pressed)) : std::nullopt;
    const Triple start = m_view.result->geometry.inputStart(m_view.result->spec.conv, m_layout.voxel);
    if (cell) m_grip = *cell - QPointF(start.x, start.y);
    else m_drag = Drag::Orbit;
  }
}

void StageView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (m_drag == Drag::None) {
    const Hover hover = hoverAt(at);
    if (!(hover == m_hover)) {
      m_hover = hover;
      emit hovered(hover);
    }
    updateCursor(at);
    return;
  }
  if (!m_moved && QLineF(at, m_pressed).length() < kClickPx) return;
  m_moved = true;
  dragTo(at);
  m_last = at;
}

void StageView::dragTo(QPointF at) {
  const QPointF by = at - m_last;
  CameraLook camera = m_shown;
  switch (m_drag) {
    case Drag::Orbit:
      camera.yaw += by.x() * kDegreesPerPx;
      if (camera.yaw > 180) camera.yaw -= 360;
      if (camera.yaw < -180) camera.yaw += 360;
      camera.pitch = std::clamp(camera.pitch + by.y() * kDegreesPerPx, -kSteepest, kSteepest);
      requestCamera(camera);
      break;
    case Drag::Pan:
      camera.panX += by.x() / std::max(1, width());
      camera.panY += by.y() / std::max(1, height());
      requestCamera(camera);
      break;
    case Drag::Patch:
    case Drag::Voxel:
    case Drag::Time: slideTo(at); break;
    case Drag::None: break;
  }
}

void StageView::slideTo(QPointF at) {
  const Ray ray = m_camera.rayThrough(at);
  if (m_drag == Drag::Time) {
    const LookTheme& theme = lookTheme(m_view.state.look);
    const QLineF arrow = slideArrow(m_layout, m_camera, theme, Axis::T);
    if (arrow.length() < 1) return;
    const QPointF along = (arrow.p2() - arrow.p1()) / arrow.length();
    const double px = QPointF::dotProduct(at - m_pressed, along);
    // one frame on for each frame distance that the pointer was drawn
    const Vec3 here{0, 0, m_layout.cuboids.front().low.z};
    const double pitch = QLineF(m_camera.project(here), m_camera.project(here + Vec3{0, 0, theme.gapNext})).length();
    Triple voxel = m_layout.voxel;
    const double frames = px / std::max(8.0, pitch) / m_view.result->spec.conv.stride.t;
    voxel.t = std::clamp(m_travelFrom.t + static_cast<int>(std::lround(frames)), 0, m_layout.output.length - 1);
    requestVoxel(voxel);
    return;
  }
  for (const StagePlane& plane : m_layout.planes) {
    const bool map = plane.kind == PlaneKind::Map;
    if (!plane.lit || map != (m_drag == Drag::Voxel)) continue;
    const auto cell = cellAt(plane, ray);
    if (!cell) return;
    if (map) {
      requestVoxel({m_layout.voxel.t, std::clamp(static_cast<int>(std::floor(cell->y())), 0, plane.rows - 1),
                    std::clamp(static_cast<int>(std::floor(cell->x())), 0, plane.columns - 1)});
    } else {
      requestVoxel(voxelForPatchAt(*m_view.result, m_layout.voxel, cell->y() - m_grip.y(), cell->x() - m_grip.x()));
    }
    return;
  }
}

void StageView::mouseReleaseEvent(QMouseEvent* event) {
  const bool click = m_drag != Drag::None && m_drag != Drag::Pan && !m_moved && event->button() == Qt::LeftButton;
  m_drag = Drag::None;
  if (click) pinAt(event->position());
  updateCursor(event->position());
}

void StageView::pinAt(QPointF at) {
  const Hover hover = hoverAt(at);
  std::optional<InputPoint> input;
  if (hover.kind == Hover::Kind::Output) {
    requestVoxel(hover.at);
    return;
  }
  if (hover.kind == Hover::Kind::Input) input = InputPoint{hover.at, hover.channel};
  if (hover.kind == Hover::Kind::Weight) {
    // the input voxel that this weight is multiplied with now
    const ConvSpec& conv = m_view.result->spec.conv;
    const Triple start = m_view.result->geometry.inputStart(conv, m_layout.voxel);
    const Triple source{start.t + hover.at.t * conv.dilation.t, start.y + hover.at.y * conv.dilation.y,
                        start.x + hover.at.x * conv.dilation.x};
    if (m_layout.input.contains(source)) input = InputPoint{source, hover.channel};
  }
  if (input == m_view.state.selection.input) input.reset();  // a second click lets go
  if (input == m_view.state.selection.input) return;
  emit editRequested({tr("Input voxel"), [input](AppState& state) { state.selection.input = input; }, false});
}

void StageView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || grabAt(event->position()) != Drag::None) return;
  resetCamera();
}

void StageView::wheelEvent(QWheelEvent* event) {
  if (!m_layout.valid) return;
  const double factor = std::pow(1.0015, event->angleDelta().y());
  requestCamera(m_camera.zoomedAbout(m_shown, event->position(), factor));
  event->accept();
}

void StageView::leaveEvent(QEvent*) {
  if (m_hover == Hover{}) return;
  m_hover = {};
  emit hovered(m_hover);
}

Hover StageView::hoverAt(QPointF at) const {
  if (!m_layout.valid) return {};
  const int channel = shownChannel(m_view);
  if (m_furniture.kernelArea.contains(at)) {
    if (const auto tap = kernelBlock(m_view, m_furniture.kernelArea).tapAt(at)) return {Hover::Kind::Weight, *tap, channel};
  }
  const auto hit = pick(m_layout, m_camera, at);
  const int shown = std::clamp(m_view.state.selection.weightChannel, 0, std::max(0, m_layout.input.channels - 1));
  return hit ? hoverOf(*hit, shown) : Hover{};
}

void StageView::updateCursor(QPointF at) {
  const Drag grabbed = grabAt(at);
  if (grabbed != Drag::None) setCursor(Qt::SizeAllCursor);
  else unsetCursor();
}

QString StageView::tipFor(const Hover& hover) const {
  if (hover.kind == Hover::Kind::None || m_view.result == nullptr) return {};
  const QString place = tr("t=%1 y=%2 x=%3").arg(hover.at.t + 1).arg(hover.at.y + 1).arg(hover.at.x + 1);
  if (hover.kind == Hover::Kind::Weight) {
    return tr("Weight %1, %2: %3").arg(channelName(m_view, hover.channel), place,
                                       signedText(appliedWeight(m_view, hover.channel, hover.at), 3));
  }
  if (hover.kind == Hover::Kind::Output) {
    const float value = m_view.result->valueAt(hover.channel, hover.at);
    return tr("Output %1 y=%2 x=%3: %4")
        .arg(m_view.mapTitle(hover.at.t))
        .arg(hover.at.y + 1)
        .arg(hover.at.x + 1)
        .arg(m_view.unsignedMaps() ? QString::number(value, 'f', 3) : signedText(value, 3));
  }
  const Tensor& pixels = m_view.result->clip->pixels;
  QStringList values;
  for (int c = 0; c < std::min(4, pixels.shape().channels); ++c) {
    values << QString::number(pixels.at(hover.at.t, hover.at.y, hover.at.x, c), 'f', 2);
  }
  const bool rgb = pixels.shape().channels == 3;
  return tr("Input %1: %2").arg(place, rgb ? tr("R %1  G %2  B %3").arg(values[0], values[1], values[2]) : values.join(' '));
}

bool StageView::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const QString tip = tipFor(hoverAt(help->pos()));
    if (tip.isEmpty()) QToolTip::hideText();
    else QToolTip::showText(help->globalPos(), tip, this);
    return true;
  }
  return QWidget::event(event);
}

// --- facts

void StageView::describe() {
  if (!m_layout.valid) return;
  const float value = m_view.result->valueAt(m_layout.filter, m_layout.voxel);
  setAccessibleDescription(tr("Input %1, output %2, voxel %3 y=%4 x=%5 with value %6")
                               .arg(QString::fromStdString(toText(m_layout.input)),
                                    QString::fromStdString(toText(m_layout.output)), m_view.mapTitle(m_layout.voxel.t))
                               .arg(m_layout.voxel.y + 1)
                               .arg(m_layout.voxel.x + 1)
                               .arg(signedText(value, 3)));
}

StageFacts StageView::facts() const {
  StageFacts facts;
  facts.problem = m_gl->problem();
  facts.valid = m_layout.valid;
  facts.stale = m_view.stale;
  facts.texturedQuads = m_scene->visibleQuads();
  facts.labels = m_overlay.labels();
  facts.pictures = m_pictures;
  facts.lastPictureMs = m_lastPictureMs;
  facts.lastOverlayMs = m_lastOverlayMs;
  if (!m_layout.valid) return facts;
  for (const StagePlane& plane : m_layout.planes) {
    facts.inputFrames += plane.kind == PlaneKind::Input;
    facts.paddingFrames += plane.kind == PlaneKind::Padding;
    facts.mapFrames += plane.kind == PlaneKind::Map;
    facts.litFrames += plane.lit && plane.kind != PlaneKind::Map;
    facts.bounds |= projected(plane.corners(), m_camera).boundingRect();
  }
  facts.voxel = voxelShape(m_layout, m_camera);
  facts.patch = patchShape(m_layout.patches.front(), m_camera);
  return facts;
}

}  // namespace convscope
