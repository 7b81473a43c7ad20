#include "engine/conv/convolve.h"
#include "engine/conv/kernel_presets.h"

#include <QtTest>

#include <cmath>
#include <random>

using namespace convscope;

namespace {

constexpr unsigned kSeed = 99;

Tensor randomInput(const Shape& shape, unsigned seed = kSeed) {
  std::mt19937 bits(seed);
  Tensor tensor(shape);
  for (float& value : tensor.values()) value = static_cast<float>(static_cast<int>(bits() % 15) - 7);
  return tensor;
}

/// A filter of small whole numbers, so that every sum is exact.
Filter wholeFilter(const Triple& kernel, int channels, unsigned seed = kSeed) {
  std::mt19937 bits(seed);
  Filter filter;
  filter.weights.resize(static_cast<std::size_t>(weightCount(kernel, channels)));
  for (float& weight : filter.weights) weight = static_cast<float>(static_cast<int>(bits() % 11) - 5);
  return filter;
}

ConvSpec withKernel(const Triple& kernel) {
  ConvSpec spec;
  spec.kernel = kernel;
  return spec;
}

Tensor maps(const Tensor& input, const ConvSpec& spec, const FilterBank& bank) {
  ThreadPool pool(2);
  return std::move(*convolve(input, spec, bank, {pool, {}}));
}

bool equal(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.values(), b.values());
}

}  // namespace

class TestConvProperties : public QObject {
  Q_OBJECT

 private slots:
  void impulseGivesTheFlippedKernel() {
    const Triple kernel{3, 4, 5};
    const Filter filter = wholeFilter(kernel, 1);
    Tensor impulse({7, 9, 11, 1});
    impulse.at(3, 4, 5, 0) = 1;
    ConvSpec spec = withKernel(kernel);
    for (const bool flipped : {false, true}) {
      spec.flipped = flipped;
      const Tensor map = maps(impulse, spec, {filter});
      for (int t = 0; t < kernel.t; ++t) {
        for (int y = 0; y < kernel.y; ++y) {
          for (int x = 0; x < kernel.x; ++x) {
            // Output o sees the impulse through tap 3 − o in time, 4 − o in height, 5 − o in width.
            const float weight = filter.weights[weightIndex(kernel, 0, t, y, x)];
            const float answer =
                flipped ? map.at(3 - (kernel.t - 1 - t), 4 - (kernel.y - 1 - y), 5 - (kernel.x - 1 - x), 0)
                        : map.at(3 - t, 4 - y, 5 - x, 0);
            QCOMPARE(answer, weight);
          }
        }
      }
    }
  }

  void sumOfInputsGivesTheSumOfMaps() {
    const Shape shape{5, 8, 19, 2};
    const Tensor a = randomInput(shape, 1);
    const Tensor b = randomInput(shape, 2);
    Tensor mixed(shape);
    for (std::size_t i = 0; i < mixed.values().size(); ++i)
      mixed.values()[i] = 2 * a.values()[i] - 3 * b.values()[i];
    ConvSpec spec = withKernel({2, 3, 3});
    spec.padding = PaddingMode::Same;
    const FilterBank bank{wholeFilter(spec.kernel, 2, 3), wholeFilter(spec.kernel, 2, 4)};
    const Tensor ofA = maps(a, spec, bank);
    const Tensor ofB = maps(b, spec, bank);
    const Tensor ofMixed = maps(mixed, spec, bank);
    for (std::size_t i = 0; i < ofMixed.values().size(); ++i) {
      QCOMPARE(ofMixed.values()[i], 2 * ofA.values()[i] - 3 * ofB.values()[i]);
    }
  }

  void identityGivesTheClipBack() {
    const Tensor input = randomInput({4, 7, 18, 1});
    ConvSpec spec = withKernel({3, 3, 3});
    spec.padding = PaddingMode::Same;
    QVERIFY(equal(maps(input, spec, {*presetFilter("centre", spec.kernel, 1)}), input));
  }

