#include "engine/conv/fast_fir.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace convscope {

namespace {

using Weights = std::vector<std::vector<int>>;  ///< each a sum of taps

/// A filter over every `step`-th input of a plane from `first` on, whose sums begin with number `sum`.
struct Part {
  int plane = 0;
  int first = 0;
  int step = 1;
  int sum = 0;
};

void addTerms(const Part& part, const Weights& weights, int levels, std::vector<std::vector<FirTerm>>& sums) {
  if (levels == 0) {
    auto& terms = sums[static_cast<std::size_t>(part.sum)];
    for (std::size_t i = 0; i < weights.size(); ++i)
      terms.push_back({part.plane, part.first + static_cast<int>(i) * part.step, weights[i]});
    return;
  }
  Weights even;
  Weights odd;
  Weights both;
  for (std::size_t i = 0; i < weights.size(); i += 2) {
    even.push_back(weights[i]);
    both.push_back(weights[i]);
    if (i + 1 == weights.size()) break;  // a tap without a partner: its partner is zero
    odd.push_back(weights[i + 1]);
    both.back().insert(both.back().end(), weights[i + 1].begin(), weights[i + 1].end());
  }
  int inner = 1;  // sums of each of the three parts
  for (int level = 1; level < levels; ++level) inner *= 3;
  const int difference = part.plane | part.step;  // steps of 1 and 2 are the planes' bits
  addTerms({difference, part.first, 2 * part.step, part.sum}, even, levels - 1, sums);
  addTerms({part.plane, part.first + part.step, 2 * part.step, part.sum + inner}, both, levels - 1, sums);
  addTerms({difference, part.first + part.step, 2 * part.step, part.sum + 2 * inner}, odd, levels - 1, sums);
}

}  // namespace

std::vector<std::vector<FirTerm>> firTerms(int taps) {
  Weights weights;
  for (int tap = 0; tap < taps; ++tap) weights.push_back({tap});
  std::vector<std::vector<FirTerm>> sums(kFirSums);
  addTerms({}, weights, 2, sums);
  return sums;
}

std::span<const int> firOutputs() {
  // Of each three sums a, b, c the outputs are a + b and b − c, inside and outside.
  static constexpr std::array<int, kFirOutputs * kFirSums> kFactors{1, 1, 0,  1, 1, 0,  0,  0,  0,  //
                                                                    0, 0, 0,  1, 1, 0,  -1, -1, 0,  //
                                                                    0, 1, -1, 0, 1, -1, 0,  0,  0,  //
                                                                    0, 0, 0,  0, 1, -1, 0,  -1, 1};
  return kFactors;
}

double firAmplification(int taps) {
  const auto sums = firTerms(taps);
  const auto factors = firOutputs();
  double largest = 0;
  for (std::size_t output = 0; output < kFirOutputs; ++output) {
    double size = 0;
    for (std::size_t sum = 0; sum < kFirSums; ++sum) {
      if (factors[output * kFirSums + sum] == 0) continue;
      for (const FirTerm& term : sums[sum]) {
        const int inputs = 1 << std::popcount(static_cast<unsigned>(term.plane));
        size += inputs * static_cast<double>(term.taps.size());
      }
    }
    largest = std::max(largest, size);
  }
  return largest / taps;
}

}  // namespace convscope
