#pragma once

#include "widgets/state/field_view.h"
#include "widgets/state/network_queries.h"
#include "widgets/state/network_scan.h"

namespace convscope {

struct ShiftAnswer;  // widgets/state/shift_queries.h
struct Hierarchy;    // engine/study/hierarchy.h

/// What every view of the Network workspace is given. Views hold no state of record.
struct NetworkView {
  AppState state;
  std::shared_ptr<const StudyResult> holder;  ///< keeps `result` alive
  /// The last whole one of the model, else its outline; nullptr before either.
  const NetworkResult* result = nullptr;
  bool stale = false;  ///< `result` does not belong to state, or is an outline
  QString problem;     ///< one sentence, or empty
  bool busy = false;
  double progress = 0;
  std::shared_ptr<const NetworkAnswer> answer;  ///< of `row`; null while it is asked for
  std::vector<ScanWindow> windows;
  int scanFrames = 0;  ///< of the clip, that the windows cover
  bool scanning = false;
  double scanProgress = 0;
  std::shared_ptr<const ShiftAnswer> shifts;    ///< of the chart's axis, as far as it has come; null: none
  std::shared_ptr<const Hierarchy> hierarchy;   ///< null: not asked for, or under way

  // worked out by lookAt()
  int row = 0;
  int channel = 0;
  Triple unit{0, 0, 0};
  std::vector<FieldLevel> levels;  ///< the clip, and the layer looked at; empty without maps
  double paddingShare = 0;         ///< of the field's cuboid, 0 … 1

  [[nodiscard]] const NetworkSettings& settings() const { return state.network; }
  [[nodiscard]] const LayerGroup& group() const {
    return result->groups[static_cast<std::size_t>(result->groupOf(row))];
  }
  /// "conv2, channel 32".
  [[nodiscard]] QString title() const;
  [[nodiscard]] float value() const;
  /// End of the chosen channel's colour scale.
  [[nodiscard]] double range() const;
  /// What the map holds: "activation after ReLU", "after BatchNorm", "sum".
  [[nodiscard]] QString meaning() const;
  /// Channels in the order in which they are shown.
  [[nodiscard]] std::vector<int> order() const;
};

/// The row looked at: the one of the settings, or of a fresh model the second convolution's.
[[nodiscard]] int chosenRow(const NetworkResult& result, const NetworkSettings& settings);

/// Works out row, channel, unit, levels and share from state, result and answer.
void lookAt(NetworkView& view);

}  // namespace convscope
