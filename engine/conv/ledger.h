#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"
#include "engine/core/tensor.h"

#include <vector>

namespace convscope {

/// One product of the sum behind an output voxel.
struct LedgerCell {
  Triple tap;       ///< position inside the kernel, t, y, x (as applied: after flipping)
  int channel = 0;  ///< input channel
  Triple source;    ///< input position read; where `inPadding`, the position outside the clip it stands for
  bool inPadding = false;
  float input = 0;
  float weight = 0;
  double product = 0;
};

/// The whole arithmetic of one output voxel: products, partial sums per frame and per channel, bias,
/// activation. products are ordered c-major inside each frame: index = ((t · channels + c) · h + y) · w + x.
struct Ledger {
  int filter = 0;
  Triple voxel;          ///< output position
  Triple kernel;         ///< extent of the grid of products
  int firstChannel = 0;  ///< first input channel of the filter's group
  int channels = 0;      ///< channels of the group
  std::vector<LedgerCell> cells;
  std::vector<double> frameSums;         ///< kernel.t values
  std::vector<double> channelSums;       ///< `channels` values
  std::vector<double> frameChannelSums;  ///< [t · channels + c]
  double sum = 0;                        ///< of all products, in double
  double bias = 0;
  double value = 0;  ///< activation(sum + bias): what the map shows, up to float rounding

  [[nodiscard]] const LedgerCell& cell(int t, int c, int y, int x) const {
    return cells[((static_cast<std::size_t>(t) * channels + c) * kernel.y + y) * kernel.x + x];
  }
};

/// Errors: those of geometryOf; BadSpec where filter or voxel lies outside the output. Cost O(taps).
/// Thread-safe.
[[nodiscard]] Result<Ledger> ledgerOf(const Tensor& input, const ConvSpec& spec, const FilterBank& bank,
                                      int filter, const Triple& voxel);

/// The other way round: one input voxel → the outputs that it feeds. Per axis the outputs o with
/// o·stride + tap·dilation − before = at for some tap; the fed outputs are the product of the three lists.
/// Padding that repeats cells (replicate, reflect, circular) feeds further outputs; they are listed too, and
/// one output may then read the same cell by several taps: each (output, tap) is a step of its own.
struct Reach {
  struct Step {
    int output = 0;  ///< output position along the axis
    int tap = 0;     ///< kernel position that reads the input voxel there
    bool operator==(const Step&) const = default;
  };
  std::array<std::vector<Step>, 3> along;  ///< t, y, x; ascending by output
  /// Number of products that the voxel enters, for one filter of its group.
  [[nodiscard]] std::int64_t count() const {
    return static_cast<std::int64_t>(along[0].size()) * static_cast<std::int64_t>(along[1].size()) *
           static_cast<std::int64_t>(along[2].size());
  }
};
[[nodiscard]] Reach reachOf(const ConvSpec& spec, const ConvGeometry& geometry, const Triple& input);

/// The ledger as a person would write it down, one product a line, and as CSV with a header line
/// (frame, channel, y, x, input, weight, product). Positions count from 1 in the text and from 0 in the CSV.
[[nodiscard]] std::string ledgerText(const Ledger& ledger, const ConvSpec& spec);
[[nodiscard]] std::string ledgerCsv(const Ledger& ledger);

/// Python code that builds the layer as torch.nn.Conv3d with these weights and biases, applies the padding
/// with torch.nn.functional.pad where Conv3d cannot, and the activation; `layer(x)` with x of shape (1, C, L,
/// H, W) gives the maps of convolve(). Runs as it is.
[[nodiscard]] std::string torchCode(const ConvSpec& spec, const ConvGeometry& geometry,
                                    const FilterBank& bank);

}  // namespace convscope
