// Kernels and stacks made from one kernel's weights: what they must share with it.
#include "engine/compare/kernel_siblings.h"
#include "engine/conv/convolve.h"
#include "engine/conv/kernel_presets.h"

#include <QtTest>

#include <cmath>

using namespace convscope;

namespace {

KernelStudy study(const Triple& kernel = {3, 3, 3}, bool flipped = false) {
  KernelStudy made;
  made.conv.kernel = kernel;
  made.conv.flipped = flipped;
  made.bank = {randomFilter(kernel, 3, 5)};
  return made;
}

Tensor clip() {
  Tensor pixels(Shape{8, 12, 13, 3});
  unsigned seed = 99;
  for (float& value : pixels.values()) {
    seed = seed * 1664525 + 1013904223;
    value = static_cast<float>(seed >> 8) / static_cast<float>(1 << 24);
  }
  return pixels;
}

Tensor mapOf(const KernelStudy& made, const Tensor& pixels) {
  return std::move(*convolveReference(pixels, made.conv, made.bank));
}

Tensor mapOf(const StackStudy& made, const Tensor& pixels) {
  StackSpec stack = made.stack;
  stack.clip = pixels.shape();
  ThreadPool pool(2);
  auto maps = runStack(*tableOf(stack), pixels, made.run, ComputeContext{pool, {}});
  if (!maps) qFatal("%s", maps.error().message.c_str());
  return std::move(maps->back());
}

double largestDifference(const Tensor& a, const Tensor& b) {
  if (!(a.shape() == b.shape())) return 1e9;
  double most = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i)
    most = std::max(most, std::abs(double{a.values()[i]} - double{b.values()[i]}));
  return most;
}

}  // namespace

class TestKernelSiblings : public QObject {
  Q_OBJECT

