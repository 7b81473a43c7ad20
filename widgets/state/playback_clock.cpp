#include "widgets/state/playback_clock.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

std::int64_t rasterIndex(const Triple& output, const Triple& at) {
  return (std::int64_t{at.t} * output.y + at.y) * output.x + at.x;
}

}  // namespace

Triple slide(const Triple& output, const Triple& at, std::int64_t steps, bool loop) {
  const std::int64_t count = std::max<std::int64_t>(1, output.product());
  std::int64_t index = rasterIndex(output, at) + steps;
  index = loop ? ((index % count) + count) % count : std::clamp<std::int64_t>(index, 0, count - 1);
  const std::int64_t frame = std::int64_t{output.y} * output.x;
  return {static_cast<int>(index / frame), static_cast<int>(index % frame / output.x),
          static_cast<int>(index % output.x)};
}

bool atEnd(const Triple& output, const Triple& at) {
  return rasterIndex(output, at) + 1 >= output.product();
}

std::int64_t PlaybackClock::due(double elapsedMs, double speed, double travelMs, const Triple& output) {
  const double mapCells = static_cast<double>(output.y) * output.x;
  const double wanted = travelMs > 0 ? speed / travelMs : speed / 1000;  // steps per millisecond
  const double most = kMaxMapsPerSecond * mapCells / 1000;
  m_left += elapsedMs * std::min(wanted, most);
  const double whole = std::floor(m_left);
  m_left -= whole;
  return static_cast<std::int64_t>(whole);
}

}  // namespace convscope
