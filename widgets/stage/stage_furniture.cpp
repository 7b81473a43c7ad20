#include "widgets/stage/stage_furniture.h"

#include "widgets/stage/stage_block.h"
#include "widgets/stage/stage_legend.h"
#include "widgets/stage/stage_texture.h"

#include <QCoreApplication>
#include <QLinearGradient>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kFlatterOnWide = 6.5;  // degrees: a low stage needs its height for frames and maps
constexpr double kUprightPitch = 76;
constexpr double kGridMargin = .045;                     // of the width, beside channels drawn apart
constexpr double kBesideTexts = 10;                      // px between the column of texts and the frames
constexpr double kBesideBlock = 14;                      // px between the block and its ghost
constexpr double kGhostWidth = .68;                      // of the block's: two frames
constexpr double kChartHeight = .1;                      // of the stage
constexpr double kAboveChart = 16;                       // px
constexpr double kLargeWidth = .42, kLargeHeight = .58;  // of the stage: the large kernel with its knobs

QString tr(const char* text) {
  return QCoreApplication::translate("Stage", text);
}

class FurniturePainter {
 public:
  explicit FurniturePainter(const StageCanvas& canvas) : m_canvas(canvas) {}

  void corner(QPointF at, const QString& name, const QString& shape) {
    const QFont small = sectionFont(frame().theme);
    const QFont large =
        font(frame().theme.presenter ? frame().theme.stageLabel * .9 : frame().theme.stageTitle, true);
    // the lower line first: its halo would cut the descenders of the upper one
    label(LabelKind::Corner, at + QPointF(0, StageInk::textBox({}, Qt::AlignLeft, name, small).height() + 1),
          Qt::AlignLeft | Qt::AlignTop, shape, large,
          frame().theme.presenter ? frame().theme.muted : frame().theme.text, true);
    label(LabelKind::Corner, at, Qt::AlignLeft | Qt::AlignTop, name, small,
          frame().theme.presenter ? frame().theme.text : frame().theme.muted, true);
  }

  void paintCorners() {
    const bool many = !frame().layout.still;
    const QString maps = many ? tr("Output maps") : tr("Output map");
    const QString frames = many ? tr("Input frames") : tr("Input image");
    if (frame().layout.inputOnly) {
      corner(frame().furniture.outputCorner, frames, QString::fromStdString(toText(frame().layout.input)));
      return;
    }
    Shape one = frame().layout.output;
    one.channels = 1;  // one filter's maps stand in the stage
    QString shape = QString::fromStdString(toText(one));
    if (frame().layout.veiled) shape = QStringLiteral("? ") + shape.mid(shape.indexOf(QChar(0xD7)));
    corner(frame().furniture.outputCorner, maps, shape);
    if (const int filters = frame().layout.output.channels; filters > 1) {
      const LookTheme& theme = frame().theme;
      const double below = theme.presenter ? theme.stageTitle * 2.3 : theme.body + theme.stageTitle * 1.7;
      label(LabelKind::Corner, frame().furniture.outputCorner + QPointF(0, below),
            Qt::AlignLeft | Qt::AlignTop,
            tr("filter %1 of %2 shown").arg(frame().layout.filter + 1).arg(filters), font(theme.body),
            theme.muted, true);
    }
    const double low = frame().camera.size().height() - frame().theme.stageTitle * 4;
    const double least = frame().furniture.responseArea.isEmpty()
                             ? frame().furniture.kernelArea.bottom() + frame().theme.stageTitle * 4.6
                             : frame().furniture.kernelColumn.bottom() + frame().theme.stageTitle;
    const double beside = frame().camera.project(frame().layout.lowerLevel).y() + frame().theme.stageTitle;
    corner(QPointF{frame().furniture.outputCorner.x(), std::clamp(beside, std::min(least, low), low)}, frames,
           QString::fromStdString(toText(frame().layout.input)));
  }

 private:
  [[nodiscard]] const StageFrame& frame() const { return m_canvas.frame; }
  [[nodiscard]] QFont font(double px, bool semibold = false) const {
    return frame().theme.font(px, semibold);
  }
  template <class... Arguments>
  void label(Arguments&&... arguments) const {
    m_canvas.label(std::forward<Arguments>(arguments)...);
  }

  const StageCanvas& m_canvas;
};

}  // namespace

