#include "engine/field/architecture_presets.h"
#include "engine/field/layer_table.h"
#include "engine/field/stack_run.h"

#include <QtTest>

using namespace convscope;

namespace {

/// Layers called a, b, c …, each reading the one before it.
StackSpec chain(int count) {
  StackSpec stack{"chain", {8, 16, 16, 2}, {}};
  for (int i = 0; i < count; ++i) {
    LayerSpec layer;
    layer.name = std::string(1, static_cast<char>('a' + i));
    layer.kernel = {1, 3, 3};
    layer.padding = {{{0, 0}, {1, 1}, {1, 1}}};
    layer.filters = 2;
    stack.layers.push_back(layer);
  }
  return stack;
}

std::string names(const StackSpec& stack) {
  std::string all;
  for (const LayerSpec& layer : stack.layers) all += layer.name;
  return all;
}

}  // namespace

class TestStackSpec : public QObject {
  Q_OBJECT

 private slots:
  void movingKeepsNamedInputs() {
    StackSpec stack = chain(5);
    stack.layers[4].kind = LayerKind::Add;
    stack.layers[4].inputs = {1, 3};  // b and d
    moveLayer(stack, 1, 2);           // a c b d e
    QCOMPARE(names(stack), std::string("acbde"));
    QCOMPARE(stack.layers[4].inputs, (std::vector<int>{2, 3}));
    moveLayer(stack, 2, 1);
    QCOMPARE(names(stack), std::string("abcde"));
    QCOMPARE(stack.layers[4].inputs, (std::vector<int>{1, 3}));
  }

  void removingHandsItsInputOn() {
    StackSpec stack = chain(4);
    stack.layers[3].kind = LayerKind::Add;
    stack.layers[3].inputs = {1, 2};
    removeLayer(stack, 1);
    QCOMPARE(names(stack), std::string("acd"));
    QCOMPARE(stack.layers[2].inputs, (std::vector<int>{0, 1}));
    QVERIFY(tableOf(stack));
  }

  void duplicatingShiftsWhatLiesBehind() {
    StackSpec stack = chain(4);
    stack.layers[3].kind = LayerKind::Add;
    stack.layers[3].inputs = {1, 2};
    duplicateLayer(stack, 1);
    QCOMPARE(names(stack), std::string("abbcd"));
    QCOMPARE(stack.layers[4].inputs, (std::vector<int>{1, 3}));
    QVERIFY(tableOf(stack));
  }

  void expandedIndexIsTheLastCopy() {
    StackSpec stack = chain(3);
    stack.layers[1].repeat = 3;
    QCOMPARE(expandedIndex(stack, 0), 0);
    QCOMPARE(expandedIndex(stack, 1), 3);
    QCOMPARE(expandedIndex(stack, 2), 4);
  }

  // A network without branches can be taken apart and put together: no layer names its input.
  void plainPresetsNameNoInputs() {
    for (const LayerSpec& layer : c3dStack().layers) QVERIFY2(layer.inputs.empty(), layer.name.c_str());
  }

  void everyPresetRuns_data() {
    QTest::addColumn<QString>("name");
    for (const ArchitecturePreset& preset : architecturePresets())
      QTest::addRow("%s", preset.name) << preset.name;
  }
  // On a clip of a quarter of the size, or the least that fits; every map has the table's shape but for
  // channels.
  void everyPresetRuns() {
    QFETCH(QString, name);
    auto stack = architectureNamed(name.toStdString());
    QVERIFY(stack);
    if (stack->clip.height > 32) stack->clip.height = stack->clip.width = stack->clip.height / 2;
    for (LayerSpec& layer : stack->layers) {
      if (layer.kind == LayerKind::AveragePool)
        layer.kind = LayerKind::GlobalPool;  // windows of the full size
    }
    const auto table = tableOf(*stack);
    QVERIFY2(table, table ? "" : table.error().message.c_str());
    Tensor clip(stack->clip);
    for (std::size_t i = 0; i < clip.values().size(); ++i) clip.values()[i] = static_cast<float>(i % 17) / 17;
    ThreadPool pool;
    const auto maps = runStack(*table, clip, {4, StackWeights::Random, 1}, ComputeContext{pool, {}});
    QVERIFY2(maps, maps ? "" : maps.error().message.c_str());
    for (std::size_t i = 0; i < maps->size(); ++i) {
      QCOMPARE((*maps)[i].shape().extent(), table->rows[i].output.extent());
      QVERIFY(std::ranges::all_of((*maps)[i].values(), [](float value) { return std::isfinite(value); }));
    }
  }

  void poolsAreThoseOfTheirWindow() {
    StackSpec stack{"pools", {2, 4, 4, 1}, {}};
    LayerSpec pool;
    pool.name = "max";
    pool.kind = LayerKind::MaxPool;
    pool.kernel = pool.stride = {2, 2, 2};
    stack.layers.push_back(pool);
    pool.name = "mean";
    pool.kind = LayerKind::AveragePool;
    pool.inputs = {LayerSpec::kClip};
    stack.layers.push_back(pool);
    Tensor clip(stack.clip);
    for (int i = 0; i < 32; ++i) clip.values()[static_cast<std::size_t>(i)] = static_cast<float>(i);
    ThreadPool threads;
    const auto maps = runStack(*tableOf(stack), clip, {}, ComputeContext{threads, {}});
    QVERIFY(maps);
    QCOMPARE((*maps)[0].at(0, 0, 0, 0), 21.0F);  // frame 1, row 1, column 1
    QCOMPARE((*maps)[1].at(0, 0, 0, 0), (0 + 1 + 4 + 5 + 16 + 17 + 20 + 21) / 8.0F);
  }

