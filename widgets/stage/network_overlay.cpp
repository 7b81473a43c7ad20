#include "widgets/stage/network_overlay.h"

#include "widgets/stage/plane_ink.h"
#include "widgets/stage/stage_frame.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLinearGradient>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kMargin = 16;        // px from the stage's edge to names and legend
constexpr double kLegendWidth = 190;  // px
constexpr double kLegendHeight = 10;
constexpr double kLeastUnit = 8;    // px: a smaller unit is drawn as a square of this size
constexpr double kLeastApart = 46;  // px between two times

QString tr(const char* text) {
  return QCoreApplication::translate("Network", text);
}

class NetworkPainter : PlaneInk {
 public:
  NetworkPainter(const NetworkView& view, const FieldLayout& layout, const StageCamera& camera,
                 const LookTheme& theme, const StageInk& ink, std::vector<StageLabel>& labels)
      : PlaneInk(camera, theme, ink, labels),
        m_view(view),
        m_layout(layout),
        m_camera(camera),
        m_theme(theme),
        m_ink(ink) {}

  void paint() {
    paintOutlines();
    paintPadding();
    paintLinks();
    paintField();
    paintTimes();
    paintUnit();
    paintNames();
    paintLegend();
    if (m_view.stale) paintStale();
  }

 private:
  void paintOutlines() const {
    QColor quiet = m_theme.muted;
    std::vector<QLineF> unlit, seen;
    for (const FieldPlane& plane : m_layout.planes) {
      auto& lines = plane.lit && plane.level == 0 && !plane.padding ? seen : unlit;
      for (const QLineF& edge : edgesOf(shapeOf(plane))) lines.push_back(edge);
      if (plane.lit && plane.level == 1)
        m_ink.haloPolygon(shapeOf(plane), m_theme.voxel, m_theme.frameEdgeFocus, 2);
    }
    quiet.setAlphaF(.4F);
    m_ink.segments(unlit, quiet, m_theme.hairline);
    m_ink.haloLines(seen, m_theme.kernel, m_theme.frameEdgeFocus);
  }

  /// What of the field lies beyond the frames: hatched on every frame that the unit sees.
  void paintPadding() const {
    const StageBox& box = m_layout.boxes.front();
    for (const FieldPlane& plane : m_layout.planes) {
      if (plane.level != 0 || !plane.lit) continue;
      const double z = plane.origin.z;
      const auto hatch = [&](double left, double right, double top, double bottom) {
        if (right - left < 1e-6 || top - bottom < 1e-6) return;
        m_ink.hatch(
            projected({Vec3{left, top, z}, {right, top, z}, {right, bottom, z}, {left, bottom, z}}, m_camera),
            m_theme.padding, .8);
      };
      if (plane.padding) {
        hatch(box.low.x, box.high.x, box.high.y, box.low.y);
        continue;
      }
      const double top = plane.origin.y, bottom = top + plane.down.y;
      const double left = plane.origin.x, right = left + plane.across.x;
      const double high = std::min(box.high.y, top), low = std::max(box.low.y, bottom);
      hatch(box.low.x, box.high.x, box.high.y, std::max(top, box.low.y));
      hatch(box.low.x, box.high.x, std::min(bottom, box.high.y), box.low.y);
      hatch(box.low.x, std::min(left, box.high.x), high, low);
      hatch(std::max(right, box.low.x), box.high.x, high, low);
    }
  }

  /// From the upper edges of the box to the unit.
  void paintLinks() const {
    const StageBox& box = m_layout.boxes.front();
    const StageBox& unit = m_layout.boxes.back();
    std::vector<QLineF> lines;
    const QPointF to = px({(unit.low.x + unit.high.x) / 2, unit.low.y, unit.low.z});
    for (const double x : {box.low.x, box.high.x}) {
      for (const double z : {box.low.z, box.high.z}) lines.emplace_back(px({x, box.high.y, z}), to);
    }
    m_ink.fill(QPolygonF({lines[0].p1(), lines[1].p1(), to}), m_theme.kernel, m_theme.linkFill * .6);
    m_ink.fill(QPolygonF({lines[2].p1(), lines[3].p1(), to}), m_theme.kernel, m_theme.linkFill * .6);
    m_ink.haloLines(lines, m_theme.kernel, m_theme.link);
  }

  void paintField() const {
    const StageBox& box = m_layout.boxes.front();
    paintBox(box);
    std::vector<QLineF> slices;
    for (const FieldPlane& plane : m_layout.planes) {
      if (plane.level != 0 || !plane.lit) continue;
      const double z = plane.origin.z;
      for (const QLineF& edge :
           edgesOf(patchShape({{box.low.x, box.low.y, z}, {box.high.x, box.high.y, z}}, m_camera)))
        slices.push_back(edge);
    }
    m_ink.segments(slices, m_theme.kernel, m_theme.hairline);
  }

  void paintTimes() {
    if (m_view.levels.front().shape.length == 1) return;  // a picture has no time
    const Positions& seen = m_view.levels.front().seen[0];
    const int middle = (seen.front() + seen.back()) / 2;
    double lastX = -1e9;
    for (const FieldPlane& plane : m_layout.planes) {
      if (plane.level != 0 || !plane.lit || plane.padding) continue;
      const QPointF at = px(plane.at(plane.rows, .72 * plane.columns)) + QPointF(0, 6);
      const bool main = plane.t == middle;
      if (at.x() - lastX < kLeastApart && !main) continue;
      lastX = at.x();
      label(LabelKind::Time, at, Qt::AlignHCenter | Qt::AlignTop, tr("t=%1").arg(plane.t + 1),
            main ? m_theme.stageTitle : m_theme.stageLabel, m_theme.time, true);
    }
  }

