#include "engine/field/stack_run.h"

#include "engine/conv/convolve.h"
#include "engine/core/memory_budget.h"
#include "engine/field/stack_filters.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace convscope {

namespace {

using Kind = LayerKind;

/// One pool over the window of output (t, y, x) of channel c.
float pooled(const Tensor& input, const LayerRow& row, int c, const Triple& out) {
  const bool most = row.layer.kind == Kind::MaxPool;
  const Triple& kernel = row.layer.kernel;
  double sum = most ? -std::numeric_limits<double>::infinity() : 0;
  std::array<int, 3> first{};
  for (const Axis axis : kAxes) {
    const auto a = static_cast<std::size_t>(axis);
    first[a] = out[axis] * row.layer.stride[axis] - row.padding[a].before;
  }
  for (int t = 0; t < kernel.t; ++t) {
    for (int y = 0; y < kernel.y; ++y) {
      for (int x = 0; x < kernel.x; ++x) {
        const Triple at{first[0] + t * row.layer.dilation.t, first[1] + y * row.layer.dilation.y,
                        first[2] + x * row.layer.dilation.x};
        if (!input.shape().contains(at)) continue;
        const double value = double{input.at(at.t, at.y, at.x, c)};
        sum = most ? std::max(sum, value) : sum + value;
      }
    }
  }
  if (most) return std::isfinite(sum) ? static_cast<float>(sum) : 0;
  return static_cast<float>(sum / static_cast<double>(kernel.product()));
}

bool isConvolution(const LayerRow& row) {
  return row.layer.kind == Kind::Conv || row.layer.kind == Kind::FullyConnected;
}

/// Runs layer after layer.
class StackRunner {
 public:
  StackRunner(const LayerTable& table, const Tensor& clip, const StackRun& run, const ComputeContext& context)
      : m_table(table), m_clip(clip), m_run(run), m_context(context), m_channels(runChannels(table, run)) {}

  Result<std::vector<Tensor>> run() {
    if (auto fits = checkMemory(); !fits) return tl::unexpected(fits.error());
    if (auto fits = checkGiven(); !fits) return tl::unexpected(fits.error());
    const auto stopped = fail(ErrorCode::Stopped, "The network was stopped.");
    for (std::size_t i = 0; i < m_table.rows.size(); ++i) {
      if (m_context.stopped()) return stopped;
      if (m_context.progress) m_context.progress(double(i) / double(m_table.rows.size()));
      auto maps = compute(static_cast<int>(i));
      if (!maps) return tl::unexpected(maps.error());
      assert(maps->shape() == shapeOf(m_table.rows[i].output.extent(), m_channels[i]));
      m_maps.push_back(std::move(*maps));
      if (m_context.yield) m_context.yield();
    }
    if (m_context.stopped()) return stopped;  // the last layer may have been left
    return std::move(m_maps);
  }

 private:
  [[nodiscard]] Result<void> checkMemory() const {
    double bytes = 0;
    for (std::size_t i = 0; i < m_channels.size(); ++i)
      bytes += sizeof(float) * double(m_table.rows[i].output.channelSize()) * m_channels[i];
    return checkBudget(bytes, "The maps of all " + std::to_string(m_table.rows.size()) + " layers",
                       "use a smaller clip, larger strides or fewer layers");
  }

