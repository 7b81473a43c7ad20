#include "engine/field/architecture_presets.h"
#include "engine/field/stack_builder.h"
#include "engine/gradient/effective_field.h"
#include "engine/gradient/stack_graph.h"
#include "engine/network/network_table.h"
#include "tests/network_graph.h"

#include <QtTest>

#include <cmath>
#include <cstring>
#include <functional>

using namespace convscope;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

Q_DECLARE_METATYPE(StackSpec)

namespace {

constexpr StackRun kUniform{8, StackWeights::Uniform, 1};

/// `count` layers of 3 × 3 × 3, stride 1.
StackSpec chain(int count, const Shape& clip = {3, 3, 3, 1}) {
  StackBuilder builder("chain", clip);
  int at = LayerSpec::kClip;
  for (int i = 0; i < count; ++i) at = builder.conv("layer " + std::to_string(i + 1), at, {3, 3, 3}, 4);
  return builder.stack();
}

/// Those layers of a stack that `takes` names, one behind the other.
StackSpec pathThrough(const StackSpec& stack, const std::function<bool(const std::string&)>& takes) {
  StackSpec path{stack.name, stack.clip, {}};
  for (LayerSpec layer : stack.layers) {
    if (!takes(layer.name)) continue;
    layer.inputs.clear();
    path.layers.push_back(std::move(layer));
  }
  return path;
}

int rowNamed(const StackSpec& stack, const std::string& name) {
  const auto found = std::ranges::find(stack.layers, name, &LayerSpec::name);
  return static_cast<int>(found - stack.layers.begin());
}

Result<EffectiveField> uncut(const StackSpec& stack, int row, const StackRun& run, int runs,
                             int threads = 2) {
  const auto table = tableOf(stack);
  if (!table) return tl::unexpected(table.error());
  const auto whole = uncutField(*table, row);
  if (!whole) return tl::unexpected(whole.error());
  ThreadPool pool(threads);
  Tensor clip(whole->table.stack.clip);
  const Value pixels = network_graph::noise({clip.shape().count()}, 3);
  std::ranges::copy(pixels.values<float>(), clip.values().begin());
  return effectiveField(whole->table, row, whole->unit, clip, run, runs, {pool, {}});
}

/// Layers of every kind, with what only some stacks have: unlike sums, gates, laterals, repeats.
StackSpec everyKind() {
  StackBuilder builder("kinds", {4, 12, 12, 2});
  const int one = builder.conv("one", LayerSpec::kClip, {3, 3, 3}, 6);
  const int two = builder.depthwise("two", one, {1, 3, 3}, {1, 2, 2});
  const int shortcut = builder.conv("shortcut", one, {1, 1, 1}, 6, {1, 2, 2});
  const int sum = builder.join("sum", LayerKind::Add, {two, shortcut});
  const int gate = builder.squeeze("gate", sum, 3);
  const int pooled = builder.maxPool("pooled", gate, {3, 3, 3}, {1, 1, 1});
  const int both = builder.join("both", LayerKind::Concat, {gate, pooled});
  const int unlike = builder.conv("unlike", both, {1, 1, 1}, 12);
  const int round = builder.join("round", LayerKind::Add, {both, unlike});
  const int beside = builder.lateral("beside", round, 2);
  const int after = builder.conv("after", beside, {2, 3, 3}, 5);
  StackSpec stack = builder.stack();
  stack.layers[static_cast<std::size_t>(after)].padding = {};
  LayerSpec more;
  more.name = "repeat";
  more.kind = LayerKind::Upsample;
  more.stride = {2, 1, 3};
  stack.layers.push_back(more);
  more.name = "function";
  more.kind = LayerKind::Function;
  stack.layers.push_back(more);
  more.name = "mean";
  more.kind = LayerKind::GlobalPool;
  stack.layers.push_back(more);
  more.name = "scores";
  more.kind = LayerKind::FullyConnected;
  more.filters = 3;
  stack.layers.push_back(more);
  return stack;
}

}  // namespace

class TestEffectiveField : public QObject {
  Q_OBJECT

 private slots:
  void spreadsByHand() {
    Tensor volume({2, 1, 5, 1});
    volume.at(0, 0, 1, 0) = 1;
    volume.at(0, 0, 3, 0) = 3;
    const auto spread = spreadOf(volume, {0, 0, -1}, {2, 1, 7});
    QCOMPARE(spread[0].mean, 0.0);
    QCOMPARE(spread[0].sigma, 0.0);
    QCOMPARE(spread[0].width, 2);
    QCOMPARE(spread[1].width, 1);
    QCOMPARE(spread[2].mean, 2.5);
    QVERIFY(std::abs(spread[2].sigma - std::sqrt(0.75)) < 1e-12);
    QCOMPARE(spread[2].width, 3);  // 1 … 3, the middle of −1 … 5 being 2
    QCOMPARE(spreadOf(Tensor({1, 1, 3, 1}), {0, 0, 0}, {1, 1, 3})[2], AxisSpread{});
  }

