#include "widgets/stage/field_stage.h"

#include "widgets/stage/field_overlay.h"
#include "widgets/stage/plane_ink.h"
#include "widgets/stage/stage_frame.h"

#include <QFontMetricsF>

#include <algorithm>

namespace convscope {

namespace {

constexpr double kMostRoom = .2;    // of the width, for words on either side
constexpr double kMostAside = .08;  // of the width: how far the picture may leave the middle
constexpr double kStepAside = 8;    // px

}  // namespace

FieldStage::FieldStage(QWidget* parent) : PlaneStage(tr("Space-time pyramid"), parent) {}

void FieldStage::present(const FieldView& view) {
  m_view = view;
  m_pictures.show(view, lookTheme(view.state.look));
  showLayout(fieldLayoutOf(view));
  if (fieldLayout().valid) {
    const Box& seen = view.levels.front().seen;
    setAccessibleDescription(tr("A unit of %1 sees %2 frames, %3 rows and %4 columns of the clip")
                                 .arg(view.nameOf(view.levels.back()))
                                 .arg(seen[0].back() - seen[0].front() + 1)
                                 .arg(seen[1].back() - seen[1].front() + 1)
                                 .arg(seen[2].back() - seen[2].front() + 1));
  }
}

QMarginsF FieldStage::roomFor(const QSizeF& size) const {
  // the names of the levels stand at the left, what is seen of them at the right
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QFontMetricsF names(theme.font(theme.stageTitle, true)), sizes(theme.font(theme.stageLabel));
  double left = 0, right = 0;
  for (const FieldLevel& level : m_view.levels) {
    left = std::max(
        {left, names.horizontalAdvance(m_view.nameOf(level)), sizes.horizontalAdvance(sizeText(level))});
    if (&level != &m_view.levels.back()) right = std::max(right, names.horizontalAdvance(seenText(level)));
  }
  const double most = size.width() * kMostRoom;
  const QMarginsF room{std::min(left + 26, most), 22, std::min(right + 30, most), 2.6 * theme.stageLabel};
  CameraLook framed = cameraIn(m_view.state);
  framed.zoom = 1, framed.panX = framed.panY = 0;
  const QRectF legends = fieldLegendArea(m_view, size);
  const auto& anchors = fieldLayout().anchors;
  const auto clear = [&](const QMarginsF& tried) {
    const StageCamera camera = StageCamera::framed(framed, anchors, size, tried);
    return std::ranges::none_of(fieldLayout().planes, [&](const FieldPlane& plane) {
      // padding comes and goes with the unit, and the picture is to stand still while one is dragged
      return !plane.padding && overlaps(projected(plane.corners(), camera), legends);
    });
  };
  // a little left of the legends, or where that would push the picture out of the middle below them
  QMarginsF beside = room;
  while (!clear(beside) && beside.right() - room.right() <= kMostAside * size.width())
    beside.setRight(beside.right() + kStepAside);
  if (beside.right() - room.right() <= kMostAside * size.width()) return beside;
  QMarginsF below = room;
  below.setTop(legends.bottom() + 4);
  return below;
}

void FieldStage::requestUnit(const FieldHit& hit) {
  const FieldLevel& level = m_view.levels[static_cast<std::size_t>(hit.level)];
  if (level.row < 0) return;
  int layer = -1;  // of the stack whose row that is
  for (int i = 0; i < static_cast<int>(m_view.state.field.stack.layers.size()) && layer < 0; ++i) {
    if (expandedIndex(m_view.state.field.stack, i) >= level.row) layer = i;
  }
  if (layer < 0) return;
  const Triple unit = hit.at;
  Q_EMIT editRequested({tr("Unit"),
                        [layer, unit](AppState& state) {
                          state.field.layer = layer;
                          state.field.unit = unit;
                        },
                        false});
}

int FieldStage::dragUnit(int from, const FieldHit& hit) {
  // Choosing a unit of a lower layer makes that the top one, so that it is on the last level now.
  const int top = static_cast<int>(m_view.levels.size()) - 1;
  if (hit.level == std::min(from, top)) requestUnit(hit);
  return hit.level == top ? top : from;
}

PlaneStage::Picture FieldStage::pictureOf(const FieldPlane& plane) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const bool clouded = plane.level == 0 && m_view.effective != nullptr;
  Picture picture{&m_pictures.frame(m_view, theme, plane.level, plane.t),
                  plane.lit && !clouded ? theme.inFocus : theme.outOfFocus};
  if (clouded) picture.over = &m_pictures.cloud(m_view, theme, plane.t);
  return picture;
}

void FieldStage::paintOverlay(const StageInk& ink, std::vector<StageLabel>& labels) const {
  paintFieldOverlay(m_view, fieldLayout(), camera(), lookTheme(m_view.state.look), ink, labels);
}

PlaneStage::Sentence FieldStage::sentence() const {
  return {m_view.problem.isEmpty() && m_view.busy ? tr("The layers are being computed …") : m_view.problem};
}

QString FieldStage::tipAt(const FieldHit& hit) const {
  const FieldLevel& level = m_view.levels[static_cast<std::size_t>(hit.level)];
  const QString place = tr("t=%1 y=%2 x=%3").arg(hit.at.t + 1).arg(hit.at.y + 1).arg(hit.at.x + 1);
  return level.row < 0 ? tr("The clip at %1").arg(place)
                       : tr("A unit of %1 at %2: click to see what it sees").arg(m_view.nameOf(level), place);
}

FieldFacts FieldStage::facts() const {
  FieldFacts facts;
  facts.valid = fieldLayout().valid;
  facts.levels = static_cast<int>(m_view.levels.size());
  for (const FieldPlane& plane : fieldLayout().planes) {
    (plane.padding ? facts.paddingFrames : facts.frames) += 1;
    facts.outlines.push_back(projected(plane.corners(), camera()));
  }
  facts.labels = labels();
  for (const StageBox& box : fieldLayout().boxes) facts.boxes.push_back(silhouetteOf(box, camera()));
  facts.cloud = fieldLayout().valid && m_view.effective != nullptr;
  facts.lastPictureMs = lastPictureMs();
  facts.lastOverlayMs = lastOverlayMs();
  return facts;
}

}  // namespace convscope