  // Equivariance: the map moves with the clip, by as much, where the shift is a multiple of the stride and
  // away from what comes in at the border.
  void mapMovesWithTheClip_data() {
    QTest::addColumn<int>("stride");
    QTest::newRow("stride 1") << 1;
    QTest::newRow("stride 2") << 2;
    QTest::newRow("stride 3") << 3;
  }
  void mapMovesWithTheClip() {
    QFETCH(int, stride);
    const Tensor input = randomInput({12, 14, 30, 2});
    const Triple shift{stride, 2 * stride, stride};
    Tensor moved(input.shape());
    for (int c = 0; c < 2; ++c) {
      for (int t = shift.t; t < 12; ++t) {
        for (int y = shift.y; y < 14; ++y) {
          for (int x = shift.x; x < 30; ++x)
            moved.at(t, y, x, c) = input.at(t - shift.t, y - shift.y, x - shift.x, c);
        }
      }
    }
    ConvSpec spec = withKernel({2, 3, 4});
    spec.stride = {stride, stride, stride};
    const FilterBank bank{wholeFilter(spec.kernel, 2)};
    const Tensor before = maps(input, spec, bank);
    const Tensor after = maps(moved, spec, bank);
    int compared = 0;
    for (int t = 1; t < after.shape().length; ++t) {
      for (int y = 2; y < after.shape().height; ++y) {
        for (int x = 1; x < after.shape().width; ++x) {
          QCOMPARE(after.at(t, y, x, 0), before.at(t - 1, y - 2, x - 1, 0));
          ++compared;
        }
      }
    }
    QVERIFY(compared > 10);
  }

  void shiftOffTheStrideBreaksIt() {
    Tensor input({1, 1, 16, 1});
    input.at(0, 0, 4, 0) = 1;
    Tensor moved({1, 1, 16, 1});
    moved.at(0, 0, 5, 0) = 1;
    ConvSpec spec = withKernel({1, 1, 1});
    spec.stride.x = 2;
    Filter one;
    one.weights = {1};
    QCOMPARE(rangeOf(maps(input, spec, {one})).high, 1.0F);
    QCOMPARE(rangeOf(maps(moved, spec, {one})).high, 0.0F);  // the dot fell between the positions
  }

  void inflatedKernelAnswersAStillClipAsTheFlatOne() {
    Tensor still({4, 6, 9, 2});
    const Tensor frame = randomInput({1, 6, 9, 2});
    for (int c = 0; c < 2; ++c) {
      for (int t = 0; t < 4; ++t) std::copy_n(frame.frame(0, c), 54, still.frame(t, c));
    }
    const Filter flat = wholeFilter({1, 3, 3}, 2);
    const Tensor flatMap = maps(still, withKernel({1, 3, 3}), {flat});
    const Tensor longMap = maps(still, withKernel({4, 3, 3}), {inflated(flat, {1, 3, 3}, 2, 4)});
    QCOMPARE(longMap.shape(), (Shape{1, 4, 7, 1}));
    for (std::size_t i = 0; i < longMap.values().size(); ++i)
      QCOMPARE(longMap.values()[i], flatMap.values()[i]);
  }

  void arrangingTwiceGivesTheSameBits() {
    const Triple kernel{2, 3, 3};
    const Filter filter = wholeFilter(kernel, 2);
    for (const Axis axis : kAxes) {
      QCOMPARE(mirrored(mirrored(filter, kernel, 2, axis), kernel, 2, axis).weights, filter.weights);
    }
    QCOMPARE(transposed(transposed(filter, kernel, 2), kernel, 2).weights, filter.weights);
    QCOMPARE(flippedFilter(flippedFilter(filter, kernel, 2), kernel, 2).weights, filter.weights);
    QCOMPARE(flippedFilter(filter, kernel, 2).weights,
             mirrored(mirrored(mirrored(filter, kernel, 2, Axis::T), kernel, 2, Axis::Y), kernel, 2, Axis::X)
                 .weights);
  }

  void fittingKeepsTheMiddle() {
    Filter filter;
    filter.weights = {1, 2, 3};
    filter.preset = "x";
    const Filter wider = fitted(filter, {1, 1, 3}, 1, {1, 3, 5}, 1);
    QCOMPARE(wider.weights, (std::vector<float>{0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0}));
    QVERIFY(wider.edited);
    QCOMPARE(fitted(wider, {1, 3, 5}, 1, {1, 1, 3}, 1).weights, filter.weights);
    for (int extent = 3; extent < 9; ++extent) {
      QCOMPARE(
          fitted(fitted(filter, {1, 1, 3}, 1, {1, 1, extent}, 1), {1, 1, extent}, 1, {1, 1, 3}, 1).weights,
          filter.weights);
    }
    Filter colour;
    colour.weights = {1, 2, 3, 6};
    QCOMPARE(fitted(colour, {1, 1, 2}, 2, {1, 1, 2}, 3).weights, (std::vector<float>{1, 2, 3, 6, 2, 4}));
    QCOMPARE(fitted(colour, {1, 1, 2}, 2, {1, 1, 2}, 1).weights, (std::vector<float>{1, 2}));
  }

