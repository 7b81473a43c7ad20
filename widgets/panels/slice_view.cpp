#include "widgets/panels/slice_view.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/film_view.h"
#include "widgets/panels/kernel_place.h"
#include "widgets/panels/slice_motion.h"
#include "widgets/panels/text_runs.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

// px at type of 12.5 px
constexpr double kNumbers = 42, kNumberGap = 9, kArrowColumn = 34, kFoot = 33, kCompactFoot = 20;
constexpr double kUnder = 12;  // from a slice to the arrow under it
constexpr double kTop = SliceView::kTitleHeight;
constexpr double kHighestRow = 20, kWidestCell = 12;
/// Where cells would be smaller than kSmallestCell, the slices show fewer columns, this large.
constexpr double kSmallestCell = 1, kCroppedCell = 4;
constexpr double kFewestColumns = 8;
/// Cells beside the patch, and frames before and after it, in which motion is looked for.
constexpr int kMotionCells = 3, kMotionFrames = 1;

/// Where the output starts on the input's scale and how far it goes: in input cells, from 0.
struct Extent {
  double first = 0;
  double end = 0;
};
Extent outputExtent(const KernelResult& result, Axis axis) {
  const int stride = result.spec.conv.stride[axis];
  const double first = patchCentre(result, axis, 0) - (stride - 1) / 2.0;
  return {first, first + double(result.geometry.output.along(axis)) * stride};
}

double crisp(double px) {
  return px >= 2 ? std::floor(px) : px;
}

}  // namespace

SliceView::SliceView(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setAccessibleName(tr("Slices along time"));
}

void SliceView::present(const KernelView& view, const FilmImages* images, Plane plane, bool compact) {
  m_view = view;
  m_images = images;
  m_plane = plane;
  m_compact = compact;
  measureMotion();
  setAccessibleDescription(m_caption);
  update();
}

void SliceView::measureMotion() {
  m_caption.clear();
  m_brief.clear();
  if (m_view.result == nullptr || m_view.result->geometry.input.length < 2) return;
  const KernelResult& result = *m_view.result;
  const Shape& in = result.geometry.input;
  const Triple middle = sliceThrough(m_view);
  // about the patch; about one cell where that is pinned
  const bool pinned = m_view.state.selection.input.has_value();
  const Triple start = pinned ? middle : patchStart(result, m_view.voxel());
  const bool rows = m_plane == Plane::XT;
  MotionWindow window;
  window.along = axis();
  window.line = rows ? middle.y : middle.x;
  window.from = std::clamp(start[axis()] - kMotionCells, 0, in.along(axis()));
  window.to = std::clamp(start[axis()] + (pinned ? 1 : result.spec.conv.span(axis())) + kMotionCells, 0,
                         in.along(axis()));
  window.firstFrame = std::clamp(start.t - kMotionFrames, 0, in.length);
  window.endFrame =
      std::clamp(start.t + (pinned ? 1 : result.spec.conv.span(Axis::T)) + kMotionFrames, 0, in.length);
  const std::optional<double> speed = motionIn(result.clip->pixels, window);
  if (!speed) {
    m_caption = tr("no single motion can be told here");
  } else if (*speed == 0) {
    m_caption = tr("nothing moves here: upright lines");
  } else {
    const QString way =
        rows ? (*speed > 0 ? tr("to the right") : tr("to the left")) : (*speed > 0 ? tr("down") : tr("up"));
    const double size = std::abs(*speed);
    m_caption = tr("the picture moves about %1 %2 %3 per frame here")
                    .arg(QString::number(size), size == 1 ? tr("cell") : tr("cells"), way);
    m_brief = tr("about %1 %2 per frame").arg(QString::number(size), way);
  }
}

