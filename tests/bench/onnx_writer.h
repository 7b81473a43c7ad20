#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"

#include <string>

namespace convscope::bench {

/// The bytes of an ONNX model (opset 13) that holds one Conv layer: input "x" of shape (1, C, L, H, W),
/// output "y". `spec` must have zero padding and no activation; the filters' biases are left out.
[[nodiscard]] std::string onnxModelOf(const ConvSpec& spec, const ConvGeometry& geometry,
                                      const FilterBank& bank);

}  // namespace convscope::bench
