#pragma once

#include "widgets/state/app_state.h"

#include <bitset>

namespace convscope {

/// Parts of the state that come and go without a step of undo: where the eye is and what it points at. Each
/// is a few fields that mean something together.
enum class PassingPart {
  Workspace,
  Cameras,
  Playback,
  Lesson,
  Place,     ///< voxel and clicked input voxel: of one clip
  Filter,    ///< column, filter and channel of the weights
  Scores,    ///< view of the scores
  Unit,      ///< the Field workspace's layer and unit: of one list of layers
  Neuron,    ///< the Network workspace's row, channel and unit: of one model
  Window,    ///< of the score over time: of one clip
  Channels,  ///< how the Network workspace lists and colours channels, and its chart
};
inline constexpr std::size_t kPassingParts = 11;
using PassingParts = std::bitset<kPassingParts>;

/// The parts in which the states differ.
[[nodiscard]] PassingParts passingChanges(const AppState& before, const AppState& after);

/// `remembered`, a state of the history, with the passing parts of `now`: with all but those that the step
/// between the two changed itself (`own`), and those that would mean something else there, for the model, the
/// list of layers or the clip that they belong to is another one. Not reconciled.
[[nodiscard]] AppState withPassing(AppState remembered, const AppState& now, PassingParts own);

}  // namespace convscope
