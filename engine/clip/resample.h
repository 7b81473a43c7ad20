#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace convscope {

/// How one axis of `in` cells becomes one of `out` cells: output j = scale · Σ_i weights(j)[i] ·
/// input[first[j] + i].
///
/// Shrinking averages areas: output j covers [j·in/out, (j+1)·in/out) of the input; a cell inside it weighs
/// exactly 1, one that it cuts weighs the share covered, and scale = out/in. Growing is linear between cell
/// centres, input position (j + ½)·in/out − ½, held at the border cells; scale = 1. Equal extents copy.
struct AxisResampling {
  std::vector<int> first;
  std::vector<std::size_t> ends;  ///< of each output's weights in `values`
  std::vector<float> values;
  double scale = 1;

  [[nodiscard]] std::size_t size() const { return first.size(); }
  [[nodiscard]] std::span<const float> weights(std::size_t j) const {
    const std::size_t begin = j == 0 ? 0 : ends[j - 1];
    return {values.data() + begin, ends[j] - begin};
  }
};

/// Some of the outputs of an axis, one after the other.
struct OutputRange {
  int first = 0;
  int count = 0;
};

/// `in` and `out` are at least 1. With `part` only these outputs, counted from 0 then.
[[nodiscard]] AxisResampling resampling(int in, int out);
[[nodiscard]] AxisResampling resampling(int in, int out, const OutputRange& part);

/// The linear rule above for shrinking, too: output j takes two input cells, whatever lies between. What
/// frameworks call bilinear without antialiasing (corners not aligned).
[[nodiscard]] AxisResampling linearResampling(int in, int out, const OutputRange& part);

/// Bytes that either takes for `count` of `out` outputs; a double, so that nothing can overflow.
[[nodiscard]] double resamplingBytes(int in, int out, int count);

}  // namespace convscope
