#include "engine/conv/kernel_presets.h"

#include "engine/conv/conv_spec.h"
#include "engine/conv/preset_tools.h"
#include "engine/core/nearest_names.h"

#include <algorithm>
#include <array>

namespace convscope {

namespace {

std::string quoted(const KernelPreset& preset) {
  return "The kernel “" + preset.name + "”";
}

std::string colourObstacle(const KernelPreset& preset, int channels) {
  if (preset.channels != 3 || channels == 3) return {};
  return quoted(preset) + " needs the three channels of a colour clip, but this one has " +
         std::to_string(channels) + ".";
}

/// Weights of a preset of one channel for `channels` channels, shared out so that they sum to the preset's.
std::vector<float> sharedOut(const std::vector<float>& weights, int channels) {
  if (channels == 1) return weights;
  static constexpr std::array<double, 3> kGrey{.299, .587, .114};
  std::vector<float> shared;
  shared.reserve(weights.size() * static_cast<std::size_t>(channels));
  for (int c = 0; c < channels; ++c) {
    const double share = channels == 3 ? kGrey[static_cast<std::size_t>(c)] : 1.0 / channels;
    for (const float weight : weights) shared.push_back(static_cast<float>(double{weight} * share));
  }
  return shared;
}

std::vector<float> weightsFor(const KernelPreset& preset, const Triple& kernel, int channels) {
  if (preset.id == "random-normal") return randomFilter(kernel, channels, kRandomPresetSeed).weights;
  std::vector<float> weights = preset.weights(kernel);
  if (preset.channels == 1) return sharedOut(weights, channels);
  if (preset.channels == 3) return weights;
  std::vector<float> repeated;
  for (int c = 0; c < channels; ++c) repeated.insert(repeated.end(), weights.begin(), weights.end());
  return repeated;
}

}  // namespace

std::span<const KernelPreset> kernelPresets() {
  static const std::vector<KernelPreset> all = [] {
    std::vector<KernelPreset> list;
    presets::addSpacePresets(list);
    presets::addTimePresets(list);
    presets::addSpaceTimePresets(list);
    presets::addMotionPresets(list);
    presets::addMotionEnergyPresets(list);
    presets::addBankPresets(list);
    return list;
  }();
  return all;
}

const KernelPreset* findKernelPreset(std::string_view id) {
  const auto all = kernelPresets();
  const auto found = std::ranges::find(all, id, &KernelPreset::id);
  return found == all.end() ? nullptr : &*found;
}

Result<Filter> presetFilter(std::string_view id, const Triple& kernel, int channels) {
  const KernelPreset* preset = findKernelPreset(id);
  if (preset == nullptr) {
    std::vector<std::string> ids;
    for (const KernelPreset& known : kernelPresets()) ids.push_back(known.id);
    return fail(ErrorCode::BadUsage,
                unknownNameSentence("kernel preset", id, ids, "--list-presets names them all"));
  }
  if (std::string obstacle = colourObstacle(*preset, channels); !obstacle.empty()) {
    return fail(ErrorCode::BadSpec, std::move(obstacle));
  }
  const Triple extent = preset->fixed ? preset->kernel : kernel;
  for (const Axis axis : kAxes) {
    if (extent[axis] >= 1 && extent[axis] <= kMaxKernelExtent) continue;
    return fail(ErrorCode::BadSpec, std::string("The kernel's extent in ") + axisName(axis) +
                                        " must be between 1 and " + std::to_string(kMaxKernelExtent) +
                                        ", not " + std::to_string(extent[axis]) + ".");
  }
  Filter filter;
  filter.preset = preset->id;
  filter.weights = weightsFor(*preset, extent, channels);
  if (std::ranges::all_of(filter.weights, [](float weight) { return weight == 0; })) {
    return fail(ErrorCode::BadSpec, quoted(*preset) + " has nothing to compare in a kernel of " +
                                        toText(extent) +
                                        ": it needs at least two frames, or two pixels along its direction.");
  }
  return filter;
}

Filter refittedFilter(const Filter& filter, const Triple& from, int fromChannels, const Triple& to,
                      int toChannels) {
  if (from == to && fromChannels == toChannels) return filter;
  if (!filter.preset.empty() && !filter.edited) {
    const KernelPreset* preset = findKernelPreset(filter.preset);
    if (preset != nullptr && (!preset->fixed || preset->kernel == to)) {
      if (auto fresh = presetFilter(filter.preset, to, toChannels)) {
        fresh->bias = filter.bias;
        return *fresh;
      }
    }
  }
  return fitted(filter, from, fromChannels, to, toChannels);
}

std::string presetObstacle(const KernelPreset& preset, const Shape& input) {
  if (std::string obstacle = colourObstacle(preset, input.channels); !obstacle.empty()) return obstacle;
  if (!preset.fixed) return {};
  const char* const sizes[] = {" frames long", " rows high", " columns wide"};
  for (const Axis axis : kAxes) {
    if (preset.kernel[axis] <= input.along(axis)) continue;
    return quoted(preset) + " is " + std::to_string(preset.kernel[axis]) +
           sizes[static_cast<std::size_t>(axis)] + ", but the clip has " + std::to_string(input.along(axis)) +
           ".";
  }
  return {};
}

}  // namespace convscope
