#include "app/command_line.h"
#include "app/option_values.h"
#include "engine/clip/motion_lab.h"
#include "engine/clip/npy.h"
#include "engine/clip/npy_header.h"
#include "engine/conv/kernel_presets.h"
#include "engine/core/nearest_names.h"
#include "engine/field/architecture_presets.h"
#include "engine/field/layer_table.h"
#include "engine/study/network_study.h"
#include "engine/study/study_describe.h"
#include "widgets/state/network_view.h"
#include "widgets/state/scenes.h"
#include "widgets/state/session_file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace convscope {

namespace {

Result<AppState> startingState(const Options& options) {
  if (options.scene) return sceneState(*options.scene);
  if (options.stateFile) {
    auto session = readSession(*options.stateFile);
    if (!session) return tl::unexpected(session.error());
    // the window asks for it; elsewhere there is nobody to ask
    const bool asks = options.task == Task::Window || options.clip || options.lab || options.webcam;
    if (!asks && !session->missing.empty()) {
      return fail(ErrorCode::BadInput, *options.stateFile + " names " + session->missing.front() +
                                           ", which is not there: put it back, or name another clip beside " +
                                           "the session, as in convscope CLIP " + *options.stateFile + ".");
    }
    return std::move(session->state);
  }
  return initialState();
}

/// Sets the field of `spec` called `key`; false where there is none or the text does not suit it.
bool setLabField(LabSpec& spec, const std::string& key, const std::string& text) {
  bool done = false;
  describe(spec, [&](const std::string& name, auto& field) {
    if (name != key) return;
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (std::is_same_v<Field, std::string>) {
      field = text;
      done = true;
    } else if constexpr (std::is_integral_v<Field>) {
      const auto number = wholeNumber(text);
      done = number && (std::is_signed_v<Field> || *number >= 0);
      if (done) field = static_cast<Field>(*number);
    } else {
      const auto number = realNumber(text);
      done = number.has_value();
      if (done) field = *number;
    }
  });
  return done;
}

Result<LabSpec> labOf(const LabChoice& choice) {
  const MotionLabEntry* entry = findMotionLabEntry(choice.name);
  LabSpec spec;
  spec.name = choice.name;
  if (entry == nullptr) {
    auto checked = checkLab(spec);  // says which names come near
    return checked ? Result<LabSpec>(spec) : tl::unexpected(checked.error());
  }
  spec = entry->defaults;
  std::vector<std::string> keys = entry->controls;
  for (const char* everywhere : {"height", "width", "framesPerSecond", "seed"}) {
    if (std::ranges::find(keys, everywhere) == keys.end()) keys.push_back(everywhere);
  }
  for (const auto& [key, text] : choice.settings) {
    if (std::ranges::find(keys, key) == keys.end()) {
      return fail(ErrorCode::BadUsage, "The lab clip " + choice.name + " has no setting “" + key +
                                           "”; it has " + alternatives(keys) + ".");
    }
    if (!setLabField(spec, key, text)) {
      return fail(ErrorCode::BadUsage,
                  "The setting “" + key + "” of the lab clip " + choice.name + " cannot be “" + text + "”.");
    }
  }
  if (auto checked = checkLab(spec); !checked) return tl::unexpected(checked.error());
  return spec;
}

/// True for a .npy clip of one channel. A file that cannot be read is left for the clip reader to explain.
bool isGreyArray(const std::string& path) {
  if (!path.ends_with(".npy")) return false;
  std::error_code problem;
  const auto size = std::filesystem::file_size(path, problem);
  std::ifstream file(path, std::ios::binary);
  if (problem || !file) return false;
  const auto header = readNpyHeader(file, static_cast<std::int64_t>(size), path);
  return header && (header->shape.size() < 4 || header->shape.back() == 1);
}

Result<void> setClip(const Options& options, ClipSpec& clip) {
  const bool newSource = options.clip || options.lab || options.webcam;
  if (newSource && !options.stateFile && !options.scene) {
    clip.prepare = {};  // sizes and frames of the first start's own clip
    clip.range = {};
  }
  if (options.clip) clip.source = FileSource{*options.clip};
  if (options.webcam) clip.source = WebcamSource{*options.webcam};
  if (options.lab) {
    auto spec = labOf(*options.lab);
    if (!spec) return tl::unexpected(spec.error());
    clip.source = *spec;
  }
  if (options.seed) {
    auto* lab = std::get_if<LabSpec>(&clip.source);
    if (lab == nullptr)
      return fail(ErrorCode::BadUsage, "--seed belongs to a motion-lab clip, and this is none.");
    lab->seed = *options.seed;
  }
  if (options.frames) clip.range = *options.frames;
  if (options.crop) clip.prepare.crop = options.crop;
  if (options.resize) clip.prepare.resize = options.resize;
  if (options.clip && isGreyArray(*options.clip))
    clip.prepare.colour = ColourMode::Grey;  // there is no colour in it
  if (options.colour) clip.prepare.colour = *options.colour;
  if (!options.edits.empty()) clip.edits = options.edits;
  return {};
}

void setConvolution(const Options& options, ConvSpec& conv) {
  if (options.kernel) conv.kernel = *options.kernel;
  if (options.stride) conv.stride = *options.stride;
  if (options.dilation) conv.dilation = *options.dilation;
  if (options.padding) conv.padding = *options.padding;
  if (options.padding == PaddingMode::Custom) conv.custom = options.customPadding;
  if (options.paddingValue) conv.paddingValue = *options.paddingValue;
  if (options.groups) conv.groups = *options.groups;
  if (options.activation) conv.activation = *options.activation;
  if (options.flipped) conv.flipped = true;
}

/// The weights of --weights: extent of the kernel, channels of one filter, and the filters.
struct WeightsFile {
  Triple kernel;
  int channels = 0;
  FilterBank bank;
};

Result<WeightsFile> readWeights(const std::string& path) {
  const auto array = readNpy(path);
  if (!array) return tl::unexpected(array.error());
  const auto& shape = array->shape;
  const auto refuse = [&](const std::string& what) { return fail(ErrorCode::BadInput, path + " " + what); };
  if (shape.size() != 5) {
    return refuse("has " + std::to_string(shape.size()) + (shape.size() == 1 ? " axis" : " axes") +
                  "; weights have five: filters, channels, l, h, w.");
  }
  const std::array<std::int64_t, 5> most{kMaxFilters, 1 << 16, kMaxKernelExtent, kMaxKernelExtent,
                                         kMaxKernelExtent};
  const std::array<const char*, 5> words{"filters", "channels", "frames", "rows", "columns"};
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] >= 1 && shape[axis] <= most[axis]) continue;
    return refuse("has kernels of " + std::to_string(shape[axis]) + " " + words[axis] + "; from 1 to " +
                  std::to_string(most[axis]) + " can be used.");
  }
  if (!std::ranges::all_of(array->values, [](float value) { return std::isfinite(value); })) {
    return refuse("holds weights that are not finite numbers.");
  }
  WeightsFile file;
  file.channels = static_cast<int>(shape[1]);
  file.kernel = {static_cast<int>(shape[2]), static_cast<int>(shape[3]), static_cast<int>(shape[4])};
  const auto each = static_cast<std::ptrdiff_t>(weightCount(file.kernel, file.channels));
  for (auto at = array->values.begin(); at != array->values.end(); at += each) {
    Filter filter;
    filter.weights.assign(at, at + each);
    file.bank.push_back(std::move(filter));
  }
  return file;
}

