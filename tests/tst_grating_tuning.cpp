// Direction and speed tuning measured by the engine, against sums written out here and the tabulated values.
#include "engine/compare/grating_tuning.h"
#include "engine/compare/kernel_siblings.h"
#include "engine/conv/kernel_presets.h"

#include <QtTest>

#include <cmath>
#include <numbers>

using namespace convscope;

namespace {

ConvSpec layerOf(const Triple& kernel) {
  ConvSpec conv;
  conv.kernel = kernel;
  return conv;
}

Result<Tuning> measured(const ConvSpec& conv, const Filter& filter, int channels, const TuningSpec& spec,
                        int threads = 2) {
  ThreadPool pool(threads);
  return tuningOf(conv, filter, channels, spec, ComputeContext{pool, {}});
}

/// Σ w · exp(i·2πf(x cos θ + y sin θ − v t)) over one channel, positions from the middle.
std::complex<double> sumOver(const std::vector<float>& weights, const Triple& kernel, const Triple& dilation,
                             double frequency, double degrees, double speed) {
  std::complex<double> sum;
  const double radians = degrees * std::numbers::pi / 180;
  std::size_t next = 0;
  for (int i = 0; i < kernel.t; ++i) {
    for (int j = 0; j < kernel.y; ++j) {
      for (int k = 0; k < kernel.x; ++k) {
        const double t = dilation.t * (i - (kernel.t - 1) / 2.0);
        const double y = dilation.y * (j - (kernel.y - 1) / 2.0);
        const double x = dilation.x * (k - (kernel.x - 1) / 2.0);
        sum += double{weights[next++]} *
               std::polar(1.0, 2 * std::numbers::pi * frequency *
                                   (x * std::cos(radians) + y * std::sin(radians) - speed * t));
      }
    }
  }
  return sum;
}

}  // namespace

class TestGratingTuning : public QObject {
  Q_OBJECT

 private slots:
  // Energies of the un-normalised pairs (even² + odd²) at φ = 0 for velocities −2 … 2 at ¼ cycle per pixel.
  void compactGaborsHaveTheTabulatedEnergies_data() {
    QTest::addColumn<QString>("pair");
    QTest::addColumn<int>("velocity");
    QTest::addColumn<QList<double>>("energies");
    QTest::newRow("right") << "gabor-right" << 1 << QList<double>{.8987, .0148, 1.0673, 9.3933, .8987};
    QTest::newRow("left") << "gabor-left" << -1 << QList<double>{.8987, 9.3933, 1.0673, .0148, .8987};
    QTest::newRow("still") << "gabor-still" << 0 << QList<double>{.0212, .7298, 12.3784, .7298, .0212};
  }
  void compactGaborsHaveTheTabulatedEnergies() {
    QFETCH(QString, pair);
    QFETCH(int, velocity);
    QFETCH(QList<double>, energies);
    const auto energy = [&](bool even, int v) {
      // the preset is divided by Σ|w|, the table is not
      double magnitude = 0, mean = 0;
      std::vector<double> raw;
      for (int t = -2; t <= 2; ++t) {
        for (int x = -2; x <= 2; ++x) {
          const double phase = std::numbers::pi / 2 * (x - velocity * t);
          raw.push_back(std::exp(-(t * t + x * x) / 2.0) * (even ? std::cos(phase) : std::sin(phase)));
          mean += raw.back() / 25;
        }
      }
      for (const double value : raw) magnitude += std::abs(value - mean);
      const auto filter = presetFilter((pair + (even ? "-even" : "-odd")).toStdString(), {5, 1, 5}, 1);
      const auto tuning = measured(layerOf({5, 1, 5}), *filter, 1, {.25, 8, {double(std::abs(v))}});
      const double answer = tuning->at(0, tuning->directionAt(v < 0 ? 180 : 0)).real();
      return std::pow(magnitude * answer, 2);
    };
    for (int v = -2; v <= 2; ++v) {
      const double sum = energy(true, v) + energy(false, v);
      QVERIFY2(std::abs(sum - energies[v + 2]) < .01 * energies[v + 2],
               qPrintable(QStringLiteral("%1 at %2").arg(sum).arg(v)));
    }
  }

