#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/line_kernels.h"
#include "engine/core/tensor.h"

#include <array>
#include <cstddef>
#include <vector>

namespace convscope {

/// Some rows of some frames of output.
struct OutputBand {
  int firstFrame = 0;
  int frames = 1;
  int firstRow = 0;
  int rows = 1;
};

/// The input as the fast path reads it: the clip itself where there is no padding, width need not be split
/// and nobody wishes for a copy, else a copy of what a band of outputs reads, with the padding written out
/// and, for a stride s along an axis, split into its s phases, so that neighbouring outputs read neighbouring
/// values:
///
///   row  0 1 2 3 4 5 6, stride 2   →   phase 0: 0 2 4 6   phase 1: 1 3 5 ·
///
/// Width and height are split where asked for; height and time where the kernel is one cell long there, so
/// that what no kernel position reads is not copied. Order of the copy: channel, phase of t, frame, phase of
/// x, phase of y, row, column. The band is a whole clip or so little that it stays near the processor while
/// all filters read it. Thread rule: immutable after setBand().
class SourceLayout {
 public:
  struct Wish {
    bool copies = false;        ///< even where the clip itself would serve
    bool splitRows = false;     ///< where there is a copy
    bool splitColumns = false;  ///< makes a copy
  };
  SourceLayout() = default;
  SourceLayout(const ConvSpec& spec, const ConvGeometry& geometry, const LineKernel& kernel,
               const Wish& wish);

  /// Whether the clip itself serves.
  [[nodiscard]] bool isClip() const { return !m_copies; }
  /// Values of the copy for a band of so many frames and rows; a double, so that nothing can overflow.
  [[nodiscard]] double valuesFor(int frames, int rows) const;
  /// Lays the copy out for bands of at most so many output frames and rows. Without effect on a clip.
  void setBand(int frames, int rows);
  /// Values of the copy of one band.
  [[nodiscard]] std::int64_t bandValues() const;

  /// Frames of the copy, over all channels; each may be filled by another thread.
  [[nodiscard]] int copyFrames() const;
  /// Writes frame `frame` of the copy `to` of `band`.
  void fillFrame(const Tensor& input, const OutputBand& band, int frame, float* to) const;

  [[nodiscard]] std::ptrdiff_t channelStride() const;
  [[nodiscard]] std::ptrdiff_t rowStride() const { return m_rowStride; }
  /// From what output (t, y) reads to what its neighbour in time, or in height, reads.
  [[nodiscard]] std::ptrdiff_t outputFrameStride() const { return m_frameStride * axis(Axis::T).step; }
  [[nodiscard]] std::ptrdiff_t outputRowStride() const { return m_rowStride * axis(Axis::Y).step; }
  /// Places in the source from one output to the next along an axis: 1 or the stride.
  [[nodiscard]] int step(Axis along) const { return axis(along).step; }
  /// From a kernel's first tap to the one for `offset` cells further, in the source.
  [[nodiscard]] std::ptrdiff_t tapOffset(const Triple& offset) const;
  /// Between kernel lines that follow one another without gap along an axis that is not split.
  [[nodiscard]] std::ptrdiff_t lineStride(Axis along) const {
    return along == Axis::T ? m_frameStride : m_rowStride;
  }

 private:
  struct AxisLayout {
    int phases = 1;
    std::vector<int> slots;  ///< phase → its place, or −1 where no kernel position reads it
    std::vector<int> phaseOfSlot;
    int used = 1;           ///< slots that hold something
    int step = 1;           ///< positions from one output to the next within a slot
    int extent = 1;         ///< positions of one slot
    int kernelReach = 0;    ///< positions that the kernel reaches beyond its first one, in any slot
    std::vector<int> from;  ///< padded position → input position or −1
    [[nodiscard]] int extentFor(int outputs) const { return (outputs - 1) * step + kernelReach + 1; }
  };
  [[nodiscard]] const AxisLayout& axis(Axis along) const { return m_axes[static_cast<std::size_t>(along)]; }
  void layAxis(const ConvSpec& spec, const ConvGeometry& geometry, Axis along, bool split);
  void fillRows(const float* row, std::ptrdiff_t rowPitch, int rows, float* to,
                std::ptrdiff_t slotStride) const;
  void splitRowsInTwo(const float* row, std::ptrdiff_t rowPitch, int rows, float* to,
                      std::ptrdiff_t slotStride) const;
  void splitRow(const float* row, int phase, float* to) const;
  [[nodiscard]] float paddedValue(const float* row, int column, int phase) const;

  bool m_copies = false;
  int m_channels = 1;
  int m_paddingBefore = 0;  ///< in width
  int m_inputWidth = 0;
  Triple m_stride;
  void (*m_splitRows)(const SplitJob&) = nullptr;
  std::array<AxisLayout, 3> m_axes;
  std::ptrdiff_t m_rowStride = 0;
  std::ptrdiff_t m_frameStride = 0;
  std::ptrdiff_t m_framesOfChannel = 0;
};

}  // namespace convscope
