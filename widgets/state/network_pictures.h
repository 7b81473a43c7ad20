#pragma once

#include "engine/clip/clip.h"
#include "engine/field/receptive_field.h"

#include <QImage>

#include <array>
#include <vector>

namespace convscope {

using Pictures = std::vector<QImage>;
using ColourScale = std::vector<QRgb>;  ///< 256 colours, from the low end to the high one

/// Frames of pixels (L, H, W, 1 or 3) whose values `range` holds.
[[nodiscard]] Pictures pixelPictures(const Tensor& pixels, const ValueRange& range);

/// Byte pictures of one channel at one frame, on a scale that ends at `range`.
[[nodiscard]] QImage mapPicture(const Tensor& maps, int channel, int t, double range, bool isUnsigned,
                                const ColourScale& scale);

/// One row of a channel over time (t runs down), or one column (t runs across), as mapPicture() colours them.
[[nodiscard]] QImage rowPicture(const Tensor& maps, int channel, int row, double range, bool isUnsigned,
                                const ColourScale& scale);
[[nodiscard]] QImage columnPicture(const Tensor& maps, int channel, int column, double range, bool isUnsigned,
                                   const ColourScale& scale);

/// A heat (L, H, W, 1) of values ≥ 0 to lie over frames: the higher a value, the less shows through; the root
/// of its share of `end` keeps the thin rim in sight.
[[nodiscard]] Pictures heatPictures(const Tensor& heat, double end, const ColourScale& scale);

/// One channel of maps to lie over the frames of the clip that they were made of, cell by cell: each voxel of
/// the clip shows the unit whose field has its middle nearest. `field` is that of the maps' units; an axis
/// that the maps have lost (extent 1 and `lost`) covers all.
struct MapOver {
  const Tensor& maps;
  int channel = 0;
  const std::array<AxisField, 3>& field;
  std::array<bool, 3> lost{};
  double range = 1;
  bool isUnsigned = false;
};
[[nodiscard]] Pictures mapOverPictures(const MapOver& over, const Shape& clip, const ColourScale& scale);

}  // namespace convscope
