#pragma once

#include "engine/core/result.h"
#include "widgets/lesson/expression.h"

#include <optional>
#include <string>
#include <vector>

namespace convscope {

/// One line "set PATH: VALUE": a part of the program's state, in the words of its JSON.
struct LessonSetting {
  std::string path;   ///< "look.camera.yaw"; "clip", "conv" and "bank" are those of the chosen column
  std::string value;  ///< JSON
  int line = 0;
  bool operator==(const LessonSetting& other) const { return path == other.path && value == other.value; }
};

/// One answer to choose. Which is right is never written down: it is the one whose condition holds.
struct LessonChoice {
  std::string text;
  std::string condition;  ///< empty: the number that the text begins with is the question's answer
};

/// What is asked before and told after.
struct LessonQuestion {
  std::string text;
  std::vector<LessonChoice> choices;  ///< none: a number is asked for
  std::string answer;  ///< expression over quantities; needed but where all choices have conditions
  double within = 0;   ///< a number may be off by so much
  std::string unit;
  std::string hint;  ///< formula or remark beside the question
};

/// Something to be done at the controls; the program sees when it is.
struct LessonGoal {
  std::string text;
  std::string condition;
  std::vector<LessonSetting> solution;  ///< settings that reach it: for the test and for those who give up
};

struct LessonStep {
  std::string title;
  std::string text;     ///< Markdown, see lessonHtml()
  std::string scene;    ///< id of a Scene that the step starts from; empty: from the step before
  std::string network;  ///< name of an ArchitecturePreset that takes the place of the stack, or empty
  std::vector<LessonSetting> settings;
  std::vector<std::string> panels;     ///< that are shown, of kPanelNames
  std::vector<std::string> spotlight;  ///< that are spoken of, of kSpotNames
  std::vector<std::string> veils;      ///< what stays hidden until the answer is told, of lessonVeilNames()
  bool play = false;                   ///< the kernel slides when the step opens
  std::vector<std::string> breaks;     ///< where it stops by itself: "row", "map" or "t,y,x" from 1
  std::string formula;                 ///< below the question, a paragraph for each "formula:"
  std::optional<LessonQuestion> question;
  std::vector<LessonSetting> answerSettings;  ///< on top of the step's when the answer is told
  std::string answerText;
  std::optional<LessonGoal> goal;
  int line = 0;  ///< of its heading, from 1
};

/// A lesson as a file holds it. A plain value.
struct Lesson {
  std::string id;    ///< file name without its ending
  std::string path;  ///< of the file, or empty for one that ships
  std::string title;
  std::string figure;   ///< "Figure 4", or empty
  std::string group;    ///< heading on the contents page
  std::string summary;  ///< one sentence
  int minutes = 0;
  int order = 0;         ///< on the contents page
  bool ownClip = false;  ///< it may be given on a clip of the teacher's instead of its own
  std::vector<LessonStep> steps;
};

/// Panels that a step can name: the rest is hidden while it is open.
[[nodiscard]] const std::vector<std::string>& lessonPanelNames();
/// Widgets that a step can put in the spotlight.
[[nodiscard]] const std::vector<std::string>& lessonSpotNames();
/// What a step may veil until its answer is told: panels, "maps" (those behind the kernel's, and their
/// number), "value" (of the chosen voxel), "field" (what a unit sees, on the stage of fields).
[[nodiscard]] const std::vector<std::string>& lessonVeilNames();

/// Reads a lesson (see resources/lessons/README.md). Checks all that the text alone tells: keys, names,
/// expressions and that every question can be answered; at most 200 steps, each of which sets at most 200
/// things. Errors: BadInput, "NAME:LINE: …" with the nearest name for a slip of the pen.
[[nodiscard]] Result<Lesson> lessonFromText(const std::string& text, const std::string& name);
/// From a regular file of at most 4 MiB. Errors: as above; BadInput or TooLarge, a sentence that begins with
/// the path.
[[nodiscard]] Result<Lesson> readLesson(const std::string& path);
/// The same lesson as text: reading it back gives the same lesson.
[[nodiscard]] std::string lessonText(const Lesson& lesson);
/// One step of it, from its heading on.
[[nodiscard]] std::string lessonStepText(const LessonStep& step);
[[nodiscard]] Result<void> writeLesson(const Lesson& lesson, const std::string& path);

/// Every lesson that ships, in the order of the contents page. Errors: BadInput (a damaged installation).
[[nodiscard]] Result<std::vector<Lesson>> lessons();
/// One by its id, or from a file where `name` ends in .md. Errors: BadUsage (unknown, with the ids there
/// are), BadInput.
[[nodiscard]] Result<Lesson> lessonNamed(const std::string& name);

/// The 45 minutes of a first class: lessons by id, with the minutes for each.
struct PlaylistEntry {
  std::string lesson;
  int minutes = 0;
};
[[nodiscard]] const std::vector<PlaylistEntry>& firstClass();

}  // namespace convscope
