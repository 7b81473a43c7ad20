// The stage under the pointer: orbit, pan, zoom, hover, pin, and sliding the kernel.
#include "widgets/stage/kernel_block.h"
#include "widgets/stage/stage_legend.h"
#include "widgets/stage/stage_view.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kDegreesPerPx = .35;
constexpr double kClickPx = 4;       // less movement than this is a click
constexpr QPoint kTipAway{18, -72};  // px from the pointer
constexpr double kSteepest = 89.9;   // degrees of pitch

}  // namespace

std::optional<Axis> StageView::handleAt(QPointF at) const {
  if (!m_layout.valid || !m_layout.kernelLarge || m_furniture.kernelArea.isEmpty()) return std::nullopt;
  // The block is made of all its cells: not for a pointer that is nowhere near.
  const double reach = KernelHandle::kReach;
  if (m_drag == Drag::None && !m_furniture.kernelArea.adjusted(-reach, -reach, reach, reach).contains(at))
    return std::nullopt;
  const KernelBlock block = kernelBlock(m_view, m_furniture.kernelArea, m_heldCell);
  for (const Axis axis : kAxes) {
    const QPointF& knob = block.handles[static_cast<std::size_t>(axis)].knob;
    if (QLineF(at, knob).length() <= KernelHandle::kReach) return axis;
  }
  return std::nullopt;
}

LegendPart StageView::legendAt(QPointF at) const {
  if (!m_layout.valid || m_layout.inputOnly) return LegendPart::None;
  return legendPartAt(m_view, m_furniture.legendBar, at);
}

void StageView::updateHot(QPointF at) {
  const std::optional<Axis> handle = handleAt(at);
  const LegendPart legend = legendAt(at);
  if (handle == m_handle && legend == m_legend) return;
  m_handle = handle;
  m_legend = legend;
  update();
}

StageView::Drag StageView::grabAt(QPointF at) const {
  if (!m_layout.valid || m_layout.inputOnly) return Drag::None;
  if (handleAt(at)) return Drag::Stretch;
  if (const LegendPart part = legendAt(at); part != LegendPart::None)
    return part == LegendPart::Level ? Drag::Level : part == LegendPart::Range ? Drag::Range : Drag::None;
  if (voxelShape(m_layout, m_camera, lookTheme(m_view.state.look))
          .boundingRect()
          .adjusted(-5, -5, 5, 5)
          .contains(at))
    return Drag::Voxel;
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
  m_rangeFrom = m_range;
  if (m_drag == Drag::Stretch) {
    const KernelBlock block = kernelBlock(m_view, m_furniture.kernelArea);
    m_handle = handleAt(m_pressed);
    m_stretch = block.handles[static_cast<std::size_t>(*m_handle)];
    m_stretchFrom = m_view.result->spec.conv.kernel[*m_handle];
    m_heldCell = block.cellSide;
  }
  if (m_drag == Drag::Patch) {
    const StagePlane* plane = nullptr;
    for (const StagePlane& candidate : m_layout.planes) {
      if (candidate.lit && candidate.kind != PlaneKind::Map && plane == nullptr) plane = &candidate;
    }
    const auto cell = plane != nullptr ? cellAt(*plane, m_camera.rayThrough(m_pressed)) : std::nullopt;
    const Triple start = m_view.result->geometry.inputStart(m_view.result->spec.conv, m_layout.voxel);
    if (cell)
      m_grip = *cell - QPointF(start.x, start.y);
    else
      m_drag = Drag::Orbit;
  }
}

void StageView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (m_drag == Drag::None) {
    const Hover hover = hoverAt(at);
    if (!(hover == m_hover)) {
      m_hover = hover;
      Q_EMIT hovered(hover);
    }
    updateCursor(at);
    updateHot(at);
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
    case Drag::Time:
      slideTo(at);
      break;
    case Drag::Stretch:
      stretchTo(at);
      break;
    case Drag::Level:
    case Drag::Range:
      scaleTo(at);
      break;
    case Drag::None:
      break;
  }
}

void StageView::scaleTo(QPointF at) {
  const QRectF& bar = m_furniture.legendBar;
  if (m_drag == Drag::Level) {
    const double level = levelAt(m_view, bar, at);
    if (level == m_view.state.look.isoLevel) return;
    Q_EMIT editRequested(
        {tr("Level of the surface"), [level](AppState& state) { state.look.isoLevel = level; }});
    return;
  }
  const double range = rangeAt(bar, m_rangeFrom, m_pressed, at);
  const Look& look = m_view.state.look;
  if (look.rangeMode == RangeMode::Fixed && range == look.fixedRange) return;
  Q_EMIT editRequested({tr("Colour range"), [range](AppState& state) {
                          state.look.rangeMode = RangeMode::Fixed;
                          state.look.fixedRange = range;
                        }});
}

void StageView::stretchTo(QPointF at) {
  const Axis axis = *m_handle;
  const int extent = stretchedExtent(m_view, axis, m_stretchFrom, m_stretch, at - m_pressed);
  if (extent == m_view.study().conv.kernel[axis]) return;
  // the Kernel panel's words: undo takes a stretch for an edit of its field
  const QString label = axis == Axis::T   ? tr("Kernel length")
                        : axis == Axis::Y ? tr("Kernel height")
                                          : tr("Kernel width");
  Q_EMIT editRequested(
      {label, [axis, extent](AppState& state) { state.kernel().conv.kernel[axis] = extent; }});
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
    const double pitch =
        QLineF(m_camera.project(here), m_camera.project(here + Vec3{0, 0, theme.gapNext})).length();
    Triple voxel = m_layout.voxel;
    const double frames = px / std::max(8.0, pitch) / m_view.result->spec.conv.stride.t;
    voxel.t =
        std::clamp(m_travelFrom.t + static_cast<int>(std::lround(frames)), 0, m_layout.output.length - 1);
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
      requestVoxel(
          voxelForPatchAt(*m_view.result, m_layout.voxel, cell->y() - m_grip.y(), cell->x() - m_grip.x()));
    }
    return;
  }
}

