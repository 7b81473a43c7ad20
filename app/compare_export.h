#pragma once

#include "widgets/state/compare_view.h"

#include <string>

namespace convscope {

/// What the Compare workspace shows, as CSV: numbers with a point, whatever the system's language. Of what is
/// not known of a column the cell is empty. Thread-safe.

/// One row a figure of the table "Side by side", one column a column of the comparison, the unit last:
/// quantity,A 3×3×3,B 1×3×3,unit.
[[nodiscard]] std::string comparisonCsv(const CompareView& view);
/// column,filter,direction,speed,amplitude, one row for each grating. The filter counts from 1 and is there
/// for networks alone.
[[nodiscard]] std::string tuningCurvesCsv(const CompareView& view);
/// column,tempo,strength, of the maps on the clip made slower and faster.
[[nodiscard]] std::string tempoCurvesCsv(const CompareView& view);

}  // namespace convscope
