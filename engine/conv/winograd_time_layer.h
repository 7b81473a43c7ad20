#pragma once

#include "engine/conv/slab_layer.h"
#include "engine/conv/winograd_transforms.h"
#include "engine/conv/winograd_weights.h"

#include <vector>

namespace convscope {

/// 3 × 1 × 1 kernels at stride 1 by Winograd's F(m, 3) over time: m frames of output from m + 2 products. A
/// slab is some positions of m frames; positions lie side by side, so the transforms need no shuffling. For
/// deep layers, as WinogradLayer. Error against exact sums: below toleranceFor() of the layer times
/// winogradAmplification(), 16 for m = 4 and 2.7 for m = 2. The same bits for any number of threads. Thread
/// rule: see SlabLayer.
class WinogradTimeLayer final : public SlabLayer {
 public:
  static constexpr int kTransformedAxes = 1;
  /// Without padding in height and width, which a kernel of one row and column has no use for.
  [[nodiscard]] static bool serves(const ConvSpec& spec, const ConvGeometry& geometry);
  /// The tile size that takes fewer products for so many frames.
  [[nodiscard]] static int bestTile(const ConvSpec& spec, const ConvGeometry& geometry);
  [[nodiscard]] static ScratchBytes scratchBytes(const ConvSpec& spec, const ConvGeometry& geometry,
                                                 int tile);
  WinogradTimeLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                    const LineKernel& kernel, const WinogradTransforms& transforms, int tile,
                    const ComputeContext& context);

  [[nodiscard]] int slabs() const override { return m_panels * m_tiles; }
  [[nodiscard]] double workPerSlab() const override;
  [[nodiscard]] std::size_t scratchSize() const override;
  void computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const override;

 private:
  void transformInputs(int firstFrame, std::int64_t first, int count, const Tensor& input,
                       float* values) const;
  void multiply(int count, const float* values, float* products) const;

  ConvSpec m_spec;
  ConvGeometry m_geometry;
  LineKernel m_kernel;
  WinogradTransforms m_transforms;
  int m_tile;
  int m_tiles;               ///< in time
  int m_panels;              ///< pieces of a frame
  std::vector<int> m_fromT;  ///< padded frame → input frame or −1, up to the end of the last tile
  std::vector<std::ptrdiff_t> m_taps;
  WinogradWeights m_weights;
  std::vector<float> m_biases;
  std::vector<float> m_zeroLine;
};

}  // namespace convscope
