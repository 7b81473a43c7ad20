#pragma once

#include "engine/core/tensor.h"

#include <QRgb>

#include <algorithm>
#include <cmath>

namespace convscope {

/// Colour of a clip's pixel where values of `range` are drawn from black to white: RGB of three channels,
/// grey of one. Not-a-number is black.
[[nodiscard]] inline QRgb clipColour(const Tensor& pixels, const ValueRange& range, int t, int y, int x) {
  const auto byte = [&](int c) {
    const float share = (pixels.at(t, y, x, c) - range.low) / (range.high - range.low);
    return share >= 0 ? static_cast<int>(std::lround(std::min(share, 1.0F) * 255)) : 0;
  };
  const int red = byte(0);
  return pixels.shape().channels < 3 ? qRgb(red, red, red) : qRgb(red, byte(1), byte(2));
}

}  // namespace convscope
