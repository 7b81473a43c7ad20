#pragma once

#include "widgets/stage/stage_layout.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace convscope {

/// Everything that decides what a plane's texture holds. Equal keys: equal pixels.
struct TextureKey {
  std::shared_ptr<const void> source;  ///< clip or result; kept so that its address is not given away again
  PlaneKind kind = PlaneKind::Input;
  int t = 0;
  int channel = -1;
  double range = 0;  ///< largest magnitude of the colour scale
  std::string map;   ///< colour map
  int theme = 0;
  std::int64_t painted = -1;  ///< cells of the map frame that the kernel has reached; −1: all are shown
  bool operator==(const TextureKey&) const = default;
};

/// Cells as colours, red, green and blue, the first row on top.
struct TexturePixels {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
  /// Share of the texture's width and height that the plane covers: below 1 in a preview whose last cell
  /// hangs over.
  double coverX = 1;
  double coverY = 1;
};

/// KernelView::mapRange() kept until its inputs change: asked for every plane at every step of the kernel.
class MapRanges {
 public:
  /// Largest magnitude of the colour scale of map frame t of the chosen filter.
  [[nodiscard]] double at(const KernelView& view, int t);

 private:
  const KernelResult* m_result = nullptr;
  std::weak_ptr<const StudyResult> m_holder;
  Look m_look;
  int m_filter = -1;
  std::vector<double> m_frames;  ///< 0: not asked yet
};

[[nodiscard]] TextureKey textureKey(const StagePlane& plane, const KernelView& view, const LookTheme& theme,
                                    double range);
[[nodiscard]] TexturePixels texturePixels(const StagePlane& plane, const KernelView& view,
                                          const LookTheme& theme, double range);

/// The scale that the maps are shown on.
[[nodiscard]] const ColourMap& mapScale(const KernelView& view, const LookTheme& theme);

}  // namespace convscope
