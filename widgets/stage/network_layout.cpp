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
constexpr double kGapVolume = .3;
constexpr double kLongestPadding = .8;  // frame widths that padding takes on each side at most
constexpr int kMostPadding = 4;         // outlines of padding frames on one side
constexpr int kMostFrames = 24;         // of one level, beside those that are seen

/// Where a moment of the clip stands in depth: frames that are seen lie open like a book, and those of the
/// padding, of which there may be several times as many, close together.
struct TimeScale {
  double first = 0, last = 0;  ///< frames seen, of those that there are
  double end = 0;              ///< last frame of the clip
  double seen = 1, rest = 1;   ///< gaps
  double padding = 1;

  [[nodiscard]] double z(double frame) const {
    const double inside = std::clamp(frame, 0.0, end);
    return std::clamp(inside, first, last) * seen +
           (std::min(inside, first) - first + std::max(inside, last) - last) * rest +
           (frame - inside) * padding;
  }
};

/// True where the maps are to be drawn as a volume: one frame of them is none.
bool asVolume(const NetworkView& view) {
  return view.state.look.stageMode != StageMode::Frames && view.scene.size() == 2 && !view.showsHeat() &&
         view.scene.back().shape.length > 1;
}

/// Frames of padding that units of the layer see at most, before the clip and after it: whichever unit is
/// looked at, the picture stands still.
std::pair<int, int> mostPadding(const NetworkView& view) {
  const int length = view.scene.front().shape.length;
  if (view.scene.size() < 2 || view.showsHeat() || length < 2) return {0, 0};  // a picture has no time
  const FieldLevel& layer = view.scene.back();
  const AxisField& field = layer.cell[0];
  const int last = field.first(layer.shape.length - 1) + field.size - 1;
  return {std::max(0, -field.first(0)), std::max(0, last - (length - 1))};
}

