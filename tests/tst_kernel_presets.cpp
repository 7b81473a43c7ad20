#include "engine/conv/convolve.h"
#include "engine/conv/kernel_presets.h"

#include <QtTest>

#include <cmath>
#include <numbers>
#include <numeric>
#include <set>

using namespace convscope;

namespace {

std::vector<double> weightsOf(const char* id, Triple kernel = {}) {
  const KernelPreset* preset = findKernelPreset(id);
  if (preset == nullptr) return {};
  const std::vector<float> weights = preset->weights(preset->fixed ? preset->kernel : kernel);
  return {weights.begin(), weights.end()};
}

double sumOf(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

double magnitudeOf(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [](double sum, double v) { return sum + std::abs(v); });
}

bool near(const std::vector<double>& values, const std::vector<double>& expected, double bound) {
  return values.size() == expected.size() &&
         std::equal(values.begin(), values.end(), expected.begin(),
                    [bound](double a, double b) { return std::abs(a - b) <= bound; });
}

/// Response of an l × 1 × w kernel, its middle on the origin, to the grating cos(2πf(x − v·t) + phase).
double responseTo(const std::vector<double>& kernel, int l, int w, double frequency, double velocity,
                  double phase) {
  double sum = 0;
  for (int i = 0; i < l; ++i) {
    for (int j = 0; j < w; ++j) {
      const double t = i - (l - 1) / 2.0;
      const double x = j - (w - 1) / 2.0;
      sum += kernel[static_cast<std::size_t>(i * w + j)] *
             std::cos(2 * std::numbers::pi * frequency * (x - velocity * t) + phase);
    }
  }
  return sum;
}

}  // namespace

class TestKernelPresets : public QObject {
  Q_OBJECT

 private slots:
  void everyPresetIsCompleteAndUnique() {
    std::set<std::string> ids;
    std::set<std::string> names;
    std::vector<std::string> groups;
    for (const KernelPreset& preset : kernelPresets()) {
      QVERIFY2(ids.insert(preset.id).second, preset.id.c_str());
      QVERIFY2(names.insert(preset.name).second, preset.name.c_str());
      QVERIFY2(preset.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos,
               preset.id.c_str());
      QVERIFY2(!preset.shows.empty() && preset.shows.back() == '.', preset.id.c_str());
      QVERIFY2(preset.channels == 0 || preset.channels == 1 || preset.channels == 3, preset.id.c_str());
      if (groups.empty() || groups.back() != preset.group) groups.push_back(preset.group);
      const int channels = preset.channels == 3 ? 3 : 1;
      const auto filter = presetFilter(preset.id, preset.kernel, channels);
      QVERIFY2(filter, preset.id.c_str());
      QCOMPARE(std::ssize(filter->weights), weightCount(preset.kernel, channels));
      QCOMPARE(filter->preset, preset.id);
      QVERIFY(!filter->edited);
      QCOMPARE(filter->bias, 0.0F);
      for (const float weight : filter->weights) QVERIFY(std::isfinite(weight));
    }
    QCOMPARE(groups,
             (std::vector<std::string>{"Space", "Time", "Space-time", "Motion", "Motion energy", "Banks"}));
  }

