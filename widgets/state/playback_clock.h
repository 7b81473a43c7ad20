#pragma once

#include "engine/core/shape.h"
#include "widgets/state/app_state.h"

#include <cstdint>

namespace convscope {

/// Where the kernel goes next: raster order x, y, t over the output, forwards or backwards by any number of
/// steps. With `loop` it goes round, else it stops at the ends. Pure.
[[nodiscard]] Triple slide(const Triple& output, const Triple& at, std::int64_t steps, bool loop);

/// True at the last position (the first when going backwards): where playing without loop ends.
[[nodiscard]] bool atEnd(const Triple& output, const Triple& at);

/// How many steps are due after `elapsedMs` of playing; the fraction left is kept. At speed 1 one step takes
/// `travelMs`. At most three map frames a second are opened, however fast: no playback may flash faster
/// (WCAG 2.3.1).
class PlaybackClock {
 public:
  [[nodiscard]] std::int64_t due(double elapsedMs, double speed, double travelMs, const Triple& output);
  void reset() { m_left = 0; }

 private:
  double m_left = 0;
};

inline constexpr double kMaxMapsPerSecond = 3;

}  // namespace convscope
