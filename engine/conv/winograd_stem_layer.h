#pragma once

#include "engine/conv/slab_layer.h"
#include "engine/conv/source_layout.h"
#include "engine/conv/winograd_transforms.h"
#include "engine/conv/winograd_weights.h"

#include <vector>

namespace convscope {

/// The first layer of a video network: kernels three frames long over large planes of few channels, by
/// Winograd's F(m, 3) over time. Of few channels transforms cost next to nothing, and the taps in height and
/// width are added to the same products, at any stride there. A slab is a band of rows of m frames: copied
/// with its padding and split by the phases of the stride, transformed over time, multiplied product by
/// product with the line kernels, and transformed back. Error against exact sums: below toleranceFor() of the
/// layer times winogradAmplification(), 16 for m = 4 and 2.7 for m = 2. The same bits for any number of
/// threads. Thread rule: see SlabLayer.
class WinogradStemLayer final : public SlabLayer {
 public:
  static constexpr int kTransformedAxes = 1;
  /// Kernels of three frames, neither dilated nor with a stride in time, few channels, one group.
  [[nodiscard]] static bool serves(const ConvSpec& spec, const ConvGeometry& geometry);
  /// The tile size that is faster for many filters with large planes; 0 where the direct path is, where
  /// packed weights are many beside the maps, and for small kernels, whose maps shall be exact and recomputed
  /// in parts.
  [[nodiscard]] static int bestTile(const ConvSpec& spec, const ConvGeometry& geometry);
  [[nodiscard]] static ScratchBytes scratchBytes(const ConvSpec& spec, const ConvGeometry& geometry,
                                                 int tile);
  /// The transforms are those of `tile`, m = 2 or 4. Packs weights on the context's pool.
  WinogradStemLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                    const LineKernel& kernel, const WinogradTransforms& transforms, int tile,
                    const ComputeContext& context);

  [[nodiscard]] int slabs() const override { return m_tiles * m_bands * m_parts; }
  [[nodiscard]] double workPerSlab() const override;
  [[nodiscard]] std::size_t scratchSize() const override;
  void computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const override;

 private:
  using Block = WinogradWeights::Block;
  void transformInputs(const float* copy, float* values) const;
  void multiply(const Block& block, int rows, const float* values, float* products) const;
  void transformOutputs(const Block& block, const OutputBand& band, const float* products,
                        Tensor& output) const;
  /// Floats of the copy of a band, and of one point of its transformed values.
  [[nodiscard]] std::ptrdiff_t copySize() const;
  [[nodiscard]] std::ptrdiff_t pointSize() const;

  ConvSpec m_spec;
  ConvGeometry m_geometry;
  LineKernel m_kernel;
  WinogradTransforms m_transforms;
  int m_tile;
  int m_tiles;  ///< in time
  int m_rows;   ///< of a band
  int m_bands;
  int m_parts = 1;  ///< of the filters
  SourceLayout m_source;
  std::ptrdiff_t m_line = 0;  ///< floats of one product of one filter
  std::vector<std::ptrdiff_t> m_taps;
  WinogradWeights m_weights;
  std::vector<float> m_biases;
};

}  // namespace convscope
