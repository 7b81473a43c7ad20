#pragma once

#include "engine/clip/clip_spec.h"
#include "engine/conv/conv_spec.h"
#include "engine/core/result.h"
#include "engine/study/network_explanation.h"
#include "widgets/lesson/lesson.h"
#include "widgets/state/app_state.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace convscope {

/// What one run of the program does.
enum class Task {
  Window,
  Screenshot,
  ContactSheet,
  ExportLesson,
  ExportView,
  ExportAnimation,
  Batch,
  BenchmarkDrag,
  BenchmarkScores,
  BenchmarkStart,
  BenchmarkField,
  BenchmarkNetwork,
  Help,
  Version,
  ListPresets,
  ListLab,
  ListScenes,
  ListNetworks,
  ListPreprocessings,
  ListLessons,
  ValidateLesson
};

/// A motion-lab clip as named on the command line: --lab NAME,key=value,… Keys are checked by stateOf().
struct LabChoice {
  std::string name;
  std::vector<std::pair<std::string, std::string>> settings;
  bool operator==(const LabChoice&) const = default;
};

/// What an animation shows.
enum class AnimationKind {
  Slide,  ///< the kernel at every position, or at as many as there are pictures; the maps grow
  Clip,   ///< the kernel where it is, through the clip's time
};

struct WindowSize {
  int width = 0;
  int height = 0;
  bool operator==(const WindowSize&) const = default;
};

/// The command line as values. What was not given is empty. Positions count from 0 here and from 1 on the
/// command line.
struct Options {
  Task task = Task::Window;
  // clip
  std::optional<std::string> clip;
  std::optional<LabChoice> lab;
  std::optional<unsigned> seed;
  std::optional<int> webcam;
  std::optional<FrameRange> frames;
  std::optional<Crop> crop;
  std::optional<FrameSize> resize;
  std::optional<ColourMode> colour;
  bool greyAndRgb = false;  ///< both were given
  // layer
  std::optional<Triple> kernel;
  std::optional<Triple> stride;
  std::optional<Triple> dilation;
  std::optional<PaddingMode> padding;
  std::array<AxisPadding, 3> customPadding{};  ///< read only when `padding` is Custom
  std::optional<PaddingValue> paddingValue;
  std::optional<int> groups;
  std::optional<int> filters;
  std::vector<std::string> presets;  ///< one filter each
  std::optional<std::string> weightsFile;
  std::vector<float> bias;  ///< one for all filters, or one each
  bool flipped = false;
  std::optional<Activation> activation;
  std::optional<BankKind> bank;
  // start
  std::optional<std::string> stateFile;
  std::optional<std::string> scene;
  std::optional<std::string> lesson;  ///< id, or a file
  int lessonStep = 0;
  bool told = false;                          ///< the step's question with its answer
  bool contents = false;                      ///< the lessons' contents page
  std::optional<std::string> contactSheet;    ///< a folder
  std::optional<std::string> exportLesson;    ///< .html or .pdf of that lesson
  std::optional<std::string> validateLesson;  ///< a file
  std::optional<Triple> voxel;
  std::optional<Theme> theme;
  bool presenter = false;
  bool playing = false;
  std::optional<ScoresView> scoresView;
  std::optional<WindowSize> size;
  // files written
  std::optional<std::string> screenshot;
  bool welcome = false;                          ///< the welcome page over the window, also in a picture
  std::optional<std::string> exportView;         ///< .png, .svg or .pdf of one view
  std::optional<std::string> view;               ///< its name; the stage where it is not given
  bool transparent = false;                      ///< no ground behind it
  std::optional<std::string> exportAnimation;    ///< .mp4 or .gif
  std::optional<AnimationKind> animate;
  std::optional<double> seconds;                 ///< that it takes
  std::optional<std::string> exportWeights;      ///< .npy or .csv
  std::optional<std::string> exportCost;         ///< .csv
  std::optional<std::string> exportMaps;         ///< .npy or .csv
  std::optional<std::string> exportInput;
  std::optional<std::string> field;              ///< a network of architecturePresets()
  std::optional<std::string> exportField;        ///< CSV of its layers
  bool effective = false;                        ///< measure a unit's effective field instead
  std::optional<std::string> layer;              ///< whose unit, or "all"
  std::optional<Triple> unit;                    ///< of that layer; the middle one where it is not given
  std::optional<bool> uncut;                     ///< on a clip as large as the field, or on the network's own
  std::optional<int> runs;                       ///< that are averaged
  std::optional<std::string> exportEffective;    ///< .npy of the volume or .json of the figures
  std::optional<std::string> model;              ///< an ONNX file
  std::optional<std::string> inputTensor;        ///< .npy that the network is fed as it is
  std::optional<std::string> preprocess;         ///< a preset, or a JSON file
  std::optional<std::string> labels;             ///< a file of class names
  std::optional<std::string> exportActivations;  ///< a folder: one .npy for each output of a node
  std::optional<std::string> exportScores;       ///< JSON of the largest scores
  std::optional<int> top;                        ///< how many of them
  std::optional<std::string> exportGradient;     ///< .npy of a class score's gradient, as the input
  std::optional<int> classIndex;                 ///< whose score, from 0; the best one where it is not given
  std::optional<ExplanationKind> explain;        ///< what a network answers to
  std::optional<int> channel;                    ///< of the layer that is looked at, from 0
  std::optional<std::string> exportExplanation;  ///< .npy of it
  bool tuning = false;                           ///< measure how the kernels answer drifting gratings
  std::optional<std::string> exportTuning;       ///< CSV of that
  std::vector<ClipEdit> edits;              ///< of the prepared clip
  std::optional<std::string> exportShifts;  ///< CSV of score and map against shifts of the clip
  std::optional<std::string> labSet;        ///< JSON of a labelled set of motion-lab clips
  std::optional<std::string> exportLabSet;  ///< a folder for all its clips
  bool readoutTable = false;                     ///< print the table of readouts instead of computing maps
  bool operator==(const Options&) const = default;
};

