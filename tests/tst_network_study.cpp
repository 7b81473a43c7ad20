// A network on a clip: what is kept, folded, computed again and said of its units.
#include "engine/clip/npy.h"
#include "engine/network/fold.h"
#include "engine/network/mean_scores.h"
#include "engine/network/onnx_reader.h"
#include "engine/study/hierarchy.h"
#include "engine/study/layer_maps.h"
#include "engine/study/network_study.h"
#include "engine/study/set_accuracy.h"
#include "engine/study/study.h"
#include "tests/network_graph.h"
#include "tests/onnx_files.h"

#include <QTemporaryDir>
#include <QtTest>

#include <chrono>
#include <cmath>
#include <fstream>

using namespace convscope;
using network_graph::noiseValues;
using onnx_files::Model;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

std::vector<float> positive(std::size_t count, unsigned seed) {
  std::vector<float> values = noiseValues(count, seed);
  for (float& value : values) value = 0.5F + std::abs(value);
  return values;
}

/// conv, BN, ReLU, a grouped conv with bias, pool, scores, on (N, 3, L, H, W).
Model smallVideoNetwork() {
  Model model;
  model.input("clip", {-1, 3, -2, 20, 24})
      .weights("stem.weight", {8, 3, 3, 3, 3}, noiseValues(8 * 81, 1))
      .weights("scale", {8}, positive(8, 2))
      .weights("shift", {8}, noiseValues(8, 3))
      .weights("mean", {8}, noiseValues(8, 4))
      .weights("variance", {8}, positive(8, 5))
      .weights("deep.weight", {8, 4, 3, 3, 3}, noiseValues(8 * 108, 6))
      .weights("deep.bias", {8}, noiseValues(8, 7))
      .weights("fc", {5, 8}, noiseValues(40, 8))
      .numbers("flat", {0, -1})
      .node("Conv", {"clip", "stem.weight"}, {"a"})
      .with("pads", {1, 1, 1, 1, 1, 1})
      .with("strides", {1, 2, 2})
      .node("BatchNormalization", {"a", "scale", "shift", "mean", "variance"}, {"b"})
      .node("Relu", {"b"}, {"c"})
      .node("Conv", {"c", "deep.weight", "deep.bias"}, {"d"})
      .with("pads", {1, 1, 1, 1, 1, 1})
      .with("group", 2)
      .node("GlobalAveragePool", {"d"}, {"e"})
      .node("Reshape", {"e", "flat"}, {"f"})
      .node("Gemm", {"f", "fc"}, {"scores"})
      .with("transB", 1)
      .output("scores");
  return model;
}

NetworkStudy studyOf(const std::string& model, int start = 0) {
  LabSpec lab;
  lab.height = 40;
  lab.width = 48;
  return {model, lab, start, {}, {}};
}

}  // namespace

