#include "app/option_table.h"

#include "app/option_values.h"
#include "engine/clip/clip_edit.h"

#include <limits>

namespace convscope {

namespace {

constexpr int kLeastPicture = 16;
constexpr int kMostPicture = 16384;
constexpr int kNoLimit = std::numeric_limits<int>::max();
using Text = const std::string&;
using Words = std::vector<std::string>;

/// Keeps a parsed value, or hands its error on.
template <class Member, class Value>
Result<void> keep(Member& member, Result<Value> value) {
  if (!value) return tl::unexpected(value.error());
  member = std::move(*value);
  return {};
}

template <class Enum>
Result<void> keepWord(std::optional<Enum>& member, Text name, Text value, const Words& words) {
  const auto index = wordValue(name, value, words);
  if (!index) return tl::unexpected(index.error());
  member = static_cast<Enum>(*index);
  return {};
}

Result<void> startTask(Options& options, Task task) {
  const bool printing = task >= Task::Help;
  if (options.task == Task::Window || printing) {
    options.task = task;
  } else if (options.task != task && options.task < Task::Help) {
    return fail(ErrorCode::BadUsage,
                "--screenshot, --contact-sheet, --batch, --export-view, --export-animation, "
                "--export-lesson and the five --benchmark options exclude each other.");
  }
  return {};
}

Result<void> keepName(std::optional<std::string>& member, Text value) {
  member = value;
  return {};
}

Result<void> keepColour(Options& options, ColourMode mode) {
  options.greyAndRgb = options.greyAndRgb || (options.colour && *options.colour != mode);
  options.colour = mode;
  return {};
}

Result<void> keepLab(Options& options, Text name, Text value) {
  const auto parts = splitText(value, ',');
  LabChoice lab{parts.front(), {}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t equals = parts[i].find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorCode::BadUsage,
                  name + " takes NAME,key=value,…; “" + parts[i] + "” is no key with a value.");
    }
    lab.settings.emplace_back(parts[i].substr(0, equals), parts[i].substr(equals + 1));
  }
  options.lab = std::move(lab);
  return {};
}

Result<void> keepPadding(Options& options, Text name, Text value) {
  static const Words words{"valid", "same", "full", "causal"};
  if (const auto mode = wordValue(name, value, words)) {
    options.padding = static_cast<PaddingMode>(*mode);
    return {};
  }
  options.padding = PaddingMode::Custom;
  return keep(options.customPadding, paddingValue(name, value));
}

Result<void> keepTheme(Options& options, Text name, Text value) {
  static const Words words{"dark", "light", "presenter-dark", "presenter-light"};
  const auto index = wordValue(name, value, words);
  if (!index) return tl::unexpected(index.error());
  options.theme = *index % 2 == 0 ? Theme::Dark : Theme::Light;
  options.presenter = options.presenter || *index >= 2;
  return {};
}

Result<void> keepWindowSize(Options& options, Text name, Text value) {
  const auto numbers = splitText(value, 'x');
  const auto width = wholeNumber(numbers.front());
  const auto height = wholeNumber(numbers.back());
  // what an export may have; the window's bounds are checked once the task is known
  if (numbers.size() != 2 || !width || !height || *width < kLeastPicture || *height < kLeastPicture ||
      *width > kMostPicture || *height > kMostPicture) {
    return fail(
        ErrorCode::BadUsage,
        name + " takes WIDTHxHEIGHT in pixels, from 640x480 to 7680x4320; it was given “" + value + "”.");
  }
  options.size = WindowSize{*width, *height};
  return {};
}

