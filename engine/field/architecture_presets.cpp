#include "engine/field/architecture_presets.h"

#include "engine/core/nearest_names.h"
#include "engine/field/stack_builder.h"

#include <array>

namespace convscope {

namespace {

/// Figure 8 of the article: two 3 × 3 layers see 5 × 5 of a picture.
StackSpec figure8Stack() {
  StackBuilder builder("Figure 8", {1, 5, 5, 1});
  int at = builder.conv("layer 1", LayerSpec::kClip, {1, 3, 3}, 1);
  at = builder.conv("layer 2", at, {1, 3, 3}, 1);
  StackSpec stack = builder.stack();
  for (LayerSpec& layer : stack.layers) layer.padding = {}, layer.batchNorm = false, layer.bias = true;
  return stack;
}

/// Figure 9: three layers of two frames each see the four frames of a clip.
StackSpec figure9Stack() {
  StackBuilder builder("Figure 9", {4, 6, 6, 1});
  int at = LayerSpec::kClip;
  for (const char* const name : {"layer 1", "layer 2", "layer 3"}) at = builder.conv(name, at, {2, 1, 1}, 1);
  StackSpec stack = builder.stack();
  for (LayerSpec& layer : stack.layers) layer.padding = {}, layer.batchNorm = false, layer.bias = true;
  return stack;
}

constexpr std::array<ArchitecturePreset, 12> kPresets{
    {{"c3d", "C3D", "Tran et al. 2015", c3dStack},
     {"r3d-18", "R3D-18", "Tran et al. 2018; torchvision", r3dStack},
     {"mc3-18", "MC3-18", "Tran et al. 2018; torchvision", mc3Stack},
     {"r2plus1d-18", "R(2+1)D-18", "Tran et al. 2018; torchvision", r2plus1dStack},
     {"i3d", "I3D", "Carreira and Zisserman 2017; kinetics-i3d", i3dStack},
     {"s3d", "S3D", "Xie et al. 2018; torchvision", s3dStack},
     {"x3d-s", "X3D-S", "Feichtenhofer 2020; PyTorchVideo", x3dSmallStack},
     {"x3d-m", "X3D-M", "Feichtenhofer 2020; PyTorchVideo", x3dMediumStack},
     {"slowfast-slow", "SlowFast, slow pathway", "Feichtenhofer et al. 2019; PyTorchVideo", slowPathwayStack},
     {"slowfast-fast", "SlowFast, fast pathway", "Feichtenhofer et al. 2019; PyTorchVideo", fastPathwayStack},
     {"figure-8", "Figure 8: two 3 × 3 layers", "the article, figure 8", figure8Stack},
     {"figure-9", "Figure 9: three layers of two frames", "the article, figure 9", figure9Stack}}};

}  // namespace

std::span<const ArchitecturePreset> architecturePresets() {
  return kPresets;
}

Result<StackSpec> architectureNamed(const std::string& name) {
  std::vector<std::string> names;
  std::string list;
  for (const ArchitecturePreset& preset : kPresets) {
    if (name == preset.name) return preset.make();
    names.emplace_back(preset.name);
    list += (list.empty() ? "" : ", ") + names.back();
  }
  return fail(ErrorCode::BadUsage, unknownNameSentence("network", name, names, "there are " + list));
}

}  // namespace convscope
