#include "engine/conv/filter_bank.h"

#include "engine/conv/conv_spec.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <random>
#include <set>

namespace convscope {

namespace {

/// A copy of `filter` whose weight at (c, t, y, x) is the one that `from(t, y, x)` names.
template <class From>
Filter rearranged(const Filter& filter, const Triple& kernel, int channels, From from) {
  assert(static_cast<std::int64_t>(filter.weights.size()) == weightCount(kernel, channels));
  Filter result = filter;
  result.edited = result.edited || !result.preset.empty();
  for (int c = 0; c < channels; ++c) {
    for (int t = 0; t < kernel.t; ++t) {
      for (int y = 0; y < kernel.y; ++y) {
        for (int x = 0; x < kernel.x; ++x) {
          const Triple at = from(Triple{t, y, x});
          result.weights[weightIndex(kernel, c, t, y, x)] =
              filter.weights[weightIndex(kernel, c, at.t, at.y, at.x)];
        }
      }
    }
  }
  return result;
}

/// Standard normal values by Box and Muller from a generator whose output the C++ standard fixes; the
/// library's own normal_distribution differs between implementations.
class NormalSource {
 public:
  explicit NormalSource(unsigned seed) : m_bits(seed) {}

  double next() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  double uniform() { return (double{1} + static_cast<double>(m_bits())) / 4294967297.0; }  // in (0, 1)
  std::mt19937 m_bits;
};

}  // namespace

Filter fitted(const Filter& filter, const Triple& from, int fromChannels, const Triple& to, int toChannels) {
  assert(static_cast<std::int64_t>(filter.weights.size()) == weightCount(from, fromChannels));
  Filter result = filter;
  result.weights.assign(static_cast<std::size_t>(weightCount(to, toChannels)), 0.0F);
  // Division truncates, so that growing and shrinking by the same amount undo each other on even extents too.
  const Triple shift{(to.t - from.t) / 2, (to.y - from.y) / 2, (to.x - from.x) / 2};
  for (int c = 0; c < toChannels; ++c) {
    for (int t = 0; t < to.t; ++t) {
      for (int y = 0; y < to.y; ++y) {
        for (int x = 0; x < to.x; ++x) {
          const Triple at{t - shift.t, y - shift.y, x - shift.x};
          if (!shapeOf(from, 1).contains(at)) continue;
          float& weight = result.weights[weightIndex(to, c, t, y, x)];
          if (c < fromChannels) {
            weight = filter.weights[weightIndex(from, c, at.t, at.y, at.x)];
            continue;
          }
          double mean = 0;
          for (int old = 0; old < fromChannels; ++old) {
            mean += filter.weights[weightIndex(from, old, at.t, at.y, at.x)];
          }
          weight = static_cast<float>(mean / fromChannels);
        }
      }
    }
  }
  result.edited = result.edited || (!result.preset.empty() && (from != to || fromChannels != toChannels));
  return result;
}

Filter mirrored(const Filter& filter, const Triple& kernel, int channels, Axis axis) {
  return rearranged(filter, kernel, channels, [&](Triple at) {
    at[axis] = kernel[axis] - 1 - at[axis];
    return at;
  });
}

Filter flippedFilter(const Filter& filter, const Triple& kernel, int channels) {
  return rearranged(filter, kernel, channels, [&](const Triple& at) {
    return Triple{kernel.t - 1 - at.t, kernel.y - 1 - at.y, kernel.x - 1 - at.x};
  });
}

Filter transposed(const Filter& filter, const Triple& kernel, int channels) {
  assert(kernel.y == kernel.x);
  return rearranged(filter, kernel, channels, [](const Triple& at) { return Triple{at.t, at.x, at.y}; });
}

Filter normalised(const Filter& filter) {
  double sum = 0;
  for (const float weight : filter.weights) sum += std::abs(double{weight});
  if (!(sum > 0)) return filter;
  Filter result = filter;
  for (float& weight : result.weights) weight = static_cast<float>(weight / sum);
  result.edited = result.edited || !result.preset.empty();
  return result;
}

Filter inflated(const Filter& filter, const Triple& kernel, int channels, int frames) {
  assert(kernel.t == 1 && frames >= 1);
  const Triple longer{frames, kernel.y, kernel.x};
  Filter result = filter;
  result.edited = result.edited || (!result.preset.empty() && frames > 1);
  result.weights.resize(static_cast<std::size_t>(weightCount(longer, channels)));
  for (int c = 0; c < channels; ++c) {
    for (int t = 0; t < frames; ++t) {
      for (int y = 0; y < kernel.y; ++y) {
        for (int x = 0; x < kernel.x; ++x) {
          result.weights[weightIndex(longer, c, t, y, x)] =
              static_cast<float>(double{filter.weights[weightIndex(kernel, c, 0, y, x)]} / frames);
        }
      }
    }
  }
  return result;
}

Filter randomFilter(const Triple& kernel, int channels, unsigned seed) {
  const std::int64_t taps = weightCount(kernel, channels);
  const double deviation = std::sqrt(2.0 / static_cast<double>(taps));
  NormalSource normal(seed);
  Filter result;
  result.weights.resize(static_cast<std::size_t>(taps));
  for (float& weight : result.weights) weight = static_cast<float>(deviation * normal.next());
  return result;
}

std::vector<Filter> variantsOf(const Filter& first, const Triple& kernel, int channels) {
  std::set<std::vector<float>> seen{first.weights};
  std::vector<Filter> variants;
  for (const bool reversed : {false, true}) {
    const Filter base = reversed ? mirrored(first, kernel, channels, Axis::T) : first;
    std::vector<Filter> candidates{base, mirrored(base, kernel, channels, Axis::X)};
    if (kernel.y == kernel.x) {
      candidates.push_back(transposed(base, kernel, channels));
      candidates.push_back(mirrored(candidates.back(), kernel, channels, Axis::Y));
    } else {
      candidates.push_back(mirrored(base, kernel, channels, Axis::Y));
    }
    for (Filter& candidate : candidates) {
      if (seen.insert(candidate.weights).second) variants.push_back(std::move(candidate));
    }
  }
  return variants;
}

void resizeBank(FilterBank& bank, const Triple& kernel, int channels, int count) {
  assert(!bank.empty() && count >= 1);
  const auto wanted = static_cast<std::size_t>(count);
  if (wanted <= bank.size()) return bank.resize(wanted);
  const std::vector<Filter> variants = variantsOf(bank.front(), kernel, channels);
  for (std::size_t index = bank.size(); index < wanted; ++index) {
    bank.push_back(index <= variants.size() ? variants[index - 1]
                                            : randomFilter(kernel, channels, static_cast<unsigned>(index)));
  }
}

int mostFilters(const Triple& kernel, int channels) {
  const std::int64_t own = std::max<std::int64_t>(1, weightCount(kernel, channels));
  return static_cast<int>(std::clamp<std::int64_t>(kMostWeights / own, 1, kMostFilters));
}

Result<void> checkWeights(const Triple& kernel, int channels, int filters) {
  const std::int64_t all = weightCount(kernel, channels) * filters;
  if (all <= kMostWeights) return {};
  return fail(ErrorCode::TooLarge,
              std::to_string(filters) + (filters == 1 ? " filter of " : " filters of ") + toText(kernel) +
                  " × " + std::to_string(channels) + " would have " + std::to_string(all) +
                  " weights, more than the " + std::to_string(kMostWeights) +
                  " allowed here: use fewer filters or a smaller kernel.",
              {ErrorPlace::Setting::Filters});
}

}  // namespace convscope
