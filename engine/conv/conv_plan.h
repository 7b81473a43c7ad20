#pragma once

#include "engine/conv/conv_kernel.h"
#include "engine/conv/filter_bank.h"
#include "engine/conv/line_kernels.h"
#include "engine/conv/source_layout.h"
#include "engine/core/parallel.h"
#include "engine/core/tensor.h"

#include <cstddef>
#include <vector>

namespace convscope {

/// Filters that a line kernel computes together, all of one group.
struct FilterBlock {
  int first = 0;
  int filters = 0;
  std::size_t weights = 0;  ///< where its packed weights start in ConvPlan::weights
};

/// How outputs lie in the vectors.
enum class LineStyle {
  Columns,  ///< neighbouring columns side by side
  Filters,  ///< neighbouring filters side by side; strides above 2 in width are not served
};

/// Everything that the fast path works out before the first product.
struct ConvPlan {
  ConvSpec spec;
  ConvGeometry geometry;
  LineKernel kernel;
  LineStyle style = LineStyle::Columns;
  std::vector<std::ptrdiff_t> taps;  ///< offsets of the products of group 0, in the order they are added
  std::size_t packedWeights = 0;     ///< that `weights` holds or will hold
  /// Of all blocks, order block, tap, filter. A tensor, for no vector of weights crosses a line of the cache.
  Tensor weights;
  std::vector<float> biases;                     ///< one per filter, and zeros to the end of the last block
  std::vector<std::vector<FilterBlock>> chunks;  ///< the filter blocks of one slab each
  SourceLayout source;
  int groupChannels = 1;
  int groupFilters = 1;
  bool stacked = false;  ///< single filters are computed as stacks of lines along innerAxis()
  bool flat = false;     ///< a line runs over several rows of output, the cells between them thrown away
  bool banded = false;   ///< each slab copies what it reads and computes all chunks from that
  int frames = 1;        ///< output frames of one slab
  int rows = 1;          ///< output rows of one slab
  int frameSlabs = 1;
  int rowSlabs = 1;

  /// Chunks of filters that are computed as slabs of their own.
  [[nodiscard]] int chunkSlabs() const { return banded ? 1 : static_cast<int>(chunks.size()); }
  /// A slab is `rows` rows of `frames` frames of the filters of one chunk, or of all: what one thread
  /// computes at a time.
  [[nodiscard]] int slabs() const { return frameSlabs * rowSlabs * chunkSlabs(); }
  /// Multiply-adds of one row of outputs of one frame in one slab.
  [[nodiscard]] double workPerRow() const;
};

/// The axis whose taps are added innermost, so that single filters can be computed as stacks of lines along
/// it: height, or time where the kernel is one row high. It depends on the kernel alone, so that a filter
/// gets the same bits alone as in a bank.
[[nodiscard]] inline Axis innerAxis(const ConvSpec& spec) {
  return spec.kernel.y == 1 ? Axis::T : Axis::Y;
}

/// Plans the convolution. Packing many weights runs on the context's pool.
[[nodiscard]] ConvPlan planConvolution(const ConvSpec& spec, const ConvGeometry& geometry,
                                       const FilterBank& bank, const LineKernel& kernel, LineStyle style,
                                       const ComputeContext& context);

/// Bytes of the copy of the input that planConvolution() would lay out; 0 where the clip itself serves.
[[nodiscard]] ScratchBytes plannedCopyBytes(const ConvSpec& spec, const ConvGeometry& geometry,
                                            const LineKernel& kernel, LineStyle style);

}  // namespace convscope
