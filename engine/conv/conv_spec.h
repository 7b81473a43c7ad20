#pragma once

#include "engine/core/result.h"
#include "engine/core/shape.h"

#include <array>
#include <string>

namespace convscope {

/// Where the padding cells of an axis come from.
enum class PaddingMode {
  Valid,   ///< none: the kernel stays inside the input
  Same,    ///< floor((k − 1)·d / 2) before, the rest after: out = in at stride 1
  Full,    ///< (k − 1)·d on both sides: every overlap counts
  Causal,  ///< time: (l − 1)·d before and none after (no look into the future); height and width: valid
  Custom,  ///< `ConvSpec::custom`, per axis
};

/// What stands in the padding cells.
enum class PaddingValue {
  Zero,
  Replicate,  ///< the nearest border cell
  Reflect,    ///< mirrored about the border cell, which is not repeated; needs padding < extent
  Circular,   ///< the clip goes round; needs padding ≤ extent
};

/// The function applied to sum + bias.
enum class Activation { None, Relu, Absolute, Square };

struct AxisPadding {
  int before = 0;
  int after = 0;
  bool operator==(const AxisPadding&) const = default;
};

/// All settings of one 3-D convolution but its weights (see FilterBank) and its input. A plain value.
/// Weights are applied without flipping (cross-correlation, as deep-learning frameworks do) unless `flipped`.
struct ConvSpec {
  Triple kernel{3, 3, 3};
  Triple stride{1, 1, 1};
  Triple dilation{1, 1, 1};
  PaddingMode padding = PaddingMode::Valid;
  std::array<AxisPadding, 3> custom{};  ///< t, y, x; read only when padding is Custom
  PaddingValue paddingValue = PaddingValue::Zero;
  int groups = 1;  ///< divides the input channels and the number of filters
  Activation activation = Activation::None;
  bool flipped = false;  ///< true: the mathematician's convolution, weights reversed on t, y and x
  bool operator==(const ConvSpec&) const = default;

  [[nodiscard]] int span(Axis axis) const { return dilation[axis] * (kernel[axis] - 1) + 1; }
};

/// Largest kernel extent, stride and dilation on one axis that the program accepts.
inline constexpr int kMaxKernelExtent = 64;
inline constexpr int kMaxStride = 64;
inline constexpr int kMaxDilation = 64;
inline constexpr int kMaxPadding = 4096;
inline constexpr int kMaxFilters = 512;     ///< of a layer set by hand
inline constexpr int kMostFilters = 65536;  ///< of any layer: networks have some thousands

/// A ConvSpec worked out for one input: everything that follows from the sizes alone.
struct ConvGeometry {
  Shape input;                           ///< (L, H, W, C)
  Shape output;                          ///< (L′, H′, W′, K): one channel per filter
  std::array<AxisPadding, 3> padding{};  ///< resolved, t, y, x
  Triple unused{0, 0, 0};                ///< cells at the far end that no kernel position reaches (flooring)
  Triple inputStart(const ConvSpec& spec, const Triple& out) const {
    return {out.t * spec.stride.t - padding[0].before, out.y * spec.stride.y - padding[1].before,
            out.x * spec.stride.x - padding[2].before};
  }  ///< input position (may be in the padding, so negative) of the kernel's first tap for output `out`
};

/// Output shape and padding of `spec` with `filters` filters on `input`, per axis:
///   out = floor((in + before + after − dilation·(kernel − 1) − 1) / stride) + 1
/// Errors: BadSpec, a sentence that names the axis and the numbers: kernel, stride, dilation, padding, groups
/// or number of filters out of range; groups that divide neither channels nor filters; a kernel that does not
/// fit in the padded axis; reflect or circular padding longer than the axis allows. Cost O(1), thread-safe.
[[nodiscard]] Result<ConvGeometry> geometryOf(const Shape& input, const ConvSpec& spec, int filters);

/// Along how many axes the kernel can slide (1-D, 2-D or 3-D convolution) and over how many it mixes values.
/// A kernel slides along an axis where it has more than one position; it mixes an axis where its extent is
/// above 1.
struct Dimensionality {
  std::array<bool, 3> slides{};
  std::array<bool, 3> mixes{};
  [[nodiscard]] int sliding() const { return slides[0] + slides[1] + slides[2]; }
  [[nodiscard]] int mixing() const { return mixes[0] + mixes[1] + mixes[2]; }
};
[[nodiscard]] Dimensionality dimensionalityOf(const ConvSpec& spec, const ConvGeometry& geometry);

/// Input position along one axis that padded position `at` (may be < 0 or ≥ extent) reads, or −1 where a zero
/// stands.
[[nodiscard]] int paddedSource(int at, int extent, PaddingValue value);

[[nodiscard]] inline float activate(Activation activation, float sum) {
  switch (activation) {
    case Activation::None:
      return sum;
    case Activation::Relu:
      return sum > 0 ? sum : 0;
    case Activation::Absolute:
      return sum < 0 ? -sum : sum;
    case Activation::Square:
      return sum * sum;
  }
  return sum;
}

}  // namespace convscope
