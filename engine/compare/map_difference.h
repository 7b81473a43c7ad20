#pragma once

#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/field/receptive_field.h"

#include <array>
#include <optional>
#include <vector>

namespace convscope {

/// One map and where its cells lie: cell i of an axis has its middle at field.centre + i · field.jump on the
/// clip. The tensor must outlive it.
struct PlacedMap {
  const Tensor& maps;  ///< order K, L′, H′, W′
  int channel = 0;
  std::array<AxisField, 3> field{};  ///< t, y, x
};

/// A cell of each of two maps at the same place.
struct CellPair {
  int a = 0;
  int b = 0;
  bool operator==(const CellPair&) const = default;
};

/// Cells of `a` and `b` along one axis whose middles lie on the same position of the clip, ascending. Cost
/// O(cells). Thread-safe, as all here.
[[nodiscard]] std::vector<CellPair> commonCells(const AxisField& a, int cellsOfA, const AxisField& b,
                                                int cellsOfB);

/// Two cells that differ by more than this count as different.
inline constexpr double kNotableDifference = .25;

/// a − b over all places that both maps have.
struct MapDifference {
  std::array<std::vector<CellPair>, 3> cells;  ///< t, y, x; none empty
  Tensor values;                               ///< a − b, one channel, as many cells as `cells` has
  std::optional<double> correlation;           ///< Pearson's; none where one of the maps is constant
  double rootMeanSquare = 0;                   ///< of a − b
  double differingShare = 0;  ///< of cells that differ by more than kNotableDifference, 0 … 1

  /// The cell of `values` in which cell `at` of map A stands, if it has a counterpart.
  [[nodiscard]] std::optional<Triple> placeOf(const Triple& at) const;
};

/// Sums in double, in raster order: the same bits always. Errors: BadSpec where the maps have no place or no
/// time in common, a sentence that says along which axis and why (between the frames; steps that never meet;
/// beside each other).
[[nodiscard]] Result<MapDifference> differenceOf(const PlacedMap& a, const PlacedMap& b);

}  // namespace convscope