TimeScale timeScaleOf(const NetworkView& view) {
  const int length = view.scene.front().shape.length;
  const Positions& frames = view.scene.front().seen[0];
  TimeScale scale;
  scale.end = length - 1;
  scale.first = std::clamp(frames.front(), 0, length - 1);
  scale.last = std::clamp(frames.back(), 0, length - 1);
  const double seen = std::max(1.0, scale.last - scale.first);
  const double rest = std::max(1.0, length - 1 - seen);
  scale.seen = std::min(kGapSeen, kLongestSeen / seen);
  scale.rest = std::min({kGapElsewhere, kLongestRest / rest, scale.seen});
  // a volume has one measure of time
  if (asVolume(view)) scale.seen = scale.rest = std::min(kGapVolume, kLongestSeen / std::max(1, length - 1));
  const auto [before, after] = mostPadding(view);
  scale.padding = std::min(scale.seen, kLongestPadding / std::max({1, before, after}));
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

/// A value that has lost its axes hangs over the middle as a square that can be seen.
LevelPlace placeOf(const FieldLevel& level, const Shape& clip, double base) {
  const auto x = [&](double cell) { return edgeOf(level.cell[2], cell) / clip.width; };
  const auto y = [&](double cell) { return base + (clip.height - edgeOf(level.cell[1], cell)) / clip.width; };
  const LevelPlace place{x(0), x(level.shape.width), y(0), y(level.shape.height)};
  constexpr double kLeast = .12;
  if (place.right - place.left >= kLeast && place.top - place.bottom >= kLeast) return place;
  const double middle = base + .5 * clip.height / clip.width;
  return {.5 - kLeast, .5 + kLeast, middle + kLeast, middle - kLeast};
}

/// Three slices through the unit, each through the middle of its cells.
void addSlices(FieldLayout& layout, const FieldLevel& level, const LevelPlace& place, const TimeScale& time) {
  const Shape& shape = level.shape;
  const auto z = [&](double t) { return time.z(level.cell[0].centre + t * level.cell[0].jump); };
  const int t = level.seen[0].front(), row = level.seen[1].front(), column = level.seen[2].front();
  const Vec3 across{place.right - place.left, 0, 0}, down{0, place.bottom - place.top, 0};
  const Vec3 away{0, 0, (z(shape.length - 1) - z(0)) * shape.length / (shape.length - 1)};
  const Vec3 corner{place.left, place.top, z(0) - .5 * away.z / shape.length};
  const Vec3 half = down * ((row + .5) / shape.height), aside = across * ((column + .5) / shape.width);
  FieldPlane plane;
  plane.level = 1;
  plane.t = t;
  plane.lit = true;
  plane.origin = corner + half;
  plane.across = across;
  plane.down = away;
  plane.rows = shape.length;
  plane.columns = shape.width;
  plane.cut = Cut::Row;
  plane.place = row;
  layout.planes.push_back(plane);
  plane.origin = corner + aside;
  plane.across = away;
  plane.down = down;
  plane.rows = shape.height;
  plane.columns = shape.length;
  plane.cut = Cut::Column;
  plane.place = column;
  layout.planes.push_back(plane);
  layout.sliceAt = corner + half + aside + away * ((t + .5) / shape.length);
}

/// The maps as a volume: the unit's own frame is drawn among slices, none beside a surface.
void addVolume(FieldLayout& layout, const NetworkView& view, const LevelPlace& place, const TimeScale& time) {
  const FieldLevel& level = view.scene.back();
  const auto z = [&](double t) { return time.z(level.cell[0].centre + t * level.cell[0].jump); };
  layout.volume =
      StageBox{{place.left, place.bottom, z(0)}, {place.right, place.top, z(level.shape.length - 1)}};
  const bool slices = view.state.look.stageMode == StageMode::Slices;
  std::erase_if(layout.planes, [&](const FieldPlane& plane) {
    return plane.level == 1 && (!slices || plane.t != level.seen[0].front());
  });
  if (!slices) return;
  addSlices(layout, level, place, time);
}

/// What the unit sees of each level; the last is the unit itself.
void addBoxes(FieldLayout& layout, const FieldLevel& level, const LevelPlace& place, const TimeScale& time,
              int length) {
  const Positions& ys = level.seen[1];
  const Positions& xs = level.seen[2];
  const auto z = [&](int t) { return time.z(level.cell[0].centre + t * level.cell[0].jump); };
  const auto across = [&](double cell) {
    return place.left + cell / level.shape.width * (place.right - place.left);
  };
  const auto down = [&](double cell) {
    return place.top + cell / level.shape.height * (place.bottom - place.top);
  };
  layout.boxes.push_back({{across(xs.front()), down(ys.back() + 1), z(level.seen[0].front())},
                          {across(xs.back() + 1), down(ys.front()), z(level.seen[0].back())}});
  layout.inside.push_back({time.z(0), time.z(length - 1)});
}

}  // namespace

FieldLayout networkLayoutOf(const NetworkView& view) {
  FieldLayout layout;
  if (view.scene.empty()) return layout;
  layout.valid = true;
  const Shape& clip = view.scene.front().shape;
  const double height = static_cast<double>(clip.height) / clip.width;
  const TimeScale time = timeScaleOf(view);
  for (int index = 0; index < static_cast<int>(view.scene.size()); ++index) {
    const FieldLevel& level = view.scene[static_cast<std::size_t>(index)];
    const LevelPlace place = placeOf(level, clip, index * kLevelPitch * height);
    addFrames(layout, index, level, place, time);
    if (index == 1 && asVolume(view)) addVolume(layout, view, place, time);
    if (!view.showsHeat()) addBoxes(layout, level, place, time, clip.length);
    layout.levelSides.push_back({place.left, (place.top + place.bottom) / 2, time.z(0)});
  }
  // the camera frames all that units of the layer see in time
  const auto [before, after] = mostPadding(view);
  for (const double z : {time.z(-before), time.z(clip.length - 1 + after)}) {
    for (const double x : {0.0, 1.0}) {
      for (const double y : {0.0, height}) layout.anchors.push_back({{x, y, z}});
    }
  }
  const Positions& frames = view.scene.front().seen[0];
  layout.paddingBefore = std::max(0, -frames.front());
  layout.paddingAfter = std::max(0, frames.back() - (clip.length - 1));
  return layout;
}

}  // namespace convscope
