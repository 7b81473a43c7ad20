#pragma once

#include "app/command_line.h"

#include <iosfwd>

namespace convscope {

/// --batch --model --export-shifts: the clip shifted along each axis, see shiftCurve(), for all variants, as
/// CSV. Prints which class is followed and what cannot be done. Errors: those of computeNetwork() and
/// shiftCurve(); BadUsage for a layer that the network has not; Io.
[[nodiscard]] Result<void> runShifts(const Options& options, std::ostream& out, std::ostream* progress);

}  // namespace convscope