double SliceView::outputNumberWidth() const {
  const KernelResult& result = *m_view.result;
  const int last = result.geometry.output.length - 1;
  const LookTheme& theme = lookTheme(m_view.state.look);
  double widest = 0;
  // the last ones may be short where they reach into the padding
  for (const int t : {0, last * 3 / 4, last, m_view.voxel().t})
    widest = std::max(widest, widthOf({{framesText(result, t), theme.text, true, theme.caption}}, theme));
  return widest;
}

SliceLayout SliceView::layoutFor(const QSizeF& size) const {
  SliceLayout lay;
  if (m_view.result == nullptr) return lay;
  const KernelResult& result = *m_view.result;
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double s = theme.body / 12.5;
  const Shape& in = result.geometry.input;
  const Extent outT = outputExtent(result, Axis::T);
  const Extent outX = outputExtent(result, axis());
  // padding lets the output begin before the input and end after it
  const double firstRow = std::min(0.0, outT.first);
  const double rows = std::max<double>(in.length, outT.end) - firstRow;
  const double room = size.height() - (kTop + (m_compact ? kCompactFoot : kFoot)) * s;
  lay.rowHeight = crisp(std::min(room / rows, kHighestRow * s));
  lay.columnsIn = in.along(axis());
  lay.columnsOut = result.geometry.output.along(axis());
  const int stride = result.spec.conv.stride[axis()];
  const double fixed =
      (kNumbers + kArrowColumn) * s + outputNumberWidth() + (kNumberGap + theme.panelPad) * s;
  const double all = lay.columnsIn + std::max(0.0, outX.first) + outX.end - outX.first;
  lay.cell = crisp(std::min((size.width() - fixed) / all, kWidestCell * s));
  bool both = lay.cell >= kSmallestCell;
  if (!both) {
    const double columns = std::floor((size.width() - fixed) / (2 * std::floor(kCroppedCell * s)));
    both = columns >= std::max<double>(kFewestColumns, result.spec.conv.span(axis()) + 2.0);
    if (both) {
      lay.cell = std::floor(kCroppedCell * s);
      cropTo(lay, columns);
    } else {
      lay.cell =
          crisp(std::min((size.width() - (kNumbers + kArrowColumn) * s) / lay.columnsIn, kWidestCell * s));
    }
  }
  const double top = kTop * s - firstRow * lay.rowHeight;
  lay.input = QRectF(kNumbers * s, top, lay.columnsIn * lay.cell, in.length * lay.rowHeight);
  lay.titleX = lay.input.right() + kArrowColumn * s + outputNumberWidth() + kNumberGap * s;
  const double before = std::max(0.0, outX.first + lay.firstOut * stride - lay.firstIn);
  if (both)
    lay.output = QRectF(lay.titleX + before * lay.cell, top + outT.first * lay.rowHeight,
                        lay.columnsOut * stride * lay.cell, (outT.end - outT.first) * lay.rowHeight);
  return lay;
}

/// Keeps `columns` of the input about the middle of the patch, and the outputs over them.
void SliceView::cropTo(SliceLayout& lay, double columns) const {
  const KernelResult& result = *m_view.result;
  const int extent = result.geometry.input.along(axis());
  const int place = m_view.voxel()[axis()];
  const int middle = static_cast<int>(std::lround(patchCentre(result, axis(), place)));
  lay.columnsIn = std::min(static_cast<int>(columns), extent);
  lay.firstIn = std::clamp(middle - lay.columnsIn / 2, 0, extent - lay.columnsIn);
  const double first = outputExtent(result, axis()).first;
  const int stride = result.spec.conv.stride[axis()];
  const int outputs = result.geometry.output.along(axis());
  lay.firstOut = std::clamp(static_cast<int>(std::ceil((lay.firstIn - first) / stride)), 0, place);
  const int end = static_cast<int>(std::floor((lay.firstIn + lay.columnsIn - first) / stride));
  lay.columnsOut = std::clamp(end, place + 1, outputs) - lay.firstOut;
}

