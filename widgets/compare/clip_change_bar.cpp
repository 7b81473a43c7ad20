#include "widgets/compare/clip_change_bar.h"

#include "widgets/look/themed_widgets.h"
#include "widgets/panels/clip_edit_bar.h"
#include "widgets/panels/segmented_control.h"

#include <QHBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace convscope {

namespace {

struct Offer {
  double factor;
  const char* text;
};
constexpr std::array kOffers{Offer{.25, "¼"}, Offer{.5, "½"}, Offer{1, "1×"}, Offer{2, "2"}, Offer{4, "4"}};
constexpr std::array kZoomOffers{Offer{.5, "½"}, Offer{1, "1×"}, Offer{2, "2"}};

template <class Offers>
int nearest(const Offers& offers, double factor) {
  const auto found = std::ranges::min_element(
      offers, {}, [factor](const Offer& offer) { return std::abs(std::log(offer.factor / factor)); });
  return static_cast<int>(found - offers.begin());
}

}  // namespace

ClipChangeBar::ClipChangeBar(QWidget* parent) : QWidget(parent) {
  auto* const line = new QHBoxLayout(this);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(5);
  const auto add = [&](const QString& label, const auto& offers, const QString& tip) {
    auto* const control = new SegmentedControl(SegmentedControl::Size::Small);
    QStringList texts, names, tips;
    for (const Offer& offer : offers) {
      texts << QString::fromUtf8(offer.text);
      names << tr("%1 %2").arg(label).arg(offer.factor);
      tips << tip.arg(offer.factor);
    }
    control->setChoices(texts, names, tips);
    line->addWidget(new ThemedLabel(label, &LookTheme::muted));
    line->addWidget(control);
    return control;
  };
  m_tempo = add(
      tr("speed"), kOffers,
      tr("%1 times as fast: faster leaves frames out, slower repeats them. See which response survives."));
  m_zoom = add(tr("size"), kZoomOffers,
               tr("%1 times as large: the same motion is as many times as fast in pixels."));
  m_edits = new ClipEditBar;
  line->addWidget(m_edits);
  connect(m_edits, &ClipEditBar::editRequested, this, &ClipChangeBar::editRequested);
  connect(m_tempo, &SegmentedControl::chosen, this, [this](int index) {
    const double tempo = kOffers[static_cast<std::size_t>(index)].factor;
    Q_EMIT editRequested({tr("Clip's speed"), [tempo](AppState& state) { state.compare.tempo = tempo; }});
  });
  connect(m_zoom, &SegmentedControl::chosen, this, [this](int index) {
    const double zoom = kZoomOffers[static_cast<std::size_t>(index)].factor;
    Q_EMIT editRequested({tr("Clip's size"), [zoom](AppState& state) { state.compare.zoom = zoom; }});
  });
}

void ClipChangeBar::present(const AppState& state) {
  m_edits->present(state);
  m_tempo->present(nearest(kOffers, state.compare.tempo));
  m_zoom->present(nearest(kZoomOffers, state.compare.zoom));
}

double neighbourTempo(double tempo, bool faster) {
  const int index = nearest(kOffers, tempo) + (faster ? 1 : -1);
  return kOffers[static_cast<std::size_t>(std::clamp(index, 0, static_cast<int>(kOffers.size()) - 1))].factor;
}

}  // namespace convscope
