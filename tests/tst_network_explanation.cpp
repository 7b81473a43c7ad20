// What a network answers to: saliency, Grad-CAM and preferred stimuli of a network on a clip.
#include "engine/study/layer_maps.h"
#include "engine/study/network_explanation.h"
#include "engine/study/network_study.h"
#include "tests/network_graph.h"
#include "tests/onnx_files.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <fstream>

using namespace convscope;
using network_graph::noiseValues;
using onnx_files::Model;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

/// conv, ReLU, mean pool (equal values under a max pool have no slope), conv, ReLU, mean and scores on (1, 3,
/// L, 20, 24).
Model videoNetwork() {
  Model model;
  model.input("clip", {-1, 3, -2, 20, 24})
      .weights("stem.weight", {8, 3, 3, 3, 3}, noiseValues(8 * 81, 1))
      .weights("deep.weight", {6, 8, 3, 3, 3}, noiseValues(6 * 216, 2))
      .weights("fc", {5, 6}, noiseValues(30, 3))
      .numbers("flat", {0, -1})
      .node("Conv", {"clip", "stem.weight"}, {"a"})
      .with("pads", {1, 1, 1, 1, 1, 1})
      .node("Relu", {"a"}, {"b"})
      .node("AveragePool", {"b"}, {"c"})
      .with("kernel_shape", {1, 2, 2})
      .with("strides", {1, 2, 2})
      .node("Conv", {"c", "deep.weight"}, {"d"})
      .with("pads", {1, 1, 1, 1, 1, 1})
      .node("Relu", {"d"}, {"e"})
      .node("GlobalAveragePool", {"e"}, {"f"})
      .node("Reshape", {"f", "flat"}, {"g"})
      .node("Gemm", {"g", "fc"}, {"scores"})
      .with("transB", 1)
      .node("Softmax", {"scores"}, {"shares"})
      .output("shares");
  return model;
}

/// The same kind of network on single pictures, (N, 3, 20, 24).
Model pictureNetwork() {
  Model model;
  model.input("pictures", {-1, 3, 20, 24})
      .weights("stem.weight", {4, 3, 3, 3}, noiseValues(108, 1))
      .weights("fc", {3, 4}, noiseValues(12, 3))
      .numbers("flat", {0, -1})
      .node("Conv", {"pictures", "stem.weight"}, {"a"})
      .with("pads", {1, 1, 1, 1})
      .node("Relu", {"a"}, {"b"})
      .node("GlobalAveragePool", {"b"}, {"c"})
      .node("Reshape", {"c", "flat"}, {"d"})
      .node("Gemm", {"d", "fc"}, {"scores"})
      .with("transB", 1)
      .output("scores");
  return model;
}

double scoreOf(const NetworkResult& result, const Value& input, std::int64_t index, ThreadPool& pool) {
  Runner runner(result.network->graph());
  RunRequest request{{input}, true};
  const auto run = runner.run(request, {pool, {}});
  const auto& names = result.network->graph()->valueNames;
  const auto at = std::ranges::find(names, std::string("scores")) - names.begin();
  const auto value = runner.recompute(*run, static_cast<int>(at), {pool, {}});
  return double{value->values<float>()[static_cast<std::size_t>(index)]};
}

}  // namespace

