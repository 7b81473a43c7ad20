#include "engine/field/layer_table.h"

#include "engine/conv/filter_bank.h"
#include "engine/core/csv_field.h"
#include "engine/field/table_totals.h"

#include <algorithm>

namespace convscope {

namespace {

using Kind = LayerKind;

/// Values of one layer's output at most, and input positions of one field at most along an axis: far beyond
/// any network, and small enough that no count overflows.
constexpr double kMostValues = 1e15;
constexpr double kWidestField = 1e8;
constexpr int kMostExtent = 1'000'000;

bool isWindow(Kind kind) {
  return kind == Kind::Conv || kind == Kind::MaxPool || kind == Kind::AveragePool ||
         kind == Kind::GlobalPool || kind == Kind::FullyConnected;
}

std::string nameOf(const LayerSpec& layer) {
  return "Layer “" + layer.name + "”";
}

using Setting = ErrorPlace::Setting;

/// Which layer it is in the stack as it was given is added by whoever counts the layers.
tl::unexpected<Error> wrong(const LayerSpec& layer, const std::string& what, const ErrorPlace& place = {}) {
  return fail(ErrorCode::BadSpec, nameOf(layer) + " " + what, place);
}

/// The layer of `stack` that layer `index` of expanded(stack) is a copy of.
int givenLayer(const StackSpec& stack, int index) {
  int layer = 0;
  while (expandedIndex(stack, layer) < index) ++layer;
  return layer;
}

AxisPadding paddingOf(const LayerSpec& layer, Axis axis, int extent) {
  const int grown = layer.dilation[axis] * (layer.kernel[axis] - 1);
  switch (layer.paddingMode) {
    case StackPadding::Same:
      return {grown / 2, grown - grown / 2};
    case StackPadding::Fitting: {
      const int stride = layer.stride[axis];
      const int out = (extent + stride - 1) / stride;
      const int all = std::max(0, (out - 1) * stride + grown + 1 - extent);
      return {all / 2, all - all / 2};
    }
    case StackPadding::Custom:
      break;
  }
  return layer.padding[static_cast<std::size_t>(axis)];
}

/// Builds a table from its first row to its last.
class TableBuilder {
 public:
  explicit TableBuilder(StackSpec stack) {
    m_table.graph.push_back({stack.clip.extent(), {}});
    m_table.stack = std::move(stack);
  }

  /// Of the stack that `given` is.
  Result<LayerTable> build(const StackSpec& given) {
    for (std::size_t i = 0; i < m_table.stack.layers.size(); ++i) {
      auto added = add(m_table.stack.layers[i], static_cast<int>(i));
      if (added) continue;
      added.error().place.layer = givenLayer(given, static_cast<int>(i));
      return tl::unexpected(added.error());
    }
    addTotals(m_table);
    return std::move(m_table);
  }

 private:
  [[nodiscard]] Shape shapeAt(int index) const {
    return index < 0 ? m_table.stack.clip : m_table.rows[static_cast<std::size_t>(index)].output;
  }

  Result<void> add(const LayerSpec& layer, int index) {
    std::vector<int> inputs = layer.inputs;
    if (inputs.empty()) inputs.push_back(index - 1);  // the clip is -1
    for (const int input : inputs) {
      if (input < LayerSpec::kClip || input >= index)
        return wrong(layer, "reads layer " + std::to_string(input + 1) + ", which does not stand before it.");
    }
    const bool joins = layer.kind == Kind::Add || layer.kind == Kind::Concat;
    if (!joins && inputs.size() != 1)
      return wrong(layer, "reads " + std::to_string(inputs.size()) + " layers; a " +
                              layerKindName(layer.kind) + " reads one.");
    LayerRow row;
    row.layer = layer;
    row.inputChannels = shapeAt(inputs.front()).channels;
    auto shaped = joins ? joinShapes(row, inputs) : shapeLayer(row, shapeAt(inputs.front()));
    if (!shaped) return shaped;
    if (auto countable = checkCounts(row, inputs); !countable) return countable;
    row.outputBytes = row.output.count() * static_cast<std::int64_t>(sizeof(float));
    addNode(row, inputs);
    m_table.rows.push_back(std::move(row));
    return {};
  }

