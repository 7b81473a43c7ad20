#pragma once

#include "engine/conv/conv_spec.h"

#include <cstddef>
#include <cstdint>

namespace convscope {

/// One line of outputs for a block of filters that lie side by side in the vectors:
///
///   out[f · filterPitch + n] = activation(biases[f] + Σ_tap weights[tap · FilterLaneKernel::filters + f] ·
///                                                          input[taps[tap] + n · columnStep])
///
/// Weights and biases are padded with zeros to whole blocks. The order of the terms is that of LineJob for
/// the same taps, so both give the same bits.
struct FilterLanesJob {
  const float* input = nullptr;
  const std::ptrdiff_t* taps = nullptr;
  int tapCount = 0;
  int columnStep = 1;              ///< 1 or 2
  const float* weights = nullptr;  ///< order tap, filter
  const float* biases = nullptr;
  int filters = 0;  ///< that are stored, at most FilterLaneKernel::filters
  float* output = nullptr;
  std::ptrdiff_t filterPitch = 0;
  int count = 0;
  Activation activation = Activation::None;
  /// Where set, the sums go there alone, for all filters of the block and without the activation: order
  /// output, filter, count · FilterLaneKernel::filters values.
  float* sums = nullptr;
};

/// The kernels as built for one instruction set, which are thread-safe.
struct FilterLaneKernel {
  int filters = 1;  ///< of one job
  void (*run)(const FilterLanesJob&) = nullptr;
};
/// `target`: one of Highway's that this processor can run. Asks Highway's one dispatch table, so it is called
/// by lineTargets() alone, once.
[[nodiscard]] FilterLaneKernel filterLaneKernel(std::int64_t target);

}  // namespace convscope