  void directionRatioIsAboutSixHundred() {
    const auto filter = presetFilter("gabor-right-even", {5, 1, 5}, 1);
    const auto tuning = measured(layerOf({5, 1, 5}), *filter, 1, {});
    QVERIFY(tuning);
    const double ratio = std::pow(tuning->rightOverLeft(1), 2);
    QVERIFY2(ratio > 600 && ratio < 660, qPrintable(QString::number(ratio)));
    // without rows it sees a grating that comes slanted as a wider one, and likes that one as well
    const double degrees = tuning->preferred().degrees;
    QVERIFY2(degrees <= 15 || degrees >= 345, qPrintable(QString::number(degrees)));
    QCOMPARE(tuning->preferred().speed, 1.0);
  }

  void redMovingRightPrefersRightThirtyFourTimes() {
    const auto filter = presetFilter("red-moving-right", {3, 3, 3}, 3);
    const auto tuning = measured(layerOf({3, 3, 3}), *filter, 3, {});
    QVERIFY(tuning);
    QCOMPARE(tuning->channel, 0);
    QVERIFY(std::abs(tuning->rightOverLeft(1) - 34.243) < .05);
    QVERIFY(std::abs(tuning->rightOverLeft(0) - 1) < 1e-5);
    QVERIFY(std::abs(tuning->amplitude(tuning->speedAt(1), 0) - 3.8865) < 1e-3);
  }