  Result<void> joinShapes(LayerRow& row, const std::vector<int>& inputs) const {
    row.output = shapeAt(inputs.front());
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      const Shape other = shapeAt(inputs[i]);
      const bool sameChannels = row.layer.kind == Kind::Concat || other.channels == row.output.channels;
      if (other.extent() != row.output.extent() || !sameChannels) {
        return wrong(row.layer,
                     "cannot bring " + toText(row.output) + " and " + toText(other) + " together.");
      }
      if (row.layer.kind == Kind::Concat) row.output.channels += other.channels;
    }
    return {};
  }

  Result<void> shapeLayer(LayerRow& row, const Shape& input) const {
    row.output = input;
    switch (row.layer.kind) {
      case Kind::Lateral:
        if (row.layer.filters < 1 || row.layer.filters > kMostExtent)
          return wrong(row.layer, "joins " + std::to_string(row.layer.filters) + " channels.",
                       {Setting::Filters});
        row.output.channels += row.layer.filters;
        return {};
      case Kind::SqueezeExcitation: {
        const std::int64_t inner = row.layer.filters;
        if (inner < 1 || inner > kMostExtent)
          return wrong(row.layer, "has an inner width of " + std::to_string(inner) + ".", {Setting::Filters});
        row.weights = 2 * inner * input.channels + inner + input.channels;
        row.multiplyAdds = 2 * inner * input.channels;
        return {};
      }
      case Kind::Function:
        return {};
      case Kind::Upsample:
        for (const Axis axis : kAxes) {
          const int factor = row.layer.stride[axis];
          if (factor < 1 || factor > kMaxStride)
            return wrong(row.layer, outOfRange("factor", axis, factor, kMaxStride), {Setting::Stride, axis});
          if (input.along(axis) > kMostExtent / factor)
            return wrong(row.layer,
                         std::string("would be longer than a million along ") + axisName(axis) + ".");
        }
        row.output = shapeOf({input.length * row.layer.stride.t, input.height * row.layer.stride.y,
                              input.width * row.layer.stride.x},
                             input.channels);
        return {};
      case Kind::GlobalPool:
      case Kind::FullyConnected:
        row.layer.kernel = input.extent();
        row.layer.stride = row.layer.dilation = Triple{1, 1, 1};
        row.layer.paddingMode = StackPadding::Custom;
        row.layer.padding = {};
        break;
      default:
        break;
    }
    return shapeWindow(row, input);
  }

  /// Sizes in doubles, before anything is counted in whole numbers.
  Result<void> checkCounts(const LayerRow& row, const std::vector<int>& inputs) {
    const Shape& out = row.output;
    const double values = double(out.length) * out.height * out.width * out.channels;
    const double work = values * static_cast<double>(weightCount(row.layer.kernel, row.inputChannels));
    if (values > kMostValues || (isWindow(row.layer.kind) && work > 1e3 * kMostValues))
      return wrong(row.layer, "would have maps of " + toText(out) + ", too many values to count.");
    Size size;
    for (const int input : inputs) {
      const Size& before = m_sizes[static_cast<std::size_t>(input + 1)];
      for (const Axis axis : kAxes) {
        const auto a = static_cast<std::size_t>(axis);
        size.jump[a] = std::max(size.jump[a], before.jump[a]);
        size.field[a] = std::max(size.field[a], before.field[a]);
      }
    }
    for (const Axis axis : kAxes) {
      const auto a = static_cast<std::size_t>(axis);
      if (!isWindow(row.layer.kind)) continue;
      size.field[a] += double(row.layer.dilation[axis]) * row.layer.kernel[axis] * size.jump[a];
      size.jump[a] *= row.layer.stride[axis];
      if (size.field[a] > kWidestField || size.jump[a] > kWidestField)
        return wrong(row.layer,
                     std::string("sees more than 100 million positions along ") + axisName(axis) + ".");
    }
    m_sizes.push_back(size);
    return {};
  }

  static std::string outOfRange(const std::string& what, Axis axis, int value, int most) {
    return "has a " + what + " of " + std::to_string(value) + " along " + axisName(axis) +
           "; it can be 1 to " + std::to_string(most) + ".";
  }