  void exactValues_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<QList<double>>("values");
    QTest::addColumn<double>("divisor");
    const auto row = [](const char* id, const QList<double>& values, double divisor = 1) {
      QTest::newRow(id) << QString(id) << values << divisor;
    };
    row("identity", {0, 0, 0, 0, 1, 0, 0, 0, 0});
    row("box-blur-3", QList<double>(9, 1), 9);
    row("box-blur-5", QList<double>(25, 1), 25);
    row("gaussian-3", {1, 2, 1, 2, 4, 2, 1, 2, 1}, 16);
    row("gaussian-5", {1, 4, 6, 4, 1, 4, 16, 24, 16, 4, 6, 24, 36, 24, 6, 4, 16, 24, 16, 4, 1, 4, 6, 4, 1},
        256);
    row("sharpen", {0, -1, 0, -1, 5, -1, 0, -1, 0});
    row("outline", {-1, -1, -1, -1, 8, -1, -1, -1, -1});
    row("emboss", {-2, -1, 0, -1, 1, 1, 0, 1, 2});
    row("sobel-x", {-1, 0, 1, -2, 0, 2, -1, 0, 1});
    row("sobel-y", {-1, -2, -1, 0, 0, 0, 1, 2, 1});
    row("prewitt-x", {-1, 0, 1, -1, 0, 1, -1, 0, 1});
    row("scharr-x", {-3, 0, 3, -10, 0, 10, -3, 0, 3});
    row("laplacian-4", {0, 1, 0, 1, -4, 1, 0, 1, 0});
    row("laplacian-8", {1, 1, 1, 1, -8, 1, 1, 1, 1});
    row("log-5", {0, 0, -1, 0, 0, 0, -1, -2, -1, 0, -1, -2, 16, -2, -1, 0, -1, -2, -1, 0, 0, 0, -1, 0, 0});
    row("frame-difference", {-1, 1});
    row("central-difference", {-1, 0, 1}, 2);
    row("second-difference", {1, -2, 1});
    row("temporal-mean-2", {1, 1}, 2);
    row("temporal-mean-3", {1, 1, 1}, 3);
    row("temporal-mean-4", {1, 1, 1, 1}, 4);
    row("temporal-mean-8", QList<double>(8, 1), 8);
    row("temporal-binomial-3", {1, 2, 1}, 4);
    row("temporal-binomial-5", {1, 4, 6, 4, 1}, 16);
    row("motion-trail", {1, 2, 4, 8, 16}, 31);
    row("onset", {-1, -1, 1, 1}, 2);
    row("offset", {1, 1, -1, -1}, 2);
    row("pulse-cos", {1, 0, -1, 0, 1, 0, -1, 0}, 4);
    row("pulse-sin", {0, 1, 0, -1, 0, 1, 0, -1}, 4);
    row("echo", {1, 0, 0, 1}, 2);
    row("mean-3d", QList<double>(27, 1), 27);
    row("mean-4x3x3", QList<double>(36, 1), 36);
    row("gaussian-iso", {1, 2, 1, 2, 4, 2, 1, 2, 1, 2, 4, 2, 4, 8, 4, 2, 4, 2, 1, 2, 1, 2, 4, 2, 1, 2, 1},
        64);
    row("sobel-t",
        {-1, -2, -1, -2, -4, -2, -1, -2, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 1, 2, 4, 2, 1, 2, 1});
    row("sobel-x-3d",
        {-1, 0, 1, -2, 0, 2, -1, 0, 1, -2, 0, 2, -4, 0, 4, -2, 0, 2, -1, 0, 1, -2, 0, 2, -1, 0, 1});
    row("laplacian-3d", {0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, -6, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0});
    row("laplacian-space",
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, -4, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    row("laplacian-time", {0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, -2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0});
    row("smoothed-difference", QList<double>(9, -1) + QList<double>(9, 1), 9);
    row("shift-right", {1, 0, 0, 0, 1, 0, 0, 0, 1}, 3);
    row("shift-still", {0, 1, 0, 0, 1, 0, 0, 1, 0}, 3);
    row("shift-left", {0, 0, 1, 0, 1, 0, 1, 0, 0}, 3);
    row("edge-right", {-1, 1, 0, 0, -1, 1});
    row("edge-left", {0, 1, -1, 1, -1, 0});
  }
  void exactValues() {
    QFETCH(QString, id);
    QFETCH(QList<double>, values);
    QFETCH(double, divisor);
    const KernelPreset* preset = findKernelPreset(id.toStdString());
    QVERIFY(preset != nullptr);
    const std::vector<float> weights = preset->weights(preset->kernel);
    QCOMPARE(std::ssize(weights), values.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      QCOMPARE(weights[i], static_cast<float>(values[qsizetype(i)] / divisor));
    }
  }

