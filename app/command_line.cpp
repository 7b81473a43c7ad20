#include "app/command_line.h"

#include "app/option_table.h"
#include "app/option_values.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace convscope {

namespace {

const OptionEntry* findOption(const std::string& name) {
  for (const OptionGroup& group : optionGroups()) {
    const auto found = std::ranges::find(group.options, name, &OptionEntry::name);
    if (found != group.options.end()) return &*found;
  }
  return nullptr;
}

tl::unexpected<Error> unknownOption(const std::string& name) {
  std::vector<std::string> names;
  for (const OptionGroup& group : optionGroups()) {
    for (const OptionEntry& option : group.options) names.push_back(option.name);
  }
  const std::string nearest = nearestName(name, names);
  return fail(ErrorCode::BadUsage,
              "There is no option " + name + "; " +
                  (nearest.empty() ? "--help lists them all." : "did you mean " + nearest + "?"));
}

/// Reads the option at `arguments[next]` and its value, and moves `next` past both.
Result<void> readOption(std::span<const std::string> arguments, std::size_t& next, Options& options) {
  const std::string& argument = arguments[next++];
  const std::size_t equals = argument.find('=');
  const std::string name = argument.substr(0, equals);
  const OptionEntry* option = findOption(name);
  if (option == nullptr) return unknownOption(name);
  if (option->value.empty()) {
    if (equals != std::string::npos) return fail(ErrorCode::BadUsage, name + " takes no value.");
    return option->apply(options, name, {});
  }
  if (equals != std::string::npos) return option->apply(options, name, argument.substr(equals + 1));
  if (next == arguments.size() || arguments[next].starts_with("--")) {
    return fail(ErrorCode::BadUsage, name + " needs a value: " + name + " " + option->value + ".");
  }
  return option->apply(options, name, arguments[next++]);
}

/// The same of what only an effective field takes.
std::string effectiveContradiction(const Options& options) {
  if (options.effective && !options.field) return "--effective measures in a network: give --field too.";
  for (const auto& [name, given] : {std::pair{"--layer", options.layer.has_value()},
                                    {"--unit", options.unit.has_value()},
                                    {"--borders", options.uncut.has_value()},
                                    {"--runs", options.runs.has_value()},
                                    {"--export-effective", options.exportEffective.has_value()}}) {
    const bool ofModel = (options.model || options.exportShifts) && std::string_view(name) == "--layer";
    const bool ofWindow = options.field && options.task != Task::Batch &&
                          (std::string_view(name) == "--layer" || std::string_view(name) == "--unit");
    if (given && !options.effective && !ofModel && !ofWindow)
      return std::string(name) + " belongs to an effective field: give --field and --effective too.";
  }
  if (!options.effective) return {};
  const bool imported = options.field->ends_with(".onnx");
  if (options.weightsFile && imported)
    return "An ONNX file holds weights of its own: give no --weights beside --effective.";
  if (options.weightsFile && *options.weightsFile != "uniform" && *options.weightsFile != "random")
    return "With --effective --weights takes uniform or random; it was given “" + *options.weightsFile + "”.";
  if (options.inputTensor && !imported)
    return "--input-tensor is fed to an ONNX file: name one with --field, or give a clip.";
  if (options.uncut.value_or(false) && (options.unit || imported || options.clip || options.lab))
    return "--borders ideal measures the middle unit of a known network on a clip of noise as large as its "
           "field: give no --unit and no clip beside it.";
  const bool all = options.layer && *options.layer == "all";
  if (all && (options.unit || options.exportEffective))
    return "--layer all measures the middle unit of every layer: give no --unit and no --export-effective.";
  if (options.exportEffective && !options.exportEffective->ends_with(".npy") &&
      !options.exportEffective->ends_with(".json"))
    return "--export-effective writes FILE.npy or FILE.json; it was given “" + *options.exportEffective +
           "”.";
  return {};
}

/// The same of a labelled set of clips.
std::string labSetContradiction(const Options& options) {
  if (options.exportLabSet && !options.labSet)
    return "--export-lab-set writes a set of clips: give --lab-set too.";
  if (!options.labSet) return {};
  if (options.task != Task::Batch) return "--lab-set needs --batch.";
  if (options.model.has_value() == options.exportLabSet.has_value())
    return "--lab-set names clips to test a network on or to write: give --model or --export-lab-set.";
  if (options.exportLabSet && !options.edits.empty())
    return "--export-lab-set writes the clips as they are: give no --clip-change beside it.";
  if (options.clip || options.lab || options.webcam || options.inputTensor || options.field ||
      options.tuning || options.exportScores || options.exportActivations || options.exportGradient ||
      options.exportShifts || options.explain)
    return "--lab-set brings clips of its own: give no clip, --input-tensor, --field, --tuning, --explain or "
           "other --export beside it.";
  return {};
}

/// The same of what only an explanation of a network takes.
std::string explanationContradiction(const Options& options) {
  if (options.explain && !options.model) return "--explain looks into a network: give --model too.";
  if (options.channel && !options.model) return "--channel is one of a network's layer: give --model too.";
  if (options.explain && options.inputTensor)
    return "--explain looks at a network on a clip: give a clip instead of --input-tensor.";
  if (options.exportExplanation && !options.explain)
    return "--export-explanation writes what --explain finds: give that too.";
  if (options.exportExplanation && options.task != Task::Batch) return "--export-explanation needs --batch.";
  if (options.explain && options.task == Task::Batch && !options.exportExplanation)
    return "--explain with --batch writes a file: give --export-explanation too.";
  if (options.explain &&
      (options.exportActivations || options.exportScores || options.exportGradient || options.exportShifts))
    return "--explain with --batch writes its own file alone: give no other --export beside it.";
  if (options.task == Task::BenchmarkNetwork && !options.model)
    return "--benchmark-network opens a network: give --model too.";
  return {};
}

bool endsWithOneOf(const std::string& path, std::initializer_list<const char*> suffixes) {
  return std::ranges::any_of(suffixes, [&](const char* suffix) { return path.ends_with(suffix); });
}

/// The same of files that hold a picture, an animation or numbers.
std::string exportContradiction(const Options& options) {
  const bool picture = options.task == Task::ExportView || options.task == Task::ExportAnimation;
  const auto refuse = [](const char* option, const char* writes, const std::string& given) {
    return std::string(option) + " writes " + writes + "; it was given “" + given + "”.";
  };
  if (options.size && !picture) {
    const auto [width, height] = *options.size;
    if (width < 640 || height < 480 || width > 7680 || height > 4320)
      return "--size takes WIDTHxHEIGHT in pixels, from 640x480 to 7680x4320; it was given “" +
             std::to_string(width) + "x" + std::to_string(height) + "”.";
  }
  if (options.view && options.task != Task::ExportView)
    return "--view belongs to a picture: give --export-view too.";
  if (options.transparent && options.task != Task::ExportView)
    return "--transparent belongs to a picture: give --export-view too.";
  if (options.transparent && options.view && *options.view == "window")
    return "--transparent is for a view: the window has a ground of its own.";
  if ((options.animate || options.seconds) && options.task != Task::ExportAnimation)
    return std::string(options.animate ? "--animate" : "--seconds") +
           " belongs to an animation: give --export-animation too.";
  if (options.exportView && !endsWithOneOf(*options.exportView, {".png", ".svg", ".pdf"}))
    return refuse("--export-view", "FILE.png, FILE.svg or FILE.pdf", *options.exportView);
  if (options.exportAnimation && !endsWithOneOf(*options.exportAnimation, {".mp4", ".gif"}))
    return refuse("--export-animation", "FILE.mp4 or FILE.gif", *options.exportAnimation);
  for (const auto& [name, path] :
       {std::pair{"--export-maps", options.exportMaps}, {"--export-weights", options.exportWeights}}) {
    if (path && !path->empty() && !endsWithOneOf(*path, {".npy", ".csv"}))
      return refuse(name, "FILE.npy or FILE.csv", *path);
  }
  if ((options.exportWeights || options.exportCost) && options.task != Task::Batch)
    return std::string(options.exportWeights ? "--export-weights" : "--export-cost") + " needs --batch.";
  if ((options.exportWeights || options.exportCost) &&
      (options.field || options.readoutTable || options.model || options.tuning))
    return std::string(options.exportWeights ? "--export-weights" : "--export-cost") +
           " is of one layer of kernels: give no --field, --model, --tuning or --readout-table beside it.";
  return {};
}

/// Two things that cannot both be meant, as a sentence; empty if there are none.
std::string contradiction(const Options& options) {
  const int sources = options.clip.has_value() + options.lab.has_value() + options.webcam.has_value();
  if (sources > 1) return "A clip file, --lab and --webcam exclude each other: give one.";
  if (options.greyAndRgb) return "--grey and --rgb exclude each other: give one.";
  const bool ownFilters = !options.effective && (options.filters || options.weightsFile);
  if (options.field && (options.kernel || options.stride || options.dilation || options.padding ||
                        ownFilters || !options.presets.empty()))
    return "--field works out a network of its own: give no --kernel, --stride, --dilation, --padding, "
           "--filters, "
           "--preset or --weights beside it.";
  if (options.lesson && (options.stateFile || options.scene || options.model || options.field))
    return "--lesson sets the whole program: give no --state, --scene, --model or --field beside it.";
  if (options.task == Task::ExportLesson && !options.exportLesson)
    return "--export-lesson needs the file to write behind the lesson: OUT.html or OUT.pdf.";
  if (options.task == Task::ExportLesson && (options.lessonStep > 0 || options.told))
    return "--export-lesson writes all steps and answers: give no --step or --answer beside it.";
  if (!options.lesson && (options.lessonStep > 0 || options.told))
    return "--step and --answer belong to a lesson: give --lesson too.";
  if (options.stateFile && options.scene) return "--state and --scene exclude each other: give one.";
  if (options.weightsFile && !options.presets.empty())
    return "--weights and --preset exclude each other: give one.";
  if (options.seed && !options.lab && !options.stateFile && !options.scene && !options.effective &&
      !options.labSet) {
    return "--seed belongs to a motion-lab clip: give --lab too.";
  }
  if (options.task != Task::Batch) {
    if (options.readoutTable) return "--readout-table needs --batch.";
    if (options.tuning) return "--tuning needs --batch.";
    if (options.field && options.field->ends_with(".onnx"))
      return "--field takes an ONNX file with --batch only: --model opens it in the window.";
    if (options.effective) return "--effective needs --batch: in the window the key E measures it.";
    if (options.exportField) return "--export-field needs --batch.";
    if (options.field && (options.stateFile || options.scene))
      return "--field opens a network: give no --state or --scene beside it.";
    if (options.exportMaps) return "--export-maps needs --batch.";
    if (options.exportInput) return "--export-input needs --batch.";
  }
  if (options.readoutTable && (options.exportMaps || options.exportInput))
    return "--readout-table prints a table alone: give no --export-maps or --export-input beside it.";
  if (const std::string wrong = labSetContradiction(options); !wrong.empty()) return wrong;
  if (options.exportField && !options.field) return "--export-field belongs to a network: give --field too.";
  if (options.field && (options.readoutTable || options.exportMaps || options.exportInput))
    return "--field works out a network alone: give no --readout-table, --export-maps or --export-input "
           "beside it.";
  if (const std::string wrong = effectiveContradiction(options); !wrong.empty()) return wrong;
  if (const std::string wrong = exportContradiction(options); !wrong.empty()) return wrong;
  if (options.model && (options.field || options.readoutTable || options.exportMaps || options.exportInput))
    return "--model runs a network alone: give no --field, --readout-table, --export-maps or --export-input "
           "beside it.";
  if (options.exportTuning && !options.tuning)
    return "--export-tuning belongs to a measurement: give --tuning too.";
  if (options.tuning && (options.field || options.readoutTable || options.exportMaps || options.exportInput ||
                         options.inputTensor || options.exportActivations || options.exportScores))
    return "--tuning measures kernels alone: give no --field, --readout-table, --input-tensor or other "
           "--export beside it.";
  if (options.model && options.task == Task::Batch && !options.inputTensor && sources == 0 &&
      !options.tuning && !options.labSet)
    return "--batch --model needs what the network is fed: give a clip, or --input-tensor.";
  if (options.inputTensor && !options.model && !options.effective)
    return "--input-tensor is fed to a network: give --model too.";
  if (options.inputTensor && (sources > 0 || options.preprocess || options.frames))
    return "--input-tensor is fed as it is: give no clip, --frames or --preprocess beside it.";
  if (options.preprocess && !options.model)
    return "--preprocess says what a network is fed: give --model too.";
  if (options.labels && !options.exportScores)
    return "--labels names the classes of --export-scores: give that too.";
  if (options.model && (options.crop || options.resize || options.colour))
    return "--model takes size and channels from its preprocessing: give no --crop, --resize, --grey or "
           "--rgb beside it.";
  if (options.task != Task::Batch) {
    if (options.inputTensor) return "--input-tensor needs --batch.";
    if (options.exportActivations) return "--export-activations needs --batch.";
    if (options.exportScores) return "--export-scores needs --batch.";
    if (options.model && (options.stateFile || options.scene))
      return "--model opens a network: give no --state or --scene beside it.";
  }
  if (options.exportShifts && (!options.model || options.task != Task::Batch || sources == 0))
    return "--export-shifts shifts a clip under a network: give --batch, --model and a clip too.";
  if (options.exportShifts && (options.exportScores || options.exportActivations || options.exportGradient))
    return "--export-shifts writes its table alone: give no other --export beside it.";
  if (options.exportActivations && !options.model)
    return "--export-activations belongs to a network: give --model too.";
  if (options.exportScores && !options.model)
    return "--export-scores belongs to a network: give --model too.";
  if (options.exportGradient && !options.model)
    return "--export-gradient belongs to a network: give --model too.";
  if (options.classIndex && !options.exportGradient && !options.explain)
    return "--class says whose score --export-gradient or --explain looks at: give one of them too.";
  if (const std::string wrong = explanationContradiction(options); !wrong.empty()) return wrong;
  if (options.top && !options.exportScores)
    return "--top says how much --export-scores holds: give --export-scores too.";
  for (const auto& [name, path] : {std::pair{"--screenshot", options.screenshot},
                                   {"--weights", options.weightsFile},
                                   {"--state", options.stateFile},
                                   {"--export-maps", options.exportMaps},
                                   {"--export-input", options.exportInput},
                                   {"--export-weights", options.exportWeights},
                                   {"--export-cost", options.exportCost},
                                   {"--export-view", options.exportView},
                                   {"--export-animation", options.exportAnimation},
                                   {"--export-field", options.exportField},
                                   {"--export-effective", options.exportEffective},
                                   {"--export-tuning", options.exportTuning},
                                   {"--model", options.model},
                                   {"--input-tensor", options.inputTensor},
                                   {"--preprocess", options.preprocess},
                                   {"--labels", options.labels},
                                   {"--lab-set", options.labSet},
                                   {"--export-shifts", options.exportShifts},
                                   {"--export-lab-set", options.exportLabSet},
                                   {"--export-activations", options.exportActivations},
                                   {"--export-scores", options.exportScores},
                                   {"--export-gradient", options.exportGradient},
                                   {"--export-explanation", options.exportExplanation},
                                   {"A clip", options.clip}}) {
    if (path && path->empty()) return std::string(name) + " needs the name of a file, not an empty one.";
  }
  return {};
}

}  // namespace

