#pragma once

#include "widgets/look/look_theme.h"
#include "widgets/stage/stage_camera.h"
#include "widgets/state/kernel_view.h"

#include <QString>
#include <QStringList>

#include <array>
#include <optional>
#include <vector>

namespace convscope {

/// What a plane of the stage shows.
enum class PlaneKind {
  Input,    ///< one frame of the clip, in colour (channel −1) or one channel of it
  Padding,  ///< a frame before or after the clip: an outline
  Map,      ///< one map frame of the chosen filter
  SliceY,   ///< the map volume cut at the voxel's row: x across, t down the time axis
  SliceX,   ///< the map volume cut at the voxel's column: t across, y down
};

/// One flat grid of cells in the world. Cell (row, column) covers
///   origin + across · [column, column + 1] / columns + down · [row, row + 1] / rows.
struct StagePlane {
  PlaneKind kind = PlaneKind::Input;
  int t = 0;         ///< input frame (Padding: below 0 or at and above L) or map frame
  int channel = -1;  ///< Input: see PlaneKind; maps: the filter
  Vec3 origin;       ///< upper left corner
  Vec3 across;       ///< along a row, full width
  Vec3 down;         ///< along a column, full height
  int rows = 1;
  int columns = 1;
  double opacity = 1;  ///< of the texture; 0 where only the outline is drawn
  bool lit = false;
  QString title;            ///< empty where the plane has none
  QStringList shortTitles;  ///< where there is no room for it, longest first: "3"; "(2,3,4)", "(2…4)", "2…4"

  [[nodiscard]] Vec3 at(double row, double column) const {
    return origin + across * (column / columns) + down * (row / rows);
  }
  [[nodiscard]] std::array<Vec3, 4> corners() const {
    return {origin, origin + across, origin + across + down, origin + down};
  }
  bool operator==(const StagePlane&) const = default;
};

/// An upright box: a cuboid through frames, or the volume of the maps. low has the smallest x, y and z.
struct StageBox {
  Vec3 low;
  Vec3 high;
  bool operator==(const StageBox&) const = default;
};

/// The kernel on its way from one voxel to the next. share 1: it has arrived.
struct KernelTravel {
  Triple from{0, 0, 0};
  double share = 1;
  bool operator==(const KernelTravel&) const = default;
};

/// Where everything stands in the world. Pure geometry worked out from a KernelView: no widget, no OpenGL.
///
/// Input frames stand one behind the other on the lower level, time running away; a map frame hangs one level
/// higher above the middle of the frames it was made from. Output cell o covers the input cells
///   o · stride − padBefore + (span − stride) / 2 + [0, stride)
/// on x and y, so that it lies exactly above the middle of its patch.
struct StageLayout {
  bool valid = false;  ///< false: there is no result to show
  std::vector<StagePlane>
      planes;  ///< padding and input frames by t (by channel inside), then maps by t, then slices
  Shape input;
  Shape output;
  Triple voxel{0, 0, 0};
  int filter = 0;
  bool inputOnly = false;        ///< the input tensor alone: no maps; the kernel's place is not drawn
  bool kernelLarge = false;      ///< the kernel's cells take the left part of the stage
  bool response = false;         ///< the kernel's response in time stands below its block
  bool ghost = false;            ///< and a shorter kernel beside the block
  bool veiled = false;           ///< the maps behind the kernel's are left out, and their number is not told
  bool valueVeiled = false;      ///< the voxel's value is a question mark
  bool still = false;            ///< one input frame and no padding in time: no t anywhere
  std::array<bool, 3> slides{};  ///< t, y, x: an arrow for each
  double frameHeight = 1;        ///< in frame widths
  std::vector<StageBox>
      patches;  ///< the kernel's patch on each frame it reads, flat in z; by channel, then time
  std::vector<StageBox> cuboids;       ///< one through the patches of each row of frames
  std::array<Vec3, 4> voxelCorners{};  ///< upper left, upper right, lower right, lower left
  std::optional<StageBox> mapVolume;   ///< in the volume modes
  Triple unused{0, 0, 0};              ///< cells at the far end of the clip that no kernel position reaches
  Vec3 axisFrom, axisTo;               ///< the time axis on the floor
  bool mirrored = false;               ///< seen from the other side: the frames' left edges are the near ones
  std::vector<FitAnchor> anchors;      ///< what the camera frames: the same at every kernel position
  std::vector<Vec3> mapCorners;        ///< of the voxel's map frame
  Vec3 lowerLevel;                     ///< middle of the left edge of the nearest input frame

  [[nodiscard]] const StagePlane* find(PlaneKind kind, int t, int channel = -1) const;
  bool operator==(const StageLayout&) const = default;
};

/// Lays out `view`. `travel` animates the gaps and the patch between two voxels.
[[nodiscard]] StageLayout layoutOf(const KernelView& view, const LookTheme& theme,
                                   const KernelTravel& travel = {});

/// Input frames (−before … L + after − 1) that the kernel reads for map frame t.
[[nodiscard]] std::vector<int> framesUnderKernel(const ConvSpec& conv, const ConvGeometry& geometry, int t);

/// Textured frames and maps beyond this number are thinned out (every n-th shown, the lit ones always).
inline constexpr int kMaxTexturedPlanes = 48;

}  // namespace convscope