/// The file's extent and channels must agree with what was said beside it; the clip's colour follows where
/// nothing was.
Result<void> agreeWithWeights(const Options& options, const WeightsFile& file, KernelStudy& study) {
  const auto disagree = [&](const std::string& what) {
    return fail(ErrorCode::BadUsage, *options.weightsFile + " holds " + what);
  };
  if (options.kernel && *options.kernel != file.kernel) {
    return disagree("kernels of " + toText(file.kernel) + ", but --kernel says " + toText(*options.kernel) +
                    ".");
  }
  if (options.filters && *options.filters != static_cast<int>(file.bank.size())) {
    return disagree(std::to_string(file.bank.size()) + " filters, but --filters says " +
                    std::to_string(*options.filters) + ".");
  }
  study.conv.kernel = file.kernel;
  const int channels = file.channels * study.conv.groups;
  const bool free = !options.colour && !options.stateFile && !options.scene;
  if (free && channels == 1) study.clip.prepare.colour = ColourMode::Grey;
  if (free && channels == 3) study.clip.prepare.colour = ColourMode::Rgb;
  if (channelsOf(study.clip) != channels) {
    return disagree("weights for " + std::to_string(file.channels) + " × " +
                    std::to_string(study.conv.groups) + " channels (channels × groups), but the clip has " +
                    std::to_string(channelsOf(study.clip)) + ".");
  }
  return {};
}

