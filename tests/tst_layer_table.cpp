#include "engine/field/architecture_presets.h"
#include "engine/field/layer_table.h"

#include <QtTest>

using namespace convscope;

namespace {

LayerSpec conv(const std::string& name, const Triple& kernel, int filters, const Triple& stride = {1, 1, 1}) {
  LayerSpec layer;
  layer.name = name;
  layer.kernel = kernel;
  layer.stride = stride;
  layer.filters = filters;
  return layer;
}

StackSpec stackOf(std::vector<LayerSpec> layers, const Shape& clip = {16, 32, 32, 3}) {
  return {"test", clip, std::move(layers)};
}

LayerTable tabled(const StackSpec& stack) {
  auto table = tableOf(stack);
  if (!table) qFatal("%s", table.error().message.c_str());
  return std::move(*table);
}

}  // namespace

class TestLayerTable : public QObject {
  Q_OBJECT

 private slots:
  void convolutionIsCounted() {
    LayerSpec layer = conv("a", {3, 5, 7}, 8, {1, 2, 2});
    layer.bias = true;
    const LayerTable table = tabled(stackOf({layer}));
    const LayerRow& row = table.rows.front();
    QCOMPARE(row.output, (Shape{14, 14, 13, 8}));
    QCOMPARE(row.weights, 8 * 3 * 105 + 8);
    QCOMPARE(row.multiplyAdds, std::int64_t{14} * 14 * 13 * 8 * 3 * 105);
    QCOMPARE(row.outputBytes, std::int64_t{14} * 14 * 13 * 8 * 4);
    QCOMPARE(table.weights, row.weights);
  }

  void depthwiseTakesItsChannels() {
    LayerSpec layer = conv("dw", {3, 3, 3}, 0);
    layer.groups = 0;
    layer.batchNorm = true;
    const LayerRow row = tabled(stackOf({layer}, {8, 8, 8, 54})).rows.front();
    QCOMPARE(row.layer.groups, 54);
    QCOMPARE(row.output.channels, 54);
    QCOMPARE(row.weights, 54 * 27 + 108);
  }

  void repeatIsThatManyLayers() {
    LayerSpec layer = conv("a", {3, 3, 3}, 3);
    layer.repeat = 4;
    LayerSpec after = conv("b", {1, 1, 1}, 5);
    after.inputs = {0};  // the last of the four
    const LayerTable table = tabled(stackOf({layer, after}));
    QCOMPARE(table.rows.size(), std::size_t{5});
    QCOMPARE(table.rows[3].layer.name, std::string("a #4"));
    QCOMPARE(table.rows[4].output, (Shape{8, 24, 24, 5}));
    QCOMPARE(table.rows[4].field[1].size, 9);
  }

  void fittingPaddingIsTheLeastThatFits_data() {
    QTest::addColumn<int>("extent");
    QTest::addColumn<int>("kernel");
    QTest::addColumn<int>("stride");
    for (const int extent : {7, 8, 13, 32}) {
      for (const int kernel : {1, 2, 3, 7}) {
        for (const int stride : {1, 2, 3})
          QTest::addRow("%d %d %d", extent, kernel, stride) << extent << kernel << stride;
      }
    }
  }
  void fittingPaddingIsTheLeastThatFits() {
    QFETCH(int, extent);
    QFETCH(int, kernel);
    QFETCH(int, stride);
    LayerSpec layer = conv("a", {1, 1, kernel}, 1, {1, 1, stride});
    layer.paddingMode = StackPadding::Fitting;
    const LayerRow row = tabled(stackOf({layer}, {1, 1, extent, 1})).rows.front();
    QCOMPARE(row.output.width, (extent + stride - 1) / stride);
    const AxisPadding& padding = row.padding[2];
    QVERIFY(padding.after == padding.before || padding.after == padding.before + 1);
    const int all = padding.before + padding.after;  // one less would lose the last output
    if (all > 0)
      QVERIFY((extent + all - 1 - kernel) / stride + 1 < row.output.width || extent + all - 1 < kernel);
  }

  void branchesUnite() {
    LayerSpec narrow = conv("narrow", {1, 1, 1}, 4);
    narrow.inputs = {LayerSpec::kClip};
    LayerSpec wide = conv("wide", {3, 5, 5}, 6);
    wide.inputs = {LayerSpec::kClip};
    wide.paddingMode = StackPadding::Same;
    LayerSpec join;
    join.name = "join";
    join.kind = LayerKind::Concat;
    join.inputs = {0, 1};
    const LayerRow row = tabled(stackOf({narrow, wide, join})).rows.back();
    QCOMPARE(row.output, (Shape{16, 32, 32, 10}));
    QCOMPARE(row.field[0].size, 3);
    QCOMPARE(row.field[1].size, 5);
    QCOMPARE(row.field[1].centre, 0.0);
  }

  // Takeaway 3's best known answer: twelve 3 × 3 × 3 layers, space halved at the 1st, 3rd, 5th, 6th and 10th.
  void twelveLayersSee25FramesOf299Pixels() {
    std::vector<LayerSpec> layers;
    for (int i = 1; i <= 12; ++i) {
      const int s = i == 1 || i == 3 || i == 5 || i == 6 || i == 10 ? 2 : 1;
      layers.push_back(conv("layer " + std::to_string(i), {3, 3, 3}, 8, {1, s, s}));
    }
    const LayerRow row = tabled(stackOf(layers, {25, 300, 300, 3})).rows.back();
    QCOMPARE(row.field[0].size, 25);
    QCOMPARE(row.field[1].size, 299);
    QCOMPARE(row.output.length, 1);
  }

