#include "widgets/lesson/lesson_state.h"

#include "engine/core/json_text.h"
#include "engine/field/architecture_presets.h"
#include "widgets/state/column_kinds.h"
#include "widgets/state/scenes.h"
#include "widgets/state/session_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <sstream>

namespace convscope {

namespace {

using nlohmann::json;

std::string nameOf(const Lesson& lesson) {
  return lesson.id.empty() ? "lesson" : lesson.id + ".md";
}

/// "look.camera.yaw" as its words; "clip", "conv" and "bank" stand for those of the chosen column.
std::vector<std::string> wordsOf(const std::string& path, int column) {
  static const std::set<std::string> kOfColumn{"clip", "conv", "bank"};
  std::vector<std::string> words;
  std::stringstream parts(path);
  for (std::string word; std::getline(parts, word, '.');) words.push_back(word);
  if (!words.empty() && kOfColumn.contains(words.front()))
    words.insert(words.begin(), {"columns", std::to_string(column)});
  return words;
}

/// The part of `whole` that the words lead to, or null.
json* partOf(json& whole, const std::vector<std::string>& words) {
  json* at = &whole;
  for (const std::string& word : words) {
    if (at->is_array()) {
      const bool number = !word.empty() && word.size() < 6 &&
                          std::ranges::all_of(word, [](unsigned char c) { return std::isdigit(c) != 0; });
      if (!number || static_cast<std::size_t>(std::stoi(word)) >= at->size()) return nullptr;
      at = &(*at)[static_cast<std::size_t>(std::stoi(word))];
    } else if (at->is_object() && at->contains(word)) {
      at = &(*at)[word];
    } else {
      return nullptr;
    }
  }
  return at;
}

void keepLook(AppState& state, const Look& keep) {
  state.look.theme = keep.theme;
  state.look.presenter = keep.presenter;
  state.look.reducedMotion = keep.reducedMotion;
}

/// What differs, as paths and values; lists and variants of another kind or length are told whole.
void collect(const json& from, const json& to, const std::string& path,
             std::vector<LessonSetting>& settings) {
  if (from == to) return;
  const bool sameKind = from.is_object() && to.is_object() && from.value("kind", "") == to.value("kind", "");
  if (sameKind) {
    for (const auto& [key, value] : to.items())
      collect(from.contains(key) ? from[key] : json(), value, path.empty() ? key : path + "." + key,
              settings);
  } else if (from.is_array() && to.is_array() && from.size() == to.size() && !to.empty() &&
             to[0].is_object()) {
    for (std::size_t i = 0; i < to.size(); ++i)
      collect(from[i], to[i], path + "." + std::to_string(i), settings);
  } else {
    settings.push_back({path, to.dump(), 0});
  }
}

tl::unexpected<Error> wrongAt(const std::string& name, int line, const std::string& what) {
  ErrorPlace place;
  place.line = line;
  return fail(ErrorCode::BadInput, name + ":" + std::to_string(line) + ": " + what, place);
}

/// Puts one setting into the JSON of a state whose chosen column is `column`.
Result<void> put(json& all, const LessonSetting& one, int column, const std::string& name) {
  json* part = partOf(all, wordsOf(one.path, column));
  if (part == nullptr) return wrongAt(name, one.line, "The program's state has no “" + one.path + "”.");
  const auto value = jsonFrom(one.value);
  if (!value) return wrongAt(name, one.line, "“" + one.value + "” is no JSON value of at most 64 levels.");
  if (part->is_object() && value->is_object() && !value->contains("kind"))
    part->merge_patch(*value);
  else
    *part = *value;
  return {};
}

/// What is wrong with settings that together make no state: told of the one from which on none was made.
tl::unexpected<Error> spoiledBy(json all, const std::vector<LessonSetting>& settings, int column,
                                const std::string& name) {
  bool good = true;
  Error told;
  for (const LessonSetting& one : settings) {
    if (auto placed = put(all, one, column, name); !placed) return tl::unexpected(placed.error());
    const auto read = stateFromJson(all);
    if (good && !read) told = wrongAt(name, one.line, read.error().message).value();
    good = read.has_value();
  }
  return tl::unexpected(told);
}

}  // namespace

Result<AppState> withSettings(const AppState& state, const std::vector<LessonSetting>& settings,
                              const std::string& name) {
  if (settings.empty()) return state;
  json all = toJson(state);
  for (const LessonSetting& one : settings) {
    if (auto placed = put(all, one, state.selection.column, name); !placed)
      return tl::unexpected(placed.error());
  }
  auto read = stateFromJson(all);
  if (!read) return spoiledBy(toJson(state), settings, state.selection.column, name);
  // filters that are given whole are as they are meant; those that stay follow the kernel
  const bool given = std::ranges::any_of(settings, [](const LessonSetting& one) {
    return one.path.ends_with("bank") || one.path.ends_with("weights") || one.path == "columns";
  });
  const AppState& before = given ? *read : state;
  return reconciled(*read, before);
}

Result<AppState> stepState(const Lesson& lesson, int step, bool told, const Look& keep,
                           const std::optional<ClipSource>& clip) {
  const std::string name = nameOf(lesson);
  AppState state = initialState();
  const int last = std::clamp(step, 0, static_cast<int>(lesson.steps.size()) - 1);
  for (int i = 0; i <= last; ++i) {
    const LessonStep& one = lesson.steps[static_cast<std::size_t>(i)];
    if (!one.scene.empty()) {
      auto scene = sceneState(one.scene);
      if (!scene) return wrongAt(name, one.line, scene.error().message);
      state = std::move(*scene);
    }
    if (!one.network.empty()) {
      auto stack = architectureNamed(one.network);
      if (!stack) return wrongAt(name, one.line, stack.error().message);
      state.workspace = Workspace::Field;
      state.field.stack = std::move(*stack);
      state.field.layer = static_cast<int>(state.field.stack.layers.size()) - 1;
      state.field.unit = {0, 0, 0};
      state = reconciled(state, state);
    }
    for (const auto* settings : {&one.settings, &one.answerSettings}) {
      if (settings == &one.answerSettings && i == last && !told) break;
      auto set = withSettings(state, *settings, name);
      if (!set) return set;
      state = std::move(*set);
    }
    if (i == last && one.play && !told) setPlaying(state.playback, true);
  }
  if (!lesson.path.empty()) nameBeside(state, lesson.path);
  if (clip && lesson.ownClip) {
    for (StudySpec& column : state.columns) {
      ClipSpec* own = clipOf(column);
      if (own == nullptr) continue;
      own->source = *clip;
      own->range.start = 0;
      own->prepare.crop.reset();
    }
  }
  keepLook(state, keep);
  state.lesson = {lesson.path.empty() ? lesson.id : lesson.path, last};
  return reconciled(state, state);
}

std::vector<LessonSetting> settingsBetween(const AppState& from, const AppState& to) {
  AppState target = to;
  keepLook(target, from.look);
  target.lesson = from.lesson;
  target.playback.playing = from.playback.playing;
  std::vector<LessonSetting> settings;
  collect(toJson(from), toJson(target), {}, settings);
  // a clip says how many channels there are, a kernel how many weights: before what must fit them
  const auto rank = [](const LessonSetting& one) {
    if (one.path == "workspace") return 0;
    if (one.path.starts_with("columns")) return one.path.find(".bank") == std::string::npos ? 1 : 2;
    return 3;
  };
  std::ranges::stable_sort(settings, {}, rank);
  return settings;
}

}  // namespace convscope