std::vector<OptionEntry> clipOptions() {
  return {
      {"--lab", "NAME[,KEY=VALUE…]",
       "a motion-lab clip instead of a file, with its settings\n(see --list-lab)", keepLab},
      {"--seed", "N", "what the lab clip's chance starts from",
       [](Options& o, Text name, Text value) -> Result<void> {
         const auto number = wholeValue(name, value, 0, kNoLimit);
         if (!number) return tl::unexpected(number.error());
         o.seed = static_cast<unsigned>(*number);
         return {};
       }},
      {"--webcam", "N", "camera number N, from 0",
       [](Options& o, Text name, Text value) { return keep(o.webcam, wholeValue(name, value, 0, 99)); }},
      {"--frames", "START:COUNT[:STEP]", "which frames, START from 1 [1:16:1]",
       [](Options& o, Text name, Text value) { return keep(o.frames, frameRangeValue(name, value)); }},
      {"--crop", "x,y,w,h", "rectangle of the source frame in pixels",
       [](Options& o, Text name, Text value) { return keep(o.crop, cropValue(name, value)); }},
      {"--resize", "HxW", "size fed to the engine, exactly",
       [](Options& o, Text name, Text value) { return keep(o.resize, frameSizeValue(name, value)); }},
      {"--grey", "", "one channel: .299 R + .587 G + .114 B",
       [](Options& o, Text, Text) { return keepColour(o, ColourMode::Grey); }},
      {"--clip-change", "WHAT[=N][,…]",
       "the frames fed to the engine in another order or place:\nreverse, shuffle=N, freeze=N, drop=N, "
       "repeat=N, "
       "hold=N,\nshift-t=N, shift-y=N, shift-x=N or turn=N (quarter turns)",
       [](Options& o, Text, Text value) { return keep(o.edits, clipEditsFromText(value)); }},
      {"--rgb", "", "three channels", [](Options& o, Text, Text) { return keepColour(o, ColourMode::Rgb); }},
  };
}

std::vector<OptionEntry> layerOptions() {
  return {
      {"--kernel", "l,h,w", "extent in frames, rows and columns",
       [](Options& o, Text name, Text value) {
         return keep(o.kernel, tripleValue(name, value, 1, kMaxKernelExtent));
       }},
      {"--stride", "t,y,x", "step of the slide along each axis",
       [](Options& o, Text name, Text value) {
         return keep(o.stride, tripleValue(name, value, 1, kMaxStride));
       }},
      {"--dilation", "t,y,x", "distance between the kernel's cells",
       [](Options& o, Text name, Text value) {
         return keep(o.dilation, tripleValue(name, value, 1, kMaxDilation));
       }},
      {"--padding", "MODE",
       "valid, same, full, causal, or cells before:after\non each axis: t0:t1,y0:y1,x0:x1", keepPadding},
      {"--padding-value", "VALUE", "zero, replicate, reflect or circular",
       [](Options& o, Text name, Text value) {
         return keepWord(o.paddingValue, name, value, {"zero", "replicate", "reflect", "circular"});
       }},
      {"--groups", "N", "share the channels out over N groups of filters",
       [](Options& o, Text name, Text value) {
         return keep(o.groups, wholeValue(name, value, 1, kMaxFilters));
       }},
      {"--preset", "NAME[,NAME…]", "weights by name, one filter each (see --list-presets)",
       [](Options& o, Text, Text value) -> Result<void> {
         o.presets = splitText(value, ',');
         return {};
       }},
      {"--weights", "FILE.npy",
       "weights of shape (K, C, l, h, w), as frameworks store\nthem: K filters on C channels",
       [](Options& o, Text, Text value) { return keepName(o.weightsFile, value); }},
      {"--filters", "K", "number of filters; those that are missing are variants\nof the first",
       [](Options& o, Text name, Text value) {
         return keep(o.filters, wholeValue(name, value, 1, kMaxFilters));
       }},
      {"--bias", "B[,B…]", "added to every sum: one for all filters, or one each",
       [](Options& o, Text name, Text value) { return keep(o.bias, realValues(name, value)); }},
      {"--flip", "", "true convolution: weights reversed on t, y and x",
       [](Options& o, Text, Text) { return keep(o.flipped, Result<bool>(true)); }},
      {"--activation", "NAME", "none, relu, absolute or square",
       [](Options& o, Text name, Text value) {
         return keepWord(o.activation, name, value, {"none", "relu", "absolute", "square"});
       }},
      {"--bank", "NAME",
       "filters behind the class scores: gabor, own (the\nkernel and its mirror images) or random [gabor]",
       [](Options& o, Text name, Text value) {
         return keepWord(o.bank, name, value, {"gabor", "own", "random"});
       }},
  };
}

