#pragma once

#include "app/command_line.h"

#include <iosfwd>

namespace convscope {

/// --batch --model --explain: runs the network on the clip, explains it and writes the result as float32: of
/// saliency and Grad-CAM the heat on the clip (L, H, W), of a stimulus its pixels (l, h, w, C), 0 … 1. Prints
/// class or channel and sizes to `out`. Errors: those of computeNetwork(), rowNamed() and explain(); Io.
[[nodiscard]] Result<void> runExplanation(const Options& options, std::ostream& out, std::ostream* progress);

}  // namespace convscope