  void normalisingBoundsTheAnswer() {
    Filter filter;
    filter.weights = {1, -2, 5};
    QCOMPARE(normalised(filter).weights, (std::vector<float>{.125F, -.25F, .625F}));
    filter.weights = {0, 0};
    QCOMPARE(normalised(filter).weights, (std::vector<float>{0, 0}));
  }

  void randomFilterIsFixedAndSpreadAsHeEtAl() {
    const Triple kernel{7, 7, 7};
    const Filter filter = randomFilter(kernel, 64, 5);
    QCOMPARE(randomFilter(kernel, 64, 5).weights, filter.weights);
    QVERIFY(randomFilter(kernel, 64, 6).weights != filter.weights);
    const auto taps = static_cast<double>(filter.weights.size());
    double sum = 0;
    double squares = 0;
    double fourth = 0;
    for (const double weight : filter.weights) {
      sum += weight;
      squares += weight * weight;
      fourth += weight * weight * weight * weight;
    }
    const double variance = squares / taps;
    QVERIFY(std::abs(sum / taps) < 5 * std::sqrt(2 / taps / taps));
    QVERIFY(std::abs(variance * taps / 2 - 1) < .05);
    QVERIFY(std::abs(fourth / taps / variance / variance - 3) < .2);  // normal: kurtosis 3
  }

  void bankGrowsByVariantsThenRandom() {
    const Triple kernel{2, 3, 3};
    const Filter right = *presetFilter("moving-right", kernel, 1);
    FilterBank bank{right};
    resizeBank(bank, kernel, 1, 20);
    QCOMPARE(bank.size(), std::size_t{20});
    QCOMPARE(bank[1].weights, mirrored(right, kernel, 1, Axis::X).weights);
    QCOMPARE(bank[2].weights, transposed(right, kernel, 1).weights);
    QCOMPARE(bank[3].weights, mirrored(transposed(right, kernel, 1), kernel, 1, Axis::Y).weights);
    FilterBank later = bank;  // grown one after the other: the same filters
    resizeBank(later, kernel, 1, 3);
    resizeBank(later, kernel, 1, 20);
    QVERIFY(later == bank);
    std::vector<std::vector<float>> seen{right.weights};
    for (std::size_t index = 1; index < bank.size(); ++index) {
      const Filter& variant = bank[index];
      QCOMPARE(variant.weights.size(), right.weights.size());
      QVERIFY(std::ranges::find(seen, variant.weights) == seen.end());
      QVERIFY(variant.edited || variant.preset.empty());
      seen.push_back(variant.weights);
    }
    // Not square: nothing to transpose, so the mirror in y stands there.
    const Filter tall = wholeFilter({1, 3, 2}, 1);
    QCOMPARE(variantsOf(tall, {1, 3, 2}, 1)[1].weights, mirrored(tall, {1, 3, 2}, 1, Axis::Y).weights);
  }

  void largeBanksAreRefusedByTheirNumbers() {
    QVERIFY(checkWeights({64, 64, 64}, 3, mostFilters({64, 64, 64}, 3)));
    const auto many = checkWeights({64, 64, 64}, 3, mostFilters({64, 64, 64}, 3) + 1);
    QCOMPARE(many.error().code, ErrorCode::TooLarge);
    QCOMPARE(
        QString::fromStdString(many.error().message),
        QString("11 filters of 64 × 64 × 64 × 3 would have 8650752 weights, more than the 8000000 allowed "
                "here: use fewer filters or a smaller kernel."));
    QCOMPARE(mostFilters({1, 1, 1}, 1), kMostFilters);
  }
};

QTEST_GUILESS_MAIN(TestConvProperties)
#include "tst_conv_properties.moc"
