#include "engine/conv/conv_spec.h"
#include "engine/conv/convolve.h"
#include "engine/conv/cost.h"

#include <QtTest>

#include <limits>

using namespace convscope;

namespace {

ConvSpec withKernel(const Triple& kernel) {
  ConvSpec spec;
  spec.kernel = kernel;
  return spec;
}

QString messageOf(const Shape& input, const ConvSpec& spec, int filters = 1) {
  const auto geometry = geometryOf(input, spec, filters);
  return geometry ? QString() : QString::fromStdString(geometry.error().message);
}

/// Positions at which the dilated kernel fits in the padded axis, found by trying them all.
int countedPositions(int extent, const AxisPadding& padding, int kernel, int dilation, int stride) {
  int count = 0;
  for (int start = -padding.before; start + dilation * (kernel - 1) < extent + padding.after; start += stride)
    ++count;
  return count;
}

}  // namespace

class TestConvSpec : public QObject {
  Q_OBJECT

 private slots:
  void outputSizeAndPadding_data() {
    QTest::addColumn<int>("extent");
    QTest::addColumn<int>("kernel");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("dilation");
    QTest::addColumn<PaddingMode>("mode");
    QTest::addColumn<int>("before");
    QTest::addColumn<int>("after");
    QTest::addColumn<int>("out");
    QTest::addColumn<int>("unused");
    using enum PaddingMode;
    QTest::addRow("8 k3 valid") << 8 << 3 << 1 << 1 << Valid << 0 << 0 << 6 << 0;
    QTest::addRow("8 k3 same") << 8 << 3 << 1 << 1 << Same << 1 << 1 << 8 << 0;
    QTest::addRow("8 k4 same pads one more after") << 8 << 4 << 1 << 1 << Same << 1 << 2 << 8 << 0;
    QTest::addRow("8 k3 d3 same") << 8 << 3 << 1 << 3 << Same << 3 << 3 << 8 << 0;
    QTest::addRow("8 k4 d3 same") << 8 << 4 << 1 << 3 << Same << 4 << 5 << 8 << 0;
    QTest::addRow("8 k3 full") << 8 << 3 << 1 << 1 << Full << 2 << 2 << 10 << 0;
    QTest::addRow("8 k3 d2 full") << 8 << 3 << 1 << 2 << Full << 4 << 4 << 12 << 0;
    QTest::addRow("8 k3 causal") << 8 << 3 << 1 << 1 << Causal << 2 << 0 << 8 << 0;
    QTest::addRow("8 k3 s2 causal") << 8 << 3 << 2 << 1 << Causal << 2 << 0 << 4 << 1;
    QTest::addRow("9 k3 s2 odd remainder") << 9 << 3 << 2 << 1 << Valid << 0 << 0 << 4 << 0;
    QTest::addRow("10 k3 s2 leaves one cell") << 10 << 3 << 2 << 1 << Valid << 0 << 0 << 4 << 1;
    QTest::addRow("5 k3 d2 exact fit") << 5 << 3 << 1 << 2 << Valid << 0 << 0 << 1 << 0;
    QTest::addRow("4 k2 custom") << 4 << 2 << 3 << 1 << Custom << 2 << 1 << 2 << 2;
    QTest::addRow("1 k1") << 1 << 1 << 1 << 1 << Valid << 0 << 0 << 1 << 0;
    QTest::addRow("5 k1 s7 one position") << 5 << 1 << 7 << 1 << Valid << 0 << 0 << 1 << 4;
  }
  void outputSizeAndPadding() {
    QFETCH(int, extent);
    QFETCH(int, kernel);
    QFETCH(int, stride);
    QFETCH(int, dilation);
    QFETCH(PaddingMode, mode);
    QFETCH(int, before);
    QFETCH(int, after);
    ConvSpec spec = withKernel({kernel, 1, 1});
    spec.stride.t = stride;
    spec.dilation.t = dilation;
    spec.padding = mode;
    spec.custom[0] = {before, after};
    const auto geometry = geometryOf({extent, 1, 1, 1}, spec, 1);
    QVERIFY(geometry);
    QCOMPARE(geometry->padding[0], (AxisPadding{before, after}));
    QTEST(geometry->output.length, "out");
    QTEST(geometry->unused.t, "unused");
  }

  void everyAxisObeysTheFormula() {
    // Unlike numbers on every axis, so that an exchanged axis cannot hide.
    ConvSpec spec = withKernel({2, 3, 5});
    spec.stride = {1, 2, 3};
    spec.dilation = {3, 2, 1};
    spec.padding = PaddingMode::Custom;
    spec.custom = {AxisPadding{1, 0}, AxisPadding{0, 2}, AxisPadding{3, 1}};
    const Shape input{7, 11, 23, 4};
    const auto geometry = geometryOf(input, spec, 6);
    QVERIFY(geometry);
    QCOMPARE(geometry->output, (Shape{5, 5, 8, 6}));
    QCOMPARE(geometry->unused, (Triple{0, 0, 1}));
    QCOMPARE(geometry->inputStart(spec, {2, 3, 4}), (Triple{1, 6, 9}));
    QCOMPARE(geometry->inputStart(spec, {0, 0, 0}), (Triple{-1, 0, -3}));
  }