  void graphOfAStackIsTheStack_data() {
    QTest::addColumn<StackSpec>("stack");
    QTest::addRow("every kind") << everyKind();
    for (const char* name : {"c3d", "r2plus1d-18", "s3d", "x3d-s", "slowfast-fast", "figure-9"}) {
      StackSpec stack = *architectureNamed(name);
      if (stack.clip.height > 64) stack.clip = {std::string(name) == "c3d" ? 16 : 8, 64, 64, 3};
      if (!tableOf(stack)) stack.clip.length = 32;
      while (!tableOf(stack)) stack.layers.pop_back();
      QTest::addRow("%s", name) << stack;
    }
  }
  void graphOfAStackIsTheStack() {
    QFETCH(StackSpec, stack);
    const auto table = tableOf(stack);
    QVERIFY_RESULT(table);
    ThreadPool pool(2);
    const Shape& shape = stack.clip;
    const Value pixels =
        network_graph::noise({1, shape.channels, shape.length, shape.height, shape.width}, 4);
    Tensor clip(shape);
    std::ranges::copy(pixels.values<float>(), clip.values().begin());
    const StackRun run{3, StackWeights::Random, 7};
    const auto maps = runStack(*table, clip, run, {pool, {}});
    QVERIFY_RESULT(maps);
    const auto made = stackGraph(*table, run, StackForm::AsRun, static_cast<int>(table->rows.size()) - 1);
    QVERIFY_RESULT(made);
    Runner runner(made->graph);
    RunRequest request{{pixels}, true};
    const auto values = runner.run(request, {pool, {}});
    QVERIFY_RESULT(values);
    for (std::size_t row = 0; row < maps->size(); ++row) {
      const Value& value = values->values[static_cast<std::size_t>(made->maps[row])];
      const Tensor& map = (*maps)[row];
      const Shape& out = map.shape();
      QVERIFY2((value.dims() == Dims{1, out.channels, out.length, out.height, out.width}),
               table->rows[row].layer.name.c_str());
      double most = 0, worst = 0;
      for (std::size_t i = 0; i < map.values().size(); ++i) {
        most = std::max(most, std::abs(double{map.values()[i]}));
        worst = std::max(worst, std::abs(double{map.values()[i]} - double{value.values<float>()[i]}));
      }
      QVERIFY2(
          worst <= 2e-5 * most,
          qPrintable(QString("%1: %2 of %3").arg(table->rows[row].layer.name.c_str()).arg(worst).arg(most)));
    }
  }

  /// σ = √(2 n / 3), and the widths counted out by repeated convolution of (1, 1, 1) / 3.
  void chainsOfThreeTaps_data() {
    QTest::addColumn<int>("layers");
    QTest::addColumn<double>("sigma");
    QTest::addColumn<int>("width");
    const auto row = [](int layers, double sigma, int width) {
      QTest::addRow("%d", layers) << layers << sigma << width;
    };
    row(1, .8165, 3);
    row(2, 1.1547, 5);
    row(3, 1.4142, 7);
    row(4, 1.6330, 7);
    row(5, 1.8257, 9);
    row(8, 2.3094, 11);
    row(10, 2.5820, 11);
    row(16, 3.2660, 13);
    row(20, 3.6515, 15);
  }
  void chainsOfThreeTaps() {
    QFETCH(int, layers);
    QFETCH(double, sigma);
    QFETCH(int, width);
    const auto field = uncut(chain(layers), layers - 1, kUniform, 1);
    QVERIFY_RESULT(field);
    for (const AxisSpread& spread : field->absoluteSpread) {
      QVERIFY2(std::abs(spread.sigma / sigma - 1) < 1e-3, qPrintable(QString::number(spread.sigma)));
      QCOMPARE(spread.width, width);
    }
    QCOMPARE(field->size[0], 2 * layers + 1);
  }

