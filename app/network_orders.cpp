// The part of the Network workspace that keys and the clock order: another unit, channel or layer.
#include "app/network_workspace.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/clip_film.h"

#include <algorithm>

namespace convscope {

void NetworkWorkspace::move(Axis axis, int by) {
  if (m_view.levels.empty()) return;
  Triple unit = m_view.unit;
  const Shape& shape = m_view.levels.back().shape;
  unit[axis] = std::clamp(unit[axis] + by, 0, shape.along(axis) - 1);
  edit(tr("Unit"), [unit, channel = m_view.channel](NetworkSettings& s) {
    s.channel = channel;
    s.unit = unit;
  });
}

void NetworkWorkspace::step(std::int64_t steps) {
  if (m_view.levels.empty()) return;
  const bool film = middle() == Middle::Clip;
  if (film || m_view.showsMoments()) {  // an explanation plays its own frames
    const Triple frames{film ? m_film->frames() : m_view.scene.front().shape.length, 1, 1};
    const Triple from{film ? m_film->frame() : m_view.moment, 0, 0};
    const int moment = slide(frames, from, steps, m_store.state().playback.loop).t;
    edit(tr("Moment"), [moment](NetworkSettings& s) { s.moment = moment; });
    return;
  }
  const Triple output{m_view.levels.back().shape.length, 1, 1};
  Triple unit = m_view.unit;
  unit.t = slide(output, {unit.t, 0, 0}, steps, m_store.state().playback.loop).t;
  edit(tr("Unit"), [unit, channel = m_view.channel](NetworkSettings& s) {
    s.channel = channel;
    s.unit = unit;
  });
}

void NetworkWorkspace::tick() {
  const double elapsed = static_cast<double>(m_sinceTick.restart());
  if (m_view.levels.empty() || m_queries.busy()) return;  // pictures of the moment before are under way
  const Playback& playback = m_store.state().playback;
  const Look& look = m_store.state().look;
  const bool film = middle() == Middle::Clip;
  const bool moments = m_view.showsMoments();
  const Triple output{
      film ? m_film->frames() : (moments ? m_view.scene.front() : m_view.levels.back()).shape.length, 1, 1};
  const int at = film ? m_film->frame() : moments ? m_view.moment : m_view.unit.t;
  if (!playback.loop && at >= output.t - 1) {
    m_store.edit({tr("Pause"), [](AppState& state) { setPlaying(state.playback, false); }, false});
    return;
  }
  const double travelMs = look.reducedMotion ? 0 : lookTheme(look).travelMs;
  const std::int64_t steps = m_clock.due(elapsed, playback.speed, travelMs, output);
  if (steps > 0) step(steps);
}

void NetworkWorkspace::toStrongest() {
  if (m_view.levels.empty()) return;
  const Triple at = m_view.answer->maps->channels[static_cast<std::size_t>(m_view.channel)].at;
  // a second time: of all channels
  const bool there = m_view.unit == at;
  edit(tr("Unit"), [there, channel = m_view.channel](NetworkSettings& s) {
    s.channel = there ? -1 : channel;
    s.unit = kStrongest;
  });
}

void NetworkWorkspace::nextChannel(int by) {
  const std::vector<int> order = m_view.order();
  if (order.empty()) return;
  const auto count = static_cast<int>(order.size());
  const auto at = static_cast<int>(std::ranges::find(order, m_view.channel) - order.begin());
  const int channel = order[static_cast<std::size_t>(((at + by) % count + count) % count)];
  edit(tr("Channel"), [channel](NetworkSettings& s) {
    s.channel = channel;
    s.unit = kStrongest;
  });
}

void NetworkWorkspace::deeper(int by) {
  if (m_view.result == nullptr) return;
  const auto last = static_cast<int>(m_view.result->groups.size()) - 1;
  const int group =
      std::clamp(m_view.result->groupOf(chosenRow(*m_view.result, m_store.state().network)) + by, 0, last);
  const int row = m_view.result->groups[static_cast<std::size_t>(group)].last;
  edit(tr("Layer"), [row](NetworkSettings& s) {
    s.row = row;
    s.channel = -1;
    s.unit = kStrongest;
  });
}

Result<std::string> NetworkWorkspace::curvesCsv() const {
  const auto notYet = [](const QString& sentence) {
    return tl::unexpected(Error{ErrorCode::BadUsage, sentence.toStdString()});
  };
  if (m_view.result == nullptr || m_view.stale)
    return notYet(tr("No network has been run on this clip yet: there are no curves."));
  if (m_view.settings().chart == NetworkChart::Time) {
    if (m_view.scanning || m_view.windows.empty())
      return notYet(tr("The window has not been slid over the whole clip yet: wait until the bar is full."));
    return windowsCsv(*m_view.result, m_view.windows);
  }
  if (m_shifts.busy() || m_view.shifts == nullptr || m_view.shifts->curves.size() < kShiftVariants.size())
    return notYet(tr("The clip has not been shifted all the way yet: wait until the bar is full."));
  return shiftCsv(*m_view.result, m_view.shifts->curves);
}

}  // namespace convscope
