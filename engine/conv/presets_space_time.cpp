// Kernels that mix space and time, but know no direction of motion.

#include "engine/conv/preset_tools.h"

namespace convscope::presets {

namespace {

constexpr const char* kGroup = "Space-time";

void addMeans(std::vector<KernelPreset>& all) {
  all.push_back(formulaPreset(
      "mean", "Mean, any extent", kGroup,
      "The mean of everything the kernel covers: stretch it along one axis and see what that axis loses.",
      {3, 3, 3}, [](const Triple& kernel) {
        return std::vector<float>(static_cast<std::size_t>(kernel.product()),
                                  static_cast<float>(1.0 / static_cast<double>(kernel.product())));
      }));
  all.push_back(
      fixedPreset("mean-3d", "Mean 3 × 3 × 3", kGroup,
                  "The mean of 27 voxels, the same extent along all three axes: blur in space and smear in "
                  "time.",
                  {3, 3, 3}, toFloats(Taps(27, 1), 1.0 / 27)));
  all.push_back(fixedPreset("mean-4x3x3", "Mean 4 × 3 × 3", kGroup,
                            "The mean of 36 voxels, longer in time than in space: an anisotropic kernel.",
                            {4, 3, 3}, toFloats(Taps(36, 1), 1.0 / 36)));
  all.push_back(formulaPreset("gaussian", "Gaussian, any extent", kGroup,
                              "A smooth mean whose width along each axis follows the kernel's extent there.",
                              {3, 3, 3}, [](const Triple& kernel) {
                                return outer(binomial(kernel.t), binomial(kernel.y), binomial(kernel.x));
                              }));
  all.push_back(fixedPreset("gaussian-iso", "Gaussian 3 × 3 × 3", kGroup,
                            "A smooth mean of the same extent along all three axes.", {3, 3, 3},
                            outer({1, 2, 1}, {1, 2, 1}, {1, 2, 1}, 1.0 / 64)));
  all.push_back(fixedPreset("gaussian-long", "Gaussian long in time 5 × 3 × 3", kGroup,
                            "Smears motion over five frames and keeps still detail.", {5, 3, 3},
                            outer({1, 4, 6, 4, 1}, {1, 2, 1}, {1, 2, 1}, 1.0 / 256)));
  all.push_back(fixedPreset("gaussian-wide", "Gaussian wide in space 3 × 5 × 5", kGroup,
                            "Blurs detail over five pixels and keeps the moment of change.", {3, 5, 5},
                            outer({1, 2, 1}, {1, 4, 6, 4, 1}, {1, 4, 6, 4, 1}, 1.0 / 1024)));
}

void addDerivatives(std::vector<KernelPreset>& all) {
  all.push_back(
      fixedPreset("sobel-t", "Sobel t (temporal edge)", kGroup,
                  "Where it gets brighter in time, smoothed over 3 × 3 pixels: positive on appearing, "
                  "negative on vanishing (divide by 32 for the slope).",
                  {3, 3, 3}, outer({-1, 0, 1}, {1, 2, 1}, {1, 2, 1})));
  all.push_back(
      fixedPreset("sobel-x-3d", "Sobel x 3-D", kGroup,
                  "Vertical edges that stay for three frames: flicker and fast motion drop out (divide by "
                  "32 for the slope).",
                  {3, 3, 3}, outer({1, 2, 1}, {1, 2, 1}, {-1, 0, 1})));
  all.push_back(fixedPreset("sobel-y-3d", "Sobel y 3-D", kGroup,
                            "Horizontal edges that stay for three frames (divide by 32 for the slope).",
                            {3, 3, 3}, outer({1, 2, 1}, {-1, 0, 1}, {1, 2, 1})));
  all.push_back(fixedPreset("laplacian-3d", "Laplacian 3-D, 6 neighbours", kGroup,
                            "What stands out from its four neighbours in the frame and the two in time.",
                            {3, 3, 3}, toFloats({0, 0, 0, 0, 1,  0, 0, 0, 0,  //
                                                 0, 1, 0, 1, -6, 1, 0, 1, 0,  //
                                                 0, 0, 0, 0, 1,  0, 0, 0, 0})));
  all.push_back(
      fixedPreset("laplacian-space", "Laplacian, space only, in 3 × 3 × 3", kGroup,
                  "The part of the 3-D Laplacian that looks within the frame: edges, moving or not.",
                  {3, 3, 3}, toFloats({0, 0, 0, 0, 0,  0, 0, 0, 0,  //
                                       0, 1, 0, 1, -4, 1, 0, 1, 0,  //
                                       0, 0, 0, 0, 0,  0, 0, 0, 0})));
  all.push_back(fixedPreset("laplacian-time", "Laplacian, time only, in 3 × 3 × 3", kGroup,
                            "The part of the 3-D Laplacian that looks along time: change, wherever it is.",
                            {3, 3, 3}, toFloats({0, 0, 0, 0, 1,  0, 0, 0, 0,  //
                                                 0, 0, 0, 0, -2, 0, 0, 0, 0,  //
                                                 0, 0, 0, 0, 1,  0, 0, 0, 0})));
  all.push_back(fixedPreset(
      "farid-t", "Farid–Simoncelli t 5 × 5 × 5", kGroup,
      "The slope in time, matched to its spatial sisters so that their ratio gives velocity.", {5, 5, 5},
      outer({-.109604, -.276691, 0, .276691, .109604}, {.037659, .249153, .426375, .249153, .037659},
            {.037659, .249153, .426375, .249153, .037659})));
  all.push_back(fixedPreset("smoothed-difference", "Smoothed difference", kGroup,
                            "The frame difference of means over 3 × 3 pixels: motion without the noise.",
                            {2, 3, 3}, outer({-1, 1}, {1, 1, 1}, {1, 1, 1}, 1.0 / 9)));
}

}  // namespace

void addSpaceTimePresets(std::vector<KernelPreset>& all) {
  addMeans(all);
  addDerivatives(all);
}

}  // namespace convscope::presets
