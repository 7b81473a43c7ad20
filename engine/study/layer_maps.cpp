#include "engine/study/layer_maps.h"

#include "engine/conv/ledger.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace convscope {

namespace {

/// Cells along an axis, the first and the one behind the last, that padding does not reach.
std::array<std::pair<int, int>, 3> innerCells(const Shape& shape, const std::array<AxisField, 3>& field,
                                              const Shape& clip) {
  std::array<std::pair<int, int>, 3> inner;
  for (const Axis axis : kAxes) {
    const auto a = static_cast<std::size_t>(axis);
    const int extent = shape.along(axis);
    int first = 0, end = extent;
    while (first < end && field[a].first(first) < 0) ++first;
    while (end > first && field[a].first(end - 1) + field[a].size > clip.along(axis)) --end;
    if (2 * (end - first) < extent) first = extent > 2 ? 1 : 0, end = extent - first;
    inner[a] = {first, end};
  }
  return inner;
}

ChannelFacts factsOf(const Tensor& maps, int channel, const std::array<std::pair<int, int>, 3>& inner) {
  const Shape& shape = maps.shape();
  ChannelFacts facts;
  facts.range = rangeOf(maps, channel);
  double sum = 0;
  const auto [firstT, endT] = inner[0];
  const auto [firstY, endY] = inner[1];
  const auto [firstX, endX] = inner[2];
  float most = -1;
  for (int t = 0; t < shape.length; ++t) {
    for (int y = 0; y < shape.height; ++y) {
      const float* const row = maps.frame(t, channel) + std::int64_t{y} * shape.width;
      for (int x = 0; x < shape.width; ++x) sum += std::isfinite(row[x]) ? double{row[x]} : 0;
      if (t < firstT || t >= endT || y < firstY || y >= endY) continue;
      for (int x = firstX; x < endX; ++x) {
        const float magnitude = std::abs(row[x]);
        if (!(magnitude > most) || !std::isfinite(magnitude)) continue;
        most = magnitude;
        facts.at = {t, y, x};
      }
    }
  }
  facts.strongest = std::max(0.0F, most);
  facts.mean = sum / static_cast<double>(std::max<std::int64_t>(1, shape.channelSize()));
  return facts;
}

ValueRange joined(const ValueRange& one, const ValueRange& other) {
  return {std::min(one.low, other.low), std::max(one.high, other.high)};
}

/// Row that makes value `value`, or −1: the clip, or what does not depend on it.
int rowMaking(const NetworkResult& result, int value) {
  const auto& values = result.layers.values;
  const auto found = std::ranges::find(values, value, &NetworkValue::value);
  return found == values.end() ? -1 : static_cast<int>(found - values.begin());
}

/// The convolution that a row is, or that it follows value by value inside its group; −1: there is none.
int convolutionOf(const NetworkResult& result, int row) {
  const LayerGroup& group = result.groups[static_cast<std::size_t>(result.groupOf(row))];
  return result.nodeOf(group.first).op == "Conv" ? group.first : -1;
}

std::string thenOf(const NetworkResult& result, int convolution, int row) {
  const std::string& title = result.groups[static_cast<std::size_t>(result.groupOf(row))].title;
  std::string then;
  std::size_t at = title.find(", ");
  if (result.row(convolution).layer.groups > 1 && at != std::string::npos) at = title.find(", ", at + 2);
  for (int i = convolution; i < row && at != std::string::npos; ++i) {
    const std::size_t end = title.find(", ", at + 2);
    then += (then.empty() ? "" : ", ") + title.substr(at + 2, end == std::string::npos ? end : end - at - 2);
    at = end;
  }
  return then;
}

Result<UnitFacts::Sum> sumBehind(const NetworkResult& result, int convolution, int row, int channel,
                                 const Triple& unit, const ComputeContext& context) {
  const Node& node = result.nodeOf(convolution);
  const LayerRow& layer = result.row(convolution);
  const Value* const weights = weightsOf(result, row);
  const int from = rowMaking(result, node.inputs.front());
  ClipAxes axes = from < 0 ? ClipAxes{-1, -1, -1} : result.layers.values[static_cast<std::size_t>(from)].axes;
  const auto value = result.network->recompute(result.run, node.inputs.front(), context);
  if (!value) return tl::unexpected(value.error());
  if (from < 0) axes = value->rank() == 5 ? ClipAxes{2, 3, 4} : ClipAxes{-1, 2, 3};
  const Tensor input = mapsOf(*value, axes, result.pictures);
  const int groups = std::max(1, layer.layer.groups);
  const int perGroup = input.shape().channels / groups;
  const auto filters = static_cast<int>(weights->dims().front());
  const int group = channel / std::max(1, filters / groups);
  Shape part = input.shape();
  part.channels = perGroup;
  // One filter on the channels of its group, which lie one behind the other.
  const Tensor seen = Tensor::view(part, input.frame(0, group * perGroup));
  ConvSpec spec;
  spec.kernel = layer.layer.kernel;
  spec.stride = layer.layer.stride;
  spec.dilation = layer.layer.dilation;
  spec.padding = PaddingMode::Custom;
  spec.custom = layer.padding;
  const std::span<const float> all = weights->values<float>();
  const std::size_t each = all.size() / static_cast<std::size_t>(filters);
  Filter filter;
  filter.weights.assign(all.begin() + static_cast<std::ptrdiff_t>(each) * channel,
                        all.begin() + static_cast<std::ptrdiff_t>(each) * (channel + 1));
  if (node.inputs.size() > 2 && node.inputs[2] >= 0) {
    const auto bias = result.network->recompute(result.run, node.inputs[2], context);
    if (!bias) return tl::unexpected(bias.error());
    filter.bias = bias->values<float>()[static_cast<std::size_t>(channel)];
  }
  const auto ledger = ledgerOf(seen, spec, {filter}, 0, unit);
  if (!ledger) return tl::unexpected(ledger.error());
  UnitFacts::Sum sum;
  sum.convolution = result.groups[static_cast<std::size_t>(result.groupOf(row))].name;
  sum.kernel = ledger->kernel;
  sum.channels = ledger->channels;
  sum.frames = ledger->frameSums;
  sum.bias = ledger->bias;
  sum.value = ledger->value;
  sum.then = thenOf(result, convolution, row);
  std::vector<int> order(static_cast<std::size_t>(perGroup));
  std::iota(order.begin(), order.end(), 0);
  const auto share = [&](int c) { return std::abs(ledger->channelSums[static_cast<std::size_t>(c)]); };
  std::ranges::stable_sort(order, [&](int a, int b) { return share(a) > share(b); });
  order.resize(std::min<std::size_t>(order.size(), kLargestChannels));
  for (const int c : order)
    sum.largest.emplace_back(group * perGroup + c, ledger->channelSums[static_cast<std::size_t>(c)]);
  return sum;
}

}  // namespace

