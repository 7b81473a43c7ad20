#include "widgets/stage/network_stage.h"

#include "widgets/stage/network_overlay.h"
#include "widgets/stage/plane_ink.h"

#include <algorithm>

namespace convscope {

namespace {

constexpr double kOtherMoments = .7;  // frames of a stimulus beside the one that plays
constexpr double kUnlitMap = .38;     // LOOK: maps that are not lit

}  // namespace

NetworkStage::NetworkStage(QWidget* parent)
    : PlaneStage(tr("Maps of the chosen channel over the clip"), parent) {}

void NetworkStage::present(const NetworkView& view) {
  m_view = view;
  showLayout(networkLayoutOf(view));
  if (const QString words = explanationWords(view); !words.isEmpty()) {
    setAccessibleDescription(words);
  } else if (fieldLayout().valid) {
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
  QMarginsF room{64 * scale, 16, 24 * scale, 34};
  if (!m_view.scene.empty() && m_view.shown() != Explain::Field) {
    const QRectF moment = momentPlace(m_view, size, lookTheme(m_view.state.look));
    if (m_view.showsMoments()) room.setLeft(moment.right());
    room.setBottom(size.height() - moment.bottom() + 12);
  }
  return room;
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
  const NetworkAnswer& answer = *m_view.answer;
  if (plane.cut != Cut::Frame) return {plane.cut == Cut::Row ? &answer.row : &answer.column, theme.inFocus};
  const Pictures* const pictures = plane.level == 0 ? (answer.inPlace ? answer.inPlace : answer.clip).get()
                                                    : (answer.above ? answer.above : answer.frames).get();
  const auto t = static_cast<std::size_t>(plane.t);
  if (pictures == nullptr || t >= pictures->size()) return {};
  const bool clip = plane.level == 0;
  Picture picture{&(*pictures)[t], plane.lit ? theme.inFocus : clip ? theme.outOfFocus : kUnlitMap};
  if (clip && answer.over && t < answer.over->size()) {
    picture.over = &(*answer.over)[t];
    if (m_view.showsHeat() || !plane.lit) picture.opacity = theme.outOfFocus;
  }
  if (clip && m_view.shown() == Explain::Stimulus && plane.t != m_view.moment)
    picture.opacity = kOtherMoments;
  return picture;
}

/// The channel, or what it makes of the stimulus, as a volume.
void NetworkStage::paintBehind(QPainter& painter, double ratio) {
  const StageMode mode = m_view.state.look.stageMode;
  if (!fieldLayout().volume || mode == StageMode::Slices) return;
  const LookTheme& theme = lookTheme(m_view.state.look);
  const NetworkExplanation* const made = m_view.explanation();
  const Tensor& maps = made == nullptr ? m_view.answer->maps->maps : made->map;
  const Triple extent = maps.shape().extent();
  const VolumePicture wanted{m_view.answer,
                             maps.frame(0, made == nullptr ? m_view.channel : 0),
                             extent,
                             extent,
                             {1, 1, 1},
                             *fieldLayout().volume,
                             made == nullptr ? m_view.range() : m_view.answer->aboveRange,
                             &networkScale(m_view, theme),
                             m_view.state.look.isoLevel,
                             mode == StageMode::Volume};
  if (!m_volume) m_volume = std::make_unique<VolumeScene>();
  QImage picture = m_volume->draw(wanted, camera(), theme.stage, (QSizeF(size()) * ratio).toSize());
  if (picture.isNull()) return;
  picture.setDevicePixelRatio(ratio);
  painter.drawImage(QPointF(0, 0), picture);
}

void NetworkStage::paintOverlay(const StageInk& ink, std::vector<StageLabel>& labels) const {
  paintNetworkOverlay(m_view, fieldLayout(), camera(), lookTheme(m_view.state.look), ink, labels);
}

QString NetworkStage::tipAt(const FieldHit& hit) const {
  const QString place = tr("t=%1 y=%2 x=%3").arg(hit.at.t + 1).arg(hit.at.y + 1).arg(hit.at.x + 1);
  if (const NetworkExplanation* const made = m_view.explanation()) {
    const Tensor& shown = m_view.shown() == Explain::Stimulus ? (hit.level == 0 ? made->pixels : made->map)
                          : hit.level == 0                    ? made->heat
                                                              : made->cells;
    return tr("%1 at %2").arg(shown.at(hit.at.t, hit.at.y, hit.at.x, 0), 0, 'g', 3).arg(place);
  }
  if (hit.level == 0) return tr("The clip at %1").arg(place);
  const float value = m_view.answer->maps->maps.at(hit.at.t, hit.at.y, hit.at.x, m_view.channel);
  return tr("%1 at %2: %3. Click to see what it sees.")
      .arg(m_view.title(), place, mapValueText(double{value}, m_view.range(), m_view.answer->isUnsigned()));
}

NetworkStageFacts NetworkStage::facts() const {
  NetworkStageFacts facts;
  facts.valid = fieldLayout().valid;
  for (const FieldPlane& plane : fieldLayout().planes) {
    if (plane.cut != Cut::Frame) continue;
    (plane.padding ? facts.paddingFrames : plane.level == 0 ? facts.clipFrames : facts.mapFrames) += 1;
  }
  if (!fieldLayout().valid) facts.sentence = sentence().text;
  facts.labels = labels();
  facts.shown = m_view.shown();
  facts.slices = static_cast<int>(std::ranges::count_if(
      fieldLayout().planes, [](const FieldPlane& plane) { return plane.cut != Cut::Frame; }));
  if (m_volume && fieldLayout().volume) facts.triangles = m_volume->triangles();
  if (!fieldLayout().boxes.empty()) facts.box = silhouetteOf(fieldLayout().boxes.front(), camera());
  facts.lastPaintMs = std::max(lastPictureMs(), lastOverlayMs());
  return facts;
}

}  // namespace convscope
