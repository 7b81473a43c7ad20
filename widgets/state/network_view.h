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
  bool explaining = false;                      ///< what is asked for is being worked out
  double explained = 0;                         ///< share of it that is done
  QString explanationProblem;                   ///< why there is none: one sentence, or empty
  std::vector<ScanWindow> windows;
  int scanFrames = 0;  ///< of the clip, that the windows cover
  bool scanning = false;
  double scanProgress = 0;
  std::shared_ptr<const ShiftAnswer> shifts;   ///< of the chart's axis, as far as it has come; null: none
  std::shared_ptr<const Hierarchy> hierarchy;  ///< null: not asked for, or under way

  // worked out by lookAt()
  int row = 0;
  int channel = 0;
  Triple unit{0, 0, 0};
  std::vector<FieldLevel> levels;  ///< the clip, and the layer looked at; empty without maps
  double paddingShare = 0;         ///< of the field's cuboid, 0 … 1
  /// What stands in the stage: `levels`, or those of an explanation. Saliency has the clip's alone.
  std::vector<FieldLevel> scene;
  int moment = 0;  ///< of the scene's first level: the frame that plays

  /// What the stage shows now: that of the answer, until the next one comes.
  [[nodiscard]] Explain shown() const { return answer ? answer->question.explain : Explain::Field; }
  /// What is shown was worked out of the network: never null but for Explain::Field and Map.
  [[nodiscard]] const NetworkExplanation* explanation() const {
    return answer ? answer->question.explanation.get() : nullptr;
  }
  /// A class score is explained: no unit and no field stand in the stage.
  [[nodiscard]] bool showsHeat() const { return shown() == Explain::Saliency || shown() == Explain::GradCam; }
  /// It has frames of its own that play.
  [[nodiscard]] bool showsMoments() const { return showsHeat() || shown() == Explain::Stimulus; }
  [[nodiscard]] const NetworkSettings& settings() const { return state.network; }
  /// What the network says of this clip is a guess: it knows drawn clips alone. Views do not bring it out and
  /// leave out the numbers that it does not deserve.
  [[nodiscard]] bool guesses() const { return result != nullptr && !result->outline && result->unlike(); }
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

/// The network that the state asks for, on the chosen column's clip.
[[nodiscard]] NetworkStudy wantedNetwork(const AppState& state);

/// The row looked at: the one of the settings, or of a fresh model the second convolution's.
[[nodiscard]] int chosenRow(const NetworkResult& result, const NetworkSettings& settings);

/// Works out row, channel, unit, levels, share and scene from state, result and answer.
void lookAt(NetworkView& view);

/// One or two sentences that say exactly what an explanation in the stage is; empty for Explain::Field.
[[nodiscard]] QString explanationWords(const NetworkView& view);
/// What its colours measure, for the legend: "Grad-CAM of “left”".
[[nodiscard]] QString explanationLegend(const NetworkView& view);

}  // namespace convscope
