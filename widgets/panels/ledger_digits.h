#pragma once

#include "engine/conv/ledger.h"

#include <QString>

#include <functional>

namespace convscope {

inline constexpr int kSumDecimals = 3;  ///< of sums below 100, everywhere

/// How the ledger writes its numbers.
struct LedgerDigits {
  int cells = 2;         ///< decimals, the same in every cell
  bool rounded = false;  ///< the sums shown do not add up in the last place, and it must be said
};

/// "+0.951": a sum; large ones have fewer decimals.
[[nodiscard]] QString sumText(double value);
/// "+.74", "+1.10", "−.0125": a product with exactly `decimals`, without a leading zero.
[[nodiscard]] QString productText(double value, int decimals);

/// Decimals of products of which `largest` is the largest magnitude: two; below 0.01, where these would show
/// nothing, as many as give it three digits; fewer where `fits` refuses its text.
[[nodiscard]] int productDecimals(double largest, const std::function<bool(const QString&)>& fits);

/// True where all that the ledger shows adds up as written: partial sums to the sums of their
/// frame and of their channel, these to the total, and the total with the bias to the value. `partial`: the
/// sums per frame and channel are shown. Products are not looked at, and a square is not expected to add up.
[[nodiscard]] bool sumsAddUp(const Ledger& ledger, Activation activation, bool partial);

}  // namespace convscope
