#include "engine/conv/conv_plan.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

/// Multiply-adds of one slab: small enough that a stop is answered at once, large enough that handing it to a
/// thread costs nothing beside it (some 40 µs of work).
constexpr double kSlabWork = 2e6;
/// Below this a second thread would take longer to wake than to work.
constexpr double kSmallWork = 1e6;
/// Weights from which on packing them is shared out.
constexpr std::size_t kParallelPacking = 30'000;
/// Filters of one slab at most, where it does not copy its input.
constexpr int kSlabFilters = 32;
/// Values of a slab's copy of its input at most: half a megabyte, a part of every processor's nearer caches.
constexpr double kBandValues = 128 * 1024;
/// Values of a clip that stays in the caches of the processor's cores, about.
constexpr std::int64_t kNearValues = 1024 * 1024;
/// Copies in bands may write this many times what one copy of the clip would.
constexpr double kMostCopied = 1.6;
/// More where that takes no longer than this share of the products.
constexpr double kSpareWork = 0.05;
/// Slabs that copy their input, at most, where nothing else asks for more; each copies its borders again.
constexpr double kBands = 16;
/// Multiply-adds of such a slab at most: a stop is answered after it.
constexpr double kLongestBand = 100e6;
/// Multiply-adds that take as long as copying one value.
constexpr double kCopyWork = 4;

/// Offsets and weight positions of one group's products in the order of summation: channel, the outer one of
/// time and height, width, the inner one.
struct TapList {
  std::vector<std::ptrdiff_t> offsets;
  std::vector<std::size_t> weights;
};

TapList tapsOf(const ConvSpec& spec, const SourceLayout& source, int channels) {
  TapList list;
  const Triple& kernel = spec.kernel;
  const auto add = [&](int c, int t, int y, int x) {
    list.offsets.push_back(c * source.channelStride() +
                           source.tapOffset({t * spec.dilation.t, y * spec.dilation.y, x * spec.dilation.x}));
    const Triple at =
        spec.flipped ? Triple{kernel.t - 1 - t, kernel.y - 1 - y, kernel.x - 1 - x} : Triple{t, y, x};
    list.weights.push_back(weightIndex(kernel, c, at.t, at.y, at.x));
  };
  const bool timeInside = innerAxis(spec) == Axis::T;
  for (int c = 0; c < channels; ++c) {
    for (int outer = 0; outer < (timeInside ? 1 : kernel.t); ++outer) {
      for (int x = 0; x < kernel.x; ++x) {
        for (int inner = 0; inner < (timeInside ? kernel.t : kernel.y); ++inner) {
          add(c, timeInside ? inner : outer, timeInside ? 0 : inner, x);
        }
      }
    }
  }
  return list;
}

/// Cuts the filters of every group into blocks, and the blocks into the shares of one slab. Returns how many
/// packed weights they take.
[[nodiscard]] std::size_t cutFilters(ConvPlan& plan, int groups) {
  const auto taps = static_cast<std::size_t>(weightCount(plan.spec.kernel, plan.groupChannels));
  std::size_t weights = 0;
  for (int group = 0; group < groups; ++group) {
    int left = plan.groupFilters;
    int first = group * plan.groupFilters;
    int room = 0;  // a slab never mixes groups: they read other channels
    for (int size = plan.kernel.largestBlock; left > 0; size /= 2) {
      for (; left >= size; left -= size, first += size) {
        if (room < size) {
          plan.chunks.emplace_back();
          room = kSlabFilters;
        }
        room -= size;
        plan.chunks.back().push_back({first, size, weights});
        weights += taps * static_cast<std::size_t>(size);
      }
    }
  }
  return weights;
}

/// Blocks of as many filters as lie side by side in the vectors, the last one filled up with zeros. Returns
/// the same.
[[nodiscard]] std::size_t cutFiltersIntoLanes(ConvPlan& plan, int groups) {
  const auto taps = static_cast<std::size_t>(weightCount(plan.spec.kernel, plan.groupChannels));
  const int lanes = plan.kernel.filterLanes.filters;
  std::size_t weights = 0;
  for (int group = 0; group < groups; ++group) {
    for (int done = 0; done < plan.groupFilters; done += lanes) {
      const int filters = std::min(lanes, plan.groupFilters - done);
      plan.chunks.push_back({{group * plan.groupFilters + done, filters, weights}});
      weights += taps * static_cast<std::size_t>(lanes);
    }
  }
  return weights;
}

