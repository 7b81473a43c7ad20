#include "engine/network/network_table.h"
#include "tests/network_graph.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

using namespace convscope;
using namespace network_graph;

using List = std::vector<std::int64_t>;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

const LayerRow& rowOf(const LayerTable& table, const std::string& name) {
  return *std::ranges::find(table.rows, name, [](const LayerRow& row) { return row.layer.name; });
}

Triple sizesOf(const LayerRow& row) {
  return {row.field[0].size, row.field[1].size, row.field[2].size};
}

/// Networks whose outputs change wherever an input that they depend on does: nothing is cut off, nothing
/// cancels.
class LinearNetwork {
 public:
  explicit LinearNetwork(unsigned seed) : m_random(seed) {
    m_values.push_back(m_maker.input(ElementType::Float32, "clip"));
    m_dims.push_back({1, 2, 4, 6, 5});
    m_orders.push_back({0, 1, 2});
    while (m_values.size() < 7) grow();
  }

  [[nodiscard]] std::shared_ptr<const Graph> graph() { return m_maker.made({m_values.back()}); }
  /// The last value's axis, behind batch and channels, that is t, y and x.
  [[nodiscard]] const std::array<std::size_t, 3>& order() const { return m_orders.back(); }
  [[nodiscard]] const Dims& clip() const { return m_dims.front(); }
  [[nodiscard]] int below(int limit) { return static_cast<int>(m_random() % static_cast<unsigned>(limit)); }

 private:
  List three(int low, int high) {
    List list;
    for (int i = 0; i < 3; ++i) list.push_back(low + below(high - low + 1));
    return list;
  }
  List pads() {
    List list = three(0, 1);
    const List after = three(0, 1);
    list.insert(list.end(), after.begin(), after.end());
    return list;
  }

  /// A value whose axes stand in the same order, so that the two can be brought together axis by axis.
  std::size_t partnerOf(std::size_t from) {
    for (;;) {
      const auto other = static_cast<std::size_t>(below(static_cast<int>(m_values.size())));
      if (m_orders[other] == m_orders[from]) return other;
    }
  }

  int tryNode(std::size_t from, std::array<std::size_t, 3>& order) {
    const int value = m_values[from];
    const Dims& dims = m_dims[from];
    const auto axis = static_cast<std::int64_t>(2 + below(3));
    const auto weights = [&](std::int64_t in, std::int64_t out, const List& kernel) {
      Dims shape{in, out};
      shape.insert(shape.end(), kernel.begin(), kernel.end());
      return m_maker.weights(noise(shape, m_random()));
    };
    switch (below(9)) {
      case 0:
        return m_maker.node("Conv", {value, weights(2, dims[1], three(1, 3))},
                            {{"strides", three(1, 2)}, {"dilations", three(1, 2)}, {"pads", pads()}});
      case 1:
        return m_maker.node("ConvTranspose", {value, weights(dims[1], 2, three(1, 3))},
                            {{"strides", three(1, 2)}});
      case 2:
        return m_maker.node("AveragePool", {value},
                            {{"kernel_shape", three(2, 3)}, {"strides", three(1, 2)}, {"pads", pads()}});
      case 3:
        return m_maker.node("Add", {value, m_values[partnerOf(from)]});
      case 4:
        return m_maker.node("Concat", {value, m_values[partnerOf(from)]},
                            {{"axis", std::int64_t{1 + below(4)}}});
      case 5:
        return m_maker.node("Slice",
                            {value, m_maker.weights(wholes({1 + below(2)})), m_maker.weights(wholes({99})),
                             m_maker.weights(wholes({axis})), m_maker.weights(wholes({1 + below(2)}))});
      case 6:
        return m_maker.node("Pad", {value, m_maker.weights(wholes({0, 0, 1, 0, 2, 0, 0, 0, 1, 0}))});
      case 7: {
        Value scales = floats({5}, {1, 1, 1, 1, 1});
        scales.fill<float>()[static_cast<std::size_t>(axis)] = static_cast<float>(2 + below(2));
        const bool linear = below(2) == 0, middle = below(2) == 0;
        return m_maker.node(
            "Resize", {value, -1, m_maker.weights(scales)},
            {{"mode", std::string(linear ? "linear" : "nearest")},
             {"coordinate_transformation_mode", std::string(middle ? "half_pixel" : "asymmetric")},
             {"nearest_mode", std::string(middle ? "round_prefer_floor" : "floor")}});
      }
      default: {
        List perm{0, 1, 2, 3, 4};
        const auto one = static_cast<std::size_t>(below(3)), other = static_cast<std::size_t>(below(3));
        std::swap(perm[2 + one], perm[2 + other]);
        for (std::size_t& place : order) place = place == one ? other : place == other ? one : place;
        return m_maker.node("Transpose", {value}, {{"perm", perm}});
      }
    }
  }

