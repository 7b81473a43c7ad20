#pragma once

#include "app/command_line.h"

#include <iosfwd>

namespace convscope {

/// --batch --readout-table: trains and tests a readout for every kernel shape of the table (or that of
/// --kernel alone) with strides of 1 and 2 in time (or that of --stride) and prints
///   l,h,w,stride,accuracy,still,left,right,up,down,flicker,noise,partial
/// one line a readout: the stride in time, the share of the held-out clips that move as a whole named right,
/// the same of each class and of the clips of which a part moves. Bank and dilation are those of `state`. The
/// same text on every run. Errors: those of trainReadout(), at the first shape that has one.
[[nodiscard]] Result<void> printReadoutTable(const Options& options, const AppState& state,
                                             std::ostream& out);

}  // namespace convscope
