#include "engine/conv/convolve.h"

#include "engine/conv/layer_check.h"
#include "engine/conv/line_kernels.h"
#include "engine/conv/source_layout.h"
#include "engine/core/memory_budget.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>

namespace convscope {

namespace {

/// Multiply-adds of one slab: small enough that a stop is answered at once, large enough that handing it to a
/// thread costs nothing beside it (some 40 µs of work).
constexpr double kSlabWork = 2e6;
/// Below this a second thread would take longer to wake than to work.
constexpr double kSmallWork = 1e6;
/// Work between two calls of the context's yield.
constexpr double kBatchWork = 400e6;
/// Weights from which on packing them is shared out.
constexpr std::size_t kParallelPacking = 100'000;
/// Filters of one slab at most.
constexpr int kSlabFilters = 32;

/// Filters that the line kernel computes together, all of one group.
struct FilterBlock {
  int first = 0;
  int filters = 0;
  std::size_t weights = 0;  ///< where its packed weights start
};

/// Everything worked out before the first product.
struct Plan {
  ConvGeometry geometry;
  LineKernel kernel;
  std::vector<std::ptrdiff_t> taps;  ///< offsets of the products of group 0, in the order they are added
  std::vector<float> weights;        ///< of all blocks, order block, tap, filter
  std::vector<float> biases;         ///< one per filter
  std::vector<std::vector<FilterBlock>> chunks;  ///< the filter blocks of one slab each
  int groupChannels = 1;
  int groupFilters = 1;
  bool flat = false;  ///< a line runs over several rows of output, the cells between them thrown away
  int rows = 1;       ///< output rows of one slab
  int rowSlabs = 1;