class TestNetworkStudy : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;
  ThreadPool m_pool{2};
  ComputeContext m_context{m_pool, {}};
  std::string m_model;

  std::string path(const char* name) { return m_folder.filePath(QLatin1String(name)).toStdString(); }

 private slots:
  void init() {
    m_model = path("net.onnx");
    smallVideoNetwork().write(m_model);
    std::ofstream(path("net.json")) << R"({"frames": 6, "step": 2, "resize": [20, 24], "std": [0.5, 0.5, 0.5],
                                           "labels": ["still", "left", "right", "up", "down"]})";
  }

  void aStudyHoldsWhatTheWorkspaceShows() {
    const auto result = computeNetwork(studyOf(m_model, 3), m_context);
    QVERIFY_RESULT(result);
    QCOMPARE(result->clip->pixels.shape(), (Shape{6, 20, 24, 3}));
    QCOMPARE(result->clip->taken, (std::vector<int>{3, 5, 7, 9, 11, 13}));
    QCOMPARE(result->layers.table.rows.size(), std::size_t{7});
    QCOMPARE(result->groups.size(), std::size_t{5});
    QCOMPARE(result->groups[0].name, std::string("stem"));
    QCOMPARE(result->groups[0].title, std::string("Conv 3×3×3, BN, ReLU"));
    QCOMPARE(result->groups[1].name, std::string("deep"));
    QCOMPARE(result->groups[1].title, std::string("Conv 3×3×3, 2 groups"));
    QCOMPARE(result->row(2).output, (Shape{6, 10, 12, 8}));
    QCOMPARE(result->row(3).field[1].size, 7);  // 3 + 2 · 2
    QCOMPARE(result->span(), 11);
    QCOMPARE(result->scores.clips.front().size(), std::size_t{5});
    QCOMPARE(result->labelOf(1), std::string("left"));
    QVERIFY(result->obstacle.empty());
    QVERIFY(result->keptBytes > 0 && result->rowMs.size() == 7);
    // the same window again, without keeping
    RangeReader reader(result->spec.source);
    const auto shares = windowScores(*result, 3, reader, m_context);
    QVERIFY_RESULT(shares);
    for (const ClassScore& one : result->scores.clips.front())
      QVERIFY(std::abs((*shares)[static_cast<std::size_t>(one.index)] - one.probability) < 1e-12);
  }

  void windowsLeaveNoFrameUnseen_data() {
    QTest::addColumn<int>("frames");
    QTest::addColumn<int>("span");
    QTest::addColumn<int>("step");
    QTest::addColumn<int>("most");
    QTest::addRow("one window") << 16 << 16 << 1 << 1;
    QTest::addRow("short") << 60 << 16 << 1 << 24;
    QTest::addRow("every second frame") << 120 << 31 << 2 << 24;
    QTest::addRow("long") << 3000 << 16 << 1 << kMostWindows;
    QTest::addRow("ten minutes, wide") << 15000 << 61 << 4 << kMostWindows;
  }
  void windowsLeaveNoFrameUnseen() {
    QFETCH(int, frames);
    QFETCH(int, span);
    QFETCH(int, step);
    QFETCH(int, most);
    const std::vector<int> starts = windowStarts(frames, span, step);
    QVERIFY(!starts.empty() && static_cast<int>(starts.size()) <= most);
    QCOMPARE(starts.front(), 0);
    QCOMPARE(starts.back(), frames - span);
    for (std::size_t i = 1; i < starts.size(); ++i) {
      const int by = starts[i] - starts[i - 1];
      QVERIFY(by > 0 && by < span + step);
      if (i + 1 < starts.size()) QCOMPARE(by % step, 0);
    }
    // what is longer still is seen in as many windows, evenly apart
    const std::vector<int> hour = windowStarts(90000, 16, 1);
    QVERIFY(hour.size() <= kMostWindows && hour.size() > kMostWindows - 4);
    QCOMPARE(hour[2] - hour[1], hour[1]);
  }

  void foldingChangesNothingButRounding() {
    const auto network = openNetwork(m_model);
    QVERIFY_RESULT(network);
    const FoldedGraph folded = foldNormalisations((*network)->graph());
    QCOMPARE(folded.graph->nodes.size(), (*network)->graph()->nodes.size() - 1);
    QCOMPARE(folded.nodes[1], 2);  // the ReLU
    RunRequest request;
    request.inputs = {network_graph::noise({1, 3, 6, 20, 24}, 11)};
    request.keep = true;
    const auto with = (*network)->run(request, true, m_context);
    const auto without = (*network)->run(request, false, m_context);
    QVERIFY_RESULT(with);
    QVERIFY_RESULT(without);
    const auto& values = (*network)->graph()->valueNames;
    for (std::size_t value = 0; value < values.size(); ++value) {
      if (!without->values[value].holds()) continue;
      const bool between = values[value] == "a";
      QCOMPARE(with->values[value].holds(), !between);
      const auto again = (*network)->recompute(*with, static_cast<int>(value), m_context);
      QVERIFY_RESULT(again);
      const auto got = again->values<float>(), wanted = without->values[value].values<float>();
      double worst = 0, largest = 0;
      for (std::size_t i = 0; i < got.size(); ++i) {
        worst = std::max(worst, std::abs(double{got[i]} - double{wanted[i]}));
        largest = std::max(largest, std::abs(double{wanted[i]}));
      }
      QVERIFY2(worst <= 1e-5 * largest, values[value].c_str());
      if (between) QCOMPARE(worst, 0.0);  // what was not kept is made by the weights as they were read
    }
    QCOMPARE(with->nodeMilliseconds.size(), without->nodeMilliseconds.size());
    QCOMPARE(with->nodeMilliseconds[1], 0.0);
  }

  // A value that two read cannot be folded away.
  void whatOthersReadIsLeftAsItIs() {
    Model model = smallVideoNetwork();
    model.output("a");
    model.write(path("two.onnx"));
    const auto network = openNetwork(path("two.onnx"));
    QVERIFY_RESULT(network);
    QCOMPARE(foldNormalisations((*network)->graph()).graph->nodes.size(), (*network)->graph()->nodes.size());
  }

  void mapsHaveTheirStrongestAwayFromThePadding() {
    const auto result = computeNetwork(studyOf(m_model), m_context);
    QVERIFY_RESULT(result);
    const auto maps = layerMaps(*result, 2, m_context);
    QVERIFY_RESULT(maps);
    QCOMPARE((*maps)->maps.shape(), (Shape{6, 10, 12, 8}));
    for (int c = 0; c < 8; ++c) {
      const ChannelFacts& facts = (*maps)->channels[static_cast<std::size_t>(c)];
      // The kernel of 3 pads one cell before; with stride 2 only the first row and column reach into it.
      float most = 0;
      double sum = 0;
      for (int t = 0; t < 6; ++t) {
        for (int y = 0; y < 10; ++y) {
          for (int x = 0; x < 12; ++x) {
            const float value = (*maps)->maps.at(t, y, x, c);
            sum += double{value};
            if (t > 0 && t < 5 && y > 0 && x > 0) most = std::max(most, std::abs(value));
          }
        }
      }
      QCOMPARE(facts.strongest, most);
      QCOMPARE(std::abs((*maps)->maps.at(facts.at.t, facts.at.y, facts.at.x, c)), most);
      QVERIFY(std::abs(facts.mean - sum / 720) < 1e-9);
    }
    for (std::size_t i = 1; i < 8; ++i) {
      const auto strongest = [&](std::size_t at) {
        return (*maps)->channels[static_cast<std::size_t>((*maps)->byStrength[at])].strongest;
      };
      QVERIFY(strongest(i - 1) >= strongest(i));
    }
    QVERIFY((*maps)->unsignedMaps());
    const ValueRange all = networkRange(*result);
    QVERIFY(all.high >= (*maps)->range.high && all.low <= (*maps)->range.low);
  }

  // The sum behind a unit, taken apart, is the number on the map: for whole and for grouped convolutions.
  void theSumBehindAUnitIsItsValue() {
    const auto result = computeNetwork(studyOf(m_model), m_context);
    QVERIFY_RESULT(result);
    for (const int row : {0, 3}) {
      const auto maps = layerMaps(*result, row, m_context);
      QVERIFY_RESULT(maps);
      for (const int channel : {0, 5}) {
        for (const Triple unit : {Triple{0, 0, 0}, Triple{3, 4, 7}}) {
          const auto facts = unitFacts(*result, **maps, channel, unit, m_context);
          QVERIFY_RESULT(facts);
          QVERIFY(facts->sum.has_value());
          QVERIFY(std::abs(facts->sum->value - double{facts->value}) < 1e-3);
          double frames = facts->sum->bias;
          for (const double one : facts->sum->frames) frames += one;
          QVERIFY(std::abs(frames - facts->sum->value) < 1e-9);
          std::int64_t counted = 0;
          for (const std::int64_t count : facts->histogram) counted += count;
          QCOMPARE(counted, (*maps)->maps.shape().channelSize());
        }
      }
    }
    const auto last = layerMaps(*result, 2, m_context);
    const auto facts = unitFacts(*result, **last, 1, {2, 3, 4}, m_context);
    QVERIFY_RESULT(facts);
    QCOMPARE(facts->sum->then, std::string("BN, ReLU"));
  }

  void theOutlineHasTheSameLayers() {
    const auto outline = outlineNetwork(studyOf(m_model));
    const auto whole = computeNetwork(studyOf(m_model), m_context);
    QVERIFY_RESULT(outline);
    QVERIFY(outline->outline && outline->clip == nullptr);
    QVERIFY(outline->groups == whole->groups);
    QCOMPARE(outline->layers.table.weights, whole->layers.table.weights);
    QCOMPARE(outline->layers.table.multiplyAdds, whole->layers.table.multiplyAdds);
    QVERIFY(outline->network == whole->network);  // read once
  }

  void aChangedFileIsReadAgain() {
    const auto before = openNetwork(m_model);
    QVERIFY(before && *openNetwork(m_model) == *before);
    std::ofstream(path("net.json")) << R"({"frames": 4})";
    const auto after = openNetwork(m_model);
    QVERIFY(after && *after != *before);
    QCOMPARE((*after)->sidecar()->frames, 4);
  }

  void aModelThatIsNotOpenCannotBePreviewed() {
    const StudyCache cache;
    const StudySpec study = studyOf(m_model);
    QVERIFY(!networkInUse(m_model));
    QVERIFY(std::isinf(expectedMs(study, cache)));
    const auto network = openNetwork(m_model);
    QVERIFY_RESULT(network);
    QVERIFY(networkInUse(m_model));
    QVERIFY(std::isfinite(expectedMs(study, cache)));
    std::ofstream(path("net.json"), std::ios::app) << "\n";
    QVERIFY(!networkInUse(m_model));
    QVERIFY(std::isinf(expectedMs(study, cache)));
  }

  void openingIsStopped() {
    std::stop_source stop;
    stop.request_stop();
    const auto read = readOnnx(m_model, stop.get_token());
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::Stopped);
    const auto open = openNetwork(m_model, stop.get_token());
    QVERIFY(!open);
    QCOMPARE(open.error().code, ErrorCode::Stopped);
    const auto outline = outlineNetwork(studyOf(m_model), stop.get_token());
    QVERIFY(!outline);
    QCOMPARE(outline.error().code, ErrorCode::Stopped);
    QVERIFY_RESULT(openNetwork(m_model));  // and can be asked for again
  }

  // A whole run tells of the layers in between where the file had to be read for it, and only there.
  void theLayersAreToldBetweenOpeningAndRunning() {
    StudyCache cache;
    std::vector<std::shared_ptr<const StudyResult>> told;
    ComputeScope scope;
    scope.outlined = [&](std::shared_ptr<const StudyResult> outline) { told.push_back(std::move(outline)); };
    const auto whole = compute(studyOf(m_model), scope, cache, m_context);
    QVERIFY_RESULT(whole);
    QCOMPARE(told.size(), std::size_t{1});
    QVERIFY(std::get<NetworkResult>(*told.front()).outline);
    const auto& run = std::get<NetworkResult>(**whole);
    QVERIFY(!run.outline);
    QVERIFY(run.network == std::get<NetworkResult>(*told.front()).network);
    QVERIFY_RESULT(compute(studyOf(m_model), scope, cache, m_context));
    QCOMPARE(told.size(), std::size_t{1});
  }

  void picturesAreFollowedFrameByFrame() {
    Model model;
    model.input("picture", {-1, 3, 20, 24})
        .weights("w", {4, 3, 3, 3}, noiseValues(108, 1))
        .node("Conv", {"picture", "w"}, {"a"})
        .node("GlobalAveragePool", {"a"}, {"b"})
        .node("Flatten", {"b"}, {"scores"})
        .output("scores");
    model.write(path("pictures.onnx"));
    const auto result = computeNetwork(studyOf(path("pictures.onnx")), m_context);
    QVERIFY_RESULT(result);
    QVERIFY(result->pictures);
    QCOMPARE(result->row(0).output, (Shape{16, 18, 22, 4}));
    QCOMPARE(result->scores.clips.size(), std::size_t{16});
    const auto maps = layerMaps(*result, 0, m_context);
    QVERIFY_RESULT(maps);
    QCOMPARE((*maps)->maps.shape(), (Shape{16, 18, 22, 4}));
    const auto facts = unitFacts(*result, **maps, 2, {9, 5, 6}, m_context);
    QVERIFY_RESULT(facts);
    QVERIFY(std::abs(facts->sum->value - double{facts->value}) < 1e-3);
  }

  // Every picture has scores of its own; what is said of the clip is their mean, wherever it is said.
  void picturesAreQuotedByTheirMean() {
    Model model;
    std::vector<float> weights(6, 0);
    weights[0] = 3;  // class 0: red
    weights[4] = 2;  // class 1: green
    model.input("picture", {-1, 3, 20, 24})
        .weights("w", {2, 3, 1, 1}, weights)
        .node("Conv", {"picture", "w"}, {"a"})
        .node("GlobalAveragePool", {"a"}, {"b"})
        .node("Flatten", {"b"}, {"scores"})
        .output("scores");
    model.write(path("colours.onnx"));
    std::ofstream(path("colours.json")) << R"({"frames": 3, "labels": ["red", "green"]})";
    std::vector<std::byte> pixels;  // one red picture, then two green ones
    for (int t = 0; t < 3; ++t) {
      for (int i = 0; i < 20 * 24; ++i) {
        for (int c = 0; c < 3; ++c) pixels.push_back(std::byte(c == (t == 0 ? 0 : 1) ? 255 : 0));
      }
    }
    QVERIFY(writeNpyBytes(path("colours.npy"), "|u1", {3, 20, 24, 3}, pixels));
    NetworkStudy study{path("colours.onnx"), FileSource{path("colours.npy")}, 0, {}, {}};
    const auto result = computeNetwork(study, m_context);
    QVERIFY_RESULT(result);
    QCOMPARE(result->scores.clips.size(), std::size_t{3});
    QCOMPARE(result->scores.clips.front().front().index, std::int64_t{0});
    const double red = (1 / (1 + std::exp(-3.)) + 2 / (1 + std::exp(2.))) / 3;
    const auto means = meanScores(result->scores);
    QVERIFY(means.size() == 2 && std::abs(means[0] - red) < 1e-5);
    const auto classes = likeliestClasses(result->scores);
    QCOMPARE(classes.front().index, std::int64_t{1});
    QVERIFY(std::abs(classes.front().probability - (1 - red)) < 1e-5);
    QVERIFY(std::abs(classes.back().score - 1) < 1e-5);
    RangeReader reader(study.source);
    const auto scanned = windowScores(*result, 0, reader, m_context);
    QVERIFY_RESULT(scanned);
    QCOMPARE(*scanned, means);
    const auto hierarchy = hierarchyOf({study, study.model}, m_context);
    QVERIFY_RESULT(hierarchy);
    QVERIFY(hierarchy->wholeSource);  // one window holds it
    QCOMPARE(hierarchy->columns.front().best, std::string("green"));
    QCOMPARE(hierarchy->columns.front().probability, classes.front().probability);
    QVERIFY(meanScores({}).empty() && likeliestClasses({}).empty());
  }

  void whatDoesNotFitIsOneSentence() {
    std::ofstream(path("net.json")) << R"({"frames": 6, "resize": [10, 10]})";
    const auto size = computeNetwork(studyOf(m_model), m_context);
    QVERIFY(!size);
    QVERIFY2(size.error().message.ends_with("but the preprocessing makes frames of 10 × 10."),
             size.error().message.c_str());
    std::ofstream(path("net.json")) << R"({"frames": 6, "resize": [20, 24], "labels": ["one", "two"]})";
    const auto labels = computeNetwork(studyOf(m_model), m_context);
    QVERIFY_RESULT(labels);
    QCOMPARE(labels->obstacle, std::string("There are 2 labels for the network's 5 classes."));
    QCOMPARE(labels->labelOf(1), std::string("class 1"));
  }

  // The names beside a network may be those of a set while its last layer has more outputs.
  void aSetNeedsAsManyScoresAsNames() {
    std::ofstream(path("net.json")) << R"({"frames": 4, "resize": [20, 24], "labels": ["left", "right"]})";
    std::ofstream(path("set.json"))
        << R"({"clips": 2, "frames": 4, "size": [20, 24], "colour": "rgb", "classes": [
        {"label": "left", "clips": [{"lab": "dot", "direction": 180}]},
        {"label": "right", "clips": [{"lab": "dot", "direction": 0}]}]})";
    const auto set = readLabSet(path("set.json"));
    QVERIFY_RESULT(set);
    const auto network = openNetwork(m_model);
    QVERIFY_RESULT(network);
    const auto result = accuracyOn(*set, {}, **network, m_context);
    QVERIFY(!result);
    QCOMPARE(QString::fromStdString(result.error().message),
             QStringLiteral("The network gives scores of 5 classes, and 2 are named beside it."));
  }

  // The run ends within the node at work: told to stop at the first sign of progress, no further node ends.
  void aRunIsStoppedInTheMiddle() {
    Model model;
    model.input("clip", {1, 3, 16, 56, 56}).weights("w0", {64, 3, 3, 3, 3}, noiseValues(64 * 81, 1));
    model.weights("w", {64, 64, 3, 3, 3}, noiseValues(64 * 64 * 27, 2));
    model.node("Conv", {"clip", "w0"}, {"v0"}).with("pads", {1, 1, 1, 1, 1, 1});
    for (int i = 1; i < 6; ++i) {
      const auto name = [](int at) { return "v" + std::to_string(at); };
      model.node("Conv", {name(i - 1), "w"}, {name(i)}).with("pads", {1, 1, 1, 1, 1, 1});
    }
    model.output("v5");
    model.write(path("deep.onnx"));
    const auto network = openNetwork(path("deep.onnx"));
    QVERIFY_RESULT(network);
    std::stop_source stop;
    int finished = 0, finishedAtStop = -1;
    using Clock = std::chrono::steady_clock;
    Clock::time_point asked;
    RunRequest request;
    request.inputs = {network_graph::noise({1, 3, 16, 56, 56}, 3)};
    request.finished = [&](int, std::span<const Value>) -> Result<void> {
      ++finished;
      return {};
    };
    std::mutex mutex;
    const auto run = (*network)->run(request, true, {m_pool, stop.get_token(), {}, [&](double share) {
                                                       const std::lock_guard lock(mutex);
                                                       if (share < 0.4 || finishedAtStop >= 0) return;
                                                       finishedAtStop = finished;
                                                       asked = Clock::now();
                                                       stop.request_stop();
                                                     }});
    const std::chrono::duration<double, std::milli> took = Clock::now() - asked;
    QVERIFY(!run);
    QCOMPARE(run.error().code, ErrorCode::Stopped);
    QVERIFY(finishedAtStop >= 1 && finishedAtStop < 5);
    QCOMPARE(finished, finishedAtStop);
    qInfo("stopped after %.0f ms", took.count());
    QVERIFY(took.count() < 2000);  // 200 ms on a machine that has nothing else to do
  }
};

QTEST_GUILESS_MAIN(TestNetworkStudy)
#include "tst_network_study.moc"
