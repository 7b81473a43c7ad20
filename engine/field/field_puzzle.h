#pragma once

#include "engine/field/layer_table.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace convscope {

/// A task for a stack: see so much of the clip, in time and in space, at little cost. The rules, the same for
/// every puzzle: learned layers alone (convolutions, all with `filters` filters and no groups), on each axis
/// a kernel of 1 or 3 (3 on one at least), a stride of 1 or 2, no dilation and a padding of (kernel − 1) / 2,
/// and no gaps: every position of the field is seen. Then the cheapest stack is known, by search over all of
/// them.
struct FieldPuzzle {
  const char* id;
  const char* title;
  const char* task;               ///< one sentence
  Triple field;                   ///< to be reached within 1 % on each axis
  Shape clip;                     ///< of the stack
  int filters = 16;               ///< of every layer
  std::int64_t weights = 0;       ///< budget, biases counted
  std::int64_t multiplyAdds = 0;  ///< budget
};

/// "hands" (1 × 300 × 300), then "clapping" (25 × 300 × 300).
[[nodiscard]] std::span<const FieldPuzzle> fieldPuzzles();
/// Null where there is none of that id.
[[nodiscard]] const FieldPuzzle* puzzleNamed(const std::string& id);

/// What a stack has made of a puzzle.
struct PuzzleVerdict {
  Triple field{0, 0, 0};            ///< of the last layer's units
  std::array<bool, 3> reached{};    ///< within 1 %, t, y, x
  std::vector<std::string> broken;  ///< rules, one sentence each that names the layer; ten at most
  std::int64_t weights = 0;
  std::int64_t multiplyAdds = 0;
  bool weightsFit = false;
  bool workFits = false;
  [[nodiscard]] bool solved() const {
    return reached[0] && reached[1] && reached[2] && broken.empty() && weightsFit && workFits;
  }
};
[[nodiscard]] PuzzleVerdict judged(const FieldPuzzle& puzzle, const LayerTable& table);

/// The best stacks known, the cheapest first, each with what is best of it; they keep the rules and reach the
/// field, and all but the last fit the budgets with room to spare.
struct PuzzleSolution {
  const char* name;
  StackSpec stack;
};
[[nodiscard]] std::vector<PuzzleSolution> bestKnown(const FieldPuzzle& puzzle);

/// What the user begins with: a few layers that see far too little.
[[nodiscard]] StackSpec puzzleStart(const FieldPuzzle& puzzle);

}  // namespace convscope
