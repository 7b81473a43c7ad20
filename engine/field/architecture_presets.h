#pragma once

#include "engine/core/result.h"
#include "engine/field/stack_spec.h"

#include <span>

namespace convscope {

/// A known network as a stack, for the Field workspace and --field.
struct ArchitecturePreset {
  const char* name;    ///< as on the command line: "r3d-18"
  const char* title;   ///< as on screen
  const char* source;  ///< the paper, and whose code the layers follow
  StackSpec (*make)();
};

/// c3d, r3d-18, mc3-18, r2plus1d-18, i3d, s3d, x3d-s, x3d-m, slowfast-slow, slowfast-fast, figure-8,
/// figure-9.
[[nodiscard]] std::span<const ArchitecturePreset> architecturePresets();

/// Errors: BadUsage, a sentence with the nearest name and all names.
[[nodiscard]] Result<StackSpec> architectureNamed(const std::string& name);

// One function for each family; see the table of architecturePresets().
[[nodiscard]] StackSpec c3dStack();
[[nodiscard]] StackSpec r3dStack();
[[nodiscard]] StackSpec mc3Stack();
[[nodiscard]] StackSpec r2plus1dStack();
[[nodiscard]] StackSpec i3dStack();
[[nodiscard]] StackSpec s3dStack();
[[nodiscard]] StackSpec x3dSmallStack();
[[nodiscard]] StackSpec x3dMediumStack();
[[nodiscard]] StackSpec slowPathwayStack();
[[nodiscard]] StackSpec fastPathwayStack();

}  // namespace convscope
