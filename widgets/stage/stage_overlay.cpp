#include "widgets/stage/stage_overlay.h"

#include "engine/conv/ledger.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kSideFill = .14;        // side faces of the cuboid
constexpr double kHiddenShare = .6;      // width of hidden edges
constexpr double kLeastVoxel = 8;        // px: smaller cells get a square of this size
constexpr double kArrowH = 52, kArrowWT = 70;  // px
constexpr double kShortArrow = 14;       // px: foreshortened below this, an arrow says nothing
constexpr int kMostTaps = 128;           // dilated taps drawn one by one

std::array<Vec3, 8> cornersOf(const StageBox& box) {
  std::array<Vec3, 8> corners;
  for (int i = 0; i < 8; ++i) {
    corners[i] = {i & 1 ? box.high.x : box.low.x, i & 2 ? box.high.y : box.low.y, i & 4 ? box.high.z : box.low.z};
  }
  return corners;
}

/// Paints one frame of the overlay. Members are in drawing order.
class OverlayPainter {
 public:
  OverlayPainter(const StageOverlay::Frame& frame, const StageInk& ink, std::vector<StageLabel>& labels)
      : m_layout(frame.layout),
        m_camera(frame.camera),
        m_view(frame.view),
        m_theme(frame.theme),
        m_furniture(frame.furniture),
        m_ink(ink),
        m_labels(labels) {}

  void paintWorld() {
    paintOutlines();
    paintPadding();
    paintTimeAxis();
    paintReach();
    paintLinks();
    paintCuboids();
    paintArrows();
    paintVoxel();
    paintTitles();
    paintHover();
  }

  void paintFurniture() {
    paintCorners();
    paintKernelBlock();
    paintLegend();
  }

 private:
  [[nodiscard]] QPointF px(const Vec3& at) const { return m_camera.project(at); }
  [[nodiscard]] QFont font(double size, bool bold = false) const { return m_theme.font(size, bold); }

  void label(LabelKind kind, QPointF at, Qt::Alignment alignment, const QString& text, const QFont& type,
             const QColor& colour, bool halo, bool lit = false) {
    m_labels.push_back({kind, text, m_ink.text(at, alignment, text, type, colour, halo), lit});
  }

  [[nodiscard]] double distanceOf(const StagePlane& plane) const { return std::abs(plane.origin.z - m_camera.eye().z); }

  /// Outlines of the opaque planes that stand nearer than `plane`.
  [[nodiscard]] std::vector<QPolygonF> coversOf(const StagePlane& plane) const {
    std::vector<QPolygonF> covers;
    for (const StagePlane& other : m_layout.planes) {
      if (other.opacity >= 1 && distanceOf(other) < distanceOf(plane) - 1e-9) {
        covers.push_back(projected(other.corners(), m_camera));
      }
    }
    return covers;
  }

