#include "engine/compare/network_tuning.h"

#include "engine/network/first_kernels.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace convscope {

namespace {

/// The layer of the first convolution; the groups' end where there is none.
auto firstConvolution(const NetworkResult& network) {
  return std::ranges::find_if(
      network.groups, [&](const LayerGroup& group) { return network.nodeOf(group.first).op == "Conv"; });
}

/// Index of the one that is worth a look, see firstLayerTuning().
std::size_t mostSelective(const std::vector<Tuning>& all) {
  double strongest = 0;
  for (const Tuning& one : all) strongest = std::max(strongest, one.largest());
  std::size_t best = 0;
  std::pair<double, double> most{-1, -1};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double largest = all[i].largest();
    if (largest < kHeard * strongest) continue;
    // of opposite directions the weaker one's share, so that no ratio is infinite; rounded, so that filters
    // that prefer none are equal
    const double selective = std::round(100 * (1 - 1 / directionRatio(all[i], 1)));
    if (std::pair(selective, largest) <= most) continue;
    most = {selective, largest};
    best = i;
  }
  return best;
}

}  // namespace

bool isFirstLayer(const NetworkResult& network, int row) {
  const auto first = firstConvolution(network);
  return first != network.groups.end() && row >= first->first && row <= first->last;
}

Result<FirstLayerTuning> firstLayerTuning(const NetworkResult& network, std::optional<int> filter,
                                          const TuningSpec& spec, const ComputeContext& context) {
  const auto kernels = firstKernels(*network.network->graph());
  if (!kernels) return tl::unexpected(kernels.error());
  ConvSpec conv;
  conv.kernel = kernels->kernel;
  conv.dilation = kernels->dilation;
  const auto count = static_cast<int>(kernels->bank.size());
  FirstLayerTuning made;
  made.filters = count;
  made.frames = conv.dilation.t * (conv.kernel.t - 1) + 1;
  const auto group = firstConvolution(network);
  made.layer = group == network.groups.end() ? kernels->layer : group->name;
  std::vector<Tuning> all;
  const int from = filter ? std::clamp(*filter, 0, count - 1) : 0;
  const int to = filter ? from + 1 : count;
  for (int i = from; i < to; ++i) {
    auto one = tuningOf(conv, kernels->bank[static_cast<std::size_t>(i)], kernels->channels, spec, context);
    if (!one) return tl::unexpected(one.error());
    all.push_back(std::move(*one));
  }
  const std::size_t chosen = filter ? 0 : mostSelective(all);
  made.filter = from + static_cast<int>(chosen);
  made.tuning = std::move(all[chosen]);
  return made;
}

}  // namespace convscope
