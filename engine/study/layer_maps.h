#pragma once

#include "engine/core/parallel.h"
#include "engine/study/network_result.h"

#include <memory>
#include <optional>
#include <vector>

namespace convscope {

/// What is to be said of one channel of a layer.
struct ChannelFacts {
  ValueRange range;
  double mean = 0;
  /// Largest magnitude away from the borders, where zero padding answers, with its place. Left out are the
  /// cells whose field reaches into the padding; where they are more than half of an axis, its outermost
  /// cells alone. Values that are not finite are passed over.
  float strongest = 0;
  Triple at{0, 0, 0};
};

/// The maps of one row of a network's table, (L′, H′, W′, C′) in order C′, L′, H′, W′. Immutable and shared.
struct LayerMaps {
  int row = 0;
  Value holder;  ///< what `maps` may be a view of
  Tensor maps;
  std::vector<ChannelFacts> channels;
  std::vector<int> byStrength;  ///< channels, the strongest |response| first
  ValueRange range;             ///< of all channels
  [[nodiscard]] bool unsignedMaps() const { return range.low >= 0; }
};

/// What is to be said of one unit.
struct UnitFacts {
  int row = 0;
  int channel = 0;
  Triple unit{0, 0, 0};
  float value = 0;
  double mean = 0, deviation = 0;       ///< of the channel
  std::vector<std::int64_t> histogram;  ///< of the channel's values, evenly from histogramRange.low to .high
  ValueRange histogramRange;
  /// The sum behind it, where the row is a convolution or follows one value by value.
  struct Sum {
    std::string convolution;  ///< its name
    Triple kernel;
    int channels = 0;                             ///< that it adds up
    std::vector<double> frames;                   ///< partial sum of each frame of the kernel
    std::vector<std::pair<int, double>> largest;  ///< channels with the largest partial sums, by magnitude
    double bias = 0;
    double value = 0;  ///< sum of all products and bias
    std::string then;  ///< "BN, ReLU": what is done to it afterwards, or empty
  };
  std::optional<Sum> sum;
};
inline constexpr int kHistogramBins = 28;
inline constexpr int kLargestChannels = 4;

/// A value of a network as maps, in order C, L, H, W: where its axes stand so it is read in place, and lives
/// as long as the value. Axes that are not t, y or x count channels, but N, of which the first is shown; of
/// `pictures` N is time.
[[nodiscard]] Tensor mapsOf(const Value& value, const ClipAxes& axes, bool pictures);

/// Maps of row `row`, as kept or computed again. Errors: those of Runner::recompute(); BadSpec where the row
/// makes no float32 values. Thread-safe.
[[nodiscard]] Result<std::shared_ptr<const LayerMaps>> layerMaps(const NetworkResult& result, int row,
                                                                 const ComputeContext& context);

/// Range of every kept float32 activation. Cost O(values kept). Thread-safe.
[[nodiscard]] ValueRange networkRange(const NetworkResult& result);

/// Facts of a unit inside `maps`. Errors: those of layerMaps(). Thread-safe.
[[nodiscard]] Result<UnitFacts> unitFacts(const NetworkResult& result, const LayerMaps& maps, int channel,
                                          const Triple& unit, const ComputeContext& context);

/// The weights of the convolution that row `row` is or that the rows before it in its group hold; nullptr
/// where there is none. (K, C / groups, …) as the file holds them.
[[nodiscard]] const Value* weightsOf(const NetworkResult& result, int row);

}  // namespace convscope
