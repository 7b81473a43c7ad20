#include "engine/conv/convolve.h"

#include "engine/conv/conv_plan.h"
#include "engine/conv/layer_check.h"
#include "engine/conv/slab_computer.h"
#include "engine/core/memory_budget.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>

namespace convscope {

namespace {

/// Work between two calls of the context's yield.
constexpr double kBatchWork = 400e6;

Slab slabAt(const ConvPlan& plan, int index) {
  const auto chunks = static_cast<int>(plan.chunks.size());
  Slab slab;
  slab.chunk = index % chunks;
  slab.firstFrame = index / chunks / plan.rowSlabs * plan.frames;
  slab.frames = std::min(plan.frames, plan.geometry.output.length - slab.firstFrame);
  slab.firstRow = index / chunks % plan.rowSlabs * plan.rows;
  slab.rows = std::min(plan.rows, plan.geometry.output.height - slab.firstRow);
  return slab;
}

/// Runs all slabs; false where the caller asked to stop. A yield may wait for a more urgent job that needs
/// the same pool, so it is called between batches, never while this job holds the pool.
bool runSlabs(const ConvPlan& plan, const SourceLayout& source, const ComputeContext& context,
              Tensor& output) {
  const int slabs = plan.slabs();
  std::atomic<int> done{0};
  const auto computeSlab = [&](int index) {
    if (context.stopped()) return;
    SlabComputer(plan, source, output).compute(slabAt(plan, index));
    if (context.progress) context.progress(static_cast<double>(++done) / slabs);
  };
  int batch = slabs;
  if (context.yield) {
    const double perSlab = plan.workPerRow() * plan.rows * plan.frames;
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
  const ConvPlan plan = planConvolution(spec, *geometry, bank, (*target)->kernel, source, context);
  Tensor output = Tensor::uninitialised(geometry->output);
  if (!runSlabs(plan, source, context, output)) return tl::unexpected(stopped);
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
