#pragma once

#include "widgets/state/compare_view.h"

namespace convscope {

/// A statement about a column: its point, and what was measured of it.
struct CompareSentence {
  QString lead;  ///< "A prefers one direction."
  QString rest;  ///< "It answers a grating that drifts right 34 times as strongly as one that drifts left."
};

/// What the tuning of each column says, from its measured amplitudes; nothing of a column not measured yet.
[[nodiscard]] std::vector<CompareSentence> tuningSentences(const CompareView& view);
/// What is left of each column's response on the clip made slower and faster.
[[nodiscard]] std::vector<CompareSentence> tempoSentences(const CompareView& view);

/// The two lines beside a column's frames: how many it sees, and what its tuning says of motion.
struct SeesText {
  QString frames;  ///< "sees three frames"
  QString motion;  ///< "so it sees motion", of a network "in conv2"; empty while nothing is measured
};
[[nodiscard]] SeesText seesText(const CompareView& view, int column);

/// What a column's tuning is that of: "A", of a network "A’s filter 5".
[[nodiscard]] QString tunedName(const CompareColumn& column, int index);

/// "34.2 : 1", "1 : 5.1", "1.0 : 1"; "∞" where there is nothing on the other side.
[[nodiscard]] QString ratioText(double ratio);
/// "right", "down and right", …
[[nodiscard]] QString directionWord(double degrees);

/// From which ratio on a column counts as preferring one of two.
inline constexpr double kPrefers = 1.5;

/// One row of the table "Side by side".
struct CompareRow {
  QString name;
  QStringList cells;  ///< one a column
  QString beside;     ///< of the first two columns: "3 : 1"; or a word
  bool strong = false;
  /// Where not all rows have room: 0 stays whatever the room, of the others the largest goes first.
  int minor = 0;
  std::vector<bool> guesses{};  ///< one a column: not to be brought out; empty: none
};
[[nodiscard]] std::vector<CompareRow> compareRows(const CompareView& view);
/// What is to be said of the clip as it was read, «… ends after 12 of 40 frames»; empty where nothing is.
[[nodiscard]] QString clipNotice(const CompareView& view);
/// What must be known to read the table: what is wrong with the clip, where the readouts come from.
[[nodiscard]] QString compareNote(const CompareView& view);

}  // namespace convscope