 private slots:
  void allPartsTogetherAreTheKernel_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<bool>("flipped");
    QTest::newRow("3x3x3") << Triple{3, 3, 3} << false;
    QTest::newRow("flipped") << Triple{3, 3, 3} << true;
    QTest::newRow("4x2x3") << Triple{4, 2, 3} << false;
    QTest::newRow("one frame") << Triple{1, 3, 3} << false;
  }
  void allPartsTogetherAreTheKernel() {
    QFETCH(Triple, kernel);
    QFETCH(bool, flipped);
    const KernelStudy whole = study(kernel, flipped);
    const Tensor pixels = clip();
    const Tensor wanted = mapOf(whole, pixels);
    QVERIFY(largestDifference(mapOf(separated(whole, 0, kernel.t, Activation::None), pixels), wanted) < 1e-4);
  }

  // Each further part comes nearer, and none beats the one before (Eckart and Young).
  void fewerPartsLoseMore() {
    const KernelStudy whole = study({5, 3, 3});
    const Tensor pixels = clip();
    const Tensor wanted = mapOf(whole, pixels);
    double before = 1e9;
    for (int parts = 1; parts <= 5; ++parts) {
      const StackStudy parted = separated(whole, 0, parts, Activation::None);
      double lost = 0;  // Frobenius distance of the weights
      const FilterBank& space = parted.run.given[0];
      const Filter& time = parted.run.given[1].front();
      for (int c = 0; c < 3; ++c) {
        for (int t = 0; t < 5; ++t) {
          for (int i = 0; i < 9; ++i) {
            double sum = 0;
            for (int m = 0; m < parts; ++m)
              sum += double{time.weights[static_cast<std::size_t>(m * 5 + t)]} *
                     double{space[static_cast<std::size_t>(m)].weights[static_cast<std::size_t>(c * 9 + i)]};
            const float weight = whole.bank.front().weights[weightIndex({5, 3, 3}, c, t, i / 3, i % 3)];
            lost += std::pow(sum - double{weight}, 2);
          }
        }
      }
      QVERIFY(lost < before);
      before = lost;
    }
    QVERIFY(before < 1e-9);
  }

  void twoLayersAreTheirComposition() {
    for (const bool flipped : {false, true}) {
      const KernelStudy whole = study({3, 3, 3}, flipped);
      const Tensor pixels = clip();
      const KernelStudy one = *composed(twoLayers(whole, 0, Activation::None));
      QCOMPARE(one.conv.kernel, (Triple{5, 5, 5}));
      QVERIFY(largestDifference(mapOf(twoLayers(whole, 0, Activation::None), pixels), mapOf(one, pixels)) <
              1e-4);
      QVERIFY(!composed(separated(whole, 0, 2, Activation::None)));  // two filters between
      // what bends between them is not one kernel any more
      QVERIFY(largestDifference(mapOf(twoLayers(whole, 0, Activation::Relu), pixels), mapOf(one, pixels)) >
              1e-2);
    }
  }

  void theMiddleFrameIsOfTheKernel() {
    const KernelStudy whole = study();
    const KernelStudy middle = middleFrame(whole, 0);
    QCOMPARE(middle.conv.kernel, (Triple{1, 3, 3}));
    for (int c = 0; c < 3; ++c) {
      for (int y = 0; y < 3; ++y) {
        for (int x = 0; x < 3; ++x)
          QCOMPARE(middle.bank.front().weights[weightIndex({1, 3, 3}, c, 0, y, x)],
                   whole.bank.front().weights[weightIndex({3, 3, 3}, c, 1, y, x)]);
      }
    }
    // a kernel that does not answer brightness has a middle frame that does not either
    KernelStudy blind = study();
    blind.bank = {*presetFilter("red-moving-right", {3, 3, 3}, 3)};
    const Filter blindMiddle = middleFrame(blind, 0).bank.front();
    for (int c = 0; c < 3; ++c) {
      double sum = 0;
      for (int i = 0; i < 9; ++i) sum += double{blindMiddle.weights[static_cast<std::size_t>(9 * c + i)]};
      QVERIFY(std::abs(sum) < 1e-6);
    }
    QCOMPARE(middleFrame(study({4, 1, 1}), 0).bank.front().weights.front(),
             study({4, 1, 1}).bank.front().weights[2]);
  }

  void poolingIsTheMeanOverTime() {
    const KernelStudy whole = study();
    const Tensor pixels = clip();
    const Tensor frames = mapOf(middleFrame(whole, 0), pixels);
    const Tensor pooled = mapOf(middleFramePooled(whole, 0), pixels);
    QCOMPARE(pooled.shape(), (Shape{6, 10, 11, 1}));
    for (int t = 0; t < 6; ++t) {
      const double mean = (double{frames.at(t, 4, 5, 0)} + double{frames.at(t + 1, 4, 5, 0)} +
                           double{frames.at(t + 2, 4, 5, 0)}) /
                          3;
      QVERIFY(std::abs(double{pooled.at(t, 4, 5, 0)} - mean) < 1e-5);
    }
  }

  void mirrorsAnswerTheMirroredClip() {
    const KernelStudy whole = study();
    const Tensor pixels = clip();
    Tensor turned(pixels.shape());
    const Shape& shape = pixels.shape();
    for (int c = 0; c < shape.channels; ++c)
      for (int t = 0; t < shape.length; ++t)
        for (int y = 0; y < shape.height; ++y)
          for (int x = 0; x < shape.width; ++x)
            turned.at(t, y, x, c) = pixels.at(t, y, shape.width - 1 - x, c);
    const Tensor a = mapOf(whole, pixels);
    const Tensor b = mapOf(mirroredInX(whole, 0), turned);
    for (int x = 0; x < a.shape().width; ++x)
      QVERIFY(std::abs(a.at(1, 2, x, 0) - b.at(1, 2, a.shape().width - 1 - x, 0)) < 1e-5F);
  }

  void formulasAreWorkedOutForOtherLengths() {
    KernelStudy preset = study();
    preset.bank = {*presetFilter("red-moving-right", {3, 3, 3}, 3)};
    QCOMPARE(withFrames(preset, 0, 4).bank.front(), *presetFilter("red-moving-right", {4, 3, 3}, 3));
    preset.bank.front().edited = true;  // by hand: kept, and filled up
    const KernelStudy longer = withFrames(preset, 0, 5);
    QCOMPARE(longer.conv.kernel.t, 5);
    QCOMPARE(longer.bank.front().weights[weightIndex({5, 3, 3}, 1, 0, 1, 1)], 0.0F);
    QCOMPARE(longer.bank.front().weights[weightIndex({5, 3, 3}, 1, 2, 1, 1)],
             preset.bank.front().weights[weightIndex({3, 3, 3}, 1, 1, 1, 1)]);
  }

  void separatedFiltersFollowTheFormula() {
    QCOMPARE(separatedFilters(study()), 2);           // ⌊81 / 30⌋
    QCOMPARE(separatedFilters(study({1, 3, 3})), 1);  // never none
    QCOMPARE(separatedFilters(study({7, 3, 3})), 5);  // ⌊189 / 34⌋
  }

  void givenWeightsThatDoNotFitAreOneSentence() {
    StackStudy parted = separated(study(), 0, 2, Activation::None);
    parted.run.given[1].front().weights.pop_back();
    ThreadPool pool(1);
    const Tensor pixels = clip();
    StackSpec stack = parted.stack;
    stack.clip = pixels.shape();
    const auto maps = runStack(*tableOf(stack), pixels, parted.run, ComputeContext{pool, {}});
    QVERIFY(!maps);
    QCOMPARE(QString::fromStdString(maps.error().message),
             "“time” has 1 filters of 6 weights; given are 1 of 5.");
    parted.run.given.clear();
    QVERIFY(!runStack(*tableOf(stack), pixels, parted.run, ComputeContext{pool, {}}));
  }
};

QTEST_GUILESS_MAIN(TestKernelSiblings)
#include "tst_kernel_siblings.moc"
