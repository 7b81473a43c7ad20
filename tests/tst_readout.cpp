#include "engine/classify/clip_features.h"
#include "engine/classify/map_moments.h"
#include "engine/classify/partial_motion.h"
#include "engine/classify/readout.h"
#include "engine/classify/softmax_solver.h"
#include "engine/clip/clip_prepare.h"
#include "engine/clip/motion_lab.h"
#include "engine/conv/convolve.h"
#include "engine/conv/repeated_convolution.h"

#include <QtTest>

#include <cmath>
#include <cstring>
#include <random>
#include <set>

using namespace convscope;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

ThreadPool& pool() {
  static ThreadPool threads(2);
  return threads;
}
ComputeContext context() {
  return {pool(), {}};
}

Tensor randomTensor(const Shape& shape, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> values(-1, 1);
  Tensor tensor(shape);
  for (float& value : tensor.values()) value = values(random);
  return tensor;
}

std::shared_ptr<const Readout> trained(const Triple& kernel, BankKind bank = BankKind::Gabor) {
  ReadoutSpec spec;
  spec.kernel = kernel;
  spec.bank = bank;
  const auto readout = trainReadout(spec, context());
  return readout ? *readout : nullptr;
}

Tensor drawnPixels(const ClipSpec& spec) {
  const auto raw = drawLab(std::get<LabSpec>(spec.source), spec.range);
  return std::move(prepareClip(*raw, spec.prepare, 1)->pixels);
}

int indexOf(MotionClass label) {
  return static_cast<int>(label);
}

}  // namespace

class TestReadout : public QObject {
  Q_OBJECT

 private slots:
  // --- the clips
  /// The first test: nothing is drawn yet. A stop in the middle loses no clip and changes none.
  void drawingGoesOnAfterStops() {
    int rounds = 0;
    for (bool done = false; !done; ++rounds) {
      std::stop_source stop;
      int yields = 0;
      const ComputeContext asked{pool(), stop.get_token(), [&] {
                                   if (++yields == 8) stop.request_stop();
                                 }};
      done = motionSet(asked).has_value();
      QVERIFY(rounds < 20);
    }
    QVERIFY2(rounds > 2, qPrintable(QString::number(rounds)));
  }

  void noClipIsInBothSets() {
    const auto set = motionSet(context());
    QVERIFY_RESULT(set);
    QCOMPARE((*set)->training.size(), std::size_t{kTrainingClips});
    QCOMPARE((*set)->test.size(), std::size_t{kTestClips});
    QCOMPARE((*set)->partialTest.size(), std::size_t{kPartialTestClips});
    std::set<std::vector<float>> pictures;
    std::array<int, kMotionClasses> counts{};
    std::array<int, 3> extents{};
    for (const auto* part : {&(*set)->training, &(*set)->test, &(*set)->partialTest}) {
      for (const LabelledClip& clip : *part) {
        QVERIFY(clip.pixels.shape() == kMotionClipShape);
        const auto values = clip.pixels.values();
        QVERIFY(pictures.insert({values.begin(), values.end()}).second);
        ++extents[static_cast<std::size_t>(clip.extent)];
        ++counts[static_cast<std::size_t>(clip.label)];
      }
    }
    for (std::size_t i = 0; i < extents.size(); ++i)
      QCOMPARE(extents[i], kMotionClasses * (kTrainingClipsEach[i] + kTestClipsEach[i]));
    for (const int count : counts)
      QCOMPARE(count, (kTrainingClips + kTestClips + kPartialTestClips) / kMotionClasses);
  }

  void clipsAreTheSameBitsEveryTime() {
    const auto set = motionSet(context());
    QVERIFY_RESULT(set);
    QCOMPARE(set->get(), motionSet(context())->get());
    const auto sameBits = [](const Tensor& a, const Tensor& b) {
      return std::memcmp(a.data(), b.data(), a.values().size_bytes()) == 0;
    };
    for (const std::size_t index : {0U, 1U, 5U, 6U, 139U}) {
      const auto at = static_cast<int>(index);
      QVERIFY(sameBits(drawnPixels(motionClip(MotionPart::Test, at)), (*set)->test[index].pixels));
      QVERIFY(sameBits(drawMotion(MotionPart::Test, MotionExtent::Window, at)->pixels,
                       (*set)->partialTest[index].pixels));
      QVERIFY(sameBits(drawMotion(MotionPart::Test, MotionExtent::Thing, at)->pixels,
                       (*set)->partialTest[140 + index].pixels));
    }
  }

