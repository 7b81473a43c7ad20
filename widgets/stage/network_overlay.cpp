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
constexpr double kLeastUnit = 8;        // px: a smaller unit is drawn as a square of this size
constexpr double kLeastApart = 46;      // px between two times
constexpr std::size_t kOpenFrames = 9;  // seen frames that are outlined each; of more the first and the last
constexpr double kLine = 1.35;          // of the type, from one line of the sentence to the next

QString tr(const char* text) {
  return QCoreApplication::translate("Network", text);
}

/// The sentence of an explanation, broken to stand left of the legend.
QStringList wordLines(const NetworkView& view, const QSizeF& stage, const LookTheme& theme) {
  QStringList lines;
  const QString words = explanationWords(view);
  if (words.isEmpty()) return lines;
  const QFontMetricsF metrics(theme.font(theme.body));
  const double room = stage.width() - 3 * kMargin - kLegendWidth - 20;
  for (const QString& word : words.split(QLatin1Char(' '))) {
    const QString longer = lines.isEmpty() ? word : lines.last() + QLatin1Char(' ') + word;
    if (lines.isEmpty() || metrics.horizontalAdvance(longer) > room)
      lines << word;
    else
      lines.last() = longer;
  }
  return lines;
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
    if (!m_view.showsHeat()) {
      paintPadding();
      paintLinks();
      paintField();
    }
    paintTimes();
    if (!m_view.showsHeat()) paintUnit();
    paintNames();
    paintLegend();
    paintMoment();
    paintWords();
    if (m_view.stale) paintStale();
  }

 private:
  void paintOutlines() const {
    QColor quiet = m_theme.muted;
    std::vector<QLineF> unlit, seen;
    for (const FieldPlane& plane : m_layout.planes) {
      const bool inField = plane.lit && plane.level == 0 && !plane.padding && !m_view.showsHeat();
      auto& lines = inField && isOutlined(plane) ? seen : unlit;
      for (const QLineF& edge : edgesOf(shapeOf(plane))) lines.push_back(edge);
      if (m_view.showsMoments() && plane.level == 0 && plane.t == m_view.moment)
        m_ink.haloPolygon(shapeOf(plane), m_theme.text, m_theme.frameEdgeFocus, 2);
      if (plane.lit && plane.level == 1 && !m_view.showsHeat() && plane.cut == Cut::Frame)
        m_ink.haloPolygon(shapeOf(plane), m_theme.voxel, m_theme.frameEdgeFocus, 2);
    }
    if (m_layout.volume) {
      const auto corners = cornersOf(*m_layout.volume);
      for (std::size_t i = 0; i < 8; ++i) {
        for (const std::size_t bit : {1U, 2U, 4U}) {
          if ((i & bit) == 0) unlit.emplace_back(px(corners[i]), px(corners[i | bit]));
        }
      }
    }
    quiet.setAlphaF(.4F);
    m_ink.segments(unlit, quiet, m_theme.hairline);
    m_ink.haloLines(seen, m_theme.kernel, m_theme.frameEdgeFocus);
  }

  /// Frames that the unit sees and that stand free of one another; of many, close together, the outermost.
  [[nodiscard]] bool isOutlined(const FieldPlane& plane) const {
    const Positions& seen = m_view.scene.front().seen[0];
    if (seen.size() <= kOpenFrames) return true;
    const int last = m_view.scene.front().shape.length - 1;
    return plane.t == std::clamp(seen.front(), 0, last) || plane.t == std::clamp(seen.back(), 0, last);
  }

  /// What of the field lies beyond the frames: hatched on the frames that are outlined, and on padding.
  void paintPadding() const {
    const StageBox& box = m_layout.boxes.front();
    for (const FieldPlane& plane : m_layout.planes) {
      if (plane.level != 0 || !plane.lit || !(plane.padding || isOutlined(plane))) continue;
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
      if (plane.level != 0 || !plane.lit || !(plane.padding || isOutlined(plane))) continue;
      const double z = plane.origin.z;
      for (const QLineF& edge :
           edgesOf(patchShape({{box.low.x, box.low.y, z}, {box.high.x, box.high.y, z}}, m_camera)))
        slices.push_back(edge);
    }
    m_ink.segments(slices, m_theme.kernel, m_theme.hairline);
  }

  void paintTimes() {
    if (m_view.scene.front().shape.length == 1) return;  // a picture has no time
    const Positions& seen = m_view.scene.front().seen[0];
    const int middle = m_view.showsMoments() ? m_view.moment : (seen.front() + seen.back()) / 2;
    const auto placeOf = [&](const FieldPlane& plane) {
      return px(plane.at(plane.rows, .72 * plane.columns)) + QPointF(0, 6);
    };
    const FieldPlane* const middlePlane = m_layout.find(0, middle);  // none where it is padding
    double lastX = -1e9;
    for (const FieldPlane& plane : m_layout.planes) {
      if (plane.level != 0 || !plane.lit || plane.padding) continue;
      const QPointF at = placeOf(plane);
      const bool main = plane.t == middle;
      const bool byMain =
          middlePlane != nullptr && std::abs(at.x() - placeOf(*middlePlane).x()) < kLeastApart;
      if (!main && (byMain || at.x() - lastX < kLeastApart)) continue;
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
          mapValueText(shownValue(), shownRange(), m_view.answer->isUnsigned()), m_theme.value, m_theme.voxel,
          true);
  }

  void paintNames() {
    // Beside its level, but the upper one's stays under the edge of the stage.
    for (std::size_t level = 0; level < m_view.scene.size(); ++level) {
      const FieldLevel& shown = m_view.scene[level];
      const bool top = level + 1 == m_view.scene.size();
      double y = top ? kMargin : px(m_layout.levelSides[level]).y() - 18;
      if (!top && m_view.showsMoments()) {  // above the frame that plays and its time
        const double lines = 1.2 * kLine * (m_theme.stageTitle + 2 * m_theme.stageLabel);
        y = std::min(y, momentPlace(m_view, m_camera.size(), m_theme).top() - lines);
      }
      const QRectF name = label(LabelKind::MapTitle, {kMargin, y}, Qt::AlignLeft | Qt::AlignTop,
                                nameOf(level), m_theme.stageTitle, m_theme.text, true);
      label(LabelKind::Note, {kMargin, name.bottom() + 2}, Qt::AlignLeft | Qt::AlignTop,
            QString::fromStdString(toText(shown.shape.extent())), m_theme.stageLabel, m_theme.muted);
    }
    if (m_view.paddingShare > 0 && m_view.shown() == Explain::Field) {
      label(LabelKind::Note, {kMargin, m_camera.size().height() - kMargin}, Qt::AlignLeft | Qt::AlignBottom,
            tr("%1 % of its field lies in padding").arg(qRound(100 * m_view.paddingShare)),
            m_theme.stageLabel, m_theme.padding);
    }
  }

  [[nodiscard]] QString nameOf(std::size_t level) const {
    if (m_view.shown() == Explain::Saliency) return tr("Clip, under saliency");
    if (m_view.shown() == Explain::GradCam)
      return level == 0 ? tr("Clip, under Grad-CAM")
                        : tr("Grad-CAM on %1").arg(QString::fromStdString(m_view.group().name));
    if (level == 1) return m_view.title();
    return m_view.shown() == Explain::Stimulus ? tr("Preferred stimulus") : tr("Clip");
  }

  /// Of the unit in the stage: on the clip, or on the stimulus.
  [[nodiscard]] double shownValue() const {
    const NetworkExplanation* const made = m_view.explanation();
    if (made == nullptr) return double{m_view.value()};
    return double{made->map.at(made->unit.t, made->unit.y, made->unit.x, 0)};
  }
  [[nodiscard]] double shownRange() const {
    return m_view.explanation() == nullptr ? m_view.range()
           : m_view.showsHeat()            ? m_view.explanation()->end
                                           : m_view.answer->aboveRange;
  }

  /// The frame that plays, large: a stimulus of a few cells is else not seen.
  void paintMoment() {
    if (!m_view.showsMoments()) return;
    const NetworkAnswer& answer = *m_view.answer;
    const Pictures& frames = answer.inPlace ? *answer.inPlace : *answer.clip;
    const auto t = static_cast<std::size_t>(m_view.moment);
    if (t >= frames.size()) return;
    const QRectF place = momentPlace(m_view, m_camera.size(), m_theme);
    QPainter& painter = m_ink.painter();
    painter.fillRect(place.adjusted(-3, -3, 3, 3), m_theme.stage);
    painter.setOpacity(answer.over ? m_theme.outOfFocus : 1);
    painter.drawImage(place, frames[t]);
    painter.setOpacity(1);
    if (answer.over && t < answer.over->size()) painter.drawImage(place, (*answer.over)[t]);
    painter.setPen(QPen(m_theme.text, m_theme.hairline));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(place);
    label(LabelKind::Time, {place.left(), place.top() - 5}, Qt::AlignLeft | Qt::AlignBottom,
          tr("t=%1 of %2").arg(m_view.moment + 1).arg(frames.size()), m_theme.stageLabel, m_theme.time, true);
  }

  void paintWords() {
    const QStringList lines = wordLines(m_view, m_camera.size(), m_theme);
    double y = m_camera.size().height() - kMargin - static_cast<double>(lines.size()) * kLine * m_theme.body;
    for (const QString& line : lines) {
      label(LabelKind::Note, {kMargin, y}, Qt::AlignLeft | Qt::AlignTop, line, m_theme.body, m_theme.text);
      y += kLine * m_theme.body;
    }
  }

  void paintLegend() {
    const double right = m_camera.size().width() - kMargin;
    const double numbers = m_theme.caption + 8;
    const QRectF bar(right - kLegendWidth, m_camera.size().height() - kMargin - numbers - kLegendHeight,
                     kLegendWidth, kLegendHeight);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    const ColourMap& scale = m_view.showsHeat() ? m_theme.fieldEffective : networkScale(m_view, m_theme);
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
    if (m_layout.volume && m_view.state.look.stageMode == StageMode::Isosurface) paintLevels(bar);
    const bool isUnsigned = m_view.showsHeat() || m_view.answer->isUnsigned();
    const double range = shownRange();
    label(LabelKind::Legend, {bar.left(), bar.top() - 5}, Qt::AlignLeft | Qt::AlignBottom,
          explanationLegend(m_view), m_theme.body, m_theme.muted, true);
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

  /// A tick at the value of each surface.
  void paintLevels(const QRectF& bar) const {
    const double share = m_view.state.look.isoLevel;
    const bool isUnsigned = m_view.answer->isUnsigned();
    const double zero = isUnsigned ? bar.left() : bar.center().x();
    const double reach = isUnsigned ? bar.width() : bar.width() / 2;
    for (const double side : {1., -1.}) {
      const double x = zero + side * share * reach;
      if (side > 0 || !isUnsigned)
        m_ink.haloLines({{x, bar.top() - 4, x, bar.bottom() + 2}}, m_theme.text, 2);
    }
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

QRectF momentPlace(const NetworkView& view, const QSizeF& stage, const LookTheme& theme) {
  const convscope::Shape& shape = view.scene.front().shape;
  const double room = std::clamp(stage.height() * .3, 84.0, 220.0);
  const double scale = room / std::max(shape.height, shape.width);
  const double below =
      kMargin + static_cast<double>(wordLines(view, stage, theme).size()) * kLine * theme.body + 8;
  const double high = scale * shape.height;
  return {kMargin, stage.height() - below - high, scale * shape.width, high};
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