namespace {

/// The chart stands below the block's words, as far as the words of the input leave room.
void placeResponse(StageFurniture& furniture, const QSizeF& size, const LookTheme& theme,
                   const StageLayout& layout) {
  if (layout.kernelLarge) return;
  QRectF& column = furniture.kernelColumn;
  const QRectF block = furniture.kernelArea;
  if (layout.ghost)
    furniture.ghostArea = {block.right() + kBesideBlock, block.top(), block.width() * kGhostWidth,
                           block.height()};
  const double words = theme.body * 1.25 + 5;
  const double chart = std::clamp(size.height() * kChartHeight, 40.0, theme.presenter ? 96.0 : 64.0);
  const double key = theme.caption * 3.2;
  const double top = column.bottom() + kAboveChart;
  if (top + words + chart + key > size.height() - theme.stageTitle * 5.5) return;
  furniture.responseCorner = {furniture.kernelCorner.x(), top};
  furniture.responseArea = {block.left(), top + words, block.width(), chart};
  column.setBottom(furniture.responseArea.bottom() + key);
}

}  // namespace

StageFurniture furnitureOf(const QSizeF& size, const LookTheme& theme, const StageLayout& layout) {
  StageFurniture result;
  const double edge = theme.presenter ? 32 : 16;
  const double line = theme.stageTitle * 1.25;
  const double legend = theme.presenter      ? 260
                        : size.width() < 720 ? 120
                                             : 170;  // small stages: room for the axis
  result.outputCorner = {edge, theme.presenter ? 28. : 13.};
  result.flatter = theme.presenter ? kFlatterOnWide : 0;
  result.legendBar = {size.width() - legend - 18, size.height() - line * 1.55 - 22, legend,
                      theme.presenter ? 18. : 12.};
  // below channels drawn apart there is no room to spare, above them there is
  if (layout.cuboids.size() > 1) result.legendBar.moveTop(result.outputCorner.y() + line * 1.3);
  // The kernel stands in the column of texts at the left.
  const double most = theme.presenter ? 1.5 : 1;
  const double height = std::clamp(size.height() * .16, 64.0, 112.0 * most);
  const double width = std::clamp(size.width() * .158, 92.0, 150.0 * most);
  if (layout.kernelLarge) {
    const double top = std::max(result.outputCorner.y() + line * 2.4, size.height() * .15);
    result.kernelCorner = {edge + 2, top};
    result.kernelArea = {edge + 4, top + theme.body * 1.25 + 6, size.width() * kLargeWidth,
                         size.height() * kLargeHeight};
  } else if (!layout.inputOnly && size.height() >= 360) {
    result.kernelCorner = {edge + 2, size.height() * .17};
    result.kernelArea = {edge + 4, result.kernelCorner.y() + theme.body * 1.25 + 6, width, height};
  }
  if (!result.kernelArea.isEmpty()) {
    const double words =
        StageInk::textBox({}, Qt::AlignLeft, tr("weights of %1 shown").arg('R'), theme.font(theme.body))
            .width();
    const double right = std::max(result.kernelArea.right(), result.kernelCorner.x() + words + 8);
    result.kernelColumn =
        QRectF(result.kernelCorner,
               QPointF(right, result.kernelArea.bottom() + theme.stageTitle * 2 + theme.body + 14));
    if (layout.response) placeResponse(result, size, theme, layout);
  }
  const double text = StageInk::textBox({}, Qt::AlignLeft, QString::fromStdString(toText(layout.input)),
                                        theme.font(theme.stageTitle, true))
                          .width();
  const double column = std::clamp(text + edge + kBesideTexts, size.width() * .08, size.width() * .27);
  // a large kernel stands beside the frames, too, and so do the rows of a grid of channels and frames
  const bool grid = (layout.cuboids.size() > 1 && !layout.still) || layout.kernelLarge;
  const double left =
      grid && !result.kernelArea.isEmpty() ? std::max(column, result.kernelColumn.right() + 20) : column;
  result.room = {left, size.height() * .012, size.width() * .004, size.height() * .006};
  if (layout.cuboids.size() > 1) {
    const double margin = size.width() * kGridMargin;
    result.room.setRight(margin);
    if (layout.inputOnly) {  // its words stand above it
      result.room.setLeft(margin);
      result.room.setTop(result.outputCorner.y() + line * 2.4);
      result.room.setBottom(theme.stageTitle + 40);  // the arrow along the channels
    }
  }
  const double block = std::max(result.kernelArea.right(), result.ghostArea.right());
  result.mapsLeft = result.kernelArea.isEmpty() ? 0 : std::max(0.0, block + 20 - left);
  return result;
}