  // Convolutions have fewer filters than in the table, joined branches together many: a sum of both adds up.
  void sumsOfUnlikeBranchesAddUp_data() {
    QTest::addColumn<bool>("joinedFirst");
    QTest::addRow("joined first") << true;
    QTest::addRow("joined last") << false;
  }
  void sumsOfUnlikeBranchesAddUp() {
    QFETCH(bool, joinedFirst);
    StackSpec stack{"unlike", {2, 6, 6, 1}, {}};
    LayerSpec conv;
    conv.kernel = {1, 1, 1};
    conv.filters = 8;
    conv.inputs = {LayerSpec::kClip};
    for (int i = 0; i < 4; ++i) {
      conv.name = "branch" + std::to_string(i);
      stack.layers.push_back(conv);
    }
    LayerSpec join;
    join.name = "join";
    join.kind = LayerKind::Concat;
    join.inputs = {0, 1, 2, 3};
    stack.layers.push_back(join);
    conv.name = "wide";
    conv.filters = 32;
    stack.layers.push_back(conv);
    LayerSpec sum;
    sum.name = "sum";
    sum.kind = LayerKind::Add;
    sum.inputs = joinedFirst ? std::vector<int>{4, 5} : std::vector<int>{5, 4};
    stack.layers.push_back(sum);
    Tensor clip(stack.clip);
    std::ranges::fill(clip.values(), .5F);
    ThreadPool pool;
    const auto maps =
        runStack(*tableOf(stack), clip, {2, StackWeights::Uniform, 1}, ComputeContext{pool, {}});
    QVERIFY(maps);
    QCOMPARE((*maps)[4].shape().channels, 8);
    QCOMPARE((*maps)[5].shape().channels, 2);
    QCOMPARE(maps->back().shape().channels, 8);
    QVERIFY(std::ranges::all_of(maps->back().values(), [](float value) { return value == 1.0F; }));
  }

  void joinsGatesAndRepeatsAreComputed() {
    StackSpec stack{"kinds", {2, 2, 2, 2}, {}};
    const auto add = [&](LayerKind kind, std::vector<int> inputs) {
      LayerSpec layer;
      layer.name = layerKindName(kind);
      layer.kind = kind;
      layer.inputs = std::move(inputs);
      layer.filters = 3;
      layer.stride = kind == LayerKind::Upsample ? Triple{1, 2, 3} : Triple{1, 1, 1};
      stack.layers.push_back(layer);
    };
    add(LayerKind::Concat, {LayerSpec::kClip, LayerSpec::kClip});
    add(LayerKind::Lateral, {LayerSpec::kClip});
    add(LayerKind::Upsample, {LayerSpec::kClip});
    add(LayerKind::SqueezeExcitation, {LayerSpec::kClip});
    add(LayerKind::GlobalPool, {LayerSpec::kClip});
    Tensor clip(stack.clip);
    for (int i = 0; i < 16; ++i) clip.values()[static_cast<std::size_t>(i)] = static_cast<float>(i + 1);
    ThreadPool pool;
    const auto maps = runStack(*tableOf(stack), clip, {}, ComputeContext{pool, {}});
    QVERIFY(maps);
    QCOMPARE((*maps)[0].shape().channels, 4);
    QCOMPARE((*maps)[0].at(1, 0, 1, 3), clip.at(1, 0, 1, 1));
    QCOMPARE((*maps)[1].shape().channels, 5);
    QCOMPARE((*maps)[1].at(1, 1, 1, 1), 16.0F);
    QCOMPARE((*maps)[1].at(1, 1, 1, 2), 0.0F);  // another pathway's: not part of the stack
    QCOMPARE((*maps)[2].shape(), (Shape{2, 4, 6, 2}));
    QCOMPARE((*maps)[2].at(1, 3, 5, 1), 16.0F);
    QCOMPARE((*maps)[2].at(0, 1, 2, 0), 1.0F);
    const float gate = (*maps)[3].at(0, 0, 0, 0) / clip.at(0, 0, 0, 0);
    QVERIFY(gate > 0 && gate < 1);
    QVERIFY(std::abs((*maps)[3].at(1, 1, 1, 0) - gate * clip.at(1, 1, 1, 0)) < 1e-5F);
    QCOMPARE((*maps)[4].at(0, 0, 0, 0), 4.5F);
    QCOMPARE((*maps)[4].at(0, 0, 0, 1), 12.5F);
  }

  // The channels of what is joined count, however few filters a convolution has.
  void tooManyMapsAreRefusedBeforeTheyAreMade() {
    StackSpec stack{"wide", {16, 540, 720, 3}, {}};
    LayerSpec join;
    join.kind = LayerKind::Concat;
    for (int i = 0; i < 40; ++i) {
      join.name = "join" + std::to_string(i);
      join.inputs.assign(60, i - 1);
      if (i > 2) join.inputs.resize(1);
      stack.layers.push_back(join);
    }
    const auto table = tableOf(stack);
    QVERIFY(table);
    ThreadPool pool;
    const auto maps = runStack(*table, Tensor(), {1, StackWeights::Random, 1}, ComputeContext{pool, {}});
    QVERIFY(!maps);
    QCOMPARE(maps.error().code, ErrorCode::TooLarge);
  }

  void stoppedRunSaysSo() {
    std::stop_source source;
    source.request_stop();
    ThreadPool pool;
    const StackSpec stack = chain(2);
    const auto maps =
        runStack(*tableOf(stack), Tensor(stack.clip), {}, ComputeContext{pool, source.get_token()});
    QVERIFY(!maps);
    QCOMPARE(maps.error().code, ErrorCode::Stopped);
  }
};

QTEST_GUILESS_MAIN(TestStackSpec)
#include "tst_stack_spec.moc"