  Result<void> shapeWindow(LayerRow& row, const Shape& input) const {
    LayerSpec& layer = row.layer;
    const bool whole = layer.kind == Kind::GlobalPool || layer.kind == Kind::FullyConnected;
    Triple out;
    for (const Axis axis : kAxes) {
      const int extent = input.along(axis);
      if (layer.kernel[axis] < 1 || (!whole && layer.kernel[axis] > kMaxKernelExtent))
        return wrong(layer, outOfRange("kernel", axis, layer.kernel[axis], kMaxKernelExtent),
                     {Setting::Size, axis});
      if (layer.stride[axis] < 1 || layer.stride[axis] > kMaxStride)
        return wrong(layer, outOfRange("stride", axis, layer.stride[axis], kMaxStride),
                     {Setting::Stride, axis});
      if (layer.dilation[axis] < 1 || layer.dilation[axis] > kMaxDilation)
        return wrong(layer, outOfRange("dilation", axis, layer.dilation[axis], kMaxDilation),
                     {Setting::Dilation, axis});
      const AxisPadding padding = paddingOf(layer, axis, extent);
      if (std::min(padding.before, padding.after) < 0 ||
          std::max(padding.before, padding.after) > kMaxPadding)
        return wrong(
            layer,
            "has a padding out of 0 to " + std::to_string(kMaxPadding) + " along " + axisName(axis) + ".",
            {Setting::Padding, axis});
      row.padding[static_cast<std::size_t>(axis)] = padding;
      const int span = layer.dilation[axis] * (layer.kernel[axis] - 1) + 1;
      const int padded = extent + padding.before + padding.after;
      if (span > padded) {
        return wrong(layer,
                     std::string("does not fit: along ") + axisName(axis) + " its kernel spans " +
                         std::to_string(span) + " and its input has " + std::to_string(padded) +
                         ", padding counted.",
                     {Setting::Size, axis});
      }
      out[axis] = (padded - span) / layer.stride[axis] + 1;
    }
    const bool weighs = layer.kind == Kind::Conv || layer.kind == Kind::FullyConnected;
    if (weighs && layer.filters == 0) layer.filters = input.channels;
    row.output = shapeOf(out, weighs ? layer.filters : input.channels);
    return weighs ? weigh(row, input) : Result<void>();
  }

  static Result<void> weigh(LayerRow& row, const Shape& input) {
    LayerSpec& layer = row.layer;
    if (layer.groups == 0) layer.groups = input.channels;
    if (layer.filters < 1 || layer.filters > kMostExtent || layer.groups < 1 ||
        input.channels % layer.groups != 0 || layer.filters % layer.groups != 0) {
      return wrong(layer,
                   "has " + std::to_string(layer.groups) + " groups, which do not divide its " +
                       std::to_string(input.channels) + " channels and " + std::to_string(layer.filters) +
                       " filters.",
                   {Setting::Groups});
    }
    const std::int64_t taps = layer.kernel.product() * (input.channels / layer.groups);
    row.weights = taps * layer.filters + (layer.bias ? layer.filters : 0) +
                  (layer.batchNorm ? 2 * std::int64_t{layer.filters} : 0);
    row.multiplyAdds = taps * row.output.count();
    return {};
  }

  void addNode(const LayerRow& row, const std::vector<int>& inputs) {
    FieldNode node{row.output.extent(), {}};
    for (const int input : inputs) {
      FieldEdge edge{input + 1, {}, false};
      for (const Axis axis : kAxes) {
        AxisReach& reach = edge.reach[static_cast<std::size_t>(axis)];
        if (isWindow(row.layer.kind)) {
          reach = {AxisReach::Kind::Window, row.layer.kernel[axis], row.layer.stride[axis],
                   row.layer.dilation[axis], row.padding[static_cast<std::size_t>(axis)].before};
        } else if (row.layer.kind == Kind::Upsample) {
          reach = {AxisReach::Kind::Spread, row.layer.stride[axis], row.layer.stride[axis], 1, 0};
        }
      }
      node.inputs.push_back(edge);
    }
    if (row.layer.kind == Kind::SqueezeExcitation) {
      FieldEdge gate{inputs.front() + 1, {}, true};
      for (AxisReach& reach : gate.reach) reach.kind = AxisReach::Kind::Whole;
      node.inputs.push_back(gate);
    }
    m_table.graph.push_back(std::move(node));
  }

  /// A bound on field and jump, in doubles.
  struct Size {
    std::array<double, 3> field{1, 1, 1};
    std::array<double, 3> jump{1, 1, 1};
  };

