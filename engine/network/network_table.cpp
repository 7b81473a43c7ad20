#include "engine/network/network_table.h"

#include "engine/field/table_totals.h"
#include "engine/network/field_tracer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>
#include <unordered_map>

namespace convscope {

namespace {

/// Input positions of one field at most along an axis: small enough that no count overflows.
constexpr double kWidestField = 1e8;

LayerKind kindOf(const std::string& op) {
  static const std::unordered_map<std::string_view, LayerKind> kinds{
      {"Conv", LayerKind::Conv},
      {"MaxPool", LayerKind::MaxPool},
      {"AveragePool", LayerKind::AveragePool},
      {"GlobalAveragePool", LayerKind::GlobalPool},
      {"GlobalMaxPool", LayerKind::GlobalPool},
      {"Gemm", LayerKind::FullyConnected},
      {"MatMul", LayerKind::FullyConnected},
      {"Add", LayerKind::Add},
      {"Concat", LayerKind::Concat},
      {"ConvTranspose", LayerKind::Upsample},
      {"Resize", LayerKind::Upsample},
      {"Upsample", LayerKind::Upsample}};
  const auto found = kinds.find(op);
  return found == kinds.end() ? LayerKind::Function : found->second;
}

/// Builds the table node by node.
class TableMaker {
 public:
  TableMaker(const Graph& graph, const NetworkRun& sizes) : m_graph(graph), m_sizes(sizes) {}

  Result<NetworkLayers> make(const Dims& dims) {
    const int rank = static_cast<int>(dims.size());
    ClipAxes axes{-1, -1, -1};
    for (int a = 0; a < 3; ++a) {
      if (rank >= 3 && rank <= 5 && rank - 3 + a >= 2) axes[static_cast<std::size_t>(a)] = rank - 3 + a;
    }
    m_table.stack.name = m_graph.name;
    m_table.stack.clip = shapeOf(extentAlong(dims, axes), rank > 1 ? static_cast<int>(dims[1]) : 1);
    m_table.graph.push_back({m_table.stack.clip.extent(), {}});
    m_traced.emplace(m_graph.inputs.front().value, Traced{0, axes});
    for (const Node& node : m_graph.nodes) {
      for (std::size_t output = 0; output < node.outputs.size(); ++output) {
        if (node.outputs[output] < 0) continue;
        if (auto added = add({m_graph, m_sizes, node}, output); !added) return tl::unexpected(added.error());
      }
    }
    addTotals(m_table);
    return NetworkLayers{std::move(m_table), std::move(m_values)};
  }

 private:
  struct Traced {
    int node = 0;
    ClipAxes axes{-1, -1, -1};
  };
  /// Bounds on field and jump, in doubles.
  struct Size {
    std::array<double, 3> field{1, 1, 1};
    std::array<double, 3> jump{1, 1, 1};
  };
  struct Read {
    Traced from;
    Triple extent;
    TracedEdge edge;
  };

  Result<void> add(const SizedNode& sized, std::size_t output) {
    const Node& node = sized.node;
    std::vector<Read> reads;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const auto from = m_traced.find(node.inputs[i]);
      if (from == m_traced.end()) continue;
      if (const auto edge = tracedEdge(sized, i, output, from->second.axes))
        reads.push_back({from->second, extentAlong(sized.inputDims(i), from->second.axes), *edge});
    }
    const Dims& made = sized.outputDims(output);
    if (reads.empty() || productOf(made, 0, made.size()) == 0) return {};  // no units, no fields
    const ClipAxes axes = commonAxes(reads);
    const Triple extent = extentAlong(made, axes);
    FieldNode field{extent, {}};
    for (Read& read : reads) addEdges(read, axes, extent, reads.size() > 1, field);
    if (auto ok = bound(field, node); !ok) return ok;
    m_traced.emplace(node.outputs[output], Traced{static_cast<int>(m_table.graph.size()), axes});
    m_table.graph.push_back(std::move(field));
    addRow(sized, output, extent);
    m_values.push_back({static_cast<int>(&node - m_graph.nodes.data()), node.outputs[output], axes});
    return {};
  }

  /// The axes of the largest of the inputs, and those that it lacks from the others.
  static ClipAxes commonAxes(std::span<const Read> reads) {
    const auto largest =
        std::ranges::max_element(reads, {}, [](const Read& read) { return read.extent.product(); });
    ClipAxes axes = largest->edge.axes;
    for (const Read& read : reads) {
      for (std::size_t a = 0; a < 3; ++a) {
        if (axes[a] < 0 && std::ranges::find(axes, read.edge.axes[a]) == axes.end())
          axes[a] = read.edge.axes[a];
      }
    }
    return axes;
  }

