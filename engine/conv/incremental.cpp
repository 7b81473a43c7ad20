#include "engine/conv/incremental.h"

#include "engine/conv/cost.h"
#include "engine/conv/kernel_table.h"
#include "engine/conv/layer_check.h"
#include "engine/core/memory_budget.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace convscope {

namespace {

constexpr int kZeroFrame = -1;     // a tap in time that reads padding of zeros
constexpr int kUnknownFrame = -2;  // one that reads a frame which the earlier input does not hold

/// The same bits, not only equal numbers: a weight of −0 may give another zero than one of +0.
bool equal(const Filter& a, const Filter& b) {
  return a.weights.size() == b.weights.size() && std::memcmp(&a.bias, &b.bias, sizeof a.bias) == 0 &&
         std::memcmp(a.weights.data(), b.weights.data(), a.weights.size() * sizeof(float)) == 0;
}

/// The earlier filter that gives the same map: the one of the same number where it does, for that is the
/// rule.
std::vector<int> matchFilters(const FilterBank& bank, const FilterBank& earlier, int groups,
                              int earlierSize) {
  const int filters = static_cast<int>(bank.size());
  const int perGroup = filters / groups;
  const int earlierPerGroup = earlierSize / groups;
  std::vector<int> from(bank.size(), -1);
  for (int k = 0; k < filters; ++k) {
    const Filter& wanted = bank[static_cast<std::size_t>(k)];
    const int first =
        k / perGroup * earlierPerGroup;  // only filters of the same group read the same channels
    const int guess = first + k % perGroup;
    const auto begin = earlier.begin() + first;
    const auto end = begin + earlierPerGroup;
    if (k % perGroup < earlierPerGroup && equal(wanted, earlier[static_cast<std::size_t>(guess)])) {
      from[static_cast<std::size_t>(k)] = guess;
    } else if (const auto found = std::find_if(begin, end, [&](const Filter& f) { return equal(wanted, f); });
               found != end) {
      from[static_cast<std::size_t>(k)] = static_cast<int>(found - earlier.begin());
    }
  }
  if (groups > 1) {
    for (int group = 0; group < groups; ++group) {
      const auto begin = from.begin() + group * perGroup;
      if (std::find(begin, begin + perGroup, -1) != begin + perGroup) std::fill_n(begin, perGroup, -1);
    }
  }
  return from;
}

/// The input frame that tap `tap` of map frame `t` reads, or kZeroFrame.
int frameRead(const ConvSpec& spec, const ConvGeometry& geometry, int t, int tap) {
  const int at = t * spec.stride.t + tap * spec.dilation.t - geometry.padding[0].before;
  return paddedSource(at, geometry.input.length, spec.paddingValue);
}

std::vector<int> matchFrames(const ConvSpec& spec, const ConvGeometry& geometry, const ConvGeometry& earlier,
                             std::span<const int> sameFrame) {
  const auto same = [&](int t, int earlierT) {
    for (int tap = 0; tap < spec.kernel.t; ++tap) {
      const int frame = frameRead(spec, geometry, t, tap);
      int wanted = kZeroFrame;
      if (frame >= 0) {
        wanted = sameFrame[static_cast<std::size_t>(frame)];
        if (wanted < 0) wanted = kUnknownFrame;
      }
      if (wanted != frameRead(spec, earlier, earlierT, tap)) return false;
    }
    return true;
  };
  const int frames = geometry.output.length;
  const int earlierFrames = earlier.output.length;
  std::vector<int> from(static_cast<std::size_t>(frames), -1);
  int guess = 0;  // mostly the neighbour of the one before
  for (int t = 0; t < frames; ++t) {
    for (int tried = 0; tried < earlierFrames; ++tried) {
      const int candidate = (guess + tried) % earlierFrames;
      if (!same(t, candidate)) continue;
      from[static_cast<std::size_t>(t)] = candidate;
      guess = candidate + 1;
      break;
    }
  }
  return from;
}

/// How parts of a layer are computed so that each output has the same bits as in a full run.
struct PartsRule {
  bool possible = false;
  const ConvKernel* by = nullptr;  ///< the kernel that all must be computed by; null: any direct one
  CpuFlags needs = 0;  ///< of the direct ones: with and without fused products there are other bits
  bool operator==(const PartsRule&) const = default;
};

PartsRule partsRuleOf(const ConvSpec& spec, const ConvGeometry& geometry) {
  const auto chosen = activeKernel(spec, geometry);
  if (!chosen) return {};
  const ConvKernel& kernel = **chosen;
  if (kernel.bits == KernelBits::Layer) return {};
  // Of a layer in groups some groups alone may be computed, which is another layer.
  if (kernel.bits == KernelBits::Own) return spec.groups == 1 ? PartsRule{true, &kernel, 0} : PartsRule{};
  return {true, nullptr, kernel.needs};
}

/// A run of neighbouring map frames.
struct FrameRun {
  int first = 0;
  int count = 0;
};

std::vector<FrameRun> missingFrames(const std::vector<int>& frameFrom) {
  std::vector<FrameRun> runs;
  for (int t = 0; t < static_cast<int>(frameFrom.size()); ++t) {
    if (frameFrom[static_cast<std::size_t>(t)] >= 0) continue;
    if (runs.empty() || runs.back().first + runs.back().count != t) runs.push_back({t, 0});
    ++runs.back().count;
  }
  return runs;
}

/// Filters that are computed together and the channels that they read.
struct FilterShare {
  std::vector<int> filters;
  int firstChannel = 0;
  int channels = 0;
  int groups = 1;
};

/// The changed filters (`changed`) or the unchanged ones: all in one share where they keep the groups whole,
/// else one share for each group.
std::vector<FilterShare> sharesOf(const ConvSpec& spec, const ConvGeometry& geometry, const ReusePlan& plan,
                                  bool changed) {
  std::vector<FilterShare> shares;
  const int perGroup = geometry.output.channels / spec.groups;
  const int groupChannels = geometry.input.channels / spec.groups;
  FilterShare all{{}, 0, geometry.input.channels, spec.groups};
  for (int group = 0; group < spec.groups; ++group) {
    FilterShare share{{}, group * groupChannels, groupChannels, 1};
    for (int k = group * perGroup; k < (group + 1) * perGroup; ++k) {
      if ((plan.filterFrom[static_cast<std::size_t>(k)] < 0) == changed) share.filters.push_back(k);
    }
    all.filters.insert(all.filters.end(), share.filters.begin(), share.filters.end());
    if (!share.filters.empty()) shares.push_back(std::move(share));
  }
  const bool whole = spec.groups == 1 || static_cast<int>(all.filters.size()) == geometry.output.channels;
  if (whole && !all.filters.empty()) return {all};
  return shares;
}

/// The input frames that `run` reads, with the padding in time written out, for the channels of `share`.
Tensor framesFor(const Tensor& input, const ConvSpec& spec, const ConvGeometry& geometry, const FrameRun& run,
                 const FilterShare& share) {
  const int length = (run.count - 1) * spec.stride.t + spec.span(Axis::T);
  Tensor part = Tensor::uninitialised({length, input.shape().height, input.shape().width, share.channels});
  const int first = run.first * spec.stride.t - geometry.padding[0].before;
  const auto size = static_cast<std::size_t>(input.shape().frameSize());
  for (int c = 0; c < share.channels; ++c) {
    for (int t = 0; t < length; ++t) {
      const int from = paddedSource(first + t, input.shape().length, spec.paddingValue);
      if (from < 0) {
        std::fill_n(part.frame(t, c), size, 0.0F);
      } else {
        std::copy_n(input.frame(from, share.firstChannel + c), size, part.frame(t, c));
      }
    }
  }
  return part;
}

/// Computes the map frames of `run` for the filters of `share` into `output`.
Result<void> computePart(const Tensor& input, const ConvSpec& spec, const ConvGeometry& geometry,
                         const FilterBank& bank, const FilterShare& share, const FrameRun& run,
                         const PartsRule& rule, const ComputeContext& context, Tensor& output) {
  ConvSpec partSpec = spec;
  partSpec.groups = share.groups;
  FilterBank partBank;
  for (const int k : share.filters) partBank.push_back(bank[static_cast<std::size_t>(k)]);
  // A whole clip needs no copy of its own.
  const bool wholeInput = share.channels == geometry.input.channels && run.count == geometry.output.length;
  std::optional<Tensor> part;
  if (!wholeInput) {
    part = framesFor(input, spec, geometry, run, share);
    partSpec.padding = PaddingMode::Custom;
    partSpec.custom = geometry.padding;
    partSpec.custom[0] = {0, 0};
  }
  const Tensor& from = part ? *part : input;
  const auto shapes = geometryOf(from.shape(), partSpec, static_cast<int>(partBank.size()));
  if (!shapes) return tl::unexpected(shapes.error());
  const ConvKernel& kernel = rule.by != nullptr ? *rule.by : directKernel(rule.needs, partSpec, *shapes);
  auto maps = convolveBy(kernel, from, partSpec, partBank, context);
  if (!maps) return tl::unexpected(maps.error());
  const std::int64_t size = geometry.output.frameSize() * run.count;
  context.pool.run(static_cast<int>(share.filters.size()), [&](int i) {
    std::copy_n(maps->frame(0, i), size, output.frame(run.first, share.filters[static_cast<std::size_t>(i)]));
  });
  return {};
}

void copyTakenFrames(const Tensor& earlier, const ReusePlan& plan, const ComputeContext& context,
                     Tensor& output) {
  const std::int64_t size = output.shape().frameSize();
  context.pool.run(output.shape().channels, [&](int k) {
    const int from = plan.filterFrom[static_cast<std::size_t>(k)];
    for (int t = 0; from >= 0 && t < output.shape().length; ++t) {
      const int frame = plan.frameFrom[static_cast<std::size_t>(t)];
      if (frame >= 0) std::copy_n(earlier.frame(frame, from), size, output.frame(t, k));
    }
  });
}

}  // namespace