  void sumsTellMeansFromDetectors_data() {
    QTest::addColumn<double>("sum");
    for (const char* id : {"identity",
                           "box-blur-3",
                           "box-blur-5",
                           "gaussian-3",
                           "gaussian-5",
                           "sharpen",
                           "mean-3d",
                           "mean-4x3x3",
                           "gaussian-iso",
                           "gaussian-long",
                           "gaussian-wide",
                           "temporal-mean-4",
                           "temporal-binomial-5",
                           "motion-trail",
                           "echo",
                           "shift-right",
                           "shift-still",
                           "shift-left",
                           "mean",
                           "gaussian",
                           "temporal-mean",
                           "centre",
                           "emboss"}) {
      QTest::newRow(id) << 1.0;
    }
    for (const char* id : {"outline",
                           "sobel-x",
                           "sobel-y",
                           "prewitt-x",
                           "prewitt-y",
                           "scharr-x",
                           "scharr-y",
                           "laplacian-4",
                           "laplacian-8",
                           "log-5",
                           "farid-x-5",
                           "farid-y-5",
                           "farid-x-3",
                           "farid-t",
                           "frame-difference",
                           "central-difference",
                           "second-difference",
                           "onset",
                           "offset",
                           "pulse-cos",
                           "pulse-sin",
                           "sobel-t",
                           "sobel-x-3d",
                           "laplacian-3d",
                           "smoothed-difference",
                           "edge-right",
                           "edge-left",
                           "moving-right",
                           "moving-left",
                           "moving-up",
                           "moving-down",
                           "gabor-right-even",
                           "gabor-left-odd",
                           "energy-right-1-6",
                           "energy-left-2-9"}) {
      QTest::newRow(id) << 0.0;
    }
  }
  void sumsTellMeansFromDetectors() {
    QFETCH(double, sum);
    const KernelPreset* preset = findKernelPreset(QTest::currentDataTag());
    QVERIFY(preset != nullptr);
    QVERIFY(std::abs(sumOf(weightsOf(QTest::currentDataTag(), preset->kernel)) - sum) < 1e-6);
  }

  void formulasFillAnyExtent() {
    for (const Triple kernel :
         {Triple{1, 3, 3}, Triple{2, 2, 2}, Triple{5, 4, 7}, Triple{7, 1, 5}, Triple{64, 1, 2}}) {
      QVERIFY(std::abs(sumOf(weightsOf("mean", kernel)) - 1) < 1e-6);
      QVERIFY(std::abs(sumOf(weightsOf("gaussian", kernel)) - 1) < 1e-6);
      QVERIFY(std::abs(sumOf(weightsOf("temporal-mean", kernel)) - 1) < 1e-6);
      QCOMPARE(sumOf(weightsOf("all-ones", kernel)), double(kernel.product()));
      const auto moving = presetFilter("moving-right", kernel, 1);
      QVERIFY2(moving, moving ? "" : moving.error().message.c_str());
      QCOMPARE(std::ssize(moving->weights), kernel.product());
      float largest = 0;
      for (const float weight : moving->weights) largest = std::max(largest, std::abs(weight));
      QCOMPARE(largest, 1.0F);
    }
    QVERIFY(near(weightsOf("gaussian", {3, 3, 3}), weightsOf("gaussian-iso"), 1e-9));
    QVERIFY(near(weightsOf("gaussian", {3, 5, 5}), weightsOf("gaussian-wide"), 1e-9));
  }

  // The kernel of the drawn design, worked out here step by step at 3 × 3 × 3.
  void redMovingRightIsTheDrawnKernel() {
    double slanted[3][3];
    double mean = 0;
    for (int t = -1; t <= 1; ++t) {
      for (int x = -1; x <= 1; ++x) {
        slanted[t + 1][x + 1] =
            std::exp(-(x * x + t * t) / (2 * .8 * .8)) * std::cos(std::numbers::pi / 2 * (x - t));
        mean += slanted[t + 1][x + 1] / 9;
      }
    }
    double largest = 0;
    for (auto& row : slanted) {
      for (double& value : row) {
        value -= mean;
        largest = std::max(largest, std::abs(value));
      }
    }
    const auto filter = presetFilter("red-moving-right", {3, 3, 3}, 3);
    QVERIFY(filter);
    const double overRows[] = {.5, 1, .5};
    const double overChannels[] = {1, -.5, -.5};
    for (int c = 0; c < 3; ++c) {
      for (int t = 0; t < 3; ++t) {
        for (int y = 0; y < 3; ++y) {
          for (int x = 0; x < 3; ++x) {
            const double expected = slanted[t][x] * overRows[y] * overChannels[c] / largest;
            QVERIFY(std::abs(filter->weights[weightIndex({3, 3, 3}, c, t, y, x)] - expected) < 1e-7);
          }
        }
      }
    }
    // Its grey sisters: the first channel alone, mirrored in x, and turned.
    const auto right = presetFilter("moving-right", {3, 3, 3}, 1);
    QCOMPARE(right->weights, std::vector<float>(filter->weights.begin(), filter->weights.begin() + 27));
    const auto left = presetFilter("moving-left", {3, 3, 3}, 1);
    const auto mirror = mirrored(*right, {3, 3, 3}, 1, Axis::X);
    const auto down = presetFilter("moving-down", {3, 3, 3}, 1);
    const auto turned = transposed(*right, {3, 3, 3}, 1);
    const auto up = mirrored(*down, {3, 3, 3}, 1, Axis::Y);
    for (std::size_t i = 0; i < 27; ++i) {
      QVERIFY(std::abs(left->weights[i] - mirror.weights[i]) < 1e-7F);
      QVERIFY(std::abs(down->weights[i] - turned.weights[i]) < 1e-7F);
      QVERIFY(std::abs(presetFilter("moving-up", {3, 3, 3}, 1)->weights[i] - up.weights[i]) < 1e-7F);
    }
  }