  static void addEdges(Read& read, const ClipAxes& axes, const Triple& extent, bool beside, FieldNode& made) {
    FieldEdge edge{read.from.node, read.edge.reach, false};
    for (std::size_t a = 0; a < 3; ++a) {
      // Along an axis that is another one in the output, every output reads what there is.
      if (read.edge.axes[a] != axes[a] && (extent[kAxes[a]] > 1 || read.edge.axes[a] >= 0))
        edge.reach[a] = {AxisReach::Kind::Whole, 1, 1, 1, 0};
    }
    edge.gate = beside && read.extent.product() == 1 && extent.product() > 1;
    made.inputs.push_back(edge);
    if (!std::ranges::any_of(read.edge.gated, [](bool gated) { return gated; })) return;
    edge.gate = true;
    for (std::size_t a = 0; a < 3; ++a) {
      if (read.edge.gated[a]) edge.reach[a] = {AxisReach::Kind::Whole, 1, 1, 1, 0};
    }
    made.inputs.push_back(edge);
  }

  Result<void> bound(const FieldNode& made, const Node& node) {
    Size size;
    bool first = true;
    for (const FieldEdge& edge : made.inputs) {
      const auto from = static_cast<std::size_t>(edge.from);
      for (std::size_t a = 0; a < 3; ++a) {
        const AxisReach& reach = edge.reach[a];
        const double jump = m_bounds[from].jump[a];
        const double span = reach.kind == AxisReach::Kind::Whole
                                ? m_table.graph[from].extent[kAxes[a]]
                                : double{1} + double(reach.dilation) * (reach.kernel - 1);
        const double field = m_bounds[from].field[a] + (span + std::abs(double(reach.padBefore))) * jump;
        const double step = reach.kind == AxisReach::Kind::Window ? jump * reach.stride : jump;
        size.field[a] = first ? field : std::max(size.field[a], field);
        size.jump[a] = first ? step : std::max(size.jump[a], step);
        if (field > kWidestField || step > kWidestField)
          return fail(ErrorCode::BadSpec, nodeText(node) +
                                              " would see more than 100 million positions along " +
                                              axisName(kAxes[a]) + ".");
      }
      first = false;
    }
    m_bounds.push_back(size);
    return {};
  }

  void addRow(const SizedNode& sized, std::size_t output, const Triple& extent) {
    const Node& node = sized.node;
    const Dims& dims = sized.outputDims(output);
    LayerRow row;
    row.layer.name = node.name + (output > 0 ? " #" + std::to_string(output + 1) : "");
    row.layer.kind = kindOf(node.op);
    if (const auto window = sized.window()) {
      row.layer.kernel = window->kernel;
      row.layer.stride = window->stride;
      row.layer.dilation = window->dilation;
      row.padding = window->padding;
    } else if (row.layer.kind == LayerKind::GlobalPool) {
      row.layer.kernel =
          m_table.graph[static_cast<std::size_t>(m_table.graph.back().inputs.front().from)].extent;
    }
    row.output = shapeOf(extent, dims.size() > 1 ? static_cast<int>(dims[1]) : 1);
    row.outputBytes = productOf(dims, 0, dims.size()) * static_cast<std::int64_t>(sizeof(float));
    weigh(sized, output, row);
    m_table.stack.layers.push_back(row.layer);
    m_table.rows.push_back(std::move(row));
  }

