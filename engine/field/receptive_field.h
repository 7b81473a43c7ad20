#pragma once

#include "engine/conv/conv_spec.h"

#include <cmath>

namespace convscope {

/// Receptive field of a unit along one axis, on the axis of the network's input.
/// Recurrence for a further layer (kernel k, stride s, dilation d, padding p before), Araujo et al., Distill
/// 2019:
///   centre += (d·(k − 1)/2 − p)·jump;  size += d·(k − 1)·jump;  jump *= s
struct AxisField {
  int size = 1;       ///< input samples seen
  double jump = 1;    ///< input samples between neighbouring units; a fraction after upsampling
  double centre = 0;  ///< input position at the middle of the first unit's field

  /// First input position of unit `unit`'s field; below 0 it lies in the padding.
  [[nodiscard]] int first(int unit) const {
    return static_cast<int>(std::floor(centre + unit * jump - (size - 1) / 2.0));
  }
  bool operator==(const AxisField&) const = default;
};

/// The field after one further layer. Cost O(1).
[[nodiscard]] AxisField through(const AxisField& before, int kernel, int stride, int dilation, int padBefore);

/// Field of one convolution layer, t, y, x.
[[nodiscard]] std::array<AxisField, 3> fieldOf(const ConvSpec& spec, const ConvGeometry& geometry);

/// Seconds from the start of the first frame seen to the end of the last: ((size − 1)·step + 1) /
/// framesPerSecond, where every step-th frame of the source was taken. 0 where the frame rate is not known (≤
/// 0).
[[nodiscard]] double fieldSeconds(int frames, int step, double framesPerSecond);

}  // namespace convscope
