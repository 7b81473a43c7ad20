#include "engine/conv/kernel_presets.h"
#include "engine/conv/time_response.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

using namespace convscope;

namespace {

constexpr int kSamples = 33;
constexpr double kPi = std::numbers::pi;

double frequencyAt(int i) {
  return .5 * i / (kSamples - 1);
}

Filter inTime(std::vector<float> weights) {
  Filter filter;
  filter.weights = std::move(weights);
  return filter;
}

}  // namespace

class TestTimeResponse : public QObject {
  Q_OBJECT

 private slots:
  void anAverageKeepsWhatStandsStill() {
    for (const int length : {1, 2, 3, 7}) {
      const Filter box = inTime(std::vector<float>(static_cast<std::size_t>(length), 1.F / length));
      const auto gain = timeResponse(box, {length, 1, 1}, 1, 1, kSamples);
      QCOMPARE(static_cast<int>(gain.size()), kSamples);
      for (int i = 0; i < kSamples; ++i) {
        const double f = frequencyAt(i);
        const double known = i == 0 ? 1 : std::abs(std::sin(kPi * f * length) / (length * std::sin(kPi * f)));
        QVERIFY(std::abs(gain[static_cast<std::size_t>(i)] - known) < 1e-6);
      }
    }
  }

  void aDifferenceLosesIt() {
    const auto gain = timeResponse(inTime({-1, 1}), {2, 1, 1}, 1, 1, kSamples);
    const auto spread = timeResponse(inTime({-1, 1}), {2, 1, 1}, 1, 3, kSamples);
    for (int i = 0; i < kSamples; ++i) {
      const auto at = static_cast<std::size_t>(i);
      QVERIFY(std::abs(gain[at] - 2 * std::sin(kPi * frequencyAt(i))) < 1e-6);
      QVERIFY(std::abs(spread[at] - 2 * std::abs(std::sin(3 * kPi * frequencyAt(i)))) < 1e-6);
    }
  }

  void reversingTimeChangesNothing() {
    const Triple kernel{5, 3, 3};
    const Filter filter = randomFilter(kernel, 3, 7);
    const auto before = timeResponse(filter, kernel, 3, 1, kSamples);
    const auto after = timeResponse(mirrored(filter, kernel, 3, Axis::T), kernel, 3, 1, kSamples);
    for (std::size_t i = 0; i < before.size(); ++i) QVERIFY(std::abs(before[i] - after[i]) < 1e-6);
  }

  // What the header says of Parseval, worked out the long way: over all waves of a grid as large as the
  // kernel.
  void itIsTheMeanOverAllPatternsInSpace() {
    const Triple kernel{3, 2, 3};
    const Filter filter = randomFilter(kernel, 1, 11);
    const auto gain = timeResponse(filter, kernel, 1, 1, kSamples);
    for (int i = 0; i < kSamples; ++i) {
      double power = 0;
      for (int v = 0; v < kernel.y; ++v) {
        for (int u = 0; u < kernel.x; ++u) {
          std::complex<double> sum = 0;
          for (int t = 0; t < kernel.t; ++t)
            for (int y = 0; y < kernel.y; ++y)
              for (int x = 0; x < kernel.x; ++x)
                sum += double{filter.weights[weightIndex(kernel, 0, t, y, x)]} *
                       std::polar(1.0, -2 * kPi *
                                           (frequencyAt(i) * t + double(v) * y / kernel.y +
                                            double(u) * x / kernel.x));
          power += std::norm(sum);
        }
      }
      const double mean = std::sqrt(power / (kernel.y * kernel.x));
      QVERIFY(std::abs(gain[static_cast<std::size_t>(i)] - mean) < 1e-6);
    }
  }

  void aLongerAverageLosesMore() {
    const auto gainOf = [](int length) {
      const auto filter = presetFilter("mean", {length, 3, 3}, 1);
      return filter ? timeResponse(*filter, {length, 3, 3}, 1, 1, kSamples) : std::vector<double>();
    };
    const auto two = gainOf(2), seven = gainOf(7);
    QVERIFY(!two.empty() && !seven.empty());
    // at an eighth of a cycle per frame, relative to what stands still
    QVERIFY(seven[8] / seven[0] < .4 * two[8] / two[0]);
  }

  void aPresetIsWorkedOutAnewForAnotherLength() {
    const auto three = presetFilter("moving-right", {3, 3, 3}, 1);
    const auto two = presetFilter("moving-right", {2, 3, 3}, 1);
    QVERIFY(three && two);
    QCOMPARE(refittedFilter(*three, {3, 3, 3}, 1, {2, 3, 3}, 1).weights, two->weights);
    Filter edited = *three;
    edited.edited = true;
    QCOMPARE(refittedFilter(edited, {3, 3, 3}, 1, {2, 3, 3}, 1).weights,
             fitted(edited, {3, 3, 3}, 1, {2, 3, 3}, 1).weights);
    QCOMPARE(refittedFilter(edited, {3, 3, 3}, 1, {3, 3, 3}, 1).weights, edited.weights);
  }
};

QTEST_GUILESS_MAIN(TestTimeResponse)
#include "tst_time_response.moc"