  void gaborsHaveTheirTabulatedValues() {
    const std::vector<double> even{-.000886, -.006363, -.046836, -.006363, -.000886, -.006363, .103654,
                                   -.006363, -.116379, -.006363, -.046836, -.006363, .292693,  -.006363,
                                   -.046836, -.006363, -.116379, -.006363, .103654,  -.006363, -.000886,
                                   -.006363, -.046836, -.006363, -.000886};
    const std::vector<double> odd{0, .026627,  0, -.026627, 0, -.026627, 0, .196747,  0, -.026627,
                                  0, -.196747, 0, .196747,  0, .026627,  0, -.196747, 0, .026627,
                                  0, .026627,  0, -.026627, 0};
    QVERIFY(near(weightsOf("gabor-right-even"), even, 6e-7));
    QVERIFY(near(weightsOf("gabor-right-odd"), odd, 6e-7));
    for (const char* id :
         {"gabor-right-even", "gabor-left-odd", "gabor-still-even", "gabor-right-odd-rows"}) {
      QVERIFY(std::abs(magnitudeOf(weightsOf(id)) - 1) < 1e-6);
    }
    const auto rows = weightsOf("gabor-right-even-rows");
    const double gaussian[] = {.054489, .244201, .402620, .244201, .054489};
    for (std::size_t y = 0; y < 5; ++y) {
      QVERIFY(std::abs(rows[(2 * 5 + y) * 5 + 2] - .292693 * gaussian[y]) < 1e-6);
    }
  }

  // Energies of the un-normalised pairs for a grating of four pixels at five velocities: the direction is
  // decided by the answer, not by the name.
  void gaborEnergyDecidesTheDirection_data() {
    QTest::addColumn<QString>("pair");
    QTest::addColumn<int>("velocity");
    QTest::addColumn<QList<double>>("energies");
    QTest::newRow("right") << "gabor-right" << 1 << QList<double>{.899, .015, 1.067, 9.393, .899};
    QTest::newRow("left") << "gabor-left" << -1 << QList<double>{.899, 9.393, 1.067, .015, .899};
    QTest::newRow("still") << "gabor-still" << 0 << QList<double>{.021, .730, 12.378, .730, .021};
  }
  void gaborEnergyDecidesTheDirection() {
    QFETCH(QString, pair);
    QFETCH(int, velocity);
    QFETCH(QList<double>, energies);
    // Σ|w| before it was divided out, from the definition.
    const auto scale = [&](bool even) {
      std::vector<double> raw;
      for (int t = -2; t <= 2; ++t) {
        for (int x = -2; x <= 2; ++x) {
          const double phase = std::numbers::pi / 2 * (x - velocity * t);
          raw.push_back(std::exp(-(t * t + x * x) / 2.0) * (even ? std::cos(phase) : std::sin(phase)));
        }
      }
      const double mean = sumOf(raw) / 25;
      for (double& value : raw) value -= mean;
      return magnitudeOf(raw);
    };
    const auto even = weightsOf((pair + "-even").toUtf8());
    const auto odd = weightsOf((pair + "-odd").toUtf8());
    for (int v = -2; v <= 2; ++v) {
      const double a = scale(true) * responseTo(even, 5, 5, .25, v, 0);
      const double b = scale(false) * responseTo(odd, 5, 5, .25, v, 0);
      QVERIFY2(std::abs(a * a + b * b - energies[v + 2]) < 6e-4, qPrintable(QString::number(a * a + b * b)));
    }
  }

