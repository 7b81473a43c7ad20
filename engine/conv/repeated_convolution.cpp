#include "engine/conv/repeated_convolution.h"

#include "engine/conv/kernel_table.h"
#include "engine/conv/layer_check.h"
#include "engine/core/memory_budget.h"

#include <cassert>

namespace convscope {

struct RepeatedConvolution::Layer {
  ConvGeometry geometry;
  std::unique_ptr<KernelLayer> prepared;
};

struct RepeatedConvolution::Worker::State {
  const Layer& layer;
  std::unique_ptr<KernelRun> run;
  Tensor output;

  explicit State(const Layer& planned)
      : layer(planned),
        run(planned.prepared->makeRun()),
        output(Tensor::uninitialised(planned.geometry.output)) {}
};

RepeatedConvolution::RepeatedConvolution(std::unique_ptr<const Layer> layer) : m_layer(std::move(layer)) {}
RepeatedConvolution::RepeatedConvolution(RepeatedConvolution&&) noexcept = default;
RepeatedConvolution::~RepeatedConvolution() = default;

const ConvGeometry& RepeatedConvolution::geometry() const {
  return m_layer->geometry;
}

Result<RepeatedConvolution> RepeatedConvolution::plan(const Shape& input, const ConvSpec& spec,
                                                      const FilterBank& bank) {
  ThreadPool alone(1);
  return plan(input, spec, bank, ComputeContext{alone, {}});
}

Result<RepeatedConvolution> RepeatedConvolution::plan(const Shape& input, const ConvSpec& spec,
                                                      const FilterBank& bank, const ComputeContext& context) {
  const auto geometry = checkedGeometry(input, spec, bank);
  if (!geometry) return tl::unexpected(geometry.error());
  const auto kernel = activeKernel(spec, *geometry);
  if (!kernel) return tl::unexpected(kernel.error());
  const double bytes = 4 * static_cast<double>(geometry->output.count()) +
                       (*kernel)->scratchBytes(spec, *geometry).with(context.pool.threads());
  if (auto fits = checkBudget(
          bytes, "Convolving a clip of " + toText(input) + " into maps of " + toText(geometry->output),
          "use fewer filters, less padding, a larger stride or a smaller clip");
      !fits) {
    return tl::unexpected(fits.error());
  }
  auto prepared = (*kernel)->prepare(**kernel, spec, *geometry, bank, context);
  return RepeatedConvolution(std::unique_ptr<const Layer>(new Layer{*geometry, std::move(prepared)}));
}

Result<Tensor> RepeatedConvolution::run(const Tensor& input, const ComputeContext& context) const {
  assert(input.shape() == m_layer->geometry.input);
  const auto run = m_layer->prepared->makeRun();
  Tensor output = Tensor::uninitialised(m_layer->geometry.output);
  run->start(input, output);
  if (!runPieces(*m_layer->prepared, *run, context))
    return fail(ErrorCode::Stopped, "The convolution was stopped.");
  return output;
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
  const KernelLayer& layer = *state.layer.prepared;
  assert(input.shape() == state.layer.geometry.input);
  state.run->start(input, state.output);
  const int last = layer.phases() - 1;
  int complete = 0;
  for (int phase = 0; phase <= last; ++phase) {
    for (int piece = 0; piece < layer.pieces(phase); ++piece) {
      state.run->compute(phase, piece);
      const int frames = phase == last ? layer.framesComplete(piece) : 0;
      if (frames <= complete) continue;
      if (done) done(complete, frames - complete);
      complete = frames;
    }
  }
}

}  // namespace convscope
