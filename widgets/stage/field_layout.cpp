#include "widgets/stage/field_layout.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace convscope {

namespace {

constexpr double kLevelPitch = 1.02;     // frame heights between two levels
constexpr double kStillPitch = .42;      // the same of a picture, whose levels also stand behind one another
constexpr double kStillGap = 1.15;       // frame widths from one level of a picture to the next behind it
constexpr double kFrameGap = .5;         // frame widths between two frames
constexpr double kLongestRow = 7.5;      // frame widths that the clip's frames span at most
constexpr double kShortRow = 3.6;        // frame widths that a few frames span, so that they fill the stage
constexpr double kWidestGap = 1.2;       // frame widths between two of them at most
constexpr double kLongestPadding = 1.7;  // frame widths that padding takes on each side at most
constexpr double kStillDepth = .012;     // half the depth of a box that sees one frame
constexpr int kMostPadding = 24;         // outlines of padding frames on one side of a level

/// Where the clip's frames stand in the world: evenly, and closer together in the padding, of which there may
/// be several times as much.
struct TimeScale {
  int length = 1;
  double gap = 1;
  double paddingGap = 1;

  [[nodiscard]] double z(double frame) const {
    const double last = length - 1;
    return std::clamp(frame, 0.0, last) * gap +
           (std::min(frame, 0.0) + std::max(frame - last, 0.0)) * paddingGap;
  }
};

/// The most padding that a unit of the layer looked at sees on one side decides how close its frames stand.
TimeScale timeScaleOf(const FieldView& view) {
  TimeScale scale;
  scale.length = view.levels.front().shape.length;
  const double steps = std::max(1, scale.length - 1);
  scale.gap = std::max(std::min(kFrameGap, kLongestRow / steps), std::min(kWidestGap, kShortRow / steps));
  const AxisField& field = view.levels.back().cell[0];
  const int last = field.first(view.levels.back().shape.length - 1) + field.size - 1;
  const int most = std::max({1, -field.first(0), last - (scale.length - 1)});
  scale.paddingGap = std::min(scale.gap, kLongestPadding / most);
  return scale;
}

/// Where the cells of one level lie over the clip.
class LevelPlace {
 public:
  LevelPlace(const FieldLevel& level, const Shape& clip, double base, double behind, const TimeScale& time)
      : m_level(level), m_clip(clip), m_base(base), m_behind(behind), m_time(time) {}

  [[nodiscard]] double x(double cell) const { return edge(2, cell) / m_clip.width; }
  [[nodiscard]] double y(double cell) const {
    return m_base + (m_clip.height - edge(1, cell)) / m_clip.width;
  }
  [[nodiscard]] double z(double t) const {
    return m_behind + m_time.z(m_level.cell[0].centre + t * m_level.cell[0].jump);
  }
  /// Half the depth of a box that sees one frame alone; one that sees several begins and ends on frames.
  [[nodiscard]] double half() const { return m_level.seen[0].size() > 1 ? 0 : kStillDepth; }

 private:
  /// Input position of the border between cells `cell` − 1 and `cell`.
  [[nodiscard]] double edge(std::size_t axis, double cell) const {
    const AxisField& field = m_level.cell[axis];
    return field.centre + .5 + (cell - .5) * field.jump;
  }