  /// Without the camera's noise: a corner of the ground never changes, a window's patch moves on in itself, a
  /// thing leaves its place.
  void groundStandsAndPatchMoves() {
    PartialMotion motion = partialMotion(MotionPart::Test, MotionExtent::Thing, indexOf(MotionClass::Right));
    QVERIFY(motion.label == MotionClass::Right && motion.travels);
    motion.noise = 0;
    motion.speed = 1;
    motion.box = true;
    motion.centre = {15.5, 15.5};
    motion.radii = {4, 4};
    const auto centreOfChange = [](const Tensor& clip,
                                   int t) {  // column of what differs from frame 0's ground
      double sum = 0;
      double places = 0;
      for (int x = 0; x < 32; ++x) {
        const double off = std::abs(double{clip.at(t, 15, x, 0)} - clip.at(0, 2, x, 0));
        sum += off > 1e-6 ? 1 : 0;
        places += off > 1e-6 ? x : 0;
      }
      return places / std::max(1.0, sum);
    };
    motion.groundSwing = 0;
    motion.brighter = 0.3;
    const Tensor thing = drawPartialMotion(motion);
    for (int t = 0; t < 16; ++t) QCOMPARE(thing.at(t, 1, 1, 0), thing.at(0, 1, 1, 0));
    QVERIFY(std::abs(centreOfChange(thing, 12) - centreOfChange(thing, 4) - 8) < 0.01);
    motion.travels = false;
    const Tensor window = drawPartialMotion(motion);
    QVERIFY(std::abs(centreOfChange(window, 12) - centreOfChange(window, 4)) < 0.01);
    for (int t = 1; t < 16; ++t)
      QVERIFY(std::abs(window.at(t, 15, 16, 0) - window.at(t - 1, 15, 15, 0)) < 1e-6F);
  }