  LayerTable m_table;
  std::vector<Size> m_sizes{Size{}};  ///< of each node of the graph
};

std::string byAxis(const std::array<std::string, 3>& texts) {
  return texts[0] + "×" + texts[1] + "×" + texts[2];
}

std::string tripleText(const Triple& triple) {
  return byAxis({std::to_string(triple.t), std::to_string(triple.y), std::to_string(triple.x)});
}

/// Whole, or with the digits of a half, a quarter or an eighth: what sums of halves and jumps can be.
std::string plainNumber(double value) {
  const auto eighths = static_cast<std::int64_t>(value * 8 + (value < 0 ? -0.5 : 0.5));
  const std::int64_t size = eighths < 0 ? -eighths : eighths;
  std::string text = (eighths < 0 ? "-" : "") + std::to_string(size / 8);
  static constexpr std::array<const char*, 8> kParts{"", ".125", ".25", ".375", ".5", ".625", ".75", ".875"};
  return text + kParts[static_cast<std::size_t>(size % 8)];
}

template <class Member>
std::string fieldText(const std::array<AxisField, 3>& field, Member member) {
  return byAxis(
      {plainNumber(member(field[0])), plainNumber(member(field[1])), plainNumber(member(field[2]))});
}

std::string paddingText(const AxisPadding& padding) {
  const std::string before = std::to_string(padding.before);
  return padding.before == padding.after ? before : before + ":" + std::to_string(padding.after);
}

}  // namespace

Result<LayerTable> tableOf(const StackSpec& stack) {
  const Shape& clip = stack.clip;
  if (std::min({clip.length, clip.height, clip.width, clip.channels}) < 1)
    return fail(ErrorCode::BadSpec, "The stack's clip is " + toText(clip) + "; every extent is 1 at least.");
  if (std::max({clip.length, clip.height, clip.width, clip.channels}) > kMostExtent)
    return fail(ErrorCode::BadSpec,
                "The stack's clip is " + toText(clip) + "; no extent can pass a million.");
  std::int64_t layers = 0;
  for (std::size_t i = 0; i < stack.layers.size(); ++i) {
    const LayerSpec& layer = stack.layers[i];
    if (layer.repeat < 1 || layer.repeat > kMaxLayers)
      return wrong(layer,
                   "is repeated " + std::to_string(layer.repeat) + " times; 1 to " +
                       std::to_string(kMaxLayers) + " are possible.",
                   {Setting::Repeat, {}, static_cast<int>(i)});
    layers += layer.repeat;
  }
  if (layers > kMaxLayers)
    return fail(ErrorCode::BadSpec, "The stack has " + std::to_string(layers) + " layers; at most " +
                                        std::to_string(kMaxLayers) + " are possible.");
  return TableBuilder(expanded(stack)).build(stack);
}

void addTotals(LayerTable& table) {
  const auto fields = fieldsOf(table.graph, Gates::LeaveOut);
  const auto whole = seesWhole(table.graph);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    LayerRow& row = table.rows[i];
    row.field = fields[i + 1];
    row.seesWhole = whole[i + 1];
    table.weights += row.weights;
    table.multiplyAdds += row.multiplyAdds;
    table.outputBytes += row.outputBytes;
  }
}

std::string tableCsv(const LayerTable& table) {
  std::string csv = "name,kernel,stride,padding,output,jump,start,field,weights,multiply-adds,first\n";
  for (const LayerRow& row : table.rows) {
    csv += csvField(row.layer.name) + ',';
    if (isWindow(row.layer.kind)) {
      csv += tripleText(row.layer.kernel) + ',' + tripleText(row.layer.stride) + ',' +
             byAxis({paddingText(row.padding[0]), paddingText(row.padding[1]), paddingText(row.padding[2])});
    } else {
      csv += ",,";
    }
    csv += ',' + tripleText(row.output.extent()) + ',' +
           fieldText(row.field, [](const AxisField& f) { return f.jump; }) + ',' +
           fieldText(row.field, [](const AxisField& f) { return f.centre; }) + ',' +
           fieldText(row.field, [](const AxisField& f) { return double(f.size); }) + ',' +
           std::to_string(row.weights) + ',' + std::to_string(row.multiplyAdds) + ',' +
           fieldText(row.field, [](const AxisField& f) { return double(f.first(0)); }) + '\n';
  }
  return csv;
}

}  // namespace convscope
