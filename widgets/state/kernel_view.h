#pragma once

#include "engine/study/study.h"
#include "widgets/state/state_edit.h"

#include <QMetaType>
#include <QString>

#include <memory>
#include <optional>

namespace convscope {

/// What the pointer is over, in any view; all views outline the same cell.
struct Hover {
  enum class Kind { None, Input, Output, Weight } kind = Kind::None;
  Triple at{0, 0, 0};  ///< input, output or tap position
  int channel = 0;     ///< input channel, filter, or weight channel
  bool operator==(const Hover&) const = default;
};

/// What every view of the Kernel workspace is given: one value with everything to show. Views hold no state
/// of record; they compare with what they drew last and repaint what differs. Never null pointers but
/// `result`.
struct KernelView {
  AppState state;
  std::shared_ptr<const StudyResult> holder;  ///< keeps `result` alive
  const KernelResult* result = nullptr;       ///< the last good one; nullptr before the first
  bool stale = false;       ///< `result` does not belong to state (an error, or a longer computation)
  QString problem;          ///< one sentence, or empty
  ErrorPlace problemPlace;  ///< the setting that `problem` is about
  bool busy = false;        ///< a full computation runs
  double progress = 0;      ///< 0 … 1 while busy, where it is known
  Hover hover;

  [[nodiscard]] const KernelStudy& study() const { return state.kernel(); }
  /// The output voxel of the kernel, clamped to what `result` holds.
  [[nodiscard]] Triple voxel() const;
  /// The chosen filter, clamped to what `result` holds.
  [[nodiscard]] int filter() const;
  /// Colour range of one map frame under Look::rangeMode: {−m, m} where values are signed, {0, m} else; m >
  /// 0. m is roundRange() of the largest magnitude (as it is where it was fixed by hand), so that what the
  /// legend and the status bar print is the range itself.
  [[nodiscard]] ValueRange mapRange(int filter, int t) const;
  /// Largest magnitude that the chosen filter (RangeMode::All: any filter) could answer with: Σ|w| times the
  /// extent of the input's range, plus |bias|, after the activation. 0 without a result. Cost O(weights).
  [[nodiscard]] double largestPossible() const;
  /// "weak: 1 % of what these weights can reach" where a colour range of `range` that was fitted to the maps
  /// is below 2 % of largestPossible(), so that noise does not look like an answer; else empty.
  [[nodiscard]] QString weakNote(double range) const;
  /// True where no value can be below 0 (after ReLU, absolute, square): the unsigned scale serves.
  [[nodiscard]] bool unsignedMaps() const;
  /// How many cells of map frame t, in raster order, the kernel has reached; all of them while nothing is
  /// painted. Needs a result.
  [[nodiscard]] std::int64_t paintedCells(int t) const;
  /// Under Playback::paint: true if the kernel has reached output `at` (raster order x, y, t).
  [[nodiscard]] bool painted(const Triple& at) const;
  /// "t=(3,4,5)": the input frames, counted from 1, that map frame `t` is made from; padding frames as "·".
  [[nodiscard]] QString mapTitle(int t) const;
};

/// True where a kernel is on the stage, so that it can slide; false for the input alone.
[[nodiscard]] bool slidesAtAll(const KernelView& view);
/// True where it has more than one position in time.
[[nodiscard]] bool slidesInTime(const KernelView& view);

/// True for one frame without padding in time: there is no t to speak of.
[[nodiscard]] bool isStill(const KernelView& view);

/// The next of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 and 8 times a power of ten that is not below `least`; what is
/// not positive stays as it is.
[[nodiscard]] double roundRange(double least);
/// The round range next to `range` (> 0), wider or narrower.
[[nodiscard]] double neighbourRange(double range, bool wider);

/// Values that are drawn from black to white: [0, 1], where a video's values lie; else (from an array file)
/// the clip's own range.
[[nodiscard]] ValueRange displayRange(const Clip& clip);

/// Of `columns` shown cells of a row, `step` output cells apart, how many begin among the first `reached`
/// cells.
[[nodiscard]] inline int columnsReached(std::int64_t reached, int step, int columns) {
  const std::int64_t begun = reached <= 0 ? 0 : (reached + step - 1) / step;
  return static_cast<int>(std::min<std::int64_t>(begun, columns));
}

}  // namespace convscope

Q_DECLARE_METATYPE(convscope::Hover)