  [[nodiscard]] int slabs() const {
    return geometry.output.length * rowSlabs * static_cast<int>(chunks.size());
  }
};

/// Offsets and weight positions of one group's products in the order of summation: c, t, x, y; where the
/// kernel is flat in y, c, y, x, t. The innermost axis is the one along which a later kernel may hold weights
/// in registers.
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
  const bool timeInside = kernel.y == 1;
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
void cutFilters(Plan& plan, int groups) {
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
void packWeights(Plan& plan, const FilterBank& bank, const std::vector<std::size_t>& order,
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

/// Decides between lines of one row and lines over many rows, and how many rows make a slab.
void layLines(Plan& plan, const ConvSpec& spec, const SourceLayout& source) {
  const Shape& out = plan.geometry.output;
  const std::int64_t lanes = plan.kernel.lanes;
  const auto vectors = [&](std::int64_t count) { return (count + lanes - 1) / lanes; };
  if (spec.stride.y == 1 && out.height > 1) {
    const std::int64_t byRow = out.height * vectors(out.width);
    const std::int64_t across = vectors((out.height - 1) * source.rowStride() + out.width);
    plan.flat = source.rowStride() == out.width || across * 8 < byRow * 7;
  }
  const double perRow =
      static_cast<double>(plan.taps.size()) * std::min(plan.groupFilters, kSlabFilters) * out.width;
  const double total = perRow * out.height * out.length * static_cast<double>(plan.chunks.size());
  plan.rows = total < kSmallWork ? out.height
                                 : static_cast<int>(std::clamp(kSlabWork / perRow, 1.0, double(out.height)));
  plan.rowSlabs = (out.height + plan.rows - 1) / plan.rows;
}

Plan planOf(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
            const LineKernel& kernel, const SourceLayout& source, const ComputeContext& context) {
  Plan plan;
  plan.geometry = geometry;
  plan.kernel = kernel;
  plan.groupChannels = geometry.input.channels / spec.groups;
  plan.groupFilters = geometry.output.channels / spec.groups;
  TapList taps = tapsOf(spec, source, plan.groupChannels);
  plan.taps = std::move(taps.offsets);
  cutFilters(plan, spec.groups);
  packWeights(plan, bank, taps.weights, context);
  layLines(plan, spec, source);
  return plan;
}

/// Computes output frame `t`, rows [firstRow, firstRow + rows), for one block of filters.
void computeRows(const Plan& plan, const ConvSpec& spec, const SourceLayout& source, const FilterBlock& block,
                 int t, int firstRow, int rows, std::vector<float>& scratch, Tensor& output) {
  const Shape& out = plan.geometry.output;
  LineJob job;
  job.taps = plan.taps.data();
  job.tapCount = static_cast<int>(plan.taps.size());
  job.weights = plan.weights.data() + block.weights;
  job.biases = plan.biases.data() + block.first;
  job.filters = block.filters;
  job.activation = spec.activation;
  const int channel = block.first / plan.groupFilters * plan.groupChannels;
  const float* const frame = source.data() + channel * source.channelStride() +
                             std::ptrdiff_t{t} * spec.stride.t * source.frameStride();
  float* const first = output.frame(t, block.first) + std::int64_t{firstRow} * out.width;
  job.filterPitch = out.channelSize();
  if (!plan.flat) {
    job.count = out.width;
    for (int y = 0; y < rows; ++y) {
      job.input = frame + std::ptrdiff_t{firstRow + y} * spec.stride.y * source.rowStride();
      job.output = first + std::int64_t{y} * out.width;
      plan.kernel.run(job);
    }
    return;
  }
  const std::ptrdiff_t pitch = source.rowStride();
  job.input = frame + firstRow * pitch;
  job.count = static_cast<int>((rows - 1) * pitch + out.width);
  if (pitch == out.width) {
    job.output = first;
    plan.kernel.run(job);
    return;
  }
  scratch.resize(static_cast<std::size_t>(job.count) * static_cast<std::size_t>(block.filters));
  job.output = scratch.data();
  job.filterPitch = job.count;
  plan.kernel.run(job);
  for (int f = 0; f < block.filters; ++f) {
    for (int y = 0; y < rows; ++y) {
      std::copy_n(scratch.data() + f * job.filterPitch + y * pitch, out.width,
                  first + f * out.channelSize() + std::int64_t{y} * out.width);
    }
  }
}

/// Runs all slabs; false where the caller asked to stop. A yield may wait for a more urgent job that needs
/// the same pool, so it is called between batches, never while this job holds the pool.
bool runSlabs(const Plan& plan, const ConvSpec& spec, const SourceLayout& source,
              const ComputeContext& context, Tensor& output) {
  const int slabs = plan.slabs();
  const auto chunks = static_cast<int>(plan.chunks.size());
  std::atomic<int> done{0};
  const auto computeSlab = [&](int slab) {
    if (context.stopped()) return;
    const int firstRow = slab / chunks % plan.rowSlabs * plan.rows;
    const int rows = std::min(plan.rows, plan.geometry.output.height - firstRow);
    std::vector<float> scratch;
    for (const FilterBlock& block : plan.chunks[static_cast<std::size_t>(slab % chunks)]) {
      computeRows(plan, spec, source, block, slab / chunks / plan.rowSlabs, firstRow, rows, scratch, output);
    }
    if (context.progress) context.progress(static_cast<double>(++done) / slabs);
  };
  int batch = slabs;
  if (context.yield) {
    const double perSlab = static_cast<double>(plan.taps.size()) * std::min(plan.groupFilters, kSlabFilters) *
                           plan.rows * plan.geometry.output.width;
    batch = static_cast<int>(std::clamp(kBatchWork / perSlab, 1.0, static_cast<double>(slabs)));
  }
  for (int first = 0; first < slabs; first += batch) {
    if (context.stopped()) return false;
    if (context.yield && first > 0) context.yield();
    context.pool.run(std::min(batch, slabs - first), [&](int i) { computeSlab(first + i); });
  }
  return !context.stopped();
}

Result<void> checkMemory(const ConvGeometry& geometry, const SourceLayout& source, const FilterBank& bank) {
  const Shape& out = geometry.output;
  const double outputBytes = 4.0 * out.length * out.height * out.width * out.channels;
  const double weightBytes =
      4.0 * static_cast<double>(bank.size()) * static_cast<double>(bank.front().weights.size());
  return checkBudget(outputBytes + source.copyBytes() + weightBytes,
                     "Convolving a clip of " + toText(geometry.input) + " into maps of " + toText(out),
                     "use fewer filters, less padding, a larger stride or a smaller clip");
}

const LineTarget* forcedTarget = nullptr;

Result<const LineTarget*> targetNamed(std::string_view name) {
  std::string known;
  for (const LineTarget& target : lineTargets()) {
    if (target.name == name) return &target;
    known += (known.empty() ? "" : ", ") + std::string(target.name);
  }
  return fail(ErrorCode::BadUsage, "The instruction set " + std::string(name) +
                                       " is not known here or this processor lacks it; it has: " + known +
                                       ".");
}

Result<const LineTarget*> chosenTarget() {
  if (forcedTarget != nullptr) return forcedTarget;
  const char* name = std::getenv("CONVSCOPE_TARGET");
  if (name != nullptr && *name != '\0') return targetNamed(name);
  return &lineTargets().front();
}

}  // namespace

Result<Tensor> convolve(const Tensor& input, const ConvSpec& spec, const FilterBank& bank,
                        const ComputeContext& context) {
  const auto target = chosenTarget();
  if (!target) return tl::unexpected(target.error());
  const auto geometry = checkedGeometry(input.shape(), spec, bank);
  if (!geometry) return tl::unexpected(geometry.error());
  SourceLayout source(spec, *geometry);
  if (auto ok = checkMemory(*geometry, source, bank); !ok) return tl::unexpected(ok.error());

  const Error stopped{ErrorCode::Stopped, "The convolution was stopped."};
  if (context.stopped()) return tl::unexpected(stopped);
  source.prepare(input, spec, context);
  const Plan plan = planOf(spec, *geometry, bank, (*target)->kernel, source, context);
  Tensor output = Tensor::uninitialised(geometry->output);
  if (!runSlabs(plan, spec, source, context, output)) return tl::unexpected(stopped);
  return output;
}

double toleranceFor(std::int64_t taps, double maxInput, double maxWeight) {
  const double epsilon = std::ldexp(1.0, -24);
  const auto length = static_cast<double>(taps);
  return 2 * epsilon * (length + 1) * maxInput * maxWeight * std::sqrt(length);
}

std::vector<std::string_view> runnableTargets() {
  std::vector<std::string_view> names;
  for (const LineTarget& target : lineTargets()) names.push_back(target.name);
  return names;
}

Result<std::string_view> activeTarget() {
  const auto target = chosenTarget();
  if (!target) return tl::unexpected(target.error());
  return (*target)->name;
}

Result<void> forceTarget(std::string_view name) {
  if (name.empty()) {
    forcedTarget = nullptr;
    return {};
  }
  const auto target = targetNamed(name);
  if (!target) return tl::unexpected(target.error());
  forcedTarget = *target;
  return {};
}

}  // namespace convscope