  void outputSizeEqualsCounting() {
    int compared = 0;
    for (int extent = 1; extent <= 9; ++extent) {
      for (int kernel = 1; kernel <= 5; ++kernel) {
        for (int stride = 1; stride <= 4; ++stride) {
          for (int dilation = 1; dilation <= 3; ++dilation) {
            for (const AxisPadding& padding : {AxisPadding{0, 0}, AxisPadding{2, 0}, AxisPadding{1, 3}}) {
              ConvSpec spec = withKernel({1, kernel, 1});
              spec.stride.y = stride;
              spec.dilation.y = dilation;
              spec.padding = PaddingMode::Custom;
              spec.custom[1] = padding;
              const auto geometry = geometryOf({1, extent, 1, 1}, spec, 1);
              const int counted = countedPositions(extent, padding, kernel, dilation, stride);
              QCOMPARE(geometry ? geometry->output.height : 0, counted);
              ++compared;
            }
          }
        }
      }
    }
    QCOMPARE(compared, 9 * 5 * 4 * 3 * 3);
  }

  void tooLongKernelNamesTheAxis() {
    ConvSpec spec = withKernel({5, 1, 1});
    spec.dilation.t = 2;
    QCOMPARE(
        messageOf({4, 9, 9, 1}, spec),
        QString(
            "The kernel needs 9 frames in time (length 5, dilation 2) but the clip has 4 and no padding."));
    QCOMPARE(messageOf({4, 2, 9, 1}, withKernel({1, 3, 3})),
             QString("The kernel needs 3 rows in height but the clip has 2 and no padding."));
    spec = withKernel({1, 1, 7});
    spec.padding = PaddingMode::Custom;
    spec.custom[2] = {1, 2};
    spec.dilation.x = 3;
    QCOMPARE(messageOf({4, 9, 9, 1}, spec), QString("The kernel needs 19 columns in width (width 7, dilation "
                                                    "3) but the clip has 9 and 3 of padding."));
  }