Tensor mapsOf(const Value& value, const ClipAxes& axes, bool pictures) {
  const Dims& dims = value.dims();
  ClipAxes at = axes;
  // Of pictures the axis N is time, unless the value has lost it.
  if (pictures && at[0] < 0 && !dims.empty()) at[0] = 0;
  const auto extent = [&](std::size_t a) { return at[a] < 0 ? 1 : static_cast<int>(dims[at[a]]); };
  std::vector<std::int64_t> steps(dims.size(), 1);
  for (std::size_t axis = dims.size(); axis-- > 1;) steps[axis - 1] = steps[axis] * dims[axis];
  // Every other axis counts channels, but N, of which the first is shown.
  std::vector<std::size_t> others;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const bool batch = axis == 0 && dims.size() > 1;
    if (std::ranges::find(at, static_cast<int>(axis)) == at.end() && !batch) others.push_back(axis);
  }
  std::int64_t channels = 1;
  for (const std::size_t axis : others) channels *= dims[axis];
  const Shape shape{extent(0), extent(1), extent(2), static_cast<int>(channels)};
  const std::array<std::int64_t, 3> step{at[0] < 0 ? 0 : steps[static_cast<std::size_t>(at[0])],
                                         at[1] < 0 ? 0 : steps[static_cast<std::size_t>(at[1])],
                                         at[2] < 0 ? 0 : steps[static_cast<std::size_t>(at[2])]};
  const auto inOrder = [&] {
    std::int64_t next = 1;
    for (const std::size_t a : {2U, 1U, 0U}) {
      if (shape.along(kAxes[a]) > 1 && step[a] != next) return false;
      next *= shape.along(kAxes[a]);
    }
    for (std::size_t i = others.size(); i-- > 0;) {
      if (dims[others[i]] > 1 && steps[others[i]] != next) return false;
      next *= dims[others[i]];
    }
    return true;
  };
  if (inOrder()) return value.tensorView(shape);
  Tensor maps = Tensor::uninitialised(shape);
  const std::span<const float> from = value.values<float>();
  float* to = maps.data();
  for (std::int64_t c = 0; c < channels; ++c) {
    std::int64_t base = 0, rest = c;
    for (std::size_t i = others.size(); i-- > 0;) {
      base += rest % dims[others[i]] * steps[others[i]];
      rest /= dims[others[i]];
    }
    for (int t = 0; t < shape.length; ++t) {
      for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x)
          *to++ = from[static_cast<std::size_t>(base + t * step[0] + y * step[1] + x * step[2])];
      }
    }
  }
  return maps;
}

