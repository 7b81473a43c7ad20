#include "engine/conv/fast_fir.h"

#include <QtTest>

#include <algorithm>
#include <map>
#include <tuple>

using namespace convscope;

namespace {

/// The factor of weight `tap` times input `at` in output `output`, where it is not 0.
using Products = std::map<std::tuple<int, int, int>, int>;

/// Which inputs, from `at` on, make an input of a plane, and with which sign.
std::map<int, int> inputsOf(int plane, int at) {
  std::map<int, int> inputs{{at, 1}};
  for (const int step : {1, 2}) {
    if ((plane & step) == 0) continue;
    std::map<int, int> differences = inputs;
    for (const auto& [place, factor] : inputs) differences[place + step] -= factor;
    inputs = differences;
  }
  return inputs;
}

/// Everything multiplied out.
Products expanded(int taps) {
  const auto sums = firTerms(taps);
  const auto factors = firOutputs();
  Products products;
  for (int output = 0; output < kFirOutputs; ++output) {
    for (int sum = 0; sum < kFirSums; ++sum) {
      const int sign = factors[static_cast<std::size_t>(output * kFirSums + sum)];
      for (const FirTerm& term : sums[static_cast<std::size_t>(sum)]) {
        for (const int tap : term.taps) {
          for (const auto& [at, factor] : inputsOf(term.plane, term.at))
            products[{output, tap, at}] += sign * factor;
        }
      }
    }
  }
  std::erase_if(products, [](const auto& product) { return product.second == 0; });
  return products;
}

std::size_t countOf(int taps) {
  std::size_t count = 0;
  for (const auto& sum : firTerms(taps)) count += sum.size();
  return count;
}

}  // namespace

class TestFastFir : public QObject {
  Q_OBJECT

 private slots:
  void isTheFilterItselfMultipliedOut_data() {
    QTest::addColumn<int>("taps");
    for (int taps = 1; taps <= 64; ++taps) QTest::addRow("%d taps", taps) << taps;
  }
  void isTheFilterItselfMultipliedOut() {
    QFETCH(int, taps);
    Products wanted;
    for (int output = 0; output < kFirOutputs; ++output) {
      for (int tap = 0; tap < taps; ++tap) wanted[{output, tap, output + tap}] = 1;
    }
    QCOMPARE(expanded(taps), wanted);
  }

  void readsNothingBeyondWhatTheOutputsDo() {
    for (int taps = 1; taps <= 64; ++taps) {
      for (const auto& sum : firTerms(taps)) {
        for (const FirTerm& term : sum) {
          for (const auto& [at, factor] : inputsOf(term.plane, term.at)) QVERIFY(at >= 0 && at <= taps + 2);
        }
      }
    }
  }

  void takesFewerProductsThanTheFilter() {
    QCOMPARE(countOf(1), std::size_t{4});
    QCOMPARE(countOf(2), std::size_t{6});
    QCOMPARE(countOf(3), std::size_t{8});
    QCOMPARE(countOf(4), std::size_t{9});
    QCOMPARE(countOf(5), std::size_t{13});
    QCOMPARE(countOf(7), std::size_t{17});
  }

  void biasReachesEveryOutputOnce() {
    const auto factors = firOutputs();
    for (int output = 0; output < kFirOutputs; ++output)
      QCOMPARE(factors[static_cast<std::size_t>(output * kFirSums + kFirBiasSum)], 1);
  }

  // By hand: of one tap g the first output is (d0 - d1 - d2 + d3) g + (d1 - d3) g + (d2 - d3) g + d3 g, nine
  // inputs instead of one; of four taps each of four sums of 4 inputs and weights, 16 instead of 4.
  void errorGrowsByTheInputsAndWeightsAddedUp() {
    QCOMPARE(firAmplification(4), 4.0);
    QCOMPARE(firAmplification(1), 9.0);
    QCOMPARE(firAmplification(2), 6.0);
    for (int taps = 3; taps <= 64; ++taps) QVERIFY(firAmplification(taps) >= 4 && firAmplification(taps) < 7);
  }
};

QTEST_APPLESS_MAIN(TestFastFir)
#include "tst_fast_fir.moc"
