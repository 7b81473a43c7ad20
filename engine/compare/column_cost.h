#pragma once

#include "engine/compare/column_result.h"

namespace convscope {

/// Rough time in milliseconds that changedClip() and computeColumn() would take, from the paces that `cache`
/// has learned; infinity where a file must be read, the clip takes long to draw, or the kind of column does
/// not tell beforehand. A stack is taken to have all filters of its table, whatever its run computes: never
/// too short. Reads nothing. Cost: that of expectedMs(), or of tableOf().
[[nodiscard]] double expectedColumnMs(const StudySpec& column, const ClipSpec& clip, const ClipChange& change,
                                      const StudyCache& cache);

}  // namespace convscope