  void motionEnergyProfilesHaveTheirTabulatedValues() {
    // Row sums of magnitudes and the middle column give back the profiles of the separable kernels.
    const std::vector<double> fast9{-.060036, -.094952, -.131065, -.138804, -.068560,
                                    .101787,  .252957,  .145255,  -.006584};
    const std::vector<double> slow9{-.164054, -.173137, -.124667, -.000185, .156701,
                                    .223449,  .119850,  -.009852, -.028106};
    const std::vector<double> fast6{-.094262, -.186580, -.210316, .101432, .398568, -.008842};
    const std::vector<double> slow6{-.241242, -.224364, .056453, .348665, .094881, -.034394};
    const std::vector<double> even9{-.087266, -.114313, -.048421, .130694, .238613,
                                    .130694,  -.048421, -.114313, -.087266};
    const std::vector<double> odd9{0, -.078612, -.207700, -.213689, 0, .213689, .207700, .078612, 0};
    const std::vector<double> even5{-.164612, -.085388, .5, -.085388, -.164612};
    const std::vector<double> odd5{0, -.5, 0, .5, 0};
    const auto product = [](const std::vector<double>& t, const std::vector<double>& x) {
      std::vector<double> values;
      for (const double a : t) {
        for (const double b : x) values.push_back(a * b);
      }
      return values;
    };
    QVERIFY(near(weightsOf("energy-even-fast-9"), product(fast9, even9), 1e-6));
    QVERIFY(near(weightsOf("energy-even-slow-9"), product(slow9, even9), 1e-6));
    QVERIFY(near(weightsOf("energy-odd-fast-9"), product(fast9, odd9), 1e-6));
    QVERIFY(near(weightsOf("energy-odd-slow-9"), product(slow9, odd9), 1e-6));
    QVERIFY(near(weightsOf("energy-even-fast-6"), product(fast6, even5), 1e-6));
    QVERIFY(near(weightsOf("energy-even-slow-6"), product(slow6, even5), 1e-6));
    QVERIFY(near(weightsOf("energy-odd-fast-6"), product(fast6, odd5), 1e-6));
    QVERIFY(near(weightsOf("energy-odd-slow-6"), product(slow6, odd5), 1e-6));
  }

  void motionEnergyDecidesTheDirection_data() {
    QTest::addColumn<int>("l");
    QTest::addColumn<int>("w");
    QTest::addColumn<double>("frequency");
    QTest::newRow("6") << 6 << 5 << .25;
    QTest::newRow("9") << 9 << 9 << .125;
  }
  void motionEnergyDecidesTheDirection() {
    QFETCH(int, l);
    QFETCH(int, w);
    QFETCH(double, frequency);
    const QByteArray size = QTest::currentDataTag();
    const auto energy = [&](const char* way, double velocity) {
      double sum = 0;
      for (const char* half : {"-1-", "-2-"}) {
        const auto kernel = weightsOf((QByteArray("energy-") + way + half + size).constData());
        for (int phase = 0; phase < 16; ++phase) {
          const double response = responseTo(kernel, l, w, frequency, velocity, phase * std::numbers::pi / 8);
          sum += response * response;
        }
      }
      return sum;
    };
    for (const double speed : {.5, 1.0}) {
      QVERIFY(energy("right", speed) > 2 * energy("left", speed));
      QVERIFY(energy("left", -speed) > 2 * energy("right", -speed));
      QVERIFY(std::abs(energy("right", speed) - energy("left", -speed)) < 1e-6);
    }
    QVERIFY(energy("right", 1) > 9 * energy("left", 1));
  }

  // A red square that moves right, and the same clip played backwards.
  void movingPresetsPreferTheirDirection() {
    const auto strongest = [](const char* id, int stepX, int stepY) {
      Tensor clip({8, 24, 24, 1});
      for (int t = 0; t < 8; ++t) {
        for (int y = 0; y < 3; ++y) {
          for (int x = 0; x < 3; ++x) clip.at(t, 11 + stepY * (t - 4) + y, 11 + stepX * (t - 4) + x, 0) = 1;
        }
      }
      ConvSpec spec;
      spec.kernel = {3, 3, 3};
      const auto maps = convolveReference(clip, spec, {*presetFilter(id, spec.kernel, 1)});
      return rangeOf(*maps).high;
    };
    struct Way {
      const char* id;
      int x;
      int y;
    };
    for (const Way& way : {Way{"moving-right", 1, 0}, Way{"moving-left", -1, 0}, Way{"moving-down", 0, 1},
                           Way{"moving-up", 0, -1}}) {
      QVERIFY(strongest(way.id, way.x, way.y) > 1.5F * strongest(way.id, -way.x, -way.y));
    }
  }

