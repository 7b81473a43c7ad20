#pragma once

#include <vector>

namespace convscope {

/// How one axis of `in` cells becomes one of `out` cells: output j = scale · Σ_i weights[j][i] ·
/// input[first[j] + i].
///
/// Shrinking averages areas: output j covers [j·in/out, (j+1)·in/out) of the input; a cell inside it weighs
/// exactly 1, one that it cuts weighs the share covered, and scale = out/in. Growing is linear between cell
/// centres, input position (j + ½)·in/out − ½, held at the border cells; scale = 1. Equal extents copy.
struct AxisResampling {
  std::vector<int> first;
  std::vector<std::vector<float>> weights;
  double scale = 1;
};
/// `in` and `out` are at least 1.
[[nodiscard]] AxisResampling resampling(int in, int out);

/// The linear rule above for shrinking, too: output j takes two input cells, whatever lies between. What
/// frameworks call bilinear without antialiasing (corners not aligned).
[[nodiscard]] AxisResampling linearResampling(int in, int out);

}  // namespace convscope
