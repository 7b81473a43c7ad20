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
constexpr std::size_t kParallelPacking = 100'000;
/// Filters of one slab at most.
constexpr int kSlabFilters = 32;

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
    list.offsets.push_back(c * source.channelStride() + t * spec.dilation.t * source.frameStride() +
                           y * spec.dilation.y * source.rowStride() +
                           source.columnOffset(x * spec.dilation.x));
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

/// Cuts the filters of every group into blocks, and the blocks into the shares of one slab.
void cutFilters(ConvPlan& plan, int groups) {
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
        weights += plan.taps.size() * static_cast<std::size_t>(size);
      }
    }
  }
}

/// Lays the weights out as the line kernel reads them: order block, tap, filter.
void packWeights(ConvPlan& plan, const FilterBank& bank, const std::vector<std::size_t>& order,
                 const ComputeContext& context) {
  for (const Filter& filter : bank) plan.biases.push_back(filter.bias);
  plan.weights.resize(order.size() * bank.size());
  const auto packChunk = [&](int chunk) {
    for (const FilterBlock& block : plan.chunks[static_cast<std::size_t>(chunk)]) {
      for (int f = 0; f < block.filters; ++f) {
        const float* const from = bank[static_cast<std::size_t>(block.first + f)].weights.data();
        float* to = plan.weights.data() + block.weights + f;
        for (const std::size_t at : order) {
          *to = from[at];
          to += block.filters;
        }
      }
    }
  };
  const auto chunks = static_cast<int>(plan.chunks.size());
  if (plan.weights.size() > kParallelPacking) {
    context.pool.run(chunks, packChunk);
  } else {
    for (int chunk = 0; chunk < chunks; ++chunk) packChunk(chunk);
  }
}

/// Whether a line runs over many rows: where that takes clearly fewer vectors than row by row, as in narrow
/// maps.
bool worthFlattening(const ConvPlan& plan, const SourceLayout& source) {
  const Shape& out = plan.geometry.output;
  if (plan.spec.stride.y != 1 || out.height == 1) return false;
  const std::int64_t lanes = plan.kernel.lanes;
  const auto vectors = [&](std::int64_t count) { return (count + lanes - 1) / lanes; };
  const std::int64_t byRow = out.height * vectors(out.width);
  const std::int64_t across = vectors((out.height - 1) * source.rowStride() + out.width);
  return source.rowStride() == out.width || across * 8 < byRow * 7;
}

/// Whether some filter stands alone in its block and the kernel can be computed in stacks of lines.
bool worthStacking(const ConvPlan& plan) {
  const Axis inner = innerAxis(plan.spec);
  const int reach = plan.spec.kernel[inner];
  const bool single = std::ranges::any_of(plan.chunks, [](const std::vector<FilterBlock>& chunk) {
    return chunk.back().filters == 1;  // blocks come in falling size
  });
  return single && reach >= 2 && reach <= kLongestReach && plan.spec.dilation[inner] == 1 &&
         plan.spec.stride[inner] <= kLongestStackStride && plan.geometry.output.along(inner) >= kFewestRows &&
         (inner == Axis::T || !plan.flat);
}

/// Chooses how lines lie and how many rows and frames make a slab.
void layLines(ConvPlan& plan, const SourceLayout& source) {
  const Shape& out = plan.geometry.output;
  plan.flat = worthFlattening(plan, source);
  plan.stacked = worthStacking(plan);
  const bool overFrames = plan.stacked && innerAxis(plan.spec) == Axis::T;
  plan.frames = overFrames ? out.length : 1;
  plan.frameSlabs = overFrames ? 1 : out.length;
  const double perRow = plan.workPerRow();
  const double total = perRow * out.height * out.length * static_cast<double>(plan.chunks.size());
  const double rows = total < kSmallWork ? out.height : std::max(1.0, kSlabWork / (perRow * plan.frames));
  // A stack of rows pays only from a few rows on; slabs of nearly equal height leave none much shorter.
  const int fewest = plan.stacked && !overFrames ? 4 * kFewestRows : 1;
  const int most = std::max(1, out.height / fewest);
  plan.rowSlabs = std::clamp(static_cast<int>(std::ceil(out.height / rows)), 1, most);
  plan.rows = (out.height + plan.rowSlabs - 1) / plan.rowSlabs;
  plan.rowSlabs = (out.height + plan.rows - 1) / plan.rows;
}

}  // namespace

double ConvPlan::workPerRow() const {
  return static_cast<double>(taps.size()) * std::min(groupFilters, kSlabFilters) * geometry.output.width;
}

ConvPlan planConvolution(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                         const LineKernel& kernel, const SourceLayout& source,
                         const ComputeContext& context) {
  ConvPlan plan;
  plan.spec = spec;
  plan.geometry = geometry;
  plan.kernel = kernel;
  plan.groupChannels = geometry.input.channels / spec.groups;
  plan.groupFilters = geometry.output.channels / spec.groups;
  TapList taps = tapsOf(spec, source, plan.groupChannels);
  plan.taps = std::move(taps.offsets);
  cutFilters(plan, spec.groups);
  packWeights(plan, bank, taps.weights, context);
  layLines(plan, source);
  return plan;
}

}  // namespace convscope
