#include "engine/classify/filter_family.h"

#include "engine/clip/lab_math.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace convscope {

namespace {

using Weights = std::vector<double>;

double product(const Weights& a, const Weights& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void takeMeanOff(Weights& weights) {
  if (weights.size() < 2) return;
  double mean = 0;
  for (const double w : weights) mean += w / static_cast<double>(weights.size());
  for (double& w : weights) w -= mean;
}

/// Divides by the length; false where there is none to speak of.
bool makeUnit(Weights& weights) {
  constexpr double kNothing = 1e-6;
  const double length = std::sqrt(product(weights, weights));
  if (!(length > kNothing)) return false;
  for (double& w : weights) w /= length;
  return true;
}

/// Collects filters of unit length that differ by more than their sign.
class Collection {
 public:
  explicit Collection(int most) : m_most(static_cast<std::size_t>(std::max(0, most))) {}

  [[nodiscard]] bool full() const { return m_kept.size() >= m_most; }

  void offer(Weights weights) {
    if (full() || !makeUnit(weights)) return;
    const auto same = [&](const Weights& kept) { return std::abs(product(kept, weights)) > kSameFilter; };
    if (std::ranges::any_of(m_kept, same)) return;
    m_kept.push_back(std::move(weights));
  }

  [[nodiscard]] FilterBank bank() const {
    FilterBank bank;
    for (const Weights& kept : m_kept) {
      Filter filter;
      for (const double w : kept) filter.weights.push_back(static_cast<float>(w));
      bank.push_back(std::move(filter));
    }
    return bank;
  }

 private:
  std::size_t m_most;
  std::vector<Weights> m_kept;
};

struct Wave {
  double direction = 0;  ///< degrees
  double speed = 0;      ///< pixels per frame
  double phase = 0;      ///< turns
  double length = 4;     ///< pixels
};

/// exp(−x) for x ≥ 0 by additions, products and quotients alone, so that all machines agree: (1 − x/n)^n has
/// the same value everywhere, n = 2^20 is exact to 1e-6.
double fallOff(double x) {
  double value = std::max(0.0, 1 - x / 1048576);
  for (int i = 0; i < 20; ++i) value *= value;
  return value;
}

Weights gabor(const Triple& kernel, const Wave& wave) {
  const lab::Vec2 ahead = lab::heading(wave.direction);
  const auto fromMiddle = [&](Axis axis, int at) { return at - (kernel[axis] - 1) / 2.0; };
  const auto squared = [&](Axis axis, double off) {
    const double share = off / (0.2 + 0.2 * kernel[axis]);
    return share * share;
  };
  Weights weights;
  for (int t = 0; t < kernel.t; ++t) {
    for (int y = 0; y < kernel.y; ++y) {
      for (int x = 0; x < kernel.x; ++x) {
        const double dt = fromMiddle(Axis::T, t);
        const double dy = fromMiddle(Axis::Y, y);
        const double dx = fromMiddle(Axis::X, x);
        const double window =
            fallOff((squared(Axis::T, dt) + squared(Axis::Y, dy) + squared(Axis::X, dx)) / 2);
        const double turns = (dx * ahead.x + dy * ahead.y - wave.speed * dt) / wave.length + wave.phase;
        weights.push_back(window * lab::cosTurns(turns));
      }
    }
  }
  takeMeanOff(weights);
  return weights;
}

/// The waves in the order of the header: first the 24 that a kernel with room on every axis gets.
std::vector<Wave> waves() {
  std::vector<Wave> list;
  for (const double phase : {0.0, 0.25}) {
    for (int i = 0; i < 8; ++i) list.push_back({45.0 * i, phase == 0 ? 1.0 : 0.5, phase, 4});
  }
  for (const double phase : {0.0, 0.25}) {
    for (int i = 0; i < 4; ++i) list.push_back({45.0 * i, 0, phase, 4});
  }
  for (const double length : {4.0, 6.0, 3.0}) {
    for (const double speed : {1.0, 0.5, 0.0, 2.0}) {
      for (const double phase : {0.0, 0.25, 0.125, 0.375}) {
        for (int i = 0; i < 16; ++i) list.push_back({22.5 * i, speed, phase, length});
      }
    }
  }
  return list;
}

Weights widened(const Filter& filter) {
  return {filter.weights.begin(), filter.weights.end()};
}

/// The eight of a filter: mirrored in x, y, both, and reversed in time; with the transposed ones sixteen.
std::vector<Filter> mirrors(const Filter& filter, const Triple& kernel) {
  std::vector<Filter> all{filter};
  for (const Axis axis : {Axis::X, Axis::T, Axis::Y}) {
    for (std::size_t i = 0, count = all.size(); i < count; ++i)
      all.push_back(mirrored(all[i], kernel, 1, axis));
  }
  if (kernel.y == kernel.x) {
    for (std::size_t i = 0, count = all.size(); i < count; ++i) all.push_back(transposed(all[i], kernel, 1));
  }
  return all;
}

}  // namespace

FilterBank gaborFamily(const Triple& kernel, int most) {
  Collection collection(most);
  for (const Wave& wave : waves()) collection.offer(gabor(kernel, wave));
  return collection.bank();
}

FilterBank mirrorFamily(const FilterBank& own, const Triple& kernel, int most) {
  Collection collection(most);
  for (const Filter& filter : own) collection.offer(widened(filter));
  for (const Filter& filter : own) {
    for (const Filter& one : mirrors(filter, kernel)) collection.offer(widened(one));
  }
  return collection.bank();
}

FilterBank randomFamily(const Triple& kernel, int most) {
  Collection collection(most);
  constexpr unsigned kSeed = 4711;
  for (int i = 0; i < 2 * most && !collection.full(); ++i) {
    Weights weights = widened(randomFilter(kernel, 1, kSeed + static_cast<unsigned>(i)));
    takeMeanOff(weights);
    collection.offer(std::move(weights));
  }
  return collection.bank();
}

Filter strongestChannel(const Filter& filter, const Triple& kernel, int channels) {
  const auto each = static_cast<std::ptrdiff_t>(kernel.product());
  Filter best;
  double most = -1;
  for (int c = 0; c < channels; ++c) {
    const auto first = filter.weights.begin() + c * each;
    double square = 0;
    for (auto w = first; w != first + each; ++w) square += double{*w} * *w;
    if (!(square > most)) continue;
    most = square;
    best.weights.assign(first, first + each);
  }
  return best;
}

}  // namespace convscope