  void outline(const StagePlane& plane, const QColor& colour, double width) const {
    const QPolygonF shape = projected(plane.corners(), m_camera);
    const std::vector<QPolygonF> covers = coversOf(plane);
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
      return a->lit != b->lit ? b->lit : distanceOf(*a) > distanceOf(*b);
    });
    for (const StagePlane* plane : order) {
      const bool map = plane->kind == PlaneKind::Map;
      const bool slice = plane->kind == PlaneKind::SliceX || plane->kind == PlaneKind::SliceY;
      const QColor& focus = map ? m_theme.voxel : m_theme.kernel;
      if (plane->lit) outline(*plane, focus, m_theme.frameEdgeFocus);
      else outline(*plane, slice ? m_theme.muted : quiet, m_theme.frameEdge);
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
  [[nodiscard]] QPolygonF cells(const StagePlane& plane, double row, double column, double rows, double columns) const {
    return projected({plane.at(row, column), plane.at(row, column + columns), plane.at(row + rows, column + columns),
                      plane.at(row + rows, column)},
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
      const int left = std::clamp(-start.x, 0, columns), right = std::clamp(start.x + columns - W, 0, columns);
      if (above > 0) m_ink.hatch(cells(plane, start.y, start.x, above, columns), m_theme.padding);
      if (below > 0) m_ink.hatch(cells(plane, H, start.x, below, columns), m_theme.padding);
      const int inner = rows - above - below;
      if (left > 0 && inner > 0) m_ink.hatch(cells(plane, start.y + above, start.x, inner, left), m_theme.padding);
      if (right > 0 && inner > 0) m_ink.hatch(cells(plane, start.y + above, W, inner, right), m_theme.padding);
      const Triple& unused = m_layout.unused;
      if (unused.y > 0) m_ink.hatch(cells(plane, H - unused.y, 0, unused.y, W), m_theme.padding, .7);
      if (unused.x > 0) m_ink.hatch(cells(plane, 0, W - unused.x, H - unused.y, unused.x), m_theme.padding, .7);
    }
    for (const StagePlane& plane : m_layout.planes) {
      const bool unused = plane.kind == PlaneKind::Input && !plane.lit && plane.t >= m_layout.input.length - m_layout.unused.t;
      if (unused) m_ink.hatch(projected(plane.corners(), m_camera), m_theme.padding, .5);
    }
  }

  void paintTimeAxis() {
    if (m_layout.still) return;
    QPointF from = px(m_layout.axisFrom);
    const QPointF to = px(m_layout.axisTo);
    const QRectF stage(QPointF(0, 0), m_camera.size());
    const double inset = 40;
    const QRectF inner = stage.adjusted(inset / 2, inset / 2, -inset / 2, -inset);
    if (!inner.contains(from) && inner.contains(to)) {
      // the near end may lie under the stage's lower edge: begin where it comes into sight
      const auto outside = uncovered({from, to}, {QPolygonF(inner)});
      if (!outside.empty()) from = outside.front().p2();
    }
    if (QLineF(from, to).length() < 40) return;
    m_ink.arrow(from, to, m_theme.time, m_theme.link, m_theme.arrowHead * .8, false);
    const QPointF ahead = (to - from) / QLineF(from, to).length();
    label(LabelKind::Time, to + ahead * 6 + QPointF(0, -1), Qt::AlignLeft | Qt::AlignVCenter, QObject::tr("time"),
          font(m_theme.stageLabel, true), m_theme.time, true);
  }

  /// The outputs that a pinned input voxel feeds, and the voxel itself.
  void paintReach() {
    const auto& pinned = m_view.state.selection.input;
    const Triple& at = pinned ? pinned->at : Triple{};
    const Triple extent = m_layout.input.extent();
    if (!pinned || at.t < 0 || at.y < 0 || at.x < 0 || at.t >= extent.t || at.y >= extent.y || at.x >= extent.x) return;
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
    const QString text = QObject::tr("feeds %1").arg(reach.count());
    label(LabelKind::Note, beside, Qt::AlignLeft | Qt::AlignVCenter, text, font(m_theme.stageLabel, true), m_theme.text,
          true);
  }

  /// Neighbouring outputs as (first, count).
  [[nodiscard]] static std::vector<std::pair<int, int>> runs(const std::vector<Reach::Step>& steps) {
    std::vector<std::pair<int, int>> result;
    for (const Reach::Step& step : steps) {
      if (!result.empty() && step.output < result.back().first + result.back().second) continue;
      if (!result.empty() && step.output == result.back().first + result.back().second) ++result.back().second;
      else result.emplace_back(step.output, 1);
    }
    return result;
  }

  /// Four lines from the cuboid's upper edges to the voxel's lower edge, and the faces between them.
  void paintLinks() const {
    const StageBox& top = m_layout.cuboids.front();
    const QPolygonF voxel = voxelShape(m_layout, m_camera);
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
        if (i == 0 || perRow == 1) m_ink.haloPolygon(patch, m_theme.kernel, m_theme.patch, m_theme.haloWidth / 2);
        else if (!end) m_ink.haloLines(edgesOf(patch), m_theme.kernel, m_theme.patch * .5);
      }
    }
  }

  [[nodiscard]] static std::vector<QLineF> edgesOf(const QPolygonF& shape) {
    std::vector<QLineF> lines;
    for (int i = 0; i < shape.size(); ++i) lines.emplace_back(shape[i], shape[(i + 1) % shape.size()]);
    return lines;
  }

  /// A box with its hidden edges dashed and its side faces (not the patches at its ends) filled.
  void paintCuboid(const StageBox& box) const {
    const std::array<Vec3, 8> corner = cornersOf(box);
    const Vec3& eye = m_camera.eye();
    // faces by axis and side: seen from outside where the eye is beyond them
    const std::array<std::array<bool, 2>, 3> seen{{{eye.x < box.low.x, eye.x > box.high.x},
                                                   {eye.y < box.low.y, eye.y > box.high.y},
                                                   {eye.z < box.low.z, eye.z > box.high.z}}};
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
        const Vec3 at = corner + down * (tap / conv.kernel.x * conv.dilation.y) + across * (tap % conv.kernel.x * conv.dilation.x);
        const QPolygonF shape = projected({at, at + across, at + across + down, at + down}, m_camera);
        m_ink.fill(shape, m_theme.kernel, .3);
        m_ink.segments(edgesOf(shape), m_theme.kernel, m_theme.hairline);
      }
      if (perRow == 1) break;
    }
  }

  void paintArrows() {
    for (const Axis axis : kAxes) {
      if (!m_layout.slides[static_cast<int>(axis)]) continue;
      const QLineF arrow = slideArrow(m_layout, m_camera, m_theme, axis);
      if (arrow.length() < kShortArrow) continue;
      const QColor colour = m_theme.axisColour(axis);
      m_ink.arrow(arrow.p1(), arrow.p2(), colour, m_theme.arrow, m_theme.arrowHead, true);
      const QPointF ahead = (arrow.p2() - arrow.p1()) / arrow.length();
      const double size = m_theme.stageTitle * 1.2;
      // the letter stands beside the tip, where the next arrow is not
      const QPointF aside = axis == Axis::Y ? QPointF(-size * .75, -size * .1) : axis == Axis::X ? QPointF(4, size * .72) : ahead * (size * .75);
      const QString letter = axis == Axis::T ? "t" : axis == Axis::Y ? "h" : "w";
      label(LabelKind::Axis, arrow.p2() + aside, Qt::AlignHCenter | Qt::AlignVCenter, letter, font(size, true), colour, true);
    }
  }

  void paintVoxel() {
    const QPolygonF shape = voxelShape(m_layout, m_camera);
    m_ink.haloPolygon(shape, m_theme.voxel, m_theme.voxelLine, 7 - m_theme.voxelLine + m_theme.haloWidth / 2);
    const float value = m_view.result->valueAt(m_layout.filter, m_layout.voxel);
    if (!std::isfinite(value)) return;
    const int decimals = m_theme.presenter ? 2 : 3;
    const QString text = m_view.unsignedMaps() ? QString::number(value, 'f', decimals) : signedText(value, decimals);
    const QFont type = font(m_theme.value * 1.05, true);
    const QRectF square = shape.boundingRect();
    const double gap = m_theme.value * .65;
    // beside the voxel on the right; on the left where it would leave the stage there
    const QSizeF size = StageInk::textBox({}, Qt::AlignLeft, text, type).size();
    double left = square.right() + gap;
    if (left + size.width() > m_camera.size().width() - 8) left = square.left() - gap - size.width();
    const double top = std::clamp(square.center().y() - size.height() * .72, 4.0,
                                  std::max(4.0, m_camera.size().height() - size.height() - 4));
    label(LabelKind::Value, {left, top}, Qt::AlignLeft | Qt::AlignTop, text, type, m_theme.voxel, true, true);
  }

  struct Title {
    const StagePlane* plane;
    QRectF box;
    int rank;
  };

  /// Titles of frames below their right corner, of maps above their left one; those that would collide are left out,
  /// the lit ones last of all.
  void paintTitles() {
    std::vector<Title> titles;
    for (const StagePlane& plane : m_layout.planes) {
      if (plane.title.isEmpty()) continue;
      const bool map = plane.kind == PlaneKind::Map;
      const QFont type = titleFont(plane);
      const QPolygonF shape = projected(plane.corners(), m_camera);
      // on the side that stays in sight: under the lowest right corner, over the highest left one
      const QRectF box = map ? StageInk::textBox(shape[0] + QPointF(0, -3), Qt::AlignLeft | Qt::AlignBottom, plane.title, type)
                             : StageInk::textBox(shape[2] + QPointF(0, 3), Qt::AlignRight | Qt::AlignTop, plane.title, type);
      const int last = map ? m_layout.output.length - 1 : m_layout.input.length - 1;
      const int rank = plane.lit ? 0 : plane.t == 0 || plane.t == last ? 1 : (plane.t + 1) % 4 == 0 ? 2 : 3;
      titles.push_back({&plane, box, rank});
    }
    std::stable_sort(titles.begin(), titles.end(), [](const Title& a, const Title& b) { return a.rank < b.rank; });
    std::vector<QRectF> taken;
    for (const StageLabel& label : m_labels) taken.push_back(label.box);
    // a row is either complete, or shows every fourth title beside the lit ones
    for (const PlaneKind kind : {PlaneKind::Input, PlaneKind::Map}) {
      std::vector<QRectF> all = taken;
      bool complete = true;
      for (const Title& title : titles) {
        if (title.plane->kind != kind) continue;
        complete = complete && isFree(title.box, all);
        all.push_back(title.box);
      }
      for (const Title& title : titles) {
        if (title.plane->kind != kind || (!complete && title.rank == 3 && kind == PlaneKind::Input)) continue;
        if (!isFree(title.box, taken)) continue;
        taken.push_back(title.box);
        paintTitle(title);
      }
    }
  }

  [[nodiscard]] static bool isFree(const QRectF& box, const std::vector<QRectF>& taken) {
    const QRectF wide = box.adjusted(-3, 0, 3, 0);
    return std::none_of(taken.begin(), taken.end(), [&](const QRectF& other) { return other.intersects(wide); });
  }

  [[nodiscard]] QFont titleFont(const StagePlane& plane) const {
    return plane.lit ? font(m_theme.stageTitle, true) : font(m_theme.presenter ? m_theme.stageLabel : 12, false);
  }

  void paintTitle(const Title& title) {
    const bool map = title.plane->kind == PlaneKind::Map;
    const QColor& colour = !title.plane->lit ? m_theme.muted : map ? m_theme.text : m_theme.time;
    label(map ? LabelKind::MapTitle : LabelKind::InputTitle, title.box.topLeft(), Qt::AlignLeft | Qt::AlignTop,
          title.plane->title, titleFont(*title.plane), colour, true, title.plane->lit);
  }

  void paintHover() const {
    const Hover& hover = m_view.hover;
    if (hover.kind != Hover::Kind::Input && hover.kind != Hover::Kind::Output) return;
    const PlaneKind kind = hover.kind == Hover::Kind::Input ? PlaneKind::Input : PlaneKind::Map;
    for (const StagePlane& plane : m_layout.planes) {
      const bool channel = kind == PlaneKind::Map || plane.channel < 0 || plane.channel == hover.channel;
      if (plane.kind != kind || plane.t != hover.at.t || !channel) continue;
      m_ink.haloPolygon(cells(plane, hover.at.y, hover.at.x, 1, 1), m_theme.text, 1.5 * m_theme.hairline, m_theme.haloWidth / 2);
    }
  }

  void corner(QPointF at, const QString& name, const QString& shape) {
    const QFont small = font(m_theme.presenter ? m_theme.stageTitle * .8 : m_theme.body, true);
    const QFont large = font(m_theme.presenter ? m_theme.stageLabel * .9 : m_theme.stageTitle, true);
    label(LabelKind::Corner, at, Qt::AlignLeft | Qt::AlignTop, name, small, m_theme.presenter ? m_theme.text : m_theme.muted, true);
    label(LabelKind::Corner, at + QPointF(0, StageInk::textBox({}, Qt::AlignLeft, name, small).height() + 1), Qt::AlignLeft | Qt::AlignTop, shape, large,
          m_theme.presenter ? m_theme.muted : m_theme.text, true);
  }

  void paintCorners() {
    const bool many = !m_layout.still;
    const QString maps = m_theme.presenter ? (many ? QObject::tr("Output maps") : QObject::tr("Output map")) : many ? QObject::tr("OUTPUT MAPS") : QObject::tr("OUTPUT MAP");
    const QString frames = m_theme.presenter ? (many ? QObject::tr("Input frames") : QObject::tr("Input image")) : many ? QObject::tr("INPUT FRAMES") : QObject::tr("INPUT IMAGE");
    Shape one = m_layout.output;
    one.channels = 1;  // one filter's maps stand in the stage
    corner(m_furniture.outputCorner, maps, QString::fromStdString(toText(one)));
    const double low = m_camera.size().height() - m_theme.stageTitle * 4;
    const double least = m_furniture.kernelArea.bottom() + m_theme.stageTitle * 4.6;
    const double beside = px(m_layout.lowerLevel).y() + m_theme.stageTitle;
    corner({m_furniture.outputCorner.x(), std::clamp(beside, std::min(least, low), low)}, frames, QString::fromStdString(toText(m_layout.input)));
  }

  void paintKernelBlock() {
    if (m_furniture.kernelArea.isEmpty()) return;
    const KernelBlock block = kernelBlock(m_view, m_furniture.kernelArea);
    QPainter& painter = m_ink.painter();
    const double largest = block.largest > 0 ? block.largest : 1;
    std::size_t next = 0;
    for (const QPolygonF& slice : block.slices) {
      m_ink.fill(slice, m_theme.stage, 1);
      const double side = QLineF(slice[0], slice[3]).length() / std::max(1, m_view.result->spec.conv.kernel.y);
      painter.setPen(side > 5 ? QPen(m_theme.stage, 1) : QPen(Qt::NoPen));
      for (int i = 0; i < block.cellsPerSlice; ++i, ++next) {
        painter.setBrush(QColor(m_theme.weightSigned.at(block.cells[next].weight, largest)));
        painter.drawPolygon(block.cells[next].shape);
      }
      painter.setBrush(Qt::NoBrush);
      m_ink.segments(edgesOf(slice), m_theme.kernel, m_theme.frameEdgeFocus);
    }
    m_ink.segments(block.edges, m_theme.kernel, m_theme.frameEdgeFocus);
    QColor dim = m_theme.kernel;
    dim.setAlphaF(.6F);
    painter.setPen(QPen(dim, m_theme.hairline, Qt::CustomDashLine));
    QPen dashed = painter.pen();
    dashed.setDashPattern({5, 4});
    painter.setPen(dashed);
    painter.drawLines(block.hidden.data(), static_cast<int>(block.hidden.size()));
    const Hover& hover = m_view.hover;
    if (hover.kind == Hover::Kind::Weight && hover.channel == shownChannel(m_view)) {
      if (const auto* cell = block.find(hover.at)) m_ink.haloPolygon(cell->shape, m_theme.text, 1.5, 2);
    }
    const Triple& k = m_view.result->spec.conv.kernel;
    label(LabelKind::Kernel, m_furniture.kernelCorner, Qt::AlignLeft | Qt::AlignTop, QObject::tr("KERNEL"), font(m_theme.body, true), m_theme.kernel, false);
    const QPointF below(m_furniture.kernelCorner.x(), block.bounds.bottom() + 14);
    const QString shape = QString::fromStdString(toText(shapeOf(k, filterChannels(m_view))));
    label(LabelKind::Kernel, below, Qt::AlignLeft | Qt::AlignTop, shape, font(m_theme.stageTitle, true), m_theme.text, false);
    const int channel = shownChannel(m_view);
    const QString which = m_layout.input.channels == 1 ? QObject::tr("its weights") : QObject::tr("weights of %1 shown").arg(channelName(m_view, channel));
    label(LabelKind::Kernel, below + QPointF(0, m_theme.stageTitle + 5), Qt::AlignLeft | Qt::AlignTop, which, font(m_theme.body), m_theme.muted, false);
  }

  void paintLegend() {
    const QRectF& bar = m_furniture.legendBar;
    const ColourMap& scale = m_view.unsignedMaps() ? m_theme.actUnsigned : m_theme.activation(m_view.state.look.activationMap);
    QPainter& painter = m_ink.painter();
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    constexpr int kStops = 32;
    for (int i = 0; i <= kStops; ++i) {
      gradient.setColorAt(static_cast<double>(i) / kStops, QColor(scale.table()[static_cast<std::size_t>(i) * 255 / kStops]));
    }
    painter.setPen(QPen(m_theme.line2, m_theme.hairline));
    painter.setBrush(gradient);
    painter.drawRoundedRect(bar, 2, 2);
    painter.setBrush(Qt::NoBrush);
    const double range = m_range;
    const int decimals = range >= 9.95 ? 0 : range >= .0995 ? 1 : 3;
    const bool isSigned = scale.isSigned();
    const Activation after = m_view.result->spec.conv.activation;
    const QString name = after == Activation::Relu     ? QObject::tr("activation after ReLU")
                         : after == Activation::Absolute ? QObject::tr("activation, absolute")
                         : after == Activation::Square   ? QObject::tr("activation, squared")
                                                         : QObject::tr("activation");
    const QFont small = font(m_theme.presenter ? m_theme.caption : m_theme.body, true);
    const QFont number = font(m_theme.presenter ? m_theme.caption : m_theme.body - .5);
    label(LabelKind::Legend, bar.topLeft() + QPointF(0, -4), Qt::AlignLeft | Qt::AlignBottom, name, small, m_theme.muted, true);
    const double y = bar.bottom() + 2;
    const QString high = isSigned ? signedText(range, decimals) : QString::number(range, 'f', decimals);
    label(LabelKind::Legend, {bar.left(), y}, Qt::AlignLeft | Qt::AlignTop, isSigned ? signedText(-range, decimals) : QStringLiteral("0"), number, m_theme.muted, true);
    if (isSigned) label(LabelKind::Legend, {bar.center().x(), y}, Qt::AlignHCenter | Qt::AlignTop, QStringLiteral("0"), number, m_theme.muted, true);
    label(LabelKind::Legend, {bar.right(), y}, Qt::AlignRight | Qt::AlignTop, high, number, m_theme.muted, true);
  }

 public:
  void setRange(double range) { m_range = range; }
  void paintStale() {
    QPainter& painter = m_ink.painter();
    QPen pen(m_theme.stale, 2 * m_theme.hairline);
    pen.setDashPattern({6, 4});
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(QPointF(0, 0), m_camera.size()).adjusted(3, 3, -3, -3));
    label(LabelKind::State, {m_camera.size().width() - 14, 10}, Qt::AlignRight | Qt::AlignTop, QObject::tr("stale"), font(m_theme.stageTitle, true), m_theme.stale, true);
  }

 private:
  const StageLayout& m_layout;
  const StageCamera& m_camera;
  const KernelView& m_view;
  const LookTheme& m_theme;
  const StageFurniture& m_furniture;
  const StageInk& m_ink;
  std::vector<StageLabel>& m_labels;
  double m_range = 1;
};

}  // namespace

