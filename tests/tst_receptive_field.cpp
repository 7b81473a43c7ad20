#include "engine/field/receptive_field.h"

#include <QtTest>

#include <set>
#include <vector>

using namespace convscope;

namespace {

/// One layer along one axis.
struct AxisLayer {
  int kernel;
  int stride;
  int dilation;
  int pad;
};

/// Input positions that unit `unit` of the last layer depends on, by following every tap backwards.
std::set<int> dependencies(const std::vector<AxisLayer>& layers, int unit) {
  std::set<int> positions{unit};
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    std::set<int> earlier;
    for (const int at : positions) {
      for (int tap = 0; tap < layer->kernel; ++tap) {
        earlier.insert(at * layer->stride + tap * layer->dilation - layer->pad);
      }
    }
    positions = std::move(earlier);
  }
  return positions;
}

AxisField fieldThrough(const std::vector<AxisLayer>& layers) {
  AxisField field;
  for (const AxisLayer& layer : layers)
    field = through(field, layer.kernel, layer.stride, layer.dilation, layer.pad);
  return field;
}

}  // namespace

class TestReceptiveField : public QObject {
  Q_OBJECT

 private slots:
  void fieldEqualsFollowingEveryTap_data() {
    QTest::addColumn<QList<int>>("numbers");  // kernel, stride, dilation, padding; four for each layer
    QTest::addRow("one layer") << QList<int>{3, 1, 1, 0};
    QTest::addRow("two layers") << QList<int>{3, 1, 1, 1, 3, 1, 1, 1};
    QTest::addRow("strides") << QList<int>{7, 2, 1, 3, 3, 2, 1, 1, 3, 1, 1, 0};
    QTest::addRow("even pools") << QList<int>{3, 1, 1, 1, 2, 2, 1, 0, 3, 1, 1, 1, 2, 2, 1, 0};
    QTest::addRow("one-sided") << QList<int>{4, 1, 1, 3, 3, 3, 1, 0, 2, 1, 2, 2};
    QTest::addRow("dilation grows") << QList<int>{3, 1, 1, 0, 3, 1, 2, 0, 3, 1, 4, 0, 3, 1, 8, 0};
    QTest::addRow("pointwise with stride") << QList<int>{1, 2, 1, 0, 3, 1, 1, 1, 1, 1, 1, 0};
  }
  void fieldEqualsFollowingEveryTap() {
    QFETCH(QList<int>, numbers);
    std::vector<AxisLayer> layers;
    for (qsizetype i = 0; i < numbers.size(); i += 4) {
      layers.push_back({numbers[i], numbers[i + 1], numbers[i + 2], numbers[i + 3]});
    }
    const AxisField field = fieldThrough(layers);
    for (const int unit : {0, 1, 2, 9}) {
      const std::set<int> seen = dependencies(layers, unit);
      QCOMPARE(field.first(unit), *seen.begin());
      QCOMPARE(field.first(unit) + field.size - 1, *seen.rbegin());
    }
    QCOMPARE(field.first(1) - field.first(0), static_cast<int>(field.jump));
  }

  // C3D on 16 × 112 × 112 (Tran et al. 2015): size and jump after each layer, in time and in height.
  void c3dRowByRow() {
    struct Row {
      const char* name;
      AxisLayer time;
      AxisLayer space;
      int jumpT;
      int jumpY;
      int sizeT;
      int sizeY;
    };
    const AxisLayer conv{3, 1, 1, 1};
    const AxisLayer pool{2, 2, 1, 0};
    const std::vector<Row> rows{
        {"conv1a", conv, conv, 1, 1, 3, 3},
        {"pool1", {1, 1, 1, 0}, pool, 1, 2, 3, 4},
        {"conv2a", conv, conv, 1, 2, 5, 8},
        {"pool2", pool, pool, 2, 4, 6, 10},
        {"conv3a", conv, conv, 2, 4, 10, 18},
        {"conv3b", conv, conv, 2, 4, 14, 26},
        {"pool3", pool, pool, 4, 8, 16, 30},
        {"conv4a", conv, conv, 4, 8, 24, 46},
        {"conv4b", conv, conv, 4, 8, 32, 62},
        {"pool4", pool, pool, 8, 16, 36, 70},
        {"conv5a", conv, conv, 8, 16, 52, 102},
        {"conv5b", conv, conv, 8, 16, 68, 134},
        {"pool5", pool, {2, 2, 1, 1}, 16, 32, 76, 150},
    };
    AxisField time;
    AxisField space;
    for (const Row& row : rows) {
      time = through(time, row.time.kernel, row.time.stride, row.time.dilation, row.time.pad);
      space = through(space, row.space.kernel, row.space.stride, row.space.dilation, row.space.pad);
      QVERIFY2(time.size == row.sizeT && time.jump == row.jumpT, row.name);
      QVERIFY2(space.size == row.sizeY && space.jump == row.jumpY, row.name);
    }
  }

  // Ten three-tap layers with dilation 1, 2, 4, …, 512 see 2047 samples.
  void doublingDilationSees2047() {
    AxisField field;
    for (int dilation = 1; dilation <= 512; dilation *= 2) field = through(field, 3, 1, dilation, dilation);
    QCOMPARE(field.size, 2047);
    QCOMPARE(field.jump, 1.0);
    QCOMPARE(field.first(0), -1023);
  }

  void fieldOfOneLayerOnEveryAxis() {
    ConvSpec spec;
    spec.kernel = {4, 3, 5};
    spec.stride = {1, 2, 3};
    spec.dilation = {2, 1, 1};
    spec.padding = PaddingMode::Same;
    const auto geometry = geometryOf({12, 20, 30, 3}, spec, 2);
    QVERIFY(geometry);
    const auto field = fieldOf(spec, *geometry);
    QCOMPARE(field[0], (AxisField{7, 1, 0}));
    QCOMPARE(field[1], (AxisField{3, 2, 0}));
    QCOMPARE(field[2], (AxisField{5, 3, 0}));
    for (const Axis axis : kAxes) {
      const int at = geometry->inputStart(spec, {5, 5, 5})[axis];
      QCOMPARE(field[static_cast<std::size_t>(axis)].first(5), at);
    }
  }

  void causalPaddingLooksBack() {
    ConvSpec spec;
    spec.kernel = {3, 1, 1};
    spec.padding = PaddingMode::Causal;
    const auto field = fieldOf(spec, *geometryOf({8, 4, 4, 1}, spec, 1));
    QCOMPARE(field[0].first(5), 3);  // frames 3, 4 and 5: nothing after its own
    QCOMPARE(field[0].first(0), -2);
  }

  void secondsCountTheStep() {
    QCOMPARE(fieldSeconds(25, 1, 25), 1.0);
    QCOMPARE(fieldSeconds(1, 6, 25), 1.0 / 25);
    QCOMPARE(fieldSeconds(57, 6, 30), 337.0 / 30);  // X3D-S: 57 frames of step 6 span 337
    QCOMPARE(fieldSeconds(16, 1, 0), 0.0);
  }
};

QTEST_GUILESS_MAIN(TestReceptiveField)
#include "tst_receptive_field.moc"