  /// Networks with all weights of a layer equal, exact by repeated convolution.
  void uniformWeights_data() {
    QTest::addColumn<StackSpec>("stack");
    QTest::addColumn<QString>("layer");
    QTest::addColumn<double>("timeSigma");
    QTest::addColumn<int>("timeWidth");
    QTest::addColumn<double>("spaceSigma");
    QTest::addColumn<int>("spaceWidth");
    QTest::addRow("C3D") << c3dStack() << "conv5b" << 10.890 << 44 << 21.739 << 86;
    QTest::addRow("R3D-18, main path")
        << pathThrough(
               r3dStack(),
               [](const std::string& name) { return name.find("conv") != name.npos || name == "stem.0"; })
        << "layer4.1.conv2" << 13.614 << 55 << 27.252 << 109;
    // The middle branch of each block: 1 × 1 × 1, then 3 × 3 × 3.
    const StackSpec i3d = i3dStack();
    QTest::addRow("I3D, 3 × 3 × 3 branches") << pathThrough(i3d, [](const std::string& name) {
      return (!name.starts_with("Mixed") || name.find("branch1") != name.npos) && name != "avgpool" &&
             name != "classifier";
    }) << "" << 12.543 << 51 << 49.383 << 195;
  }
  void uniformWeights() {
    QFETCH(StackSpec, stack);
    QFETCH(QString, layer);
    QFETCH(double, timeSigma);
    QFETCH(int, timeWidth);
    QFETCH(double, spaceSigma);
    QFETCH(int, spaceWidth);
    const int row =
        layer.isEmpty() ? static_cast<int>(stack.layers.size()) - 1 : rowNamed(stack, layer.toStdString());
    const auto field = uncut(stack, row, kUniform, 1);
    QVERIFY_RESULT(field);
    const auto& spread = field->absoluteSpread;
    const QString text = QString("σ %1 × %2 × %3, widths %4 × %5 × %6")
                             .arg(spread[0].sigma)
                             .arg(spread[1].sigma)
                             .arg(spread[2].sigma)
                             .arg(spread[0].width)
                             .arg(spread[1].width)
                             .arg(spread[2].width);
    QVERIFY2(std::abs(spread[0].sigma / timeSigma - 1) < .01, qPrintable(text));
    QVERIFY2(std::abs(spread[1].sigma / spaceSigma - 1) < .01, qPrintable(text));
    QVERIFY2(std::abs(spread[2].sigma / spaceSigma - 1) < .01, qPrintable(text));
    QVERIFY2(spread[0].width == timeWidth && spread[1].width == spaceWidth && spread[2].width == spaceWidth,
             qPrintable(text));
  }

  /// Of equal weights the gradient of a unit that no border touches adds up to 1.
  void linearWeightsAddUpToOne() {
    for (const StackSpec& stack : {chain(4), everyKind()}) {
      const int row = stack.name == "kinds" ? rowNamed(stack, "unlike") : 3;
      const auto field = uncut(stack, row, kUniform, 1);
      QVERIFY_RESULT(field);
      double all = 0;
      for (const float value : field->absolute.values()) all += double{value};
      QVERIFY2(std::abs(all - 1) < 1e-4 || stack.name == "kinds", qPrintable(QString::number(all)));
      QVERIFY(all > 0.5);
      QCOMPARE(field->silent, 0);
    }
  }

  /// Random weights of mean 0: the mean square has the form of the field of equal weights (Luo et al. 2016).
  void randomWeightsSquaredHaveTheUniformForm() {
    const auto field = uncut(chain(4, {9, 9, 9, 1}), 3, {6, StackWeights::Random, 3}, 60);
    QVERIFY_RESULT(field);
    QCOMPARE(field->runs, 60);
    for (const AxisSpread& spread : field->squareSpread)
      QVERIFY2(std::abs(spread.sigma / 1.633 - 1) < .08, qPrintable(QString::number(spread.sigma)));
    // the mean magnitude is the wider one: a root flattens
    for (std::size_t axis = 0; axis < 3; ++axis)
      QVERIFY(field->absoluteSpread[axis].sigma > field->squareSpread[axis].sigma);
  }

  /// What lies outside the theoretical field has no gradient, and a border cuts it.
  void liesInsideTheTheoreticalField() {
    StackSpec stack = chain(3, {8, 12, 14, 2});
    const auto table = tableOf(stack);
    ThreadPool pool(2);
    Tensor clip(stack.clip);
    const Value pixels = network_graph::noise({clip.shape().count()}, 3);
    std::ranges::copy(pixels.values<float>(), clip.values().begin());
    const auto field =
        effectiveField(*table, 2, {1, 6, 13}, clip, {4, StackWeights::Random, 2}, 5, {pool, {}});
    QVERIFY_RESULT(field);
    QCOMPARE(field->first[0], -2);
    QCOMPARE(field->size[2], 7);
    for (int t = 0; t < 8; ++t) {
      for (int y = 0; y < 12; ++y) {
        for (int x = 0; x < 14; ++x) {
          const bool inside = t <= 4 && std::abs(y - 6) <= 3 && x >= 10;
          if (!inside) QCOMPARE(field->absolute.at(t, y, x, 0), 0.0F);
        }
      }
    }
    QVERIFY(field->absolute.at(1, 6, 13, 0) > 0);
  }