class TestNetworkExplanation : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;
  ThreadPool m_pool{2};
  ComputeContext m_context{m_pool, {}};

  NetworkResult run(const Model& model, const char* sidecar) {
    const std::string path = m_folder.filePath("net.onnx").toStdString();
    model.write(path);
    std::ofstream(m_folder.filePath("net.json").toStdString()) << sidecar;
    LabSpec lab;
    lab.height = 40;
    lab.width = 48;
    auto made = computeNetwork({path, lab, 0, {}, {}}, m_context);
    if (!made) qFatal("%s", made.error().message.c_str());
    return std::move(*made);
  }
  NetworkResult video() {
    return run(videoNetwork(), R"({"frames": 6, "resize": [20, 24], "range": 255, "channels": "bgr",
                                   "mean": [110, 100, 90], "std": [50, 60, 70]})");
  }

 private slots:
  /// The heat is how far the score moves where a voxel does.
  void saliencyIsTheSlopeOfTheScore() {
    const NetworkResult result = video();
    const auto made = explain(result, {ExplanationKind::Saliency, 2, 0, 0}, m_context);
    QVERIFY_RESULT(made);
    QVERIFY(made->heat.shape() == (Shape{6, 20, 24, 1}));
    QVERIFY(made->end > 0 && made->end <= double{rangeOf(made->heat).high});
    auto input = std::move(networkInputs(*result.network->graph(), *result.clip, result.preprocess)->front());
    QVERIFY(std::abs(scoreOf(result, input, 2, m_pool) - made->score) < 1e-3);
    const std::size_t size = 6 * 20 * 24;
    for (const std::size_t voxel : {std::size_t{700}, std::size_t{1234}, std::size_t{2200}}) {
      double most = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const auto moved = [&](float by) {
          Value other = Value::uninitialised(ElementType::Float32, input.dims());
          std::ranges::copy(input.values<float>(), other.fill<float>().begin());
          other.fill<float>()[c * size + voxel] += by;
          return scoreOf(result, other, 2, m_pool);
        };
        most = std::max(most, std::abs(moved(.001F) - moved(-.001F)) / .002);
      }
      QVERIFY2(std::abs(most - double{made->heat.values()[voxel]}) < .02 * most + 2e-3,
               qPrintable(QStringLiteral("%1 %2").arg(most).arg(double{made->heat.values()[voxel]})));
    }
  }

  void gradCamStandsOnTheRowsCellsAndOnTheClip() {
    const NetworkResult result = video();
    int row = 0;
    while (result.row(row).output.channels != 6) ++row;  // the second convolution
    const auto made = explain(result, {ExplanationKind::GradCam, -1, row + 1, 0}, m_context);
    QVERIFY_RESULT(made);
    QCOMPARE(made->question.classIndex, result.scores.clips.front().front().index);
    QVERIFY(made->cells.shape() == (Shape{6, 10, 12, 1}));
    QVERIFY(made->heat.shape() == (Shape{6, 20, 24, 1}));
    QVERIFY(rangeOf(made->cells).low >= 0);
    const auto last = static_cast<int>(result.layers.values.size()) - 1;
    const auto flat = explain(result, {ExplanationKind::GradCam, -1, last, 0}, m_context);
    QVERIFY(!flat);
    QVERIFY2(flat.error().message.find("no maps of one clip") != std::string::npos,
             flat.error().message.c_str());
  }

  /// Fed to the network again it gives the value that the climb ended with, and more than where it began.
  void theStimulusIsAnsweredAsSaid() {
    const NetworkResult result = video();
    int row = 0;
    while (result.row(row).output.channels != 6) ++row;
    for (const int shown : {row, row + 1}) {
      QCOMPARE(climbedRow(result, shown), row);
      const auto made = explain(result, {ExplanationKind::Stimulus, -1, shown, 4}, m_context);
      QVERIFY_RESULT(made);
      const double best = *std::ranges::max_element(made->responses);
      QVERIFY(best > 0 && best > 2 * made->responses.front());
      QVERIFY(!made->wholeClip);
      // as large as the unit's field from the first one on that begins inside
      const auto& field = result.row(shown).field;
      for (const Axis axis : kAxes) {
        const auto& own = field[static_cast<std::size_t>(axis)];
        QVERIFY(own.first(made->unit[axis]) >= 0);
        QCOMPARE(made->pixels.shape().along(axis), own.first(made->unit[axis]) + own.size);
      }
      QVERIFY(rangeOf(made->pixels).low >= 0 && rangeOf(made->pixels).high <= 1);
      QVERIFY(std::abs(double{made->map.at(made->unit.t, made->unit.y, made->unit.x, 0)} - best) <
              1e-4 * best);
      // from its pixels, prepared as the model's sidecar says
      const Shape& shape = made->pixels.shape();
      Value input =
          Value::uninitialised(ElementType::Float32, {1, 3, shape.length, shape.height, shape.width});
      const auto size = static_cast<std::size_t>(shape.channelSize());
      for (std::size_t i = 0; i < 3 * size; ++i) {
        const std::size_t own = 2 - i / size;  // the network takes blue first
        input.fill<float>()[i] = static_cast<float>(
            (double{made->pixels.values()[own * size + i % size]} * 255 - result.preprocess.mean[own]) /
            result.preprocess.std[own]);
      }
      auto graph = std::make_shared<Graph>(*result.network->graph());
      graph->inputs.front().dims.reset();
      graph->nodes.resize(4);  // up to the second convolution
      graph->outputs = {graph->nodes.back().outputs.front()};
      Runner runner(graph);
      const auto again = runner.run({{input}, false}, m_context);
      QVERIFY_RESULT(again);
      const Tensor maps = mapsOf(again->outputs.front(), {2, 3, 4}, false);
      QVERIFY(std::abs(double{maps.at(made->unit.t, made->unit.y, made->unit.x, 4)} - best) < 1e-3 * best);
    }
  }

  /// The score of a class can be climbed, too: its unit sees the whole clip.
  void theStimulusOfAClassIsAsLargeAsTheClip() {
    const NetworkResult result = video();
    int row = 0;
    while (result.nodeOf(row).op != "Gemm") ++row;
    const auto made = explain(result, {ExplanationKind::Stimulus, -1, row, 3}, m_context);
    QVERIFY_RESULT(made);
    QVERIFY(made->wholeClip);
    QVERIFY(made->pixels.shape() == result.clip->pixels.shape());
    QVERIFY(made->responses.back() > made->responses.front());
    QVERIFY(made->seesAll == (std::array{true, true, true}));
  }

  void picturesAreExplainedOneByOne() {
    const NetworkResult result = run(pictureNetwork(), R"({"frames": 3, "resize": [20, 24]})");
    QVERIFY(result.pictures);
    const auto made = explain(result, {ExplanationKind::Saliency, 1, 0, 0}, m_context);
    QVERIFY_RESULT(made);
    QVERIFY(made->heat.shape() == (Shape{3, 20, 24, 1}));
    QVERIFY(rangeOf(made->heat, 0, 2).high > 0);
    const auto stimulus = explain(result, {ExplanationKind::Stimulus, -1, 1, 2}, m_context);
    QVERIFY_RESULT(stimulus);
    QVERIFY(stimulus->pixels.shape() == (Shape{1, 3, 3, 3}));  // what cell 1, whose field begins at 0, sees
  }

  void whatCannotBeExplainedIsSaid() {
    const NetworkResult result = video();
    const auto channel = explain(result, {ExplanationKind::Stimulus, -1, 0, 8}, m_context);
    QVERIFY(!channel);
    QCOMPARE(channel.error().message, std::string("“stem” has 8 channels; there is no channel 9."));
    const auto index = explain(result, {ExplanationKind::Saliency, 5, 0, 0}, m_context);
    QVERIFY(!index);
    QVERIFY(index.error().message.find("there is no class 5") != std::string::npos);
  }

  /// Stopped in the middle of its work; the progress is the gate.
  void itStopsWhenAsked() {
    const NetworkResult result = video();
    for (const auto kind : {ExplanationKind::Saliency, ExplanationKind::GradCam, ExplanationKind::Stimulus}) {
      std::stop_source source;
      const ComputeContext context{m_pool, source.get_token(), {}, [&](double share) {
                                     if (share > .2) source.request_stop();
                                   }};
      const auto made = explain(result, {kind, -1, 1, 0}, context);
      QVERIFY(!made);
      QCOMPARE(made.error().code, ErrorCode::Stopped);
    }
  }
};

QTEST_GUILESS_MAIN(TestNetworkExplanation)
#include "tst_network_explanation.moc"
