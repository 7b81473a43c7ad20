#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/core/tensor.h"

#include <cstddef>
#include <vector>

namespace convscope {

/// The input as the fast path reads it: the clip itself where there is neither padding nor a stride in width,
/// else a copy with the padding written out and, for a stride s in width, each row split into its s phases,
/// so that neighbouring outputs always read neighbouring values:
///
///   row  0 1 2 3 4 5 6, stride 2   →   phase 0: 0 2 4 6   phase 1: 1 3 5 ·
///
/// Order of the copy: channel, frame, phase, row, column.
class SourceLayout {
 public:
  SourceLayout(const ConvSpec& spec, const ConvGeometry& geometry);

  /// Bytes that prepare() will ask for; 0 where the clip itself serves. A double, so that nothing can
  /// overflow.
  [[nodiscard]] double copyBytes() const;
  /// Takes the clip to read from; it must outlive the use of data(). Asks for memory the first time at most.
  void setInput(const Tensor& input);
  /// Parts of the copy that different threads may make; 0 where the clip itself serves.
  [[nodiscard]] int pieces() const { return needsCopy() ? m_pieces : 0; }
  void copyPiece(int piece);

  [[nodiscard]] const float* data() const { return m_data; }
  [[nodiscard]] std::ptrdiff_t channelStride() const { return m_frameStride * m_padded.t; }
  [[nodiscard]] std::ptrdiff_t frameStride() const { return m_frameStride; }
  [[nodiscard]] std::ptrdiff_t rowStride() const { return m_rowStride; }
  /// From the values that output column 0 … read for kernel column 0 to those for the column `offset` cells
  /// further.
  [[nodiscard]] std::ptrdiff_t columnOffset(int offset) const {
    return (offset % m_phases) * m_rowStride * m_padded.y + offset / m_phases;
  }

 private:
  [[nodiscard]] bool needsCopy() const;
  void copyFrame(int c, int t, float* frame) const;

  ConvGeometry m_geometry;
  Triple m_padded;  ///< extent with padding
  int m_phases = 1;
  std::ptrdiff_t m_rowStride = 0;
  std::ptrdiff_t m_frameStride = 0;
  std::vector<int> m_fromT;  ///< padded position → input position or −1
  std::vector<int> m_fromY;
  std::vector<int> m_fromX;
  int m_pieces = 1;
  int m_framesTogether = 1;
  Tensor m_copy;
  const Tensor* m_input = nullptr;
  const float* m_data = nullptr;
};

}  // namespace convscope
