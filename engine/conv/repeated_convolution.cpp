#include "engine/conv/repeated_convolution.h"

#include "engine/conv/conv_plan.h"
#include "engine/conv/convolve.h"
#include "engine/conv/layer_check.h"
#include "engine/conv/slab_computer.h"
#include "engine/core/memory_budget.h"
#include "engine/core/parallel.h"

#include <algorithm>
#include <cassert>

namespace convscope {

namespace {

Result<LineKernel> activeKernel() {
  const auto name = activeTarget();
  if (!name) return tl::unexpected(name.error());
  return std::ranges::find(lineTargets(), *name, &LineTarget::name)->kernel;
}

}  // namespace

struct RepeatedConvolution::Layer {
  ConvSpec spec;
  ConvGeometry geometry;
  ConvPlan plan;
};

struct RepeatedConvolution::Worker::State {
  const Layer& layer;
  ThreadPool alone{1};
  SourceLayout source;
  Tensor output;
  SlabComputer computer;

  explicit State(const Layer& planned)
      : layer(planned),
        source(planned.spec, planned.geometry),
        output(Tensor::uninitialised(planned.geometry.output)),
        computer(planned.plan, source, output) {}
};

RepeatedConvolution::RepeatedConvolution(std::unique_ptr<const Layer> layer) : m_layer(std::move(layer)) {}
RepeatedConvolution::RepeatedConvolution(RepeatedConvolution&&) noexcept = default;
RepeatedConvolution::~RepeatedConvolution() = default;

const ConvGeometry& RepeatedConvolution::geometry() const {
  return m_layer->geometry;
}

Result<RepeatedConvolution> RepeatedConvolution::plan(const Shape& input, const ConvSpec& spec,
                                                      const FilterBank& bank) {
  const auto kernel = activeKernel();
  if (!kernel) return tl::unexpected(kernel.error());
  const auto geometry = checkedGeometry(input, spec, bank);
  if (!geometry) return tl::unexpected(geometry.error());
  const SourceLayout source(spec, *geometry);
  const double bytes = 4 * static_cast<double>(geometry->output.count()) + source.copyBytes();
  if (auto fits = checkBudget(
          bytes, "Convolving a clip of " + toText(input) + " into maps of " + toText(geometry->output),
          "use fewer filters, less padding, a larger stride or a smaller clip");
      !fits) {
    return tl::unexpected(fits.error());
  }
  ThreadPool alone(1);
  ConvPlan planned = planConvolution(spec, *geometry, bank, *kernel, source, ComputeContext{alone, {}});
  return RepeatedConvolution(std::unique_ptr<const Layer>(new Layer{spec, *geometry, std::move(planned)}));
}

RepeatedConvolution::Worker::Worker(const RepeatedConvolution& layer)
    : m_state(std::make_unique<State>(*layer.m_layer)) {}
RepeatedConvolution::Worker::~Worker() = default;

const Tensor& RepeatedConvolution::Worker::maps() const {
  return m_state->output;
}

void RepeatedConvolution::Worker::run(const Tensor& input,
                                      const std::function<void(int firstFrame, int frames)>& done) {
  State& state = *m_state;
  const ConvPlan& plan = state.layer.plan;
  assert(input.shape() == state.layer.geometry.input);
  state.source.prepare(input, state.layer.spec, ComputeContext{state.alone, {}});
  const int length = plan.geometry.output.length;
  for (int t = 0; t < length; t += plan.frames) {
    const int frames = std::min(plan.frames, length - t);
    for (std::size_t chunk = 0; chunk < plan.chunks.size(); ++chunk)
      state.computer.compute({static_cast<int>(chunk), t, frames, 0, plan.geometry.output.height});
    if (done) done(t, frames);
  }
}

}  // namespace convscope