QString SliceView::columnsText(const SliceLayout& lay, bool output) const {
  const Shape& shape = output ? m_view.result->geometry.output : m_view.result->geometry.input;
  const int first = output ? lay.firstOut : lay.firstIn;
  const int count = output ? lay.columnsOut : lay.columnsIn;
  if (count >= shape.along(axis())) return {};
  return (m_plane == Plane::XT ? tr("columns %1 to %2") : tr("rows %1 to %2"))
      .arg(first + 1)
      .arg(first + count);
}

QString SliceView::title(bool output) const {
  if (m_view.result == nullptr) return {};
  const QString name = m_plane == Plane::XT ? tr("x–t slice") : tr("y–t slice");
  const QString columns = columnsText(layoutNow(), output);
  return name + (output ? tr(", output") : tr(", input")) +
         (columns.isEmpty() ? QString() : QStringLiteral(", ") + columns);
}

SliceLayout SliceView::layoutNow() const {
  return layoutFor(size());
}

double SliceView::wantedWidth(double height) const {
  if (m_view.result == nullptr) return 0;
  const double s = lookTheme(m_view.state.look).body / 12.5;
  const SliceLayout lay = layoutFor({1e5, height});
  // as wide as cells half as wide as rows are high make it: a speed of two cells a frame then slants by 45°
  const double cell = std::clamp(lay.rowHeight / 2, 4 * s, 8 * s);
  return lay.output.right() * (cell / lay.cell) + (kNumbers + kArrowColumn + 60) * s;
}

// --- painting

void SliceView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.fillRect(rect(), theme.panel);
  if (m_view.result == nullptr || m_images == nullptr || m_images->inputSlice().isNull()) return;
  const SliceLayout lay = layoutNow();
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  paintTitles(painter, lay);
  const QImage& input = m_images->inputSlice();
  const QImage& output = m_images->outputSlice();
  painter.drawImage(lay.input, input, QRectF(lay.firstIn, 0, lay.columnsIn, input.height()));
  if (!lay.output.isEmpty())
    painter.drawImage(lay.output, output, QRectF(lay.firstOut, 0, lay.columnsOut, output.height()));
  paintNumbers(painter, lay);
  paintArrows(painter, lay);
  paintMarks(painter, lay);
}

void SliceView::paintTitles(QPainter& painter, const SliceLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double s = theme.body / 12.5;
  const QString name = m_plane == Plane::XT ? tr("x–t slice") : tr("y–t slice");
  const double outputLeft = lay.titleX - 8 * s;
  const auto draw = [&](double left, double end, const QString& which, const QString& columns) {
    // what is shown matters more than what it is called: that stands in the panel's title, too
    const TextLine most{{name + which, theme.text, true}, {QStringLiteral("  ") + columns, theme.muted}};
    const TextLine brief{{which.mid(2), theme.text, true}, {QStringLiteral("  ") + columns, theme.muted}};
    const bool fits = widthOf(most, theme) <= end - left;
    drawRuns(painter, {left, kTop * s / 2}, Anchor::Left, columns.isEmpty() || fits ? most : brief, theme);
  };
  const bool both = !lay.output.isEmpty();
  draw(lay.input.left(), (both ? outputLeft : width() - m_clear) - 8 * s, tr(", input"),
       columnsText(lay, false));
  if (both) draw(outputLeft, width() - m_clear, tr(", output"), columnsText(lay, true));
}

