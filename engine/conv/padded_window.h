#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/core/tensor.h"

#include <cstddef>
#include <vector>

namespace convscope {

/// Copies pieces of the padded input into a thread's own scratch, so that a kernel reads padding like any
/// other value and no padded copy of the whole clip is made. Positions are padded ones: 0 is the first cell
/// of the padding. For a stride s in width each row may be split into its s phases (0, s, 2s, …; 1, s + 1,
/// …), which lie one after the other, so that neighbouring outputs read neighbouring values. Thread rule:
/// immutable, thread-safe.
class PaddedWindow {
 public:
  /// `extent`: the positions that can be asked for on each axis, those of the padded input or more; cells
  /// beyond the padded input are 0. `phases` ≥ 1.
  PaddedWindow(const ConvGeometry& geometry, PaddingValue value, const Triple& extent, int phases = 1);

  /// Floats of one phase of a row, and from one row to the next.
  [[nodiscard]] std::ptrdiff_t phaseWidth() const { return m_phaseWidth; }
  [[nodiscard]] std::ptrdiff_t rowPitch() const { return m_phaseWidth * m_phases; }
  /// Where the values that output column 0 … read lie for the kernel column at `offset`.
  [[nodiscard]] std::ptrdiff_t columnOffset(int offset) const {
    return (offset % m_phases) * m_phaseWidth + offset / m_phases;
  }
  /// Writes rows [row, row + rows) of frame `t` of channel `c`, rowPitch() apart.
  void copyRows(const Tensor& input, int c, int t, int row, int rows, float* to) const;

 private:
  void copyRow(const float* from, float* to) const;

  int m_phases = 1;
  std::ptrdiff_t m_phaseWidth = 0;
  int m_before = 0;          ///< columns of padding on the left
  int m_width = 0;           ///< columns of the input
  std::vector<int> m_fromT;  ///< padded position → input position or −1
  std::vector<int> m_fromY;
  std::vector<int> m_fromX;
};

/// The extent of the padded input.
[[nodiscard]] Triple paddedExtent(const ConvGeometry& geometry);

}  // namespace convscope
