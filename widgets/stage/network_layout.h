#pragma once

#include "widgets/stage/field_layout.h"
#include "widgets/state/network_view.h"

namespace convscope {

/// The two levels of the Network stage in the world: the clip's frames below, time running away, those that
/// the unit sees further apart; above them the frames of the chosen channel, every cell over the middle of
/// what it sees. One unit is the clip's width. boxes: what the unit sees of the clip, then the unit; none
/// where a class score is explained. Of saliency there is the lower level alone.
[[nodiscard]] FieldLayout networkLayoutOf(const NetworkView& view);

}  // namespace convscope
