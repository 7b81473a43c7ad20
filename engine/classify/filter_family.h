#pragma once

#include "engine/conv/filter_bank.h"

namespace convscope {

/// Where the filters of a readout's bank come from.
enum class BankKind {
  Gabor,   ///< gaborFamily()
  Own,     ///< mirrorFamily() of the user's filters
  Random,  ///< randomFamily()
};

/// Filters of a bank unless fewer differ from each other.
inline constexpr int kFamilySize = 24;
/// Two filters whose normalised product is beyond this, either sign, count as one.
inline constexpr double kSameFilter = 0.999;

/// Space-time Gabor-like filters of one channel and extent `kernel`: a wave under a Gaussian window,
///   w(t, y, x) = exp(−½ Σ (i/σ_i)²) · cos(2π (x·cos θ + y·sin θ − v·t)/λ + φ),   σ_i = 0.2 + 0.2·k_i
/// with t, y, x counted from the middle of the kernel, its mean taken off (where it has more than one cell)
/// and its length Σw² made 1. Directions θ in steps of 45° (then 22.5°; 0° right, 90° down), speeds v of 1, ½
/// and 0, then 2 pixels per frame, phases φ of 0 and 90° (then 45° and 135°), wavelengths λ of 4, then 6 and
/// 3 pixels: in that order, passing over what equals an earlier one or its negative (in a kernel of one frame
/// all speeds are the same). At most `most`; a kernel of one cell has a single filter, 1. Values are the same
/// on every machine.
[[nodiscard]] FilterBank gaborFamily(const Triple& kernel, int most = kFamilySize);

/// Every filter of `own` (one channel, extent `kernel`), mirrored in x, in y, in both, each of these reversed
/// in time too, and where height and width agree the transposed ones; lengths made 1, filters of zeros and
/// repetitions passed over. All filters' originals come first. At most `most`; may be empty.
[[nodiscard]] FilterBank mirrorFamily(const FilterBank& own, const Triple& kernel, int most = kFamilySize);

/// randomFilter() from fixed seeds, mean taken off and lengths made 1.
[[nodiscard]] FilterBank randomFamily(const Triple& kernel, int most = kFamilySize);

/// One channel of `filter`, the one with the largest Σw² (the first of several): what a filter for colour
/// leaves on grey clips. Without preset and bias.
[[nodiscard]] Filter strongestChannel(const Filter& filter, const Triple& kernel, int channels);

}  // namespace convscope