  void badSettingsGiveASentence_data() {
    QTest::addColumn<ConvSpec>("spec");
    QTest::addColumn<int>("filters");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const char* message, int filters, auto change) {
      ConvSpec spec;
      change(spec);
      QTest::newRow(name) << spec << filters << QString(message);
    };
    row("kernel 0", "The kernel's extent in time must be between 1 and 64, not 0.", 1,
        [](ConvSpec& spec) { spec.kernel.t = 0; });
    row("kernel 65", "The kernel's extent in width must be between 1 and 64, not 65.", 1,
        [](ConvSpec& spec) { spec.kernel.x = 65; });
    row("stride 0", "The stride in height must be between 1 and 64, not 0.", 1,
        [](ConvSpec& spec) { spec.stride.y = 0; });
    row("dilation −1", "The dilation in time must be between 1 and 64, not -1.", 1,
        [](ConvSpec& spec) { spec.dilation.t = -1; });
    row("padding too large", "The padding after the clip in height must be between 0 and 4096, not 5000.", 1,
        [](ConvSpec& spec) {
          spec.padding = PaddingMode::Custom;
          spec.custom[1].after = 5000;
        });
    row("no filters", "A layer has between 1 and 65536 filters, not 0.", 0, [](ConvSpec&) {});
    row("65537 filters", "A layer has between 1 and 65536 filters, not 65537.", 65537, [](ConvSpec&) {});
    row("no groups", "The number of groups must be at least 1, not 0.", 1,
        [](ConvSpec& spec) { spec.groups = 0; });
    row("groups and channels", "4 groups do not divide the clip's 6 channels.", 4,
        [](ConvSpec& spec) { spec.groups = 4; });
    row("groups and filters", "3 groups do not divide the 4 filters.", 4,
        [](ConvSpec& spec) { spec.groups = 3; });
    row("reflect", "Reflecting padding of 8 rows in height needs a clip of at least 9, but it has 8.", 1,
        [](ConvSpec& spec) {
          spec.padding = PaddingMode::Custom;
          spec.paddingValue = PaddingValue::Reflect;
          spec.custom[1].before = 8;
        });
    row("circular", "Circular padding of 9 columns in width needs a clip of at least 9, but it has 8.", 1,
        [](ConvSpec& spec) {
          spec.padding = PaddingMode::Custom;
          spec.paddingValue = PaddingValue::Circular;
          spec.custom[2].after = 9;
        });
  }
  void badSettingsGiveASentence() {
    QFETCH(ConvSpec, spec);
    QFETCH(int, filters);
    const auto geometry = geometryOf({8, 8, 8, 6}, spec, filters);
    QVERIFY(!geometry);
    QCOMPARE(geometry.error().code, ErrorCode::BadSpec);
    QTEST(QString::fromStdString(geometry.error().message), "message");
  }

  void paddingAtItsLimitIsAccepted() {
    ConvSpec spec = withKernel({1, 1, 1});
    spec.padding = PaddingMode::Custom;
    spec.paddingValue = PaddingValue::Reflect;
    spec.custom[0] = {7, 7};
    QVERIFY(geometryOf({8, 8, 8, 1}, spec, 1));
    spec.paddingValue = PaddingValue::Circular;
    spec.custom[0] = {8, 8};
    QVERIFY(geometryOf({8, 8, 8, 1}, spec, 1));
  }

  void emptyAndEndlessClipsGiveASentence() {
    QCOMPARE(messageOf({0, 8, 8, 1}, withKernel({1, 1, 1})), QString("The clip has no frames."));
    QCOMPARE(messageOf({8, 8, 8, 0}, withKernel({1, 1, 1})), QString("The clip has no channels."));
    constexpr int kHuge = std::numeric_limits<int>::max();
    QVERIFY(messageOf({1, kHuge, 1, 1}, withKernel({1, 1, 1})).contains("more than the 1000000000 allowed"));
  }

  void wrongNumberOfWeightsNamesTheFilter() {
    FilterBank bank(2);
    bank[0].weights.resize(27);
    bank[1].weights.resize(26);
    const auto maps = convolveReference(Tensor({4, 4, 4, 1}), withKernel({3, 3, 3}), bank);
    QVERIFY(!maps);
    QCOMPARE(QString::fromStdString(maps.error().message),
             QString("Filter 2 holds 26 weights, but a kernel of 3 × 3 × 3 over 1 channel has 27."));
  }

  void paddedSourceOfEveryKind() {
    using enum PaddingValue;
    const auto listed = [](PaddingValue value) {
      std::vector<int> sources;
      for (int at = -3; at < 7; ++at) sources.push_back(paddedSource(at, 4, value));
      return sources;
    };
    QCOMPARE(listed(Zero), (std::vector<int>{-1, -1, -1, 0, 1, 2, 3, -1, -1, -1}));
    QCOMPARE(listed(Replicate), (std::vector<int>{0, 0, 0, 0, 1, 2, 3, 3, 3, 3}));
    QCOMPARE(listed(Reflect), (std::vector<int>{3, 2, 1, 0, 1, 2, 3, 2, 1, 0}));
    QCOMPARE(listed(Circular), (std::vector<int>{1, 2, 3, 0, 1, 2, 3, 0, 1, 2}));
  }

  void slidingAndMixingAreDifferentThings() {
    const auto of = [](const Shape& input, const Triple& kernel) {
      const ConvSpec spec = withKernel(kernel);
      const auto geometry = geometryOf(input, spec, 1);
      const Dimensionality dimensions = dimensionalityOf(spec, *geometry);
      return std::pair(dimensions.sliding(), dimensions.mixing());
    };
    QCOMPARE(of({8, 9, 9, 3}, {3, 3, 3}), std::pair(3, 3));
    QCOMPARE(of({8, 9, 9, 3}, {1, 3, 3}), std::pair(3, 2));  // 2-D convolution of each frame of a video
    QCOMPARE(of({8, 9, 9, 3}, {8, 3, 3}), std::pair(2, 3));  // l = L: nowhere to slide in time
    QCOMPARE(of({1, 9, 9, 3}, {1, 3, 3}), std::pair(2, 2));  // a still image
    QCOMPARE(of({8, 1, 1, 3}, {3, 1, 1}), std::pair(1, 1));
  }

  void costOfEightMapsOfAColourClip() {
    const ConvSpec spec = withKernel({3, 3, 3});
    const auto geometry = geometryOf({16, 112, 112, 3}, spec, 8);
    QVERIFY(geometry);
    const ConvCost cost = costOf(spec, *geometry);
    QCOMPARE(cost.weights, 648);
    QCOMPARE(cost.weights + cost.biases, 656);
    QCOMPARE(geometry->output, (Shape{14, 110, 110, 8}));
    QCOMPARE(cost.multiplyAdds, std::int64_t{14} * 110 * 110 * 8 * 81);
    QCOMPARE(cost.inputBytes, std::int64_t{16} * 112 * 112 * 3 * 4);
    QCOMPARE(cost.outputBytes, std::int64_t{14} * 110 * 110 * 8 * 4);
    QCOMPARE(cost.weightBytes, 656 * 4);
    QCOMPARE(cost.fullyConnectedWeights, 602112.0 * 1355200.0 + 1355200.0);
    QVERIFY(cost.fullyConnectedWeights > 8.15e11 && cost.fullyConnectedWeights < 8.17e11);
  }

  void groupsDivideTheCost() {
    ConvSpec spec = withKernel({1, 3, 3});
    const auto whole = costOf(spec, *geometryOf({4, 8, 8, 6}, spec, 12));
    spec.groups = 3;
    const auto grouped = costOf(spec, *geometryOf({4, 8, 8, 6}, spec, 12));
    QCOMPARE(grouped.weights * 3, whole.weights);
    QCOMPARE(grouped.multiplyAdds * 3, whole.multiplyAdds);
    QCOMPARE(grouped.biases, whole.biases);
  }
};

QTEST_GUILESS_MAIN(TestConvSpec)
#include "tst_conv_spec.moc"