  void everyAnswerIsTheSum_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<Triple>("dilation");
    QTest::addColumn<bool>("flipped");
    QTest::addColumn<double>("frequency");
    QTest::newRow("odd") << Triple{3, 3, 3} << Triple{1, 1, 1} << false << .25;
    QTest::newRow("even and unequal") << Triple{2, 4, 5} << Triple{1, 1, 1} << false << .13;
    QTest::newRow("dilated") << Triple{3, 2, 3} << Triple{2, 3, 1} << false << .5;
    QTest::newRow("flipped") << Triple{3, 3, 4} << Triple{1, 1, 1} << true << .2;
    QTest::newRow("one cell") << Triple{1, 1, 1} << Triple{1, 1, 1} << false << .25;
  }
  void everyAnswerIsTheSum() {
    QFETCH(Triple, kernel);
    QFETCH(Triple, dilation);
    QFETCH(bool, flipped);
    QFETCH(double, frequency);
    ConvSpec conv = layerOf(kernel);
    conv.dilation = dilation;
    conv.flipped = flipped;
    conv.stride = {2, 2, 2};  // plays no part
    conv.activation = Activation::Relu;
    Filter filter = randomFilter(kernel, 2, 7);
    filter.bias = 3;
    const auto each = static_cast<std::ptrdiff_t>(kernel.product());
    for (auto w = filter.weights.begin() + each; w != filter.weights.end(); ++w) *w *= 5;  // channel 1 wins
    const TuningSpec spec{frequency, 12, {0, .5, 1.7}};
    const auto tuning = measured(conv, filter, 2, spec);
    QVERIFY(tuning);
    QCOMPARE(tuning->channel, 1);
    std::vector<float> weights(filter.weights.begin() + each, filter.weights.end());
    if (flipped) std::reverse(weights.begin(), weights.end());
    for (int speed = 0; speed < 3; ++speed) {
      for (int direction = 0; direction < 12; ++direction) {
        const auto wanted = sumOver(weights, kernel, dilation, frequency, 30.0 * direction,
                                    spec.speeds[static_cast<std::size_t>(speed)]);
        QVERIFY(std::abs(tuning->at(speed, direction) - wanted) < 1e-5 * (1 + double(weights.size())));
      }
    }
  }

  void threadsChangeNoBit() {
    const Filter filter = randomFilter({3, 5, 5}, 3, 4);
    const auto one = measured(layerOf({3, 5, 5}), filter, 3, {}, 1);
    const auto four = measured(layerOf({3, 5, 5}), filter, 3, {}, 4);
    QVERIFY(one && four);
    QVERIFY(one->responses == four->responses);
  }

  // A layer alone as a stack, and parted into space and time at full rank, answer as the kernel does.
  void stacksOfLinearLayersAnswerAsTheirKernel() {
    KernelStudy study;
    study.conv.kernel = {3, 3, 3};
    study.bank = {*presetFilter("red-moving-right", {3, 3, 3}, 3)};
    const TuningSpec spec{.25, 8, {0, 1}};
    const auto kernel = measured(study.conv, study.bank.front(), 3, spec);
    ThreadPool pool(2);
    const StackStudy parted = separated(study, 0, 3, Activation::None);
    const auto stack = tuningOf(parted.stack, parted.run, 0, spec, ComputeContext{pool, {}});
    QVERIFY2(stack, stack ? "" : stack.error().message.c_str());
    for (std::size_t i = 0; i < kernel->responses.size(); ++i)
      QVERIFY(std::abs(kernel->responses[i] - stack->responses[i]) < 1e-4);
    // strides and padding move units, not what they see
    StackStudy strided = parted;
    strided.stack.layers.front().stride = {1, 2, 2};
    strided.stack.layers.front().padding = {{{0, 0}, {1, 1}, {1, 1}}};
    const auto other = tuningOf(strided.stack, strided.run, 0, spec, ComputeContext{pool, {}});
    QVERIFY(other);
    for (std::size_t i = 0; i < kernel->responses.size(); ++i)
      QVERIFY(std::abs(std::abs(kernel->responses[i]) - std::abs(other->responses[i])) < 1e-4);
  }

  // One part in space holds one picture: it drifts for both directions alike.
  void onePartHoldsNoDirection() {
    KernelStudy study;
    study.conv.kernel = {3, 3, 3};
    study.bank = {*presetFilter("red-moving-right", {3, 3, 3}, 3)};
    ThreadPool pool(2);
    const StackStudy parted = separated(study, 0, 1, Activation::None);
    const auto tuning = tuningOf(parted.stack, parted.run, 0, {.25, 8, {0, 1}}, ComputeContext{pool, {}});
    QVERIFY(tuning);
    QVERIFY(std::abs(tuning->rightOverLeft(1) - 1) < 1e-3);
  }

  void whatCannotBeMeasuredIsOneSentence() {
    const Filter filter = randomFilter({1, 1, 1}, 1, 1);
    const auto sentence = [](const auto& result) {
      return QString::fromStdString(result ? "measured" : result.error().message);
    };
    QCOMPARE(sentence(measured(layerOf({1, 1, 1}), filter, 1, {.7, 8, {0}})),
             "A grating has more than 0 and up to 0.5 cycles per pixel, not 0.7.");
    QCOMPARE(sentence(measured(layerOf({1, 1, 1}), filter, 1, {.2, 3, {0}})),
             "Gratings drift in 4 to 720 directions, not 3.");
    QCOMPARE(sentence(measured(layerOf({1, 1, 1}), filter, 1, {.2, 8, {-1}})),
             "Gratings drift at 1 to 256 speeds from 0 to 64 pixels a frame.");
    StackSpec whole{"whole", {4, 4, 4, 1}, {}};
    LayerSpec pool;
    pool.name = "pool";
    pool.kind = LayerKind::GlobalPool;
    whole.layers = {pool};
    ThreadPool threads(1);
    QVERIFY(sentence(tuningOf(whole, {}, 0, {}, ComputeContext{threads, {}}))
                .startsWith("“pool” sees the whole clip"));
    std::stop_source stop;
    stop.request_stop();
    const auto stopped =
        tuningOf(layerOf({1, 1, 1}), filter, 1, {}, ComputeContext{threads, stop.get_token()});
    QVERIFY(!stopped && stopped.error().code == ErrorCode::Stopped);
  }

  void csvHasARowForEachGrating() {
    Filter twice;
    twice.weights = {2};
    const auto tuning = measured(layerOf({1, 1, 1}), twice, 1, {.25, 4, {0, .5}});
    QVERIFY(tuning);
    QCOMPARE(QString::fromStdString(tuningCsvHead(false) + tuningCsv(*tuning)),
             "direction,speed,amplitude\n"
             "0.000,0.000,2.000000\n90.000,0.000,2.000000\n180.000,0.000,2.000000\n270.000,0.000,2.000000\n"
             "0.000,0.500,2.000000\n90.000,0.500,2.000000\n180.000,0.500,2.000000\n270.000,0.500,2.000000\n");
    QVERIFY(tuningCsv(*tuning, 3).starts_with("3,0.000,0.000,"));
  }
};

QTEST_GUILESS_MAIN(TestGratingTuning)
#include "tst_grating_tuning.moc"
