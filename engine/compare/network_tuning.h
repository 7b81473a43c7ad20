#pragma once

#include "engine/compare/grating_tuning.h"
#include "engine/study/network_result.h"

#include <optional>
#include <string>

namespace convscope {

/// How one filter of a network's first convolution, which looks at the clip itself, answers gratings.
struct FirstLayerTuning {
  Tuning tuning;
  std::string layer;  ///< name of the convolution's layer
  int filter = 0;     ///< from 0
  int filters = 1;    ///< of the layer
  int frames = 1;     ///< that its kernel is long
};

/// Of `filter`, or where none is named of the one that prefers a direction most at 1 pixel a frame among
/// those that answer at least kHeard times as strongly as the strongest (all of them are measured then; of
/// equal ones the strongest). Normalisation, bias and activation play no part: this is the linear filter.
/// Errors: those of firstKernels() and tuningOf(). Work on the context's pool. Thread-safe.
[[nodiscard]] Result<FirstLayerTuning> firstLayerTuning(const NetworkResult& network,
                                                        std::optional<int> filter, const TuningSpec& spec,
                                                        const ComputeContext& context);
inline constexpr double kHeard = .25;

/// Whether a row of the network's table belongs to the layer of that convolution, map by filter.
[[nodiscard]] bool isFirstLayer(const NetworkResult& network, int row);

}  // namespace convscope
