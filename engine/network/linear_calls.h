#pragma once

#include "engine/network/op_call.h"
#include "engine/network/op_window.h"

#include <span>
#include <vector>

/// What operators and their gradients share, beside convolutions (conv_call.h) and pools (pool_window.h).
namespace convscope {

/// The two old positions that a new one mixes, and the share of the second; outside: neither, the constant.
struct ResizeMix {
  std::int64_t first = 0, second = 0;
  float share = 0;
  bool outside = false;
};

/// What a Resize does to one axis: one mix for each of its new positions.
struct ResizeAxis {
  std::size_t axis = 0;
  std::vector<ResizeMix> mixes;
};

/// The axes that a Resize (or Upsample) node changes, in the order in which it does. Refuses what it cannot
/// resize.
[[nodiscard]] std::vector<ResizeAxis> resizeAxes(const OpCall& call);

/// Mean and variance (of all, not of a sample), in two passes: the variance of large values close to each
/// other survives.
struct Moments {
  double mean = 0;
  double variance = 0;
};
[[nodiscard]] Moments momentsOf(std::span<const float> values);

/// Input `input` of a LayerNormalization, one number for each value of a line, whose extents are `tail`.
[[nodiscard]] std::vector<float> lineNumbers(const OpCall& call, std::size_t input, const Dims& tail);

/// A ConvTranspose node: out(o) = Σ w · in(i) over all i, j with i·stride + j·dilation = o + before.
struct TransposedCall {
  OpWindow window;  ///< on the input's positions
  Triple output;    ///< extent
  Triple before;    ///< leading positions that the padding cuts off
  int groups = 1;
};
[[nodiscard]] TransposedCall transposedCall(const OpCall& call);

}  // namespace convscope
