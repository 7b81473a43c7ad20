#include "engine/clip/clip_edit.h"
#include "engine/conv/kernel_presets.h"
#include "widgets/state/column_kinds.h"

#include <algorithm>
#include <cstdlib>

/// What the state asks of a KernelStudy in a column.
namespace convscope {

namespace {

bool withinLimits(const Triple& kernel) {
  return std::ranges::all_of(
      kAxes, [&](Axis axis) { return kernel[axis] >= 1 && kernel[axis] <= kMaxKernelExtent; });
}

int channelsPerGroup(const KernelStudy& study) {
  const int channels = channelsOf(study.clip);
  const int groups = study.conv.groups;
  return groups >= 1 && channels % groups == 0 ? channels / groups : channels;
}

int clampedIndex(int index, int count) {
  return std::clamp(index, 0, std::max(0, count - 1));
}

/// The size of the input as far as the settings tell it; 0 where only the file knows.
Shape expectedInput(const ClipSpec& clip) {
  Shape shape{clip.range.count, 0, 0, channelsOf(clip)};
  if (clip.prepare.resize) {
    shape.height = clip.prepare.resize->height;
    shape.width = clip.prepare.resize->width;
  } else if (clip.prepare.crop) {
    shape.height = clip.prepare.crop->height;
    shape.width = clip.prepare.crop->width;
  } else if (const auto* lab = std::get_if<LabSpec>(&clip.source)) {
    shape.height = lab->height;
    shape.width = lab->width;
  }
  return editedShape(shape, clip.edits);
}

}  // namespace

std::string whyImpossible(const KernelStudy& study) {
  // beyond what can be counted; what is only too large for a kernel is explained on screen
  constexpr int kMostRead = 4096;
  if (std::ranges::any_of(kAxes, [&](Axis axis) { return std::abs(study.conv.kernel[axis]) > kMostRead; }))
    return "“kernel” must not be above " + std::to_string(kMostRead) + " along any axis";
  if (!study.bank.empty() && study.bank.size() <= kMaxFilters) return {};
  return "“bank” must hold 1 to " + std::to_string(kMaxFilters) + " filters";
}

// Filters given by preset alone get the preset's weights, fitted to the study's extent and channels.
Result<void> complete(KernelStudy& study) {
  const int groups = std::max(1, study.conv.groups);
  const int channels = std::max(1, channelsOf(study.clip) / groups);
  for (Filter& filter : study.bank) {
    if (!filter.weights.empty() || filter.preset.empty()) continue;
    auto fresh = presetFilter(filter.preset, study.conv.kernel, channels);
    if (!fresh) return tl::unexpected(fresh.error());
    const KernelPreset* preset = findKernelPreset(filter.preset);
    if (preset->fixed) *fresh = fitted(*fresh, preset->kernel, channels, study.conv.kernel, channels);
    fresh->bias = filter.bias;
    filter = std::move(*fresh);
  }
  return {};
}

void keepConsistent(KernelStudy& study, const KernelStudy* before) {
  if (before == nullptr) return;
  const KernelStudy& previous = *before;
  const Triple to = study.conv.kernel;
  if (!withinLimits(to) || study.bank.empty()) return;
  const int toChannels = channelsPerGroup(study);
  // left as they are, and the study says why: weights for all of them would take the window's time and memory
  if (!checkWeights(to, toChannels, static_cast<int>(study.bank.size()))) return;
  const Triple from = previous.conv.kernel;
  const int fromChannels = channelsPerGroup(previous);
  const auto oldCount = static_cast<std::size_t>(weightCount(from, fromChannels));
  const auto newCount = static_cast<std::size_t>(weightCount(to, toChannels));
  for (std::size_t k = 0; k < study.bank.size(); ++k) {
    Filter& filter = study.bank[k];
    // Weights that the edit did not touch still have the old layout; others have the new one if their number
    // fits. What fits neither comes from outside, and the convolution explains what is wrong with it.
    const bool untouched = k < previous.bank.size() && filter == previous.bank[k];
    if (!untouched && filter.weights.size() == newCount) continue;
    if (filter.weights.size() == oldCount)
      filter = refittedFilter(filter, from, fromChannels, to, toChannels);
  }
}

void clampSelection(Selection& selection, const KernelStudy& study) {
  selection.filter = clampedIndex(selection.filter, static_cast<int>(study.bank.size()));
  selection.weightChannel = clampedIndex(selection.weightChannel, channelsPerGroup(study));
  const bool strongest = selection.voxel == kStrongest;
  for (const Axis axis : kAxes) {
    if (!strongest) selection.voxel[axis] = std::max(0, selection.voxel[axis]);
  }
  if (selection.input) {
    const auto& [at, channel] = *selection.input;
    if (channel < 0 || channel >= channelsOf(study.clip) || at.t < 0 || at.y < 0 || at.x < 0)
      selection.input.reset();
  }
  const Shape input = expectedInput(study.clip);
  if (input.height < 1) return;  // clamped again when the result is there
  const auto geometry = geometryOf(input, study.conv, static_cast<int>(study.bank.size()));
  if (!geometry) return;
  for (const Axis axis : kAxes) {
    if (!strongest) selection.voxel[axis] = clampedIndex(selection.voxel[axis], geometry->output.along(axis));
  }
  if (selection.input && !input.contains(selection.input->at)) selection.input.reset();
}

Result<void> setFilterCount(KernelStudy& study, int count) {
  const int wanted = std::clamp(count, 1, kMaxFilters);
  const int channels = channelsPerGroup(study);
  if (study.bank.empty()) return {};
  const auto has = static_cast<std::int64_t>(study.bank.front().weights.size());
  const bool fits = has == weightCount(study.conv.kernel, channels);
  if (!fits && wanted > static_cast<int>(study.bank.size())) return {};
  if (wanted > static_cast<int>(study.bank.size())) {
    if (auto few = checkWeights(study.conv.kernel, channels, wanted); !few) return few;
  }
  resizeBank(study.bank, study.conv.kernel, channels, wanted);
  return {};
}

}  // namespace convscope
