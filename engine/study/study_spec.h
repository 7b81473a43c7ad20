#pragma once

#include "engine/clip/clip_spec.h"
#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"

#include <variant>

namespace convscope {

/// One layer of kernels on one clip: the Kernel workspace's study.
struct KernelStudy {
  ClipSpec clip;
  ConvSpec conv;
  FilterBank bank;  ///< at least one filter, each of conv.kernel × (input channels / groups) weights
  bool operator==(const KernelStudy&) const = default;
};

/// What one column of the program computes. A further kind is added by: a spec struct like KernelStudy, a
/// result struct, an overload of compute() in study.cpp, a describe() of its fields (study_describe.h) and
/// its name in kindNames(), and one line in each of the two variants StudySpec and StudyResult.
using StudySpec = std::variant<KernelStudy>;

/// Channels that the engine is fed: 1 for grey, 3 for RGB; a grey .npy stays 1 (known only after reading).
[[nodiscard]] int channelsOf(const ClipSpec& clip);

}  // namespace convscope
