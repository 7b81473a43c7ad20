#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"
#include "engine/core/tensor.h"

#include <string>
#include <vector>

namespace convscope::bench {

/// One convolution whose speed is measured.
struct ConvCase {
  std::string name;
  Shape input;  ///< (L, H, W, C)
  ConvSpec spec;
  int filters = 1;
};

/// What a person meets while tuning: 16 × 112 × 112 (S) and 32 × 224 × 224 (M), one channel or colour, few
/// filters or many, six kernel shapes, the same stride 1 or 2 on all axes, valid padding. 120 cases.
[[nodiscard]] std::vector<ConvCase> interactiveCases();

/// Layers from the depths of the usual video networks, padding "same".
[[nodiscard]] std::vector<ConvCase> deepCases();

/// The drag that must keep 30 frames a second: l from 1 to 7 on 16 × 112 × 112 RGB, eight filters.
[[nodiscard]] std::vector<ConvCase> dragCases();

/// The data of a case, uniform in [−0.5, 0.5) and the same in every run.
[[nodiscard]] Tensor inputOf(const ConvCase& layer);
[[nodiscard]] FilterBank bankOf(const ConvCase& layer);

}  // namespace convscope::bench
