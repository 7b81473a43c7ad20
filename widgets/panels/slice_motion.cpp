#include "widgets/panels/slice_motion.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kFastest = 6, kStep = .25;
/// A shift counts if it leaves less than these shares of the difference that standing still leaves, and of
/// that of the worst shift. Real clips reach about .6 and .3 where a thing crosses the line (light and shape
/// change with it).
constexpr double kBetterThanStill = .65, kBetterThanWorst = .45;
/// Below this mean difference (values in [0, 1]) a line stands still; a line with less contrast has nothing
/// to show.
constexpr double kStill = .012, kContrast = .03;

double valueAt(const Tensor& pixels, const MotionWindow& window, int t, int at, int c) {
  return window.along == Axis::X ? pixels.at(t, window.line, at, c) : pixels.at(t, at, window.line, c);
}

/// Mean |frame t + 1 shifted back by `shift` − frame t|; infinite where too little of the window remains.
double difference(const Tensor& pixels, const MotionWindow& window, double shift) {
  const int extent = pixels.shape().along(window.along);
  const int whole = static_cast<int>(std::floor(shift));
  const double part = shift - whole;
  double sum = 0;
  int count = 0;
  int wanted = 0;
  for (int t = window.firstFrame; t + 1 < window.endFrame; ++t) {
    for (int at = window.from; at < window.to; ++at) {
      ++wanted;
      const int next = at + whole;
      if (next < 0 || next + 1 >= extent) continue;
      ++count;
      for (int c = 0; c < pixels.shape().channels; ++c) {
        const double moved = (1 - part) * valueAt(pixels, window, t + 1, next, c) +
                             part * valueAt(pixels, window, t + 1, next + 1, c);
        sum += std::abs(moved - valueAt(pixels, window, t, at, c));
      }
    }
  }
  if (count == 0 || count * 3 < wanted * 2) return HUGE_VAL;
  return sum / (static_cast<double>(count) * pixels.shape().channels);
}

/// Mean absolute deviation from the mean.
double contrast(const Tensor& pixels, const MotionWindow& window) {
  double most = 0;
  for (int c = 0; c < pixels.shape().channels; ++c) {
    double sum = 0;
    double off = 0;
    const int count = (window.endFrame - window.firstFrame) * (window.to - window.from);
    for (int t = window.firstFrame; t < window.endFrame; ++t)
      for (int at = window.from; at < window.to; ++at) sum += valueAt(pixels, window, t, at, c);
    for (int t = window.firstFrame; t < window.endFrame; ++t)
      for (int at = window.from; at < window.to; ++at)
        off += std::abs(valueAt(pixels, window, t, at, c) - sum / count);
    most = std::max(most, off / count);
  }
  return most;
}

}  // namespace

std::optional<double> motionIn(const Tensor& pixels, const MotionWindow& window) {
  if (window.endFrame - window.firstFrame < 2 || window.to - window.from < 4) return {};
  if (contrast(pixels, window) < kContrast) return {};
  const double still = difference(pixels, window, 0);
  if (still < kStill) return 0;
  double best = still;
  double worst = still;
  double shift = 0;
  for (double candidate = -kFastest; candidate <= kFastest; candidate += kStep) {
    const double left = difference(pixels, window, candidate);
    if (std::isfinite(left)) worst = std::max(worst, left);
    if (left >= best) continue;
    best = left;
    shift = candidate;
  }
  if (best > still * kBetterThanStill || best > worst * kBetterThanWorst) return {};
  return std::round(shift * 2) / 2;
}

}  // namespace convscope
