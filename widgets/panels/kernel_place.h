#pragma once

#include "widgets/state/kernel_view.h"

#include <array>
#include <optional>

namespace convscope {

// Where the kernel stands and what the pointer means, for views that draw it flat. Positions t, y, x count
// from 0, texts from 1. All are O(1) and pure.

/// Input position of the kernel's first tap for output `voxel`; below 0 in the padding.
[[nodiscard]] Triple patchStart(const KernelResult& result, const Triple& voxel);
/// Input position at the middle of the patch, (span − 1)/2 rounded down after its start, clamped into the
/// clip.
[[nodiscard]] Triple patchMiddle(const KernelResult& result, const Triple& voxel);
/// Where the slices run: through the pinned input voxel, or through the middle of the patch.
[[nodiscard]] Triple sliceThrough(const KernelView& view);
/// The output position whose row and column the slices of the output show, nearest to that of the input.
[[nodiscard]] Triple outputSliceThrough(const KernelView& view);
/// Middle of the patch of output position `at` along one axis, as a real number; not clamped.
[[nodiscard]] double patchCentre(const KernelResult& result, Axis axis, int at);
/// The output position whose patch has its middle nearest to input position `at`, inside the output.
[[nodiscard]] int outputNear(const KernelResult& result, Axis axis, double at);
/// True where the kernel at `voxel` reads input position `at` along `axis` (with dilation some are passed
/// over).
[[nodiscard]] bool readsAlong(const KernelResult& result, Axis axis, const Triple& voxel, int at);

/// How many frames the kernel at `voxel` reads: of the clip, and of the padding before and after it.
struct FramesRead {
  int clip = 0;
  int padding = 0;
};
[[nodiscard]] FramesRead framesRead(const KernelResult& result, const Triple& voxel);
/// Frames, rows and columns at the far end of the clip that no position of the kernel reaches, because the
/// stride leaves them over.
[[nodiscard]] Triple unusedInClip(const KernelResult& result);

/// The input cell under the pointer: where a weight is pointed at, the cell that it is multiplied with.
[[nodiscard]] std::optional<InputPoint> hoveredInput(const KernelView& view);
/// The kernel tap under the pointer: where an input cell inside the patch is pointed at, the tap that reads
/// it.
[[nodiscard]] std::optional<InputPoint> hoveredTap(const KernelView& view);
/// The output position under the pointer.
[[nodiscard]] std::optional<Triple> hoveredOutput(const KernelView& view);

/// Puts the kernel at the given output positions; axes without one stay as they are.
[[nodiscard]] StateEdit moveKernel(std::optional<int> t, std::optional<int> y, std::optional<int> x);

/// "R", "G", "B" of a colour clip; "grey" of one channel; else "c1", "c2", ….
[[nodiscard]] QString channelName(int channel, int channels);
/// "3,4,5": the frames read for map frame `t`, counted from 1, padding as "·"; more than `most` are "3…18".
[[nodiscard]] QString framesText(const KernelResult& result, int t, int most = 4);
/// "t=(3,4,5)", short where the kernel is long.
[[nodiscard]] QString mapTitleShort(const KernelView& view, int t);
/// "t=4 y=20 x=14".
[[nodiscard]] QString positionText(const Triple& at);
/// "t=(3,4,5) y=19 x=13".
[[nodiscard]] QString voxelText(const KernelView& view, const Triple& voxel);

}  // namespace convscope
