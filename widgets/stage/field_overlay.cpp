#include "widgets/stage/field_overlay.h"

#include "engine/gradient/effective_field.h"
#include "widgets/stage/plane_ink.h"
#include "widgets/stage/stage_frame.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QLinearGradient>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kMargin = 14;        // px from the stage's edge to names and legend
constexpr double kLegendWidth = 180;  // px
constexpr double kLegendHeight = 10;
constexpr double kLegendTop = 40;   // px from the stage's upper edge to the first bar
constexpr double kLegendStep = 56;  // px from one legend to the next
constexpr double kLegendRest = 22;  // px of that below the numbers
constexpr double kLeastUnit = 9;    // px: a smaller unit is drawn as a square of this size
constexpr double kLeastCell = 9;    // px: smaller cells are not parted
constexpr double kLinksApart = 10;  // px: links that lie closer are drawn as one
constexpr int kMostTitles = 4;      // maps of a level that are titled with their frames
constexpr int kTimeLabels = 5;      // times written under the clip, about
constexpr std::size_t kMostSlices = 5;
constexpr double kNamesWidth = 110;  // px that the names of the levels take at the left

QString tr(const char* text) {
  return QCoreApplication::translate("Field", text);
}

QString legendTitle() {
  return tr("activation, each layer to its own range");
}

class FieldPainter : PlaneInk {
 public:
  FieldPainter(const FieldView& view, const FieldLayout& layout, const StageCamera& camera,
               const LookTheme& theme, const StageInk& ink, std::vector<StageLabel>& labels)
      : PlaneInk(camera, theme, ink, labels),
        m_view(view),
        m_layout(layout),
        m_camera(camera),
        m_theme(theme),
        m_ink(ink) {}

  void paint() {
    paintOutlines();
    if (!m_view.veiled) paintSeen();
    paintUnit();
    paintNames();
    paintTimes();
    paintLegends();
    if (m_view.stale) paintStale();
  }

 private:
  /// What the unit sees on every level.
  void paintSeen() {
    for (std::size_t level = 0; level + 1 < m_layout.boxes.size(); ++level) paintLink(level);
    for (std::size_t level = 0; level + 1 < m_layout.boxes.size(); ++level) paintLevel(level);
    if (m_view.effective != nullptr) paintHeld();
    paintSizes();
    paintTitles();
    paintPaddingNotes();
  }

  void paintOutlines() const {
    QColor quiet = m_theme.muted;
    quiet.setAlphaF(.5F);
    std::vector<QLineF> padding;
    std::vector<QLineF> frames;
    for (const FieldPlane& plane : m_layout.planes) {
      auto& lines = plane.padding ? padding : frames;
      for (const QLineF& edge : edgesOf(shapeOf(plane))) lines.push_back(edge);
    }
    m_ink.segments(padding, quiet, m_theme.hairline);
    quiet.setAlphaF(.28F);
    m_ink.segments(frames, quiet, m_theme.hairline);
  }

  /// Dotted lines from the corners of the upper box's lower side to those of the lower box's upper side; of
  /// those that would run into each other one.
  void paintLink(std::size_t lower) const {
    const StageBox& below = m_layout.boxes[lower];
    StageBox above = m_layout.boxes[lower + 1];
    // the unit is one cell of one frame: the links meet there
    if (lower + 2 == m_layout.boxes.size()) above.low.z = above.high.z = (above.low.z + above.high.z) / 2;
    std::vector<QLineF> links;
    for (const bool right : {false, true}) {
      for (const bool far : {false, true}) {
        const QLineF link(
            px({right ? above.high.x : above.low.x, above.low.y, far ? above.high.z : above.low.z}),
            px({right ? below.high.x : below.low.x, below.high.y, far ? below.high.z : below.low.z}));
        const bool drawn = std::ranges::any_of(links, [&](const QLineF& other) {
          return QLineF(link.p1(), other.p1()).length() < kLinksApart &&
                 QLineF(link.p2(), other.p2()).length() < kLinksApart;
        });
        if (!drawn) links.push_back(link);
      }
    }
    m_ink.dotted(links, m_theme.kernel, m_theme.link);
  }

  void paintLevel(std::size_t level) const {
    paintPadded(level);
    paintBox(m_layout.boxes[level]);
    paintSlices(level);
  }

  /// A place `share` of the way along an axis of the clip's box.
  static double between(double low, double high, double share) { return low + (high - low) * share; }

