#pragma once

#include "engine/conv/filter_bank.h"
#include "engine/conv/line_kernels.h"
#include "engine/conv/padded_window.h"
#include "engine/conv/slab_layer.h"

#include <vector>

namespace convscope {

/// Depthwise convolution: every group is one channel, which feeds one filter or several. There is next to no
/// arithmetic for each value read, so everything hangs on memory: a slab copies the part of its channel that
/// it reads, padding written out, into scratch that fits the second-level cache, and all taps read it there.
/// Terms are added in the order of convolve()'s direct path: exact on integer values while they fit 24 bits,
/// and the same bits as that path. Thread rule: see SlabLayer.
class DepthwiseLayer final : public SlabLayer {
 public:
  [[nodiscard]] static bool serves(const ConvSpec& spec, const ConvGeometry& geometry);
  DepthwiseLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                 const LineKernel& kernel);

  [[nodiscard]] int slabs() const override { return m_frameSlabs * m_rowSlabs * m_geometry.input.channels; }
  [[nodiscard]] double workPerSlab() const override;
  [[nodiscard]] std::size_t scratchSize() const override;
  void computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const override;

 private:
  /// The outputs of one slab, and the filter that they are computed for.
  struct Part {
    int filter = 0;
    int firstFrame = 0;
    int frames = 0;
    int firstRow = 0;
    int rows = 0;
  };
  /// How the outputs of a slab are cut into jobs for the line kernels.
  enum class Way { StackOfRows, StackInTime, RowByRow };

  void chooseSlabs();
  void chooseWay();
  void packWeights(const FilterBank& bank);
  [[nodiscard]] int windowFrames(int frames) const;
  [[nodiscard]] int windowRows(int rows) const;
  [[nodiscard]] std::ptrdiff_t framePitch() const { return windowRows(m_rows) * m_window.rowPitch(); }
  [[nodiscard]] const float* inputAt(const float* window, int t, int y) const;
  [[nodiscard]] float* outputAt(const Part& part, Tensor& output, int t, int y) const;
  void computePart(const Part& part, const float* window, Tensor& output) const;
  void computeRowByRow(const Part& part, const float* window, Tensor& output) const;
  void computeStacks(const Part& part, const float* window, Tensor& output) const;

  ConvSpec m_spec;
  ConvGeometry m_geometry;
  LineKernel m_kernel;
  PaddedWindow m_window;
  Way m_way = Way::RowByRow;
  int m_frames = 1;  ///< output frames and rows of one slab
  int m_rows = 1;
  int m_frameSlabs = 1;
  int m_rowSlabs = 1;
  std::vector<std::ptrdiff_t> m_taps;  ///< offsets in the window, in the order in which terms are added
  std::vector<float> m_weights;        ///< order filter, tap
  std::vector<float> m_biases;
};

/// Appends the depthwise kernels, one for each instruction set.
void addDepthwiseKernels(std::vector<ConvKernel>& table);

}  // namespace convscope