/// Without --kernel the first preset's own extent; a fixed preset in a larger kernel keeps its values about
/// the centre.
Result<void> takePresets(const Options& options, KernelStudy& study) {
  const int channels = std::max(1, channelsOf(study.clip) / std::max(1, study.conv.groups));
  FilterBank bank;
  for (const std::string& id : options.presets) {
    const KernelPreset* preset = findKernelPreset(id);
    if (preset != nullptr && bank.empty() && !options.kernel) study.conv.kernel = preset->kernel;
    const Triple extent = study.conv.kernel;
    auto filter = presetFilter(id, extent, channels);
    if (!filter) return tl::unexpected(filter.error());
    if (preset->fixed && preset->kernel != extent) {
      for (const Axis axis : kAxes) {
        if (preset->kernel[axis] <= extent[axis]) continue;
        return fail(ErrorCode::BadUsage, "The preset " + id + " is " + toText(preset->kernel) +
                                             ", larger than the kernel of " + toText(extent) + " along " +
                                             axisName(axis) + ".");
      }
      *filter = fitted(*filter, preset->kernel, channels, extent, channels);
    }
    bank.push_back(std::move(*filter));
  }
  study.bank = std::move(bank);
  return {};
}

Result<void> setBiases(const Options& options, FilterBank& bank) {
  if (options.bias.empty()) return {};
  if (options.bias.size() != 1 && options.bias.size() != bank.size()) {
    return fail(ErrorCode::BadUsage, "--bias gives " + std::to_string(options.bias.size()) + " values for " +
                                         std::to_string(bank.size()) +
                                         " filters: give one for all, or one each.");
  }
  for (std::size_t k = 0; k < bank.size(); ++k) bank[k].bias = options.bias[options.bias.size() == 1 ? 0 : k];
  return {};
}

/// The clip, the layer and its weights. The order matters: weights are fitted to the channels and the extent.
Result<void> setStudy(const Options& options, AppState& state) {
  const AppState previous = state;
  if (auto set = setClip(options, state.kernel().clip); !set) return set;
  setConvolution(options, state.kernel().conv);
  if (options.weightsFile) {
    auto file = readWeights(*options.weightsFile);
    if (!file) return tl::unexpected(file.error());
    if (auto agreed = agreeWithWeights(options, *file, state.kernel()); !agreed) return agreed;
    state.kernel().bank = std::move(file->bank);
  } else if (!options.presets.empty()) {
    if (auto taken = takePresets(options, state.kernel()); !taken) return taken;
  } else {
    state = reconciled(std::move(state), previous);
  }
  if (options.filters) {
    if (auto grown = setFilterCount(state.kernel(), *options.filters); !grown) return grown;
  }
  return setBiases(options, state.kernel().bank);
}