QPolygonF projected(const std::array<Vec3, 4>& corners, const StageCamera& camera) {
  QPolygonF shape;
  for (const Vec3& corner : corners) shape << camera.project(corner);
  return shape;
}

QPolygonF patchShape(const StageBox& patch, const StageCamera& camera) {
  const double z = patch.low.z;
  return projected({Vec3{patch.low.x, patch.high.y, z}, {patch.high.x, patch.high.y, z},
                    {patch.high.x, patch.low.y, z}, {patch.low.x, patch.low.y, z}},
                   camera);
}

QPolygonF voxelShape(const StageLayout& layout, const StageCamera& camera) {
  QPolygonF shape = projected(layout.voxelCorners, camera);
  const QPointF middle = (shape[0] + shape[1] + shape[2] + shape[3]) / 4;
  const double across = QLineF(shape[0], shape[1]).length(), down = QLineF(shape[0], shape[3]).length();
  const double growth = std::max(1.0, kLeastVoxel / std::max(1e-3, std::min(across, down)));
  // never more than a small square: in a view from the side a cell is a line
  if (growth > 8) {
    const double half = kLeastVoxel / 2;
    return QPolygonF({middle + QPointF(-half, -half), middle + QPointF(half, -half), middle + QPointF(half, half), middle + QPointF(-half, half)});
  }
  for (QPointF& corner : shape) corner = middle + (corner - middle) * growth;
  return shape;
}

