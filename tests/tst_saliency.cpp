#include "engine/gradient/preferred_stimulus.h"
#include "engine/gradient/saliency.h"
#include "tests/network_graph.h"

#include <QtTest>

#include <cmath>
#include <cstring>

using namespace convscope;
using namespace network_graph;

using List = std::vector<std::int64_t>;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

/// Convolution, ReLU, mean over t, y and x, linear scores, perhaps soft-max.
struct Classifier {
  explicit Classifier(bool ends = true) {
    input = maker.input(ElementType::Float32, "clip");
    const int conv =
        maker.node("Conv", {input, maker.weights(noise({4, 2, 3, 3, 3}, 1)), maker.weights(noise({4}, 2))},
                   {{"pads", List{1, 1, 1, 1, 1, 1}}});
    maps = maker.node("Relu", {conv});
    const int flat = maker.node("Flatten", {maker.node("GlobalAveragePool", {maps})});
    head = noise({3, 4}, 3);
    scores = maker.node("Gemm", {flat, maker.weights(head)}, {{"transB", std::int64_t{1}}});
    last = ends ? maker.node("Softmax", {scores}) : scores;
    runner = std::make_unique<Runner>(maker.made({last}));
  }
  GraphMaker maker;
  int input = -1, maps = -1, scores = -1, last = -1;
  Value head;
  std::unique_ptr<Runner> runner;
};

}  // namespace

class TestSaliency : public QObject {
  Q_OBJECT

 private slots:
  void scoresAreThoseBeforeTheSoftMax() {
    const Classifier ends(true), open(false);
    QCOMPARE(scoreValue(ends.runner->graph()), ends.scores);
    QCOMPARE(scoreValue(open.runner->graph()), open.scores);
  }

  /// Flatten and a matrix: the gradient is the class's row of it.
  void linearNetworkGivesItsWeights() {
    GraphMaker maker;
    const int input = maker.input(ElementType::Float32);
    const Value weights = noise({5, 2 * 3 * 4 * 5}, 8);
    const int scores = maker.node("Gemm", {maker.node("Flatten", {input}), maker.weights(weights)},
                                  {{"transB", std::int64_t{1}}});
    Runner runner(maker.made({scores}));
    ThreadPool pool(2);
    const Value clip = noise({1, 2, 3, 4, 5}, 9);
    const auto heat = classSaliency(runner, clip, 3, SaliencyKind::Gradient, {pool, {}});
    QVERIFY_RESULT(heat);
    QVERIFY(heat->heat.shape() == (Shape{3, 4, 5, 1}));
    QCOMPARE(heat->index, std::int64_t{3});
    const auto times = classSaliency(runner, clip, 3, SaliencyKind::GradientTimesClip, {pool, {}});
    QVERIFY_RESULT(times);
    for (std::size_t i = 0; i < 60; ++i) {
      const double one = double{weights.values<float>()[3 * 120 + i]},
                   other = double{weights.values<float>()[3 * 120 + 60 + i]};
      QCOMPARE(heat->heat.values()[i], static_cast<float>(std::max(std::abs(one), std::abs(other))));
      const double sum = one * double{clip.values<float>()[i]} + other * double{clip.values<float>()[60 + i]};
      QVERIFY(std::abs(double{times->heat.values()[i]} - std::abs(sum)) < 1e-6);
    }
    const auto best = classSaliency(runner, clip, -1, SaliencyKind::Gradient, {pool, {}});
    QVERIFY_RESULT(best);
    double most = -1e9;
    std::int64_t index = -1;
    for (std::int64_t k = 0; k < 5; ++k) {
      double sum = 0;
      for (std::size_t i = 0; i < 120; ++i)
        sum += double{weights.values<float>()[static_cast<std::size_t>(k) * 120 + i]} *
               double{clip.values<float>()[i]};
      if (sum > most) most = sum, index = k;
    }
    QCOMPARE(best->index, index);
    QVERIFY(std::abs(best->score - most) < 1e-4);
  }

