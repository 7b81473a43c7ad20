// Kernels of one frame: what image processing has used for decades. Index order y, x.

#include "engine/conv/preset_tools.h"

namespace convscope::presets {

namespace {

constexpr const char* kGroup = "Space";

void addSmoothing(std::vector<KernelPreset>& all) {
  all.push_back(fixedPreset("identity", "Identity", kGroup,
                            "Passes every pixel on unchanged: the map is the clip, cut by the border.",
                            {1, 3, 3}, toFloats({0, 0, 0, 0, 1, 0, 0, 0, 0})));
  all.push_back(fixedPreset("box-blur-3", "Box blur 3 × 3", kGroup,
                            "The mean of nine pixels: fine texture and noise go, edges get soft.", {1, 3, 3},
                            toFloats(Taps(9, 1), 1.0 / 9)));
  all.push_back(
      fixedPreset("box-blur-5", "Box blur 5 × 5", kGroup,
                  "The mean of 25 pixels: a stronger blur that leaves square traces of bright points.",
                  {1, 5, 5}, toFloats(Taps(25, 1), 1.0 / 25)));
  all.push_back(fixedPreset("gaussian-3", "Gaussian 3 × 3", kGroup,
                            "A blur that weights near pixels more and leaves no square traces.", {1, 3, 3},
                            outer({1}, {1, 2, 1}, {1, 2, 1}, 1.0 / 16)));
  all.push_back(fixedPreset("gaussian-5", "Gaussian 5 × 5", kGroup,
                            "The wider of the two smooth blurs: only shapes of several pixels stay.",
                            {1, 5, 5}, outer({1}, {1, 4, 6, 4, 1}, {1, 4, 6, 4, 1}, 1.0 / 256)));
  all.push_back(fixedPreset("sharpen", "Sharpen", kGroup,
                            "Adds to each pixel its difference from its four neighbours: edges overshoot.",
                            {1, 3, 3}, toFloats({0, -1, 0, -1, 5, -1, 0, -1, 0})));
  all.push_back(fixedPreset("outline", "Outline", kGroup,
                            "Bright where a pixel stands out from its eight neighbours, zero on even areas.",
                            {1, 3, 3}, toFloats({-1, -1, -1, -1, 8, -1, -1, -1, -1})));
  all.push_back(fixedPreset("emboss", "Emboss", kGroup, "The picture as a relief lit from the upper left.",
                            {1, 3, 3}, toFloats({-2, -1, 0, -1, 1, 1, 0, 1, 2})));
}

void addGradients(std::vector<KernelPreset>& all) {
  all.push_back(fixedPreset("sobel-x", "Sobel x", kGroup,
                            "Vertical edges: positive where it gets brighter to the right.", {1, 3, 3},
                            outer({1}, {1, 2, 1}, {-1, 0, 1})));
  all.push_back(fixedPreset("sobel-y", "Sobel y", kGroup,
                            "Horizontal edges: positive where it gets brighter downwards.", {1, 3, 3},
                            outer({1}, {-1, 0, 1}, {1, 2, 1})));
  all.push_back(
      fixedPreset("prewitt-x", "Prewitt x", kGroup,
                  "Vertical edges with equal weight on the three rows, a little noisier than Sobel.",
                  {1, 3, 3}, outer({1}, {1, 1, 1}, {-1, 0, 1})));
  all.push_back(fixedPreset("prewitt-y", "Prewitt y", kGroup,
                            "Horizontal edges with equal weight on the three columns.", {1, 3, 3},
                            outer({1}, {-1, 0, 1}, {1, 1, 1})));
  all.push_back(fixedPreset("scharr-x", "Scharr x", kGroup,
                            "Vertical edges, answering slanted edges more evenly than Sobel.", {1, 3, 3},
                            outer({1}, {3, 10, 3}, {-1, 0, 1})));
  all.push_back(fixedPreset("scharr-y", "Scharr y", kGroup,
                            "Horizontal edges, answering slanted edges more evenly than Sobel.", {1, 3, 3},
                            outer({1}, {-1, 0, 1}, {3, 10, 3})));
  const Taps smooth5{.037659, .249153, .426375, .249153, .037659};
  const Taps rising5{-.109604, -.276691, 0, .276691, .109604};
  const Taps smooth3{.2298791, .540242, .2298791};
  const Taps rising3{-.425287, 0, .425287};
  all.push_back(
      fixedPreset("farid-x-5", "Farid–Simoncelli x 5 × 5", kGroup,
                  "The slope along the width, the same for an edge at any angle to within a percent.",
                  {1, 5, 5}, outer({1}, smooth5, rising5)));
  all.push_back(
      fixedPreset("farid-y-5", "Farid–Simoncelli y 5 × 5", kGroup,
                  "The slope along the height, the same for an edge at any angle to within a percent.",
                  {1, 5, 5}, outer({1}, rising5, smooth5)));
  all.push_back(fixedPreset("farid-x-3", "Farid–Simoncelli x 3 × 3", kGroup,
                            "The slope along the width from three taps matched to one another.", {1, 3, 3},
                            outer({1}, smooth3, rising3)));
  all.push_back(fixedPreset("farid-y-3", "Farid–Simoncelli y 3 × 3", kGroup,
                            "The slope along the height from three taps matched to one another.", {1, 3, 3},
                            outer({1}, rising3, smooth3)));
}

void addSecondDerivatives(std::vector<KernelPreset>& all) {
  all.push_back(
      fixedPreset("laplacian-4", "Laplacian, 4 neighbours", kGroup,
                  "Curvature of brightness: both sides of an edge with opposite signs, zero on ramps.",
                  {1, 3, 3}, toFloats({0, 1, 0, 1, -4, 1, 0, 1, 0})));
  all.push_back(fixedPreset("laplacian-8", "Laplacian, 8 neighbours", kGroup,
                            "Curvature of brightness with the diagonals counted too.", {1, 3, 3},
                            toFloats({1, 1, 1, 1, -8, 1, 1, 1, 1})));
  all.push_back(fixedPreset(
      "log-5", "Laplacian of Gaussian 5 × 5", kGroup,
      "Bright blobs of about three pixels on a darker ground, noise smoothed away.", {1, 5, 5},
      toFloats({0, 0, -1, 0, 0, 0, -1, -2, -1, 0, -1, -2, 16, -2, -1, 0, -1, -2, -1, 0, 0, 0, -1, 0, 0})));
}

}  // namespace

void addSpacePresets(std::vector<KernelPreset>& all) {
  addSmoothing(all);
  addGradients(all);
  addSecondDerivatives(all);
}

}  // namespace convscope::presets
