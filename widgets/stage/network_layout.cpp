#include "widgets/stage/network_layout.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kLevelPitch = 1.3;   // frame heights between the two levels
constexpr double kGapSeen = .62;      // frame widths between two frames that the unit sees
constexpr double kGapElsewhere = .2;  // and between all others
constexpr double kLongestSeen = 3.8;  // frame widths that those seen span at most
constexpr double kLongestRest = 2.6;  // and those on either side of them, together
constexpr int kMostPadding = 4;       // outlines of padding frames on one side
constexpr int kMostFrames = 24;       // of one level, beside those that are seen

/// Where a moment of the clip stands in depth: frames that are seen lie open like a book.
struct TimeScale {
  double first = 0, last = 0;  ///< frames seen
  double seen = 1, rest = 1;   ///< gaps

  [[nodiscard]] double z(double frame) const {
    return std::clamp(frame, first, last) * seen +
           (std::min(frame, first) - first + std::max(frame, last) - last) * rest;
  }
};

TimeScale timeScaleOf(const NetworkView& view) {
  const int length = view.levels.front().shape.length;
  const Positions& frames = view.levels.front().seen[0];
  TimeScale scale;
  scale.first = std::clamp(frames.front(), -kMostPadding, length - 1);
  scale.last = std::clamp(frames.back(), 0, length - 1 + kMostPadding);
  const double seen = std::max(1.0, scale.last - scale.first);
  const double rest = std::max(1.0, length - 1 - seen);
  scale.seen = std::min(kGapSeen, kLongestSeen / seen);
  scale.rest = std::min({kGapElsewhere, kLongestRest / rest, scale.seen});
  return scale;
}

/// Position of the border between cells `cell` − 1 and `cell` on the clip.
double edgeOf(const AxisField& field, double cell) {
  return field.centre + .5 + (cell - .5) * field.jump;
}

bool isShown(int t, int length, int first, int last) {
  const int every = (length + kMostFrames - 1) / kMostFrames;
  return t % every == 0 || t == length - 1 || (t >= first && t <= last);
}

struct LevelPlace {
  double left, right, top, bottom;
};

void addFrames(FieldLayout& layout, int index, const FieldLevel& level, const LevelPlace& place,
               const TimeScale& time) {
  const int first = level.seen[0].front();
  const int last = level.seen[0].back();
  const bool clip = index == 0;
  const int begin = clip ? std::max(first, -kMostPadding) : 0;
  const int end = level.shape.length - 1;
  for (int t = std::min(0, begin); t <= std::max(end, clip ? std::min(last, end + kMostPadding) : end); ++t) {
    FieldPlane plane;
    plane.padding = t < 0 || t > end;
    if (!plane.padding && !isShown(t, level.shape.length, first, last)) continue;
    plane.level = index;
    plane.t = t;
    plane.lit = t >= first && t <= last;
    plane.origin = {place.left, place.top, time.z(level.cell[0].centre + t * level.cell[0].jump)};
    plane.across = {place.right - place.left, 0, 0};
    plane.down = {0, place.bottom - place.top, 0};
    plane.rows = level.shape.height;
    plane.columns = level.shape.width;
    layout.planes.push_back(plane);
    // the camera frames what exists, so that the picture stands still while a unit moves in y and x
    if (plane.padding) continue;
    for (const double x : {place.left, place.right}) {
      for (const double y : {place.top, place.bottom}) layout.anchors.push_back({{x, y, plane.origin.z}});
    }
  }
}

}  // namespace

FieldLayout networkLayoutOf(const NetworkView& view) {
  FieldLayout layout;
  if (view.levels.size() != 2) return layout;
  layout.valid = true;
  const Shape& clip = view.levels.front().shape;
  const double height = static_cast<double>(clip.height) / clip.width;
  const TimeScale time = timeScaleOf(view);
  for (int index = 0; index < 2; ++index) {
    const FieldLevel& level = view.levels[static_cast<std::size_t>(index)];
    const double base = index * kLevelPitch * height;
    const auto x = [&](double cell) { return edgeOf(level.cell[2], cell) / clip.width; };
    const auto y = [&](double cell) {
      return base + (clip.height - edgeOf(level.cell[1], cell)) / clip.width;
    };
    // a value that has lost its axes hangs over the middle as a square that can be seen
    LevelPlace place{x(0), x(level.shape.width), y(0), y(level.shape.height)};
    const double least = .12;
    if (place.right - place.left < least || place.top - place.bottom < least) {
      place = {.5 - least, .5 + least, base + height / 2 + least, base + height / 2 - least};
    }
    addFrames(layout, index, level, place, time);
    const Positions& ys = level.seen[1];
    const Positions& xs = level.seen[2];
    const double low = time.z(level.cell[0].centre + level.seen[0].front() * level.cell[0].jump);
    const double high = time.z(level.cell[0].centre + level.seen[0].back() * level.cell[0].jump);
    const auto across = [&](double cell) {
      return place.left + cell / level.shape.width * (place.right - place.left);
    };
    const auto down = [&](double cell) {
      return place.top + cell / level.shape.height * (place.bottom - place.top);
    };
    layout.boxes.push_back(
        {{across(xs.front()), down(ys.back() + 1), low}, {across(xs.back() + 1), down(ys.front()), high}});
    layout.inside.push_back({time.z(0), time.z(clip.length - 1)});
    layout.levelSides.push_back({place.left, (place.top + place.bottom) / 2, time.z(0)});
  }
  const Positions& frames = view.levels.front().seen[0];
  layout.paddingBefore = std::max(0, -frames.front());
  layout.paddingAfter = std::max(0, frames.back() - (clip.length - 1));
  return layout;
}

}  // namespace convscope
