#pragma once

#include "engine/conv/convolve.h"

#include <cstdint>
#include <span>
#include <vector>

namespace convscope {

/// A convolution that was computed before, with the same ConvSpec as the one now wanted.
struct EarlierMaps {
  const ConvGeometry& geometry;
  const FilterBank& bank;
  const Tensor& maps;  ///< the full result, one channel per filter
};

/// Which maps and map frames of a new result stand in an earlier one already.
struct ReusePlan {
  std::vector<int> filterFrom;  ///< for each filter the earlier one with the same weights and bias, or −1
  std::vector<int> frameFrom;   ///< for each map frame the earlier one made of the same input frames, or −1
  std::int64_t multiplyAdds = 0;  ///< left to compute, counted as costOf() counts

  /// Whether map frame `t` of filter `k` can be taken over.
  [[nodiscard]] bool takes(int k, int t) const {
    return filterFrom[static_cast<std::size_t>(k)] >= 0 && frameFrom[static_cast<std::size_t>(t)] >= 0;
  }
};

/// Compares a convolution with an earlier one of the same spec. `sameFrame[t]` is the frame of the earlier
/// input that holds the same values as frame t of the new one, or −1. A map frame is taken over only where
/// all its l taps in time read the same frames, zeros included: with padding in time the border frames of a
/// clip that was slid along differ, and are computed again. Where groups are used, all filters of a group
/// with a changed filter count as changed. Nothing is taken over where the result and a second one, for the
/// parts, would not fit the memory budget, and where the kernel of the layer gives a part other bits alone
/// (KernelBits::Layer) or the earlier maps are another kernel's. Cost O(filters · weights + L′² + L′ · l);
/// thread-safe. Both geometries must agree in height, width and channels of the input, and `sameFrame` must
/// have one entry for each input frame.
[[nodiscard]] ReusePlan planReuse(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                                  const EarlierMaps& earlier, std::span<const int> sameFrame);

/// The same maps as convolve(), bit for bit, computing only the outputs that `plan` cannot take over: these
/// are computed as if alone and the others copied; no difference is ever added to an old sum. Errors, memory
/// order and thread rule: those of convolve().
[[nodiscard]] Result<Tensor> convolveChanged(const Tensor& input, const ConvSpec& spec,
                                             const FilterBank& bank, const EarlierMaps& earlier,
                                             const ReusePlan& plan, const ComputeContext& context);

}  // namespace convscope
