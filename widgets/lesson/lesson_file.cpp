// The lesson's file: one line after the other, so that every error has its line.
#include "engine/core/file_text.h"
#include "engine/core/json_text.h"
#include "engine/core/nearest_names.h"
#include "engine/core/number_text.h"
#include "widgets/lesson/lesson.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <functional>
#include <map>
#include <sstream>

namespace convscope {

namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

std::vector<std::string> listed(const std::string& text) {
  std::vector<std::string> words;
  std::stringstream parts(text);
  for (std::string word; std::getline(parts, word, ',');)
    if (word = trimmed(word); !word.empty()) words.push_back(word);
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// A step is shown by setting all that those before it set: far more than a class can be shown.
constexpr std::size_t kMostSteps = 200;
constexpr std::size_t kMostSettings = 200;  // of a step, of its answer, of the way to its goal

/// Reads a lesson line by line and keeps the first thing that is wrong.
class Reader {
 public:
  Reader(const std::string& text, std::string name) : m_name(std::move(name)) {
    std::stringstream all(text);
    for (std::string line; std::getline(all, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      m_lines.push_back(line);
    }
  }

  Result<Lesson> read() {
    head();
    while (good() && m_next < m_lines.size()) body();
    if (good() && m_lesson.title.empty()) complain(1, "The lesson has no “title:” between its “---” lines");
    if (good() && m_lesson.steps.empty())
      complain(static_cast<int>(m_lines.size()),
               "The lesson has no step: a step begins with “## ” and its title");
    for (const LessonStep& step : m_lesson.steps)
      if (good()) checkStep(step);
    if (!good()) return fail(ErrorCode::BadInput, m_wrong, m_place);
    return std::move(m_lesson);
  }

 private:
  using Keys = std::map<std::string, std::function<void(const std::string& value)>>;

  [[nodiscard]] bool good() const { return m_wrong.empty(); }
  void complain(int line, const std::string& what) {
    if (!good()) return;
    m_place.line = std::max(1, line);
    m_wrong = m_name + ":" + std::to_string(m_place.line) + ": " + what + ".";
  }
  [[nodiscard]] int lineNumber() const { return static_cast<int>(m_next); }  // of the line taken last, from 1

  const std::string& take() { return m_lines[m_next++]; }

  /// A line "key: value" with the indented lines that go on with it.
  std::pair<std::string, std::string> taken() {
    const std::string line = take();
    m_settingLine = lineNumber();
    const auto colon = line.find(':');
    if (colon == std::string::npos) {
      complain(m_settingLine, "“" + trimmed(line) +
                                  "” is no setting: a setting is a word, a colon and a value; "
                                  "an empty line comes before the text");
      return {};
    }
    std::string value = trimmed(std::string_view(line).substr(colon + 1));
    while (m_next < m_lines.size() && m_lines[m_next].starts_with("  ") && !trimmed(m_lines[m_next]).empty())
      value.append(1, ' ').append(trimmed(take()));
    return {trimmed(std::string_view(line).substr(0, colon)), value};
  }

  void apply(const Keys& keys) {
    const auto [key, value] = taken();
    if (!good()) return;
    if (const auto found = keys.find(key); found != keys.end()) return found->second(value);
    std::vector<std::string> names;
    for (const auto& [name, unused] : keys) names.push_back(name);
    std::string all = joined(names);
    complain(m_settingLine, [&] {
      std::string sentence = unknownNameSentence("setting", key, names, "there are " + all);
      if (sentence.ends_with('.')) sentence.pop_back();
      return sentence;
    }());
  }

  auto number(int& to) {
    return [this, &to](const std::string& value) {
      const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), to);
      if (problem != std::errc{} || end != value.data() + value.size())
        complain(m_settingLine, "“" + value + "” is no whole number");
    };
  }
  auto real(double& to) {
    return [this, &to](const std::string& value) {
      const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), to);
      if (problem != std::errc{} || end != value.data() + value.size())
        complain(m_settingLine, "“" + value + "” is no number");
    };
  }
  auto text(std::string& to) {
    return [this, &to](const std::string& value) {
      if (value.empty()) complain(m_settingLine, "There is nothing behind the colon");
      to = value;
    };
  }
  auto yes(bool& to) {
    return [this, &to](const std::string& value) {
      if (value != "yes" && value != "no") complain(m_settingLine, "“" + value + "” is neither yes nor no");
      to = value == "yes";
    };
  }
  auto names(std::vector<std::string>& to, const std::string& kind, const std::vector<std::string>& known) {
    return [this, &to, kind, &known](const std::string& value) {
      to = listed(value);
      for (const std::string& name : to) {
        if (std::ranges::find(known, name) != known.end()) continue;
        std::string sentence = unknownNameSentence(kind, name, known, "there are " + joined(known));
        if (sentence.ends_with('.')) sentence.pop_back();
        complain(m_settingLine, sentence);
      }
    };
  }

  void head() {
    if (m_lines.empty() || trimmed(m_lines[0]) != "---")
      return complain(1, "A lesson begins with a line “---”, its title and other settings, and “---” again");
    take();
    const Keys keys{{"title", text(m_lesson.title)},       {"figure", text(m_lesson.figure)},
                    {"group", text(m_lesson.group)},       {"summary", text(m_lesson.summary)},
                    {"minutes", number(m_lesson.minutes)}, {"order", number(m_lesson.order)},
                    {"own clip", yes(m_lesson.ownClip)}};
    while (good() && m_next < m_lines.size() && trimmed(m_lines[m_next]) != "---") {
      if (trimmed(m_lines[m_next]).empty())
        take();
      else
        apply(keys);
    }
    if (good() && m_next == m_lines.size())
      return complain(1, "The settings of the lesson end with a line “---”");
    if (good()) take();
  }

  void body() {
    const std::string line = take();
    if (trimmed(line).empty()) return;
    if (!line.starts_with("## "))
      return complain(lineNumber(), "Text belongs to a step: a step begins with “## ” and its title");
    if (m_lesson.steps.size() == kMostSteps)
      return complain(lineNumber(), "A lesson has at most " + std::to_string(kMostSteps) + " steps");
    LessonStep step;
    step.title = trimmed(std::string_view(line).substr(3));
    step.line = lineNumber();
    m_lesson.steps.push_back(std::move(step));
    stepSettings(m_lesson.steps.back());
    m_lesson.steps.back().text = paragraph();
    if (good() && m_next < m_lines.size() && m_lines[m_next].starts_with("### "))
      answer(m_lesson.steps.back());
  }

  /// All up to the next heading.
  std::string paragraph() {
    std::string all;
    while (m_next < m_lines.size() && !m_lines[m_next].starts_with("## ") &&
           !m_lines[m_next].starts_with("### "))
      all += take() + "\n";
    const auto first = all.find_first_not_of('\n');
    if (first == std::string::npos) return {};
    return all.substr(first, all.find_last_not_of("\n ") - first + 1);
  }

  [[nodiscard]] bool atSetting() const {
    return m_next < m_lines.size() && !trimmed(m_lines[m_next]).empty() && !m_lines[m_next].starts_with("#");
  }

  /// "set PATH: VALUE" into `to`; false where the line is another setting.
  bool takeSetting(const std::string& word, std::vector<LessonSetting>& to) {
    if (!m_lines[m_next].starts_with(word + " ")) return false;
    const auto [key, value] = taken();
    if (!good()) return true;
    if (!jsonFrom(value))
      complain(m_settingLine,
               "“" + value + "” is no JSON value of at most 64 levels (words stand in quotes)");
    if (to.size() == kMostSettings)
      complain(m_settingLine, "A step sets at most " + std::to_string(kMostSettings) + " things");
    to.push_back({trimmed(std::string_view(key).substr(word.size())), value, m_settingLine});
    return true;
  }

  LessonQuestion& question(LessonStep& step) {
    if (!step.question) step.question.emplace();
    return *step.question;
  }
  LessonGoal& goal(LessonStep& step) {
    if (!step.goal) step.goal.emplace();
    return *step.goal;
  }

  void choice(LessonStep& step, const std::string& value) {
    LessonChoice choice;
    const auto bracket = value.rfind("[if ");
    choice.text = trimmed(std::string_view(value).substr(0, bracket));
    if (bracket != std::string::npos) {
      if (!value.ends_with(']')) return complain(m_settingLine, "The condition of a choice ends with “]”");
      choice.condition = trimmed(std::string_view(value).substr(bracket + 4, value.size() - bracket - 5));
      checkExpression(choice.condition);
    }
    if (choice.text.empty()) complain(m_settingLine, "A choice has no words");
    question(step).choices.push_back(std::move(choice));
  }

  void checkExpression(const std::string& value) {
    if (const auto parsed = Expression::parse(value); !parsed) {
      std::string what = parsed.error().message;
      what.pop_back();
      complain(m_settingLine, what);
    }
  }
  auto expression(std::function<std::string&()> to) {
    return [this, to](const std::string& value) {
      checkExpression(value);
      to() = value;
    };
  }

  void stepSettings(LessonStep& step) {
    const Keys keys{{"scene", text(step.scene)},
                    {"network", text(step.network)},
                    {"panels", names(step.panels, "panel", lessonPanelNames())},
                    {"spotlight", names(step.spotlight, "thing to put in the spotlight", lessonSpotNames())},
                    {"veil", names(step.veils, "thing to veil", lessonVeilNames())},
                    {"play", yes(step.play)},
                    {"break", [&](const std::string& value) { breaks(step, value); }},
                    {"formula",
                     [&](const std::string& value) {
                       if (!step.formula.empty()) step.formula += "\n\n";
                       step.formula += value;
                     }},
                    {"ask", [&](const std::string& value) { question(step).text = value; }},
                    {"choice", [&](const std::string& value) { choice(step, value); }},
                    {"answer", expression([&]() -> std::string& { return question(step).answer; })},
                    {"within", [&](const std::string& value) { real(question(step).within)(value); }},
                    {"unit", [&](const std::string& value) { question(step).unit = value; }},
                    {"hint", [&](const std::string& value) { question(step).hint = value; }},
                    {"goal", [&](const std::string& value) { goal(step).text = value; }},
                    {"reached", expression([&]() -> std::string& { return goal(step).condition; })}};
    while (good() && atSetting()) {
      if (m_lines[m_next].starts_with("solve ")) {
        takeSetting("solve", goal(step).solution);
      } else if (!takeSetting("set", step.settings)) {
        apply(keys);
      }
    }
  }

  /// "row", "map" or places like 1,3,2, parted by semicolons.
  void breaks(LessonStep& step, const std::string& value) {
    std::stringstream parts(value);
    for (std::string part; std::getline(parts, part, ';');) {
      part = trimmed(part);
      const auto numbers = listed(part);
      const bool place =
          numbers.size() == 3 && std::ranges::all_of(numbers, [](const std::string& digits) {
            return std::ranges::all_of(digits, [](unsigned char c) { return std::isdigit(c) != 0; }) &&
                   digits.size() < 7 && digits != "0";
          });
      if (part != "row" && part != "map" && !place)
        complain(m_settingLine, "“" + part + "” is no break: it is row, map or a voxel t,y,x from 1");
      step.breaks.push_back(part);
    }
  }

  void answer(LessonStep& step) {
    const std::string heading = trimmed(std::string_view(take()).substr(4));
    if (heading != "Answer")
      return complain(lineNumber(), "A part of a step is called “### Answer”; there is no “" + heading + "”");
    if (!step.question) return complain(lineNumber(), "The step asks nothing: it needs an “ask:”");
    while (good() && atSetting() && takeSetting("set", step.answerSettings)) {
    }
    step.answerText = paragraph();
  }

  void checkStep(const LessonStep& step) {
    const auto wrong = [&](const std::string& what) {
      complain(step.line, "The step “" + step.title + "” " + what);
    };
    if (step.title.empty()) return wrong("has no title");
    if (step.question) {
      const LessonQuestion& asked = *step.question;
      if (asked.text.empty()) return wrong("has choices or an answer, but no “ask:”");
      const bool allSay =
          !asked.choices.empty() &&
          std::ranges::none_of(asked.choices, [](const LessonChoice& one) { return one.condition.empty(); });
      if (!allSay && asked.answer.empty())
        return wrong("asks something that only “answer:” or a “[if …]” behind every choice can tell");
      if (asked.choices.size() == 1 || asked.choices.size() > 6) return wrong("needs from 2 to 6 choices");
      for (const LessonChoice& one : asked.choices) {
        if (!one.condition.empty()) continue;
        double unused = 0;
        if (std::from_chars(one.text.data(), one.text.data() + one.text.size(), unused).ec != std::errc{})
          return wrong("has the choice “" + one.text + "”, which begins with no number and has no “[if …]”");
      }
    }
    if (step.goal && (step.goal->text.empty() || step.goal->condition.empty()))
      return wrong("needs both “goal:”, what to do, and “reached:”, when it is done");
  }

  std::string m_name;
  std::vector<std::string> m_lines;
  std::size_t m_next = 0;
  int m_settingLine = 0;
  std::string m_wrong;
  ErrorPlace m_place;
  Lesson m_lesson;
};