ReusePlan planReuse(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                    const EarlierMaps& earlier, std::span<const int> sameFrame) {
  ReusePlan plan;
  plan.filterFrom = matchFilters(bank, earlier.bank, spec.groups, earlier.geometry.output.channels);
  plan.frameFrom = matchFrames(spec, geometry, earlier.geometry, sameFrame);
  const auto taken = [](const std::vector<int>& from) {
    return static_cast<std::int64_t>(from.size()) - std::count(from.begin(), from.end(), -1);
  };
  const Shape& out = geometry.output;
  // The parts are computed into maps of their own first: at most as much again as the result.
  const bool tooLarge = 8.0 * static_cast<double>(out.count()) > static_cast<double>(memoryBudget());
  const PartsRule rule = partsRuleOf(spec, geometry);
  if (tooLarge || !rule.possible || rule != partsRuleOf(spec, earlier.geometry))
    std::fill(plan.filterFrom.begin(), plan.filterFrom.end(), -1);
  const std::int64_t all = std::int64_t{out.length} * out.channels;
  const std::int64_t left = all - taken(plan.filterFrom) * taken(plan.frameFrom);
  plan.multiplyAdds = costOf(spec, geometry).multiplyAdds / all * left;
  return plan;
}

Result<Tensor> convolveChanged(const Tensor& input, const ConvSpec& spec, const FilterBank& bank,
                               const EarlierMaps& earlier, const ReusePlan& plan,
                               const ComputeContext& context) {
  const auto geometry = checkedGeometry(input.shape(), spec, bank);
  if (!geometry) return tl::unexpected(geometry.error());
  const std::vector<FrameRun> runs = missingFrames(plan.frameFrom);
  const std::vector<FilterShare> changed = sharesOf(spec, *geometry, plan, true);
  const std::vector<FilterShare> unchanged = sharesOf(spec, *geometry, plan, false);
  const FrameRun whole{0, geometry->output.length};
  const bool nothingTaken = unchanged.empty() || (runs.size() == 1 && runs.front().count == whole.count);
  if (nothingTaken) return convolve(input, spec, bank, context);
  const PartsRule rule = partsRuleOf(spec, *geometry);
  Tensor output = Tensor::uninitialised(geometry->output);
  for (const FilterShare& share : changed) {
    if (auto done = computePart(input, spec, *geometry, bank, share, whole, rule, context, output); !done)
      return tl::unexpected(done.error());
  }
  for (const FilterShare& share : unchanged) {
    for (const FrameRun& run : runs) {
      if (auto done = computePart(input, spec, *geometry, bank, share, run, rule, context, output); !done)
        return tl::unexpected(done.error());
    }
  }
  copyTakenFrames(earlier.maps, plan, context, output);
  return output;
}

}  // namespace convscope