  /// Whether each convolution has as many given filters as it wants, of as many weights.
  [[nodiscard]] Result<void> checkGiven() const {
    if (m_run.weights != StackWeights::Given) return {};
    std::size_t next = 0;
    for (std::size_t i = 0; i < m_table.rows.size(); ++i) {
      const LayerRow& row = m_table.rows[i];
      if (!isConvolution(row)) continue;
      const std::vector<int> inputs = rowInputs(row, static_cast<int>(i));
      const int channels = inputs.front() < 0 ? m_table.stack.clip.channels
                                              : m_channels[static_cast<std::size_t>(inputs.front())];
      const auto taps = weightCount(row.layer.kernel, isDepthwise(row) ? 1 : channels);
      const FilterBank empty;
      const FilterBank& bank = next < m_run.given.size() ? m_run.given[next] : empty;
      ++next;
      const auto wrong = std::ranges::find_if(
          bank, [&](const Filter& filter) { return std::ssize(filter.weights) != taps; });
      if (std::ssize(bank) == row.output.channels && wrong == bank.end()) continue;
      const std::size_t held = wrong == bank.end() ? static_cast<std::size_t>(taps) : wrong->weights.size();
      return fail(ErrorCode::BadSpec, "“" + row.layer.name + "” has " + std::to_string(row.output.channels) +
                                          " filters of " + std::to_string(taps) + " weights; given are " +
                                          std::to_string(bank.size()) + " of " + std::to_string(held) + ".");
    }
    return {};
  }

  /// The filters given for row `index`, checked before.
  [[nodiscard]] const FilterBank& givenFor(std::size_t index) const {
    std::size_t before = 0;
    for (std::size_t i = 0; i < index; ++i) before += isConvolution(m_table.rows[i]);
    return m_run.given[before];
  }

  [[nodiscard]] bool isLastConvolution(std::size_t index) const {
    return std::none_of(m_table.rows.begin() + static_cast<std::ptrdiff_t>(index) + 1, m_table.rows.end(),
                        isConvolution);
  }

  [[nodiscard]] const Tensor& mapsAt(int index) const {
    return index < 0 ? m_clip : m_maps[static_cast<std::size_t>(index)];
  }

  Result<Tensor> compute(int index) {
    const LayerRow& row = m_table.rows[static_cast<std::size_t>(index)];
    const std::vector<int> inputs = rowInputs(row, index);
    const Tensor& input = mapsAt(inputs.front());
    switch (row.layer.kind) {
      case Kind::Conv:
      case Kind::FullyConnected:
        return convolved(row, input, static_cast<unsigned>(index));
      case Kind::MaxPool:
      case Kind::AveragePool:
      case Kind::GlobalPool:
        return perChannel(shapeOf(row.output.extent(), input.shape().channels),
                          [&](int c, const Triple& at) { return pooled(input, row, c, at); });
      case Kind::Upsample:
        return perChannel(shapeOf(row.output.extent(), input.shape().channels), [&](int c, const Triple& at) {
          const Triple& by = row.layer.stride;
          return input.at(at.t / by.t, at.y / by.y, at.x / by.x, c);
        });
      case Kind::Add:
        return summed(row, inputs);
      case Kind::Concat:
        return joined(inputs, 0);
      case Kind::Lateral:
        return joined(inputs, std::min(m_run.filters, row.layer.filters));
      case Kind::Function:
        return input.clone();
      case Kind::SqueezeExcitation:
        return gated(input, row, static_cast<unsigned>(index));
    }
    return Tensor();
  }

  Result<Tensor> convolved(const LayerRow& row, const Tensor& input, unsigned index) const {
    const int channels = input.shape().channels;
    const bool depthwise = isDepthwise(row);
    ConvSpec spec;
    spec.kernel = row.layer.kernel;
    spec.stride = row.layer.stride;
    spec.dilation = row.layer.dilation;
    spec.padding = PaddingMode::Custom;
    spec.custom = row.padding;
    spec.groups = depthwise ? channels : 1;
    spec.activation = m_run.bend;
    if (m_run.weights == StackWeights::Given) {
      if (isLastConvolution(index)) spec.activation = Activation::None;
      return convolve(input, spec, givenFor(index), m_context);
    }
    const int filters = depthwise ? channels : filtersOf(row, m_run);
    const FilterBank bank =
        stackFilters(spec.kernel, channels / spec.groups, filters, layerSeed(m_run, index), m_run.weights);
    return convolve(input, spec, bank, m_context);
  }