/// Lays the weights out as the line kernel reads them: order block, tap, filter.
void packWeights(ConvPlan& plan, const FilterBank& bank, const std::vector<std::size_t>& order,
                 const ComputeContext& context) {
  const bool lanes = plan.style == LineStyle::Filters;
  for (const Filter& filter : bank) plan.biases.push_back(filter.bias);
  if (lanes)
    plan.biases.resize(plan.biases.size() + static_cast<std::size_t>(plan.kernel.filterLanes.filters));
  // Some taps of all filters of a block at a time: what is written then lies on few lines of the cache.
  constexpr std::size_t kTapsTogether = 32;
  const auto packBlock = [&](const FilterBlock& block) {
    const auto pitch = static_cast<std::size_t>(lanes ? plan.kernel.filterLanes.filters : block.filters);
    for (std::size_t first = 0; first < order.size(); first += kTapsTogether) {
      const std::size_t end = std::min(order.size(), first + kTapsTogether);
      for (int f = 0; f < block.filters; ++f) {
        const float* const from = bank[static_cast<std::size_t>(block.first + f)].weights.data();
        float* const to = plan.weights.data() + block.weights + f;
        for (std::size_t tap = first; tap < end; ++tap) to[tap * pitch] = from[order[tap]];
      }
    }
  };
  const auto packChunk = [&](int chunk) {
    for (const FilterBlock& block : plan.chunks[static_cast<std::size_t>(chunk)]) packBlock(block);
  };
  const auto chunks = static_cast<int>(plan.chunks.size());
  if (plan.packedWeights > kParallelPacking) {
    context.pool.run(chunks, packChunk);
  } else {
    for (int chunk = 0; chunk < chunks; ++chunk) packChunk(chunk);
  }
}

/// Whether a line runs over many rows: where the vectors that saves, as in narrow maps, outweigh that the
/// outputs are written twice.
bool worthFlattening(const ConvPlan& plan) {
  const Shape& out = plan.geometry.output;
  if (plan.source.step(Axis::Y) != 1 || plan.source.step(Axis::X) != 1 || out.height == 1) return false;
  const std::int64_t lanes = plan.kernel.lanes;
  const auto vectors = [&](std::int64_t count) { return static_cast<double>((count + lanes - 1) / lanes); };
  const double byRow = out.height * vectors(out.width);
  const double across = vectors((out.height - 1) * plan.source.rowStride() + out.width);
  // What it costs to write one vector of outputs in pieces, or twice, in products of vectors.
  const double writing = plan.kernel.storesRows && plan.source.rowStride() >= lanes ? 2 : 16;
  const auto taps = static_cast<double>(weightCount(plan.spec.kernel, plan.groupChannels));
  return plan.source.rowStride() == out.width || across * (taps + writing) < byRow * taps;
}

/// Whether the input is copied with its columns split by phase of the stride, so that lines need not skip
/// values. The kernels skip every second value at little cost; a copy costs more until many products share
/// it.
bool worthSplitting(const ConvPlan& plan) {
  const int stride = plan.spec.stride.x;
  if (plan.geometry.output.width == 1 || stride == 1) return false;
  constexpr std::int64_t kProducts = 2000;
  return stride > kLongestColumnStep ||
         weightCount(plan.spec.kernel, plan.groupFilters) * plan.spec.groups > kProducts;
}

/// Whether some filter stands alone in its block and the kernel can be computed in stacks of lines.
bool canStack(const ConvPlan& plan) {
  const Axis inner = innerAxis(plan.spec);
  const int reach = plan.spec.kernel[inner];
  const bool single = std::ranges::any_of(plan.chunks, [](const std::vector<FilterBlock>& chunk) {
    return chunk.back().filters == 1;  // blocks come in falling size
  });
  // A stack in time reads a little of every frame at once, which large clips answer with a cache miss each.
  if (inner == Axis::T && plan.geometry.input.count() > kNearValues) return false;
  return single && reach >= 2 && reach <= kLongestReach && plan.spec.dilation[inner] == 1 &&
         plan.spec.stride[inner] <= kLongestStackStride && plan.geometry.output.along(inner) >= kFewestRows;
}

/// Cuts the map into slabs that copy what they read: as large as stays near the processor, then smaller until
/// there are enough to share out. False where that would copy much more than once.
bool layBands(ConvPlan& plan, bool overFrames, int fewestRows) {
  const Shape& out = plan.geometry.output;
  const SourceLayout& source = plan.source;
  plan.banded = false;
  const double once = source.valuesFor(out.length, out.height);
  const double work = static_cast<double>(weightCount(plan.spec.kernel, plan.groupChannels)) *
                      static_cast<double>(out.count());
  double least = std::max(kMostCopied * once, once + kSpareWork * work / kCopyWork);
  for (int frames = out.length;; frames = (frames + 1) / 2) {
    const double first = source.valuesFor(frames, 1);
    const double perRow = source.valuesFor(frames, 2) - first;
    const int rows = first > kBandValues
                         ? 0
                         : static_cast<int>(std::min<double>(out.height, 1 + (kBandValues - first) / perRow));
    const int frameSlabs = (out.length + frames - 1) / frames;
    if (rows >= std::min(fewestRows, out.height)) {
      const int rowSlabs = (out.height + rows - 1) / rows;
      const double copied = source.valuesFor(frames, rows) * frameSlabs * rowSlabs;
      if (copied < least) {
        least = copied;
        plan.banded = true;
        plan.frames = frames;
        plan.frameSlabs = frameSlabs;
        plan.rows = (out.height + rowSlabs - 1) / rowSlabs;
      }
    }
    if (overFrames || frames == 1) break;
  }
  if (!plan.banded) return false;
  const double perRow = plan.workPerRow() * plan.frames;
  const double total = perRow * plan.frameSlabs * out.height + kCopyWork * least;
  const double wanted = total < kSmallWork ? 1 : std::clamp(total / kSlabWork, 2.0, kBands);
  while (plan.rows >= 2 * fewestRows &&
         (plan.frameSlabs * std::ceil(double(out.height) / plan.rows) < wanted ||
          plan.rows * perRow > kLongestBand)) {
    plan.rows = (plan.rows + 1) / 2;
  }
  plan.rowSlabs = (out.height + plan.rows - 1) / plan.rows;
  return true;
}

