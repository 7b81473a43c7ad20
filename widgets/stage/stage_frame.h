#pragma once

#include "widgets/stage/stage_ink.h"
#include "widgets/stage/stage_layout.h"

#include <QPolygonF>

#include <array>
#include <optional>
#include <vector>

namespace convscope {

struct KernelResponse;
struct StageFurniture;

/// Parts of the legend that answer to the pointer.
enum class LegendPart {
  None,
  Scale,  ///< the bar: a double click gives the range back to the maps
  Range,  ///< an end of it
  Level,  ///< a tick of the isosurface
};

/// Everything that one painting of the stage is made from.
struct StageFrame {
  const StageLayout& layout;
  const StageCamera& camera;
  const KernelView& view;
  const LookTheme& theme;
  const StageFurniture& furniture;
  double range = 1;                          ///< largest magnitude of the colour scale, for the legend
  double pixelRatio = 1;                     ///< device pixels a px
  LegendPart legend = LegendPart::None;      ///< under the pointer or dragged
  std::optional<Axis> handle = {};           ///< of the large kernel: under the pointer or dragged
  const KernelResponse* response = nullptr;  ///< where the look asks for it
};

/// A frame being painted: its strokes and the labels that it got so far.
struct StageCanvas {
  const StageFrame& frame;
  const StageInk& ink;
  std::vector<StageLabel>& labels;

  void label(LabelKind kind, QPointF at, Qt::Alignment alignment, const QString& text, const QFont& font,
             const QColor& colour, bool halo, bool lit = false) const {
    labels.push_back({kind, text, ink.text(at, alignment, text, font, colour, halo), lit});
  }
};

// Shapes of the world in px of the stage.

[[nodiscard]] QPolygonF projected(const std::array<Vec3, 4>& corners, const StageCamera& camera);
/// Corner i of a box: bit 0 the larger x, bit 1 the larger y, bit 2 the larger z.
[[nodiscard]] std::array<Vec3, 8> cornersOf(const StageBox& box);
/// A flat box (constant z) as upper left, upper right, lower right, lower left.
[[nodiscard]] QPolygonF patchShape(const StageBox& patch, const StageCamera& camera);
/// The voxel's square, never smaller than can be seen.
[[nodiscard]] QPolygonF voxelShape(const StageLayout& layout, const StageCamera& camera,
                                   const LookTheme& theme);
/// From a cuboid's upper edges to the voxel's lower one: two lines, four for a cuboid with depth. Of several
/// side by side the nearer ends alone: all of them would veil the map.
[[nodiscard]] std::vector<QLineF> linkLines(const StageBox& cuboid, const StageLayout& layout,
                                            const StageCamera& camera, const LookTheme& theme);
/// Tail and tip of the arrow for the direction in which the kernel slides along `axis`: at the patch on the
/// left, if there are several.
[[nodiscard]] QLineF slideArrow(const StageLayout& layout, const StageCamera& camera, const LookTheme& theme,
                                Axis axis);
/// Of "Output maps", "Kernel" and "Input frames": capitals beside a desk, a sentence's letters on a
/// projector.
[[nodiscard]] QFont sectionFont(const LookTheme& theme);
[[nodiscard]] std::vector<QLineF> edgesOf(const QPolygonF& shape);
/// How far from the eye a plane stands, for planes that stand one behind the other in time.
[[nodiscard]] double distanceOf(const StagePlane& plane, const StageCamera& camera);
/// Outlines of the opaque planes that stand nearer than `plane`.
[[nodiscard]] std::vector<QPolygonF> coversOf(const StagePlane& plane, const StageLayout& layout,
                                              const StageCamera& camera);

}  // namespace convscope