void StageView::mouseReleaseEvent(QMouseEvent* event) {
  const bool click =
      m_drag != Drag::None && m_drag != Drag::Pan && !m_moved && event->button() == Qt::LeftButton;
  const bool stretched = m_drag == Drag::Stretch;
  const bool scaled = m_drag == Drag::Level || m_drag == Drag::Range;
  m_drag = Drag::None;
  if (stretched) {
    m_heldCell = 0;
    rebuild();
  }
  updateHot(event->position());
  if (click && !stretched && !scaled && legendAt(event->position()) == LegendPart::None)
    pinAt(event->position());
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
  Q_EMIT editRequested(
      {tr("Input voxel"), [input](AppState& state) { state.selection.input = input; }, false});
}

void StageView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  if (const LegendPart part = legendAt(event->position());
      part == LegendPart::Scale || part == LegendPart::Range) {
    Q_EMIT editRequested(
        {tr("Colour range"), [](AppState& state) { state.look.rangeMode = RangeMode::Map; }});
    return;
  }
  if (grabAt(event->position()) != Drag::None) return;
  resetCamera();
}

void StageView::wheelEvent(QWheelEvent* event) {
  if (!m_layout.valid) return;
  const double factor = std::pow(1.0015, event->angleDelta().y());
  requestCamera(m_camera.zoomedAbout(m_shown, event->position(), factor));
  event->accept();
}

void StageView::leaveEvent(QEvent*) {
  if (m_drag == Drag::None) updateHot({-1e4, -1e4});
  if (m_hover == Hover{}) return;
  m_hover = {};
  Q_EMIT hovered(m_hover);
}

Hover StageView::hoverAt(QPointF at) const {
  if (!m_layout.valid || legendAt(at) != LegendPart::None) return {};
  if (m_furniture.kernelArea.contains(at)) {
    for (const KernelBlock& block : kernelBlocks(m_view, m_furniture.kernelArea, m_heldCell))
      if (const auto tap = block.tapAt(at)) return {Hover::Kind::Weight, *tap, block.channel};
  }
  const auto hit = pick(m_layout, m_camera, at);
  const int shown =
      std::clamp(m_view.state.selection.weightChannel, 0, std::max(0, m_layout.input.channels - 1));
  return hit ? hoverOf(*hit, shown) : Hover{};
}

void StageView::updateCursor(QPointF at) {
  const Drag grabbed = grabAt(at);
  if (grabbed == Drag::Level || grabbed == Drag::Range)
    setCursor(Qt::SizeHorCursor);
  else if (grabbed == Drag::Stretch)
    setCursor(Qt::PointingHandCursor);
  else if (grabbed != Drag::None)
    setCursor(Qt::SizeAllCursor);
  else
    unsetCursor();
}

QString StageView::tipFor(const Hover& hover) const {
  if (hover.kind == Hover::Kind::None || m_view.result == nullptr) return {};
  const QString place = tr("t=%1 y=%2 x=%3").arg(hover.at.t + 1).arg(hover.at.y + 1).arg(hover.at.x + 1);
  if (hover.kind == Hover::Kind::Weight) {
    return tr("Weight %1, %2: %3")
        .arg(channelName(m_view, hover.channel), place,
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
  return tr("Input %1: %2")
      .arg(place, rgb ? tr("R %1  G %2  B %3").arg(values[0], values[1], values[2]) : values.join(' '));
}

QString StageView::stretchTip(Axis axis) const {
  const QString text = axis == Axis::T   ? tr("Kernel length %1: drag to stretch the kernel in time")
                       : axis == Axis::Y ? tr("Kernel height %1: drag to stretch the kernel")
                                         : tr("Kernel width %1: drag to stretch the kernel");
  return text.arg(m_view.study().conv.kernel[axis]);
}

QString StageView::legendTip(LegendPart part) const {
  if (part == LegendPart::Level) {
    return tr("Surface at %1 % of the scale's end: drag for another level")
        .arg(std::lround(100 * m_view.state.look.isoLevel));
  }
  const QString fitted = tr("Scale fitted to the maps: drag an end to fix its range");
  const QString fixed = tr("Fixed range: drag an end to change it, double-click to fit it to the maps");
  return m_view.state.look.rangeMode == RangeMode::Fixed ? fixed : fitted;
}

bool StageView::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto handle = handleAt(help->pos());
    const LegendPart legend = legendAt(help->pos());
    const QString tip = handle                       ? stretchTip(*handle)
                        : legend != LegendPart::None ? legendTip(legend)
                                                     : tipFor(hoverAt(help->pos()));
    if (tip.isEmpty())
      QToolTip::hideText();
    else
      QToolTip::showText(help->globalPos() + kTipAway, tip, this);  // not over the value or the cell
    return true;
  }
  return QWidget::event(event);
}

}  // namespace convscope
