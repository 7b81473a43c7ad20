#include "widgets/stage/stage_overlay.h"

#include "widgets/stage/kernel_block.h"
#include "widgets/stage/stage_kernel.h"
#include "widgets/stage/stage_reach.h"
#include "widgets/stage/stage_tensor.h"
#include "widgets/stage/stage_titles.h"
#include "widgets/stage/stage_value.h"

#include <QCoreApplication>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kUnusedVeil = .6;  // stage colour over cells that no position of the kernel reaches
constexpr double kUnusedHatch = .8;
constexpr double kPaddingHatch = .6;
constexpr double kAsideUnused =
    7;  // px that the words reach beyond their frame: its neighbour's corner is near
constexpr double kShortAxis = 90;     // px: a shorter time axis says nothing
constexpr double kBesideTensor = 16;  // px between the tensor and the arrow of its length
constexpr double kPlate = .55;        // stage colour under a value that lines cross

QString tr(const char* text) {
  return QCoreApplication::translate("Stage", text);
}

/// Paints what turns with the camera. Members are in drawing order.
class WorldPainter {
 public:
  explicit WorldPainter(const StageCanvas& canvas)
      : m_canvas(canvas),
        m_layout(canvas.frame.layout),
        m_camera(canvas.frame.camera),
        m_view(canvas.frame.view),
        m_theme(canvas.frame.theme),
        m_ink(canvas.ink) {}

  void paint() {
    paintOutlines();
    if (!m_layout.inputOnly && !pinnedInput(m_canvas.frame)) paintPadding();
    paintTimeAxis();
    if (m_layout.inputOnly)
      paintTensor(m_canvas);
    else
      paintChain();
    paintChannelNames(m_canvas);
    paintSliceNames();
    paintHover();
    // last: nothing may run through the number that all of this is about
    if (!m_layout.inputOnly && !pinnedInput(m_canvas.frame)) paintValue();
  }

 private:
  [[nodiscard]] QPointF px(const Vec3& at) const { return m_camera.project(at); }
  [[nodiscard]] QFont font(double size, bool bold = false) const { return m_theme.font(size, bold); }

  template <class... Arguments>
  void label(Arguments&&... arguments) const {
    m_canvas.label(std::forward<Arguments>(arguments)...);
  }
  [[nodiscard]] std::vector<QRectF> labelBoxes() const {
    std::vector<QRectF> boxes;
    for (const StageLabel& label : m_canvas.labels) boxes.push_back(label.box);
    return boxes;
  }

  void outline(const StagePlane& plane, const QColor& colour, double width) {
    const QPolygonF shape = projected(plane.corners(), m_camera);
    const std::vector<QPolygonF> covers = coversOf(plane, m_layout, m_camera);
    std::vector<QLineF> lines;
    for (int i = 0; i < 4; ++i) {
      const auto parts = uncovered({shape[i], shape[(i + 1) % 4]}, covers);
      lines.insert(lines.end(), parts.begin(), parts.end());
    }
    m_ink.segments(lines, colour, width);
    m_lines.insert(m_lines.end(), lines.begin(), lines.end());
  }

  void paintOutlines() {
    QColor quiet = m_theme.muted;
    quiet.setAlphaF(.62F);
    std::vector<const StagePlane*> order;
    for (const StagePlane& plane : m_layout.planes) order.push_back(&plane);
    std::stable_sort(order.begin(), order.end(), [this](const StagePlane* a, const StagePlane* b) {
      return a->lit != b->lit ? b->lit : distanceOf(*a, m_camera) > distanceOf(*b, m_camera);
    });
    for (const StagePlane* plane : order) {
      const bool map = plane->kind == PlaneKind::Map;
      const bool slice = plane->kind == PlaneKind::SliceX || plane->kind == PlaneKind::SliceY;
      const QColor& focus = map ? m_theme.voxel : m_theme.kernel;
      if (plane->lit && !pinnedInput(m_canvas.frame))
        outline(*plane, focus, m_theme.frameEdgeFocus);
      else
        outline(*plane, slice ? m_theme.muted : quiet, m_theme.frameEdge);
    }
    if (m_layout.mapVolume) {
      const auto corners = cornersOf(*m_layout.mapVolume);
      std::vector<QLineF> lines;
      for (int i = 0; i < 8; ++i) {
        for (const int bit : {1, 2, 4}) {
          if ((i & bit) == 0) lines.emplace_back(px(corners[i]), px(corners[i | bit]));
        }
      }
      m_ink.segments(lines, quiet, m_theme.frameEdge);
      m_lines.insert(m_lines.end(), lines.begin(), lines.end());
    }
  }

