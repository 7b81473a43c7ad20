#pragma once

#include "engine/core/tensor.h"
#include "engine/field/layer_table.h"
#include "engine/field/stack_run.h"
#include "engine/network/runner.h"

#include <array>

namespace convscope {

/// How far a distribution over one axis of the clip reaches.
struct AxisSpread {
  double mean = 0;   ///< position, from 0
  double sigma = 0;  ///< standard deviation, in frames or pixels
  /// The least number of positions about the middle of the theoretical field that holds 95.45 % of the whole
  /// (what ± 2 σ hold of a normal distribution): odd or even as the field's size is. 0 where there is
  /// nothing.
  int width = 0;
  bool operator==(const AxisSpread&) const = default;
};

/// What a unit really reacts to, measured: the effective receptive field of Luo et al. 2016, «Understanding
/// the Effective Receptive Field in Deep Convolutional Neural Networks».
struct EffectiveField {
  /// Mean over the runs of Σ_c |∂u/∂x(t, y, x, c)|, u being the unit's sum before its own ReLU and x the
  /// clip: shape (L, H, W, 1), not normalised.
  Tensor absolute;
  /// Mean over the runs of Σ_c (∂u/∂x)², the same shape: with random weights of mean 0 the gradient's
  /// variance, whose form is that of the field of equal weights.
  Tensor square;
  std::array<AxisSpread, 3> absoluteSpread{};  ///< t, y, x, of `absolute` as a distribution
  std::array<AxisSpread, 3> squareSpread{};    ///< of `square`
  std::array<int, 3> first{};                  ///< of the theoretical field: below 0 in the padding
  std::array<int, 3> size{};                   ///< of the theoretical field
  int runs = 0;
  int silent = 0;  ///< runs of which no gradient reached the clip: ReLUs that were shut on every way
};

/// Spread of a volume (L, H, W, 1) of values ≥ 0 about the middle of a field that begins at `first` and has
/// `size` positions, along each axis. Sums in double. Cost O(values).
[[nodiscard]] std::array<AxisSpread, 3> spreadOf(const Tensor& volume, const std::array<int, 3>& first,
                                                 const std::array<int, 3>& size);

/// Measures the field of unit `unit` of row `row` on `clip`, whose shape is the table's clip. Random weights:
/// `runs` runs, each with other filters (StackRun::filters of each layer at most) and another channel.
/// Uniform weights: one run of the linear network of StackForm::Linear, which no clip changes. Errors:
/// BadSpec; TooLarge; Stopped. Reports progress; work on the context's pool; the same bits for any number of
/// threads.
[[nodiscard]] Result<EffectiveField> effectiveField(const LayerTable& table, int row, const Triple& unit,
                                                    const Tensor& clip, const StackRun& run, int runs,
                                                    const ComputeContext& context);

/// The same of an imported network with its own weights: `table` is networkTable()'s of the runner's graph
/// and `input` what it is fed, one clip. Run number 1 is fed `input`, the others `input` with normal noise
/// of 15 % of its range added (as Smilkov et al. 2017 smooth gradients); the channel changes from run to run,
/// evenly over all. Errors: also BadSpec where the row's value is no map of one clip.
[[nodiscard]] Result<EffectiveField> effectiveField(Runner& runner, const LayerTable& table, int row,
                                                    const Triple& unit, const Value& input, int runs,
                                                    const ComputeContext& context);

/// A stack cut off behind row `row`, on a clip so large that the whole field of `unit`, the middle one of its
/// output, lies on the clip: no border cuts it. Extents that the row's field does not reach beyond stay as
/// they are. Errors: those of tableOf().
struct UncutField {
  LayerTable table;
  Triple unit;
};
[[nodiscard]] Result<UncutField> uncutField(const LayerTable& table, int row);

}  // namespace convscope
