#pragma once

#include "engine/conv/fast_fir_kernels.h"
#include "engine/conv/slab_layer.h"
#include "engine/conv/source_layout.h"

#include <cstddef>
#include <vector>

namespace convscope {

/// Many filters over few channels with long sums, the case in which a direct convolution is bound by
/// arithmetic alone: the fast FIR algorithm (fast_fir.h) over height, at stride 1 about three fifths of the
/// products. A slab is some rows of some frames: their input is copied with its padding, differences of its
/// rows are taken once for all filters, and four rows of output at a time are made of nine sums.
///
/// Exact on whole numbers while the nine sums fit 24 bits (kernel size · largest input · largest weight
/// < 2²⁴ suffices for that); else the error against exact sums stays below toleranceFor() times
/// errorFactor(). The sums of a tile share inputs: an output may change in its last bits with inputs that
/// only the other rows of its tile read, and a value that is not finite reaches all four rows. A map frame
/// has the same bits whatever other frames and filters this kernel computes with it (KernelBits::Own), and
/// for any number of threads. Thread rule: see SlabLayer.
class FastFirLayer final : public SlabLayer {
 public:
  /// Kernels of several rows, not dilated in height, one group; any stride, padding and flipping.
  [[nodiscard]] static bool serves(const ConvSpec& spec, const ConvGeometry& geometry);
  /// Where it was measured to be faster, and packed weights are few beside the maps.
  [[nodiscard]] static bool suits(const ConvSpec& spec, const ConvGeometry& geometry);
  [[nodiscard]] static ScratchBytes scratchBytes(const ConvSpec& spec, const ConvGeometry& geometry);
  /// firAmplification() of the phases of the stride, 4 to 9.
  [[nodiscard]] static double errorFactor(const ConvSpec& spec);
  /// For layers that it serves. Packs weights on the context's pool.
  FastFirLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
               const LineKernel& kernel, const ComputeContext& context);

  [[nodiscard]] int slabs() const override { return m_frameSlabs * m_rowSlabs * m_parts; }
  [[nodiscard]] double workPerSlab() const override;
  [[nodiscard]] std::size_t scratchSize() const override;
  void computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const override;

 private:
  /// Filters that are computed together: across the lanes, or few of them with columns side by side.
  struct Block {
    int first = 0;
    int filters = 0;
    int width = 0;            ///< of a row of packed weights
    std::size_t weights = 0;  ///< where they start
    bool acrossLanes = false;
  };
  /// The products of one sum: m_taps[begin] … m_taps[end − 1].
  struct Range {
    int begin = 0;
    int end = 0;
  };
  /// For each product, which weights of a filter are added up: weights[firstOf[i]] … weights[firstOf[i + 1]
  /// − 1].
  struct WeightSums {
    std::vector<std::size_t> weights;
    std::vector<std::size_t> firstOf;
  };
  /// Four rows of output and what they are made of.
  struct Tile {
    int frame = 0;
    int row = 0;
    int rows = 0;  ///< that lie in the map
    const float* input = nullptr;
    float* sums = nullptr;
  };

  void cutFilters();
  void layTaps(WeightSums& sums);
  void packWeights(const FilterBank& bank, const WeightSums& sums, const ComputeContext& context);
  void fillPlanes(const Tensor& input, const OutputBand& band, float* planes) const;
  [[nodiscard]] FirOutputsJob outputsOf(const Tile& tile, const Tensor& output) const;
  void askForOutputs(const Block& block, const Tile& tile, int sum, const Tensor& output) const;
  void computeLanes(const Block& block, const Tile& tile, Tensor& output) const;
  void computeColumns(const Block& block, const Tile& tile, Tensor& output) const;
  [[nodiscard]] std::ptrdiff_t planeSize() const;
  [[nodiscard]] std::ptrdiff_t sumSize() const;

  ConvSpec m_spec;
  ConvGeometry m_geometry;
  LineKernel m_kernel;
  SourceLayout m_source;
  int m_frames = 1;  ///< of a slab
  int m_rows = 1;
  int m_parts = 1;  ///< of the filters
  int m_frameSlabs = 1;
  int m_rowSlabs = 1;
  std::vector<Block> m_blocks;
  std::vector<std::ptrdiff_t> m_taps;
  std::vector<Range> m_sums;
  Tensor m_weights;             ///< order block, product, filter
  std::vector<float> m_biases;  ///< and zeros to the end of the last block
  std::vector<float> m_zeros;   ///< the biases of the other sums
};

/// Appends a row of the table for each instruction set.
void addFastFirKernels(std::vector<ConvKernel>& table);

}  // namespace convscope
