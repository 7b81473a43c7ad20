#pragma once

#include "engine/compare/column_result.h"
#include "engine/compare/grating_tuning.h"
#include "engine/compare/map_difference.h"
#include "engine/study/study_result.h"
#include "widgets/state/state_edit.h"

#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace convscope {

/// What is known of one column: what was computed of it, and why what is missing is missing.
struct CompareColumn {
  StudySpec spec;                              ///< as it is set
  std::shared_ptr<const ColumnResult> result;  ///< the last good one, or null
  bool stale = false;                          ///< `result` does not belong to `spec`
  QString problem;                             ///< why there are no maps: one sentence, or empty
  std::shared_ptr<const Tuning> tuning;        ///< null while it is not measured
  /// Whose tuning it is where the column is a network: that of one filter of its first convolution.
  struct TunedFilter {
    QString layer;
    int filter = 0;  ///< from 0
    int filters = 1;
    int frames = 1;  ///< that it sees
    bool operator==(const TunedFilter&) const = default;
  };
  std::optional<TunedFilter> tuned;
  QString tuningProblem;
  std::shared_ptr<const ReadoutResult> readout;           ///< of a kernel; null while there is none
  QString readoutProblem;                                 ///< why there is none, or empty
  std::shared_ptr<const std::vector<TempoPoint>> tempos;  ///< at the zoom set; null while not computed
  double unchanged = 0;  ///< strength on the clip at its own speed and size; 0 while not computed

  /// `result`, but not that of another network, nor that of another setting where this one cannot be had: its
  /// numbers would be read as this column's.
  [[nodiscard]] std::shared_ptr<const ColumnResult> own() const;
  /// What is left of the strength at a tempo (of kTempos) and the zoom that is set, 1: as much as on the
  /// unchanged clip. None while not computed, or where the clip is too short.
  [[nodiscard]] std::optional<double> strengthLeft(double tempo) const;
};

/// What the pointer is over: a cell of one column, or of the difference (column −1: then a cell of A).
struct CompareHover {
  int column = 0;
  Triple at{0, 0, 0};
  bool operator==(const CompareHover&) const = default;
};

/// What every view of the Compare workspace is given. Views hold no state of record. As many columns as
/// state.columns.
struct CompareView {
  AppState state;
  std::vector<CompareColumn> columns;
  std::shared_ptr<const MapDifference> difference;  ///< of the first two columns; null where there is none
  QString differenceProblem;                        ///< why not: one sentence, or empty
  QString clipProblem;                              ///< why the clip cannot be read, or empty
  bool busy = false;
  double progress = 0;
  std::optional<CompareHover> hover;

  [[nodiscard]] int count() const { return static_cast<int>(columns.size()); }
  [[nodiscard]] const CompareColumn& column(int i) const { return columns[static_cast<std::size_t>(i)]; }
  /// The map of a column that is shown, see shownChannel().
  [[nodiscard]] int channel(int column) const;
  /// The column whose strongest response is looked at while no cell is chosen: the network that sees most
  /// frames, whose cells are few, else the chosen kernel.
  [[nodiscard]] int strongestColumn() const;
  /// The cell of a column at the linked cursor, which is the chosen column's voxel: the nearest in time and
  /// place. Columns must have a result. With `from` the nearest to that cell of that column instead.
  [[nodiscard]] Triple cell(int column) const;
  [[nodiscard]] Triple cellNear(int column, const CompareHover& from) const;
  /// The cell outlined under the pointer, in a column or (−1) in the difference as a cell of A.
  [[nodiscard]] std::optional<Triple> hovered(int column) const;
  [[nodiscard]] float value(int column, const Triple& cell) const;
  /// Upper end of a column's colours, > 0, over what Look::rangeMode says. Linked columns share one: kernels
  /// and stacks among themselves and networks among themselves, for their values have no common unit; with
  /// RangeMode::All all of them, of whatever kind.
  [[nodiscard]] double range(int column) const;
  /// That of A where it is A's and B's in common and the difference can be seen in it; else the difference's
  /// own.
  [[nodiscard]] double differenceRange() const;
  /// Whether the colours of two columns mean the same values.
  [[nodiscard]] bool shareRange(int column, int other) const;
  /// Frames of the clip that a cell sees, from 0; may lie in the padding: below 0 or behind the last.
  struct Frames {
    int first = 0;
    int count = 1;
    int step = 1;  ///< between those that are read (dilation)
  };
  [[nodiscard]] Frames framesSeen(int column, int t) const;
  /// "t=(3,4,5)".
  [[nodiscard]] QString mapTitle(int column, int t) const;
};

/// The map of a computed column that is looked at where `filter` is chosen: that one, or the last it has; of
/// a network the one that its study names, or the one that answers most.
[[nodiscard]] int shownChannel(const ColumnResult& column, int filter);

/// "A" … "D".
[[nodiscard]] QString columnLetter(int column);
/// "3 × 3 × 3", of a network its file's name, of a stack "1×3×3 → 3×1×1" (more than two layers: how many).
[[nodiscard]] QString columnShape(const StudySpec& column);
/// The same without spaces between the numbers, "3×3×3": for heads of tables.
[[nodiscard]] QString narrowShape(const StudySpec& column);
/// What a column is, in words: the name of a kernel's preset, how it was made from column A's kernel where it
/// is (found out by making it), or that its weights are its own.
[[nodiscard]] QString columnName(const AppState& state, int column);
/// Index of the first kernel among the columns: the one that others are made from.
[[nodiscard]] int firstKernel(const AppState& state);

}  // namespace convscope
