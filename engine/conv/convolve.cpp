#include "engine/conv/convolve.h"

#include "engine/conv/kernel_table.h"
#include "engine/conv/layer_check.h"
#include "engine/core/memory_budget.h"

#include <cassert>
#include <cmath>

namespace convscope {

namespace {

Result<void> checkMemory(const ConvKernel& kernel, const ConvSpec& spec, const ConvGeometry& geometry,
                         const FilterBank& bank, int threads) {
  const Shape& out = geometry.output;
  const double outputBytes = 4.0 * out.length * out.height * out.width * out.channels;
  const double weightBytes =
      4.0 * static_cast<double>(bank.size()) * static_cast<double>(bank.front().weights.size());
  return checkBudget(outputBytes + kernel.scratchBytes(spec, geometry).with(threads) + weightBytes,
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
  return convolveBy(**kernel, input, spec, bank, context);
}

Result<Tensor> convolveBy(const ConvKernel& kernel, const Tensor& input, const ConvSpec& spec,
                          const FilterBank& bank, const ComputeContext& context) {
  const auto geometry = checkedGeometry(input.shape(), spec, bank);
  if (!geometry) return tl::unexpected(geometry.error());
  assert(kernel.serves == nullptr || kernel.serves(spec, *geometry));
  if (auto ok = checkMemory(kernel, spec, *geometry, bank, context.pool.threads()); !ok)
    return tl::unexpected(ok.error());

  const Error stopped{ErrorCode::Stopped, "The convolution was stopped."};
  if (context.stopped()) return tl::unexpected(stopped);
  const auto layer = kernel.prepare(kernel, spec, *geometry, bank, context);
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
