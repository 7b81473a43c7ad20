#pragma once

#include "engine/core/result.h"
#include "engine/core/shape.h"

#include <cstdint>
#include <string>
#include <vector>

namespace convscope {

/// The weights of one filter, order (c, t, y, x) with x fastest, c over the channels of its group, and its
/// bias. A plain value; the kernel's extent stands in ConvSpec::kernel.
struct Filter {
  std::vector<float> weights;
  float bias = 0;
  std::string preset;   ///< id of the kernel preset it came from, or empty
  bool edited = false;  ///< the weights were changed by hand since
  bool operator==(const Filter&) const = default;
};

/// The filters of one convolution layer, all of the same extent and number of channels.
using FilterBank = std::vector<Filter>;

[[nodiscard]] inline std::int64_t weightCount(const Triple& kernel, int channels) {
  return kernel.product() * channels;
}
[[nodiscard]] inline std::size_t weightIndex(const Triple& kernel, int c, int t, int y, int x) {
  return ((static_cast<std::size_t>(c) * kernel.t + t) * kernel.y + y) * kernel.x + x;
}

/// Weights of all filters of a layer set by hand: they are edited, compared and remembered on the spot.
inline constexpr std::int64_t kMostWeights = 8'000'000;
/// How many filters of that extent have no more weights than that, at least 1.
[[nodiscard]] int mostFilters(const Triple& kernel, int channels);
/// TooLarge with the numbers where `filters` of them have more.
[[nodiscard]] Result<void> checkWeights(const Triple& kernel, int channels, int filters);

/// The same filter for another kernel extent or number of channels, keeping what can be kept: each axis is
/// cropped or extended with zeros about its centre (so that an edge detector stays the same edge detector); a
/// filter with one channel more or less keeps the old channels, new ones start as copies of the mean channel.
[[nodiscard]] Filter fitted(const Filter& filter, const Triple& from, int fromChannels, const Triple& to,
                            int toChannels);

/// Mirrored along one axis. Twice gives back the same bits.
[[nodiscard]] Filter mirrored(const Filter& filter, const Triple& kernel, int channels, Axis axis);
/// Reversed along t, y and x: what "flipped" means.
[[nodiscard]] Filter flippedFilter(const Filter& filter, const Triple& kernel, int channels);
/// Rows and columns exchanged; needs kernel.y == kernel.x.
[[nodiscard]] Filter transposed(const Filter& filter, const Triple& kernel, int channels);
/// Divided by the sum of |w|, so that the response to an input in [0, 1] stays in [−1, 1]. All zeros stay.
[[nodiscard]] Filter normalised(const Filter& filter);
/// A kernel of one frame repeated over `frames` frames and divided by them, as I3D makes a video network from
/// an image network: on a clip that stands still it answers as the flat kernel does. Needs kernel.t == 1; the
/// result's extent is (frames, kernel.y, kernel.x).
[[nodiscard]] Filter inflated(const Filter& filter, const Triple& kernel, int channels, int frames);
/// Normal values of standard deviation sqrt(2 / taps) (He et al. 2015), from `seed`; the same on every
/// machine.
[[nodiscard]] Filter randomFilter(const Triple& kernel, int channels, unsigned seed);
/// The filters that a bank grows by, from its first one: mirrored in x, transposed, transposed and mirrored
/// in y (a filter for "right" gives left, down, up), then the same reversed in time. Variants that equal an
/// earlier one are passed over; where height and width differ, "mirrored in y" takes the place of the
/// transposed ones. At most seven.
[[nodiscard]] std::vector<Filter> variantsOf(const Filter& first, const Triple& kernel, int channels);
/// Makes `bank`, whose first filter fits that extent, `count` filters long: grown by the variants of the
/// first one and then by random filters, or shortened.
void resizeBank(FilterBank& bank, const Triple& kernel, int channels, int count);

}  // namespace convscope
