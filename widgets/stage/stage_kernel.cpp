#include "widgets/stage/stage_kernel.h"

#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kSideFill = .14;      // side faces of the cuboid
constexpr double kMostLinkFill = .08;  // of the faces between cuboid and voxel
constexpr double kFaintLink = .7;      // of several side by side
constexpr double kHiddenShare = .6;    // width of hidden edges
constexpr double kShortArrow = 14;     // px: foreshortened below this, an arrow says nothing
constexpr int kMostTaps = 128;         // dilated taps drawn one by one

class KernelPainter {
 public:
  explicit KernelPainter(const StageCanvas& canvas)
      : m_canvas(canvas),
        m_layout(canvas.frame.layout),
        m_camera(canvas.frame.camera),
        m_view(canvas.frame.view),
        m_theme(canvas.frame.theme),
        m_ink(canvas.ink) {}

  void paintLinks() const {
    for (const StageBox& box : m_layout.cuboids) paintLink(box);
  }

  /// Four lines from the cuboid's upper edges to the voxel's lower edge, and the faces between them.
  void paintLink(const StageBox& box) const {
    const std::vector<QLineF> lines = linkLines(box, m_layout, m_camera, m_theme);
    const QPointF nearLeft = lines[0].p1(), nearRight = lines[1].p1();
    const QPointF left = lines[0].p2(), right = lines[1].p2();
    const bool deep = lines.size() > 2;
    QPainter& painter = m_ink.painter();
    painter.save();
    if (m_layout.cuboids.size() > 1) {
      painter.setOpacity(painter.opacity() * kFaintLink);
      m_ink.haloLines(lines, m_theme.kernel, m_theme.link);
      painter.restore();
      return;
    }
    const double share = std::min(kMostLinkFill, m_theme.linkFill);
    painter.setClipPath(besideLitFrames());
    m_ink.fill(QPolygonF({nearLeft, nearRight, right, left}), m_theme.kernel, share);
    if (deep) {
      const QPointF farLeft = lines[2].p1(), farRight = lines[3].p1();
      m_ink.fill(QPolygonF({farLeft, farRight, right, left}), m_theme.kernel, share);
      m_ink.fill(QPolygonF({nearLeft, farLeft, left}), m_theme.kernel, share);
      m_ink.fill(QPolygonF({nearRight, farRight, right}), m_theme.kernel, share);
    }
    painter.restore();
    m_ink.haloLines(lines, m_theme.kernel, m_theme.link);
  }

  /// The stage without the pictures that the kernel reads: a tint there would pass for a part of them.
  [[nodiscard]] QPainterPath besideLitFrames() const {
    QPainterPath pictures;
    for (const StagePlane& plane : m_layout.planes) {
      if (!plane.lit || plane.kind != PlaneKind::Input) continue;
      QPainterPath picture;
      picture.addPolygon(projected(plane.corners(), m_camera));
      pictures = pictures.united(picture);
    }
    QPainterPath stage;
    stage.addRect(QRectF(QPointF(0, 0), m_camera.size()));
    return stage.subtracted(pictures);
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
          m_ink.haloLines(edgesOf(patch), m_theme.kernel, m_theme.patch);
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
      const QPointF aside = axis == Axis::Y   ? QPointF(-size * .75 - 4, -size * .1)
                            : axis == Axis::X ? QPointF(4, size * .72 + 4)
                                              : ahead * (size * .75 + 4);
      const QString letter = axis == Axis::T ? "t" : axis == Axis::Y ? "h" : "w";
      m_canvas.label(LabelKind::Axis, arrow.p2() + aside, Qt::AlignHCenter | Qt::AlignVCenter, letter,
                     m_theme.font(size, true), colour, true);
    }
  }

 private:
  [[nodiscard]] QPointF px(const Vec3& at) const { return m_camera.project(at); }

  const StageCanvas& m_canvas;
  const StageLayout& m_layout;
  const StageCamera& m_camera;
  const KernelView& m_view;
  const LookTheme& m_theme;
  const StageInk& m_ink;
};

}  // namespace

void paintKernel(const StageCanvas& canvas) {
  const KernelPainter painter(canvas);
  painter.paintLinks();
  painter.paintCuboids();
  painter.paintArrows();
}

}  // namespace convscope