/// Layer, channel and what is explained of a network. Which row a name is, only the model knows.
Result<void> setExplanation(const Options& options, AppState& state) {
  NetworkSettings& network = state.network;
  network.channel = options.channel.value_or(-1);
  network.classIndex = options.classIndex.value_or(-1);
  if (options.explain) {
    constexpr std::array kShown{Explain::Saliency, Explain::GradCam, Explain::Stimulus};
    network.explain = kShown[static_cast<std::size_t>(*options.explain)];
  }
  if (!options.layer) return {};
  const auto outline = outlineNetwork(wantedNetwork(state));
  if (!outline) return tl::unexpected(outline.error());
  const auto row = rowNamed(*outline, *options.layer);
  if (!row) return tl::unexpected(row.error());
  network.row = *row;
  return {};
}

/// As a position is given on the command line, from 1.
std::string positionText(const Triple& at) {
  return std::to_string(at.t + 1) + ',' + std::to_string(at.y + 1) + ',' + std::to_string(at.x + 1);
}

/// A known network in the Field workspace, with the unit that is looked at.
Result<void> setField(const Options& options, AppState& state) {
  auto stack = architectureNamed(*options.field);
  if (!stack) return tl::unexpected(stack.error());
  int layer = -1;
  if (options.layer) {
    const auto found = std::ranges::find(stack->layers, *options.layer, &LayerSpec::name);
    if (found == stack->layers.end()) {
      std::vector<std::string> names;
      for (const LayerSpec& one : stack->layers) names.push_back(one.name);
      return fail(ErrorCode::BadUsage,
                  unknownNameSentence("layer", *options.layer, names, "--batch --field lists them all"));
    }
    layer = static_cast<int>(found - stack->layers.begin());
  }
  const auto table = tableOf(*stack);
  if (!table) return tl::unexpected(table.error());
  state.workspace = Workspace::Field;
  takeStack(state.field, std::move(*stack), layer);
  if (options.unit) state.field.unit = *options.unit;
  const int row = expandedIndex(state.field.stack, state.field.layer);
  const Triple extent = table->rows[static_cast<std::size_t>(row)].output.extent();
  for (const Axis axis : kAxes) {
    if (state.field.unit[axis] < extent[axis]) continue;
    return fail(ErrorCode::BadSpec,
                "The unit " + positionText(state.field.unit) + " of --unit lies outside " +
                    state.field.stack.layers[static_cast<std::size_t>(state.field.layer)].name +
                    ", whose maps are " + toText(extent) + ".");
  }
  return {};
}

}  // namespace

Result<AppState> stateOf(const Options& options) {
  auto state = startingState(options);
  if (!state) return state;
  if (auto set = setStudy(options, *state); !set) return tl::unexpected(set.error());
  if (options.model) {
    state->workspace = Workspace::Network;
    state->network.model = *options.model;
    state->network.preprocess = options.preprocess.value_or("");
    if (options.frames) {
      state->network.start = options.frames->start;
      state->network.frames = options.frames->count;
      state->network.step = options.frames->step;
    }
    if (auto set = setExplanation(options, *state); !set) return tl::unexpected(set.error());
  }
  if (options.field && options.task != Task::Batch) {
    if (auto set = setField(options, *state); !set) return tl::unexpected(set.error());
  }
  if (options.theme) state->look.theme = *options.theme;
  if (options.presenter) state->look.presenter = true;
  if (options.bank) state->scores.bank = *options.bank;
  if (options.scoresView) state->look.scoresView = *options.scoresView;
  if (options.playing) setPlaying(state->playback, true);
  if (options.voxel) state->selection.voxel = *options.voxel;
  AppState consistent = reconciled(*state, *state);
  if (auto shown = checkVoxel(options, consistent.selection.voxel); !shown)
    return tl::unexpected(shown.error());
  return consistent;
}

Result<void> checkVoxel(const Options& options, const Triple& shown) {
  if (!options.voxel || shown == *options.voxel) return {};
  return fail(ErrorCode::BadSpec,
              "The voxel " + positionText(*options.voxel) + " of --voxel lies outside the maps.");
}

}  // namespace convscope
