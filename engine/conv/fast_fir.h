#pragma once

#include <span>
#include <vector>

namespace convscope {

/// The fast FIR algorithm: two outputs of a filter of two taps from three products instead of four,
///
///   y₀ = d₀ g₀ + d₁ g₁ = (d₀ − d₁) g₀ + d₁ (g₀ + g₁)
///   y₁ = d₁ g₀ + d₂ g₁ =                d₁ (g₀ + g₁) − (d₁ − d₂) g₁
///
/// for every pair of taps, and once more for each of the three sums: four outputs of n taps from 9 sums of
/// about n / 4 products each. Nothing but whole factors and differences of inputs: with whole numbers the
/// outputs are exact while sums fit 24 bits. Source: Z.-J. Mou, P. Duhamel, Short-length FIR filters and
/// their use in fast nonrecursive filtering, IEEE Transactions on Signal Processing 39, 1991.
inline constexpr int kFirOutputs = 4;
inline constexpr int kFirSums = 9;
/// Bit 0 of a plane: differences of neighbouring inputs, dᵢ − dᵢ₊₁; bit 1: of the next but one, dᵢ − dᵢ₊₂.
inline constexpr int kFirPlanes = 4;

/// One product: the input of `plane` at `at` times the sum of some weights.
struct FirTerm {
  int plane = 0;
  int at = 0;
  std::vector<int> taps;
};

/// The products of each of the kFirSums sums for a filter of `taps` ≥ 1 taps. Read are the inputs 0 … taps +
/// 2, as the four outputs do. The outputs follow from the sums as firOutputs() tells.
[[nodiscard]] std::vector<std::vector<FirTerm>> firTerms(int taps);

/// Which sums make an output, and with which sign: for all outputs in turn, factor[output · kFirSums + sum].
[[nodiscard]] std::span<const int> firOutputs();

/// The sum that every output takes in with factor 1, once: the bias begins there.
inline constexpr int kFirBiasSum = 4;

/// How much larger than that of the plain sum the bound on the error is for a filter of `taps` taps: the
/// largest Σ_terms (inputs added up) · (weights added up) over the outputs, divided by the taps.
[[nodiscard]] double firAmplification(int taps);

}  // namespace convscope