  void badStackNamesLayerAndNumbers_data() {
    QTest::addColumn<int>("which");
    QTest::addColumn<QString>("said");
    QTest::addRow("kernel too long")
        << 0 << "Layer “a” does not fit: along time its kernel spans 17 and its input has 16";
    QTest::addRow("stride 0") << 1 << "Layer “a” has a stride of 0 along width; it can be 1 to 64.";
    QTest::addRow("groups") << 2
                            << "Layer “a” has 2 groups, which do not divide its 3 channels and 4 filters.";
    QTest::addRow("later input") << 3 << "Layer “a” reads layer 2, which does not stand before it.";
    QTest::addRow("unlike shapes")
        << 4 << "Layer “sum” cannot bring 16 × 32 × 32 × 4 and 16 × 32 × 32 × 3 together.";
    QTest::addRow("too many layers") << 5 << "The stack has 4000 layers; at most 2000 are possible.";
    QTest::addRow("no clip") << 6 << "The stack's clip is 0 × 32 × 32 × 3; every extent is 1 at least.";
    QTest::addRow("beyond counting") << 7 << "Layer “up #3” would be longer than a million along time.";
    QTest::addRow("padding") << 8 << "Layer “a” has a padding out of 0 to 4096 along height.";
    QTest::addRow("endless field") << 9 << "sees more than 100 million positions along";
  }
  void badStackNamesLayerAndNumbers() {
    QFETCH(int, which);
    QFETCH(QString, said);
    StackSpec stack = stackOf({conv("a", {1, 1, 1}, 4)});
    LayerSpec& a = stack.layers.front();
    if (which == 0) a.kernel.t = 17;
    if (which == 1) a.stride.x = 0;
    if (which == 2) a.groups = 2;
    if (which == 3) a.inputs = {1};
    if (which == 4) {
      LayerSpec sum;
      sum.name = "sum";
      sum.kind = LayerKind::Add;
      sum.inputs = {0, LayerSpec::kClip};
      stack.layers.push_back(sum);
    }
    if (which == 5) a.repeat = 2000, stack.layers.push_back(a);
    if (which == 6) stack.clip.length = 0;
    if (which == 7) {
      a.kind = LayerKind::Upsample, a.name = "up";
      a.stride = {64, 1, 1};
      a.repeat = 9;
    }
    if (which == 8) a.padding[1] = {-1, 0};
    if (which == 9) {
      a.kernel = {64, 1, 1}, a.stride = {64, 1, 1}, a.padding[0] = {4096, 4096};
      a.repeat = 30;
    }
    const auto table = tableOf(stack);
    QVERIFY(!table);
    QCOMPARE(table.error().code, ErrorCode::BadSpec);
    QVERIFY2(QString::fromStdString(table.error().message).contains(said), table.error().message.c_str());
  }

  void csvHasOneRowALayer() {
    LayerSpec pool;
    pool.name = "pool, \"first\"";
    pool.kind = LayerKind::MaxPool;
    pool.kernel = pool.stride = {1, 2, 2};
    LayerSpec time = conv("time", {4, 1, 1}, 2);
    time.paddingMode = StackPadding::Same;
    const QString csv = QString::fromStdString(tableCsv(tabled(stackOf({pool, time}))));
    const QStringList lines = csv.split(u'\n');
    QCOMPARE(lines.size(), 4);
    QCOMPARE(lines[0], QStringLiteral(
                           "name,kernel,stride,padding,output,jump,start,field,weights,multiply-adds,first"));
    QCOMPARE(
        lines[1],
        QStringLiteral("\"pool, \"\"first\"\"\",1×2×2,1×2×2,0×0×0,16×16×16,1×2×2,0×0.5×0.5,1×2×2,0,0,0×0×0"));
    QCOMPARE(lines[2],
             QStringLiteral("time,4×1×1,1×1×1,1:2×0×0,16×16×16,1×2×2,0.5×0.5×0.5,4×2×2,24,98304,-1×0×0"));
  }

  void fullyConnectedIsAWindowAsLargeAsItsInput() {
    LayerSpec layer;
    layer.name = "fc";
    layer.kind = LayerKind::FullyConnected;
    layer.filters = 10;
    layer.bias = true;
    const LayerTable table = tabled(stackOf({layer}, {2, 4, 4, 8}));
    QCOMPARE(table.rows.front().output, (Shape{1, 1, 1, 10}));
    QCOMPARE(table.rows.front().weights, 256 * 10 + 10);
    QVERIFY(table.rows.front().seesWhole);
  }

  // Every row of a preset is worked out in no time: the editor does it at each change.
  void everyPresetIsTabled() {
    for (const ArchitecturePreset& preset : architecturePresets()) {
      const auto table = tableOf(preset.make());
      QVERIFY2(table, preset.name);
      QCOMPARE(table->graph.size(), table->rows.size() + 1);
    }
  }
};

QTEST_GUILESS_MAIN(TestLayerTable)
#include "tst_layer_table.moc"