  /// Part of a plane in cells; what reaches beyond it is kept, so that padding on y and x can be drawn.
  [[nodiscard]] QPolygonF cells(const StagePlane& plane, double row, double column, double rows,
                                double columns) const {
    return projected({plane.at(row, column), plane.at(row, column + columns),
                      plane.at(row + rows, column + columns), plane.at(row + rows, column)},
                     m_camera);
  }

  /// What a stride leaves over is no padding: dim, and hatched the other way.
  void paintUnused() const {
    const Triple& unused = m_layout.unused;
    for (const StagePlane& plane : m_layout.planes) {
      if (plane.kind != PlaneKind::Input) continue;
      std::vector<QPolygonF> parts;
      const int H = plane.rows, W = plane.columns;
      if (plane.t >= m_layout.input.length - unused.t) {
        parts.push_back(projected(plane.corners(), m_camera));
      } else if (plane.lit) {
        if (unused.y > 0) parts.push_back(cells(plane, H - unused.y, 0, unused.y, W));
        if (unused.x > 0) parts.push_back(cells(plane, 0, W - unused.x, H - unused.y, unused.x));
      }
      if (parts.empty()) continue;
      QPainter& painter = m_ink.painter();
      painter.save();
      painter.setClipPath(inSight(plane));
      for (const QPolygonF& part : parts) {
        m_ink.fill(part, m_theme.stage, kUnusedVeil);
        m_ink.hatch(part, m_theme.muted, kUnusedHatch, true);
      }
      painter.restore();
    }
  }

  /// The stage without the opaque planes that stand before `plane`.
  [[nodiscard]] QPainterPath inSight(const StagePlane& plane) const {
    QPainterPath sight;
    sight.addRect(QRectF(QPointF(0, 0), m_camera.size()));
    for (const QPolygonF& cover : coversOf(plane, m_layout, m_camera)) {
      QPainterPath hidden;
      hidden.addPolygon(cover);
      sight = sight.subtracted(hidden);
    }
    return sight;
  }

  [[nodiscard]] static bool overlaps(const QRectF& box, const std::vector<QRectF>& others) {
    return std::any_of(others.begin(), others.end(), [&](const QRectF& o) { return o.intersects(box); });
  }