  /// Fills a tensor frame by frame on the pool.
  template <class ValueAt>
  Tensor perChannel(const Shape& shape, ValueAt valueAt) const {
    Tensor maps = Tensor::uninitialised(shape);
    m_context.pool.run(shape.channels * shape.length, [&](int frame) {
      if (m_context.stopped()) return;  // the run ends behind this layer
      const int c = frame / shape.length;
      const int t = frame % shape.length;
      float* to = maps.frame(t, c);
      for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x) *to++ = valueAt(c, Triple{t, y, x});
      }
    });
    return maps;
  }

  /// Inputs with fewer channels than others, which joined many, go round.
  Tensor summed(const LayerRow& row, const std::vector<int>& inputs) const {
    int channels = 0;
    for (const int input : inputs) channels = std::max(channels, mapsAt(input).shape().channels);
    return perChannel(shapeOf(row.output.extent(), channels), [&](int c, const Triple& at) {
      float sum = 0;
      for (const int input : inputs) {
        const Tensor& maps = mapsAt(input);
        sum += maps.at(at.t, at.y, at.x, c % maps.shape().channels);
      }
      return sum;
    });
  }

  Tensor joined(const std::vector<int>& inputs, int zeros) const {
    Shape shape = mapsAt(inputs.front()).shape();
    shape.channels = zeros;
    for (const int input : inputs) shape.channels += mapsAt(input).shape().channels;
    Tensor maps(shape);
    float* to = maps.data();
    for (const int input : inputs) {
      const Tensor& from = mapsAt(input);
      to = std::copy_n(from.data(), from.shape().count(), to);
    }
    return maps;
  }

  /// Each channel times the logistic function of a random mixture of all channels' means.
  Tensor gated(const Tensor& input, const LayerRow& row, unsigned index) const {
    const Shape& shape = input.shape();
    std::vector<double> means;
    for (int c = 0; c < shape.channels; ++c) {
      double sum = 0;
      const float* const from = input.data() + c * shape.channelSize();
      for (std::int64_t i = 0; i < shape.channelSize(); ++i) sum += double{from[i]};
      means.push_back(sum / static_cast<double>(shape.channelSize()));
    }
    const int inner = std::min(m_run.filters, row.layer.filters);
    const auto mixedBy = [&](const std::vector<double>& values, int outputs, unsigned seed) {
      std::vector<double> mixed;
      for (const Filter& filter :
           stackFilters({1, 1, 1}, static_cast<int>(values.size()), outputs, seed, StackWeights::Random)) {
        double sum = 0;
        for (std::size_t i = 0; i < values.size(); ++i) sum += double{filter.weights[i]} * values[i];
        mixed.push_back(sum);
      }
      return mixed;
    };
    std::vector<double> hidden = mixedBy(means, inner, layerSeed(m_run, index));
    for (double& value : hidden) value = std::max(0.0, value);
    const std::vector<double> gates = mixedBy(hidden, shape.channels, layerSeed(m_run, index) + 1);
    Tensor maps = input.clone();
    for (int c = 0; c < shape.channels; ++c) {
      const auto gate = static_cast<float>(1 / (1 + std::exp(-gates[static_cast<std::size_t>(c)])));
      float* const to = maps.data() + c * shape.channelSize();
      for (std::int64_t i = 0; i < shape.channelSize(); ++i) to[i] *= gate;
    }
    return maps;
  }

  const LayerTable& m_table;
  const Tensor& m_clip;
  StackRun m_run;
  const ComputeContext& m_context;
  std::vector<int> m_channels;  ///< of each row's maps
  std::vector<Tensor> m_maps;
};

}  // namespace

Result<std::vector<Tensor>> runStack(const LayerTable& table, const Tensor& clip, const StackRun& run,
                                     const ComputeContext& context) {
  return StackRunner(table, clip, run, context).run();
}

}  // namespace convscope
