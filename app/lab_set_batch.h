#pragma once

#include "app/command_line.h"

#include <iosfwd>

namespace convscope {

/// --batch --lab-set: with --export-lab-set writes all clips of the set (see writeLabSet()); with --model
/// prints how the network does on them, after --clip-change where given: accuracy, how far the change moves
/// its scores, and the confusion matrix as CSV. --seed takes the place of the set's own. Progress to
/// `progress` where it is not null. Errors: those of readLabSet(), writeLabSet(), openNetwork() and
/// accuracyOn().
[[nodiscard]] Result<void> runLabSet(const Options& options, std::ostream& out, std::ostream* progress);

}  // namespace convscope