/// "key: value" where there is a value.
void put(std::string& text, const std::string& key, const std::string& value) {
  if (!value.empty()) text += key + ": " + value + "\n";
}

}  // namespace

const std::vector<std::string>& lessonPanelNames() {
  static const std::vector<std::string> names{
      "clip",    "kernel", "weights",  "stage",  "strip",  "ledger", "cost",  "scores", "unit",   "growth",
      "meaning", "editor", "channels", "slices", "layers", "input",  "curve", "values", "before", "table"};
  return names;
}

const std::vector<std::string>& lessonSpotNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all = lessonPanelNames();
    for (const char* more :
         {"kernel.length", "kernel.size", "stride", "padding", "frames", "transport", "tuning"})
      all.emplace_back(more);
    return all;
  }();
  return names;
}

const std::vector<std::string>& lessonVeilNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all = lessonPanelNames();
    for (const char* more : {"maps", "value", "field"}) all.emplace_back(more);
    return all;
  }();
  return names;
}

Result<Lesson> lessonFromText(const std::string& text, const std::string& name) {
  return Reader(text, name).read();
}

Result<Lesson> readLesson(const std::string& path) {
  constexpr std::int64_t kMostBytes = 4 << 20;  // no lesson is larger
  const auto text = fileText(path, path, kMostBytes);
  if (!text) return tl::unexpected(text.error());
  const std::filesystem::path where(path);
  auto lesson = lessonFromText(*text, where.filename().string());
  if (!lesson) return lesson;
  lesson->id = where.stem().string();
  lesson->path = path;
  return lesson;
}

