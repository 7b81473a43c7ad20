#include "engine/gradient/effective_field.h"

#include "engine/core/memory_budget.h"
#include "engine/gradient/backward.h"
#include "engine/gradient/stack_graph.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace convscope {

namespace {

/// What ± 2 σ hold of a normal distribution.
constexpr double kHeld = 0.9545;
/// Standard deviation of the noise added to a network's input, as a share of the input's range.
constexpr double kNoise = 0.15;

AxisSpread spreadAlong(const std::vector<double>& marginal, int first, int size) {
  AxisSpread spread;
  double all = 0, moment = 0;
  for (std::size_t i = 0; i < marginal.size(); ++i) {
    all += marginal[i];
    moment += static_cast<double>(i) * marginal[i];
  }
  if (!(all > 0)) return spread;
  spread.mean = moment / all;
  double variance = 0;
  for (std::size_t i = 0; i < marginal.size(); ++i) {
    const double distance = static_cast<double>(i) - spread.mean;
    variance += distance * distance * marginal[i];
  }
  spread.sigma = std::sqrt(variance / all);
  const auto at = [&](int position) {
    return position < 0 || position >= static_cast<int>(marginal.size())
               ? 0.0
               : marginal[static_cast<std::size_t>(position)];
  };
  double held = 0;
  for (int low = first + (size - 1) / 2, high = first + size / 2; low >= first; --low, ++high) {
    held += at(low) + (high > low ? at(high) : 0);
    spread.width = high - low + 1;
    if (held >= kHeld * all) break;
  }
  return spread;
}

/// Collects |gradient| and its square over the runs.
class GradientMeans {
 public:
  explicit GradientMeans(const Triple& extent)
      : m_extent(extent),
        m_absolute(static_cast<std::size_t>(extent.product()), 0.0),
        m_square(m_absolute.size(), 0.0) {}

  /// `gradient` is (channels, L, H, W), any number of axes before those.
  void add(const Value& gradient) {
    const auto values = gradient.values<float>();
    bool silent = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double value = std::abs(double{values[i]});
      m_absolute[i % m_absolute.size()] += value;
      m_square[i % m_absolute.size()] += value * value;
      silent = silent && value == 0;
    }
    ++m_field.runs;
    m_field.silent += silent ? 1 : 0;
  }

  EffectiveField take(const Box& seen) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      m_field.first[axis] = seen[axis].empty() ? 0 : seen[axis].front();
      m_field.size[axis] = seen[axis].empty() ? 0 : seen[axis].back() - seen[axis].front() + 1;
    }
    m_field.absolute = mean(m_absolute);
    m_field.square = mean(m_square);
    m_field.absoluteSpread = spreadOf(m_field.absolute, m_field.first, m_field.size);
    m_field.squareSpread = spreadOf(m_field.square, m_field.first, m_field.size);
    return std::move(m_field);
  }

 private:
  [[nodiscard]] Tensor mean(const std::vector<double>& sums) const {
    Tensor volume = Tensor::uninitialised(shapeOf(m_extent, 1));
    std::ranges::transform(sums, volume.values().begin(),
                           [this](double sum) { return static_cast<float>(sum / m_field.runs); });
    return volume;
  }

  Triple m_extent;
  std::vector<double> m_absolute, m_square;
  EffectiveField m_field;
};

Box theoreticalField(const LayerTable& table, int row, const Triple& unit) {
  return seenBy(table.graph, row + 1, unit, Borders::Ideal, Gates::LeaveOut).front();
}

Result<void> checkUnit(const LayerTable& table, int row, const Triple& unit) {
  if (row < 0 || row >= static_cast<int>(table.rows.size()))
    return fail(ErrorCode::BadSpec, "The network has " + std::to_string(table.rows.size()) +
                                        " layers; there is no layer " + std::to_string(row + 1) + ".");
  const LayerRow& layer = table.rows[static_cast<std::size_t>(row)];
  if (layer.output.contains(unit)) return {};
  return fail(ErrorCode::BadSpec, "Layer “" + layer.layer.name + "” has units 1 to " +
                                      toText(layer.output.extent()) + "; there is no unit " +
                                      toText(Triple{unit.t + 1, unit.y + 1, unit.x + 1}) + ".");
}

