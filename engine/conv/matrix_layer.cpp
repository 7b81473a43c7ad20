#include "engine/conv/matrix_layer.h"

#include "engine/conv/onednn_target.h"
#include "engine/conv/onednn_thread.h"
#include "engine/conv/pointwise_layer.h"
#include "engine/conv/rounding.h"
#include "engine/conv/slab_layer.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <oneapi/dnnl/dnnl.hpp>
#include <stdexcept>

namespace convscope {

namespace {

/// Positions of one slab, about (up to half as many more): with 392 the product of 96 × 192 weights took a
/// quarter longer, with many more a machine of many cores would have nothing to share.
constexpr std::int64_t kPositions = 768;
/// Slabs end where a panel of oneDNN's product ends.
constexpr std::int64_t kPanel = 48;
/// Multiply-adds below which preparing a product costs more than its speed gains.
constexpr double kWorthwhile = 4e6;

/// Whole panels, and what is left over belongs to the last one: a product of few positions takes another
/// path.
std::int64_t panelsOf(const ConvGeometry& geometry) {
  return std::max<std::int64_t>(1, geometry.output.channelSize() / kPanel);
}

/// An even number, for two cores to share.
std::int64_t slabsOf(const ConvGeometry& geometry) {
  const std::int64_t pairs = (geometry.output.channelSize() + kPositions) / (2 * kPositions);
  return std::min(panelsOf(geometry), std::max<std::int64_t>(1, pairs) * 2);
}

class MatrixLayer final : public SlabLayer {
 public:
  MatrixLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank)
      : SlabLayer(geometry), m_activation(spec.activation), m_geometry(geometry) {
    for (const Filter& filter : bank) {
      m_weights.insert(m_weights.end(), filter.weights.begin(), filter.weights.end());
      m_biases.push_back(filter.bias);
      m_biased = m_biased || filter.bias != 0;
    }
    m_panels = panelsOf(geometry);
    m_slabs = slabsOf(geometry);
  }

  [[nodiscard]] int slabs() const override { return static_cast<int>(m_slabs); }
  [[nodiscard]] double workPerSlab() const override {
    return static_cast<double>(m_geometry.output.count()) / slabs() * m_geometry.input.channels;
  }
  [[nodiscard]] std::size_t scratchSize() const override { return 0; }
  void computeSlab(int slab, const Tensor& input, Tensor& output, float* /*scratch*/) const override {
    const OneThread here;
    const std::int64_t all = m_geometry.output.channelSize();
    // Slabs of nearly equal size: one that is smaller would leave a thread waiting.
    const std::int64_t first = slab * m_panels / m_slabs * kPanel;
    const std::int64_t count = (slab + 1 == m_slabs ? all : (slab + 1) * m_panels / m_slabs * kPanel) - first;
    const std::int64_t filters = m_geometry.output.channels;
    const std::int64_t channels = m_geometry.input.channels;
    float* const out = output.data() + first;
    // Sums begin with the biases, where there are any.
    for (std::int64_t f = 0; m_biased && f < filters; ++f)
      std::fill_n(out + f * all, count, m_biases[static_cast<std::size_t>(f)]);
    const dnnl::status done = dnnl::sgemm('N', 'N', filters, count, channels, 1, m_weights.data(), channels,
                                          input.data() + first, all, m_biased ? 1 : 0, out, all);
    if (done == dnnl::status::out_of_memory) throw std::bad_alloc();
    if (done != dnnl::status::success) throw std::runtime_error("oneDNN refused a product of matrices");
    for (std::int64_t f = 0; f < filters; ++f) activate(out + f * all, count);
  }

 private:
  void activate(float* values, std::int64_t count) const {
    switch (m_activation) {
      case Activation::Relu:
        for (std::int64_t i = 0; i < count; ++i) values[i] = std::max(values[i], 0.0F);
        return;
      case Activation::Absolute:
        for (std::int64_t i = 0; i < count; ++i) values[i] = std::abs(values[i]);
        return;
      case Activation::Square:
        for (std::int64_t i = 0; i < count; ++i) values[i] *= values[i];
        return;
      case Activation::None:
        return;
    }
  }

  Activation m_activation;
  ConvGeometry m_geometry;
  std::int64_t m_panels = 1;
  std::int64_t m_slabs = 1;
  std::vector<float> m_weights;  ///< order filter, channel
  std::vector<float> m_biases;
  bool m_biased = false;
};

bool serves(const ConvSpec& spec, const ConvGeometry& geometry) {
  return spec.stride == Triple{1, 1, 1} && PointwiseLayer::serves(spec, geometry);
}

bool suits(const ConvSpec& /*spec*/, const ConvGeometry& geometry) {
  return static_cast<double>(geometry.output.count()) * geometry.input.channels >= kWorthwhile;
}

}  // namespace

void addMatrixKernels(std::vector<ConvKernel>& table) {
  const LineTarget* const target = oneDnnTarget();
  if (target == nullptr) return;
  ConvKernel kernel;
  kernel.name = "matrix." + std::string(target->name);
  kernel.needs = target->flag;
  kernel.serves = serves;
  kernel.suits = suits;
  kernel.bits = KernelBits::Layer;  // oneDNN cuts long sums as it likes
  kernel.scratchBytes = [](const ConvSpec&, const ConvGeometry& geometry) {
    // oneDNN brings both matrices into an order of its own, a slab at a time.
    const auto positions =
        static_cast<double>((piecesOf(panelsOf(geometry), slabsOf(geometry)) + 1) * kPanel);
    return ScratchBytes{0, sizeof(float) * (positions + geometry.output.channels) * geometry.input.channels};
  };
  kernel.prepare = [](const ConvKernel&, const ConvSpec& spec, const ConvGeometry& geometry,
                      const FilterBank& bank, const ComputeContext&) -> std::unique_ptr<KernelLayer> {
    return std::make_unique<MatrixLayer>(spec, geometry, bank);
  };
  table.push_back(std::move(kernel));
}

}  // namespace convscope
