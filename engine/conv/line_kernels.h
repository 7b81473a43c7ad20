#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/cpu_flags.h"
#include "engine/conv/fast_fir_kernels.h"
#include "engine/conv/filter_lane_kernels.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace convscope {

/// One line of outputs for a block of filters: `count` outputs whose inputs lie side by side for every tap,
/// or at every second place.
///
///   out[f · filterPitch + n] =
///     activation(biases[f] + Σ_tap weights[tap · filters + f] · input[taps[tap] + n · columnStep])
///
/// Terms are added in the order of the taps, starting from the bias, in every lane and every block alike: an
/// output gets the same bits wherever it falls in a line, however lines are cut, and however filters are
/// grouped.
///
/// A line may run over rows: with rowPitch > rowLength the outputs n = r · rowPitch + x with x < rowLength go
/// to output[f · filterPitch + r · rowLength + x] and the others nowhere. Only where LineKernel::storesRows,
/// and with rowPitch ≥ LineKernel::lanes; `count` then ends with the last output of a row.
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
  int columnStep = 1;  ///< 1 or 2
  int rowPitch = 0;    ///< 0: the line is one row
  int rowLength = 0;
  Activation activation = Activation::None;
  /// What is asked for ahead of its use, in floats from the first input of each tap; 0: nothing. For inputs
  /// whose taps lie too far apart for the processor to foresee that they will be read.
  std::ptrdiff_t fetchAhead = 0;
};

/// Several lines of outputs of one filter, one below the other (or one after the other in time), where the
/// kernel is `reach` cells long in that direction: each input line is loaded once for all output lines that
/// it feeds.
///
///   out[r · outputPitch + n] =
///     activation(bias + Σ_tap Σ_j weights[tap · reach + j] ·
///                       input[taps[tap · reach] + (r · stride + j) · inputPitch + n · columnStep])
///
/// The order of the terms is that of LineJob for the same taps, so both give the same bits.
struct StackJob {
  const float* input = nullptr;
  std::ptrdiff_t inputPitch = 0;  ///< between input lines
  const std::ptrdiff_t* taps = nullptr;
  int tapCount = 0;                ///< number of taps divided by reach
  int reach = 2;                   ///< 2 … kLongestReach
  int stride = 1;                  ///< 1 or 2
  int columnStep = 1;              ///< 1 or 2
  const float* weights = nullptr;  ///< order tap, j
  float bias = 0;
  float* output = nullptr;
  std::ptrdiff_t outputPitch = 0;
  int rows = 0;   ///< at least kFewestRows
  int count = 0;  ///< outputs of one line
  Activation activation = Activation::None;
};
inline constexpr int kLongestReach = 7;
inline constexpr int kFewestRows = 4;
inline constexpr int kLongestStackStride = 2;
inline constexpr int kLongestColumnStep = 2;

/// Rows split in two: even[r · toPitch + i] = from[r · fromPitch + 2i], odd[…] = from[… + 1]; either may be
/// null.
struct SplitJob {
  const float* from = nullptr;
  std::ptrdiff_t fromPitch = 0;
  float* even = nullptr;
  float* odd = nullptr;
  std::ptrdiff_t toPitch = 0;
  int rows = 0;
  int pairs = 0;
};

/// The kernels as built for one instruction set.
struct LineKernel {
  int lanes = 1;         ///< floats in one vector
  int largestBlock = 1;  ///< filters computed together at most; smaller blocks are the powers of two below
  bool storesRows = false;
  void (*run)(const LineJob&) = nullptr;
  void (*runStack)(const StackJob&) = nullptr;
  void (*splitRows)(const SplitJob&) = nullptr;
  FilterLaneKernel filterLanes;
  FastFirKernel fastFir;
};

struct LineTarget {
  std::string_view name;  ///< as Highway calls it: "AVX3", "AVX2", "SSE4", "NEON", "SCALAR"
  CpuFlags flag = 0;      ///< its bit
  LineKernel kernel;
};

/// Every instruction set that the kernel was built for and this processor can run, best first. Thread-safe.
[[nodiscard]] const std::vector<LineTarget>& lineTargets();

}  // namespace convscope
