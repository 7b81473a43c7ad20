#include "engine/gradient/stack_graph.h"

#include "engine/core/memory_budget.h"
#include "engine/field/stack_filters.h"

#include <algorithm>
#include <numeric>

namespace convscope {

namespace {

using Kind = LayerKind;
using List = std::vector<std::int64_t>;

List listOf(const Triple& triple) {
  return {triple.t, triple.y, triple.x};
}

/// Writes the nodes of one row after another.
class GraphWriter {
 public:
  GraphWriter(const LayerTable& table, const StackRun& run, StackForm form)
      : m_table(table), m_run(run), m_form(form), m_graph(std::make_shared<Graph>()) {
    m_graph->operatorSet = 13;
    m_graph->name = table.stack.name;
    m_made.input = value("clip");
    const Shape& clip = table.stack.clip;
    const auto extent = [](int fixed) { return InputExtent{fixed, {}}; };
    m_graph->inputs.push_back({m_made.input, ElementType::Float32,
                               std::vector<InputExtent>{extent(1), extent(clip.channels), extent(clip.length),
                                                        extent(clip.height), extent(clip.width)}});
    m_shares.emplace_back(static_cast<std::size_t>(clip.channels), 1.0);
  }

  Result<StackGraph> write(int lastRow) {
    if (m_run.weights == StackWeights::Given)
      return fail(ErrorCode::BadSpec,
                  "A stack with weights of its own is not differentiated: choose random or uniform weights.");
    if (auto fits = checkMemory(lastRow); !fits) return tl::unexpected(fits.error());
    for (int row = 0; row <= lastRow; ++row) add(row);
    m_graph->outputs = {lastRow < 0 ? m_made.input : m_made.maps.back()};
    m_made.graph = m_graph;
    return std::move(m_made);
  }

 private:
  [[nodiscard]] bool linear() const { return m_form == StackForm::Linear; }

  [[nodiscard]] Result<void> checkMemory(int lastRow) const {
    const std::vector<int> channels = runChannels(m_table, m_run);
    double bytes = 0;
    for (int i = 0; i <= lastRow; ++i) {
      const auto index = static_cast<std::size_t>(i);
      const LayerRow& row = m_table.rows[index];
      bytes += 4.0 * double(row.output.channelSize()) * (linear() ? 1 : channels[index]);
    }
    return checkBudget(bytes, "The maps of " + std::to_string(lastRow + 1) + " layers",
                       "use a smaller clip, larger strides or fewer layers");
  }

  int value(const std::string& name) {
    m_graph->valueNames.push_back(name);
    return static_cast<int>(m_graph->valueNames.size()) - 1;
  }
  int constant(Value held) {
    const int made = value("constant " + std::to_string(m_graph->valueNames.size()));
    m_graph->initialisers.emplace(made, std::move(held));
    return made;
  }
  int wholes(List list) {
    const auto count = static_cast<std::int64_t>(list.size());
    return constant(Value({count}, std::move(list)));
  }
  int node(const std::string& name, const std::string& op, std::vector<int> inputs,
           std::map<std::string, Attribute> attributes = {}) {
    const int made = value(name);
    m_graph->nodes.push_back({name, op, std::move(inputs), {made}, std::move(attributes)});
    return made;
  }

  [[nodiscard]] int mapsOf(int row) const {
    return row < 0 ? m_made.input : m_made.maps[static_cast<std::size_t>(row)];
  }
  /// Of each channel of a row's maps: how many equal ones it stands for.
  [[nodiscard]] std::vector<double>& shares(int row) { return m_shares[static_cast<std::size_t>(row) + 1]; }

