#pragma once

#include "engine/clip/lab_set.h"
#include "engine/core/parallel.h"
#include "engine/network/open_network.h"

namespace convscope {

/// How a network does on a labelled set of clips.
struct SetAccuracy {
  std::vector<std::string> labels;
  std::vector<std::vector<int>> confusion;  ///< clips by [true class][class with the largest score]
  int tested = 0;
  int right = 0;
  int leftOut = 0;  ///< clips that have no class once they are edited (a walker played backwards)
  /// Of the tested clips, edited against as they are: half the sum of |difference| of the probabilities,
  /// 0 (the network cannot tell them apart) … 1. 0 where nothing is edited.
  double meanMoved = 0;
  double mostMoved = 0;
  int sameClass = 0;        ///< tested clips whose best class stays the same
  double milliseconds = 0;  ///< of one run, the middle one of all
  [[nodiscard]] double accuracy() const { return tested == 0 ? 0 : static_cast<double>(right) / tested; }
};

/// Runs the network on every clip of the set after `edits`. An odd number of reversals among them exchanges
/// the classes as LabSet::reversed says; any other edit keeps the class. Errors: BadSpec where the network
/// names other classes than the set, or gives scores of more or fewer than it names; those of
/// drawLabSetClip(), networkInputs() and OpenNetwork::run(). Stoppable.
[[nodiscard]] Result<SetAccuracy> accuracyOn(const LabSet& set, std::span<const ClipEdit> edits,
                                             const OpenNetwork& network, const ComputeContext& context);

}  // namespace convscope
