#pragma once

#include "engine/field/receptive_field.h"

#include <span>
#include <vector>

namespace convscope {

/// Which positions of a layer's input each of its outputs depends on, along one axis. Positions count from 0;
/// those below 0 or beyond the extent lie in the padding.
struct AxisReach {
  enum class Kind {
    Window,  ///< output o reads inputs o·stride − padBefore + dilation·j, j = 0 … kernel − 1: convolution,
             ///< pooling
    Spread,  ///< input i feeds outputs i·stride − padBefore + dilation·j: transposed convolution, upsampling
    Whole,  ///< every output reads every input
  };
  Kind kind = Kind::Window;
  int kernel = 1;
  int stride = 1;
  int dilation = 1;
  int padBefore = 0;  ///< negative: the first outputs read further in, as a slice does
  bool operator==(const AxisReach&) const = default;

  [[nodiscard]] int span() const { return dilation * (kernel - 1) + 1; }
};

/// Positions along one axis, ascending, each once.
using Positions = std::vector<int>;

/// Inputs that the outputs `units` depend on, padding positions among them. `extent` is the input's, read by
/// Whole alone. Cost O(units · kernel). Thread-safe.
[[nodiscard]] Positions inputsOf(const AxisReach& reach, std::span<const int> units, int extent);

/// Outputs, 0 … extent − 1, that depend on one of `inputs`. Thread-safe.
[[nodiscard]] Positions outputsOf(const AxisReach& reach, std::span<const int> inputs, int extent);

/// The field after a further layer; `extent` is its input's. Beyond a Spread it is the widest unit's, and
/// jump may be a fraction; the centre is the first unit's.
[[nodiscard]] AxisField through(const AxisField& before, const AxisReach& reach, int extent);

/// The field of a unit that reads both: the union. Where the two differ in jump, the first one's is kept.
[[nodiscard]] AxisField united(const AxisField& one, const AxisField& other);

/// Those of `positions` that lie in 0 … extent − 1.
[[nodiscard]] Positions clipped(Positions positions, int extent);

/// Each position that is in one of the two.
[[nodiscard]] Positions united(const Positions& one, const Positions& other);

}  // namespace convscope
