#pragma once

#include "widgets/stage/network_layout.h"
#include "widgets/stage/stage_ink.h"

namespace convscope {

/// Paints everything but the frames' pictures: outlines, the field of the unit on the clip, its links, the
/// unit with its value, names, times and the legend. Appends the labels painted to `labels`.
void paintNetworkOverlay(const NetworkView& view, const FieldLayout& layout, const StageCamera& camera,
                         const LookTheme& theme, const StageInk& ink, std::vector<StageLabel>& labels);

/// Where the frame of an explanation that plays stands large, px of a stage of that size.
[[nodiscard]] QRectF momentPlace(const NetworkView& view, const QSizeF& stage, const LookTheme& theme);

/// The scale that a layer's maps are shown on.
[[nodiscard]] const ColourMap& networkScale(const NetworkView& view, const LookTheme& theme);

/// "0.62", "+12.5": a value of a map in so many digits as its range asks for.
[[nodiscard]] QString mapValueText(double value, double range, bool isUnsigned);

}  // namespace convscope
