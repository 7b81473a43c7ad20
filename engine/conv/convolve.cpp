#include "engine/conv/convolve.h"

#include "engine/conv/kernel_table.h"
#include "engine/conv/layer_check.h"
#include "engine/core/memory_budget.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace convscope {

namespace {

/// Work between two calls of the context's yield.
constexpr double kBatchWork = 400e6;

/// Runs all pieces of all phases; false where the caller asked to stop. A yield may wait for a more urgent
/// job that needs the same pool, so it is called between batches, never while this job holds the pool.
bool runPieces(const KernelLayer& layer, KernelRun& run, const ComputeContext& context) {
  const int phases = layer.phases();
  int all = 0;
  for (int phase = 0; phase < phases; ++phase) all += layer.pieces(phase);
  std::atomic<int> done{0};
  bool first = true;
  for (int phase = 0; phase < phases; ++phase) {
    const int pieces = layer.pieces(phase);
    int batch = pieces;
    if (context.yield) {
      const double most = std::max(1.0, static_cast<double>(pieces));
      batch = static_cast<int>(std::clamp(kBatchWork / std::max(1.0, layer.pieceWork(phase)), 1.0, most));
    }
    for (int begin = 0; begin < pieces; begin += batch) {
      if (context.stopped()) return false;
      if (context.yield && !first) context.yield();
      first = false;
      context.pool.run(std::min(batch, pieces - begin), [&](int i) {
        if (context.stopped()) return;
        run.compute(phase, begin + i);
        if (context.progress) context.progress(static_cast<double>(++done) / all);
      });
    }
  }
  return !context.stopped();
}

Result<void> checkMemory(const ConvKernel& kernel, const ConvSpec& spec, const ConvGeometry& geometry,
                         const FilterBank& bank) {
  const Shape& out = geometry.output;
  const double outputBytes = 4.0 * out.length * out.height * out.width * out.channels;
  const double weightBytes =
      4.0 * static_cast<double>(bank.size()) * static_cast<double>(bank.front().weights.size());
  return checkBudget(outputBytes + kernel.scratchBytes(spec, geometry) + weightBytes,
                     "Convolving a clip of " + toText(geometry.input) + " into maps of " + toText(out),
                     "use fewer filters, less padding, a larger stride or a smaller clip");
}

}  // namespace

Result<Tensor> convolve(const Tensor& input, const ConvSpec& spec, const FilterBank& bank,
                        const ComputeContext& context) {
  const auto geometry = checkedGeometry(input.shape(), spec, bank);
  if (!geometry) return tl::unexpected(geometry.error());
  const auto kernel = activeKernel(spec, *geometry);
  if (!kernel) return tl::unexpected(kernel.error());
  if (auto ok = checkMemory(**kernel, spec, *geometry, bank); !ok) return tl::unexpected(ok.error());

  const Error stopped{ErrorCode::Stopped, "The convolution was stopped."};
  if (context.stopped()) return tl::unexpected(stopped);
  const auto layer = (*kernel)->prepare(**kernel, spec, *geometry, bank, context);
  const auto run = layer->makeRun();
  Tensor output = Tensor::uninitialised(geometry->output);
  run->start(input, output);
  if (!runPieces(*layer, *run, context)) return tl::unexpected(stopped);
  return output;
}

double toleranceFor(std::int64_t taps, double maxInput, double maxWeight) {
  const double epsilon = std::ldexp(1.0, -24);
  const auto length = static_cast<double>(taps);
  return 2 * epsilon * (length + 1) * maxInput * maxWeight * std::sqrt(length);
}

}  // namespace convscope