std::vector<OptionEntry> startOptions() {
  return {
      {"--scene", "NAME", "a figure of the article, live (see --list-scenes)",
       [](Options& o, Text, Text value) { return keepName(o.scene, value); }},
      {"--lesson", "ID|FILE.md",
       "a lesson (see --list-lessons); a clip beside it takes the place of\nits own",
       [](Options& o, Text, Text value) { return keepName(o.lesson, value); }},
      {"--step", "N", "with --lesson: the step to begin with, from 1",
       [](Options& o, Text name, Text value) -> Result<void> {
         const auto number = wholeValue(name, value, 1, 1000);
         if (!number) return tl::unexpected(number.error());
         o.lessonStep = *number - 1;
         return {};
       }},
      {"--answer", "", "with --lesson: the step's answer told",
       [](Options& o, Text, Text) { return keep(o.told, Result<bool>(true)); }},
      {"--contents", "", "begin with the lessons' contents page",
       [](Options& o, Text, Text) { return keep(o.contents, Result<bool>(true)); }},
      {"--state", "FILE",
       "a session, or the JSON of a state; a name that ends with\n.convscope needs no --state",
       [](Options& o, Text, Text value) { return keepName(o.stateFile, value); }},
      {"--model", "FILE.onnx",
       "a network on the clip (ONNX, operator sets 9 to 17); with\n--batch it is run without a window",
       [](Options& o, Text, Text value) { return keepName(o.model, value); }},
      {"--preprocess", "NAME|FILE.json",
       "with --model: what the network is fed of the clip, by name\n(see --list-preprocessings) or from a "
       "file; without it the\nJSON beside the model says, or else the model's own sizes",
       [](Options& o, Text, Text value) { return keepName(o.preprocess, value); }},
      {"--labels", "FILE", "with --batch --model: names of the classes, one a line or a\nJSON list",
       [](Options& o, Text, Text value) { return keepName(o.labels, value); }},
      {"--explain", "WHAT",
       "with --model: what stands in the stage, saliency or grad-cam\n(of --class, the latter on --layer) or "
       "stimulus (of --channel\nof --layer)",
       [](Options& o, Text name, Text value) {
         return keepWord(o.explain, name, value, {"saliency", "grad-cam", "stimulus"});
       }},
      {"--channel", "N", "with --model: the channel looked at, from 1 [the strongest]",
       [](Options& o, Text name, Text value) -> Result<void> {
         const auto number = wholeValue(name, value, 1, kNoLimit);
         if (!number) return tl::unexpected(number.error());
         o.channel = *number - 1;
         return {};
       }},
      {"--voxel", "t,y,x", "the output voxel looked at, from 1",
       [](Options& o, Text name, Text value) -> Result<void> {
         const auto at = tripleValue(name, value, 1, kNoLimit);
         if (!at) return tl::unexpected(at.error());
         o.voxel = Triple{at->t - 1, at->y - 1, at->x - 1};
         return {};
       }},
      {"--play", "", "start with the kernel sliding",
       [](Options& o, Text, Text) { return keep(o.playing, Result<bool>(true)); }},
      {"--scores", "VIEW", "what the Scores panel shows: bars, confusion or chart",
       [](Options& o, Text name, Text value) {
         return keepWord(o.scoresView, name, value, {"bars", "confusion", "chart"});
       }},
      {"--theme", "NAME", "dark, light, presenter-dark or presenter-light", keepTheme},
      {"--presenter", "", "larger type and lines",
       [](Options& o, Text, Text) { return keep(o.presenter, Result<bool>(true)); }},
      {"--size", "WxH", "window size in pixels [1600x1000]", keepWindowSize},
      {"--welcome", "", "the page of the first start, also in a --screenshot",
       [](Options& o, Text, Text) { return keep(o.welcome, Result<bool>(true)); }},
  };
}