  /// The part of the clip's box that holds 95.45 % of the effective field on each axis.
  void paintHeld() {
    const StageBox& whole = m_layout.boxes.front();
    const EffectiveField& field = *m_view.effective;
    std::array<double, 3> low{}, high{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (field.size[axis] < 1 || field.absoluteSpread[axis].width < 1) return;
      const double half = .5 * field.absoluteSpread[axis].width / field.size[axis];
      low[axis] = .5 - half;
      high[axis] = .5 + half;
    }
    // y runs down in the clip and up on the stage: about the middle that is the same.
    const StageBox held{
        {between(whole.low.x, whole.high.x, low[2]), between(whole.low.y, whole.high.y, low[1]),
         between(whole.low.z, whole.high.z, low[0])},
        {between(whole.low.x, whole.high.x, high[2]), between(whole.low.y, whole.high.y, high[1]),
         between(whole.low.z, whole.high.z, high[0])}};
    const auto corners = cornersOf(held);
    std::vector<QLineF> edges;
    for (std::size_t i = 0; i < 8; ++i) {
      for (const std::size_t bit : {1U, 2U, 4U}) {
        if ((i & bit) == 0) edges.emplace_back(px(corners[i]), px(corners[i | bit]));
      }
    }
    m_ink.haloLines(edges, effectiveColour(), m_theme.link);
    QPointF lowest = px(corners[0]);
    for (const Vec3& corner : corners) {
      if (px(corner).y() > lowest.y()) lowest = px(corner);
    }
    label(LabelKind::Note, lowest + QPointF(0, 8), Qt::AlignHCenter | Qt::AlignTop, tr("95 % on each axis"),
          m_theme.stageLabel, effectiveColour(), true);
  }

  [[nodiscard]] QColor effectiveColour() const { return QColor::fromRgb(m_theme.fieldEffective.at(.75F, 1)); }

  /// The outline of the box on the frames that it goes through; of many on a few, or it would be a cage.
  void paintSlices(std::size_t level) const {
    const StageBox& box = m_layout.boxes[level];
    std::vector<double> depths;
    for (const FieldPlane& plane : m_layout.planes) {
      if (plane.level == static_cast<int>(level) && plane.lit && !plane.padding)
        depths.push_back(plane.origin.z);
    }
    const std::size_t every = (depths.size() + kMostSlices - 1) / kMostSlices;
    std::vector<QLineF> lines;
    for (std::size_t i = 0; i < depths.size(); i += every) {
      const StageBox slice{{box.low.x, box.low.y, depths[i]}, {box.high.x, box.high.y, depths[i]}};
      for (const QLineF& edge : edgesOf(patchShape(slice, m_camera))) lines.push_back(edge);
    }
    addCells(level, lines);
    QColor thin = m_theme.kernel;
    thin.setAlphaF(.6F);
    m_ink.segments(lines, thin, m_theme.hairline);
  }

  /// The single cells seen, where they are large enough to be told apart.
  void addCells(std::size_t level, std::vector<QLineF>& lines) const {
    const StageBox& box = m_layout.boxes[level];
    const Box& seen = m_view.levels[level].seen;
    const int rows = seen[1].back() - seen[1].front() + 1;
    const int columns = seen[2].back() - seen[2].front() + 1;
    for (const FieldPlane& plane : m_layout.planes) {
      if (plane.level != static_cast<int>(level) || !plane.lit || plane.padding) continue;
      const double z = plane.origin.z;
      const QLineF side(px({box.low.x, box.low.y, z}), px({box.low.x, box.high.y, z}));
      if (side.length() < kLeastCell * rows) continue;
      for (int row = 1; row < rows; ++row) {
        const double y = box.low.y + (box.high.y - box.low.y) * row / rows;
        lines.emplace_back(px({box.low.x, y, z}), px({box.high.x, y, z}));
      }
      for (int column = 1; column < columns; ++column) {
        const double x = box.low.x + (box.high.x - box.low.x) * column / columns;
        lines.emplace_back(px({x, box.low.y, z}), px({x, box.high.y, z}));
      }
    }
  }

