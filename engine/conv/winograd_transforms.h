#pragma once

#include "engine/conv/conv_spec.h"

#include <cstddef>
#include <span>

namespace convscope {

/// Winograd's minimal filtering F(m, 3) along one axis: m outputs of a kernel of three taps from m + 2
/// products instead of 3m,
///
///   y = Aᵀ [ (G g) ⊙ (Bᵀ d) ],   d: m + 2 neighbouring inputs, g: the three taps, ⊙ value by value
///
/// and twice, along height and width, m × m outputs from (m + 2)² products instead of 9m². m is 2 or 4.
/// The points are 0, ±1 and, for m = 4, ±2, and infinity. Bᵀ and Aᵀ hold whole numbers alone; G is applied
/// once, in double.
inline constexpr int kWinogradTaps = 3;
inline constexpr int kLargestTile = 4;
/// Products along one axis.
[[nodiscard]] constexpr int winogradPoints(int tile) {
  return tile + kWinogradTaps - 1;
}
/// Row `point` of G: the weights of the three taps in product `point`.
[[nodiscard]] std::span<const double, 3> winogradKernelRow(int tile, int point);
/// How much larger than that of the plain sum the bound on the error is for one transformed axis: the largest
/// Σ_p |Aᵀ| · (Σ|G|)_p · (Σ|Bᵀ|)_p over the outputs, divided by the three products of the plain sum.
[[nodiscard]] double winogradAmplification(int tile);

/// One row of tiles of one channel, from the rows of the input to its (m + 2)² products.
struct TileRowInput {
  const float* rows[kLargestTile + 2] = {};  ///< m + 2 rows, a row of zeros where there is padding of zeros
  int width = 0;                             ///< values of a row
  /// For each of the padded columns, which input column it reads, or −1 for zero; `before` of them stand
  /// before the input, and the input's own read themselves.
  const int* columns = nullptr;
  int paddedWidth = 0;
  int before = 0;
  int tiles = 0;
  float* scratch = nullptr;  ///< tileRowScratch() floats
  /// Product (i, j) of tile x goes to out[(i · (m + 2) + j) · pitch + x]; whole vectors are written, so up to
  /// 15 values beyond the last tile.
  float* out = nullptr;
  std::ptrdiff_t pitch = 0;
};

/// The way back: m rows of outputs of one filter.
struct TileRowOutput {
  const float* in = nullptr;  ///< as TileRowInput::out; whole vectors are read
  std::ptrdiff_t pitch = 0;
  int tiles = 0;
  float* scratch = nullptr;  ///< tileRowScratch() floats
  float* out = nullptr;      ///< rows lie side by side
  int rows = 0;              ///< 1 … m, the last row of tiles may be cut
  int width = 0;
  float bias = 0;
  Activation activation = Activation::None;
};

/// `count` tiles in time that lie side by side in their frames: m + 2 frames of one channel to as many
/// products.
struct TileFramesInput {
  const float* frames[kLargestTile + 2] = {};
  int count = 0;
  float* out = nullptr;  ///< product i of position n goes to out[i · pitch + n]
  std::ptrdiff_t pitch = 0;
};
struct TileFramesOutput {
  const float* in = nullptr;
  std::ptrdiff_t pitch = 0;
  int count = 0;
  float* out = nullptr;
  std::ptrdiff_t framePitch = 0;
  int frames = 0;  ///< 1 … m
  float bias = 0;
  Activation activation = Activation::None;
};

/// The transforms of one tile size as built for one instruction set. Thread-safe.
struct WinogradTransforms {
  void (*inputRow)(const TileRowInput&) = nullptr;
  void (*outputRow)(const TileRowOutput&) = nullptr;
  void (*inputFrames)(const TileFramesInput&) = nullptr;
  void (*outputFrames)(const TileFramesOutput&) = nullptr;
};
/// `target`: one of lineTargets(), by its flag; `tile`: 2 or 4.
[[nodiscard]] WinogradTransforms winogradTransforms(std::int64_t target, int tile);
/// Floats of scratch for a row of `tiles` tiles of an input `paddedWidth` wide.
[[nodiscard]] std::size_t tileRowScratch(int tiles, int paddedWidth);

}  // namespace convscope