  void onePresetOnColourAnswersAsOnGrey() {
    const Shape shape{4, 6, 7, 3};
    Tensor colour(shape);
    Tensor grey({4, 6, 7, 1});
    unsigned state = 1;
    for (int t = 0; t < 4; ++t) {
      for (int y = 0; y < 6; ++y) {
        for (int x = 0; x < 7; ++x) {
          for (int c = 0; c < 3; ++c) {
            state = state * 1664525U + 1013904223U;
            colour.at(t, y, x, c) = static_cast<float>(state >> 8) / 16777216.0F;
          }
          grey.at(t, y, x, 0) =
              .299F * colour.at(t, y, x, 0) + .587F * colour.at(t, y, x, 1) + .114F * colour.at(t, y, x, 2);
        }
      }
    }
    ConvSpec spec;
    spec.kernel = {3, 3, 3};
    const auto onColour = convolveReference(colour, spec, {*presetFilter("sobel-t", spec.kernel, 3)});
    const auto onGrey = convolveReference(grey, spec, {*presetFilter("sobel-t", spec.kernel, 1)});
    QVERIFY(onColour && onGrey);
    for (std::size_t i = 0; i < onGrey->values().size(); ++i) {
      QVERIFY(std::abs(onColour->values()[i] - onGrey->values()[i]) < 1e-5F);
    }
    // On any other number of channels the shares are equal; "all ones" and random values are not shared out.
    QCOMPARE(presetFilter("frame-difference", {2, 1, 1}, 4)->weights,
             (std::vector<float>{-.25F, .25F, -.25F, .25F, -.25F, .25F, -.25F, .25F}));
    QCOMPARE(presetFilter("all-ones", {1, 2, 1}, 3)->weights, std::vector<float>(6, 1.0F));
    const auto random = presetFilter("random-normal", {3, 3, 3}, 3)->weights;
    QVERIFY(std::vector(random.begin(), random.begin() + 27) !=
            std::vector(random.begin() + 27, random.begin() + 54));
  }

  void unknownPresetNamesTheNearest() {
    const auto filter = presetFilter("sobelx", {3, 3, 3}, 1);
    QVERIFY(!filter);
    QCOMPARE(filter.error().code, ErrorCode::BadUsage);
    QCOMPARE(QString::fromStdString(filter.error().message),
             QString("There is no kernel preset “sobelx”; the nearest are sobel-x, sobel-y and sobel-t."));
    const auto far = presetFilter("qqqqqqqqqqqqqqqqqqqqqqqqqqqq", {3, 3, 3}, 1);
    QCOMPARE(
        QString::fromStdString(far.error().message),
        QString(
            "There is no kernel preset “qqqqqqqqqqqqqqqqqqqqqqqqqqqq”; --list-presets names them all."));
  }

  void obstaclesAreSentences() {
    const auto grey = presetFilter("red-moving-right", {3, 3, 3}, 1);
    QVERIFY(!grey);
    QCOMPARE(grey.error().code, ErrorCode::BadSpec);
    QCOMPARE(
        QString::fromStdString(grey.error().message),
        QString(
            "The kernel “Red, moving right” needs the three channels of a colour clip, but this one has 1."));
    QCOMPARE(QString::fromStdString(presetObstacle(*findKernelPreset("red-moving-right"), {8, 9, 9, 1})),
             QString::fromStdString(grey.error().message));
    QCOMPARE(QString::fromStdString(presetObstacle(*findKernelPreset("onset"), {2, 9, 9, 3})),
             QString("The kernel “Onset” is 4 frames long, but the clip has 2."));
    QCOMPARE(presetObstacle(*findKernelPreset("onset"), {4, 1, 1, 3}), std::string());
    QCOMPARE(presetObstacle(*findKernelPreset("moving-right"), {1, 9, 9, 3}), std::string());
    const auto nothing = presetFilter("moving-right", {1, 3, 1}, 1);
    QVERIFY(!nothing);
    QCOMPARE(QString::fromStdString(nothing.error().message),
             QString("The kernel “Moving right” has nothing to compare in a kernel of 1 × 3 × 1: it needs at "
                     "least two "
                     "frames, or two pixels along its direction."));
    QVERIFY(!presetFilter("mean", {0, 3, 3}, 1));
    QVERIFY(!presetFilter("mean", {65, 3, 3}, 1));
  }
};

QTEST_GUILESS_MAIN(TestKernelPresets)
#include "tst_kernel_presets.moc"
