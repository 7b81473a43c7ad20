#include "tests/network_graph.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>

using namespace convscope;
using namespace network_graph;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

bool same(const Value& a, const Value& b) {
  return a.holds() && b.holds() && a.dims() == b.dims() &&
         std::memcmp(a.bytes(), b.bytes(), static_cast<std::size_t>(a.byteCount())) == 0;
}

/// Three convolutions with a skip over the second, then mean, reshape and a product.
struct Network {
  std::shared_ptr<const Graph> graph;
  RunRequest request;

  Network() {
    GraphMaker maker;
    const int clip = maker.input(ElementType::Float32, "clip");
    const Attribute pads = std::vector<std::int64_t>(6, 1);
    const int a = maker.node("Conv", {clip, maker.weights(noise({8, 2, 3, 3, 3}, 1))}, {{"pads", pads}});
    const int b = maker.node("Conv", {a, maker.weights(noise({8, 8, 3, 3, 3}, 2))}, {{"pads", pads}});
    const int c = maker.node("Relu", {maker.node("Add", {a, b})});
    const int d = maker.node("GlobalAveragePool", {c});
    const int e = maker.node("Reshape", {d, maker.weights(wholes({0, -1}))});
    const int f = maker.node("Gemm", {e, maker.weights(noise({8, 5}, 3))});
    graph = maker.made({f});
    request.inputs = {noise({1, 2, 6, 20, 21}, 4)};
  }
};

}  // namespace

class TestOnnxRunner : public QObject {
  Q_OBJECT

  ThreadPool m_pool{2};
  ComputeContext m_context{m_pool, {}};

 private slots:
  void keptOrNotTheScoresAreTheSame() {
    Network network;
    Runner runner(network.graph);
    const auto plain = runner.run(network.request, m_context);
    QVERIFY_RESULT(plain);
    network.request.keep = true;
    const auto kept = runner.run(network.request, m_context);
    QVERIFY_RESULT(kept);
    QVERIFY(same(plain->outputs.front(), kept->outputs.front()));
    QCOMPARE(kept->nodeMilliseconds.size(), network.graph->nodes.size());
    for (const Node& node : network.graph->nodes) {
      QVERIFY(kept->values[static_cast<std::size_t>(node.outputs.front())].holds());
      const bool isOutput = node.outputs.front() == network.graph->outputs.front();
      QCOMPARE(plain->values[static_cast<std::size_t>(node.outputs.front())].holds(), isOutput);
    }
    QVERIFY(plain->dims == kept->dims);
  }

  void whatPassesTheBudgetCanBeHadAgain() {
    Network network;
    Runner runner(network.graph);
    network.request.keep = true;
    const auto all = runner.run(network.request, m_context);
    QVERIFY_RESULT(all);
    network.request.budget =
        400'000;  // four maps of 80 640 bytes and the clip do not fit beside each other twice
    const auto some = runner.run(network.request, m_context);
    QVERIFY_RESULT(some);
    QVERIFY(same(all->outputs.front(), some->outputs.front()));
    int dropped = 0;
    for (const Node& node : network.graph->nodes) {
      const auto value = static_cast<std::size_t>(node.outputs.front());
      if (!some->values[value].holds()) ++dropped;
      const auto again = runner.recompute(*some, node.outputs.front(), m_context);
      QVERIFY_RESULT(again);
      QVERIFY(same(*again, all->values[value]));
    }
    QVERIFY(dropped > 0);
    const auto& [value, weights] = *network.graph->initialisers.begin();
    QVERIFY(same(runner.recompute(*some, value, m_context).value(), weights));
  }

  void tooLittleMemoryNamesTheNode() {
    Network network;
    network.request.budget = 100'000;
    const auto run = Runner(network.graph).run(network.request, m_context);
    QVERIFY(!run);
    QCOMPARE(run.error().code, ErrorCode::TooLarge);
    const QString text = QString::fromStdString(run.error().message);
    QVERIFY2(text.startsWith("Node “Conv") && text.contains("would need"), qPrintable(text));
  }

  void packedWeightsAreUsedAgainButNotForOtherSizes() {
    Network network;
    Runner runner(network.graph);
    const auto one = runner.run(network.request, m_context);
    const auto again = runner.run(network.request, m_context);
    network.request.inputs = {noise({2, 2, 5, 9, 8}, 5)};
    const auto other = runner.run(network.request, m_context);
    const auto fresh = Runner(network.graph).run(network.request, m_context);
    QVERIFY(one && again && other && fresh);
    QVERIFY(same(one->outputs.front(), again->outputs.front()));
    QVERIFY((other->outputs.front().dims() == Dims{2, 5}));
    QVERIFY(same(other->outputs.front(), fresh->outputs.front()));
  }

