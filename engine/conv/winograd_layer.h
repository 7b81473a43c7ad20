#pragma once

#include "engine/conv/slab_layer.h"
#include "engine/conv/winograd_transforms.h"
#include "engine/conv/winograd_weights.h"

#include <vector>

namespace convscope {

/// k × 3 × 3 kernels at stride 1 by Winograd's F(m × m, 3 × 3) over height and width; taps in time are added
/// to the same products. A slab is some rows of tiles of some frames for some filters: their inputs are
/// transformed into scratch, multiplied point by point with the line kernels, and transformed back. Padding
/// is read as such by the transforms, and frames of zeros are not multiplied.
///
/// Meant for deep layers: from 16 channels and filters on, so that the maps of a clip that a person looks at
/// cell by cell stay exact. Error against exact sums: below toleranceFor() of the layer times
/// winogradAmplification() for each of the two axes, 256 for m = 4 and 7.1 for m = 2. Measured on 64 to 512
/// channels against the direct path: 2.1e-5 of the largest output for m = 4, 3.5e-6 for m = 2. The same bits
/// for any number of threads. Thread rule: see SlabLayer.
class WinogradLayer final : public SlabLayer {
 public:
  static constexpr int kTransformedAxes = 2;
  [[nodiscard]] static bool serves(const ConvSpec& spec, const ConvGeometry& geometry);
  /// The tile size that is faster for maps of this size; 0 where the direct path is.
  [[nodiscard]] static int bestTile(const ConvSpec& spec, const ConvGeometry& geometry);
  [[nodiscard]] static ScratchBytes scratchBytes(const ConvSpec& spec, const ConvGeometry& geometry,
                                                 int tile);
  /// The transforms are those of `tile`, m = 2 or 4. Packs weights on the context's pool.
  WinogradLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                const LineKernel& kernel, const WinogradTransforms& transforms, int tile,
                const ComputeContext& context);

  [[nodiscard]] int slabs() const override;
  [[nodiscard]] double workPerSlab() const override;
  [[nodiscard]] std::size_t scratchSize() const override;
  void computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const override;

 private:
  /// The largest slab.
  struct SlabCut {
    int tileRows = 1;
    int frames = 1;
    int filters = 1;
  };
  [[nodiscard]] static SlabCut cutOf(const ConvSpec& spec, const ConvGeometry& geometry, int tile);
  /// The outputs of one slab, and its scratch.
  struct Part {
    int firstTileRow = 0;
    int tileRows = 0;
    int firstFrame = 0;
    int frames = 0;
    int firstFilter = 0;
    int filters = 0;
    float* inputs = nullptr;    ///< order point, channel, padded frame, tile
    float* products = nullptr;  ///< order point, filter, frame, tile
    float* rowScratch = nullptr;
  };

  void chooseSlabs();
  void findSources();
  [[nodiscard]] Part partAt(int slab, float* scratch) const;
  void transformInputs(const Part& part, const Tensor& input) const;
  void multiply(const Part& part) const;
  void multiplyFrames(const Part& part, int frame, int frames, int firstTap, int taps) const;
  void transformOutputs(const Part& part, Tensor& output) const;
  /// Floats from one point to the next; not a multiple of a page, which would put all points of a tile into
  /// the same few lines of the cache.
  [[nodiscard]] std::ptrdiff_t inputPitch() const;
  [[nodiscard]] std::ptrdiff_t productPitch() const;

  ConvSpec m_spec;
  ConvGeometry m_geometry;
  LineKernel m_kernel;
  WinogradTransforms m_transforms;
  int m_tile;
  int m_tilesX;
  int m_tilesY;
  SlabCut m_cut;
  int m_rowSlabs = 1;
  int m_frameSlabs = 1;
  int m_filterSlabs = 1;
  std::ptrdiff_t m_inputLine = 0;    ///< floats of one channel of one point
  std::ptrdiff_t m_productLine = 0;  ///< of one filter of one point
  std::vector<int> m_fromT;          ///< padded position → input position or −1
  std::vector<int> m_fromY;
  std::vector<int> m_fromX;
  int m_nonZeroBegin = 0;  ///< padded frames outside [m_nonZeroBegin, m_nonZeroEnd) hold nothing but zeros
  int m_nonZeroEnd = 0;
  std::vector<std::ptrdiff_t> m_taps;
  WinogradWeights m_weights;
  std::vector<float> m_biases;
  std::vector<float> m_zeroRow;
};

}  // namespace convscope
