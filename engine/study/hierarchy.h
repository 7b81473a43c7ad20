#pragma once

#include "engine/study/network_result.h"

#include <memory>
#include <string>
#include <vector>

namespace convscope {

/// Early and late layers of two networks on one window of a clip.
struct HierarchySpec {
  NetworkStudy study;  ///< of the first
  std::string beside;  ///< model of the second, on the same clip
  bool operator==(const HierarchySpec&) const = default;
};

/// A part of the clip that drives a channel hard: what the unit's field cuts out of the window that it was
/// found in.
struct DrivingPatch {
  int start = 0;  ///< first frame of that window in the source, counted from 0
  int first = 0;  ///< first frame of the patch in that window
  Triple unit{0, 0, 0};
  float value = 0;     ///< what the unit answers
  double padding = 0;  ///< share of the field that lies outside the clip, 0 … 1
  Tensor pixels;       ///< what of the field lies in the clip, order C, L, H, W
};

/// One layer, by the channel that answers the clip most.
struct HierarchyCell {
  int row = 0;
  std::string layer;
  std::string title;  ///< "Conv 3×3×3, ReLU"
  int channel = 0;
  Tensor map;  ///< of that channel, order L′, H′, W′
  ValueRange range;
  Triple at{0, 0, 0};  ///< its strongest unit
  std::array<AxisField, 3> field;
  std::vector<DrivingPatch> patches;  ///< the hardest first, from different windows or places
};

/// How far a layer reaches in time.
struct TimeReach {
  std::string layer;
  int frames = 0;
};

struct HierarchyColumn {
  std::string model;  ///< as it was named
  std::string best;   ///< label of the class with the largest score
  double probability = 0;
  bool guess = false;            ///< what it says of the clip, see NetworkResult::unlike()
  HierarchyCell early;           ///< the first convolution
  HierarchyCell late;            ///< the last one
  std::vector<TimeReach> reach;  ///< of every layer, in order
  int spansClap = -1;    ///< index in `reach` of the first layer that spans kClapSeconds; −1: none does
  int spansAction = -1;  ///< the same of kActionSeconds
};
inline constexpr double kClapSeconds = 0.5;
inline constexpr double kActionSeconds = 3;
inline constexpr double kUsualRate = 25;  ///< frames a second, where the clip does not say

struct Hierarchy {
  HierarchySpec spec;
  std::shared_ptr<const Clip> clip;  ///< the window, as the first network is fed
  double framesPerSecond = kUsualRate;
  bool assumedRate = false;
  std::vector<HierarchyColumn> columns;
  int windows = 0;          ///< of the source that patches were looked for in
  bool wholeSource = true;  ///< they leave no frame of it out
};

/// Runs both networks on the window, and on up to six windows of the source to find the patches. Errors:
/// those of computeNetwork() and layerMaps(). Progress; stoppable. Thread-safe.
[[nodiscard]] Result<Hierarchy> hierarchyOf(const HierarchySpec& spec, const ComputeContext& context);

}  // namespace convscope