Result<Options> parseCommandLine(std::span<const std::string> arguments) {
  Options options;
  bool onlyFiles = false;  // after "--", for files whose names begin with a dash
  for (std::size_t next = 0; next < arguments.size();) {
    const std::string& argument = arguments[next];
    if (!onlyFiles && argument == "--") {
      onlyFiles = true;
      ++next;
    } else if (!onlyFiles && argument == "-h") {
      options.task = Task::Help;
      ++next;
    } else if (!onlyFiles && argument.starts_with("-") && argument != "-") {
      if (auto read = readOption(arguments, next, options); !read) return tl::unexpected(read.error());
    } else if (options.task == Task::ExportLesson && !options.exportLesson &&
               endsWithOneOf(argument, {".html", ".pdf"})) {
      options.exportLesson = argument;
      ++next;
    } else if (argument.ends_with(".convscope") && !options.stateFile) {
      options.stateFile = argument;
      ++next;
    } else {
      if (options.clip) {
        return fail(ErrorCode::BadUsage,
                    "Only one clip can be opened; there are “" + *options.clip + "” and “" + argument + "”.");
      }
      options.clip = argument;
      ++next;
    }
  }
  if (options.task >= Task::Help) return options;  // whoever asks for help is not told off
  if (const std::string what = contradiction(options); !what.empty()) return fail(ErrorCode::BadUsage, what);
  return options;
}

bool namesSomething(const Options& options) {
  Options looks;
  looks.theme = options.theme;
  looks.presenter = options.presenter;
  looks.size = options.size;
  looks.welcome = options.welcome;
  return !(options == looks);
}

bool welcomeIsDue(const Options& options, bool welcomed) {
  return options.welcome || (!welcomed && options == Options());
}

int exitCodeOf(const Error& error) {
  return error.code == ErrorCode::BadUsage ? 2 : 1;
}

}  // namespace convscope