  void paintUnit() {
    const QPolygonF shape = unitShape(m_layout.boxes.back(), kLeastUnit);
    const QPointF middle = (shape[0] + shape[1] + shape[2] + shape[3]) / 4;
    m_ink.haloPolygon(shape, m_theme.voxel, m_theme.voxelLine, m_theme.haloWidth);
    const double right = shape.boundingRect().right();
    label(LabelKind::Value, {right + 10, middle.y() - 4}, Qt::AlignLeft | Qt::AlignVCenter,
          mapValueText(double{m_view.value()}, m_view.range(), m_view.answer->isUnsigned()), m_theme.value,
          m_theme.voxel, true);
  }

  void paintNames() {
    // Beside its level, but the upper one's stays under the edge of the stage.
    for (std::size_t level = 0; level < 2; ++level) {
      const FieldLevel& shown = m_view.levels[level];
      const bool top = level == 1;
      const double y = top ? kMargin : px(m_layout.levelSides[level]).y() - 18;
      const QRectF name = label(LabelKind::MapTitle, {kMargin, y}, Qt::AlignLeft | Qt::AlignTop,
                                top ? m_view.title() : tr("Clip"), m_theme.stageTitle, m_theme.text, true);
      label(LabelKind::Note, {kMargin, name.bottom() + 2}, Qt::AlignLeft | Qt::AlignTop,
            QString::fromStdString(toText(shown.shape.extent())), m_theme.stageLabel, m_theme.muted);
    }
    if (m_view.paddingShare > 0) {
      label(LabelKind::Note, {kMargin, m_camera.size().height() - kMargin}, Qt::AlignLeft | Qt::AlignBottom,
            tr("%1 % of its field lies in padding").arg(qRound(100 * m_view.paddingShare)),
            m_theme.stageLabel, m_theme.padding);
    }
  }

  void paintLegend() {
    const double right = m_camera.size().width() - kMargin;
    const double numbers = m_theme.caption + 8;
    const QRectF bar(right - kLegendWidth, m_camera.size().height() - kMargin - numbers - kLegendHeight,
                     kLegendWidth, kLegendHeight);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    const ColourMap& scale = networkScale(m_view, m_theme);
    constexpr std::size_t kStops = 24;
    for (std::size_t i = 0; i <= kStops; ++i)
      gradient.setColorAt(static_cast<double>(i) / kStops, QColor::fromRgb(scale.table()[i * 255 / kStops]));
    QPainter& painter = m_ink.painter();
    QColor ground = m_theme.stage;
    ground.setAlphaF(.86F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawRoundedRect(bar.adjusted(-10, -m_theme.body - 14, 10, numbers + 4), 6, 6);
    painter.setPen(QPen(m_theme.line2, 1));
    painter.setBrush(gradient);
    painter.drawRect(bar);
    painter.setBrush(Qt::NoBrush);
    const bool isUnsigned = m_view.answer->isUnsigned();
    const double range = m_view.range();
    label(LabelKind::Legend, {bar.left(), bar.top() - 5}, Qt::AlignLeft | Qt::AlignBottom, m_view.meaning(),
          m_theme.body, m_theme.muted, true);
    const double y = bar.bottom() + 4;
    label(LabelKind::Legend, {bar.left(), y}, Qt::AlignLeft | Qt::AlignTop,
          isUnsigned ? QStringLiteral("0") : mapValueText(-range, range, false), m_theme.caption,
          m_theme.muted);
    if (!isUnsigned)
      label(LabelKind::Legend, {bar.center().x(), y}, Qt::AlignHCenter | Qt::AlignTop, QStringLiteral("0"),
            m_theme.caption, m_theme.muted);
    label(LabelKind::Legend, {bar.right(), y}, Qt::AlignRight | Qt::AlignTop,
          mapValueText(range, range, isUnsigned), m_theme.caption, m_theme.muted);
  }

  void paintStale() {
    paintStaleFrame();
    if (m_view.problem.isEmpty()) return;
    const QString sentence =
        QFontMetricsF(m_theme.font(m_theme.body, true))
            .elidedText(m_view.problem, Qt::ElideMiddle, m_camera.size().width() - 2 * kMargin);
    label(LabelKind::State, {m_camera.size().width() / 2, 14 + 1.6 * m_theme.stageTitle},
          Qt::AlignHCenter | Qt::AlignTop, sentence, m_theme.body, m_theme.error, true);
  }

  const NetworkView& m_view;
  const FieldLayout& m_layout;
  const StageCamera& m_camera;
  const LookTheme& m_theme;
  const StageInk& m_ink;
};

}  // namespace

void paintNetworkOverlay(const NetworkView& view, const FieldLayout& layout, const StageCamera& camera,
                         const LookTheme& theme, const StageInk& ink, std::vector<StageLabel>& labels) {
  NetworkPainter(view, layout, camera, theme, ink, labels).paint();
}

const ColourMap& networkScale(const NetworkView& view, const LookTheme& theme) {
  return view.answer != nullptr && view.answer->isUnsigned()
             ? theme.actUnsigned
             : theme.activation(view.state.look.activationMap);
}

QString mapValueText(double value, double range, bool isUnsigned) {
  if (value == 0) return QStringLiteral("0");
  const int power = range > 0 ? static_cast<int>(std::floor(std::log10(range))) : 0;
  const int decimals = power >= 3 ? 0 : power >= 1 ? 1 : std::min(2 - std::min(power, 0) - (power < 0), 6);
  return isUnsigned ? QString::number(value, 'f', decimals) : signedText(value, decimals);
}

}  // namespace convscope