  // --- features
  void repeatedConvolutionGivesTheBitsOfConvolve_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<Triple>("stride");
    QTest::addColumn<Triple>("dilation");
    QTest::addColumn<int>("filters");
    QTest::addRow("3 3 3") << Triple{3, 3, 3} << Triple{} << Triple{} << 24;
    QTest::addRow("odd bank") << Triple{2, 3, 4} << Triple{} << Triple{} << 7;
    QTest::addRow("one filter") << Triple{3, 3, 3} << Triple{} << Triple{} << 1;
    QTest::addRow("time only, one filter") << Triple{3, 1, 1} << Triple{} << Triple{} << 1;
    QTest::addRow("strides") << Triple{3, 3, 3} << Triple{2, 3, 2} << Triple{} << 9;
    QTest::addRow("dilation") << Triple{2, 3, 3} << Triple{} << Triple{3, 2, 2} << 8;
  }
  void repeatedConvolutionGivesTheBitsOfConvolve() {
    QFETCH(Triple, kernel);
    QFETCH(Triple, stride);
    QFETCH(Triple, dilation);
    QFETCH(int, filters);
    ConvSpec spec;
    spec.kernel = kernel;
    spec.stride = stride;
    spec.dilation = dilation;
    spec.activation = Activation::Relu;
    FilterBank bank;
    for (int k = 0; k < filters; ++k) bank.push_back(randomFilter(kernel, 1, 40 + static_cast<unsigned>(k)));
    const Shape shape{9, 17, 22, 1};
    const auto layer = RepeatedConvolution::plan(shape, spec, bank);
    QVERIFY_RESULT(layer);
    RepeatedConvolution::Worker worker(*layer);
    for (const unsigned seed : {1U, 2U}) {  // the second must not show a trace of the first
      const Tensor input = randomTensor(shape, seed);
      int told = 0;
      worker.run(input, [&](int first, int frames) {
        QCOMPARE(first, told);
        told += frames;
      });
      const auto wanted = convolve(input, spec, bank, context());
      QVERIFY_RESULT(wanted);
      QCOMPARE(told, wanted->shape().length);
      QVERIFY(worker.maps().shape() == wanted->shape());
      QVERIFY(std::memcmp(worker.maps().data(), wanted->data(), wanted->values().size_bytes()) == 0);
    }
  }

  void momentsAreTheSums_data() {
    QTest::addColumn<int>("count");
    for (const int count : {0, 1, 63, 64, 65, 900, 1000}) QTest::addRow("%d values", count) << count;
  }
  void momentsAreTheSums() {
    QFETCH(int, count);
    const Tensor values = randomTensor({1, 1, std::max(1, count), 1}, 5);
    double sum = 0;
    double square = 0;
    for (int i = 0; i < count; ++i) {
      sum += double{values.data()[i]};
      square += double{values.data()[i]} * values.data()[i];
    }
    RunningMoments running;
    constexpr int kFrames = 100;  // more than a lane takes before it is emptied
    for (int t = 1; t <= kFrames; ++t) {
      running.add(values.data(), count);
      if (t > 1 && t < kFrames) continue;
      const Moments moments = running.total();
      QVERIFY(std::abs(moments.sum - t * sum) <= 1e-5 * t * (1 + count / 100.0));
      QVERIFY(std::abs(moments.square - t * square) <= 1e-5 * t * (1 + count / 100.0));
    }
  }

  /// An impulse meets every weight once: Σ of the map is Σ of the positive weights, and so for the squares.
  void featuresOfAnImpulseAreThoseOfTheWeights() {
    Tensor impulse(Shape{5, 9, 9, 1});
    impulse.at(2, 4, 4, 0) = 1;
    ConvSpec spec;
    spec.kernel = {2, 3, 3};
    const FilterBank bank{randomFilter(spec.kernel, 1, 3), randomFilter(spec.kernel, 1, 4)};
    const auto table = featuresOf({&impulse}, spec, bank, context());
    QVERIFY_RESULT(table);
    QCOMPARE(table->columns, 4);
    const double positions = 4 * 7 * 7;
    for (int k = 0; k < 2; ++k) {
      double sum = 0;
      double square = 0;
      for (const float w : bank[static_cast<std::size_t>(k)].weights) {
        sum += std::max(0.0, double{w});
        square += std::max(0.0, double{w}) * std::max(0.0, double{w});
      }
      QVERIFY(std::abs(table->row(0)[k] - sum / positions) < 1e-7);
      QVERIFY(std::abs(table->row(0)[2 + k] - std::sqrt(square / positions)) < 1e-7);
    }
  }

  // --- banks
  void gaborsAreUnitFiltersWithoutMeanAllDifferent_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<int>("filters");
    QTest::addRow("3 3 3") << Triple{3, 3, 3} << kFamilySize;
    QTest::addRow("1 3 3") << Triple{1, 3, 3} << kFamilySize;
    QTest::addRow("2 5 5") << Triple{2, 5, 5} << kFamilySize;
    QTest::addRow("7 7 7") << Triple{7, 7, 7} << kFamilySize;
    QTest::addRow("5 1 5") << Triple{5, 1, 5} << kFamilySize;
    QTest::addRow("3 1 1") << Triple{3, 1, 1} << 0;  // a plane has fewer
    QTest::addRow("2 1 1") << Triple{2, 1, 1} << 1;  // w, −w
  }
  void gaborsAreUnitFiltersWithoutMeanAllDifferent() {
    QFETCH(Triple, kernel);
    QFETCH(int, filters);
    const FilterBank bank = gaborFamily(kernel);
    if (filters > 0) QCOMPARE(static_cast<int>(bank.size()), filters);
    QVERIFY(!bank.empty());
    for (std::size_t a = 0; a < bank.size(); ++a) {
      QCOMPARE(static_cast<std::int64_t>(bank[a].weights.size()), kernel.product());
      double sum = 0;
      for (const float w : bank[a].weights) sum += double{w};
      QVERIFY(std::abs(sum) < 1e-5);
      for (std::size_t b = 0; b <= a; ++b) {
        double dot = 0;
        for (std::size_t i = 0; i < bank[a].weights.size(); ++i)
          dot += double{bank[a].weights[i]} * bank[b].weights[i];
        QVERIFY(a == b ? std::abs(dot - 1) < 1e-5 : std::abs(dot) < kSameFilter + 1e-5);
      }
    }
  }

  void oneCellHasOneFilter() {
    const FilterBank bank = gaborFamily({1, 1, 1});
    QCOMPARE(bank.size(), std::size_t{1});
    QCOMPARE(bank.front().weights.front(), 1.0F);
  }

  /// The first filter answers to motion to the right with speed 1 more than to the left: x − t in its wave.
  void firstGaborMovesRight() {
    const Triple kernel{3, 3, 3};
    const Filter right = gaborFamily(kernel).front();
    for (int t = 0; t < 2; ++t) {
      const float now = right.weights[weightIndex(kernel, 0, t, 1, t)];
      const float along = right.weights[weightIndex(kernel, 0, t + 1, 1, t + 1)];
      QVERIFY(now > 0 && along > 0);
    }
    QVERIFY(right.weights[weightIndex(kernel, 0, 0, 1, 2)] < 0);
  }

  void ownKernelComesWithItsMirrors() {
    const Triple kernel{2, 3, 3};
    const FilterBank bank = mirrorFamily({randomFilter(kernel, 1, 9)}, kernel);
    QCOMPARE(bank.size(), std::size_t{16});  // two mirrors, time reversed, transposed
    const Triple oblong{2, 3, 4};
    QCOMPARE(mirrorFamily({randomFilter(oblong, 1, 9)}, oblong).size(), std::size_t{8});
    Filter even;
    even.weights = {1, 2, 1};  // a mirror image of itself
    QCOMPARE(mirrorFamily({even}, {1, 1, 3}).size(), std::size_t{1});
    even.weights = {0, 0, 0};
    QVERIFY(mirrorFamily({even}, {1, 1, 3}).empty());
  }

  void strongestChannelOfAColourFilter() {
    Filter colour;
    colour.weights = {1, -1, 3, 1, -2, 0};  // three channels of two weights
    QCOMPARE(strongestChannel(colour, {2, 1, 1}, 3).weights, (std::vector<float>{3, 1}));
  }

  // --- the solver
  void gradientIsTheSlope() {
    SoftmaxProblem problem{{}, {0, 2, 1, 1, 0}, 4, 3, 0.1};
    std::mt19937 random(3);
    std::uniform_real_distribution<double> values(-1, 1);
    for (int i = 0; i < 5; ++i) {
      for (int j = 0; j < 3; ++j) problem.design.push_back(values(random));
      problem.design.push_back(1);
    }
    std::vector<double> weights(12);
    for (double& w : weights) w = values(random);
    std::vector<double> gradient;
    std::vector<double> unused;
    (void)problem.valueAt(weights, gradient);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      constexpr double kStep = 1e-5;
      auto up = weights;
      auto down = weights;
      up[i] += kStep;
      down[i] -= kStep;
      const double slope = (problem.valueAt(up, unused) - problem.valueAt(down, unused)) / (2 * kStep);
      QVERIFY2(std::abs(slope - gradient[i]) < 1e-8, qPrintable(QString::number(i)));
    }
  }

  /// Two clips, x = +1 and −1, two classes: by symmetry the rows are (w, 0) and (−w, 0), the objective is
  /// log(1 + e^(−2w)) + λ w², and at its least w · (1 + e^(2w)) = 1/λ. For λ = 0.1: w = 1.06930…
  void twoClipsHaveTheSolutionOnPaper() {
    const SoftmaxProblem problem{{1, 1, -1, 1}, {0, 1}, 2, 2, 0.1};
    const auto weights = solveSoftmax(problem, 60, 1e-10);
    const double w = weights[0];
    QVERIFY2(std::abs(w * (1 + std::exp(2 * w)) - 10) < 1e-6, qPrintable(QString::number(w, 'g', 12)));
    QVERIFY(std::abs(weights[2] + w) < 1e-7);
    QVERIFY(std::abs(weights[1]) < 1e-7 && std::abs(weights[3]) < 1e-7);
  }

  /// Without features the scores are the classes' shares of the training clips.
  void biasAloneLearnsTheShares() {
    FeatureTable table{4, 1, {2, 2, 2, 2}};  // a feature that never changes
    const SoftmaxModel model = fitSoftmax(table, {0, 0, 0, 1}, 2);
    QCOMPARE(model.scale.front(), 0.0);
    const auto scores = model.scores(table.row(0));
    QVERIFY(std::abs(scores[0] - 0.75) < 1e-5);
    QVERIFY(std::abs(scores[0] + scores[1] - 1) < 1e-12);
  }

  /// A class of two kinds: exp of both rows added up.
  void kindsOfAClassAddUp() {
    SoftmaxModel model;
    model.classes = 2;
    model.kinds = 2;
    model.features = 1;
    model.mean = {0};
    model.scale = {1};
    model.weights = {1, 0, 0, 0, 2, 0, 0, 0};  // z = x, 0 | 2x, 0
    const double x = 0.7;
    const double first = std::exp(x) + std::exp(2 * x);
    const auto scores = model.scores(&x);
    QVERIFY(std::abs(scores[0] - first / (first + 2)) < 1e-12);
    model.temperature = 2;
    const auto even = model.scores(&x);
    QVERIFY(std::abs(even[0] / even[1] - std::sqrt(first / 2)) < 1e-12);
    QVERIFY(std::abs(even[0] + even[1] - 1) < 1e-12);
  }

  /// Nine of ten clips are right with log-odds of 4 or more: the likeliest temperature makes them log 9.
  void temperatureMakesScoresAsSureAsTheyAreRight() {
    const std::vector<double> sure{std::log(1 / (1 + std::exp(-4.0))), std::log(1 / (1 + std::exp(4.0)))};
    const std::vector<std::vector<double>> logs(10, sure);
    const std::vector<int> labels{0, 0, 0, 0, 1, 0, 0, 0, 0, 0};
    QVERIFY(std::abs(calibratedTemperature(logs, labels) - 4 / std::log(9.0)) < 1e-3);
    // never surer than it was
    QCOMPARE(calibratedTemperature(logs, std::vector<int>(10, 0)), kCoolest);
    QVERIFY(calibratedTemperature(logs, std::vector<int>(10, 1)) > 0.999 * kHottest);
  }

  /// Two features that go together: a clip off their line is farther out than one along it.
  void distanceHeedsWhatGoesTogether() {
    FeatureTable table{4, 3, {1, 1, 5, -1, -1, 5, 2, 2.1, 5, -2, -2.1, 5}};
    const FeatureSpread spread = spreadOf(table, 4);
    QCOMPARE(spread.used, (std::vector<int>{0, 1}));  // the third never changed
    const std::vector<double> along{2, 2, 5};
    const std::vector<double> across{2, -2, 5};
    QVERIFY(spread.distance(along.data()) < 2);
    QVERIFY(spread.distance(across.data()) > 5 * spread.distance(along.data()));
    const std::vector<double> middle{0, 0, 5};
    QVERIFY(spread.distance(middle.data()) < 1e-9);
  }

  // --- the readout
  void anyNumberOfThreadsGivesTheSameBits() {
    ReadoutSpec spec;
    spec.kernel = {2, 3, 3};
    spec.stride = {2, 2, 2};
    std::shared_ptr<const Readout> first;
    for (const int threads : {1, 2, 3}) {
      ThreadPool some(threads);
      forgetReadouts();
      const auto readout = trainReadout(spec, ComputeContext{some, {}});
      QVERIFY_RESULT(readout);
      if (!first) first = *readout;
      QCOMPARE((*readout)->model.weights, first->model.weights);
      QCOMPARE((*readout)->model.mean, first->model.mean);
      QVERIFY((*readout)->test.confusion == first->test.confusion);
      QVERIFY((*readout)->partialTest.confusion == first->partialTest.confusion);
      QCOMPARE((*readout)->model.temperature, first->model.temperature);
      QCOMPARE((*readout)->usual, first->usual);
      QCOMPARE((*readout)->spread.factor, first->spread.factor);
    }
  }

  void trainedReadoutsAreKept() {
    forgetReadouts();
    QVERIFY(keptReadout({}) == nullptr);
    const auto first = trained({3, 3, 3});
    QVERIFY(first != nullptr);
    QCOMPARE(trained({3, 3, 3}), first);
    QCOMPARE(keptReadout({}), first);
  }

  void kernelWithRoomOnEveryAxisTellsAllApart() {
    const auto readout = trained({3, 3, 3});
    QVERIFY(readout->test.accuracy() >= 0.98);
    QVERIFY(confusedGroups(readout->test).empty());
    QCOMPARE(readout->test.clips(), kTestClips);
    QCOMPARE(readout->weights, std::int64_t{27 * 24});
    QCOMPARE(readout->multiplyAdds, std::int64_t{14} * (30 / kRowStep) * 30 * 27 * 24);
  }

  /// Of clips of which a part moves, and of new clips of all kinds: as good as what it says of itself.
  void scoresOfNewClipsAreHonest_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<double>("partialFloor");
    QTest::addRow("3 3 3") << Triple{3, 3, 3} << 0.84;
    QTest::addRow("5 5 5") << Triple{5, 5, 5} << 0.84;
    QTest::addRow("2 5 5") << Triple{2, 5, 5} << 0.78;
    QTest::addRow("5 1 5") << Triple{5, 1, 5} << 0.74;
    QTest::addRow("1 3 3") << Triple{1, 3, 3} << 0.17;  // chance is 1 in 7
  }
  void scoresOfNewClipsAreHonest() {
    QFETCH(Triple, kernel);
    QFETCH(double, partialFloor);
    const auto readout = trained(kernel);
    QCOMPARE(readout->partialTest.clips(), kPartialTestClips);
    QVERIFY2(readout->partialTest.accuracy() >= partialFloor,
             qPrintable(QString::number(readout->partialTest.accuracy())));
    constexpr int kNew = 7000;  // first clip that is in no set
    int clips = 0;
    int right = 0;
    int flagged = 0;
    double sure = 0;
    for (const auto extent : {MotionExtent::Full, MotionExtent::Window, MotionExtent::Thing}) {
      for (int i = 0; i < (extent == MotionExtent::Full ? 280 : 140); ++i, ++clips) {
        const auto clip = drawMotion(MotionPart::Test, extent, kNew + i);
        const auto scores = scoreClip(*readout, clip->pixels, context());
        const auto best = std::ranges::max_element(scores->scores);
        right += best - scores->scores.begin() == indexOf(clip->label) ? 1 : 0;
        sure += *best;
        flagged += scores->distance > readout->usual ? 1 : 0;
      }
    }
    const QString found = QStringLiteral("%1 clips: %2 right, %3 expected, %4 flagged")
                              .arg(clips)
                              .arg(right)
                              .arg(sure)
                              .arg(flagged);
    // Bars add up to what is right, within .05 of all clips; one or two in a hundred are far out.
    QVERIFY2(sure - right < 0.05 * clips && right - sure < 0.1 * clips, qPrintable(found));
    QVERIFY2(flagged <= 0.035 * clips, qPrintable(found));
  }

  /// The test clips themselves, which set the distance: 1.5 in a hundred lie beyond it.
  void fewTestClipsLieFarOut() {
    const auto readout = trained({3, 3, 3});
    const auto set = motionSet(context());
    int flagged = 0;
    for (const auto* part : {&(*set)->test, &(*set)->partialTest}) {
      for (const LabelledClip& clip : *part)
        flagged += scoreClip(*readout, clip.pixels, context())->distance > readout->usual ? 1 : 0;
    }
    QVERIFY2(flagged >= 6 && flagged <= 11, qPrintable(QString::number(flagged)));  // of 560
  }

  /// A figure of the lab, which no readout has learned from, walks before a still wall.
  void figureThatWalksIsNamed() {
    const auto readout = trained({3, 3, 3});
    LabSpec lab = findMotionLabEntry("figure-walk")->defaults;
    for (const auto& [direction, label] : {std::pair{0.0, MotionClass::Right}, {180.0, MotionClass::Left}}) {
      lab.direction = direction;
      const auto raw = drawLab(lab, {0, 16, 1});
      const auto scores = scoreClip(*readout, prepareClip(*raw, {}, 1)->pixels, context());
      QVERIFY_RESULT(scores);
      QVERIFY2(scores->scores[static_cast<std::size_t>(indexOf(label))] > 0.85, motionClassName(label));
    }
  }

  /// What a kernel cannot see, no readout can tell: the pairs' accuracy stays at chance, within four standard
  /// deviations of 80 tosses of a coin.
  void blindKernelsStayAtChance_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<MotionClass>("one");
    QTest::addColumn<MotionClass>("other");
    QTest::addColumn<double>("least");
    QTest::addColumn<double>("most");
    QTest::addRow("one frame: left, right")
        << Triple{1, 3, 3} << MotionClass::Left << MotionClass::Right << 0.4 << 0.5;
    QTest::addRow("one frame: up, down")
        << Triple{1, 3, 3} << MotionClass::Up << MotionClass::Down << 0.36 << 0.52;
    QTest::addRow("one frame: still, right")
        << Triple{1, 5, 5} << MotionClass::Still << MotionClass::Right << 0.36 << 0.52;
    QTest::addRow("time alone: left, up")
        << Triple{3, 1, 1} << MotionClass::Left << MotionClass::Up << 0.52 << 0.62;
    QTest::addRow("no height: up, down")
        << Triple{5, 1, 5} << MotionClass::Up << MotionClass::Down << 0.82 << 0.9;
    QTest::addRow("no width: left, right")
        << Triple{5, 5, 1} << MotionClass::Left << MotionClass::Right << 0.82 << 0.9;
  }
  void blindKernelsStayAtChance() {
    QFETCH(Triple, kernel);
    QFETCH(MotionClass, one);
    QFETCH(MotionClass, other);
    QFETCH(double, least);
    QFETCH(double, most);
    const auto readout = trained(kernel);
    QVERIFY(readout != nullptr);
    const auto& table = readout->test.confusion;
    const auto a = static_cast<std::size_t>(one);
    const auto b = static_cast<std::size_t>(other);
    const double rightly = table[a][a] + table[b][b];
    const double both = rightly + table[a][b] + table[b][a];
    QVERIFY2(std::abs(rightly / both - 0.5) < 4 * 0.5 / std::sqrt(both),
             qPrintable(QStringLiteral("%1 of %2").arg(rightly).arg(both)));
    QVERIFY(readout->test.accuracy() > least && readout->test.accuracy() < most);
    const auto groups = confusedGroups(readout->test);
    QCOMPARE(groups.size(), std::size_t{1});
    QVERIFY(std::ranges::find(groups[0], one) != groups[0].end());
    QVERIFY(std::ranges::find(groups[0], other) != groups[0].end());
  }

  void groupsAreWhatLinksHoldTogether() {
    TestScore score;
    for (std::size_t i = 0; i < score.confusion.size(); ++i) score.confusion[i][i] = 32;
    QVERIFY(confusedGroups(score).empty());
    score.confusion[1][2] = 8;  // 8 of 72: more than one in ten
    score.confusion[2][4] = 8;
    score.confusion[5][6] = 3;  // 3 of 67
    const auto groups = confusedGroups(score);
    QCOMPARE(groups.size(), std::size_t{1});
    QVERIFY(groups[0] == (std::vector{MotionClass::Left, MotionClass::Right, MotionClass::Down}));
    QCOMPARE(score.clipsOf(1), 40);
    QCOMPARE(score.accuracyOf(1), 0.8);
  }

  void clipIsFedGreyAndResized() {
    Tensor clip(Shape{3, 64, 16, 3});
    for (int c = 0; c < 3; ++c) {
      for (int t = 0; t < 3; ++t) std::fill_n(clip.frame(t, c), 64 * 16, 0.25F * static_cast<float>(c));
    }
    const Tensor input = readoutInput(clip);
    QVERIFY(input.shape() == (Shape{3, 32, 32, 1}));
    for (const float value : input.values()) QVERIFY(std::abs(value - (.587F * .25F + .114F * .5F)) < 1e-6F);
  }

  void scoresNameTheMotionOfUnseenClips() {
    const auto readout = trained({3, 3, 3});
    LabSpec lab = findMotionLabEntry("sliding-grain")->defaults;
    lab.height = 64;
    lab.width = 64;
    lab.size = 12;
    lab.seed = 5'000'000;
    for (const auto& [label, direction] : {std::pair{MotionClass::Left, 180.0},
                                           {MotionClass::Right, 0.0},
                                           {MotionClass::Up, 270.0},
                                           {MotionClass::Down, 90.0}}) {
      lab.direction = direction;
      lab.speed = 2;  // 1 pixel a frame at the readout's size
      const auto raw = drawLab(lab, {0, 12, 1});
      const auto scores = scoreClip(*readout, prepareClip(*raw, {}, 1)->pixels, context());
      QVERIFY_RESULT(scores);
      double sum = 0;
      for (const double score : scores->scores) sum += score;
      QVERIFY(std::abs(sum - 1) < 1e-9);
      QVERIFY(scores->scores[static_cast<std::size_t>(indexOf(label))] > 0.5);
      QVERIFY2(scores->distance < readout->usual, "a clip like those that it learned from");
    }
  }

  void clipUnlikeAllLearnedFromIsFarOut() {
    const auto readout = trained({3, 3, 3});
    // Stripes of full contrast: stronger than any texture that the readout learned from.
    Tensor clip(Shape{16, 32, 32, 1});
    for (int t = 0; t < 16; ++t)
      for (int y = 0; y < 32; ++y)
        for (int x = 0; x < 32; ++x) clip.at(t, y, x, 0) = (x / 2 + t / 2) % 2 == 0 ? 1.F : 0.F;
    const auto scores = scoreClip(*readout, clip, context());
    QVERIFY_RESULT(scores);
    QVERIFY(scores->distance > readout->usual);
  }

  void whatCannotBeScoredIsOneSentence() {
    const auto readout = trained({3, 3, 3});
    const auto few = scoreClip(*readout, Tensor(Shape{2, 8, 8, 1}), context());
    QVERIFY(!few);
    QCOMPARE(QString::fromStdString(few.error().message),
             QStringLiteral("The kernel spans 3 frames in time and this clip has 2."));
    // A single frame fits a kernel of one frame, and yet there is no motion in it.
    const auto still = scoreClip(*trained({1, 3, 3}), Tensor(Shape{1, 32, 32, 1}), context());
    QVERIFY(!still && still.error().code == ErrorCode::BadSpec);
    QCOMPARE(QString::fromStdString(still.error().message),
             QStringLiteral("A clip of one frame holds no motion: there is nothing to score."));
    ReadoutSpec longer;
    longer.kernel = {9, 1, 1};
    longer.dilation = {2, 1, 1};
    const auto none = trainReadout(longer, context());
    QVERIFY(!none && none.error().code == ErrorCode::BadSpec);
    QCOMPARE(QString::fromStdString(none.error().message),
             QStringLiteral("The kernel spans 17 frames in time and the readout's clips have 16."));
    ReadoutSpec empty;
    empty.bank = BankKind::Own;
    empty.own.resize(1);
    empty.own.front().weights.resize(27);
    QVERIFY(trainReadout(empty, context()).error().message.starts_with("All weights of the kernel are 0"));
  }

  void trainingStops() {
    std::stop_source stop;
    int yields = 0;
    ComputeContext asked{pool(), stop.get_token(), [&] {
                           if (++yields == 2) stop.request_stop();
                         }};
    ReadoutSpec spec;
    spec.kernel = {4, 3, 3};
    const auto readout = trainReadout(spec, asked);
    QVERIFY(!readout && readout.error().code == ErrorCode::Stopped);
    QCOMPARE(yields, 2);
    QVERIFY(keptReadout(spec) == nullptr);
  }
};

QTEST_GUILESS_MAIN(TestReadout)
#include "tst_readout.moc"