ValueRange networkRange(const NetworkResult& result) {
  ValueRange range;
  for (const NetworkValue& made : result.layers.values) {
    const Value& value = result.run.values[static_cast<std::size_t>(made.value)];
    if (!value.holds() || value.type() != ElementType::Float32) continue;
    const auto count = static_cast<int>(value.count());
    range = joined(range, rangeOf(value.tensorView({1, 1, count, 1})));
  }
  return range;
}

const Value* weightsOf(const NetworkResult& result, int row) {
  const int convolution = convolutionOf(result, row);
  if (convolution < 0) return nullptr;
  const Graph& graph = *result.network->graph();
  int value = result.nodeOf(convolution).inputs[1];
  while (value >= 0) {
    if (const Value* own = graph.initialiser(value))
      return own->type() == ElementType::Float32 && own->rank() >= 3 ? own : nullptr;
    const auto maker = std::ranges::find_if(graph.nodes, [value](const Node& node) {
      return node.op == "Identity" && node.outputs == std::vector<int>{value};
    });
    value = maker == graph.nodes.end() ? -1 : maker->inputs.front();
  }
  return nullptr;
}

Result<std::shared_ptr<const LayerMaps>> layerMaps(const NetworkResult& result, int row,
                                                   const ComputeContext& context) {
  const NetworkValue& made = result.layers.values[static_cast<std::size_t>(row)];
  auto value = result.network->recompute(result.run, made.value, context);
  if (!value) return tl::unexpected(value.error());
  if (value->type() != ElementType::Float32) {
    return fail(ErrorCode::BadSpec, nodeText(result.nodeOf(row)) + " makes " +
                                        elementTypeName(value->type()) + ", not maps of float32.");
  }
  auto maps = std::make_shared<LayerMaps>();
  maps->row = row;
  maps->holder = std::move(*value);
  maps->maps = mapsOf(maps->holder, made.axes, result.pictures);
  const int channels = maps->maps.shape().channels;
  maps->channels.resize(static_cast<std::size_t>(channels));
  const auto inner = innerCells(maps->maps.shape(), result.row(row).field, result.layers.table.stack.clip);
  context.pool.run(channels, [&](int c) {
    if (!context.stopped()) maps->channels[static_cast<std::size_t>(c)] = factsOf(maps->maps, c, inner);
  });
  if (context.stopped()) return fail(ErrorCode::Stopped, "The maps were not needed any more.");
  for (const ChannelFacts& facts : maps->channels) maps->range = joined(maps->range, facts.range);
  maps->byStrength.resize(maps->channels.size());
  std::iota(maps->byStrength.begin(), maps->byStrength.end(), 0);
  std::ranges::stable_sort(maps->byStrength, [&](int a, int b) {
    return maps->channels[static_cast<std::size_t>(a)].strongest >
           maps->channels[static_cast<std::size_t>(b)].strongest;
  });
  return maps;
}

Result<UnitFacts> unitFacts(const NetworkResult& result, const LayerMaps& maps, int channel,
                            const Triple& unit, const ComputeContext& context) {
  UnitFacts facts;
  facts.row = maps.row;
  facts.channel = channel;
  facts.unit = unit;
  facts.value = maps.maps.at(unit.t, unit.y, unit.x, channel);
  const ChannelFacts& known = maps.channels[static_cast<std::size_t>(channel)];
  facts.mean = known.mean;
  facts.histogramRange = known.range;
  facts.histogram.assign(kHistogramBins, 0);
  const std::int64_t count = maps.maps.shape().channelSize();
  const float* const values = maps.maps.frame(0, channel);
  const double low = double{known.range.low}, wide = double{known.range.high} - low;
  double squares = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    if (!std::isfinite(values[i])) continue;
    const double value = double{values[i]};
    squares += (value - known.mean) * (value - known.mean);
    const int bin = wide > 0 ? static_cast<int>((value - low) / wide * kHistogramBins) : 0;
    ++facts.histogram[static_cast<std::size_t>(std::clamp(bin, 0, kHistogramBins - 1))];
  }
  facts.deviation = std::sqrt(squares / static_cast<double>(std::max<std::int64_t>(1, count)));
  const int convolution = convolutionOf(result, maps.row);
  if (convolution < 0 || weightsOf(result, maps.row) == nullptr) return facts;
  auto sum = sumBehind(result, convolution, maps.row, channel, unit, context);
  if (!sum && sum.error().code == ErrorCode::Stopped) return tl::unexpected(sum.error());
  if (sum) facts.sum = std::move(*sum);
  return facts;
}

}  // namespace convscope
