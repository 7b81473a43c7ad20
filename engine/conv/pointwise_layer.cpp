#include "engine/conv/pointwise_layer.h"

#include <algorithm>
#include <array>

namespace convscope {

namespace {

/// Positions of one panel: twice three of the longest vectors, the width that the line kernels keep in
/// registers for eight filters.
constexpr int kPanel = 96;
constexpr double kSlabWork = 2e6;
constexpr int kFewestChannels = 16;
constexpr int kFewestFilters = 16;

}  // namespace

bool PointwiseLayer::serves(const ConvSpec& spec, const ConvGeometry& geometry) {
  const auto unpadded = [&](const AxisPadding& padding) { return padding.before == 0 && padding.after == 0; };
  return spec.kernel == Triple{1, 1, 1} && spec.groups == 1 &&
         std::ranges::all_of(geometry.padding, unpadded) && geometry.input.channels >= kFewestChannels &&
         geometry.output.channels >= kFewestFilters;
}

PointwiseLayer::PointwiseLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                               const LineKernel& kernel)
    : SlabLayer(geometry),
      m_spec(spec),
      m_geometry(geometry),
      m_kernel(kernel),
      m_inPlace(spec.stride == Triple{1, 1, 1}) {
  const int channels = geometry.input.channels;
  m_panels =
      std::max(1, static_cast<int>(kSlabWork / (double{kPanel} * channels * geometry.output.channels)));
  const std::int64_t pitch = m_inPlace ? geometry.input.channelSize() : kPanel;
  for (int c = 0; c < channels; ++c) m_taps.push_back(c * pitch);
  for (const Filter& filter : bank) m_biases.push_back(filter.bias);
  int first = 0;
  for (int size = kernel.largestBlock; first < geometry.output.channels; size /= 2) {
    for (; geometry.output.channels - first >= size; first += size) {
      m_blocks.push_back({first, size});
      for (int c = 0; c < channels; ++c) {
        for (int f = 0; f < size; ++f)
          m_weights.push_back(bank[static_cast<std::size_t>(first + f)].weights[static_cast<std::size_t>(c)]);
      }
    }
  }
}

int PointwiseLayer::slabs() const {
  const std::int64_t positions = std::int64_t{kPanel} * m_panels;
  return static_cast<int>((m_geometry.output.channelSize() + positions - 1) / positions);
}

double PointwiseLayer::workPerSlab() const {
  return static_cast<double>(m_geometry.output.count()) / slabs() * m_geometry.input.channels;
}

std::size_t PointwiseLayer::scratchSize() const {
  return m_inPlace ? 0 : m_taps.size() * kPanel;
}

void PointwiseLayer::computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const {
  const std::int64_t positions = m_geometry.output.channelSize();
  LineJob job;
  job.input = scratch;
  job.taps = m_taps.data();
  job.tapCount = static_cast<int>(m_taps.size());
  job.filterPitch = positions;
  job.activation = m_spec.activation;
  std::int64_t first = std::int64_t{slab} * m_panels * kPanel;
  const std::int64_t end = std::min(positions, first + std::int64_t{m_panels} * kPanel);
  for (; first < end; first += kPanel) {
    job.count = static_cast<int>(std::min<std::int64_t>(kPanel, end - first));
    if (m_inPlace) {
      job.input = input.data() + first;
    } else {
      gatherPanel(input, first, job.count, scratch);
    }
    const bool fetches = m_inPlace && first + 2 * kPanel <= positions;
    int blocksDone = 0;
    for (const Block& block : m_blocks) {
      job.fetchAhead = fetches ? fetchAhead(blocksDone++) : 0;
      job.filters = block.filters;
      job.weights = m_weights.data() + std::ptrdiff_t{block.first} * m_geometry.input.channels;
      job.biases = m_biases.data() + block.first;
      job.output = output.data() + block.first * positions + first;
      m_kernel.run(job);
    }
  }
}

// The channels of a panel lie too far apart for the processor to foresee that they will be read, so the next
// panel is asked for meanwhile: by three blocks of filters, for each computes three vectors at a time and
// asks for one.
std::ptrdiff_t PointwiseLayer::fetchAhead(int blocksDone) const {
  constexpr int kVectors = 3;
  const int blocks = static_cast<int>(m_blocks.size());
  const int turn = blocksDone * kVectors / blocks;
  const bool first = blocksDone == 0 || (blocksDone - 1) * kVectors / blocks != turn;
  return first ? kPanel + std::ptrdiff_t{turn} * m_kernel.lanes : 0;
}

void PointwiseLayer::gatherPanel(const Tensor& input, std::int64_t first, int count, float* panel) const {
  const Triple& stride = m_spec.stride;
  const Shape& out = m_geometry.output;
  std::array<std::int64_t, kPanel> places;
  for (int i = 0; i < count; ++i) {
    const std::int64_t at = first + i;
    const auto x = static_cast<int>(at % out.width);
    const auto y = static_cast<int>(at / out.width % out.height);
    const auto t = static_cast<int>(at / out.frameSize());
    places[static_cast<std::size_t>(i)] = input.offset(t * stride.t, y * stride.y, x * stride.x, 0);
  }
  const std::int64_t channelSize = input.shape().channelSize();
  for (int c = 0; c < input.shape().channels; ++c) {
    const float* const from = input.data() + c * channelSize;
    float* const to = panel + std::ptrdiff_t{c} * kPanel;
    for (int i = 0; i < count; ++i) to[i] = from[places[static_cast<std::size_t>(i)]];
  }
}

void addPointwiseKernels(std::vector<ConvKernel>& table) {
  ConvKernel model;
  model.name = "pointwise";
  model.serves = PointwiseLayer::serves;
  model.scratchBytes = [](const ConvSpec&, const ConvGeometry& geometry) {
    return ScratchBytes{0, sizeof(float) * double{kPanel} * geometry.input.channels};
  };
  model.prepare = [](const ConvKernel& self, const ConvSpec& spec, const ConvGeometry& geometry,
                     const FilterBank& bank, const ComputeContext&) -> std::unique_ptr<KernelLayer> {
    return std::make_unique<PointwiseLayer>(spec, geometry, bank, lineKernelOf(self));
  };
  addForEachTarget(table, model);
}

}  // namespace convscope
