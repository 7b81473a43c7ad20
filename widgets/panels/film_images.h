#pragma once

#include "widgets/look/look_theme.h"
#include "widgets/state/kernel_view.h"

#include <QImage>

#include <vector>

namespace convscope {

/// The flat pictures of a Kernel view: input frames, the maps of the chosen filter and one slice of each
/// along time. Made once per change of result, range, theme or painted part and kept; painting only copies
/// them to the screen. One pixel is one cell, or where a frame has more than kLongestSide of them, every n-th
/// cell. GUI thread only.
class FilmImages {
 public:
  static constexpr int kLongestSide = 320;

  /// Which plane the slices lie in: x–t through one row, or y–t through one column.
  enum class Plane { XT, YT };

  /// Makes anew what `view` shows differently. Cost: O(cells that changed), nothing where nothing did.
  void update(const KernelView& view, Plane plane);

  [[nodiscard]] const std::vector<QImage>& frames() const { return m_frames; }  ///< L pictures
  /// L′ pictures; empty ones where the result holds nothing of the chosen filter.
  [[nodiscard]] const std::vector<QImage>& maps() const { return m_maps; }
  [[nodiscard]] const QImage& inputSlice() const { return m_inputSlice; }    ///< W (or H) × L, t downwards
  [[nodiscard]] const QImage& outputSlice() const { return m_outputSlice; }  ///< W′ (or H′) × L′
  /// True where no cell of map frame `t` is painted yet.
  [[nodiscard]] bool blank(int t) const { return m_painted.at(static_cast<std::size_t>(t)) == 0; }

 private:
  /// All that the maps' pictures depend on beside the voxel.
  struct MapKey {
    std::shared_ptr<const StudyResult> holder;
    int filter = -1;
    std::string colours;
    Theme theme = Theme::Dark;
    RangeMode rangeMode = RangeMode::Map;
    double fixedRange = 1;
    bool operator==(const MapKey&) const = default;
  };
  struct SliceKey {
    std::shared_ptr<const Clip> clip;
    Plane plane = Plane::XT;
    int line = -1;
    bool operator==(const SliceKey&) const = default;
  };
  void updateFrames(const KernelView& view);
  void updateMaps(const KernelView& view);
  void updateInputSlice(const KernelView& view, Plane plane);
  void updateOutputSlice(const KernelView& view, Plane plane);
  [[nodiscard]] QImage mapImage(const KernelView& view, const ColourMap& colours, QRgb unpainted,
                                int t) const;

  std::shared_ptr<const Clip> m_clip;
  ValueRange m_pixelRange{0, 1};
  MapKey m_mapKey;
  SliceKey m_sliceKey;
  std::vector<float> m_ranges;  ///< upper end of the colour scale of each map frame
  std::vector<QImage> m_frames;
  std::vector<QImage> m_maps;
  std::vector<std::int64_t> m_painted;  ///< cells painted of each map frame; −1: not known
  QImage m_inputSlice;
  QImage m_outputSlice;
};

/// The colour scale of the maps: unsigned where no value can be below 0.
[[nodiscard]] const ColourMap& mapColours(const KernelView& view);

}  // namespace convscope
