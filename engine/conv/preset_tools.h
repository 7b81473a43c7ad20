#pragma once

// Building blocks of the kernel presets: one-dimensional rows of taps and their outer products, in double.

#include "engine/conv/kernel_presets.h"

#include <string>
#include <utility>
#include <vector>

namespace convscope::presets {

using Taps = std::vector<double>;

/// t ⊗ y ⊗ x, times `scale`: order t, y, x.
[[nodiscard]] std::vector<float> outer(const Taps& t, const Taps& y, const Taps& x, double scale = 1);
[[nodiscard]] std::vector<float> toFloats(const Taps& values, double scale = 1);
/// Row `count` − 1 of Pascal's triangle, divided by its sum: [1], [1 1]/2, [1 2 1]/4, …
[[nodiscard]] Taps binomial(int count);
/// exp(−x²/2σ²) about the middle of `count` taps, divided by its sum.
[[nodiscard]] Taps gaussian(int count, double sigma);
/// The mean taken off, then divided by the sum of magnitudes.
[[nodiscard]] Taps balanced(Taps values);
[[nodiscard]] Taps reversed(Taps values);
/// A preset with one set of values for one extent.
[[nodiscard]] KernelPreset fixedPreset(std::string id, std::string name, std::string group, std::string shows,
                                       const Triple& kernel, std::vector<float> values);
/// A preset that is a formula for any extent; `kernel` is the customary one.
[[nodiscard]] KernelPreset formulaPreset(std::string id, std::string name, std::string group,
                                         std::string shows, const Triple& kernel,
                                         std::function<std::vector<float>(const Triple&)> weights);

// The groups, in the order of the menus.
void addSpacePresets(std::vector<KernelPreset>& all);
void addTimePresets(std::vector<KernelPreset>& all);
void addSpaceTimePresets(std::vector<KernelPreset>& all);
void addMotionPresets(std::vector<KernelPreset>& all);
void addMotionEnergyPresets(std::vector<KernelPreset>& all);
void addBankPresets(std::vector<KernelPreset>& all);

}  // namespace convscope::presets
