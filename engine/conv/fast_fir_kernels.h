#pragma once

#include "engine/conv/conv_spec.h"

#include <cstddef>
#include <cstdint>

namespace convscope {

/// The planes of differences of fast_fir.h of inputs `step` apart; plane p goes to planes[p · pitch + i], and
/// plane 0, the input itself, is there already. Reads 3 · step values beyond `count`.
struct FirPlanesJob {
  float* planes = nullptr;
  std::ptrdiff_t pitch = 0;
  std::ptrdiff_t step = 0;
  std::ptrdiff_t count = 0;
};

/// The kFirSums sums of fast_fir.h to as many of their kFirOutputs outputs as are wanted:
/// outputs[r · outputPitch + i] = activation(Σ_s factor[r, s] · sums[s · sumPitch + i])
struct FirOutputsJob {
  const float* sums = nullptr;
  std::ptrdiff_t sumPitch = 0;
  float* outputs = nullptr;
  std::ptrdiff_t outputPitch = 0;
  int wanted = 0;
  std::ptrdiff_t count = 0;
  Activation activation = Activation::None;
};

/// The same for sums in the order output, filter, as FilterLanesJob::sums leaves them:
/// outputs[r · outputPitch + f · filterPitch + n] from sums[s · sumPitch + n · FilterLaneKernel::filters + f]
struct FirLanesJob {
  FirOutputsJob lines;  ///< `count` outputs of each filter
  int filters = 0;      ///< that are stored, at most FilterLaneKernel::filters
  std::ptrdiff_t filterPitch = 0;
};

/// As built for one instruction set; all give the same bits and are thread-safe.
struct FastFirKernel {
  void (*planes)(const FirPlanesJob&) = nullptr;
  void (*outputs)(const FirOutputsJob&) = nullptr;
  void (*outputsOfLanes)(const FirLanesJob&) = nullptr;
};
/// `target`: one of Highway's that this processor can run. Called by lineTargets() alone, as
/// filterLaneKernel().
[[nodiscard]] FastFirKernel fastFirKernel(std::int64_t target);

}  // namespace convscope
