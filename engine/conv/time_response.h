#pragma once

#include "engine/conv/filter_bank.h"

#include <vector>

namespace convscope {

/// How strongly a filter answers to what changes at a frequency in time, whatever it looks like in space:
///   gain(f) = √ Σ_{c,y,x} |Σ_t w(c, t, y, x) · e^(−2πi·f·dilation·t)|²
/// By Parseval this is the root mean square over all patterns in space. f runs from 0 (what stands still) to
/// half a cycle per frame (what turns around with every frame) in `samples` even steps, both ends included.
/// Weights in the order (c, t, y, x), extent `kernel`, `channels` channels. Needs samples ≥ 2. Cost
/// O(samples · weights). Thread-safe.
[[nodiscard]] std::vector<double> timeResponse(const Filter& filter, const Triple& kernel, int channels,
                                               int dilation, int samples);

}  // namespace convscope