/// The options behind `arguments` (without the program's name). Pure: opens no file, needs no display.
/// Errors: BadUsage, one sentence that names the option, what it takes and what it was given; an unknown
/// option comes with the nearest name.
[[nodiscard]] Result<Options> parseCommandLine(std::span<const std::string> arguments);

/// The state that the options describe: initialState(), --state or --scene first, then every option on top.
/// With --weights the kernel's extent and the number of filters come from the file. Without --grey or --rgb a
/// file of weights for one channel makes the clip grey, one for three makes it RGB. Reads the files named by
/// --state and
/// --weights, no clip.
/// Errors: BadUsage (unknown preset, lab clip, scene; options that contradict each other), BadInput (a file
/// cannot be read or holds something else), BadSpec.
[[nodiscard]] Result<AppState> stateOf(const Options& options);

/// Nothing if `shown`, the voxel that came of the options, is the one asked for or none was; else the
/// sentence of --voxel. For once a file has been read: stateOf() knows no file's size.
[[nodiscard]] Result<void> checkVoxel(const Options& options, const Triple& shown);

/// True where the options say what the window is to show (not how it looks).
[[nodiscard]] bool namesSomething(const Options& options);
/// True with --welcome, and at a first start (`welcomed`: it was seen before) on which nothing at all was said:
/// whoever gives the program an argument knows what it is for.
[[nodiscard]] bool welcomeIsDue(const Options& options, bool welcomed);

/// 2 for bad usage, else 1: see --help.
[[nodiscard]] int exitCodeOf(const Error& error);

// Texts that end with a line break, for stdout.
[[nodiscard]] std::string helpText();
[[nodiscard]] std::string versionText();
[[nodiscard]] std::string presetsText();
[[nodiscard]] std::string labText();
[[nodiscard]] std::string networksText();
[[nodiscard]] std::string preprocessingsText();
[[nodiscard]] Result<std::string> scenesText();
[[nodiscard]] Result<std::string> lessonsText();
/// The lesson that the options ask for, its step checked. Errors: BadUsage, BadInput.
[[nodiscard]] Result<Lesson> lessonOf(const Options& options);
/// The clip of one's own that it is given on, where the options name one.
[[nodiscard]] std::optional<ClipSource> lessonClipOf(const Options& options);

/// Carries out the tasks that only print (Help, Version, Lists) and returns the exit code; nothing for the
/// others.
[[nodiscard]] std::optional<int> printTask(const Options& options);

}  // namespace convscope