/// The part of a long job that one of its steps is.
ComputeContext part(const ComputeContext& context, double done, double share) {
  ComputeContext inner{context.pool, context.stop, context.yield, {}};
  if (context.progress)
    inner.progress = [&context, done, share](double own) { context.progress(done + share * own); };
  return inner;
}

/// Gradient of one unit's value in channel `channel` of `value`, a map (1, C, L′, H′, W′) or fewer axes, with
/// respect to the graph's input.
Result<Value> unitGradient(Runner& runner, const NetworkRun& run, int value, int input, const Triple& unit,
                           const Triple& extent, std::int64_t channel, const ComputeContext& context) {
  const Dims& dims = run.dims[static_cast<std::size_t>(value)];
  const std::int64_t element =
      channel * extent.product() + (std::int64_t{unit.t} * extent.y + unit.y) * extent.x + unit.x;
  auto gradients = gradientsOf(runner, run, startAt(value, dims, element), {input}, context);
  if (!gradients) return tl::unexpected(gradients.error());
  return std::move(gradients->front());
}

/// `input` with normal noise of kNoise of its range.
Value noisy(const Value& input, unsigned seed) {
  const auto from = input.values<float>();
  const auto [low, high] = std::ranges::minmax(from);
  std::mt19937 random(seed);
  // The sum of twelve uniform numbers, so that every machine makes the same noise.
  const auto normal = [&] {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(random()) / 4294967296.0;
    return sum;
  };
  Value result = Value::uninitialised(ElementType::Float32, input.dims());
  std::ranges::transform(from, result.fill<float>().begin(), [&](float value) {
    return static_cast<float>(double{value} + kNoise * (double{high} - double{low}) * normal());
  });
  return result;
}

}  // namespace

std::array<AxisSpread, 3> spreadOf(const Tensor& volume, const std::array<int, 3>& first,
                                   const std::array<int, 3>& size) {
  const Shape& shape = volume.shape();
  std::array<std::vector<double>, 3> marginals;
  for (const Axis axis : kAxes)
    marginals[static_cast<std::size_t>(axis)].assign(static_cast<std::size_t>(shape.along(axis)), 0.0);
  const float* value = volume.data();
  for (int t = 0; t < shape.length; ++t) {
    for (int y = 0; y < shape.height; ++y) {
      double row = 0;
      for (int x = 0; x < shape.width; ++x, ++value) {
        row += double{*value};
        marginals[2][static_cast<std::size_t>(x)] += double{*value};
      }
      marginals[0][static_cast<std::size_t>(t)] += row;
      marginals[1][static_cast<std::size_t>(y)] += row;
    }
  }
  std::array<AxisSpread, 3> spread;
  for (std::size_t axis = 0; axis < 3; ++axis)
    spread[axis] = spreadAlong(marginals[axis], first[axis], size[axis]);
  return spread;
}

Result<EffectiveField> effectiveField(const LayerTable& table, int row, const Triple& unit,
                                      const Tensor& clip, const StackRun& run, int runs,
                                      const ComputeContext& context) {
  if (auto there = checkUnit(table, row, unit); !there) return tl::unexpected(there.error());
  const Shape& shape = table.stack.clip;
  if (!(clip.shape() == shape))
    return fail(ErrorCode::BadSpec,
                "The network takes a clip of " + toText(shape) + ", not of " + toText(clip.shape()) + ".");
  const bool linear = run.weights == StackWeights::Uniform;
  const int all = linear ? 1 : std::max(1, runs);
  const double clipBytes =
      4.0 * double(shape.length) * shape.height * shape.width * (2.0 * shape.channels + 6);
  if (auto fits =
          checkBudget(clipBytes, "The field of a unit on a clip of " + toText(shape), "use a smaller clip");
      !fits)
    return tl::unexpected(fits.error());
  Value input = Value::uninitialised(ElementType::Float32,
                                     {1, shape.channels, shape.length, shape.height, shape.width});
  std::ranges::copy(clip.values(), input.fill<float>().begin());
  GradientMeans means(shape.extent());
  for (int i = 0; i < all; ++i) {
    StackRun own = run;
    own.seed += 1'000'003U * static_cast<unsigned>(i);
    auto made = stackGraph(table, own, linear ? StackForm::Linear : StackForm::AsRun, row);
    if (!made) return tl::unexpected(made.error());
    Runner runner(made->graph);
    RunRequest request{{input}, true, linear};
    const double done = double(i) / all, share = 0.5 / all;
    const auto values = runner.run(request, part(context, done, share));
    if (!values) return tl::unexpected(values.error());
    const int value = made->sums[static_cast<std::size_t>(row)];
    const std::int64_t channels = values->dims[static_cast<std::size_t>(value)][1];
    const auto gradient = unitGradient(runner, *values, value, made->input, unit,
                                       table.rows[static_cast<std::size_t>(row)].output.extent(),
                                       i % channels, part(context, done + share, share));
    if (!gradient) return tl::unexpected(gradient.error());
    means.add(*gradient);
  }
  return means.take(theoreticalField(table, row, unit));
}

