#include "widgets/stage/stage_overlay.h"

#include "engine/conv/ledger.h"
#include "widgets/stage/kernel_block.h"
#include "widgets/stage/stage_titles.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kSideFill = .14;    // side faces of the cuboid
constexpr double kHiddenShare = .6;  // width of hidden edges
constexpr double kShortArrow = 14;   // px: foreshortened below this, an arrow says nothing
constexpr double kShortAxis = 90;    // px: the same for the time axis
constexpr int kMostTaps = 128;       // dilated taps drawn one by one

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
    paintPadding();
    paintTimeAxis();
    paintLinks();
    paintCuboids();
    paintArrows();
    const std::vector<StageTitle> titles = placedTitles(m_canvas.frame, labelBoxes());
    paintTitles(m_canvas, titles);
    paintVoxel();
    paintReach();
    paintChannelNames();
    paintHover();
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

  void outline(const StagePlane& plane, const QColor& colour, double width) const {
    const QPolygonF shape = projected(plane.corners(), m_camera);
    const std::vector<QPolygonF> covers = coversOf(plane, m_layout, m_camera);
    std::vector<QLineF> lines;
    for (int i = 0; i < 4; ++i) {
      const auto parts = uncovered({shape[i], shape[(i + 1) % 4]}, covers);
      lines.insert(lines.end(), parts.begin(), parts.end());
    }
    m_ink.segments(lines, colour, width);
  }

  void paintOutlines() const {
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
      if (plane->lit)
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
    }
  }

  /// Part of a plane in cells; what reaches beyond it is kept, so that padding on y and x can be drawn.
  [[nodiscard]] QPolygonF cells(const StagePlane& plane, double row, double column, double rows,
                                double columns) const {
    return projected({plane.at(row, column), plane.at(row, column + columns),
                      plane.at(row + rows, column + columns), plane.at(row + rows, column)},
                     m_camera);
  }

  /// The kernel's patch in padding is hatched; so are border cells that no position of the kernel reaches.
  void paintPadding() const {
    const ConvSpec& conv = m_view.result->spec.conv;
    const Triple start = m_view.result->geometry.inputStart(conv, m_layout.voxel);
    const int rows = conv.span(Axis::Y), columns = conv.span(Axis::X);
    for (const StagePlane& plane : m_layout.planes) {
      if (!plane.lit || (plane.kind != PlaneKind::Input && plane.kind != PlaneKind::Padding)) continue;
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
      const Triple& unused = m_layout.unused;
      if (unused.y > 0) m_ink.hatch(cells(plane, H - unused.y, 0, unused.y, W), m_theme.padding, .7);
      if (unused.x > 0)
        m_ink.hatch(cells(plane, 0, W - unused.x, H - unused.y, unused.x), m_theme.padding, .7);
    }
    for (const StagePlane& plane : m_layout.planes) {
      const bool unused = plane.kind == PlaneKind::Input && !plane.lit &&
                          plane.t >= m_layout.input.length - m_layout.unused.t;
      if (unused) m_ink.hatch(projected(plane.corners(), m_camera), m_theme.padding, .5);
    }
  }

  /// Along the frames' lower right edges, far enough below them for their titles.
  void paintTimeAxis() const {
    if (m_layout.still) return;
    const QPointF below(
        0,
        StageInk::textBox({}, Qt::AlignLeft, QStringLiteral("t"), font(m_theme.stageTitle, true)).height() +
            9);
    QPointF from = px(m_layout.axisFrom) + below;
    const QPointF to = px(m_layout.axisTo) + below;
    const QRectF inner = QRectF(QPointF(0, 0), m_camera.size()).adjusted(20, 20, -20, -40);
    if (!inner.contains(from)) {
      // the near end may lie under the stage's lower edge: begin where it comes into sight
      const auto outside = uncovered({from, to}, {QPolygonF(inner)});
      if (!outside.empty() && outside.front().p1() == from) from = outside.front().p2();
    }
    const double length = QLineF(from, to).length();
    if (length < kShortAxis) return;
    m_ink.arrow(from, to, m_theme.time, m_theme.link, m_theme.arrowHead * .85, false);
    label(LabelKind::Time, to + (to - from) * (6 / length), Qt::AlignLeft | Qt::AlignVCenter, tr("time"),
          font(m_theme.stageLabel, true), m_theme.time, true);
  }

  /// The outputs that a pinned input voxel feeds, and the voxel itself.
  void paintReach() const {
    const auto& pinned = m_view.state.selection.input;
    const Triple at = pinned ? pinned->at : Triple{};
    const Triple extent = m_layout.input.extent();
    if (!pinned || at.t < 0 || at.y < 0 || at.x < 0 || at.t >= extent.t || at.y >= extent.y ||
        at.x >= extent.x)
      return;
    const Reach reach = reachOf(m_view.result->spec.conv, m_view.result->geometry, at);
    for (const Reach::Step& t : reach.along[0]) {
      const StagePlane* map = m_layout.find(PlaneKind::Map, t.output);
      if (map == nullptr) continue;
      for (const auto& [row, rows] : runs(reach.along[1])) {
        for (const auto& [column, columns] : runs(reach.along[2])) {
          const QPolygonF shape = cells(*map, row, column, rows, columns);
          m_ink.fill(shape, m_theme.voxel, .22);
          m_ink.haloPolygon(shape, m_theme.voxel, m_theme.link, m_theme.haloWidth / 2);
        }
      }
    }
    const bool apart = m_layout.cuboids.size() > 1;
    const StagePlane* frame = m_layout.find(PlaneKind::Input, at.t, apart ? pinned->channel : -1);
    if (frame == nullptr) return;
    m_ink.haloPolygon(cells(*frame, at.y, at.x, 1, 1), m_theme.text, m_theme.patch, m_theme.haloWidth);
    const QPointF beside = px(frame->at(at.y + .5, at.x + 1)) + QPointF(8, 0);
    const QString text = tr("feeds %1").arg(reach.count());
    label(LabelKind::Note, beside, Qt::AlignLeft | Qt::AlignVCenter, text, font(m_theme.stageLabel, true),
          m_theme.text, true);
  }

  /// Neighbouring outputs as (first, count).
  [[nodiscard]] static std::vector<std::pair<int, int>> runs(const std::vector<Reach::Step>& steps) {
    std::vector<std::pair<int, int>> result;
    for (const Reach::Step& step : steps) {
      if (!result.empty() && step.output < result.back().first + result.back().second) continue;
      if (!result.empty() && step.output == result.back().first + result.back().second)
        ++result.back().second;
      else
        result.emplace_back(step.output, 1);
    }
    return result;
  }

  /// Four lines from the cuboid's upper edges to the voxel's lower edge, and the faces between them.
  void paintLinks() const {
    const StageBox& top = m_layout.cuboids.front();
    const QPolygonF voxel = voxelShape(m_layout, m_camera, m_theme);
    const QPointF left = voxel[3], right = voxel[2];
    const auto edge = [&](double z) {
      return std::pair{px({top.low.x, top.high.y, z}), px({top.high.x, top.high.y, z})};
    };
    const auto [nearLeft, nearRight] = edge(top.low.z);
    const auto [farLeft, farRight] = edge(top.high.z);
    const double share = m_theme.linkFill * .9;
    m_ink.fill(QPolygonF({nearLeft, nearRight, right, left}), m_theme.kernel, share);
    if (m_layout.patches.size() > 1) {
      m_ink.fill(QPolygonF({farLeft, farRight, right, left}), m_theme.kernel, share);
      m_ink.fill(QPolygonF({nearLeft, farLeft, left}), m_theme.kernel, share);
      m_ink.fill(QPolygonF({nearRight, farRight, right}), m_theme.kernel, share);
    }
    std::vector<QLineF> lines{{nearLeft, left}, {nearRight, right}};
    if (top.high.z > top.low.z) lines.insert(lines.end(), {{farLeft, left}, {farRight, right}});
    m_ink.haloLines(lines, m_theme.kernel, m_theme.link);
    for (std::size_t c = 1; c < m_layout.cuboids.size(); ++c) {
      const StageBox& above = m_layout.cuboids[c - 1];
      const StageBox& below = m_layout.cuboids[c];
      std::vector<QLineF> between;
      for (const double x : {below.low.x, below.high.x}) {
        for (const double z : {below.low.z, below.high.z}) {
          between.emplace_back(px({x, below.high.y, z}), px({x, above.low.y, z}));
        }
      }
      m_ink.haloLines(between, m_theme.kernel, m_theme.link * .8, true);
    }
  }

  void paintCuboids() const {
    const std::size_t perRow = m_layout.patches.size() / m_layout.cuboids.size();
    for (std::size_t c = 0; c < m_layout.cuboids.size(); ++c) {
      if (m_layout.cuboids[c].high.z > m_layout.cuboids[c].low.z) paintCuboid(m_layout.cuboids[c]);
      paintTaps(c);
      for (std::size_t i = 0; i < perRow; ++i) {
        const bool end = i == 0 || i + 1 == perRow;
        const QPolygonF patch = patchShape(m_layout.patches[c * perRow + i], m_camera);
        if (i == 0 || perRow == 1)
          m_ink.haloPolygon(patch, m_theme.kernel, m_theme.patch, m_theme.haloWidth / 2);
        else if (!end)
          m_ink.haloLines(edgesOf(patch), m_theme.kernel, m_theme.patch * .5);
      }
    }
  }

  /// A box with its hidden edges dashed and its side faces (not the patches at its ends) filled.
  void paintCuboid(const StageBox& box) const {
    const std::array<Vec3, 8> corner = cornersOf(box);
    const Vec3& eye = m_camera.eye();
    // faces by axis and side: seen from outside where the eye is beyond them
    const std::array<std::array<bool, 2>, 3> seen{{{eye.x<box.low.x, eye.x> box.high.x},
                                                   {eye.y<box.low.y, eye.y> box.high.y},
                                                   {eye.z<box.low.z, eye.z> box.high.z}}};
    for (int axis = 0; axis < 2; ++axis) {
      for (int side = 0; side < 2; ++side) {
        if (!seen[axis][side]) continue;
        const int fixed = side << axis, other = axis == 0 ? 2 : 1;
        m_ink.fill(QPolygonF({px(corner[fixed]), px(corner[fixed | other]), px(corner[fixed | other | 4]),
                              px(corner[fixed | 4])}),
                   m_theme.kernel, kSideFill);
      }
    }
    std::vector<QLineF> shown, hidden;
    for (int i = 0; i < 8; ++i) {
      for (int axis = 0; axis < 3; ++axis) {
        if (i & (1 << axis)) continue;
        // the edge from corner i along `axis` lies between two faces, one of each other axis
        const int a = (axis + 1) % 3, b = (axis + 2) % 3;
        const bool visible = seen[a][(i >> a) & 1] || seen[b][(i >> b) & 1];
        (visible ? shown : hidden).emplace_back(px(corner[i]), px(corner[i | (1 << axis)]));
      }
    }
    m_ink.haloLines(hidden, m_theme.kernel, m_theme.patch * kHiddenShare, true);
    m_ink.haloLines(shown, m_theme.kernel, m_theme.patch);
  }

  /// Under dilation the kernel reads single cells of its patch: they are drawn one by one.
  void paintTaps(std::size_t row) const {
    const ConvSpec& conv = m_view.result->spec.conv;
    const int taps = conv.kernel.y * conv.kernel.x;
    if ((conv.dilation.y == 1 && conv.dilation.x == 1) || taps > kMostTaps) return;
    const std::size_t perRow = m_layout.patches.size() / m_layout.cuboids.size();
    const double spanY = conv.span(Axis::Y), spanX = conv.span(Axis::X);
    for (const std::size_t i : {std::size_t{0}, perRow - 1}) {
      const StageBox& patch = m_layout.patches[row * perRow + i];
      const Vec3 corner{patch.low.x, patch.high.y, patch.low.z};
      const Vec3 across{(patch.high.x - patch.low.x) / spanX, 0, 0};
      const Vec3 down{0, (patch.low.y - patch.high.y) / spanY, 0};
      for (int tap = 0; tap < taps; ++tap) {
        const Vec3 at = corner + down * (tap / conv.kernel.x * conv.dilation.y) +
                        across * (tap % conv.kernel.x * conv.dilation.x);
        const QPolygonF shape = projected({at, at + across, at + across + down, at + down}, m_camera);
        m_ink.fill(shape, m_theme.kernel, .3);
        m_ink.segments(edgesOf(shape), m_theme.kernel, m_theme.hairline);
      }
      if (perRow == 1) break;
    }
  }

  void paintArrows() const {
    for (const Axis axis : kAxes) {
      if (!m_layout.slides[static_cast<int>(axis)]) continue;
      const QLineF arrow = slideArrow(m_layout, m_camera, m_theme, axis);
      if (arrow.length() < kShortArrow) continue;
      const QColor colour = m_theme.axisColour(axis);
      m_ink.arrow(arrow.p1(), arrow.p2(), colour, m_theme.arrow, m_theme.arrowHead, true);
      const QPointF ahead = (arrow.p2() - arrow.p1()) / arrow.length();
      const double size = m_theme.stageTitle * 1.2;
      // the letter stands beside the tip, where the next arrow is not
      const QPointF aside = axis == Axis::Y   ? QPointF(-size * .75, -size * .1)
                            : axis == Axis::X ? QPointF(4, size * .72)
                                              : ahead * (size * .75);
      const QString letter = axis == Axis::T ? "t" : axis == Axis::Y ? "h" : "w";
      label(LabelKind::Axis, arrow.p2() + aside, Qt::AlignHCenter | Qt::AlignVCenter, letter,
            font(size, true), colour, true);
    }
  }

  void paintVoxel() const {
    const QPolygonF shape = voxelShape(m_layout, m_camera, m_theme);
    const double halo = 7 - m_theme.voxelLine + m_theme.haloWidth / 2;
    m_ink.haloPolygon(shape, m_theme.voxel, m_theme.voxelLine, halo);
    const float value = m_view.result->valueAt(m_layout.filter, m_layout.voxel);
    if (!std::isfinite(value)) return;
    const int decimals = m_theme.presenter ? 2 : 3;
    const QString text =
        m_view.unsignedMaps() ? QString::number(value, 'f', decimals) : signedText(value, decimals);
    const QFont type = font(m_theme.value * 1.05, true);
    const QRectF box =
        valueBox(shape.boundingRect(), StageInk::textBox({}, Qt::AlignLeft, text, type).size());
    label(LabelKind::Value, box.topLeft(), Qt::AlignLeft | Qt::AlignTop, text, type, m_theme.voxel, true,
          true);
  }

  /// Beside the voxel: on the right where the stage and the titles leave room there, else where they do.
  [[nodiscard]] QRectF valueBox(const QRectF& square, const QSizeF& size) const {
    const QRectF stage = QRectF(QPointF(0, 0), m_camera.size()).adjusted(6, 4, -6, -4);
    const double gap = m_theme.value * .65;
    std::vector<QRectF> titles;
    for (const StageLabel& label : m_canvas.labels) {
      if (label.kind == LabelKind::MapTitle && label.lit) titles.push_back(label.box);
    }
    for (const double rise : {.72, .1, 1.1}) {
      for (const double left : {square.right() + gap, square.left() - gap - size.width()}) {
        const QRectF box(QPointF(left, square.center().y() - size.height() * rise), size);
        const bool free = std::none_of(titles.begin(), titles.end(),
                                       [&](const QRectF& title) { return title.intersects(box); });
        if (free && stage.contains(box)) return box;
      }
    }
    // a voxel outside the stage: its value waits at the border
    const double left =
        std::clamp(square.right() + gap, stage.left(), std::max(stage.left(), stage.right() - size.width()));
    const double top = std::clamp(square.center().y() - size.height() * .72, stage.top(),
                                  std::max(stage.top(), stage.bottom() - size.height()));
    return {QPointF(left, top), size};
  }

  /// R, G and B before the rows of frames that stand apart.
  void paintChannelNames() const {
    if (m_layout.cuboids.size() < 2) return;
    int named = -1;
    for (const StagePlane& plane : m_layout.planes) {
      if (plane.kind != PlaneKind::Input || plane.channel <= named) continue;
      named = plane.channel;
      const QPointF at = px(plane.at(plane.rows * .5, 0)) - QPointF(12, 0);
      label(LabelKind::Note, at, Qt::AlignRight | Qt::AlignVCenter, channelName(m_view, plane.channel),
            font(m_theme.stageTitle * 1.2, true), m_theme.channel, true);
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
};

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
  painter.setOpacity(1);
  if (frame.view.stale) paintStale(canvas);
}

}  // namespace convscope
