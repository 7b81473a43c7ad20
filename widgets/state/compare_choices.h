#pragma once

#include "widgets/state/app_state.h"

#include <QString>

#include <functional>
#include <vector>

namespace convscope {

/// What a column can be made, from the first kernel among the columns.
struct ColumnChoice {
  QString id;
  QString text;
  QString tip;  ///< one sentence
  std::function<StudySpec(const KernelStudy& first, int filter)> make;
};
[[nodiscard]] const std::vector<ColumnChoice>& columnChoices();

/// A set of columns that is worth a look, made from the first kernel.
struct Comparison {
  QString id;    ///< "space-then-time"
  QString text;  ///< "3×3×3 | (2+1)D | 1×3×3 and pooling | 4×3×3"
  QString tip;
  std::function<std::vector<StudySpec>(const KernelStudy& first, int filter)> make;
  int chosen = -1;  ///< the column whose strongest response is looked at; −1: the first kernel
};
[[nodiscard]] const std::vector<Comparison>& comparisons();

/// Makes a column the network of that ONNX file; nothing where it is the only kernel.
void applyNetwork(AppState& state, int column, const std::string& model);

/// Puts a comparison in place of the columns.
void applyComparison(AppState& state, const Comparison& comparison);
/// Makes column `column` of the state another; where it is the one that everything is made from, a kernel
/// made from itself.
void applyChoice(AppState& state, int column, const ColumnChoice& choice);
/// Adds a column: the first of columnChoices() that is not there yet. Nothing at four.
void addColumn(AppState& state);
/// Takes a column out. Nothing where it is the only kernel or the only column.
void removeColumn(AppState& state, int column);
/// Why it must stay a kernel, one sentence; empty if it need not.
[[nodiscard]] QString whyKernelStays(const AppState& state, int column);
/// Why it cannot be taken out, one sentence; empty if it can.
[[nodiscard]] QString whyNotRemovable(const AppState& state, int column);

}  // namespace convscope
