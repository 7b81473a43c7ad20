#pragma once

#include "engine/core/tensor.h"

#include <optional>

namespace convscope {

/// A window of one line of a clip over time, where its motion is looked for. Counted from 0, ends not
/// included.
struct MotionWindow {
  Axis along = Axis::X;  ///< X: a row, Y: a column
  int line = 0;          ///< the row's y, or the column's x
  int from = 0, to = 0;  ///< cells along the line
  int firstFrame = 0, endFrame = 0;
};

/// Cells per frame by which the picture in `window` moves along the line, to half a cell; positive to the
/// right (down). Found as the shift that makes successive frames most alike (mean absolute difference over
/// all channels, linear between cells). Nothing where the line is flat or no shift explains it clearly better
/// than standing still; 0 where it plainly stands still. A pattern that repeats fits at several shifts: the
/// smallest of them is what is seen if it is clearly the smallest, else nothing is said (a grating of period
/// 6 that moves by 3 goes both ways). Cost O(window · candidates). Thread-safe.
[[nodiscard]] std::optional<double> motionIn(const Tensor& pixels, const MotionWindow& window);

}  // namespace convscope
