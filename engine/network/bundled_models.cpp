#include "engine/network/bundled_models.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace convscope {

namespace {

namespace fs = std::filesystem;

constexpr std::array kModels{
    BundledModel{"sibling-2d", "Sibling 2-D: 1 × 3 × 3",
                 "Sees every frame on its own and averages over time: a clip and its reverse are one to it."},
    BundledModel{"sibling-3d", "Sibling 3-D: 3 × 3 × 3",
                 "Isotropic kernels, which mix three frames in every layer."},
    BundledModel{"sibling-2plus1d", "Sibling (2+1)-D: 1 × 3 × 3, then 3 × 1 × 1",
                 "Space and time one after the other, with as many weights."},
};

}  // namespace

std::span<const BundledModel> bundledModels() {
  return kModels;
}

std::string modelTitle(const std::string& name) {
  const auto* found =
      std::ranges::find(kModels, name, [](const BundledModel& one) { return std::string(one.id); });
  return found != kModels.end() ? found->title : fs::path(name).filename().string();
}

std::string modelFile(const std::string& name) {
  const auto* found =
      std::ranges::find(kModels, name, [](const BundledModel& one) { return std::string(one.id); });
  if (found == kModels.end()) return name;
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  for (fs::path place = program.parent_path(); place.has_relative_path(); place = place.parent_path()) {
    const fs::path file = place / "share/convscope/models" / (name + ".onnx");
    if (fs::exists(file, problem)) return file.string();
  }
  return name + ".onnx";
}

}  // namespace convscope
