#include "engine/field/stack_filters.h"

#include <algorithm>

namespace convscope {

std::vector<int> rowInputs(const LayerRow& row, int index) {
  return row.layer.inputs.empty() ? std::vector<int>{index - 1} : row.layer.inputs;
}

bool isDepthwise(const LayerRow& row) {
  return row.layer.kind == LayerKind::Conv && row.layer.groups > 1 && row.layer.groups == row.inputChannels &&
         row.output.channels == row.inputChannels;
}

int filtersOf(const LayerRow& row, const StackRun& run) {
  const bool all = run.weights == StackWeights::Given;
  return all ? row.output.channels : std::min(run.filters, row.output.channels);
}

std::vector<int> runChannels(const LayerTable& table, const StackRun& run) {
  std::vector<int> channels;
  const auto at = [&](int input) {
    return input < 0 ? table.stack.clip.channels : channels[static_cast<std::size_t>(input)];
  };
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const LayerRow& row = table.rows[i];
    const std::vector<int> inputs = rowInputs(row, static_cast<int>(i));
    int count = at(inputs.front());
    switch (row.layer.kind) {
      case LayerKind::Conv:
      case LayerKind::FullyConnected:
        if (!isDepthwise(row)) count = filtersOf(row, run);
        break;
      case LayerKind::Add:
        for (const int input : inputs) count = std::max(count, at(input));
        break;
      case LayerKind::Concat:
        count = 0;
        for (const int input : inputs) count += at(input);
        break;
      case LayerKind::Lateral:
        count += std::min(run.filters, row.layer.filters);
        break;
      default:
        break;
    }
    channels.push_back(count);
  }
  return channels;
}

unsigned layerSeed(const StackRun& run, unsigned index) {
  return run.seed + 7919 * (index + 1);
}

FilterBank stackFilters(const Triple& kernel, int channels, int filters, unsigned seed,
                        StackWeights weights) {
  FilterBank bank;
  for (int f = 0; f < filters; ++f) {
    if (weights == StackWeights::Random) {
      bank.push_back(randomFilter(kernel, channels, seed + 104729 * static_cast<unsigned>(f)));
      continue;
    }
    const auto taps = static_cast<std::size_t>(weightCount(kernel, channels));
    Filter mean;
    mean.weights.assign(taps, 1.0F / static_cast<float>(taps));
    bank.push_back(std::move(mean));
  }
  return bank;
}

}  // namespace convscope