std::string lessonStepText(const LessonStep& step) {
  std::string text = "## " + step.title + "\n";
  put(text, "scene", step.scene);
  put(text, "network", step.network);
  for (const LessonSetting& one : step.settings) text += "set " + one.path + ": " + one.value + "\n";
  put(text, "panels", joined(step.panels));
  put(text, "spotlight", joined(step.spotlight));
  put(text, "veil", joined(step.veils));
  if (step.play) put(text, "play", "yes");
  std::string breaks;
  for (const std::string& one : step.breaks) breaks += (breaks.empty() ? "" : "; ") + one;
  put(text, "break", breaks);
  for (std::size_t from = 0; from < step.formula.size();) {
    const std::size_t end = std::min(step.formula.find("\n\n", from), step.formula.size());
    put(text, "formula", step.formula.substr(from, end - from));
    from = end + 2;
  }
  if (step.question) {
    put(text, "ask", step.question->text);
    for (const LessonChoice& one : step.question->choices)
      put(text, "choice", one.text + (one.condition.empty() ? "" : " [if " + one.condition + "]"));
    put(text, "answer", step.question->answer);
    if (step.question->within > 0) put(text, "within", generalText(step.question->within, 6));
    put(text, "unit", step.question->unit);
    put(text, "hint", step.question->hint);
  }
  if (step.goal) {
    put(text, "goal", step.goal->text);
    put(text, "reached", step.goal->condition);
    for (const LessonSetting& one : step.goal->solution)
      text += "solve " + one.path + ": " + one.value + "\n";
  }
  if (!step.text.empty()) text += "\n" + step.text + "\n";
  if (!step.answerSettings.empty() || !step.answerText.empty()) {
    text += "\n### Answer\n";
    for (const LessonSetting& one : step.answerSettings) text += "set " + one.path + ": " + one.value + "\n";
    if (!step.answerText.empty()) text += "\n" + step.answerText + "\n";
  }
  return text;
}

std::string lessonText(const Lesson& lesson) {
  std::string text = "---\n";
  put(text, "title", lesson.title);
  put(text, "figure", lesson.figure);
  put(text, "group", lesson.group);
  put(text, "summary", lesson.summary);
  if (lesson.minutes > 0) put(text, "minutes", std::to_string(lesson.minutes));
  if (lesson.order != 0) put(text, "order", std::to_string(lesson.order));
  if (lesson.ownClip) put(text, "own clip", "yes");
  text += "---\n";
  for (const LessonStep& step : lesson.steps) text.append(1, '\n').append(lessonStepText(step));
  return text;
}

Result<void> writeLesson(const Lesson& lesson, const std::string& path) {
  return writeFileText(path, lessonText(lesson));
}

}  // namespace convscope
