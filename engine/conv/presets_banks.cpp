// Kernels that show what a convolution is rather than what a filter finds.

#include "engine/conv/preset_tools.h"

#include <algorithm>

namespace convscope::presets {

namespace {
constexpr const char* kGroup = "Banks";
}

void addBankPresets(std::vector<KernelPreset>& all) {
  KernelPreset ones =
      formulaPreset("all-ones", "All ones", kGroup,
                    "The plain sum of everything the kernel covers: every input counts, so a changed voxel "
                    "shows its whole reach.",
                    {3, 3, 3}, [](const Triple& kernel) {
                      return std::vector<float>(static_cast<std::size_t>(kernel.product()), 1.0F);
                    });
  ones.channels = 0;
  all.push_back(std::move(ones));
  KernelPreset random = formulaPreset(
      "random-normal", "Random (normal)", kGroup,
      "What an untrained network starts from: normal values of variance 2 / taps, the same at every start.",
      {3, 3, 3}, [](const Triple& kernel) { return randomFilter(kernel, 1, kRandomPresetSeed).weights; });
  random.channels = 0;
  all.push_back(std::move(random));
  all.push_back(
      formulaPreset("centre", "Identity, any extent", kGroup,
                    "Passes the voxel under the kernel's middle on unchanged, however large the kernel.",
                    {3, 3, 3}, [](const Triple& kernel) {
                      std::vector<float> values(static_cast<std::size_t>(kernel.product()));
                      values[weightIndex(kernel, 0, kernel.t / 2, kernel.y / 2, kernel.x / 2)] = 1;
                      return values;
                    }));
}

}  // namespace convscope::presets
