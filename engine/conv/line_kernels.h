#pragma once

#include "engine/conv/conv_spec.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace convscope {

/// One line of outputs for a block of filters: `count` outputs whose inputs lie side by side for every tap.
///
///   out[f · filterPitch + n] = activation(biases[f] + Σ_tap weights[tap · filters + f] · input[taps[tap] +
///   n])
///
/// Terms are added in the order of the taps, starting from the bias, in every lane and every block alike: an
/// output gets the same bits wherever it falls in a line, however lines are cut, and however filters are
/// grouped.
struct LineJob {
  const float* input = nullptr;
  const std::ptrdiff_t* taps = nullptr;
  int tapCount = 0;
  const float* weights = nullptr;  ///< order tap, filter
  const float* biases = nullptr;   ///< `filters` values
  int filters = 0;                 ///< one of LineKernel::blocks
  float* output = nullptr;
  std::ptrdiff_t filterPitch = 0;
  int count = 0;
  Activation activation = Activation::None;
};

/// The line kernel as built for one instruction set.
struct LineKernel {
  int lanes = 1;         ///< floats in one vector
  int largestBlock = 1;  ///< filters computed together at most; smaller blocks are the powers of two below
  void (*run)(const LineJob&) = nullptr;
};

struct LineTarget {
  std::string_view name;  ///< as Highway calls it: "AVX3", "AVX2", "SSE4", "NEON", "SCALAR"
  LineKernel kernel;
};

/// Every instruction set that the kernel was built for and this processor can run, best first. Thread-safe.
[[nodiscard]] const std::vector<LineTarget>& lineTargets();

}  // namespace convscope