/// Cuts the map into slabs that read the clip or one copy of it.
void layRows(ConvPlan& plan, bool overFrames, int fewestRows) {
  const Shape& out = plan.geometry.output;
  plan.frames = overFrames ? out.length : 1;
  plan.frameSlabs = overFrames ? 1 : out.length;
  const double perRow = plan.workPerRow();
  const double total = perRow * out.height * out.length * static_cast<double>(plan.chunks.size());
  const double rows = total < kSmallWork ? out.height : std::max(1.0, kSlabWork / (perRow * plan.frames));
  const int most = std::max(1, out.height / fewestRows);
  plan.rowSlabs = std::clamp(static_cast<int>(std::ceil(out.height / rows)), 1, most);
  plan.rows = (out.height + plan.rowSlabs - 1) / plan.rowSlabs;
  plan.rowSlabs = (out.height + plan.rows - 1) / plan.rows;
}

/// Lays lines over a copy with columns split or not, and cuts them into slabs; false where that takes a copy
/// of the whole clip.
bool laySource(ConvPlan& plan, bool splitColumns) {
  const bool columns = plan.style == LineStyle::Columns;
  const bool stackable = columns && canStack(plan);
  const Axis inner = innerAxis(plan.spec);
  plan.source =
      SourceLayout(plan.spec, plan.geometry, plan.kernel, {false, splitColumns && !stackable, splitColumns});
  plan.flat = columns && worthFlattening(plan);
  plan.stacked = stackable && (inner == Axis::T || !plan.flat);
  const bool overFrames = plan.stacked && inner == Axis::T;
  // A stack of rows pays only from a few rows on; slabs of nearly equal height leave none much shorter.
  const int fewestRows = plan.stacked && !overFrames ? 4 * kFewestRows : 1;
  const bool clip = plan.source.isClip();
  const bool bands = !clip && layBands(plan, overFrames, fewestRows);
  if (bands) plan.source.setBand(plan.frames, plan.rows);
  if (!bands) layRows(plan, overFrames, fewestRows);
  return clip || bands;
}

/// Chooses how lines lie and how many rows and frames make a slab.
void layLines(ConvPlan& plan) {
  const bool splits = plan.style == LineStyle::Columns && worthSplitting(plan);
  if (laySource(plan, splits)) return;
  // A copy of the whole clip takes longer than skipping values, and much memory.
  if (!splits || plan.spec.stride.x > kLongestColumnStep || laySource(plan, false)) return;
  laySource(plan, true);
}

ConvPlan planWithoutWeights(const ConvSpec& spec, const ConvGeometry& geometry, const LineKernel& kernel,
                            LineStyle style) {
  ConvPlan plan;
  plan.spec = spec;
  plan.geometry = geometry;
  plan.kernel = kernel;
  plan.style = style;
  plan.groupChannels = geometry.input.channels / spec.groups;
  plan.groupFilters = geometry.output.channels / spec.groups;
  plan.packedWeights =
      style == LineStyle::Columns ? cutFilters(plan, spec.groups) : cutFiltersIntoLanes(plan, spec.groups);
  layLines(plan);
  return plan;
}

}  // namespace

double ConvPlan::workPerRow() const {
  const int filters = banded ? geometry.output.channels : std::min(groupFilters, kSlabFilters);
  return static_cast<double>(weightCount(spec.kernel, groupChannels)) * filters * geometry.output.width;
}

ConvPlan planConvolution(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                         const LineKernel& kernel, LineStyle style, const ComputeContext& context) {
  ConvPlan plan = planWithoutWeights(spec, geometry, kernel, style);
  TapList taps = tapsOf(spec, plan.source, plan.groupChannels);
  plan.taps = std::move(taps.offsets);
  const std::size_t tapCount = plan.taps.size();
  plan.weights = Tensor({1, static_cast<int>(tapCount), static_cast<int>(plan.packedWeights / tapCount), 1});
  packWeights(plan, bank, taps.weights, context);
  return plan;
}

ScratchBytes plannedCopyBytes(const ConvSpec& spec, const ConvGeometry& geometry, const LineKernel& kernel,
                              LineStyle style) {
  const ConvPlan plan = planWithoutWeights(spec, geometry, kernel, style);
  if (plan.banded) return {0, sizeof(float) * plan.source.valuesFor(plan.frames, plan.rows)};
  return {sizeof(float) * plan.source.valuesFor(geometry.output.length, geometry.output.height), 0};
}

}  // namespace convscope
