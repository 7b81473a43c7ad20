#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"

namespace convscope {

/// geometryOf() for the filters of `bank`, after checking that each holds C/groups × l × h × w weights.
/// Errors: those of geometryOf; BadSpec, a sentence that names the filter and both counts. Cost O(filters).
[[nodiscard]] Result<ConvGeometry> checkedGeometry(const Shape& input, const ConvSpec& spec,
                                                   const FilterBank& bank);

}  // namespace convscope