  /// Behind the mean and a matrix Grad-CAM is the class activation map: the maps weighed by the class's row.
  void gradCamIsTheClassActivationMap() {
    Classifier net;
    ThreadPool pool(2);
    const Value clip = noise({1, 2, 4, 6, 5}, 4);
    for (std::int64_t index = 0; index < 3; ++index) {
      const auto cam = gradCam(*net.runner, clip, index, net.maps, {pool, {}});
      QVERIFY_RESULT(cam);
      QVERIFY(cam->heat.shape() == (Shape{4, 6, 5, 1}));
      RunRequest request{{clip}, true};
      const auto run = net.runner->run(request, {pool, {}});
      const auto maps = run->values[static_cast<std::size_t>(net.maps)].values<float>();
      double most = 0;
      for (std::size_t i = 0; i < 120; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < 4; ++k)
          sum += double{net.head.values<float>()[static_cast<std::size_t>(index) * 4 + k]} / 120 *
                 double{maps[k * 120 + i]};
        QVERIFY(std::abs(double{cam->heat.values()[i]} - std::max(0.0, sum)) < 1e-6);
        most = std::max(most, sum);
      }
      QVERIFY(most > 0 || index > 0);
    }
  }

  void whatIsNoClipOrClassIsSaid() {
    Classifier net;
    ThreadPool pool(1);
    const auto beyond =
        classSaliency(*net.runner, noise({1, 2, 4, 6, 5}, 4), 3, SaliencyKind::Gradient, {pool, {}});
    QVERIFY(!beyond);
    QCOMPARE(beyond.error().message,
             std::string("The network has 3 classes, counted from 0; there is no class 3."));
    const auto two =
        classSaliency(*net.runner, noise({2, 2, 4, 6, 5}, 4), 0, SaliencyKind::Gradient, {pool, {}});
    QVERIFY(!two && two.error().message.find("“clip” is 2 × 2 × 4 × 6 × 5, no maps of one clip.") !=
                        std::string::npos);
    const auto flat = gradCam(*net.runner, noise({1, 2, 4, 6, 5}, 4), 0, net.scores, {pool, {}});
    QVERIFY(!flat && flat.error().code == ErrorCode::BadSpec);
    std::stop_source source;
    source.request_stop();
    const auto stopped =
        gradCam(*net.runner, noise({1, 2, 4, 6, 5}, 4), 0, net.maps, {pool, source.get_token()});
    QVERIFY(!stopped && stopped.error().code == ErrorCode::Stopped);
  }

  void stretchingKeepsConstantsAndRamps() {
    Tensor volume({2, 3, 4, 2});
    for (std::size_t i = 0; i < volume.values().size(); ++i) volume.values()[i] = static_cast<float>(i % 5);
    const Tensor same = stretched(volume, {2, 3, 4});
    QVERIFY(std::ranges::equal(same.values(), volume.values()));
    Tensor ramp({1, 1, 4, 1});
    for (int x = 0; x < 4; ++x) ramp.at(0, 0, x, 0) = static_cast<float>(x);
    const Tensor wide = stretched(ramp, {3, 2, 8});
    QVERIFY(wide.shape() == (Shape{3, 2, 8, 1}));
    const std::array<float, 8> wanted{0, .25F, .75F, 1.25F, 1.75F, 2.25F, 2.75F, 3};
    for (int x = 0; x < 8; ++x) QCOMPARE(wide.at(2, 1, x, 0), wanted[static_cast<std::size_t>(x)]);
  }

  /// A linear unit answers most to the ends of the range, each by the sign of its weight.
  void linearUnitPrefersItsWeightsSigns() {
    GraphMaker maker;
    const int input = maker.input(ElementType::Float32);
    const Value weights = noise({1, 2, 3, 3, 3}, 5);
    const int conv = maker.node("Conv", {input, maker.weights(weights)});
    Runner runner(maker.made({conv}));
    ThreadPool pool(2);
    StimulusSettings settings;
    settings.low = {-1, 0};
    settings.high = {2, 1};
    settings.rate = .2;
    settings.steps = 200;
    const Dims dims{1, 2, 5, 5, 5};
    const auto found =
        preferredStimulus(runner, conv, 13, dims, settings, {pool, {}});  // the middle one of 3 × 3 × 3
    QVERIFY_RESULT(found);
    double wanted = 0;
    for (std::size_t c = 0; c < 2; ++c) {
      for (std::size_t i = 0; i < 27; ++i) {
        const double weight = double{weights.values<float>()[c * 27 + i]};
        wanted += std::max(weight * double{settings.low[c]}, weight * double{settings.high[c]});
      }
    }
    QVERIFY2(std::abs(found->best - wanted) < .01 * wanted,
             qPrintable(QString("%1 of %2").arg(found->best).arg(wanted)));
    for (std::size_t i = 1; i < found->responses.size(); ++i)
      QVERIFY(found->responses[i] >= found->responses[i - 1] - 1e-4);
    // what the unit does not see stays as it began
    settings.steps = 0;
    const auto begun = preferredStimulus(runner, conv, 13, dims, settings, {pool, {}});
    QVERIFY_RESULT(begun);
    for (const std::size_t corner : {0U, 124U})
      QCOMPARE(found->input.values<float>()[corner], begun->input.values<float>()[corner]);
    for (std::size_t i = 0; i < 125; ++i) {
      QVERIFY(found->input.values<float>()[i] >= -1 && found->input.values<float>()[i] <= 2);
      QVERIFY(found->input.values<float>()[125 + i] >= 0 && found->input.values<float>()[125 + i] <= 1);
    }
  }

  void unitOfAStackAnswersMore() {
    StackSpec stack{"two", {4, 10, 10, 3}, {}};
    for (int i = 0; i < 2; ++i) {
      LayerSpec layer;
      layer.name = "conv" + std::to_string(i + 1);
      layer.kernel = {3, 3, 3};
      layer.padding = {{{1, 1}, {1, 1}, {1, 1}}};
      layer.filters = 4;
      stack.layers.push_back(layer);
    }
    const auto table = tableOf(stack);
    std::vector<Value> inputs;
    for (const int threads : {1, 3}) {
      ThreadPool pool(threads);
      const auto found =
          preferredStimulus(*table, 1, {1, 5, 5}, 2, {4, StackWeights::Random, 3}, {}, {pool, {}});
      QVERIFY_RESULT(found);
      QVERIFY(found->best > 3 * std::abs(found->responses.front()));
      inputs.push_back(found->input);
    }
    QVERIFY(std::memcmp(inputs[0].bytes(), inputs[1].bytes(),
                        static_cast<std::size_t>(inputs[0].byteCount())) == 0);
  }

  void stimuliOfNothing() {
    GraphMaker maker;
    const int input = maker.input(ElementType::Float32);
    const int shut = maker.node("Relu", {maker.node("Sub", {input, maker.weights(floats({}, {9}))})});
    Runner runner(maker.made({shut}));
    ThreadPool pool(1);
    const auto silent = preferredStimulus(runner, shut, 1, {1, 1, 3}, {}, {pool, {}});
    QVERIFY_RESULT(silent);
    QCOMPARE(silent->responses.size(), std::size_t{1});
    QCOMPARE(silent->best, 0.0);
    StimulusSettings wrong;
    wrong.low = {0, 1, 2};
    const auto ranges = preferredStimulus(runner, shut, 1, {1, 1, 3}, wrong, {pool, {}});
    QVERIFY(!ranges && ranges.error().message.starts_with("A stimulus of 1 × 1 × 3 needs a range"));
    wrong.low = {1};
    const auto empty = preferredStimulus(runner, shut, 1, {1, 1, 3}, wrong, {pool, {}});
    QVERIFY(!empty && empty.error().message == "The range of channel 1 of a stimulus is empty.");
    const auto unit = preferredStimulus(runner, shut, 3, {1, 1, 3}, {}, {pool, {}});
    QVERIFY(!unit && unit.error().message == "The unit is number 3 of a value of 3.");
    std::stop_source source;
    source.request_stop();
    const auto stopped = preferredStimulus(runner, shut, 1, {1, 1, 3}, {}, {pool, source.get_token()});
    QVERIFY(!stopped && stopped.error().code == ErrorCode::Stopped);
  }
};

QTEST_GUILESS_MAIN(TestSaliency)
#include "tst_saliency.moc"