  /// Weights that a node computes must not be taken for those of the run before.
  void computedWeightsAreReadAnew() {
    GraphMaker maker;
    const int clip = maker.input(ElementType::Float32, "clip"),
              scale = maker.input(ElementType::Float32, "scale");
    const int weights = maker.node("Mul", {maker.weights(noise({2, 1, 3}, 1)), scale});
    Runner runner(maker.made({maker.node("Conv", {clip, weights})}));
    RunRequest request;
    request.inputs = {noise({1, 1, 9}, 2), floats({1}, {1})};
    const auto one = runner.run(request, m_context);
    request.inputs[1] = floats({1}, {2});
    const auto twice = runner.run(request, m_context);
    QVERIFY(one && twice);
    for (std::size_t i = 0; i < 14; ++i)
      QVERIFY(std::abs(2 * one->outputs[0].values<float>()[i] - twice->outputs[0].values<float>()[i]) <
              1e-5F);
  }

  void inputsMustFit_data() {
    QTest::addColumn<int>("change");
    QTest::addColumn<QString>("part");
    QTest::addRow("number") << 0 << "takes 2 inputs, but 1 were given";
    QTest::addRow("type") << 1 << "input “b” is float32, but int64 was given";
    QTest::addRow("rank") << 2 << "input “a” is n × 3, but 2 was given";
    QTest::addRow("fixed extent") << 3 << "input “a” is n × 3, but 2 × 4 was given";
    QTest::addRow("one name, two numbers") << 4 << "input “b” is n, but 5 was given";
  }
  void inputsMustFit() {
    QFETCH(int, change);
    QFETCH(QString, part);
    GraphMaker maker;
    const int a = maker.input(ElementType::Float32, "a"), b = maker.input(ElementType::Float32, "b");
    maker.graph.inputs[0].dims = std::vector{InputExtent{{}, "n"}, InputExtent{3, {}}};
    maker.graph.inputs[1].dims = std::vector{InputExtent{{}, "n"}};
    const int sum = maker.node("Gemm", {maker.node("Identity", {a}), maker.weights(noise({3, 2}, 1))});
    maker.node("Identity", {b});
    Runner runner(maker.made({sum}));
    RunRequest request;
    request.inputs = {noise({2, 3}, 1), noise({2}, 2)};
    QVERIFY(runner.run(request, m_context));
    if (change == 0) request.inputs.pop_back();
    if (change == 1) request.inputs[1] = wholes({1, 2});
    if (change == 2) request.inputs[0] = noise({2}, 1);
    if (change == 3) request.inputs[0] = noise({2, 4}, 1);
    if (change == 4) request.inputs[1] = noise({5}, 1);
    const auto run = runner.run(request, m_context);
    QVERIFY(!run);
    QVERIFY2(QString::fromStdString(run.error().message).contains(part), run.error().message.c_str());
  }

  void progressRisesToOne() {
    Network network;
    std::mutex mutex;
    std::vector<double> shares;
    ComputeContext context{m_pool, {}, {}, [&](double share) {
                             const std::lock_guard lock(mutex);
                             shares.push_back(share);
                           }};
    QVERIFY(Runner(network.graph).run(network.request, context));
    QCOMPARE(shares.back(), 1.0);
    QVERIFY(shares.size() >= network.graph->nodes.size());
    QVERIFY(std::ranges::all_of(shares, [](double share) { return share >= 0 && share <= 1; }));
  }

  void stoppingEndsItAndLeavesTheRunnerUsable() {
    Network network;
    Runner runner(network.graph);
    std::stop_source stop;
    int seen = 0;
    network.request.finished = [&](int, std::span<const Value>) -> Result<void> {
      if (++seen == 2) stop.request_stop();
      return {};
    };
    const auto stopped = runner.run(network.request, {m_pool, stop.get_token()});
    QVERIFY(!stopped && stopped.error().code == ErrorCode::Stopped);
    QCOMPARE(seen, 2);
    network.request.finished = {};
    QVERIFY_RESULT(runner.run(network.request, m_context));
  }
};

QTEST_GUILESS_MAIN(TestOnnxRunner)
#include "tst_onnx_runner.moc"
