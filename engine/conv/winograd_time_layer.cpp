#include "engine/conv/winograd_time_layer.h"

#include "engine/conv/padded_window.h"
#include "engine/conv/rounding.h"

#include <algorithm>

namespace convscope {

namespace {

constexpr int kFewestChannels = 16;
constexpr int kFewestFilters = 16;
/// Positions multiplied at a time, as in PointwiseLayer: three of the longest vectors. Slabs take so many
/// that transformed weights, values and products fit the second-level cache together.
constexpr int kPanel = 48;

int productsOf(int frames, int tile) {
  return piecesOf(frames, tile) * winogradPoints(tile);
}

}  // namespace

bool WinogradTimeLayer::serves(const ConvSpec& spec, const ConvGeometry& geometry) {
  const Triple ones{1, 1, 1};
  return spec.kernel == Triple{kWinogradTaps, 1, 1} && spec.stride == ones && spec.dilation == ones &&
         spec.groups == 1 && geometry.output.frameSize() == geometry.input.frameSize() &&
         geometry.input.channels >= kFewestChannels && geometry.output.channels >= kFewestFilters;
}

int WinogradTimeLayer::bestTile(const ConvSpec& /*spec*/, const ConvGeometry& geometry) {
  if (geometry.output.length < 2) return 0;
  return productsOf(geometry.output.length, 2) < productsOf(geometry.output.length, 4) ? 2 : 4;
}

WinogradTimeLayer::WinogradTimeLayer(const ConvSpec& spec, const ConvGeometry& geometry,
                                     const FilterBank& bank, const LineKernel& kernel,
                                     const WinogradTransforms& transforms, int tile,
                                     const ComputeContext& context)
    : SlabLayer(geometry),
      m_spec(spec),
      m_geometry(geometry),
      m_kernel(kernel),
      m_transforms(transforms),
      m_tile(tile),
      m_tiles(piecesOf(geometry.output.length, tile)),
      m_panels(piecesOf(geometry.output.frameSize(), kPanel)),
      m_weights(winogradWeights(spec, bank, geometry.input.channels, WinogradAxes::Time, tile,
                                kernel.largestBlock, context)),
      m_zeroLine(kPanel, 0.0F) {
  const int padded = paddedExtent(geometry).t;
  for (int t = 0; t < m_tiles * tile + kWinogradTaps - 1; ++t) {
    m_fromT.push_back(
        t < padded ? paddedSource(t - geometry.padding[0].before, geometry.input.length, spec.paddingValue)
                   : -1);
  }
  for (int c = 0; c < geometry.input.channels; ++c) m_taps.push_back(std::ptrdiff_t{c} * kPanel);
  for (const Filter& filter : bank) m_biases.push_back(filter.bias);
}

double WinogradTimeLayer::workPerSlab() const {
  return static_cast<double>(m_weights.points) * m_weights.taps * m_geometry.output.channels * kPanel;
}

std::size_t WinogradTimeLayer::scratchSize() const {
  return static_cast<std::size_t>(m_weights.points * kPanel *
                                  (m_geometry.input.channels + m_geometry.output.channels));
}

ScratchBytes WinogradTimeLayer::scratchBytes(const ConvSpec& /*spec*/, const ConvGeometry& geometry,
                                             int tile) {
  const double in = geometry.input.channels;
  const double out = geometry.output.channels;
  const double bytes = sizeof(float) * static_cast<double>(winogradPoints(tile));
  return {bytes * in * out, bytes * kPanel * (in + out)};
}

void WinogradTimeLayer::computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const {
  const Shape& out = m_geometry.output;
  const int firstFrame = slab / m_panels * m_tile;
  const std::int64_t first = std::int64_t{slab % m_panels} * kPanel;
  const auto count = static_cast<int>(std::min<std::int64_t>(kPanel, out.frameSize() - first));
  float* const products = scratch + std::ptrdiff_t{m_weights.points} * kPanel * m_geometry.input.channels;
  transformInputs(firstFrame, first, count, input, scratch);
  multiply(count, scratch, products);
  TileFramesOutput job;
  job.pitch = std::ptrdiff_t{kPanel} * out.channels;
  job.count = count;
  job.framePitch = out.frameSize();
  job.frames = std::min(m_tile, out.length - firstFrame);
  job.activation = m_spec.activation;
  for (int f = 0; f < out.channels; ++f) {
    job.in = products + std::ptrdiff_t{f} * kPanel;
    job.out = output.frame(firstFrame, f) + first;
    job.bias = m_biases[static_cast<std::size_t>(f)];
    m_transforms.outputFrames(job);
  }
}

void WinogradTimeLayer::transformInputs(int firstFrame, std::int64_t first, int count, const Tensor& input,
                                        float* values) const {
  const int channels = m_geometry.input.channels;
  TileFramesInput job;
  job.count = count;
  job.pitch = std::ptrdiff_t{kPanel} * channels;
  for (int c = 0; c < channels; ++c) {
    for (int t = 0; t < m_weights.points; ++t) {
      const int from = m_fromT[static_cast<std::size_t>(firstFrame + t)];
      job.frames[t] = from < 0 ? m_zeroLine.data() : input.frame(from, c) + first;
    }
    job.out = values + std::ptrdiff_t{c} * kPanel;
    m_transforms.inputFrames(job);
  }
}

void WinogradTimeLayer::multiply(int count, const float* values, float* products) const {
  LineJob job;
  job.taps = m_taps.data();
  job.tapCount = m_weights.taps;
  job.biases = m_weights.zeroBiases.data();
  job.filterPitch = kPanel;
  job.count = count;
  for (int point = 0; point < m_weights.points; ++point) {
    job.input = values + std::ptrdiff_t{point} * kPanel * m_geometry.input.channels;
    float* const line = products + std::ptrdiff_t{point} * kPanel * m_geometry.output.channels;
    for (const WinogradWeights::Block& block : m_weights.blocks) {
      job.filters = block.filters;
      job.weights = m_weights.of(point, block);
      job.output = line + std::ptrdiff_t{block.first} * kPanel;
      m_kernel.run(job);
    }
  }
}

}  // namespace convscope
