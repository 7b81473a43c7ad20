// Kernels slanted in space-time: they answer motion in one direction. Index order t, y, x; x grows to the
// right.

#include "engine/conv/preset_tools.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace convscope::presets {

namespace {

constexpr const char* kGroup = "Motion";

enum class Direction { Right, Left, Down, Up };

/// A wave of four pixels that moves one pixel a frame through a Gaussian window:
///   D(t, s) = exp(−(t² / 2σ_t² + s² / 2σ_s²)) · cos(π/2 · (s ∓ t)),  σ = 0.8 · extent / 3
/// with s along the direction of motion and t, s counted from the middle; its mean is taken off; across the
/// direction the weight falls linearly from 1 in the middle to 0 one cell beyond the kernel's (extent + 1)/2.
/// Divided by the largest magnitude. Order t, y, x. At 3 × 3 × 3 the window is exp(−(t² + s²) / (2 · 0.8²)),
/// and
/// (.5, 1, .5) across. All zeros where the extent leaves nothing to compare.
Taps movingWave(const Triple& kernel, Direction direction) {
  const bool alongX = direction == Direction::Right || direction == Direction::Left;
  const int forward = direction == Direction::Right || direction == Direction::Down ? 1 : -1;
  const int along = alongX ? kernel.x : kernel.y;
  const int across = alongX ? kernel.y : kernel.x;
  const auto middle = [](int extent) { return (extent - 1) / 2.0; };
  const double sigmaT = 0.8 * kernel.t / 3;
  const double sigmaS = 0.8 * along / 3;
  Taps wave;
  for (int i = 0; i < kernel.t; ++i) {
    for (int j = 0; j < along; ++j) {
      const double t = i - middle(kernel.t);
      const double s = j - middle(along);
      const double window = std::exp(-(t * t / (2 * sigmaT * sigmaT) + s * s / (2 * sigmaS * sigmaS)));
      wave.push_back(window * std::cos(std::numbers::pi / 2 * (s - forward * t)));
    }
  }
  double mean = 0;
  for (const double value : wave) mean += value / static_cast<double>(wave.size());
  Taps values;
  double largest = 0;
  for (int t = 0; t < kernel.t; ++t) {
    for (int y = 0; y < kernel.y; ++y) {
      for (int x = 0; x < kernel.x; ++x) {
        const double fade = 1 - std::abs((alongX ? y : x) - middle(across)) / ((across + 1) / 2.0);
        const double value = (wave[static_cast<std::size_t>(t * along + (alongX ? x : y))] - mean) * fade;
        values.push_back(value);
        largest = std::max(largest, std::abs(value));
      }
    }
  }
  // What is left of rounding alone (1 × 1 and other extents without a difference) is not blown up to a
  // kernel.
  for (double& value : values) value = largest > 1e-12 ? value / largest : 0;
  return values;
}

KernelPreset movingPreset(const char* id, const char* name, const char* word, Direction direction) {
  return formulaPreset(id, name, kGroup,
                       "Bright where something " + std::string("moves ") + word +
                           " by about one pixel a frame, weak for the opposite way.",
                       {3, 3, 3},
                       [direction](const Triple& kernel) { return toFloats(movingWave(kernel, direction)); });
}

KernelPreset redMovingRight() {
  KernelPreset preset = formulaPreset("red-moving-right", "Red, moving right", kGroup,
                                      "Bright where something red moves to the right: the weights of green "
                                      "and blue are half as large and negative.",
                                      {3, 3, 3}, [](const Triple& kernel) {
                                        const Taps wave = movingWave(kernel, Direction::Right);
                                        std::vector<float> values = toFloats(wave);
                                        for (int channel = 1; channel < 3; ++channel) {
                                          const std::vector<float> opposed = toFloats(wave, -.5);
                                          values.insert(values.end(), opposed.begin(), opposed.end());
                                        }
                                        return values;
                                      });
  preset.channels = 3;
  return preset;
}

void addMatchers(std::vector<KernelPreset>& all) {
  all.push_back(
      fixedPreset("shift-right", "Shift matcher, right", kGroup,
                  "The mean along a path of one pixel a frame to the right: what moves so stays sharp, the "
                  "rest smears.",
                  {3, 1, 3}, toFloats({1, 0, 0, 0, 1, 0, 0, 0, 1}, 1.0 / 3)));
  all.push_back(
      fixedPreset("shift-still", "Shift matcher, still", kGroup,
                  "The mean along a path that stands still: still things stay sharp, moving ones smear.",
                  {3, 1, 3}, toFloats({0, 1, 0, 0, 1, 0, 0, 1, 0}, 1.0 / 3)));
  all.push_back(fixedPreset("shift-left", "Shift matcher, left", kGroup,
                            "The mean along a path of one pixel a frame to the left.", {3, 1, 3},
                            toFloats({0, 0, 1, 0, 1, 0, 1, 0, 0}, 1.0 / 3)));
  all.push_back(
      fixedPreset("edge-right", "Direction-selective edge, right", kGroup,
                  "An edge detector that moves one pixel right with each frame; still scenes cancel.",
                  {2, 1, 3}, toFloats({-1, 1, 0, 0, -1, 1})));
  all.push_back(fixedPreset("edge-left", "Direction-selective edge, left", kGroup,
                            "The same edge detector moving one pixel left with each frame.", {2, 1, 3},
                            toFloats({0, 1, -1, 1, -1, 0})));
  all.push_back(
      fixedPreset("reichardt-a", "Reichardt detector, first input", kGroup,
                  "The left pixel one frame ago: one of the two linear inputs of a motion detector that "
                  "multiplies them, and the product no single convolution can make.",
                  {2, 1, 2}, toFloats({1, 0, 0, 0})));
  all.push_back(
      fixedPreset("reichardt-b", "Reichardt detector, second input", kGroup,
                  "The right pixel now: the other linear input; only the product of both, minus its mirror "
                  "image, tells the direction.",
                  {2, 1, 2}, toFloats({0, 0, 0, 1})));
}

/// 5 × 1 × 5 (or 5 × 5 × 5 with a Gaussian in y) Gabor with σ = 1 and a wave of four pixels that moves
/// `velocity` pixels a frame; mean removed, magnitudes sum to 1.
Taps gabor(int velocity, bool even) {
  Taps values;
  for (int t = -2; t <= 2; ++t) {
    for (int x = -2; x <= 2; ++x) {
      const double phase = std::numbers::pi / 2 * (x - velocity * t);
      values.push_back(std::exp(-(t * t + x * x) / 2.0) * (even ? std::cos(phase) : std::sin(phase)));
    }
  }
  return balanced(values);
}

std::vector<float> gaborOverRows(const Taps& slanted) {
  const Taps rows = gaussian(5, 1);
  std::vector<float> values;
  for (int t = 0; t < 5; ++t) {
    for (const double row : rows) {
      for (int x = 0; x < 5; ++x) {
        values.push_back(static_cast<float>(slanted[static_cast<std::size_t>(t * 5 + x)] * row));
      }
    }
  }
  return values;
}

void addGabors(std::vector<KernelPreset>& all) {
  struct Way {
    const char* id;
    const char* name;
    int velocity;
  };
  for (const Way& way : {Way{"right", "right", 1}, Way{"left", "left", -1}, Way{"still", "still", 0}}) {
    for (const bool even : {true, false}) {
      const std::string id = std::string("gabor-") + way.id + (even ? "-even" : "-odd");
      const std::string name = std::string("Gabor ") + way.name + (even ? ", even" : ", odd");
      const std::string shows =
          std::string("A wave of four pixels ") +
          (way.velocity == 0 ? "that stands still"
                             : std::string("moving one pixel a frame to the ") + way.name) +
          (even ? ", bright in the middle; squared and added to the odd one it measures energy."
                : ", rising through the middle; squared and added to the even one it measures energy.");
      const Taps values = gabor(way.velocity, even);
      all.push_back(fixedPreset(id, name + " 5 × 1 × 5", kGroup, shows, {5, 1, 5}, toFloats(values)));
      all.push_back(
          fixedPreset(id + "-rows", name + " 5 × 5 × 5", kGroup, shows, {5, 5, 5}, gaborOverRows(values)));
    }
  }
}

}  // namespace

void addMotionPresets(std::vector<KernelPreset>& all) {
  all.push_back(movingPreset("moving-right", "Moving right", "to the right", Direction::Right));
  all.push_back(movingPreset("moving-left", "Moving left", "to the left", Direction::Left));
  all.push_back(movingPreset("moving-up", "Moving up", "up", Direction::Up));
  all.push_back(movingPreset("moving-down", "Moving down", "down", Direction::Down));
  all.push_back(redMovingRight());
  addMatchers(all);
  addGabors(all);
}

}  // namespace convscope::presets