namespace {

/// True where a plane runs over a part of the stage; all planes or only those in focus.
bool crossed(const StageLayout& layout, const StageCamera& camera, const QRectF& part, bool onlyLit = false) {
  if (part.isEmpty()) return false;
  return std::any_of(layout.planes.begin(), layout.planes.end(), [&](const StagePlane& plane) {
    if (onlyLit && !plane.lit) return false;
    return overlaps(projected(plane.corners(), camera), part);
  });
}

}  // namespace

StageCamera stageCamera(const StageLayout& layout, const CameraLook& look, const QSizeF& size,
                        const StageFurniture& furniture) {
  std::vector<FitAnchor> anchors = layout.anchors;
  for (FitAnchor& anchor : anchors) {
    if (anchor.ofMaps) anchor.left += furniture.mapsLeft;
  }
  CameraLook seen = look;
  // fades out towards level and upright views, which stay what they are
  const double share =
      std::clamp(look.pitch / CameraLook{}.pitch, 0.0, 1.0) *
      std::clamp((kUprightPitch - look.pitch) / (kUprightPitch - CameraLook{}.pitch), 0.0, 1.0);
  seen.pitch -= furniture.flatter * share;
  CameraLook reset = seen;
  reset.zoom = 1, reset.panX = reset.panY = 0;
  // time runs the same way in the frames of every channel
  const double distance = layout.cuboids.size() > 1 ? StageCamera::kParallel : StageCamera::kMild;
  if (layout.inputOnly) return StageCamera::framed(seen, anchors, size, furniture.room, distance);
  const QRectF legend = furniture.legendBar.adjusted(-8, -52, 8, 24);
  const auto clearOfLegend = [&](const QMarginsF& room) {
    if (!crossed(layout, StageCamera::framed(reset, anchors, size, room, distance), legend)) return room;
    // above it (below it, where it is at the top) or left of it, whichever leaves the picture larger
    QMarginsF above = room, beside = room;
    if (furniture.legendBar.center().y() > size.height() / 2)
      above.setBottom(size.height() - furniture.legendBar.top() + 48);
    else
      above.setTop(furniture.legendBar.bottom() + 30);
    beside.setRight(size.width() - furniture.legendBar.left() + 8);
    const double higher = StageCamera::framed(reset, anchors, size, above, distance).focal();
    return higher > StageCamera::framed(reset, anchors, size, beside, distance).focal() ? above : beside;
  };
  QMarginsF room = clearOfLegend(furniture.room);
  const QRectF& block = furniture.kernelColumn;
  if (crossed(layout, StageCamera::framed(reset, anchors, size, room, distance), block)) {
    // seen from above or from the side, frames stand where the kernel does
    QMarginsF right = furniture.room;
    right.setLeft(std::max(right.left(), block.right() + 20));
    for (FitAnchor& anchor : anchors) {
      if (anchor.ofMaps) anchor.left -= furniture.mapsLeft;
    }
    room = clearOfLegend(right);
  }
  return StageCamera::framed(seen, anchors, size, room, distance);
}

namespace {

/// True where a plane in focus runs over the kernel block.
bool columnCovered(const StageFrame& frame) {
  const QRectF column(frame.furniture.kernelCorner, frame.furniture.kernelArea.bottomRight());
  if (frame.view.state.look.camera.zoom <= 1) return false;
  return crossed(frame.layout, frame.camera, column, true);
}

}  // namespace

void paintFurniture(const StageCanvas& canvas) {
  FurniturePainter painter(canvas);
  // close up, the frames take the column of texts: its words would lie on the picture
  const bool covered = columnCovered(canvas.frame);
  if (!covered) painter.paintCorners();
  if (canvas.frame.layout.inputOnly) return;
  if (!covered) paintKernelBlock(canvas);
  paintLegend(canvas);
}

void paintStale(const StageCanvas& canvas) {
  QPainter& painter = canvas.ink.painter();
  QPen pen(canvas.frame.theme.stale, 2 * canvas.frame.theme.hairline);
  pen.setDashPattern({6, 4});
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(QRectF(QPointF(0, 0), canvas.frame.camera.size()).adjusted(3, 3, -3, -3));
  canvas.label(LabelKind::State, {canvas.frame.camera.size().width() - 14, 10}, Qt::AlignRight | Qt::AlignTop,
               tr("stale"), canvas.frame.theme.font(canvas.frame.theme.stageTitle, true),
               canvas.frame.theme.stale, true);
}

}  // namespace convscope
