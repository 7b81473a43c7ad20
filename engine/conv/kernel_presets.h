#pragma once

#include "engine/conv/filter_bank.h"
#include "engine/core/result.h"

#include <functional>
#include <span>

namespace convscope {

/// A named kernel. `fixed` presets hold exact values for one extent; the others are a formula for any extent.
struct KernelPreset {
  std::string id;     ///< "sobel-x": for files and the command line
  std::string name;   ///< "Sobel x": for people
  std::string group;  ///< "Space", "Time", "Space-time", "Motion", "Motion energy", "Banks"
  std::string shows;  ///< one sentence: what a person will see with it
  Triple kernel;      ///< its own extent, or the customary one of a formula
  bool fixed = true;
  int channels = 1;  ///< 1: shared out over the input's channels; 3: needs RGB; 0: the same for each channel
  /// Weights for `kernel` (fixed) or any extent, order (c, t, y, x), `channels` channels.
  std::function<std::vector<float>(const Triple& kernel)> weights;
};

/// Seed of the preset "random-normal", which gives every channel values of its own.
inline constexpr unsigned kRandomPresetSeed = 1;

/// Every preset of the program, grouped, in the order of the menus. Thread-safe; built on first use.
[[nodiscard]] std::span<const KernelPreset> kernelPresets();
/// By id; nullptr if there is none.
[[nodiscard]] const KernelPreset* findKernelPreset(std::string_view id);

/// The preset as a filter of extent `kernel` (for a fixed preset: its own extent) for an input of `channels`
/// channels. A preset of one channel on three (RGB) is applied to each, its weights shared out by .299, .587,
/// .114, so that it answers a grey clip as it would answer the grey image; on any other number the shares are
/// 1/channels. Errors: BadUsage (unknown id, with the nearest names); BadSpec (needs RGB; the formula has no
/// such extent, a sentence why).
[[nodiscard]] Result<Filter> presetFilter(std::string_view id, const Triple& kernel, int channels);

/// `filter`, of extent `from` for `fromChannels` channels, for another extent or number of channels: the
/// formula of a preset that was not edited is worked out anew, where it has such an extent; anything else is
/// cropped or extended, see fitted(). The bias stays.
[[nodiscard]] Filter refittedFilter(const Filter& filter, const Triple& from, int fromChannels,
                                    const Triple& to, int toChannels);

/// Why preset `id` cannot be used on a clip of shape `input`, as one sentence; empty if it can.
[[nodiscard]] std::string presetObstacle(const KernelPreset& preset, const Shape& input);

}  // namespace convscope