Result<EffectiveField> effectiveField(Runner& runner, const LayerTable& table, int row, const Triple& unit,
                                      const Value& input, int runs, const ComputeContext& context) {
  if (auto there = checkUnit(table, row, unit); !there) return tl::unexpected(there.error());
  const Graph& graph = runner.graph();
  const LayerRow& layer = table.rows[static_cast<std::size_t>(row)];
  const auto node =
      std::ranges::find_if(graph.nodes, [&](const Node& one) { return one.name == layer.layer.name; });
  if (node == graph.nodes.end() || graph.inputs.empty())
    return fail(ErrorCode::BadSpec, "The network has no node “" + layer.layer.name + "”.");
  const int value = node->outputs.front();
  const Triple extent = layer.output.extent();
  GradientMeans means(table.stack.clip.extent());
  for (int i = 0; i < std::max(1, runs); ++i) {
    RunRequest request{{i == 0 ? input : noisy(input, static_cast<unsigned>(i))}, true};
    const double done = double(i) / std::max(1, runs), share = 0.5 / std::max(1, runs);
    const auto values = runner.run(request, part(context, done, share));
    if (!values) return tl::unexpected(values.error());
    const Dims& dims = values->dims[static_cast<std::size_t>(value)];
    const std::int64_t count = productOf(dims, 0, dims.size());
    if (count % extent.product() != 0 || dims.empty() || dims.front() != 1)
      return fail(ErrorCode::BadSpec, "Layer “" + layer.layer.name + "” makes " + dimsText(dims) +
                                          ", no maps of one clip; choose an earlier layer.");
    const std::int64_t channels = count / extent.product();
    const std::int64_t channel = channels * i / std::max(1, runs) % channels;
    const auto gradient = unitGradient(runner, *values, value, graph.inputs.front().value, unit, extent,
                                       channel, part(context, done + share, share));
    if (!gradient) return tl::unexpected(gradient.error());
    means.add(*gradient);
  }
  return means.take(theoreticalField(table, row, unit));
}

Result<UncutField> uncutField(const LayerTable& table, int row) {
  StackSpec stack = table.stack;
  stack.layers.resize(static_cast<std::size_t>(row) + 1);
  const std::array<AxisField, 3>& field = table.rows[static_cast<std::size_t>(row)].field;
  Triple extent = stack.clip.extent();
  for (const Axis axis : kAxes)
    extent[axis] = std::max(extent[axis], field[static_cast<std::size_t>(axis)].size);
  // Where padding follows from the extents the first unit's field moves with them: a few steps more find it.
  constexpr int kSteps = 64;
  for (int step = 0; step < kSteps; ++step) {
    stack.clip = shapeOf(extent, stack.clip.channels);
    auto made = tableOf(stack);
    if (!made) return tl::unexpected(made.error());
    const LayerRow& last = made->rows.back();
    UncutField uncut{{}, {}};
    bool fits = true;
    for (const Axis axis : kAxes) {
      const AxisField& own = last.field[static_cast<std::size_t>(axis)];
      uncut.unit[axis] = (last.output.along(axis) - 1) / 2;
      const int first = own.first(uncut.unit[axis]);
      if (first >= 0 && first + own.size <= extent[axis]) continue;
      fits = false;
      extent[axis] += std::max(1, static_cast<int>(std::ceil(own.jump)));
    }
    if (!fits) continue;
    uncut.table = std::move(*made);
    return uncut;
  }
  return fail(ErrorCode::BadSpec, "The field of layer “" + stack.layers.back().name +
                                      "” lies on no clip as a whole: it sees all there is.");
}

}  // namespace convscope
