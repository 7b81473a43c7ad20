#pragma once

#include "engine/conv/filter_bank.h"
#include "engine/field/layer_table.h"
#include "engine/field/stack_run.h"

#include <vector>

/// What stands in the layers of a stack that is run: see StackRun.
namespace convscope {

/// Rows that row `index` reads; LayerSpec::kClip is the clip.
[[nodiscard]] std::vector<int> rowInputs(const LayerRow& row, int index);

/// One filter for each channel.
[[nodiscard]] bool isDepthwise(const LayerRow& row);

/// Filters of a convolution in a run: all of them where their weights are given.
[[nodiscard]] int filtersOf(const LayerRow& row, const StackRun& run);

/// Channels that the maps of each row have in a run: fewer than in the table, since convolutions have fewer
/// filters. Rows that join their inputs have as many as those together.
[[nodiscard]] std::vector<int> runChannels(const LayerTable& table, const StackRun& run);

/// What the random filters of row `index` start from.
[[nodiscard]] unsigned layerSeed(const StackRun& run, unsigned index);

/// `filters` filters over `channels` channels: random ones, each from a seed of its own, or means.
[[nodiscard]] FilterBank stackFilters(const Triple& kernel, int channels, int filters, unsigned seed,
                                      StackWeights weights);

}  // namespace convscope
