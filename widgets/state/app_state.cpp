#include "widgets/state/app_state.h"

#include "engine/conv/kernel_presets.h"
#include "engine/field/architecture_presets.h"
#include "engine/field/layer_table.h"
#include "widgets/state/column_kinds.h"
#include "widgets/state/state_describe.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace convscope {

namespace {

constexpr int kStateVersion = 1;

/// What no view could show is refused when a file is read; what a user can mend on screen is let through.
std::string impossible(const AppState& state) {
  if (state.columns.empty() || state.columns.size() > 4) return "“columns” must hold 1 to 4 studies";
  if (state.selection.column < 0 || state.selection.column >= static_cast<int>(state.columns.size())) {
    return "“selection.column” must name one of the columns";
  }
  for (const StudySpec& column : state.columns) {
    std::string why = std::visit([](const auto& study) { return whyImpossible(study); }, column);
    if (!why.empty()) return why;
  }
  if (!std::holds_alternative<KernelStudy>(state.columns[static_cast<std::size_t>(state.selection.column)]))
    return "“selection.column” must name a column of kind “kernel”";
  const Look& look = state.look;
  const CameraLook& camera = look.camera;
  struct Bound {
    const char* name;
    double value, low, high;
  };
  const Bound bounds[] = {{"look.fixedRange", look.fixedRange, 1e-9, 1e9},
                          {"look.isoLevel", look.isoLevel, 0, 1},
                          {"look.spacing", look.spacing, 0, 3},
                          {"look.camera.yaw", camera.yaw, -360, 360},
                          {"look.camera.pitch", camera.pitch, -90, 90},
                          {"look.camera.zoom", camera.zoom, kLeastZoom, kMostZoom},
                          {"look.camera.panX", camera.panX, -kMostZoom, kMostZoom},
                          {"look.camera.panY", camera.panY, -kMostZoom, kMostZoom},
                          {"field.run.filters", double(state.field.run.filters), 1, 64},
                          {"field.camera.yaw", state.field.camera.yaw, -360, 360},
                          {"field.camera.pitch", state.field.camera.pitch, -90, 90},
                          {"field.camera.zoom", state.field.camera.zoom, kLeastZoom, kMostZoom},
                          {"field.camera.panX", state.field.camera.panX, -kMostZoom, kMostZoom},
                          {"field.camera.panY", state.field.camera.panY, -kMostZoom, kMostZoom},
                          {"compare.frequency", state.compare.frequency, .05, .5},
                          {"compare.tempo", state.compare.tempo, .125, 8},
                          {"compare.zoom", state.compare.zoom, .25, 4},
                          {"compare.camera.yaw", state.compare.camera.yaw, -360, 360},
                          {"compare.camera.pitch", state.compare.camera.pitch, -90, 90},
                          {"compare.camera.zoom", state.compare.camera.zoom, kLeastZoom, kMostZoom},
                          {"compare.camera.panX", state.compare.camera.panX, -kMostZoom, kMostZoom},
                          {"compare.camera.panY", state.compare.camera.panY, -kMostZoom, kMostZoom},
                          {"network.start", double(state.network.start), 0, 1e9},
                          {"network.frames", double(state.network.frames), 0, 4096},
                          {"network.step", double(state.network.step), 0, 1000},
                          {"network.classIndex", double(state.network.classIndex), -1, 1e9},
                          {"network.moment", double(state.network.moment), 0, 4096},
                          {"network.camera.yaw", state.network.camera.yaw, -360, 360},
                          {"network.camera.pitch", state.network.camera.pitch, -90, 90},
                          {"network.camera.zoom", state.network.camera.zoom, kLeastZoom, kMostZoom},
                          {"network.camera.panX", state.network.camera.panX, -kMostZoom, kMostZoom},
                          {"network.camera.panY", state.network.camera.panY, -kMostZoom, kMostZoom},
                          {"playback.speed", state.playback.speed, .1, 100}};
  for (const Bound& bound : bounds) {
    if (bound.value >= bound.low && bound.value <= bound.high) continue;
    std::ostringstream sentence;
    sentence << "“" << bound.name << "” is " << bound.value << " and must lie between " << bound.low
             << " and " << bound.high;
    return sentence.str();
  }
  return {};
}

}  // namespace

AppState initialState() {
  AppState state;
  KernelStudy study;
  // Hands meeting and parting, small enough that every product of the ledger can be read: the x–t slice shows
  // an hourglass of slanted lines.
  study.clip.range = {4, 8, 1};
  study.clip.prepare.resize = FrameSize{40, 40};
  study.conv.kernel = {3, 3, 3};
  const auto filter = presetFilter("red-moving-right", study.conv.kernel, 3);
  study.bank = {filter ? *filter : randomFilter(study.conv.kernel, 3, 1)};
  state.columns = {study};
  state.field.stack = c3dStack();
  state.selection.voxel = kStrongest;
  return state;
}

void takeSource(AppState& state, ClipSource source) {
  ClipSpec* chosen = clipOf(state.columns.at(static_cast<std::size_t>(state.selection.column)));
  if (chosen == nullptr) return;
  ClipSpec& clip = *chosen;
  clip.source = std::move(source);
  clip.range.start = 0;
  if (std::holds_alternative<FileSource>(clip.source)) clip.range = FrameRange{};
  clip.prepare.crop.reset();
  if (auto& size = clip.prepare.resize) {
    const auto* lab = std::get_if<LabSpec>(&clip.source);
    if (lab == nullptr || lab->height < 1) {
      size.reset();
    } else {
      size->width = std::max(1, static_cast<int>(std::lround(1.0 * size->height * lab->width / lab->height)));
    }
  }
  state.selection.voxel = kStrongest;
  state.selection.input.reset();
  state.network.start = 0;
  state.network.unit = kStrongest;
}

nlohmann::json toJson(const AppState& state) {
  nlohmann::json json = jsonOf(state);
  json["convscope"] = kStateVersion;
  return json;
}

Result<AppState> stateFromJson(const nlohmann::json& json) {
  AppState state = initialState();
  try {
    if (!json.is_object()) return fail(ErrorCode::BadInput, "A state must be a JSON object.");
    nlohmann::json body = json;
    if (const auto version = body.find("convscope"); version != body.end()) {
      if (!version->is_number_integer() || *version != kStateVersion) {
        return fail(ErrorCode::BadInput, "This state was written by another version of the program (" +
                                             version->dump() + "; this one reads " +
                                             std::to_string(kStateVersion) + ").");
      }
      body.erase("convscope");
    }
    fromJson(body, state, "");
  } catch (const std::exception& error) {
    return fail(ErrorCode::BadInput, std::string("The state cannot be used: ") + error.what() + ".");
  }
  if (const std::string what = impossible(state); !what.empty()) {
    return fail(ErrorCode::BadInput, "The state cannot be used: " + what + ".");
  }
  for (StudySpec& column : state.columns) {
    auto completed = std::visit([](auto& study) { return complete(study); }, column);
    if (!completed) return tl::unexpected(completed.error());
  }
  return state;
}

void takeStack(FieldSettings& field, StackSpec stack, int layer) {
  const auto layers = static_cast<int>(stack.layers.size());
  field.layer = layer >= 0 && layer < layers ? layer : layers / 2;
  field.camera = FieldSettings{}.camera;  // the one before was turned for other levels
  if (const auto table = tableOf(stack); table && layers > 0) {
    const Shape& output = table->rows[static_cast<std::size_t>(expandedIndex(stack, field.layer))].output;
    field.unit = {output.length / 2, output.height / 2, output.width / 2};
  }
  field.stack = std::move(stack);
}

}  // namespace convscope
