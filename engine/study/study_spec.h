#pragma once

#include "engine/clip/clip_spec.h"
#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"

#include <nlohmann/json_fwd.hpp>

#include <variant>

namespace convscope {

/// One layer of kernels on one clip: the Kernel workspace's study.
struct KernelStudy {
  ClipSpec clip;
  ConvSpec conv;
  FilterBank bank;  ///< at least one filter, each of conv.kernel × (input channels / groups) weights
  bool operator==(const KernelStudy&) const = default;
};

/// What one column of the program computes. A further kind is added by: a spec struct like KernelStudy, a result
/// struct, an overload of compute() in study.h, one of the JSON functions, and one line in each of these variants.
using StudySpec = std::variant<KernelStudy>;

/// Channels that the engine is fed: 1 for grey, 3 for RGB; a grey .npy stays 1 (known only after reading).
[[nodiscard]] int channelsOf(const ClipSpec& clip);

void to_json(nlohmann::json& json, const StudySpec& study);
/// Throws nlohmann::json::exception or std::invalid_argument with a sentence that names the key: caught at the edge
/// (AppState's reader). Unknown keys are errors; missing ones keep the default.
void from_json(const nlohmann::json& json, StudySpec& study);

}  // namespace convscope
