#pragma once

#include "widgets/stage/stage_frame.h"

namespace convscope {

/// The colour scale with its numbers. Its ends are grips that fix the range of the colours; of an isosurface,
/// ticks on the scale are the level.
void paintLegend(const StageCanvas& canvas);

/// What of a legend with this bar lies under a point of the stage.
[[nodiscard]] LegendPart legendPartAt(const KernelView& view, const QRectF& bar, QPointF at);

/// Look::isoLevel for a tick drawn to a point; two decimals, .02 … .98.
[[nodiscard]] double levelAt(const KernelView& view, const QRectF& bar, QPointF at);

/// The fixed range after the end of the scale was drawn from `pressed` to `at`, beginning with range `from`:
/// outwards is wider, a width of the bar is a factor of four. Two significant digits, within 1e-9 … 1e9.
[[nodiscard]] double rangeAt(const QRectF& bar, double from, QPointF pressed, QPointF at);

/// The end of the scale in words: "+1.0", "+0.25", "+400"; as many decimals as the number has.
[[nodiscard]] int rangeDecimals(double range);

}  // namespace convscope
