#pragma once

#include "engine/conv/line_kernels.h"

namespace convscope {

/// The instruction set that oneDNN uses on this processor, within what ONEDNN_MAX_CPU_ISA in the environment
/// allows it; null where that is less than AVX2 and its kernels are not worth a choice. Thread-safe.
[[nodiscard]] const LineTarget* oneDnnTarget();

}  // namespace convscope