  /// Weights that training finds, and multiply-adds of convolutions and matrix products.
  void weigh(const SizedNode& sized, std::size_t output, LayerRow& row) const {
    static constexpr std::array<std::string_view, 10> kWeighs{"Conv",
                                                              "ConvTranspose",
                                                              "Gemm",
                                                              "MatMul",
                                                              "BatchNormalization",
                                                              "Add",
                                                              "Mul",
                                                              "PRelu",
                                                              "InstanceNormalization",
                                                              "LayerNormalization"};
    const Node& node = sized.node;
    if (output > 0 || std::ranges::find(kWeighs, node.op) == kWeighs.end()) return;
    // The mean and the variance behind batch normalisation's scale and bias are measured, not trained.
    const std::size_t trained = node.op == "BatchNormalization" ? 3 : node.inputs.size();
    for (std::size_t i = 0; i < std::min(trained, node.inputs.size()); ++i) {
      row.weights += weightsIn(node.inputs[i]);
    }
    const std::int64_t outputs = productOf(sized.outputDims(0), 0, sized.outputDims(0).size());
    if (node.op == "Conv") {
      const Dims& weights = sized.inputDims(1);
      row.layer.filters = static_cast<int>(weights[0]);
      row.layer.groups = static_cast<int>(sized.inputDims(0)[1] / std::max<std::int64_t>(1, weights[1]));
      row.layer.bias = node.inputs.size() > 2 && node.inputs[2] >= 0;
      row.inputChannels = static_cast<int>(sized.inputDims(0)[1]);
      row.multiplyAdds = productOf(weights, 1, weights.size()) * outputs;
    } else if (node.op == "ConvTranspose") {
      const Dims &in = sized.inputDims(0), &weights = sized.inputDims(1);
      row.multiplyAdds = productOf(in, 0, in.size()) * productOf(weights, 1, weights.size());
    } else if (row.layer.kind == LayerKind::FullyConnected) {
      const Dims& in = sized.inputDims(0);
      const auto* turned = attribute<std::int64_t>(node, "transA");
      const std::int64_t inner = turned != nullptr && *turned != 0 ? in.front() : in.back();
      row.layer.filters = static_cast<int>(sized.outputDims(0).empty() ? 1 : sized.outputDims(0).back());
      row.multiplyAdds = outputs * inner;
    }
  }

  /// Elements of a value that holds weights: the file's own, which exporters hand on through Identity where
  /// two are equal. Single numbers are none.
  [[nodiscard]] std::int64_t weightsIn(int value) const {
    while (value >= 0) {
      if (const Value* own = m_graph.initialiser(value))
        return own->type() == ElementType::Float32 && own->rank() > 0 ? own->count() : 0;
      const auto maker = std::ranges::find_if(m_graph.nodes, [value](const Node& node) {
        return node.op == "Identity" && node.outputs == std::vector<int>{value};
      });
      value = maker == m_graph.nodes.end() ? -1 : maker->inputs.front();
    }
    return 0;
  }

  const Graph& m_graph;
  const NetworkRun& m_sizes;
  LayerTable m_table;
  std::vector<NetworkValue> m_values;
  std::unordered_map<int, Traced> m_traced;  ///< by value
  std::vector<Size> m_bounds{Size{}};        ///< of each node of the table's graph
};

}  // namespace

Result<Dims> inputDims(const Graph& graph) {
  if (graph.inputs.empty()) return fail(ErrorCode::BadSpec, "The network takes no input.");
  const GraphInput& input = graph.inputs.front();
  const std::string subject =
      "The network's input “" + nameForText(graph.valueNames[static_cast<std::size_t>(input.value)]) + "” ";
  if (!input.dims) return fail(ErrorCode::BadSpec, subject + "does not say how many axes it has.");
  Dims dims;
  for (std::size_t axis = 0; axis < input.dims->size(); ++axis) {
    const InputExtent& extent = (*input.dims)[axis];
    if (!extent.fixed && axis > 0)
      return fail(ErrorCode::BadSpec, subject + "leaves its size open: " + dimsText(*input.dims) +
                                          "; say how large it shall be.");
    dims.push_back(extent.fixed.value_or(1));
  }
  return dims;
}

Result<LayerTable> networkTable(const std::shared_ptr<const Graph>& graph, const Dims& dims) {
  auto layers = networkLayers(graph, dims);
  if (!layers) return tl::unexpected(layers.error());
  return std::move(layers->table);
}

Result<NetworkLayers> networkLayers(const std::shared_ptr<const Graph>& graph, const Dims& dims) {
  if (graph->inputs.empty()) return fail(ErrorCode::BadSpec, "The network takes no input.");
  const auto count = countOf(dims);
  if (!count) return fail(ErrorCode::BadSpec, "The clip " + count.error().message + ".");
  if (*count == 0) return fail(ErrorCode::BadSpec, "The clip, " + dimsText(dims) + ", holds nothing.");
  const ElementType type = graph->inputs.front().type;
  if (auto fits = checkBudget(static_cast<double>(*count) * static_cast<double>(elementSize(type)),
                              "A clip of " + dimsText(dims), "use a smaller one");
      !fits)
    return tl::unexpected(fits.error());
  RunRequest request;
  request.sizesOnly = true;
  request.inputs = {Value::uninitialised(type, dims)};
  if (type == ElementType::Float32) std::ranges::fill(request.inputs.front().fill<float>(), 0.0F);
  ThreadPool pool(1);
  const auto sizes = Runner(graph).run(request, {pool, {}});
  if (!sizes) return tl::unexpected(sizes.error());
  return TableMaker(*graph, *sizes).make(dims);
}

}  // namespace convscope