QLineF slideArrow(const StageLayout& layout, const StageCamera& camera, const LookTheme& theme, Axis axis) {
  const StageBox& box = layout.cuboids.back();
  const double z = box.low.z;
  const double scale = theme.arrow / 3.6;  // longer with thicker lines
  const Vec3 middle = mixed(box.low, box.high, .5);
  Vec3 from, ahead;
  double reach = kArrowWT * scale;
  if (axis == Axis::Y) {
    from = {middle.x, box.low.y, z};
    ahead = {0, -1, 0};
    reach = kArrowH * scale;
  } else if (axis == Axis::X) {
    from = {box.high.x, middle.y - (box.high.y - box.low.y) * .3, z};
    ahead = {1, 0, 0};
  } else {
    from = {middle.x + (box.high.x - box.low.x) * .5, middle.y, box.high.z};
    ahead = {0, 0, 1};
  }
  const QPointF start = camera.project(from);
  const QLineF line(start, camera.project(from + ahead * .5));
  // foreshortened directions get shorter arrows, others the designed length
  const double length = std::min(reach, line.length());
  if (line.length() < 1e-6) return {start, start};
  const QPointF along = (line.p2() - line.p1()) / line.length();
  return {start + along * 3, start + along * (length + 3)};
}

StageFurniture furnitureOf(const QSizeF& size, const LookTheme& theme, const StageLayout& layout) {
  StageFurniture result;
  const double left = theme.presenter ? 32 : 16;
  const double line = theme.stageTitle * 1.25;
  const double legend = theme.presenter ? 260 : 170;
  result.outputCorner = {left, theme.presenter ? 28. : 13.};
  result.legendBar = {size.width() - legend - 18, size.height() - line * 1.55 - 22, legend, theme.presenter ? 18. : 12.};
  // The kernel stands in the column of texts at the left; a presenter's picture shows one thing at a time.
  const double height = std::clamp(size.height() * .16, 64.0, 112.0);
  const double width = std::clamp(size.width() * .158, 92.0, 150.0);
  if (!theme.presenter && size.height() >= 360) {
    result.kernelCorner = {left + 2, size.height() * .17};
    result.kernelArea = {left + 4, result.kernelCorner.y() + theme.body * 1.25 + 6, width, height};
  }
  const double text = StageInk::textBox({}, Qt::AlignLeft, QString::fromStdString(toText(layout.input)), theme.font(theme.stageTitle, true)).width();
  const double column = std::clamp(text + left + 8, size.width() * .08, size.width() * .24);
  result.room = {column, size.height() * .02, size.width() * .012, size.height() * .012};
  result.mapsLeft = result.kernelArea.isEmpty() ? 0 : std::max(0.0, result.kernelArea.right() + 24 - column);
  return result;
}

StageCamera stageCamera(const StageLayout& layout, const CameraLook& look, const QSizeF& size,
                        const StageFurniture& furniture) {
  std::vector<FitAnchor> anchors = layout.anchors;
  for (FitAnchor& anchor : anchors) {
    const bool maps = anchor.at.y > layout.frameHeight * .51;
    if (maps) anchor.left += furniture.mapsLeft;
  }
  return StageCamera::framed(look, anchors, size, furniture.room);
}

void StageOverlay::paint(QPainter& painter, const Frame& frame) {
  m_labels.clear();
  if (!frame.layout.valid || frame.layout.cuboids.empty()) return;
  painter.setRenderHint(QPainter::Antialiasing);
  const StageInk ink(painter, frame.theme, m_store, frame.pixelRatio);
  OverlayPainter overlay(frame, ink, m_labels);
  overlay.setRange(frame.range);
  painter.setOpacity(frame.view.stale ? frame.theme.staleOpacity : 1);
  overlay.paintWorld();
  overlay.paintFurniture();
  painter.setOpacity(1);
  if (frame.view.stale) overlay.paintStale();
}

}  // namespace convscope
