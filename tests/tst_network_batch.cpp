#include "app/batch.h"
#include "engine/clip/npy.h"
#include "engine/compare/grating_tuning.h"
#include "engine/network/first_kernels.h"
#include "engine/network/network_scores.h"
#include "engine/network/onnx_reader.h"
#include "tests/network_graph.h"
#include "tests/onnx_files.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace convscope;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

nlohmann::json jsonOf(const std::string& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file, nullptr, false);
}

}  // namespace

class TestNetworkBatch : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;

  std::string path(const char* name) { return m_folder.filePath(QLatin1String(name)).toStdString(); }

  Result<void> batch(const std::vector<std::string>& arguments, std::string* printed = nullptr) {
    std::vector<std::string> all{"--batch", "--model", path("net.onnx"), "--input-tensor", path("input.npy")};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const auto options = parseCommandLine(all);
    if (!options) return tl::unexpected(options.error());
    std::ostringstream out;
    auto done = runBatch(*options, out, nullptr);
    if (printed != nullptr) *printed = out.str();
    return done;
  }

 private slots:
  void init() {
    onnx_files::smallNetwork().write(path("net.onnx"));
    const Value clip = network_graph::noise({2, 2, 4, 6, 5}, 1);
    QVERIFY(writeNpy(path("input.npy"), clip.dims(), clip.values<float>()));
  }

  /// On a clip of the motion lab; the heat is that of explain().
  void explanationsAreWritten() {
    onnx_files::Model model;
    std::vector<float> weights(4 * 27), last(12);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i * 37 % 23) / 23 - .5F;
    for (std::size_t i = 0; i < last.size(); ++i) last[i] = static_cast<float>(i * 7 % 5) - 2;
    model.input("clip", {1, 1, 4, 12, 16})
        .weights("stem.weight", {4, 1, 3, 3, 3}, weights)
        .weights("fc", {3, 4}, last)
        .numbers("flat", {0, -1})
        .node("Conv", {"clip", "stem.weight"}, {"a"})
        .with("pads", {1, 1, 1, 1, 1, 1})
        .node("Relu", {"a"}, {"b"})
        .node("GlobalAveragePool", {"b"}, {"c"})
        .node("Reshape", {"c", "flat"}, {"d"})
        .node("Gemm", {"d", "fc"}, {"scores"})
        .with("transB", 1)
        .output("scores");
    model.write(path("clip.onnx"));
    const auto run = [&](std::vector<std::string> arguments, std::string& printed) -> Result<void> {
      std::vector<std::string> all{
          "--batch", "--lab", "bar", "--model", path("clip.onnx"), "--export-explanation", path("out.npy")};
      all.insert(all.end(), arguments.begin(), arguments.end());
      const auto options = parseCommandLine(all);
      if (!options) return tl::unexpected(options.error());
      std::ostringstream out;
      auto done = runBatch(*options, out, nullptr);
      printed = out.str();
      return done;
    };
    std::string printed;
    QVERIFY_RESULT(run({"--explain", "saliency", "--class", "1"}, printed));
    QVERIFY2(printed.find("class   1  “class 1”  score ") != std::string::npos, printed.c_str());
    auto heat = readNpy(path("out.npy"));
    QVERIFY_RESULT(heat);
    QCOMPARE(heat->shape, (std::vector<std::int64_t>{4, 12, 16}));
    QVERIFY(std::ranges::any_of(heat->values, [](float value) { return value > 0; }));
    QVERIFY_RESULT(run({"--explain", "grad-cam", "--layer", "stem"}, printed));
    QVERIFY2(printed.find("layer   stem") != std::string::npos, printed.c_str());
    QVERIFY_RESULT(run({"--explain", "stimulus", "--layer", "stem", "--channel", "3"}, printed));
    QVERIFY2(printed.find("channel 3  from ") != std::string::npos, printed.c_str());
    auto pixels = readNpy(path("out.npy"));
    QVERIFY_RESULT(pixels);
    QCOMPARE(pixels->shape, (std::vector<std::int64_t>{3, 3, 3, 1}));
    const auto wrong = run({"--explain", "grad-cam", "--layer", "stme"}, printed);
    QVERIFY(!wrong);
    QVERIFY2(wrong.error().message.find("stem") != std::string::npos, wrong.error().message.c_str());
  }

  void gradientOfAClassIsWrittenAsTheInput() {
    const Value clip = network_graph::noise({1, 2, 4, 6, 5}, 1);
    QVERIFY(writeNpy(path("input.npy"), clip.dims(), clip.values<float>()));
    std::string printed;
    QVERIFY_RESULT(batch({"--export-gradient", path("gradient.npy"), "--class", "2"}, &printed));
    QVERIFY2(printed.find("class   2  score ") != std::string::npos, printed.c_str());
    const auto gradient = readNpy(path("gradient.npy"));
    QVERIFY_RESULT(gradient);
    QCOMPARE(gradient->shape, clip.dims());
    QVERIFY(std::ranges::any_of(gradient->values, [](float value) { return value != 0; }));
    const auto none = batch({"--export-gradient", path("gradient.npy"), "--class", "4"});
    QVERIFY(!none && none.error().message.find("there is no class 4") != std::string::npos);
  }

  // Kernels of the first layer answer gratings as the same weights given by hand do.
  void tuningOfTheFirstLayer() {
    const auto tuned = [&](const std::vector<std::string>& arguments) {
      const auto options = parseCommandLine(arguments);
      std::ostringstream out;
      const auto done = options ? runBatch(*options, out, nullptr) : tl::unexpected(options.error());
      return done ? out.str() : done.error().message;
    };
    const std::string model = tuned({"--batch", "--tuning", "--model", path("net.onnx")});
    const auto graph = readOnnx(path("net.onnx"));
    QVERIFY_RESULT(graph);
    const auto first = firstKernels(*graph);
    QVERIFY_RESULT(first);
    QCOMPARE(first->kernel, (Triple{3, 3, 3}));
    QCOMPARE(first->channels, 2);
    QCOMPARE(first->bank.size(), std::size_t{3});
    ThreadPool pool(1);
    std::string wanted = tuningCsvHead(true);
    for (int k = 0; k < 3; ++k) {
      const auto tuning = tuningOf(ConvSpec{}, first->bank[static_cast<std::size_t>(k)], 2, TuningSpec{},
                                   ComputeContext{pool, {}});
      QVERIFY_RESULT(tuning);
      wanted += tuningCsv(*tuning, k + 1);
    }
    QCOMPARE(model, wanted);
    onnx_files::Model none;
    none.input("x", {1, 2}).node("Relu", {"x"}, {"y"}).output("y");
    none.write(path("none.onnx"));
    const std::string refused = tuned({"--batch", "--tuning", "--model", path("none.onnx")});
    QVERIFY2(refused.ends_with("The network has no convolution whose weights stand in the file."),
             refused.c_str());
  }

  void everyActivationIsWrittenInTheModelsOrder() {
    std::string printed;
    QVERIFY_RESULT(batch({"--export-activations", path("layers")}, &printed));
    QVERIFY2(printed.find("wrote   10 activations") != std::string::npos, printed.c_str());
    QVERIFY2(printed.find("output  2 × 4  “shares”") != std::string::npos, printed.c_str());
    const auto layers = jsonOf(path("layers/layers.json"));
    QCOMPARE(layers.size(), std::size_t{10});
    const std::vector<std::string> operators{"Conv",    "BatchNormalization", "Relu",    "Conv", "Add",
                                             "MaxPool", "GlobalAveragePool",  "Reshape", "Gemm", "Softmax"};
    for (std::size_t i = 0; i < 10; ++i) {
      QCOMPARE(layers[i]["operator"].get<std::string>(), operators[i]);
      const auto array = readNpy(path("layers/") + layers[i]["file"].get<std::string>());
      QVERIFY_RESULT(array);
      QCOMPARE(array->shape, layers[i]["shape"].get<std::vector<std::int64_t>>());
      QCOMPARE(layers[i]["type"].get<std::string>(), std::string("float32"));
    }
    QVERIFY((layers[5]["shape"] == std::vector<int>{2, 3, 4, 3, 2}));
    QCOMPARE(layers[5]["node"].get<std::string>(), std::string("p/MaxPool"));
    QCOMPARE(layers[5]["output"].get<std::string>(), std::string("p"));
    // The ReLU's file is that of its input with what is below 0 cut off.
    const auto before = readNpy(path("layers/0002.npy")), after = readNpy(path("layers/0003.npy"));
    QVERIFY(before && after);
    for (std::size_t i = 0; i < before->values.size(); ++i)
      QCOMPARE(after->values[i], std::max(0.0F, before->values[i]));
  }

  void otherTypesKeepTheirOwn() {
    onnx_files::Model model;
    model.input("x", {2, 3}).node("Shape", {"x"}, {"s"}).output("s");
    model.write(path("net.onnx"));
    QVERIFY(writeNpy(path("input.npy"), {2, 3}, std::vector<float>(6)));
    QVERIFY_RESULT(batch({"--export-activations", path("types")}));
    std::ifstream file(path("types/0001.npy"), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    QVERIFY(bytes.find("'<i8'") != std::string::npos);
    std::int64_t held[2];
    std::memcpy(held, bytes.data() + bytes.size() - sizeof held, sizeof held);
    QVERIFY(held[0] == 2 && held[1] == 3);
  }

  void scoresAreTheLargestFirst() {
    QVERIFY_RESULT(
        batch({"--export-scores", path("scores.json"), "--top", "3", "--export-activations", path("a")}));
    const auto json = jsonOf(path("scores.json"));
    QCOMPARE(json["output"].get<std::string>(), std::string("shares"));
    QCOMPARE(json["probabilities"].get<std::string>(), std::string("the network's own soft-max"));
    QCOMPARE(json["clips"].size(), std::size_t{2});
    const auto shares = readNpy(path("a/0010.npy"));
    QVERIFY_RESULT(shares);
    for (std::size_t clip = 0; clip < 2; ++clip) {
      const auto& top = json["clips"][clip]["top"];
      QCOMPARE(top.size(), std::size_t{3});
      double before = 2;
      for (const auto& one : top) {
        const float share = shares->values[4 * clip + one["index"].get<std::size_t>()];
        QCOMPARE(one["probability"].get<float>(), share);
        QVERIFY(share <= before);
        before = double{share};
      }
    }
  }

  void probabilitiesComeOfWhateverTheNetworkEndsWith_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<int>("from");
    QTest::addRow("scores") << "Identity" << static_cast<int>(NetworkScores::From::SoftMax);
    QTest::addRow("soft-max") << "Softmax" << static_cast<int>(NetworkScores::From::Network);
    QTest::addRow("log-soft-max") << "LogSoftmax" << static_cast<int>(NetworkScores::From::Logarithm);
  }
  void probabilitiesComeOfWhateverTheNetworkEndsWith() {
    QFETCH(QString, op);
    QFETCH(int, from);
    network_graph::GraphMaker maker;
    const int in = maker.input(ElementType::Float32);
    const int last = maker.node("Flatten", {maker.node(op.toStdString(), {in})});
    Runner runner(maker.made({last}));
    ThreadPool pool(1);
    RunRequest request;
    request.inputs = {network_graph::floats({1, 3}, {1, 3, 2})};
    const auto run = runner.run(request, {pool, {}});
    QVERIFY_RESULT(run);
    const auto scores = largestScores(runner.graph(), run->outputs.back(), 5);
    QVERIFY_RESULT(scores);
    QCOMPARE(static_cast<int>(scores->from), from);
    QCOMPARE(scores->clips.front().size(), std::size_t{3});
    QCOMPARE(scores->clips.front().front().index, std::int64_t{1});
    const double sum = std::exp(1) + std::exp(2) + std::exp(3);
    QVERIFY(std::abs(scores->clips.front().front().probability - std::exp(3) / sum) < 1e-6);
  }

  void fieldsOfAnImportedNetworkAreATable() {
    const auto options = parseCommandLine(std::vector<std::string>{"--batch", "--field", path("net.onnx")});
    QVERIFY_RESULT(options);
    std::ostringstream out;
    const auto done = runBatch(*options, out, nullptr);
    QVERIFY_RESULT(done);
    const QStringList lines = QString::fromStdString(out.str()).split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 11);
    QCOMPARE(lines[0], "name,kernel,stride,padding,output,jump,start,field,weights,multiply-adds,first");
    QCOMPARE(lines[1], "a/Conv,3×3×3,1×1×1,1×1×1,4×6×5,1×1×1,0×0×0,3×3×3,165,19440,-1×-1×-1");
    QCOMPARE(lines[2], "n/BatchNormalization,,,,4×6×5,1×1×1,0×0×0,3×3×3,6,0,-1×-1×-1");
    QCOMPARE(lines[6], "p/MaxPool,1×2×2,1×2×2,0×0×0,4×3×2,1×2×2,0×0.5×0.5,3×6×6,0,0,-1×-2×-2");
    QVERIFY2(lines[9].startsWith("scores/Gemm,1×1×1,1×1×1,0×0×0,1×1×1,"), qPrintable(lines[9]));
    QVERIFY2(lines[9].contains(",12,12,"), qPrintable(lines[9]));
  }

  void mapsAreNoScores() {
    network_graph::GraphMaker maker;
    const int in = maker.input(ElementType::Float32);
    const auto graph = maker.made({maker.node("Relu", {in})});
    const auto scores = largestScores(*graph, network_graph::noise({1, 2, 3, 3}, 1), 5);
    QVERIFY(!scores);
    QVERIFY2(scores.error().message.find("is 1 × 2 × 3 × 3 of float32") != std::string::npos,
             scores.error().message.c_str());
  }

  void whatCannotBeDoneIsOneSentence() {
    const auto refused = [this](const std::vector<std::string>& arguments, const char* part) {
      const auto done = batch(arguments);
      return !done && done.error().message.find(part) != std::string::npos &&
             done.error().message.ends_with('.') && exitCodeOf(done.error()) == 1;
    };
    std::ofstream(path("file")) << "x";
    QVERIFY(refused({"--export-activations", path("file")}, "cannot be made"));
    QVERIFY(refused({"--export-scores", "/nowhere/scores.json"}, "scores.json"));
    QVERIFY(writeNpy(path("input.npy"), {2, 2, 4, 6}, std::vector<float>(96)));
    QVERIFY(refused({}, "input “clip” is open1 × 2 × 4 × 6 × 5, but 2 × 2 × 4 × 6 was given"));
    std::filesystem::remove(path("input.npy"));
    QVERIFY(refused({}, "input.npy does not exist"));
    std::ofstream(path("net.onnx")) << "no model";
    QVERIFY(refused({}, "net.onnx is no ONNX model"));
  }
};

QTEST_GUILESS_MAIN(TestNetworkBatch)
#include "tst_network_batch.moc"