  /// Said once in words: of the frames above the last one, of rows and columns below the title of a frame
  /// that is read.
  void paintUnusedWords() const {
    const Triple& unused = m_layout.unused;
    const QFont type = font(m_theme.presenter ? m_theme.stageLabel : m_theme.body);
    const QRectF stage(QPointF(0, 0), m_camera.size());
    const auto say = [&](const QString& text, const std::vector<std::pair<QPointF, Qt::Alignment>>& places) {
      for (const auto& [at, side] : places) {
        const QRectF box = StageInk::textBox(at, side, text, type);
        if (!stage.contains(box) || overlaps(box, labelBoxes())) continue;
        label(LabelKind::Note, box.topLeft(), Qt::AlignLeft | Qt::AlignTop, text, type, m_theme.muted, true);
        return true;
      }
      return false;
    };
    if (unused.t > 0) {
      if (const StagePlane* last = m_layout.find(PlaneKind::Input, m_layout.input.length - 1)) {
        const QPolygonF shape = projected(last->corners(), m_camera);
        const QPointF up(0, -3);
        (void)say(unused.t == 1 ? tr("unused") : tr("%1 unused").arg(unused.t),
                  {{shape[1] + up, Qt::AlignRight | Qt::AlignBottom},
                   {shape[0] + up, Qt::AlignLeft | Qt::AlignBottom},
                   {shape[2] - up, Qt::AlignRight | Qt::AlignTop}});
      }
    }
    QStringList parts;
    if (unused.y > 0) parts << (unused.y == 1 ? tr("1 row") : tr("%1 rows").arg(unused.y));
    if (unused.x > 0) parts << (unused.x == 1 ? tr("1 column") : tr("%1 columns").arg(unused.x));
    if (parts.isEmpty()) return;
    std::vector<std::pair<QPointF, Qt::Alignment>> places;
    const double line =
        StageInk::textBox({}, Qt::AlignLeft, QStringLiteral("t"), font(m_theme.stageTitle, true)).height() +
        4;
    for (auto plane = m_layout.planes.rbegin(); plane != m_layout.planes.rend(); ++plane) {
      if (!plane->lit || plane->kind != PlaneKind::Input) continue;
      const QPolygonF shape = projected(plane->corners(), m_camera);
      const bool near = !m_layout.mirrored;
      places.emplace_back(shape[near ? 2 : 3] + QPointF(near ? kAsideUnused : -kAsideUnused, line),
                          (near ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop);
    }
    if (!say(tr("%1 unused").arg(parts.join(QStringLiteral(", "))), places)) (void)say(tr("unused"), places);
  }

  /// Padding on y and x belongs to every frame that the kernel reads: a dashed edge where the padded frame
  /// ends.
  void paintPaddedEdges() const {
    const AxisPadding &above = m_view.result->geometry.padding[1],
                      &aside = m_view.result->geometry.padding[2];
    if (above.before + above.after + aside.before + aside.after == 0) return;
    QPainter& painter = m_ink.painter();
    for (const StagePlane& plane : m_layout.planes) {
      if (!plane.lit || (plane.kind != PlaneKind::Input && plane.kind != PlaneKind::Padding)) continue;
      QPen pen(m_theme.padding, 1.5 * m_theme.hairline);
      pen.setDashPattern({4, 3});
      painter.setPen(pen);
      painter.drawPolygon(cells(plane, -above.before, -aside.before, plane.rows + above.before + above.after,
                                plane.columns + aside.before + aside.after));
    }
  }

  /// Padding inside the field of the chosen map is hatched: its frames whole, the rim of the frames read; the
  /// kernel's patch in it once more, stronger.
  void paintPaddingRead(const StagePlane& plane) const {
    const AxisPadding &aboveBelow = m_view.result->geometry.padding[1],
                      &aside = m_view.result->geometry.padding[2];
    const int H = plane.rows, W = plane.columns;
    const int above = aboveBelow.before, below = aboveBelow.after, left = aside.before, right = aside.after;
    std::vector<QPolygonF> parts;
    if (plane.kind == PlaneKind::Padding) {
      parts.push_back(cells(plane, -above, -left, above + H + below, left + W + right));
    } else {
      if (above > 0) parts.push_back(cells(plane, -above, -left, above, left + W + right));
      if (below > 0) parts.push_back(cells(plane, H, -left, below, left + W + right));
      if (left > 0) parts.push_back(cells(plane, 0, -left, H, left));
      if (right > 0) parts.push_back(cells(plane, 0, W, H, right));
    }
    if (parts.empty()) return;
    QPainter& painter = m_ink.painter();
    painter.save();
    painter.setClipPath(inSight(plane));
    for (const QPolygonF& part : parts) m_ink.hatch(part, m_theme.padding, kPaddingHatch);
    painter.restore();
  }

  void paintPadding() const {
    paintUnused();
    paintPaddedEdges();
    const ConvSpec& conv = m_view.result->spec.conv;
    const Triple start = m_view.result->geometry.inputStart(conv, m_layout.voxel);
    const int rows = conv.span(Axis::Y), columns = conv.span(Axis::X);
    for (const StagePlane& plane : m_layout.planes) {
      if (!plane.lit || (plane.kind != PlaneKind::Input && plane.kind != PlaneKind::Padding)) continue;
      paintPaddingRead(plane);
      const int H = plane.rows, W = plane.columns;
      if (plane.kind == PlaneKind::Padding) {
        m_ink.hatch(cells(plane, start.y, start.x, rows, columns), m_theme.padding);
        continue;
      }
      const int above = std::clamp(-start.y, 0, rows), below = std::clamp(start.y + rows - H, 0, rows);
      const int left = std::clamp(-start.x, 0, columns),
                right = std::clamp(start.x + columns - W, 0, columns);
      if (above > 0) m_ink.hatch(cells(plane, start.y, start.x, above, columns), m_theme.padding);
      if (below > 0) m_ink.hatch(cells(plane, H, start.x, below, columns), m_theme.padding);
      const int inner = rows - above - below;
      if (left > 0 && inner > 0)
        m_ink.hatch(cells(plane, start.y + above, start.x, inner, left), m_theme.padding);
      if (right > 0 && inner > 0)
        m_ink.hatch(cells(plane, start.y + above, W, inner, right), m_theme.padding);
    }
  }

  /// Along the frames' lower near edges, far enough below them for their titles; along the upper left ones of
  /// a grid of channels, beside its titles.
  void paintTimeAxis() const {
    if (m_layout.still) return;
    const QSizeF title =
        StageInk::textBox({}, Qt::AlignLeft, QStringLiteral("t=88"), font(m_theme.stageTitle, true)).size();
    const bool grid = m_layout.cuboids.size() > 1;
    const double aside =
        (m_layout.inputOnly ? kBesideTensor : title.width() + 9) * (m_layout.mirrored ? 1 : -1);
    // a second line of words where rows or columns are left over
    const bool words = m_layout.unused.y > 0 || m_layout.unused.x > 0;
    const QPointF below = grid ? QPointF(aside, 0) : QPointF(0, title.height() * (words ? 1.9 : 1) + 9);
    QPointF from = px(m_layout.axisFrom) + below;
    const QPointF to = px(m_layout.axisTo) + below;
    const QRectF inner = QRectF(QPointF(0, 0), m_camera.size()).adjusted(20, 20, -20, -40);
    if (!inner.contains(from)) {
      // the near end may lie under the stage's lower edge: begin where it comes into sight
      const auto outside = uncovered({from, to}, {QPolygonF(inner)});
      if (!outside.empty() && outside.front().p1() == from) from = outside.front().p2();
    }
    const double length = QLineF(from, to).length();
    if (length < (m_layout.inputOnly ? 1 : kShortAxis)) return;
    m_ink.arrow(from, to, m_theme.time, m_theme.link, m_theme.arrowHead * .85, false);
    const QString name = m_layout.inputOnly ? tr("L = %1").arg(m_layout.input.length) : tr("time");
    const Qt::Alignment side = (to.x() < from.x() ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
    label(LabelKind::Time, to + (to - from) * (6 / length), grid ? Qt::AlignHCenter | Qt::AlignBottom : side,
          name, font(m_layout.inputOnly ? m_theme.stageTitle : m_theme.stageLabel, true), m_theme.time, true);
  }

  /// Patch, cuboid, links and voxel; or a pinned input voxel and what it feeds.
  void paintChain() const {
    const bool reach = pinnedInput(m_canvas.frame).has_value();
    if (!reach) paintKernel(m_canvas);
    paintTitles(m_canvas, placedTitles(m_canvas.frame, labelBoxes()));
    paintUnusedWords();
    if (reach) {
      paintReach(m_canvas);
    } else {
      paintPartialSums(m_canvas);
      paintVoxel();
    }
  }

  void paintVoxel() const {
    const double halo = 7 - m_theme.voxelLine + m_theme.haloWidth / 2;
    m_ink.haloPolygon(voxelShape(m_layout, m_camera, m_theme), m_theme.voxel, m_theme.voxelLine, halo);
  }

  void paintValue() const {
    const float value = m_view.result->valueAt(m_layout.filter, m_layout.voxel);
    if (!std::isfinite(value)) return;
    // as many as the ledger writes: its twin must show the same number, be it 0.000
    const int decimals = m_theme.presenter ? 2 : 3;
    const QString number =
        m_view.unsignedMaps() ? QString::number(value, 'f', decimals) : signedText(value, decimals);
    const QString text = m_layout.valueVeiled ? QStringLiteral("?") : number;
    const QFont type = font(m_theme.value * 1.05, true);
    const ValuePlace place =
        placeValue(roomForValue(), StageInk::textBox({}, Qt::AlignLeft, text, type).size());
    if (place.crossed) {
      QColor plate = m_theme.stage;
      plate.setAlphaF(kPlate);
      QPainter& painter = m_ink.painter();
      painter.setPen(Qt::NoPen);
      painter.setBrush(plate);
      painter.drawRoundedRect(place.box.adjusted(-5, 0, 5, 0), 4, 4);
      painter.setBrush(Qt::NoBrush);
    }
    label(LabelKind::Value, place.box.topLeft(), Qt::AlignLeft | Qt::AlignTop, text, type, m_theme.voxel,
          true, true);
  }

  [[nodiscard]] ValueRoom roomForValue() const {
    ValueRoom room;
    room.square = voxelShape(m_layout, m_camera, m_theme).boundingRect();
    room.stage = QRectF(QPointF(0, 0), m_camera.size()).adjusted(8, 8, -8, -8);
    room.gap = m_theme.value * .65;
    room.lines = m_lines;
    for (const StageBox& box : m_layout.cuboids) {
      for (const QLineF& line : linkLines(box, m_layout, m_camera, m_theme)) room.lines.push_back(line);
    }
    for (const StageLabel& label : m_canvas.labels) {
      const bool title = label.kind == LabelKind::MapTitle && label.lit;
      (title ? room.titles : room.quieter).push_back(label.box);
    }
    return room;
  }

  /// Which two axes a slice of the maps shows.
  void paintSliceNames() const {
    for (const StagePlane& plane : m_layout.planes) {
      const bool alongX = plane.kind == PlaneKind::SliceY;
      if (!alongX && plane.kind != PlaneKind::SliceX) continue;
      const QPolygonF shape = projected(plane.corners(), m_camera);
      const QPointF at = alongX ? shape[2] : shape[1];
      label(LabelKind::Note, at + QPointF(6, 0), Qt::AlignLeft | Qt::AlignBottom,
            alongX ? QStringLiteral("x\u2013t") : QStringLiteral("y\u2013t"), font(m_theme.stageLabel, true),
            m_theme.text, true);
    }
  }

  void paintHover() const {
    const Hover& hover = m_view.hover;
    if (hover.kind != Hover::Kind::Input && hover.kind != Hover::Kind::Output) return;
    const PlaneKind kind = hover.kind == Hover::Kind::Input ? PlaneKind::Input : PlaneKind::Map;
    for (const StagePlane& plane : m_layout.planes) {
      const bool channel = kind == PlaneKind::Map || plane.channel < 0 || plane.channel == hover.channel;
      if (plane.kind != kind || plane.t != hover.at.t || !channel) continue;
      m_ink.haloPolygon(cells(plane, hover.at.y, hover.at.x, 1, 1), m_theme.text, 1.5 * m_theme.hairline,
                        m_theme.haloWidth / 2);
    }
  }

  const StageCanvas& m_canvas;
  const StageLayout& m_layout;
  const StageCamera& m_camera;
  const KernelView& m_view;
  const LookTheme& m_theme;
  const StageInk& m_ink;
  std::vector<QLineF> m_lines;  ///< outlines painted so far
};

}  // namespace

namespace {

/// Where the next map would hang, a mark that asks for it: beside the one that is shown, wherever that is.
void paintQuestion(const StageCanvas& canvas) {
  const StageFrame& frame = canvas.frame;
  const auto shown = std::ranges::find_if(
      frame.layout.planes, [](const StagePlane& plane) { return plane.kind == PlaneKind::Map && plane.lit; });
  if (shown == frame.layout.planes.end()) return;
  const QRectF map = projected(shown->corners(), frame.camera).boundingRect();
  const QPointF at = map.center() + QPointF(map.width() * 1.3, -map.height() * .1);
  const LookTheme& theme = frame.theme;
  canvas.label(LabelKind::Note, at, Qt::AlignHCenter | Qt::AlignVCenter, QStringLiteral("?"),
               theme.font(map.height() * .42, true), theme.muted, true);
  canvas.label(LabelKind::Note, at + QPointF(0, map.height() * .3), Qt::AlignHCenter | Qt::AlignTop,
               QObject::tr("how many more?"), theme.font(theme.stageLabel), theme.muted, true);
}

}  // namespace

void StageOverlay::paint(QPainter& painter, const StageFrame& frame) {
  m_labels.clear();
  if (!frame.layout.valid || frame.layout.cuboids.empty()) return;
  painter.setRenderHint(QPainter::Antialiasing);
  const StageInk ink(painter, frame.theme, m_store, frame.pixelRatio);
  const StageCanvas canvas{frame, ink, m_labels};
  painter.setOpacity(frame.view.stale ? frame.theme.staleOpacity : 1);
  WorldPainter(canvas).paint();
  paintFurniture(canvas);
  if (frame.layout.veiled) paintQuestion(canvas);
  painter.setOpacity(1);
  if (frame.view.stale) paintStale(canvas);
}

}  // namespace convscope