  void grow() {
    const GraphMaker before = m_maker;
    const std::size_t from = m_values.size() - 1 - static_cast<std::size_t>(below(2)) % m_values.size();
    std::array<std::size_t, 3> order = m_orders[from];
    const int made = tryNode(from, order);
    ThreadPool pool(1);
    RunRequest request;
    request.sizesOnly = true;
    request.inputs = {noise(m_dims.front(), 1)};
    const auto run = Runner(m_maker.made({made})).run(request, {pool, {}});
    if (!run || run->outputs.front().count() == 0 || run->outputs.front().count() > 20'000) {
      m_maker = before;
      return;
    }
    m_values.push_back(made);
    m_dims.push_back(run->outputs.front().dims());
    m_orders.push_back(order);
  }

  std::mt19937 m_random;
  GraphMaker m_maker;
  std::vector<int> m_values;
  std::vector<Dims> m_dims;
  std::vector<std::array<std::size_t, 3>> m_orders;
};

}  // namespace

class TestNetworkTable : public QObject {
  Q_OBJECT

 private slots:
  void fieldsAreWhatChanges_data() {
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 600; ++seed) QTest::addRow("%u", seed) << seed;
  }
  void fieldsAreWhatChanges() {
    QFETCH(unsigned, seed);
    LinearNetwork network(seed);
    const auto graph = network.graph();
    const auto table = networkTable(graph, network.clip());
    QVERIFY_RESULT(table);

    // Every node's values, and how they change where the clip does at one position after another.
    Runner runner(graph);
    ThreadPool pool(1);
    RunRequest request;
    request.keep = true;
    request.inputs = {noise(network.clip(), seed)};
    const auto plain = runner.run(request, {pool, {}});
    QVERIFY_RESULT(plain);
    const Triple extent{4, 6, 5};
    std::vector<NetworkRun> changed;
    for (int at = 0; at < 120; ++at) {
      Value clip = floats(network.clip(), {});
      std::ranges::copy(request.inputs.front().values<float>(), clip.fill<float>().begin());
      for (const int channel : {0, 1}) clip.fill<float>()[static_cast<std::size_t>(channel * 120 + at)] += 16;
      RunRequest other = request;
      other.inputs = {clip};
      auto run = runner.run(other, {pool, {}});
      QVERIFY_RESULT(run);
      changed.push_back(std::move(*run));
    }

    // Units of the last node; its axes may stand in another order by now.
    const auto value = static_cast<std::size_t>(graph->outputs.front());
    const auto found = std::ranges::find_if(
        graph->nodes, [&](const Node& node) { return node.outputs[0] == static_cast<int>(value); });
    const auto row =
        std::ranges::find(table->rows, found->name, [](const LayerRow& one) { return one.layer.name; });
    QVERIFY(row != table->rows.end());
    const int node = static_cast<int>(row - table->rows.begin()) + 1;
    const Triple out = table->graph[static_cast<std::size_t>(node)].extent;
    const Dims& dims = plain->dims[value];
    for (std::size_t a = 0; a < 3; ++a) QCOMPARE(std::int64_t{out[kAxes[a]]}, dims[2 + network.order()[a]]);
    for (int unit = 0; unit < 6; ++unit) {
      const Triple at{network.below(out.t), network.below(out.y), network.below(out.x)};
      std::array<std::int64_t, 3> place{};
      for (std::size_t a = 0; a < 3; ++a) place[network.order()[a]] = at[kAxes[a]];
      std::array<std::set<int>, 3> seen;
      for (std::size_t i = 0; i < changed.size(); ++i) {
        bool differs = false;
        for (std::int64_t c = 0; c < dims[1]; ++c) {
          const auto index =
              static_cast<std::size_t>(((c * dims[2] + place[0]) * dims[3] + place[1]) * dims[4] + place[2]);
          differs = differs || changed[i].values[value].values<float>()[index] !=
                                   plain->values[value].values<float>()[index];
        }
        if (!differs) continue;
        const int position = static_cast<int>(i);
        seen[0].insert(position / (extent.y * extent.x));
        seen[1].insert(position / extent.x % extent.y);
        seen[2].insert(position % extent.x);
      }
      const Box box = seenBy(table->graph, node, at, Borders::Real, Gates::Count).front();
      const bool nothing = std::ranges::any_of(box, [](const Positions& one) { return one.empty(); });
      std::string nodes;
      for (const Node& one : graph->nodes) nodes += one.op + ' ';
      for (std::size_t a = 0; a < 3; ++a)
        QVERIFY2(nothing ? seen[a].empty() : box[a] == Positions(seen[a].begin(), seen[a].end()),
                 nodes.c_str());
    }
  }

  void squeezeExcitationIsAGate() {
    GraphMaker maker;
    const int clip = maker.input(ElementType::Float32);
    const int a =
        maker.node("Conv", {clip, maker.weights(noise({4, 3, 3, 3, 3}, 1))}, {{"pads", List(6, 1)}});
    const int mean = maker.node("GlobalAveragePool", {a});
    const int gate =
        maker.node("Sigmoid", {maker.node("Conv", {mean, maker.weights(noise({4, 4, 1, 1, 1}, 2))})});
    const int scaled = maker.node("Mul", {a, gate});
    const auto table = networkTable(maker.made({scaled}), {1, 3, 8, 9, 10});
    QVERIFY_RESULT(table);
    const LayerRow& last = table->rows.back();
    QCOMPARE(sizesOf(last), (Triple{3, 3, 3}));
    QVERIFY(last.seesWhole);
    QCOMPARE(sizesOf(rowOf(*table, "Sigmoid4")), (Triple{10, 11, 12}));
    const auto counted = fieldsOf(table->graph, Gates::Count);
    QCOMPARE(counted.back()[1].size, 11);
    QCOMPARE(table->weights, std::int64_t{4 * 3 * 27 + 16});
    QCOMPARE(table->multiplyAdds, std::int64_t{4 * 3 * 27 * 720 + 16});
  }

  void framesFoldedIntoTheBatchStayFrames() {
    // (N, C, L, H, W) → (N·L, C, H, W), a 2-D convolution, and back: how (2+1)-D layers are often written.
    GraphMaker maker;
    const int clip = maker.input(ElementType::Float32);
    const int turned = maker.node("Transpose", {clip}, {{"perm", List{0, 2, 1, 3, 4}}});
    const int frames = maker.node("Reshape", {turned, maker.weights(wholes({-1, 3, 9, 10}))});
    const int maps = maker.node("Conv", {frames, maker.weights(noise({4, 3, 3, 5}, 1))});
    const int back = maker.node("Reshape", {maps, maker.weights(wholes({1, 8, 4, 7, 6}))});
    const int again = maker.node("Transpose", {back}, {{"perm", List{0, 2, 1, 3, 4}}});
    const int time = maker.node("Conv", {again, maker.weights(noise({2, 4, 3, 1, 1}, 2))});
    const auto table = networkTable(maker.made({time}), {1, 3, 8, 9, 10});
    QVERIFY_RESULT(table);
    QCOMPARE(sizesOf(rowOf(*table, "Conv3")), (Triple{1, 3, 5}));
    QCOMPARE(sizesOf(table->rows.back()), (Triple{3, 3, 5}));
    QCOMPARE(table->rows.back().output, (Shape{6, 7, 6, 2}));
  }

  void whatIsFlattenedSeesEverything() {
    GraphMaker maker;
    const int clip = maker.input(ElementType::Float32);
    const int a = maker.node("Conv", {clip, maker.weights(noise({2, 1, 1, 3, 3}, 1))});
    const int flat = maker.node("Flatten", {a});
    const int scores = maker.node("Gemm", {flat, maker.weights(noise({2 * 4 * 6 * 7, 5}, 2))});
    const auto table = networkTable(maker.made({scores}), {1, 1, 4, 8, 9});
    QVERIFY_RESULT(table);
    QCOMPARE(sizesOf(table->rows.back()), (Triple{4, 8, 9}));
    QVERIFY(rowOf(*table, "Flatten2").seesWhole);
    QCOMPARE(table->rows.back().multiplyAdds, std::int64_t{2 * 4 * 6 * 7 * 5});
  }

  void normalisationByItsOwnStatisticsIsAGate() {
    GraphMaker maker(17);
    const int clip = maker.input(ElementType::Float32);
    const int ones = maker.weights(floats({1}, {1}));
    const int a = maker.node("InstanceNormalization", {clip, ones, ones});
    const int b = maker.node("Softmax", {a}, {{"axis", std::int64_t{2}}});
    const auto table = networkTable(maker.made({b}), {1, 1, 4, 8, 9});
    QVERIFY_RESULT(table);
    QCOMPARE(sizesOf(table->rows.back()), (Triple{1, 1, 1}));
    const auto counted = fieldsOf(table->graph, Gates::Count);
    QCOMPARE(counted[1][2].size, 9);
    QVERIFY(table->rows.front().seesWhole);
  }

  void valuesOfNothingHaveNoRows() {
    GraphMaker maker;
    const int clip = maker.input(ElementType::Float32);
    const int none = maker.node(
        "Slice", {clip, maker.weights(wholes({2})), maker.weights(wholes({2})), maker.weights(wholes({3}))});
    const int sum = maker.node("ReduceSum", {none, maker.weights(wholes({2, 3, 4}))});
    const auto table = networkTable(maker.made({sum}), {1, 1, 4, 8, 9});
    QVERIFY_RESULT(table);
    QCOMPARE(table->rows.size(), std::size_t{0});
  }

  void picturesAndSignalsHaveTheirOwnAxes() {
    for (const auto& [dims, weights, field] :
         {std::tuple<Dims, Dims, Triple>{{1, 2, 9, 8}, {3, 2, 3, 5}, {1, 3, 5}},
          {{1, 2, 9}, {3, 2, 4}, {1, 1, 4}}}) {
      GraphMaker maker;
      const int conv =
          maker.node("Conv", {maker.input(ElementType::Float32), maker.weights(noise(weights, 1))});
      const auto table = networkTable(maker.made({conv}), dims);
      QVERIFY_RESULT(table);
      QCOMPARE(sizesOf(table->rows.back()), field);
    }
  }

  void whatCannotBeWorkedOutIsOneSentence() {
    GraphMaker maker;
    const int clip = maker.input(ElementType::Float32, "clip");
    const int conv = maker.node("Conv", {clip, maker.weights(noise({3, 2, 3}, 1))});
    auto graph = maker.made({conv});
    const auto unknown = inputDims(*graph);
    QVERIFY(!unknown && unknown.error().message.find("does not say how many axes") != std::string::npos);
    maker.graph.inputs[0].dims =
        std::vector{InputExtent{{}, "batch"}, InputExtent{2, {}}, InputExtent{{}, "width"}};
    const auto open = inputDims(*maker.made({conv}));
    QVERIFY(!open);
    QCOMPARE(open.error().message,
             std::string("The network's input “clip” leaves its size open: batch × 2 × width; "
                         "say how large it shall be."));
    maker.graph.inputs[0].dims->back().fixed = 7;
    const auto dims = inputDims(*maker.made({conv}));
    QVERIFY(dims && *dims == (Dims{1, 2, 7}));
    const auto other = networkTable(maker.made({conv}), {1, 2, 8});
    QVERIFY(!other &&
            other.error().message.find("is batch × 2 × 7, but 1 × 2 × 8 was given") != std::string::npos);
    maker.graph.inputs[0].dims.reset();
    const auto empty = networkTable(maker.made({conv}), {1, 2, 0});
    QVERIFY(!empty && empty.error().message == "The clip, 1 × 2 × 0, holds nothing.");
    const auto small = networkTable(maker.made({conv}), {1, 2, 2});
    QVERIFY(!small && small.error().message.find("Node “Conv1” (Conv)") != std::string::npos);
  }
};

QTEST_GUILESS_MAIN(TestNetworkTable)
#include "tst_network_table.moc"
