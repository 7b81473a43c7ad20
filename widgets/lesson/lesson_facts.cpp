#include "widgets/lesson/lesson_facts.h"

#include "widgets/lesson/lesson_state.h"

#include <charconv>
#include <cmath>

namespace convscope {

namespace {

/// Every expression that a step's texts quote.
std::vector<std::string> quotedBy(const LessonStep& step) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& text) {
    for (std::string& one : quotedExpressions(text)) all.push_back(std::move(one));
  };
  add(step.text);
  add(step.formula);
  add(step.answerText);
  if (step.goal) add(step.goal->text);
  if (!step.question) return all;
  add(step.question->text);
  add(step.question->hint);
  for (const LessonChoice& choice : step.question->choices) add(choice.text);
  return all;
}

Result<double> valueOf(const std::string& text, Quantities& quantities) {
  const auto expression = Expression::parse(text);
  if (!expression) return tl::unexpected(expression.error());
  return expression->value(quantities.lookup());
}

/// The number that a choice begins with.
std::optional<double> leadingNumber(const std::string& text) {
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc{} ? std::optional(number) : std::nullopt;
}

Result<bool> holds(const LessonChoice& choice, const std::optional<double>& answer, Quantities& quantities) {
  if (choice.condition.empty()) {
    const auto number = leadingNumber(choice.text);
    return number && answer && nearlyEqual(*number, *answer);
  }
  const auto value = valueOf(choice.condition, quantities);
  if (!value) return tl::unexpected(value.error());
  return *value != 0;
}

Result<int> rightChoice(const LessonQuestion& question, const std::optional<double>& answer,
                        Quantities& quantities) {
  int right = -1;
  int count = 0;
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    const auto does = holds(question.choices[i], answer, quantities);
    if (!does) return tl::unexpected(does.error());
    if (!*does) continue;
    right = static_cast<int>(i);
    ++count;
  }
  if (count == 1) return right;
  return fail(ErrorCode::BadInput,
              std::to_string(count) + " of the " + std::to_string(question.choices.size()) +
                  " choices are right" +
                  (answer ? ": the answer is " + std::to_string(*answer) : std::string()) + ".");
}

}  // namespace

Result<StepFacts> factsOf(const LessonStep& step, const AppState& told, const AppState& open,
                          StudyCache& cache, const ComputeContext& context) {
  StepFacts facts;
  Quantities quantities(told, open, cache, context);
  const auto note = [&](const Error& error) {
    if (facts.problem.empty()) facts.problem = error.message;
    return error.code == ErrorCode::Stopped;
  };
  const auto stopped = fail(ErrorCode::Stopped, "The lesson's numbers were stopped.");
  for (const std::string& text : quotedBy(step)) {
    if (facts.values.contains(text)) continue;
    if (const auto value = valueOf(text, quantities))
      facts.values[text] = *value;
    else if (note(value.error()))
      return stopped;
  }
  if (!step.question) return facts;
  if (!step.question->answer.empty()) {
    if (const auto value = valueOf(step.question->answer, quantities))
      facts.answer = *value;
    else if (note(value.error()))
      return stopped;
  }
  if (step.question->choices.empty()) return facts;
  if (const auto right = rightChoice(*step.question, facts.answer, quantities))
    facts.right = *right;
  else if (note(right.error()))
    return stopped;
  return facts;
}

Result<bool> goalReached(const LessonGoal& goal, const AppState& state, const AppState& open,
                         StudyCache& cache, const ComputeContext& context) {
  Quantities quantities(state, open, cache, context);
  const auto value = valueOf(goal.condition, quantities);
  if (!value) return tl::unexpected(value.error());
  return *value != 0;
}

bool answers(const LessonQuestion& question, const StepFacts& facts, double number) {
  constexpr double kRounding = .0005;
  return facts.answer && std::abs(number - *facts.answer) <= question.within + kRounding;
}

Result<void> checkLesson(const Lesson& lesson, const std::optional<ClipSource>& clip, StudyCache& cache,
                         const ComputeContext& context) {
  const std::string name = lesson.id.empty() ? "lesson" : lesson.id + ".md";
  for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
    const LessonStep& step = lesson.steps[i];
    const auto wrong = [&](const Error& error) {
      const std::string where = name + ":" + std::to_string(step.line) + ": ";
      const bool located = error.place.line > 0;
      return fail(error.code, (located ? "" : where + "The step “" + step.title + "”: ") + error.message);
    };
    const int index = static_cast<int>(i);
    const auto open = stepState(lesson, index, false, {}, clip);
    if (!open) return wrong(open.error());
    const auto told = stepState(lesson, index, true, {}, clip);
    if (!told) return wrong(told.error());
    const auto facts = factsOf(step, *told, *open, cache, context);
    if (!facts) return wrong(facts.error());
    if (!facts->problem.empty()) return wrong({ErrorCode::BadInput, facts->problem});
    if (!step.goal) continue;
    const auto before = goalReached(*step.goal, *open, *open, cache, context);
    if (!before) return wrong(before.error());
    if (*before) return wrong({ErrorCode::BadInput, "The goal is reached before anything is done."});
    if (step.goal->solution.empty()) continue;
    const auto solved = withSettings(*open, step.goal->solution, name);
    if (!solved) return wrong(solved.error());
    const auto after = goalReached(*step.goal, *solved, *open, cache, context);
    if (!after) return wrong(after.error());
    if (!*after) return wrong({ErrorCode::BadInput, "The goal is not reached by its own “solve” lines."});
  }
  return {};
}

}  // namespace convscope