void SliceView::paintNumbers(QPainter& painter, const SliceLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const KernelResult& result = *m_view.result;
  const Triple voxel = m_view.voxel();
  const double s = theme.body / 12.5;
  const double lineHeight = theme.caption * 1.2;
  const int every = std::max(1, static_cast<int>(std::ceil(lineHeight / lay.rowHeight)));
  const int lengthIn = result.geometry.input.length;
  const int middle = std::clamp(static_cast<int>(patchCentre(result, Axis::T, voxel.t)), 0, lengthIn - 1);
  for (int t = 0; t < lengthIn; ++t) {
    const bool lit = readsAlong(result, Axis::T, voxel, t);
    // where rows are low: every n-th, counted from the kernel's
    if ((t - middle) % every != 0) continue;
    drawRun(painter, {lay.input.left() - kNumberGap * s, lay.input.top() + (t + .5) * lay.rowHeight},
            Anchor::Right, {QString::number(t + 1), lit ? theme.time : theme.muted, lit, theme.caption},
            theme);
  }
  if (lay.output.isEmpty()) return;
  const double rowHeight = lay.output.height() / result.geometry.output.length;
  const int everyOut = std::max(1, static_cast<int>(std::ceil(lineHeight / rowHeight)));
  for (int t = 0; t < result.geometry.output.length; ++t) {
    if ((t - voxel.t) % everyOut != 0) continue;
    const bool chosen = t == voxel.t;
    drawRun(painter, {lay.titleX - kNumberGap * s + 2, lay.output.top() + (t + .5) * rowHeight},
            Anchor::Right, {framesText(result, t), chosen ? theme.text : theme.muted, chosen, theme.caption},
            theme);
  }
}

void SliceView::paintArrows(QPainter& painter, const SliceLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double s = theme.body / 12.5;
  const double shaft = 2 * s;
  const double head = 10 * s;
  const double x = lay.input.right() + 12 * s;
  drawArrow(painter, {x, lay.input.top() + 3}, {x, lay.input.bottom()}, shaft, head, theme.time);
  drawRun(painter, {x + 10 * s, lay.input.bottom() - 7 * s}, Anchor::Left,
          {QStringLiteral("t"), theme.time, true}, theme);
  const QColor colour = theme.axisColour(axis());
  const double under = lay.input.bottom() + (m_compact ? kCompactFoot * .5 : kUnder) * s;
  const double left = lay.input.left();
  drawArrow(painter, {left, under}, {left + 60 * s, under}, shaft, head, colour);
  drawRun(painter, {left + 67 * s, under}, Anchor::Left,
          {m_plane == Plane::XT ? QStringLiteral("x") : QStringLiteral("y"), colour, true}, theme);
  const double room = width() - left - 96 * s;
  for (const QString& words : {m_caption, m_brief}) {
    if (widthOf({{words, theme.muted}}, theme) > room) continue;
    drawRun(painter, {left + 92 * s, under}, Anchor::Left, {words, theme.muted}, theme);
    break;
  }
}

void SliceView::paintMarks(QPainter& painter, const SliceLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const KernelResult& result = *m_view.result;
  const double s = theme.body / 12.5;
  const Triple voxel = m_view.voxel();
  const Triple start = patchStart(result, voxel);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF patch(lay.input.left() + (start[axis()] - lay.firstIn) * lay.cell,
                     lay.input.top() + start.t * lay.rowHeight, result.spec.conv.span(axis()) * lay.cell,
                     result.spec.conv.span(Axis::T) * lay.rowHeight);
  const Axis across = axis() == Axis::X ? Axis::Y : Axis::X;
  const Triple middle = sliceThrough(m_view), output = outputSliceThrough(m_view);
  const auto shownAt = [&](int at, int first, int count) { return at >= first && at < first + count; };
  const auto inRect = [&](const Triple& at) {
    return QRectF(lay.input.left() + (at[axis()] - lay.firstIn) * lay.cell,
                  lay.input.top() + at.t * lay.rowHeight, lay.cell, lay.rowHeight);
  };
  const bool pinned = m_view.state.selection.input.has_value();
  if (pinned && shownAt(middle[axis()], lay.firstIn, lay.columnsIn))
    drawHaloed(painter, inRect(middle), theme.patch * .75, theme.text, theme);
  // what reaches into the padding is cut off just outside the picture
  const QRectF shown = patch.intersected(lay.input.adjusted(-3, -3, 3, 3));
  if (!pinned && !shown.isEmpty()) drawHaloed(painter, shown, theme.patch, theme.kernel, theme);
  const Shape& out = result.geometry.output;
  const QSizeF outCell(lay.output.width() / lay.columnsOut, lay.output.height() / out.length);
  const auto outRect = [&](const Triple& at) {
    return QRectF(QPointF(lay.output.left() + (at[axis()] - lay.firstOut) * outCell.width(),
                          lay.output.top() + at.t * outCell.height()),
                  outCell);
  };
  if (!lay.output.isEmpty() && !pinned) {
    // beside the cell, not over it: a voxel is small
    const double beside = theme.patch / 2;
    drawHaloed(painter, outRect(voxel).adjusted(-beside, -beside, beside, beside), theme.patch, theme.voxel,
               theme);
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(theme.text, 1.5 * s));
  if (const auto input = hoveredInput(m_view);
      input && input->at[across] == middle[across] && shownAt(input->at[axis()], lay.firstIn, lay.columnsIn))
    painter.drawRect(inRect(input->at));
  if (const auto hovered = hoveredOutput(m_view);
      hovered && !lay.output.isEmpty() && (*hovered)[across] == output[across] && out.contains(*hovered) &&
      shownAt((*hovered)[axis()], lay.firstOut, lay.columnsOut))
    painter.drawRect(outRect(*hovered));
}

