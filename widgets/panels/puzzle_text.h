#pragma once

#include "engine/field/field_puzzle.h"
#include "widgets/look/look_theme.h"

#include <QString>

namespace convscope {

/// A puzzle and what the stack has made of it, as rich text for a panel: the task, field and costs against
/// target and budgets, broken rules, the best stacks known. Its links are "solution:N" (bestKnown()'s N-th),
/// "start", "puzzle:ID" (another one) and "leave".
[[nodiscard]] QString puzzleText(const FieldPuzzle& puzzle, const PuzzleVerdict& verdict,
                                 const LookTheme& theme);

}  // namespace convscope
