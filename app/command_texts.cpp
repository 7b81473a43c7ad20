#include "app/command_line.h"
#include "app/option_table.h"
#include "engine/clip/motion_lab.h"
#include "engine/conv/kernel_presets.h"
#include "engine/field/architecture_presets.h"
#include "engine/network/preprocess.h"
#include "widgets/lesson/lesson_facts.h"
#include "widgets/state/scenes.h"

#include <algorithm>
#include <iostream>

namespace convscope {

namespace {

constexpr std::size_t kNameColumn = 33;

/// Characters of UTF-8 text: bytes that do not continue a character.
std::size_t lengthOf(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// `name` filled up to `column`, then `text`, whose further lines start at the same column. A name that is
/// too long gets a line of its own.
std::string row(const std::string& name, const std::string& text, std::size_t column) {
  const std::string indent(column, ' ');
  std::string line = "  " + name;
  line += lengthOf(line) + 2 > column ? "\n" + indent : std::string(column - lengthOf(line), ' ');
  for (const char c : text) {
    line += c;
    if (c == '\n') line += indent;
  }
  return line + "\n";
}

}  // namespace

std::string helpText() {
  std::string text =
      "ConvScope: see a convolution move through the space and time of a video clip.\n"
      "\n"
      "Usage: convscope [CLIP] [SESSION.convscope] [options]\n"
      "\n"
      "CLIP is a video (mp4, avi, mkv, webm, gif …), one picture of a numbered sequence, a\n"
      "still picture, or an array (L, H, W[, C]) in a .npy file. Without a clip a figure that\n"
      "claps is drawn. Frames and voxels count from 1, axes stand in the order time, height,\n"
      "width; the settings in brackets are used where an option is left out.\n";
  for (const OptionGroup& group : optionGroups()) {
    text += "\n" + group.title + "\n";
    for (const OptionEntry& option : group.options) {
      text += row(option.name + (option.value.empty() ? "" : " " + option.value), option.help, kNameColumn);
    }
  }
  text +=
      "\n"
      "Examples\n"
      "  convscope clip.mp4 --frames 28:8 --crop 40,0,240,180 --resize 27x36 --kernel 3,3,3\n"
      "  convscope --lab grating,direction=0,speed=2 --preset sobel-t --theme light\n"
      "  convscope --scene fig-4 --screenshot figure-4.png --size 1600x1000\n"
      "  convscope clip.mp4 --scene compare --frames 28:8 --resize 27x36\n"
      "  convscope clip.mp4 --weights conv1.npy --padding same --stride 1,2,2 \\\n"
      "            --batch --export-input input.npy --export-maps maps.npy\n"
      "  convscope clip.mp4 --model r3d_18.onnx --preprocess r3d\n"
      "\n"
      "Exit code: 0 if all went well, 2 if the command line makes no sense, 1 for anything else,\n"
      "with one sentence on stderr that says what to change.\n";
  return text;
}

std::string versionText() {
  return "ConvScope " CONVSCOPE_VERSION "\n";
}

std::string presetsText() {
  std::string text;
  std::string group;
  for (const KernelPreset& preset : kernelPresets()) {
    if (preset.group != group) {
      text += (group.empty() ? "" : "\n") + preset.group + "\n";
      group = preset.group;
    }
    std::string shape = toText(preset.kernel) + (preset.fixed ? "" : ", any size");
    if (preset.channels == 3) shape += ", RGB";
    text += row(preset.id, shape + ": " + preset.shows, 28);
  }
  return text;
}

std::string labText() {
  std::string text;
  std::string group;
  for (const MotionLabEntry& entry : motionLabEntries()) {
    if (entry.group != group) {
      text += (group.empty() ? "" : "\n") + entry.group + "\n";
      group = entry.group;
    }
    std::string controls;
    for (const std::string& control : entry.controls) controls += (controls.empty() ? "" : ", ") + control;
    text += row(entry.id, entry.shows + (controls.empty() ? "" : "\nsettings: " + controls), 22);
  }
  return text + "\nEvery clip also takes height, width and framesPerSecond.\n";
}

std::string networksText() {
  std::string text;
  for (const ArchitecturePreset& preset : architecturePresets())
    text += row(preset.name, std::string(preset.title) + "\n" + preset.source, 16);
  return text;
}

std::string preprocessingsText() {
  std::string text;
  for (const PreprocessPreset& preset : preprocessPresets())
    text += row(preset.name, preset.title + "\n" + preset.source, 16);
  return text;
}

Result<std::string> scenesText() {
  const auto all = scenes();
  if (!all) return tl::unexpected(all.error());
  std::string text;
  for (const Scene& scene : *all) text += row(scene.id, scene.title + "\n" + scene.says, 12);
  return text;
}

Result<std::string> lessonsText() {
  const auto all = lessons();
  if (!all) return tl::unexpected(all.error());
  std::string text;
  for (const Lesson& lesson : *all)
    text += row(lesson.id,
                lesson.title + ", " + std::to_string(lesson.steps.size()) + " steps\n" + lesson.summary, 18);
  return text;
}

Result<Lesson> lessonOf(const Options& options) {
  auto lesson = lessonNamed(*options.lesson);
  if (!lesson) return lesson;
  const auto steps = static_cast<int>(lesson->steps.size());
  if (options.lessonStep >= steps)
    return fail(ErrorCode::BadUsage, "--step " + std::to_string(options.lessonStep + 1) + ": the lesson " +
                                         lesson->id + " has " + std::to_string(steps) + " steps.");
  if (lessonClipOf(options) && !lesson->ownClip)
    return fail(ErrorCode::BadUsage,
                "The lesson " + lesson->id + " speaks of its own clip: give none beside it.");
  return lesson;
}

std::optional<ClipSource> lessonClipOf(const Options& options) {
  if (options.clip) return FileSource{*options.clip};
  if (options.webcam) return WebcamSource{*options.webcam};
  return std::nullopt;
}

namespace {

int validateLesson(const std::string& path) {
  const auto complain = [](const Error& error) {
    std::cerr << "convscope: " << error.message << '\n';
    return exitCodeOf(error);
  };
  const auto lesson = readLesson(path);
  if (!lesson) return complain(lesson.error());
  ThreadPool pool;
  StudyCache cache;
  const auto checked = checkLesson(*lesson, {}, cache, ComputeContext{pool, {}});
  if (!checked) return complain(checked.error());
  std::cout << lesson->id << ".md: " << lesson->steps.size() << " steps, nothing wrong.\n";
  return 0;
}

}  // namespace

std::optional<int> printTask(const Options& options) {
  switch (options.task) {
    case Task::Help:
      std::cout << helpText();
      break;
    case Task::Version:
      std::cout << versionText();
      break;
    case Task::ListPresets:
      std::cout << presetsText();
      break;
    case Task::ListLab:
      std::cout << labText();
      break;
    case Task::ListNetworks:
      std::cout << networksText();
      break;
    case Task::ListPreprocessings:
      std::cout << preprocessingsText();
      break;
    case Task::ValidateLesson:
      return validateLesson(*options.validateLesson);
    case Task::ListLessons:
    case Task::ListScenes: {
      const auto text = options.task == Task::ListScenes ? scenesText() : lessonsText();
      if (!text) {
        std::cerr << "convscope: " << text.error().message << '\n';
        return exitCodeOf(text.error());
      }
      std::cout << *text;
      break;
    }
    default:
      return std::nullopt;
  }
  return std::cout.flush() ? 0 : 1;
}

}  // namespace convscope
