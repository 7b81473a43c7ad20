#include "widgets/panels/filter_edits.h"

#include "engine/conv/kernel_presets.h"

#include <QObject>

#include <algorithm>
#include <bit>
#include <cstdint>

namespace convscope {

int filterChannels(const KernelStudy& study) {
  const int channels = channelsOf(study.clip);
  const int groups = study.conv.groups;
  return groups >= 1 && channels % groups == 0 ? channels / groups : channels;
}

bool weightsFit(const KernelStudy& study, const Filter& filter) {
  return static_cast<std::int64_t>(filter.weights.size()) ==
         weightCount(study.conv.kernel, filterChannels(study));
}

void setWeight(KernelStudy& study, int k, int channel, const Triple& tap, float value) {
  if (k < 0 || k >= static_cast<int>(study.bank.size())) return;
  Filter& filter = study.bank[static_cast<std::size_t>(k)];
  const Triple& kernel = study.conv.kernel;
  const bool inside = shapeOf(kernel, 1).contains(tap) && channel >= 0 && channel < filterChannels(study);
  if (!inside || !weightsFit(study, filter)) return;
  filter.weights[weightIndex(kernel, channel, tap.t, tap.y, tap.x)] = value;
  filter.edited = true;
}

Filter inflated(const Filter& filter, const Triple& kernel, int channels) {
  Filter result = filter;
  const int middle = (kernel.t - 1) / 2;
  for (int c = 0; c < channels; ++c)
    for (int t = 0; t < kernel.t; ++t)
      for (int y = 0; y < kernel.y; ++y)
        for (int x = 0; x < kernel.x; ++x)
          result.weights[weightIndex(kernel, c, t, y, x)] =
              filter.weights[weightIndex(kernel, c, middle, y, x)] / static_cast<float>(kernel.t);
  return result;
}

unsigned nextSeed(const Filter& filter) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const float weight : filter.weights) hash = (hash ^ std::bit_cast<std::uint32_t>(weight)) * 16777619U;
  return hash;
}

namespace {

/// The filter's extent left the preset no room: a fixed one lost taps, a formula of motion its time.
bool isCut(const KernelPreset& preset, const Triple& kernel) {
  if (!preset.fixed) return preset.group.starts_with("Motion") && kernel.t == 1 && preset.kernel.t > 1;
  return std::ranges::any_of(kAxes, [&](Axis axis) { return kernel[axis] < preset.kernel[axis]; });
}

const KernelPreset* presetOf(const KernelStudy& study, int k) {
  if (k < 0 || k >= static_cast<int>(study.bank.size())) return nullptr;
  return findKernelPreset(study.bank[static_cast<std::size_t>(k)].preset);
}

}  // namespace

bool isItsPreset(const KernelStudy& study, int k) {
  const KernelPreset* preset = presetOf(study, k);
  if (preset == nullptr || study.bank[static_cast<std::size_t>(k)].edited) return false;
  return !(preset->channels == 3 && filterChannels(study) != 3) && !isCut(*preset, study.conv.kernel);
}

QString filterName(const KernelStudy& study, int k) {
  const KernelPreset* preset = presetOf(study, k);
  if (preset == nullptr) return QObject::tr("own weights");
  const QString name = QString::fromStdString(preset->name);
  if (isItsPreset(study, k)) return name;
  if (!isCut(*preset, study.conv.kernel)) return QObject::tr("%1, edited").arg(name);
  const Triple& kernel = study.conv.kernel;
  return QObject::tr("%1, cut to %2 × %3 × %4").arg(name).arg(kernel.t).arg(kernel.y).arg(kernel.x);
}

void applyPreset(KernelStudy& study, int k, const std::string& id) {
  const KernelPreset* preset = findKernelPreset(id);
  if (preset == nullptr || k < 0 || k >= static_cast<int>(study.bank.size())) return;
  Triple extent = study.conv.kernel;
  const bool overTime = preset->kernel.t > 1 && extent.t == 1;
  if (preset->fixed || overTime) extent = preset->kernel;
  auto filter = presetFilter(id, extent, filterChannels(study));
  if (!filter && extent != preset->kernel) {
    extent = preset->kernel;
    filter = presetFilter(id, extent, filterChannels(study));
  }
  if (!filter) return;
  Filter& old = study.bank[static_cast<std::size_t>(k)];
  filter->bias = old.bias;
  old = std::move(*filter);
  study.conv.kernel = extent;
}

}  // namespace convscope
