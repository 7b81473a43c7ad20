#include "widgets/panels/slice_motion.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace convscope {

namespace {

constexpr double kFastest = 6, kStep = .25;
/// Shifts are tried so far out: a pattern that repeats shows itself by fitting again there.
constexpr double kFarthest = 2 * kFastest;
/// A shift fits nearly as well as the best one if it leaves no more than this share of what lies between the
/// best and the worst. The smaller of two such shifts is what is seen, if it is smaller by this factor.
constexpr double kNearlyAsWell = .2, kClearlySmaller = 2.5;
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

/// What is left of the difference at each shift tried.
struct Fit {
  double shift = 0;
  double left = 0;
};

/// The best fit of every valley that lies below `level`.
std::vector<Fit> valleysBelow(double level, const std::vector<Fit>& fits) {
  std::vector<Fit> valleys;
  bool inside = false;
  for (const Fit& fit : fits) {
    const bool below = fit.left <= level;
    if (below && !inside) valleys.push_back(fit);
    if (below && fit.left < valleys.back().left) valleys.back() = fit;
    inside = below;
  }
  return valleys;
}

}  // namespace

std::optional<double> motionIn(const Tensor& pixels, const MotionWindow& window) {
  if (window.endFrame - window.firstFrame < 2 || window.to - window.from < 4) return {};
  if (contrast(pixels, window) < kContrast) return {};
  const double still = difference(pixels, window, 0);
  if (still < kStill) return 0;
  double best = still;
  double worst = still;
  std::vector<Fit> fits;
  for (double shift = -kFarthest; shift <= kFarthest; shift += kStep) {
    const double left = difference(pixels, window, shift);
    fits.push_back({shift, left});
    if (!std::isfinite(left)) continue;
    best = std::min(best, left);
    worst = std::max(worst, left);
  }
  const std::vector<Fit> valleys = valleysBelow(best + kNearlyAsWell * (worst - best), fits);
  const auto nearer = [](const Fit& a, const Fit& b) { return std::abs(a.shift) < std::abs(b.shift); };
  const Fit chosen = *std::ranges::min_element(valleys, nearer);
  if (chosen.left > still * kBetterThanStill || chosen.left > worst * kBetterThanWorst) return {};
  const double size = std::abs(chosen.shift);
  if (size > kFastest) return {};
  // near an end of the line a rival may not be seen: then it cannot be excluded either
  const double reach = std::min(size * kClearlySmaller, kFarthest);
  for (const Fit& fit : fits)
    if (std::abs(fit.shift) <= reach && !std::isfinite(fit.left)) return {};
  const auto rivals =
      std::ranges::count_if(valleys, [&](const Fit& v) { return std::abs(v.shift) <= reach; });
  if (rivals > 1) return {};  // one is the chosen shift itself
  return std::round(chosen.shift * 2) / 2;
}

}  // namespace convscope
