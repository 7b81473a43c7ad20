#pragma once

#include "engine/study/study.h"
#include "widgets/state/state_edit.h"

#include <QString>

#include <array>
#include <memory>
#include <vector>

namespace convscope {

struct EffectiveField;
struct StackStimulus;

/// One level of the space-time pyramid: the clip, or the maps of a layer that the chosen unit depends on.
struct FieldLevel {
  int row = -1;                     ///< of the table; −1: the clip
  Shape shape;                      ///< of the whole maps
  std::array<AxisField, 3> cell{};  ///< field of one of its units on the clip, t, y, x
  Box seen;                         ///< what the chosen unit sees here, padding included
  bool operator==(const FieldLevel&) const = default;
};

/// What every view of the Field workspace is given. Views hold no state of record. Never null pointers but
/// `result`.
struct FieldView {
  AppState state;
  bool veiled = false;                        ///< a question asks for the field: no picture may tell it
  std::shared_ptr<const StudyResult> holder;  ///< keeps `result` alive
  const StackResult* result = nullptr;        ///< the last good one; nullptr before the first
  bool stale = false;                         ///< `result` does not belong to state
  QString problem;                            ///< one sentence, or empty
  bool busy = false;
  double progress = 0;
  /// What the unit really reacts to, where the state asks for it and it has been measured for this very unit.
  std::shared_ptr<const EffectiveField> effective;
  /// What the unit answers to most, where the state asks for it and it has been found for this very unit: it
  /// stands in place of the clip's frames.
  std::shared_ptr<const StackStimulus> stimulus;
  bool measuring = false;    ///< one of the two is on its way
  double measured = 0;       ///< share of it that is done
  QString effectiveProblem;  ///< why there is none: one sentence, or empty

  // worked out by lookAt()
  int row = 0;                     ///< of result->table: the layer looked at
  Triple unit{0, 0, 0};            ///< in its output
  std::vector<FieldLevel> levels;  ///< from the clip up to the layer looked at; empty without a result
  double paddingShare = 0;         ///< of the field's cuboid, 0 … 1

  [[nodiscard]] const LayerRow& layer() const { return result->table.rows[static_cast<std::size_t>(row)]; }
  /// Maps that a level shows: the clip's pixels or a layer's maps.
  [[nodiscard]] const Tensor& mapsOf(const FieldLevel& level) const {
    return level.row < 0 ? result->clip->pixels : result->maps[static_cast<std::size_t>(level.row)];
  }
  [[nodiscard]] QString nameOf(const FieldLevel& level) const;
};

/// "16 × 112 × 112 × 3" of the clip, without the channels of a layer.
[[nodiscard]] QString sizeText(const FieldLevel& level);
/// "32 × 62 × 62": how much of the level the chosen unit sees, padding included.
[[nodiscard]] QString seenText(const FieldLevel& level);

/// Levels of the pyramid at most, clip and chosen layer counted.
inline constexpr int kMostLevels = 4;

/// Works out row, unit, levels and share from state and result: the chosen layer, below it one layer for each
/// change of size on its way from the clip (the last before the change), evenly thinned out to kMostLevels.
void lookAt(FieldView& view);

/// A sentence or two on what the field of the layer means on this clip, for the panel "What it means": from
/// which layer on it is longer, or wider, than the clip. Names in ‹›, to be set off.
[[nodiscard]] QString fieldMeaning(const FieldView& view);

}  // namespace convscope