  /// Hatches the parts of a box that lie before and after the frames that exist: the side towards the eye and
  /// the ends.
  void paintPadded(std::size_t level) const {
    const StageBox& box = m_layout.boxes[level];
    const auto [first, last] = m_layout.inside[level];
    const auto hatchSides = [&](double from, double to, double end) {
      if (to - from < 1e-9) return;
      // which of left and right is nearer
      const double x = m_camera.right().z > 0 || m_camera.forward().x < 0 ? box.high.x : box.low.x;
      m_ink.hatch(
          projected(
              {Vec3{x, box.high.y, from}, {x, box.high.y, to}, {x, box.low.y, to}, {x, box.low.y, from}},
              m_camera),
          m_theme.padding, .7);
      m_ink.hatch(projected({Vec3{box.low.x, box.high.y, end},
                             {box.high.x, box.high.y, end},
                             {box.high.x, box.low.y, end},
                             {box.low.x, box.low.y, end}},
                            m_camera),
                  m_theme.padding, .7);
    };
    hatchSides(box.low.z, std::min(first, box.high.z), box.low.z);
    hatchSides(std::max(last, box.low.z), box.high.z, box.high.z);
  }

  void paintUnit() {
    const StageBox& box = m_layout.boxes.back();
    const QPolygonF shape = unitShape(box, kLeastUnit);
    const QPointF middle = (shape[0] + shape[1] + shape[2] + shape[3]) / 4;
    const double small = std::min(QLineF(shape[0], shape[1]).length(), QLineF(shape[0], shape[3]).length());
    m_ink.haloPolygon(shape, m_theme.voxel, m_theme.voxelLine, m_theme.haloWidth);
    // to the right, or to the left where the legends stand
    const double reach = m_camera.size().width() * .1;
    const QString text = tr("this unit");
    const double width = QFontMetricsF(m_theme.font(m_theme.stageTitle, true)).horizontalAdvance(text);
    const QRectF legends = fieldLegendArea(m_view, m_camera.size());
    const bool taken = middle.x() + reach + width + 12 > legends.left() && middle.y() - 18 < legends.bottom();
    const double side = taken ? -1 : 1;
    const QPointF end = middle + QPointF(side * reach, -18);
    const QLineF leader(middle + QPointF(side * small, -2), end);
    m_ink.haloLines({leader}, m_theme.voxel, m_theme.link);
    label(LabelKind::Value, end + QPointF(side * 6, 0),
          (taken ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, text, m_theme.stageTitle,
          m_theme.voxel, true);
  }

  void paintNames() {
    for (std::size_t level = 0; level < m_view.levels.size(); ++level) {
      const FieldLevel& shown = m_view.levels[level];
      const bool top = level + 1 == m_view.levels.size();
      const double y = px(m_layout.levelSides[level]).y();
      const QRectF name =
          label(LabelKind::InputTitle, {kMargin, y - 2}, Qt::AlignLeft | Qt::AlignBottom,
                m_view.nameOf(shown), m_theme.stageTitle, top ? m_theme.voxel : m_theme.text, true);
      label(LabelKind::Note, {kMargin, name.bottom()}, Qt::AlignLeft | Qt::AlignTop, sizeText(shown),
            m_theme.stageLabel, m_theme.muted);
      if (level > 0) paintSkipped(level, y);
    }
  }

  /// Between the names of two levels: how many layers between them are not drawn.
  void paintSkipped(std::size_t level, double y) {
    const int skipped = m_view.levels[level].row - m_view.levels[level - 1].row - 1;
    const double below = px(m_layout.levelSides[level - 1]).y();
    const double line = m_theme.stageTitle + m_theme.stageLabel;
    if (skipped < 1 || below - y < 2.2 * line) return;
    label(LabelKind::Note, {kMargin, (y + below) / 2 + m_theme.stageLabel / 2},
          Qt::AlignLeft | Qt::AlignVCenter, skipped == 1 ? tr("⋮ 1 layer") : tr("⋮ %1 layers").arg(skipped),
          m_theme.caption, m_theme.muted);
  }

  /// How much of each level the unit sees, at the far end of its box.
  void paintSizes() {
    for (std::size_t level = 0; level + 1 < m_view.levels.size(); ++level) {
      double right = 0;
      double y = 0;
      for (const QPointF& corner : silhouetteOf(m_layout.boxes[level], m_camera)) {
        if (corner.x() < right) continue;
        right = corner.x();
        y = corner.y();
      }
      const double beside = right;
      // clear of the frames that it goes through
      for (const FieldPlane& plane : m_layout.planes) {
        if (plane.level != static_cast<int>(level) || !plane.lit) continue;
        for (const QPointF& corner : shapeOf(plane)) right = std::max(right, corner.x());
      }
      // unless it would stand on those of another level there
      const QString text = seenText(m_view.levels[level]);
      const QRectF box = StageInk::textBox({right + 14, y - 6}, Qt::AlignLeft | Qt::AlignVCenter, text,
                                           m_theme.font(m_theme.stageTitle, true));
      const bool covered = std::ranges::any_of(m_layout.planes, [&](const FieldPlane& plane) {
        return plane.level != static_cast<int>(level) && !plane.padding && overlaps(shapeOf(plane), box);
      });
      if (covered) right = beside;
      label(LabelKind::MapTitle, {right + 14, y - 6}, Qt::AlignLeft | Qt::AlignVCenter, text,
            m_theme.stageTitle, m_theme.kernel, true);
    }
  }

  void paintTimes() {
    if (m_view.levels.front().shape.length == 1) return;  // a picture has no time
    const int length = m_view.levels.front().shape.length;
    const int every = std::max(1, (length + kTimeLabels - 2) / (kTimeLabels - 1));
    double lastX = -1e9;
    for (int t = 0; t < length; ++t) {
      const bool last = t == length - 1;
      if (t != 0 && !last && (t + 1) % every != 0) continue;
      const FieldPlane* plane = m_layout.find(0, t);
      if (plane == nullptr) continue;
      const QPointF at = px(plane->at(plane->rows, plane->columns));
      if (at.x() - lastX < 34) continue;
      lastX = at.x();
      label(LabelKind::Time, at + QPointF(2, 6), Qt::AlignHCenter | Qt::AlignTop, tr("t=%1").arg(t + 1),
            m_theme.stageLabel, m_theme.time, true);
    }
  }

  /// "(1,2,3)": the clip's frames that a map frame sees; those of the padding as "·".
  [[nodiscard]] QString framesSeen(const FieldLevel& level, int t) const {
    const int first = level.cell[0].first(t);
    QStringList names;
    for (int frame = first; frame < first + level.cell[0].size; ++frame) {
      const bool exists = frame >= 0 && frame < m_view.levels.front().shape.length;
      names << (exists ? QString::number(frame + 1) : QStringLiteral("·"));
    }
    return QStringLiteral("(%1)").arg(names.join(QLatin1Char(',')));
  }

  /// Maps of short levels are titled as in the article.
  void paintTitles() {
    if (m_view.levels.front().shape.length > 2 * kMostTitles || m_view.levels.front().shape.length == 1)
      return;
    for (const FieldPlane& plane : m_layout.planes) {
      const FieldLevel& level = m_view.levels[static_cast<std::size_t>(plane.level)];
      if (plane.level == 0 || plane.padding || level.shape.length > kMostTitles) continue;
      // of several the first one's ends and the last one's begins over the middle, so that they part
      const bool first = plane.t == 0 && level.shape.length > 1;
      const bool last = plane.t == level.shape.length - 1 && level.shape.length > 1;
      const Qt::Alignment side = first ? Qt::AlignRight : last ? Qt::AlignLeft : Qt::AlignHCenter;
      label(LabelKind::MapTitle, px(plane.at(0, plane.columns / 2.0)) + QPointF(0, -4),
            side | Qt::AlignBottom, framesSeen(level, plane.t), m_theme.stageLabel,
            plane.lit ? m_theme.time : m_theme.muted, plane.lit);
    }
  }

  void paintPaddingNotes() {
    const auto note = [](int frames, const char* one, const char* many) {
      return frames == 1 ? tr(one) : tr(many).arg(frames);
    };
    const StageBox& box = m_layout.boxes.front();
    if (m_layout.paddingBefore > 0) {
      // beside the lower left corner of the outlines, or where the names stand there below it
      const QPointF at = px({0, 0, box.low.z});
      const QString text = note(m_layout.paddingBefore, "1 padding frame before", "%1 padding frames before");
      const double width = QFontMetricsF(m_theme.font(m_theme.stageLabel)).horizontalAdvance(text);
      const bool beside = at.x() - 10 - width > kMargin + kNamesWidth;
      label(LabelKind::Note,
            beside ? at + QPointF(-10, -2)
                   : QPointF(std::max(kMargin, at.x() - width / 2), at.y() + m_theme.stageLabel),
            beside ? Qt::AlignRight | Qt::AlignBottom : Qt::AlignLeft | Qt::AlignTop, text,
            m_theme.stageLabel, m_theme.padding);
    }
    if (m_layout.paddingAfter > 0) {
      const QPointF at = px({1, 0, box.high.z});
      label(LabelKind::Note, at + QPointF(0, 2.2 * m_theme.stageLabel), Qt::AlignLeft | Qt::AlignTop,
            note(m_layout.paddingAfter, "1 padding frame after", "%1 padding frames after"),
            m_theme.stageLabel, m_theme.padding);
    }
  }

  /// As on the other stage; where no control is in sight the sentence stands here, too.
  void paintStale() {
    paintStaleFrame();
    const QSizeF stage = m_camera.size();
    if (!m_theme.presenter || m_view.problem.isEmpty()) return;
    const QFont font = m_theme.font(m_theme.body, true);
    const QString sentence =
        QFontMetricsF(font).elidedText(m_view.problem, Qt::ElideMiddle, stage.width() - 2 * kMargin);
    label(LabelKind::State, {stage.width() / 2, stage.height() - kMargin}, Qt::AlignHCenter | Qt::AlignBottom,
          sentence, m_theme.body, m_theme.error, true);
  }

  void paintLegends() {
    paintLegend(kLegendTop, m_theme.actUnsigned, legendTitle());
    if (m_view.effective != nullptr)
      paintLegend(kLegendTop + kLegendStep, m_theme.fieldEffective, tr("effective field, mean |gradient|"));
    else if (m_view.state.field.effective && (m_view.measuring || !m_view.effectiveProblem.isEmpty()))
      label(LabelKind::Legend, {m_camera.size().width() - kMargin, kLegendTop + kLegendStep},
            Qt::AlignRight | Qt::AlignBottom,
            m_view.measuring ? tr("effective field: %1 %").arg(qRound(100 * m_view.measured))
                             : m_view.effectiveProblem,
            m_theme.caption, m_theme.muted, true);
  }

  void paintLegend(double top, const ColourMap& map, const QString& title) {
    const QRectF bar(m_camera.size().width() - kMargin - kLegendWidth, top, kLegendWidth, kLegendHeight);
    QLinearGradient scale(bar.topLeft(), bar.topRight());
    constexpr int kStops = 24;
    for (int i = 0; i <= kStops; ++i) {
      const double share = double(i) / kStops;
      scale.setColorAt(share, QColor::fromRgb(map.at(static_cast<float>(share), 1)));
    }
    QPainter& painter = m_ink.painter();
    painter.setPen(QPen(m_theme.line2, 1));
    painter.setBrush(scale);
    painter.drawRect(bar);
    painter.setBrush(Qt::NoBrush);
    label(LabelKind::Legend, {bar.right(), bar.top() - 6}, Qt::AlignRight | Qt::AlignBottom, title,
          m_theme.caption, m_theme.muted, true);
    label(LabelKind::Legend, {bar.left(), bar.bottom() + 4}, Qt::AlignLeft | Qt::AlignTop,
          QStringLiteral("0"), m_theme.caption, m_theme.muted);
    label(LabelKind::Legend, {bar.right(), bar.bottom() + 4}, Qt::AlignRight | Qt::AlignTop, tr("max"),
          m_theme.caption, m_theme.muted);
  }

  const FieldView& m_view;
  const FieldLayout& m_layout;
  const StageCamera& m_camera;
  const LookTheme& m_theme;
  const StageInk& m_ink;
};

}  // namespace

QRectF fieldLegendArea(const FieldView& view, const QSizeF& stage) {
  const LookTheme& theme = lookTheme(view.state.look);
  const double height = kLegendTop + (view.state.field.effective ? 2 : 1) * kLegendStep - kLegendRest;
  const QFontMetricsF metrics(theme.font(theme.caption, true));
  const double width = std::max(kLegendWidth, metrics.horizontalAdvance(legendTitle())) + 2 * kMargin;
  return {stage.width() - width, 0, width, height};
}

void paintFieldOverlay(const FieldView& view, const FieldLayout& layout, const StageCamera& camera,
                       const LookTheme& theme, const StageInk& ink, std::vector<StageLabel>& labels) {
  FieldPainter(view, layout, camera, theme, ink, labels).paint();
}

}  // namespace convscope