// --- pointer

Hover SliceView::cellAt(const QPointF& at) const {
  if (m_view.result == nullptr) return {};
  const SliceLayout lay = layoutNow();
  const bool output = lay.output.contains(at);
  if (!output && !lay.input.contains(at)) return {};
  const Shape& shape = output ? m_view.result->geometry.output : m_view.result->geometry.input;
  const QRectF& box = output ? lay.output : lay.input;
  Triple cell = output ? outputSliceThrough(m_view) : sliceThrough(m_view);
  cell.t = std::min(static_cast<int>((at.y() - box.top()) / box.height() * shape.length), shape.length - 1);
  const int first = output ? lay.firstOut : lay.firstIn;
  const int count = output ? lay.columnsOut : lay.columnsIn;
  cell[axis()] = first + std::min(static_cast<int>((at.x() - box.left()) / box.width() * count), count - 1);
  if (output) return {Hover::Kind::Output, cell, m_view.filter()};
  return {Hover::Kind::Input, cell, std::min(m_view.state.selection.weightChannel, shape.channels - 1)};
}

void SliceView::slideTo(const QPointF& at) {
  const Hover cell = cellAt(at);
  if (cell.kind == Hover::Kind::None) return;
  const bool output = cell.kind == Hover::Kind::Output;
  const KernelResult& result = *m_view.result;
  const int t = output ? cell.at.t : outputNear(result, Axis::T, cell.at.t);
  const int place = output ? cell.at[axis()] : outputNear(result, axis(), cell.at[axis()]);
  if (t == m_view.voxel().t && place == m_view.voxel()[axis()]) return;
  Q_EMIT editRequested(m_plane == Plane::XT ? moveKernel(t, {}, place) : moveKernel(t, place, {}));
}

void SliceView::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) slideTo(event->position());
}

void SliceView::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) slideTo(event->position());
  const Hover cell = cellAt(event->position());
  setCursor(cell.kind == Hover::Kind::None ? Qt::ArrowCursor : Qt::PointingHandCursor);
  setHovered(cell);
}

void SliceView::wheelEvent(QWheelEvent* event) {
  if (m_view.result == nullptr) return event->ignore();
  if (const auto edit = wheeled(m_view, m_wheel.take(*event))) Q_EMIT editRequested(*edit);
  event->accept();
}

void SliceView::leaveEvent(QEvent*) {
  setHovered({});
}

void SliceView::setHovered(const Hover& hover) {
  if (hover == m_hover) return;
  m_hover = hover;
  Q_EMIT hovered(hover);
}

bool SliceView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  showTip(this, *help, cellTip(m_view, cellAt(help->pos())));
  return true;
}

}  // namespace convscope
