#pragma once

#include "widgets/stage/field_layout.h"
#include "widgets/stage/stage_ink.h"

#include <vector>

namespace convscope {

/// Paints everything but the frames' pictures: outlines, the boxes of what the unit sees, the links between
/// them, the unit, names, numbers and legend. Appends the labels painted to `labels`.
/// The part of a stage that the legends take, px.
[[nodiscard]] QRectF fieldLegendArea(const FieldView& view, const QSizeF& stage);

void paintFieldOverlay(const FieldView& view, const FieldLayout& layout, const StageCamera& camera,
                       const LookTheme& theme, const StageInk& ink, std::vector<StageLabel>& labels);

}  // namespace convscope