  void add(int index) {
    const LayerRow& row = m_table.rows[static_cast<std::size_t>(index)];
    const std::vector<int> inputs = rowInputs(row, index);
    const int from = mapsOf(inputs.front());
    m_shares.push_back(shares(inputs.front()));
    int sum = from, maps = from;
    switch (row.layer.kind) {
      case Kind::Conv:
      case Kind::FullyConnected:
        sum = maps = convolution(row, from, index);
        if (!linear()) maps = node(row.layer.name + " ReLU", "Relu", {sum});
        break;
      case Kind::MaxPool:
      case Kind::AveragePool:
      case Kind::GlobalPool:
        sum = maps = pool(row, from);
        break;
      case Kind::Upsample:
        sum = maps = repeated(row, from, inputs.front());
        break;
      case Kind::Add:
        sum = maps = added(row, inputs, index);
        break;
      case Kind::Concat:
        sum = maps = joined(row, inputs, index);
        break;
      case Kind::Lateral:
        if (!linear()) sum = maps = beside(row, from, index);
        break;
      case Kind::SqueezeExcitation:
        if (!linear()) sum = maps = gated(row, from, index);
        break;
      case Kind::Function:
        break;
    }
    m_made.sums.push_back(sum);
    m_made.maps.push_back(maps);
  }

  [[nodiscard]] std::map<std::string, Attribute> window(const LayerRow& row) const {
    List pads;
    for (const AxisPadding& padding : row.padding) pads.push_back(padding.before);
    for (const AxisPadding& padding : row.padding) pads.push_back(padding.after);
    return {{"strides", listOf(row.layer.stride)},
            {"dilations", listOf(row.layer.dilation)},
            {"pads", std::move(pads)}};
  }

  /// Filters as a convolution's weights (K, C, l, h, w).
  int weights(const FilterBank& bank, int channels, const Triple& kernel) {
    Value all = Value::uninitialised(ElementType::Float32, {static_cast<std::int64_t>(bank.size()), channels,
                                                            kernel.t, kernel.y, kernel.x});
    auto to = all.fill<float>().begin();
    for (const Filter& filter : bank) to = std::ranges::copy(filter.weights, to).out;
    return constant(std::move(all));
  }

  int convolution(const LayerRow& row, int from, int index) {
    const auto channels = static_cast<int>(shares(index).size());
    const bool depthwise = isDepthwise(row);
    const Triple& kernel = row.layer.kernel;
    const int groups = depthwise ? channels : 1;
    FilterBank bank;
    if (linear() && !depthwise) {
      const double all = std::accumulate(shares(index).begin(), shares(index).end(), 0.0);
      Filter mean;
      for (const double share : shares(index))
        mean.weights.insert(mean.weights.end(), static_cast<std::size_t>(kernel.product()),
                            static_cast<float>(share / all / static_cast<double>(kernel.product())));
      bank.push_back(std::move(mean));
      shares(index) = {static_cast<double>(row.output.channels)};
    } else {
      const int filters = depthwise ? channels : std::min(m_run.filters, row.output.channels);
      bank = stackFilters(kernel, channels / groups, filters, layerSeed(m_run, static_cast<unsigned>(index)),
                          linear() ? StackWeights::Uniform : m_run.weights);
      shares(index).assign(static_cast<std::size_t>(filters), 1.0);
    }
    auto attributes = window(row);
    attributes.emplace("group", std::int64_t{groups});
    return node(row.layer.name, "Conv", {from, weights(bank, channels / groups, kernel)},
                std::move(attributes));
  }

  int pool(const LayerRow& row, int from) {
    auto attributes = window(row);
    attributes.emplace("kernel_shape", listOf(row.layer.kernel));
    if (row.layer.kind == Kind::MaxPool && !linear())
      return node(row.layer.name, "MaxPool", {from}, std::move(attributes));
    attributes.emplace("count_include_pad", std::int64_t{1});
    return node(row.layer.name, "AveragePool", {from}, std::move(attributes));
  }

