#pragma once

#include "engine/conv/filter_bank.h"
#include "engine/conv/line_kernels.h"
#include "engine/conv/slab_layer.h"

#include <vector>

namespace convscope {

/// Pointwise convolution, 1 × 1 × 1 without padding: the product of a K × C matrix of weights and a C × n
/// matrix of values, n the positions of all frames in a row. A slab is some positions, taken in panels that
/// stay in the caches while all filters read them; where a stride leaves positions out, those of a panel are
/// first gathered:
///
///   panel   channel 0: 96 positions | channel 1: 96 positions | …
///
/// Channels are added in their order: exact on integer values while they fit 24 bits, and the same bits as
/// convolve()'s direct path. Thread rule: see SlabLayer.
class PointwiseLayer final : public SlabLayer {
 public:
  /// From some channels and filters on; with fewer there is little to reuse.
  [[nodiscard]] static bool serves(const ConvSpec& spec, const ConvGeometry& geometry);
  PointwiseLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                 const LineKernel& kernel);

  [[nodiscard]] int slabs() const override;
  [[nodiscard]] double workPerSlab() const override;
  [[nodiscard]] std::size_t scratchSize() const override;
  void computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const override;

 private:
  struct Block {
    int first = 0;
    int filters = 0;
  };
  void gatherPanel(const Tensor& input, std::int64_t first, int count, float* panel) const;
  /// LineJob::fetchAhead for the block of filters that comes after `blocksDone` others of a panel.
  [[nodiscard]] std::ptrdiff_t fetchAhead(int blocksDone) const;

  ConvSpec m_spec;
  ConvGeometry m_geometry;
  LineKernel m_kernel;
  bool m_inPlace;    ///< positions are read where they are
  int m_panels = 1;  ///< panels of one slab
  std::vector<Block> m_blocks;
  std::vector<std::ptrdiff_t> m_taps;  ///< where each channel starts in a panel
  std::vector<float> m_weights;        ///< order block, channel, filter
  std::vector<float> m_biases;
};

/// Appends the pointwise kernels, one for each instruction set.
void addPointwiseKernels(std::vector<ConvKernel>& table);

}  // namespace convscope
