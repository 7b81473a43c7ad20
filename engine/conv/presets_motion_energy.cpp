// Motion energy after Adelson and Bergen, J. Opt. Soc. Am. A 2, 284 (1985): two temporal and two spatial
// profiles give four separable kernels A, A′, B, B′; their sums and differences are slanted in space-time and
// come in pairs a quarter of a wave apart, whose squares add up to the energy of motion in one direction.

#include "engine/conv/preset_tools.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace convscope::presets {

namespace {

constexpr const char* kGroup = "Motion energy";

/// f_n(t) = (kt)ⁿ · e^(−kt) · [1/n! − (kt)²/(n + 2)!] for t = 0 … frames − 1 frames back, balanced, oldest
/// first.
Taps temporalProfile(int n, double k, int frames) {
  Taps taps;
  for (int back = 0; back < frames; ++back) {
    const double kt = k * back;
    taps.push_back(std::pow(kt, n) * std::exp(-kt) * (1 / std::tgamma(n + 1) - kt * kt / std::tgamma(n + 3)));
  }
  return reversed(balanced(taps));
}

/// A Gaussian times a cosine (even) or sine (odd) of `frequency` cycles a pixel, balanced.
Taps spatialProfile(int count, double sigma, double frequency, bool even) {
  Taps taps;
  for (int i = 0; i < count; ++i) {
    const double x = i - (count - 1) / 2.0;
    const double phase = 2 * std::numbers::pi * frequency * x;
    taps.push_back(std::exp(-x * x / (2 * sigma * sigma)) * (even ? std::cos(phase) : std::sin(phase)));
  }
  return balanced(taps);
}

/// a + sign · b, magnitudes summing to 1.
std::vector<float> combined(const std::vector<float>& a, double sign, const std::vector<float>& b) {
  Taps values;
  double magnitude = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    values.push_back(double{a[i]} + sign * double{b[i]});
    magnitude += std::abs(values.back());
  }
  return toFloats(values, 1 / magnitude);
}

struct Design {
  int frames;
  double k;  ///< speed of the temporal profile, per frame
  int width;
  double sigma;
  double frequency;
};

void addDesign(std::vector<KernelPreset>& all, const Design& design) {
  const Triple kernel{design.frames, 1, design.width};
  const std::string size = std::to_string(design.frames) + " × 1 × " + std::to_string(design.width);
  std::string suffix = "-";
  suffix += std::to_string(design.frames);
  const Taps fast = temporalProfile(3, design.k, design.frames);
  const Taps slow = temporalProfile(5, design.k, design.frames);
  const Taps even = spatialProfile(design.width, design.sigma, design.frequency, true);
  const Taps odd = spatialProfile(design.width, design.sigma, design.frequency, false);
  const std::vector<float> evenFast = outer(fast, {1}, even);
  const std::vector<float> evenSlow = outer(slow, {1}, even);
  const std::vector<float> oddFast = outer(fast, {1}, odd);
  const std::vector<float> oddSlow = outer(slow, {1}, odd);
  const auto add = [&](const std::string& id, const std::string& name, const std::string& shows,
                       const std::vector<float>& values) {
    all.push_back(fixedPreset("energy-" + id + suffix, name + " " + size, kGroup, shows, kernel, values));
  };
  const std::string separable = ": separable, so it answers both directions alike.";
  add("even-fast", "Even, fast (A)", "An even spatial wave that comes and goes quickly" + separable,
      evenFast);
  add("even-slow", "Even, slow (A′)", "An even spatial wave that comes and goes slowly" + separable,
      evenSlow);
  add("odd-fast", "Odd, fast (B)", "An odd spatial wave that comes and goes quickly" + separable, oddFast);
  add("odd-slow", "Odd, slow (B′)", "An odd spatial wave that comes and goes slowly" + separable, oddSlow);
  add("right-1", "Right, first of the pair (A − B′)",
      "Motion to the right; square it and add its partner's square for the energy.",
      combined(evenFast, -1, oddSlow));
  add("right-2", "Right, second of the pair (B + A′)",
      "Motion to the right, a quarter of a wave later than its partner.", combined(oddFast, 1, evenSlow));
  add("left-1", "Left, first of the pair (A + B′)",
      "Motion to the left; square it and add its partner's square for the energy.",
      combined(evenFast, 1, oddSlow));
  add("left-2", "Left, second of the pair (B − A′)",
      "Motion to the left, a quarter of a wave later than its partner.", combined(oddFast, -1, evenSlow));
}

}  // namespace

void addMotionEnergyPresets(std::vector<KernelPreset>& all) {
  addDesign(all, {6, 2, 5, 1, 1.0 / 4});
  addDesign(all, {9, 1.25, 9, 2, 1.0 / 8});
}

}  // namespace convscope::presets
