#pragma once

#include "widgets/lesson/lesson.h"
#include "widgets/lesson/lesson_text.h"
#include "widgets/lesson/quantities.h"

#include <optional>

namespace convscope {

/// What the engine says of a step: the values that its texts quote and the answer to its question. Worked
/// out, never read from the file.
struct StepFacts {
  QuotedValues values;
  std::optional<int> right;      ///< index of the choice that holds
  std::optional<double> answer;  ///< where the question has an expression
  std::string problem;           ///< why something is not known: one sentence, or empty
};

/// Works out a step's facts: `told` is its state with the answer told, `open` the one before. What fails
/// alone leaves `problem`; the rest is there all the same. Errors: Stopped.
[[nodiscard]] Result<StepFacts> factsOf(const LessonStep& step, const AppState& told, const AppState& open,
                                        StudyCache& cache, const ComputeContext& context);

/// Whether a step's goal is reached in `state`. Errors: those of the engine; Stopped.
[[nodiscard]] Result<bool> goalReached(const LessonGoal& goal, const AppState& state, const AppState& open,
                                       StudyCache& cache, const ComputeContext& context);

/// True if `number` answers the question: it differs from `facts.answer` by no more than `within` and what
/// rounding to three decimals leaves.
[[nodiscard]] bool answers(const LessonQuestion& question, const StepFacts& facts, double number);

/// Holds a lesson to the engine: every step's state can be set, every quoted value and answer is known,
/// exactly one choice is right, and every goal is not reached at first and is with its solution. Errors:
/// BadInput with the step's line; Stopped.
[[nodiscard]] Result<void> checkLesson(const Lesson& lesson, const std::optional<ClipSource>& clip,
                                       StudyCache& cache, const ComputeContext& context);

}  // namespace convscope
