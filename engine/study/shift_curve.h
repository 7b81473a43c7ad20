#pragma once

#include "engine/network/shift_variant.h"
#include "engine/study/network_result.h"

#include <array>

namespace convscope {

/// The four that are compared, with the words for them.
struct ShiftVariantEntry {
  ShiftVariant variant;
  const char* id;     ///< for CSV
  const char* title;  ///< on screen
};
inline constexpr std::array kShiftVariants{
    ShiftVariantEntry{{false, false}, "as-trained", "strides, zero padding"},
    ShiftVariantEntry{{true, false}, "stride-1", "stride 1, zero padding"},
    ShiftVariantEntry{{false, true}, "wraps", "strides, padding wraps"},
    ShiftVariantEntry{{true, true}, "stride-1-wraps", "stride 1, padding wraps"},
};

struct ShiftPoint {
  int shift = 0;     ///< frames or pixels of the network's input
  double score = 0;  ///< probability of ShiftCurve::index
  /// ‖M(shifted clip) − shifted M(clip)‖ ÷ ‖M(clip)‖ over all channels of the layer, the map moved by the
  /// nearest whole number of its cells and around its border: 0 where the map follows the clip.
  double difference = 0;
};

/// Score and map of one network variant while the clip is shifted along one axis. What leaves the clip on one
/// side comes back on the other, so that nothing of it is lost.
struct ShiftCurve {
  Axis axis = Axis::X;
  std::size_t variant = 0;  ///< of kShiftVariants
  int row = 0;              ///< of the network's table, whose maps are compared
  std::int64_t index = 0;   ///< of the class that the network gives the unshifted clip
  double jump = 1;          ///< cells of the clip between neighbours of the map
  std::vector<ShiftPoint> points;
  std::string problem;  ///< why there are no points: one sentence, or empty
};

/// The class whose score is followed: the best one of the network as it is on the clip without its shifts.
struct ShiftBase {
  Clip clip;
  std::int64_t index = 0;
};
/// Errors: those of computeNetwork(). Thread-safe.
[[nodiscard]] Result<ShiftBase> shiftBase(const NetworkResult& network, const ComputeContext& context);

/// Shifts from −reach to reach. What a variant cannot do becomes ShiftCurve::problem. Errors: those of a run;
/// Stopped. Work: 2·reach + 1 runs; without strides each takes as many multiply-adds more as there are more
/// units.
[[nodiscard]] Result<ShiftCurve> shiftCurve(const NetworkResult& network, const ShiftBase& base, int row,
                                            Axis axis, std::size_t variant, int reach,
                                            const ComputeContext& context);

/// Header and lines of CSV: axis, variant, layer, class, jump, shift, score, difference.
[[nodiscard]] std::string shiftCsv(const NetworkResult& network, std::span<const ShiftCurve> curves);

}  // namespace convscope
