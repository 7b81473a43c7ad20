#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"
#include "engine/core/parallel.h"
#include "engine/core/tensor.h"

#include <cstddef>
#include <vector>

namespace convscope {

/// Weights transformed for Winograd's filtering and laid out as the line kernels read them:
/// order point, block of filters, tap, filter. Taps are those that are not transformed: time (outside) and
/// channel for kernels transformed over height and width; channel, height and width for those over time.
struct WinogradWeights {
  struct Block {
    int first = 0;
    int filters = 0;
  };
  std::vector<Block> blocks;
  int points = 0;
  int taps = 0;
  Tensor values;                  ///< one line
  std::vector<float> zeroBiases;  ///< of one block: products take no bias

  [[nodiscard]] const float* of(int point, const Block& block) const {
    return values.data() + (std::ptrdiff_t{point} * filters() + block.first) * taps;
  }
  [[nodiscard]] int filters() const { return blocks.back().first + blocks.back().filters; }
};

/// Which axes are transformed; the kernel must be three cells long along each.
enum class WinogradAxes { Plane, Time };

/// G g for three weights in a row of time, G g Gᵀ for 3 × 3 of height and width; `tile` is 2 or 4 and
/// `largestBlock` 8 at most. Computed in double and rounded once; runs on the context's pool.
[[nodiscard]] WinogradWeights winogradWeights(const ConvSpec& spec, const FilterBank& bank, int channels,
                                              WinogradAxes axes, int tile, int largestBlock,
                                              const ComputeContext& context);

}  // namespace convscope