  void sameBitsForAnyNumberOfThreads() {
    const auto one = uncut(everyKind(), rowNamed(everyKind(), "unlike"), {4, StackWeights::Random, 3}, 3, 1);
    const auto many = uncut(everyKind(), rowNamed(everyKind(), "unlike"), {4, StackWeights::Random, 3}, 3, 4);
    QVERIFY_RESULT(one);
    QVERIFY_RESULT(many);
    QVERIFY(std::memcmp(one->absolute.data(), many->absolute.data(), one->absolute.values().size_bytes()) ==
            0);
    QCOMPARE(one->squareSpread, many->squareSpread);
  }

  /// A stack's own graph taken for an imported network.
  void importedNetworks() {
    StackSpec stack = chain(3, {6, 10, 10, 2});
    const auto table = tableOf(stack);
    const StackRun run{4, StackWeights::Random, 9};
    const auto made = stackGraph(*table, run, StackForm::AsRun, 2);
    QVERIFY_RESULT(made);
    const auto imported = networkTable(made->graph, {1, 2, 6, 10, 10});
    QVERIFY_RESULT(imported);
    const auto row =
        std::ranges::find_if(imported->rows, [](const LayerRow& one) { return one.layer.name == "layer 3"; });
    QVERIFY(row != imported->rows.end());
    const auto index = static_cast<int>(row - imported->rows.begin());
    ThreadPool pool(2);
    const Value pixels = network_graph::noise({1, 2, 6, 10, 10}, 5);
    Tensor clip(stack.clip);
    std::ranges::copy(pixels.values<float>(), clip.values().begin());
    Runner runner(made->graph);
    const auto one = effectiveField(runner, *imported, index, {2, 5, 5}, pixels, 1, {pool, {}});
    const auto own = effectiveField(*table, 2, {2, 5, 5}, clip, run, 1, {pool, {}});
    QVERIFY_RESULT(one);
    QVERIFY_RESULT(own);
    QVERIFY(std::memcmp(one->absolute.data(), own->absolute.data(), own->absolute.values().size_bytes()) ==
            0);
    QCOMPARE(one->first, own->first);
    QCOMPARE(one->size, own->size);
    const auto several = effectiveField(runner, *imported, index, {2, 5, 5}, pixels, 4, {pool, {}});
    QVERIFY_RESULT(several);
    QCOMPARE(several->runs, 4);
    QVERIFY(!std::ranges::equal(several->absolute.values(), one->absolute.values()));
  }

  void errorsNameTheUnit() {
    const auto table = tableOf(chain(2, {4, 5, 6, 1}));
    ThreadPool pool(1);
    const auto beyond = effectiveField(*table, 1, {4, 0, 0}, Tensor({4, 5, 6, 1}), kUniform, 1, {pool, {}});
    QVERIFY(!beyond);
    QCOMPARE(beyond.error().message,
             std::string("Layer “layer 2” has units 1 to 4 × 5 × 6; there is no unit 5 × 1 × 1."));
    const auto layer = effectiveField(*table, 2, {0, 0, 0}, Tensor({4, 5, 6, 1}), kUniform, 1, {pool, {}});
    QCOMPARE(layer.error().message, std::string("The network has 2 layers; there is no layer 3."));
    const auto clip = effectiveField(*table, 1, {0, 0, 0}, Tensor({4, 5, 5, 1}), kUniform, 1, {pool, {}});
    QVERIFY(!clip && clip.error().code == ErrorCode::BadSpec);
    StackSpec whole = chain(1, {4, 5, 6, 1});
    LayerSpec mean;
    mean.name = "mean";
    mean.kind = LayerKind::GlobalPool;
    whole.layers.push_back(mean);
    const auto never = uncutField(*tableOf(whole), 1);
    QVERIFY(!never);
    QVERIFY2(never.error().message.find("“mean”") != std::string::npos, never.error().message.c_str());
  }

  void stops() {
    const auto table = tableOf(chain(3, {6, 12, 12, 1}));
    ThreadPool pool(1);
    std::stop_source source;
    double last = 0;
    const ComputeContext context{pool, source.get_token(), {}, [&](double share) {
                                   last = share;
                                   if (share > 0.5) source.request_stop();
                                 }};
    const auto field = effectiveField(*table, 2, {1, 1, 1}, Tensor({6, 12, 12, 1}),
                                      {4, StackWeights::Random, 1}, 4, context);
    QVERIFY(!field && field.error().code == ErrorCode::Stopped);
    QVERIFY(last < 0.8);
  }
};

QTEST_GUILESS_MAIN(TestEffectiveField)
#include "tst_effective_field.moc"
