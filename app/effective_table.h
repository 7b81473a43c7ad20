#pragma once

#include "app/command_line.h"

#include <iosfwd>

namespace convscope {

/// --batch --field --effective: measures the effective field of a unit, or of the middle unit of every layer,
/// and prints it to `out` as CSV, numbers with a point whatever the system's language:
///   layer,unit,field,measure,sigma,width95,mean,runs,silent
/// two rows a unit, `measure` being "|gradient|" and "gradient^2"; unit counts from 1, mean from 0 in
/// positions of the clip, triples are t×y×x. Writes the file of --export-effective, and that of
/// --export-field instead of printing. Errors: those of fieldNetwork(), effectiveField(), the clip; BadUsage
/// with the nearest name where there is no such layer; Io. `progress` gets a line where it is not null.
[[nodiscard]] Result<void> runEffective(const Options& options, std::ostream& out, std::ostream* progress);

}  // namespace convscope