  int repeated(const LayerRow& row, int from, int input) {
    const Triple before = input < 0 ? m_table.stack.clip.extent()
                                    : m_table.rows[static_cast<std::size_t>(input)].output.extent();
    const Triple& by = row.layer.stride;
    const int split = node(row.layer.name + " split", "Reshape",
                           {from, wholes({1, -1, before.t, 1, before.y, 1, before.x, 1})});
    const int wide =
        node(row.layer.name + " repeat", "Expand", {split, wholes({1, 1, 1, by.t, 1, by.y, 1, by.x})});
    const Triple after = row.output.extent();
    return node(row.layer.name, "Reshape", {wide, wholes({1, -1, after.t, after.y, after.x})});
  }

  /// Inputs with fewer channels than others, which joined many, go round.
  int added(const LayerRow& row, const std::vector<int>& inputs, int index) {
    std::size_t channels = 0;
    for (const int input : inputs) channels = std::max(channels, shares(input).size());
    int sum = -1;
    for (const int input : inputs) {
      const std::size_t own = shares(input).size();
      int one = mapsOf(input);
      if (own < channels) {
        one = node(row.layer.name + " round", "Concat", std::vector<int>((channels + own - 1) / own, one),
                   {{"axis", std::int64_t{1}}});
        const auto many = static_cast<std::int64_t>(channels);
        one = node(row.layer.name + " cut", "Slice", {one, wholes({0}), wholes({many}), wholes({1})});
      } else {
        shares(index) = shares(input);
      }
      sum = sum < 0 ? one : node(row.layer.name, "Add", {sum, one});
    }
    return sum;
  }

  int joined(const LayerRow& row, const std::vector<int>& inputs, int index) {
    std::vector<int> maps;
    std::vector<double> all;
    for (const int input : inputs) {
      maps.push_back(mapsOf(input));
      all.insert(all.end(), shares(input).begin(), shares(input).end());
    }
    shares(index) = std::move(all);
    return node(row.layer.name, "Concat", std::move(maps), {{"axis", std::int64_t{1}}});
  }

  /// Zeros stand for the other pathway's maps.
  int beside(const LayerRow& row, int from, int index) {
    const int filters = std::min(m_run.filters, row.layer.filters);
    const Triple extent = row.output.extent();
    Value zeros = Value::uninitialised(ElementType::Float32, {1, filters, extent.t, extent.y, extent.x});
    std::ranges::fill(zeros.fill<float>(), 0.0F);
    shares(index).resize(shares(index).size() + static_cast<std::size_t>(filters), 1.0);
    return node(row.layer.name, "Concat", {from, constant(std::move(zeros))}, {{"axis", std::int64_t{1}}});
  }

  /// Each channel times the logistic function of a random mixture of all channels' means.
  int gated(const LayerRow& row, int from, int index) {
    const auto channels = static_cast<int>(shares(index).size());
    const int inner = std::min(m_run.filters, row.layer.filters);
    const unsigned seed = layerSeed(m_run, static_cast<unsigned>(index));
    const std::string& name = row.layer.name;
    const auto mixed = [&](const std::string& what, int of, int inputs, int outputs, unsigned from1) {
      return node(name + what, "Conv",
                  {of, weights(stackFilters({1, 1, 1}, inputs, outputs, from1, StackWeights::Random), inputs,
                               {1, 1, 1})});
    };
    const int means = node(name + " means", "GlobalAveragePool", {from});
    const int hidden = node(name + " ReLU", "Relu", {mixed(" squeeze", means, channels, inner, seed)});
    const int gate = node(name + " gate", "Sigmoid", {mixed(" excite", hidden, inner, channels, seed + 1)});
    return node(name, "Mul", {from, gate});
  }

  const LayerTable& m_table;
  StackRun m_run;
  StackForm m_form;
  std::shared_ptr<Graph> m_graph;
  StackGraph m_made;
  std::vector<std::vector<double>> m_shares;  ///< of the clip and of each row so far
};

}  // namespace

Result<StackGraph> stackGraph(const LayerTable& table, const StackRun& run, StackForm form, int lastRow) {
  return GraphWriter(table, run, form).write(lastRow);
}

}  // namespace convscope
