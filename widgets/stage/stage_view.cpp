#include "widgets/stage/stage_view.h"

#include "widgets/stage/paint_beside.h"

#include <QEasingCurve>
#include <QElapsedTimer>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <utility>

namespace convscope {

namespace {

constexpr double kVectorRatio = 2;        // pixels a px of the 3-D picture under vectors
constexpr double kShortestTravelMs = 40;  // faster steps jump

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
  const bool otherResponse = first || otherResult || view.filter() != m_view.filter() ||
                             view.state.look.timeResponse != m_view.state.look.timeResponse;
  const bool otherPaint =
      view.stale != m_view.stale || !(view.hover == m_view.hover) || view.problem != m_view.problem;
  if (!otherResult && !otherState && !otherPaint) {
    m_view = view;
    return;
  }
  if (!first && view.result != nullptr) travelTo(view);
  const CameraLook before = m_flight.state() == QAbstractAnimation::Running ? m_flightTo : m_shown;
  m_view = view;
  if (first)
    m_shown = view.state.look.camera;
  else if (!(view.state.look.camera == before))
    flyTo(view.state.look.camera);
  if (otherResult || otherState || first) {
    if (otherResponse) m_response = responseOf(m_view);
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
  m_layout.valueVeiled = m_valueVeiled;
  m_layout.response = m_response.has_value();
  m_layout.ghost = m_response && !m_response->ghostGain.empty();
  if (m_veiled && m_layout.valid) {
    m_layout.veiled = true;
    std::erase_if(m_layout.planes, [this](const StagePlane& plane) {
      return plane.kind != PlaneKind::Input && plane.kind != PlaneKind::Padding && !plane.lit;
    });
  }

  // texture contents may differ although nothing moved
  if (m_layout.valid) {
    if (m_scene->update(m_layout, m_view, theme)) m_pictureOld = true;
    m_range = m_scene->rangeAt(m_view, m_layout.voxel.t);
  }
  frame(size());
  update();
}

void StageView::setVeiled(bool maps, bool value) {
  if (m_veiled == maps && m_valueVeiled == value) return;
  m_veiled = maps;
  m_valueVeiled = value;
  rebuild();
  describe();
}

void StageView::frame(const QSizeF& size) {
  if (!m_layout.valid || size.isEmpty()) return;
  m_furniture = furnitureOf(size, lookTheme(m_view.state.look), m_layout);
  m_furniture.kernelCell = m_heldCell;
  m_camera = stageCamera(m_layout, m_shown, size, m_furniture);
  if (m_scene->setCamera(m_camera)) m_pictureOld = true;
}

void StageView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  // a picture of the widget may have more pixels than the screen
  paintStage(painter, size(), paintsVectors(painter) ? kVectorRatio : pixelRatioOf(painter));
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
  if (paintsVectors(painter)) {
    drawPicture(device, ratio);
    painter.drawImage(QRectF(QPointF(0, 0), size), m_picture);
    painter.save();
    paintOverlay(painter, ratio);
    painter.restore();
    return;
  }
  // Both parts take about as long, and OpenGL in software waits for threads of its own.
  paintBeside([&] { drawOverlay(device, ratio); }, [&] { drawPicture(device, ratio); });
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  painter.drawImage(QPointF(0, 0), m_picture);
  painter.setOpacity(1);
  painter.drawImage(QPointF(0, 0), m_lines);
}

void StageView::drawPicture(const QSize& device, double ratio) {
  const bool clear = lookTheme(m_view.state.look).stage.alpha() == 0;
  if (!m_pictureOld && m_pictureSize == device && m_pictureClear == clear) return;
  QElapsedTimer clock;
  clock.start();
  if (clear != std::exchange(m_pictureClear, clear)) m_picture = QImage();
  clear ? drawClearPicture(device) : m_gl->draw(device, m_picture);
  m_picture.setDevicePixelRatio(ratio);
  m_pictureSize = device;
  m_pictureOld = m_picture.isNull();  // tried again at the next painting
  ++m_pictures;
  m_lastPictureMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

/// What is drawn on black and on white differs by as much as the ground shines through.
void StageView::drawClearPicture(const QSize& device) {
  QImage onBlack, onWhite;
  m_scene->setGround(Qt::black);
  m_gl->draw(device, onBlack);
  m_scene->setGround(Qt::white);
  m_gl->draw(device, onWhite);
  m_scene->setGround(lookTheme(m_view.state.look).stage);
  m_picture = QImage();
  if (onBlack.isNull() || onWhite.isNull()) return;
  m_picture = QImage(device, QImage::Format_ARGB32_Premultiplied);
  for (int y = 0; y < device.height(); ++y) {
    const auto* black = reinterpret_cast<const QRgb*>(onBlack.constScanLine(y));
    const auto* white = reinterpret_cast<const QRgb*>(onWhite.constScanLine(y));
    auto* to = reinterpret_cast<QRgb*>(m_picture.scanLine(y));
    for (int x = 0; x < device.width(); ++x) {
      const int through = (qRed(white[x]) - qRed(black[x]) + qGreen(white[x]) - qGreen(black[x]) +
                           qBlue(white[x]) - qBlue(black[x])) /
                          3;
      const int alpha = 255 - std::clamp(through, 0, 255);
      to[x] = qRgba(std::min(qRed(black[x]), alpha), std::min(qGreen(black[x]), alpha),
                    std::min(qBlue(black[x]), alpha), alpha);
    }
  }
}

void StageView::drawOverlay(const QSize& device, double ratio) {
  QElapsedTimer clock;
  clock.start();
  if (m_lines.size() != device) m_lines = QImage(device, QImage::Format_ARGB32_Premultiplied);
  m_lines.setDevicePixelRatio(ratio);
  m_lines.fill(Qt::transparent);
  QPainter painter(&m_lines);
  paintOverlay(painter, ratio);
  m_lastOverlayMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

void StageView::paintOverlay(QPainter& painter, double ratio) {
  m_overlay.paint(painter, {m_layout, m_camera, m_view, lookTheme(m_view.state.look), m_furniture, m_range,
                            ratio, m_legend, m_handle, m_response ? &*m_response : nullptr});
}

void StageView::paintSentence(QPainter& painter, const QSize& size, const QString& text) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.setFont(theme.font(theme.stageLabel));
  painter.setPen(theme.muted);
  const QRect middle = QRect(QPoint(0, 0), size).adjusted(size.width() / 8, 0, -size.width() / 8, 0);
  painter.drawText(middle, Qt::AlignCenter | Qt::TextWordWrap, text);
}

QImage StageView::renderImage(const QSize& size, double ratio) {
  QImage image((QSizeF(size) * ratio).toSize(), QImage::Format_RGB32);
  image.setDevicePixelRatio(ratio);
  QPainter painter(&image);
  frame(size);
  m_pictureOld = true;
  paintStage(painter, size, ratio);
  painter.end();
  m_pictureOld = true;
  frame(this->size());
  return image;
}

void StageView::resizeEvent(QResizeEvent*) {
  frame(size());
}

CameraLook StageView::presetCamera(int number) const {
  const bool other = number >= 2 && number <= 4;
  const CameraLook base = other ? presetAngles(number)
                                : designedView(m_view.state.look.channelsApart, m_view.state.look.stageMode);
  if (!m_layout.valid || number < 5 || number > 6) return base;
  const StageCamera camera = stageCamera(m_layout, base, size(), m_furniture);
  std::vector<Vec3> points = m_layout.mapCorners;
  if (number == 6) {
    points.clear();
    for (const StageBox& box : m_layout.cuboids) {
      const Vec3 margin{.12, .12, 0};
      points.push_back(box.low - margin);
      points.push_back(box.high + margin);
    }
  }
  return camera.closeUp(base, points, number == 6 ? .9 : .72);
}

CameraLook StageView::designedView(bool channelsApart, StageMode mode) const {
  return designedCamera(channelsApart && m_layout.input.channels > 1, m_layout.still, mode);
}

void StageView::resetCamera() {
  const CameraLook designed = presetCamera(1);
  Q_EMIT editRequested({tr("Camera"), [designed](AppState& state) { state.look.camera = designed; }, false});
}

void StageView::requestCamera(const CameraLook& camera) {
  m_flight.stop();
  m_shown = camera;
  frame(size());
  update();
  Q_EMIT editRequested({tr("Camera"), [camera](AppState& state) { state.look.camera = camera; }, false});
}

void StageView::requestVoxel(const Triple& voxel) {
  if (voxel == m_layout.voxel) return;
  Q_EMIT editRequested({tr("Voxel"), [voxel](AppState& state) { state.selection.voxel = voxel; }, false});
}

void StageView::describe() {
  if (!m_layout.valid) return;
  const float value = m_view.result->valueAt(m_layout.filter, m_layout.voxel);
  setAccessibleDescription(tr("Input %1, output %2, voxel %3 y=%4 x=%5 with value %6")
                               .arg(QString::fromStdString(toText(m_layout.input)),
                                    QString::fromStdString(toText(m_layout.output)),
                                    m_view.mapTitle(m_layout.voxel.t))
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
  facts.voxel = voxelShape(m_layout, m_camera, lookTheme(m_view.state.look));
  facts.patch = patchShape(m_layout.patches.front(), m_camera);
  return facts;
}

}  // namespace convscope