std::vector<OptionEntry> unattendedOptions() {
  return {
      {"--screenshot", "FILE.png",
       "write a picture of the window and exit; works without\na display where xvfb-run is "
       "installed",
       [](Options& o, Text, Text value) -> Result<void> {
         o.screenshot = value;
         return startTask(o, Task::Screenshot);
       }},
      {"--contact-sheet", "FOLDER", "write pictures of every step of all lessons, or of that of\n--lesson",
       [](Options& o, Text, Text value) -> Result<void> {
         o.contactSheet = value;
         return startTask(o, Task::ContactSheet);
       }},
      {"--export-lesson", "ID|FILE.md OUT",
       "write a lesson as a hand-out, OUT.html or OUT.pdf: its texts,\npictures and questions, the answers "
       "at "
       "the end",
       [](Options& o, Text, Text value) -> Result<void> {
         o.lesson = value;
         return startTask(o, Task::ExportLesson);
       }},
      {"--export-view", "FILE",
       "write a view as FILE.png, .svg or .pdf and exit, --size\nlarge; lines and text of .svg and .pdf are "
       "vectors",
       [](Options& o, Text, Text value) -> Result<void> {
         o.exportView = value;
         return startTask(o, Task::ExportView);
       }},
      {"--view", "NAME", "which: window, stage or a panel by its title [stage]",
       [](Options& o, Text, Text value) { return keepName(o.view, value); }},
      {"--transparent", "", "with --export-view: no ground behind it",
       [](Options& o, Text, Text) { return keep(o.transparent, Result<bool>(true)); }},
      {"--export-animation", "FILE", "write the stage in motion as FILE.mp4 or .gif and exit,\n--size large",
       [](Options& o, Text, Text value) -> Result<void> {
         o.exportAnimation = value;
         return startTask(o, Task::ExportAnimation);
       }},
      {"--animate", "WHAT",
       "slide, the kernel over all positions, its maps growing,\nor clip, the kernel where it is through the "
       "clip's time\n[slide]",
       [](Options& o, Text name, Text value) {
         return keepWord(o.animate, name, value, {"slide", "clip"});
       }},
      {"--seconds", "S", "how long the animation takes [12, of the clip 4]",
       [](Options& o, Text name, Text value) -> Result<void> {
         const auto number = realNumber(value);
         if (!number || *number < .2 || *number > 600)
           return fail(ErrorCode::BadUsage,
                       name + " takes seconds from 0.2 to 600; it was given “" + value + "”.");
         o.seconds = *number;
         return {};
       }},
      {"--batch", "", "compute without a window, print the sizes and exit",
       [](Options& o, Text, Text) { return startTask(o, Task::Batch); }},
      {"--export-maps", "FILE", "with --batch: FILE.npy, float32 (K, L′, H′, W′), or FILE.csv",
       [](Options& o, Text, Text value) { return keepName(o.exportMaps, value); }},
      {"--export-weights", "FILE", "with --batch: FILE.npy, float32 (K, C, l, h, w), or FILE.csv",
       [](Options& o, Text, Text value) { return keepName(o.exportWeights, value); }},
      {"--export-cost", "FILE.csv", "with --batch: sizes, weights, multiply-adds and bytes",
       [](Options& o, Text, Text value) { return keepName(o.exportCost, value); }},
      {"--export-input", "FILE.npy", "with --batch: float32 (L, H, W, C) as fed to the engine",
       [](Options& o, Text, Text value) { return keepName(o.exportInput, value); }},
      {"--lab-set", "SET.json",
       "with --batch: a labelled set of motion-lab clips; with\n--model its accuracy on them, as CSV of true "
       "class by "
       "class\ngiven; --clip-change plays them otherwise",
       [](Options& o, Text, Text value) { return keepName(o.labSet, value); }},
      {"--export-shifts", "FILE.csv",
       "with --batch --model: score and map of --layer [the second\nconvolution] against shifts of the clip "
       "in t, y and "
       "x, with\nthe network's strides and zero padding and without them",
       [](Options& o, Text, Text value) { return keepName(o.exportShifts, value); }},
      {"--export-lab-set", "FOLDER",
       "with --lab-set: every clip of the set in clips.npy (uint8,\n(N, L, H, W, C)), and labels.npy",
       [](Options& o, Text, Text value) { return keepName(o.exportLabSet, value); }},
      {"--field", "NETWORK",
       "a known network in the Field workspace (see\n--list-networks); with --batch its layers, or those of "
       "an\n"
       "ONNX file, and what their units see of the clip",
       [](Options& o, Text, Text value) { return keepName(o.field, value); }},
      {"--export-field", "FILE.csv", "with --field: write that table instead of printing it",
       [](Options& o, Text, Text value) { return keepName(o.exportField, value); }},
      {"--effective", "",
       "with --field: measure what a unit really reacts to, by the\ngradient to the clip: σ and the width "
       "that "
       "holds 95.45 % on\neach axis as CSV; --weights uniform or random, --filters,\n--seed, a clip",
       [](Options& o, Text, Text) { return keep(o.effective, Result<bool>(true)); }},
      {"--layer", "NAME",
       "with --field or --model: the layer looked at; with\n--effective: whose unit [the last that does not "
       "see\neverything], or all",
       [](Options& o, Text, Text value) { return keepName(o.layer, value); }},
      {"--unit", "t,y,x", "with --field: which unit of the layer, from 1 [middle]",
       [](Options& o, Text name, Text value) -> Result<void> {
         const auto at = tripleValue(name, value, 1, kNoLimit);
         if (!at) return tl::unexpected(at.error());
         o.unit = Triple{at->t - 1, at->y - 1, at->x - 1};
         return {};
       }},
      {"--borders", "HOW",
       "with --effective: real, on the network's clip, or ideal, on\none so large that no border cuts the "
       "field "
       "[real]",
       [](Options& o, Text name, Text value) -> Result<void> {
         const auto index = wordValue(name, value, Words{"real", "ideal"});
         if (!index) return tl::unexpected(index.error());
         o.uncut = *index == 1;
         return {};
       }},
      {"--runs", "N", "with --effective: how many are averaged, with other filters\nor other noise [16]",
       [](Options& o, Text name, Text value) { return keep(o.runs, wholeValue(name, value, 1, 10'000)); }},
      {"--export-effective", "FILE",
       "with --effective: FILE.npy, the mean |gradient| of every\nvoxel (L, H, W), or FILE.json, the figures",
       [](Options& o, Text, Text value) { return keepName(o.exportEffective, value); }},
      {"--input-tensor", "FILE.npy",
       "with --batch --model: what the network is fed, in its own layout,\nfor instance (N, C, L, H, W)",
       [](Options& o, Text, Text value) { return keepName(o.inputTensor, value); }},
      {"--export-activations", "FOLDER",
       "with --batch --model: what every node makes, one .npy for each\noutput in the model's order, and "
       "layers.json, which names them",
       [](Options& o, Text, Text value) { return keepName(o.exportActivations, value); }},
      {"--export-scores", "FILE.json",
       "with --batch --model: the largest scores as index, label\nand probability",
       [](Options& o, Text, Text value) { return keepName(o.exportScores, value); }},
      {"--top", "K", "how many scores --export-scores holds [5]",
       [](Options& o, Text name, Text value) { return keep(o.top, wholeValue(name, value, 1, 100'000)); }},
      {"--export-gradient", "FILE.npy",
       "with --model: the gradient of a class score (before a soft-max\nat the end) to the input, in its "
       "layout",
       [](Options& o, Text, Text value) { return keepName(o.exportGradient, value); }},
      {"--export-explanation", "FILE.npy",
       "with --batch --explain: float32, the heat on the clip (L, H, W)\nor the stimulus' pixels (L, H, W, "
       "C)",
       [](Options& o, Text, Text value) { return keepName(o.exportExplanation, value); }},
      {"--class", "K", "whose score, counted from 0 [the best]",
       [](Options& o, Text name, Text value) {
         return keep(o.classIndex, wholeValue(name, value, 0, kNoLimit));
       }},
      {"--readout-table", "",
       "with --batch: held-out accuracy of the class scores as CSV,\nfor eleven kernel shapes or that of "
       "--kernel, stride 1 and 2\nin time or that of --stride",
       [](Options& o, Text, Text) -> Result<void> {
         o.readoutTable = true;
         return {};
       }},
      {"--tuning", "",
       "with --batch: how strongly each kernel, or each of the first\nlayer of --model, answers drifting "
       "gratings, "
       "as CSV",
       [](Options& o, Text, Text) -> Result<void> {
         o.tuning = true;
         return {};
       }},
      {"--export-tuning", "FILE.csv", "with --tuning: write that table instead of printing it",
       [](Options& o, Text, Text value) { return keepName(o.exportTuning, value); }},
      {"--benchmark-drag", "", "measure how fast the window follows a slider, and exit",
       [](Options& o, Text, Text) { return startTask(o, Task::BenchmarkDrag); }},
      {"--benchmark-scores", "", "measure how fast the class scores follow a slider, and exit",
       [](Options& o, Text, Text) { return startTask(o, Task::BenchmarkScores); }},
      {"--benchmark-field", "", "measure how fast the pyramid follows a dragged unit, and exit",
       [](Options& o, Text, Text) { return startTask(o, Task::BenchmarkField); }},
      {"--benchmark-network", "",
       "with --model: measure how soon its layers are listed and how\nsoon a run stops, and exit",
       [](Options& o, Text, Text) { return startTask(o, Task::BenchmarkNetwork); }},
      {"--benchmark-start", "", "measure how long the first picture takes, and exit",
       [](Options& o, Text, Text) { return startTask(o, Task::BenchmarkStart); }},
  };
}

std::vector<OptionEntry> aboutOptions() {
  return {
      {"--list-presets", "", "every kernel by name, and what it shows",
       [](Options& o, Text, Text) { return startTask(o, Task::ListPresets); }},
      {"--list-lab", "", "every motion-lab clip and its settings",
       [](Options& o, Text, Text) { return startTask(o, Task::ListLab); }},
      {"--list-networks", "", "every network by name, for --field",
       [](Options& o, Text, Text) { return startTask(o, Task::ListNetworks); }},
      {"--list-preprocessings", "", "every preprocessing by name, for --preprocess",
       [](Options& o, Text, Text) { return startTask(o, Task::ListPreprocessings); }},
      {"--list-scenes", "", "every figure of the article",
       [](Options& o, Text, Text) { return startTask(o, Task::ListScenes); }},
      {"--list-lessons", "", "every lesson by id",
       [](Options& o, Text, Text) { return startTask(o, Task::ListLessons); }},
      {"--validate-lesson", "FILE.md",
       "read a lesson, compute the answers to all its questions and say\nwhat is wrong with it, with the "
       "line",
       [](Options& o, Text, Text value) -> Result<void> {
         o.validateLesson = value;
         return startTask(o, Task::ValidateLesson);
       }},
      {"--help", "", "this text", [](Options& o, Text, Text) { return startTask(o, Task::Help); }},
      {"--version", "", "the program's version",
       [](Options& o, Text, Text) { return startTask(o, Task::Version); }},
  };
}

}  // namespace

std::span<const OptionGroup> optionGroups() {
  static const std::vector<OptionGroup> groups{
      {"The clip", clipOptions()},        {"The layer of kernels", layerOptions()},
      {"Where to start", startOptions()}, {"Without a person at the window", unattendedOptions()},
      {"About", aboutOptions()},
  };
  return groups;
}

}  // namespace convscope
