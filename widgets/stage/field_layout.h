#pragma once

#include "widgets/stage/stage_layout.h"
#include "widgets/state/field_view.h"

#include <optional>
#include <vector>

namespace convscope {

/// What of a volume of maps a plane shows.
enum class Cut {
  Frame,   ///< one moment
  Row,     ///< one row over time: t runs down, x across
  Column,  ///< one column over time: t runs across, y down
};

/// One frame of the clip or of a layer's maps in the pyramid, or a frame of padding.
struct FieldPlane {
  int level = 0;
  int t = 0;             ///< in the level; padding lies below 0 or at and above its length
  bool padding = false;  ///< an outline alone
  bool lit = false;      ///< the unit sees it
  Cut cut = Cut::Frame;
  int place = 0;   ///< row or column of a cut
  Vec3 origin;  ///< upper left corner
  Vec3 across;
  Vec3 down;
  int rows = 1;
  int columns = 1;
  [[nodiscard]] std::array<Vec3, 4> corners() const {
    return {origin, origin + across, origin + across + down, origin + down};
  }
  [[nodiscard]] Vec3 at(double row, double column) const {
    return origin + across * (column / columns) + down * (row / rows);
  }
};

/// The space-time pyramid in the world: the clip's frames below, time running away; the maps of each level
/// one level higher, every cell exactly above the middle of what it sees. One unit is the clip's width.
struct FieldLayout {
  bool valid = false;
  std::vector<FieldPlane> planes;  ///< by level, then t
  std::vector<StageBox> boxes;     ///< what the unit sees on each level; the last is the unit itself
  std::vector<std::array<double, 2>> inside;  ///< z between which each box lies on existing frames
  std::vector<Vec3> levelSides;               ///< middle of the left edge of each level's nearest frame
  std::vector<FitAnchor> anchors;             ///< what the camera frames: the same for every unit of a layer
  /// The volume of the maps, where it is drawn as slices or as a surface instead of frames: from the middle
  /// of its first frame to that of its last one.
  std::optional<StageBox> volume;
  Vec3 sliceAt;           ///< where its three slices meet
  int paddingBefore = 0;  ///< clip frames of padding that the unit sees
  int paddingAfter = 0;

  [[nodiscard]] const FieldPlane* find(int level, int t) const;  ///< a whole frame
};

/// Frames of one level drawn at most: of longer ones every n-th, and always those at the ends of what is
/// seen.
inline constexpr int kMostLevelFrames = 20;

[[nodiscard]] FieldLayout fieldLayoutOf(const FieldView& view);

/// The cell of a level under a point of the stage: the nearest plane wins.
struct FieldHit {
  int level = 0;
  Triple at{0, 0, 0};
  bool operator==(const FieldHit&) const = default;
};
[[nodiscard]] std::optional<FieldHit> fieldHit(const FieldLayout& layout, const StageCamera& camera,
                                               QPointF px);

}  // namespace convscope
