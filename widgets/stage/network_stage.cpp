#include "widgets/stage/network_stage.h"

#include "widgets/stage/network_overlay.h"
#include "widgets/stage/plane_ink.h"

#include <algorithm>

namespace convscope {

namespace {

constexpr double kUnlitMap = .38;  // LOOK: maps that are not lit

}  // namespace

NetworkStage::NetworkStage(QWidget* parent)
    : PlaneStage(tr("Maps of the chosen channel over the clip"), parent) {}

void NetworkStage::present(const NetworkView& view) {
  m_view = view;
  showLayout(networkLayoutOf(view));
  if (fieldLayout().valid) {
    const Box& seen = view.levels.front().seen;
    setAccessibleDescription(tr("%1: the unit at t=%2 y=%3 x=%4 sees %5 frames, %6 rows and %7 columns")
                                 .arg(view.title())
                                 .arg(view.unit.t + 1)
                                 .arg(view.unit.y + 1)
                                 .arg(view.unit.x + 1)
                                 .arg(seen[0].back() - seen[0].front() + 1)
                                 .arg(seen[1].back() - seen[1].front() + 1)
                                 .arg(seen[2].back() - seen[2].front() + 1));
  } else {
    setAccessibleDescription(sentence().text);
  }
}

QMarginsF NetworkStage::roomFor(const QSizeF& size) const {
  const double scale = std::clamp(size.width() / 900, .6, 1.4);
  return {64 * scale, 16, 24 * scale, 34};
}

void NetworkStage::requestUnit(const FieldHit& hit) {
  Q_EMIT editRequested({tr("Unit"),
                        [unit = hit.at, channel = m_view.channel](AppState& state) {
                          state.network.channel = channel;
                          state.network.unit = unit;
                        },
                        false});
}

int NetworkStage::dragUnit(int from, const FieldHit& hit) {
  if (holdsUnits(hit.level)) requestUnit(hit);
  return from;
}

PlaneStage::Sentence NetworkStage::sentence() const {
  if (!m_view.problem.isEmpty()) return {m_view.problem, true};
  if (m_view.answer != nullptr && !m_view.answer->problem.isEmpty()) return {m_view.answer->problem};
  if (m_view.busy) return {tr("The network runs on the clip: %1 %").arg(qRound(100 * m_view.progress))};
  return {m_view.result == nullptr ? QString() : tr("The maps are being fetched …")};
}

PlaneStage::Picture NetworkStage::pictureOf(const FieldPlane& plane) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const Pictures* const pictures = plane.level == 0 ? m_view.answer->clip.get() : m_view.answer->frames.get();
  if (pictures == nullptr || plane.t >= static_cast<int>(pictures->size())) return {};
  return {&(*pictures)[static_cast<std::size_t>(plane.t)], plane.lit          ? theme.inFocus
                                                           : plane.level == 0 ? theme.outOfFocus
                                                                              : kUnlitMap};
}

void NetworkStage::paintOverlay(const StageInk& ink, std::vector<StageLabel>& labels) const {
  paintNetworkOverlay(m_view, fieldLayout(), camera(), lookTheme(m_view.state.look), ink, labels);
}

QString NetworkStage::tipAt(const FieldHit& hit) const {
  const QString place = tr("t=%1 y=%2 x=%3").arg(hit.at.t + 1).arg(hit.at.y + 1).arg(hit.at.x + 1);
  if (hit.level == 0) return tr("The clip at %1").arg(place);
  const float value = m_view.answer->maps->maps.at(hit.at.t, hit.at.y, hit.at.x, m_view.channel);
  return tr("%1 at %2: %3. Click to see what it sees.")
      .arg(m_view.title(), place, mapValueText(double{value}, m_view.range(), m_view.answer->isUnsigned()));
}

NetworkStageFacts NetworkStage::facts() const {
  NetworkStageFacts facts;
  facts.valid = fieldLayout().valid;
  for (const FieldPlane& plane : fieldLayout().planes) {
    (plane.padding ? facts.paddingFrames : plane.level == 0 ? facts.clipFrames : facts.mapFrames) += 1;
  }
  if (!fieldLayout().valid) facts.sentence = sentence().text;
  facts.labels = labels();
  if (fieldLayout().valid) facts.box = silhouetteOf(fieldLayout().boxes.front(), camera());
  facts.lastPaintMs = std::max(lastPictureMs(), lastOverlayMs());
  return facts;
}

}  // namespace convscope