  const FieldLevel& m_level;
  const Shape& m_clip;
  double m_base;
  double m_behind;
  const TimeScale& m_time;
};

/// Which frames of a level are drawn.
std::vector<int> shownFrames(const FieldLevel& level) {
  const int length = level.shape.length;
  const int first = level.seen[0].front();
  const int last = level.seen[0].back();
  const int every = (length + kMostLevelFrames - 1) / kMostLevelFrames;
  std::vector<int> frames;
  for (int t = std::max(first, -kMostPadding); t < 0; ++t) frames.push_back(t);
  for (int t = 0; t < length; ++t) {
    if (t % every == 0 || t == length - 1 || t == first || t == last) frames.push_back(t);
  }
  for (int t = length; t <= std::min(last, length - 1 + kMostPadding); ++t) frames.push_back(t);
  return frames;
}

void addLevel(FieldLayout& layout, const FieldView& view, int index, const TimeScale& time, double base,
              double behind) {
  const FieldLevel& level = view.levels[static_cast<std::size_t>(index)];
  const LevelPlace place(level, view.levels.front().shape, base, behind, time);
  const double left = place.x(0);
  const double right = place.x(level.shape.width);
  const double top = place.y(0);
  const double bottom = place.y(level.shape.height);
  const int first = level.seen[0].front();
  const int last = level.seen[0].back();
  for (const int t : shownFrames(level)) {
    FieldPlane plane;
    plane.level = index;
    plane.t = t;
    plane.padding = t < 0 || t >= level.shape.length;
    if (view.veiled && plane.padding) continue;
    const bool chosen = index + 1 == static_cast<int>(view.levels.size());
    plane.lit = t >= first && t <= last && (chosen || !view.veiled);
    plane.origin = {left, top, place.z(t)};
    plane.across = {right - left, 0, 0};
    plane.down = {0, bottom - top, 0};
    plane.rows = level.shape.height;
    plane.columns = level.shape.width;
    layout.planes.push_back(plane);
  }
  const auto box = [&](const Axis axis, bool end) {
    const Positions& seen = level.seen[static_cast<std::size_t>(axis)];
    return end ? seen.back() + 1 : seen.front();
  };
  layout.boxes.push_back(
      {{place.x(box(Axis::X, false)), place.y(box(Axis::Y, true)), place.z(first) - place.half()},
       {place.x(box(Axis::X, true)), place.y(box(Axis::Y, false)), place.z(last) + place.half()}});
  const int end = level.shape.length - 1;
  layout.inside.push_back({place.z(0) - place.half(), place.z(end) + place.half()});
  layout.levelSides.push_back({left, (top + bottom) / 2, place.z(0)});
  for (const int t : {0, level.shape.length - 1}) {
    for (const double x : {left, right}) {
      for (const double y : {top, bottom}) layout.anchors.push_back({{x, y, place.z(t)}});
    }
  }
}

/// Where the fields of the layer's corner units end, so that the picture stands still while a unit is
/// dragged.
void addCorners(FieldLayout& layout, const FieldView& view, const TimeScale& time) {
  const std::array<AxisField, 3>& field = view.levels.back().cell;
  const Shape& clip = view.levels.front().shape;
  const int frames = view.levels.back().shape.length;
  const int last = field[0].first(frames - 1) + field[0].size - 1;
  const double height = static_cast<double>(clip.height) / clip.width;
  for (const double z : {time.z(std::min(0, field[0].first(0))), time.z(std::max(clip.length - 1, last))}) {
    for (const double x : {0.0, 1.0}) {
      layout.anchors.push_back({{x, 0, z}});
      layout.anchors.push_back({{x, height, z}});
    }
  }
}

}  // namespace

const FieldPlane* FieldLayout::find(int level, int t) const {
  const auto found = std::ranges::find_if(planes, [&](const FieldPlane& plane) {
    return plane.level == level && plane.t == t && plane.cut == Cut::Frame;
  });
  return found == planes.end() ? nullptr : &*found;
}

FieldLayout fieldLayoutOf(const FieldView& view) {
  FieldLayout layout;
  if (view.levels.empty()) return layout;
  layout.valid = true;
  const Shape& clip = view.levels.front().shape;
  const TimeScale time = timeScaleOf(view);
  // A picture has no time to run away: its levels do, and so fill the stage as the frames of a clip do.
  const bool still = clip.length == 1 && view.levels.front().seen[0].size() == 1;
  const double pitch = (still ? kStillPitch : kLevelPitch) * clip.height / clip.width;
  for (int index = 0; index < static_cast<int>(view.levels.size()); ++index)
    addLevel(layout, view, index, time, index * pitch, still ? index * kStillGap : 0);
  addCorners(layout, view, time);
  if (view.veiled) return layout;
  const Positions& frames = view.levels.front().seen[0];
  layout.paddingBefore = std::max(0, std::min(0, frames.back() + 1) - frames.front());
  layout.paddingAfter = std::max(0, frames.back() - std::max(clip.length - 1, frames.front() - 1));
  return layout;
}

std::optional<FieldHit> fieldHit(const FieldLayout& layout, const StageCamera& camera, QPointF px) {
  const Ray ray = camera.rayThrough(px);
  std::optional<FieldHit> hit;
  double nearest = std::numeric_limits<double>::max();
  for (const FieldPlane& plane : layout.planes) {
    if (plane.padding) continue;
    const Vec3 normal = cross(plane.across, plane.down);
    const double towards = dot(ray.along, normal);
    if (std::abs(towards) < 1e-9) continue;
    const double share = dot(plane.origin - ray.from, normal) / towards;
    if (share <= 0 || share >= nearest) continue;
    const Vec3 at = ray.from + ray.along * share - plane.origin;
    const double across = dot(at, plane.across) / dot(plane.across, plane.across) * plane.columns;
    const double down = dot(at, plane.down) / dot(plane.down, plane.down) * plane.rows;
    if (across < 0 || down < 0 || across >= plane.columns || down >= plane.rows) continue;
    nearest = share;
    const int row = static_cast<int>(down), column = static_cast<int>(across);
    const Triple cell = plane.cut == Cut::Frame ? Triple{plane.t, row, column}
                        : plane.cut == Cut::Row ? Triple{row, plane.place, column}
                                                : Triple{column, row, plane.place};
    hit = FieldHit{plane.level, cell};
  }
  return hit;
}

}  // namespace convscope
