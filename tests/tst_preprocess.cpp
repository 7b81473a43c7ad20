// What a network is fed of a clip, against plain formulas in double.
#include "engine/network/preprocess_describe.h"
#include "tests/network_graph.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <fstream>

using namespace convscope;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

RawFrames noiseFrames(int count, int height, int width) {
  RawFrames raw;
  raw.height = height;
  raw.width = width;
  raw.source = {"noise", 30, count, height, width, 3, {}};
  std::mt19937 random(7);
  for (int t = 0; t < count; ++t) raw.taken.push_back(t);
  raw.bytes.resize(static_cast<std::size_t>(count) * height * width * 3);
  for (auto& byte : raw.bytes) byte = static_cast<std::uint8_t>(random());
  return raw;
}

double pixel(const RawFrames& raw, int t, int y, int x, int c) {
  const auto at = ((static_cast<std::size_t>(t) * raw.height + y) * raw.width + x) * 3 + c;
  return raw.bytes[at] / 255.0;
}

/// torch.nn.functional.interpolate(mode="bilinear", align_corners=False) at one place.
double bilinear(const RawFrames& raw, int t, int y, int x, int c, int rows, int columns) {
  const auto source = [](int at, int in, int out) { return std::max(0.0, (at + 0.5) * in / out - 0.5); };
  const double sy = source(y, raw.height, rows), sx = source(x, raw.width, columns);
  const int y0 = static_cast<int>(sy), x0 = static_cast<int>(sx);
  const int y1 = std::min(y0 + 1, raw.height - 1), x1 = std::min(x0 + 1, raw.width - 1);
  const double fy = sy - y0, fx = sx - x0;
  return (1 - fy) * ((1 - fx) * pixel(raw, t, y0, x0, c) + fx * pixel(raw, t, y0, x1, c)) +
         fy * ((1 - fx) * pixel(raw, t, y1, x0, c) + fx * pixel(raw, t, y1, x1, c));
}

std::shared_ptr<const Graph> graphFor(const std::vector<std::optional<std::int64_t>>& extents) {
  network_graph::GraphMaker maker;
  const int clip = maker.input(ElementType::Float32, "clip");
  std::vector<InputExtent> dims;
  for (const auto& extent : extents) dims.push_back({extent, {}});
  maker.graph.inputs.front().dims = dims;
  return maker.made({maker.node("Relu", {clip})});
}

}  // namespace

class TestPreprocess : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;
  std::string path(const char* name) { return m_folder.filePath(QLatin1String(name)).toStdString(); }

 private slots:
  // The numbers as the networks' sources give them.
  void presetsHoldTheirSourcesNumbers() {
    for (const char* name : {"r3d", "mc3", "r2plus1d"}) {
      const auto made = preprocessNamed(name);
      QVERIFY_RESULT(made);
      QVERIFY(made->frames == 16 && made->step == 2 && made->range == 1);
      QVERIFY((made->resize == std::array{128, 171}) && (made->crop == std::array{112, 112}));
      QVERIFY((made->mean == std::array{0.43216, 0.394666, 0.37645}));
      QVERIFY((made->std == std::array{0.22803, 0.22145, 0.216989}));
    }
    const auto i3d = preprocessNamed("i3d");
    QVERIFY(i3d && i3d->frames == 64 && i3d->step == 1 && i3d->shortSide == 256);
    QVERIFY((i3d->crop == std::array{224, 224}) && i3d->mean[0] == .5 && i3d->std[2] == .5);
    const auto small = preprocessNamed("x3d-s"), medium = preprocessNamed("x3d-m");
    QVERIFY(small && small->frames == 13 && small->step == 6 && (small->crop == std::array{182, 182}));
    QVERIFY(medium && medium->frames == 16 && medium->step == 5 && (medium->crop == std::array{224, 224}));
    const auto slow = preprocessNamed("slowfast");
    QVERIFY(slow && slow->frames == 32 && slow->step == 2 && slow->slowEvery == 4 && slow->std[1] == .225);
    const auto c3d = preprocessNamed("c3d");
    QVERIFY(c3d && c3d->range == 255 && (c3d->mean == std::array{104., 117., 128.}) && c3d->std[0] == 1);
    QVERIFY(preprocessNamed("r3dd").error().message.find("r3d") != std::string::npos);
  }

  void linearResizeIsTorchs_data() {
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    QTest::newRow("shrinks") << 60 << 91;
    QTest::newRow("grows") << 10 << 14;
    QTest::newRow("both") << 60 << 14;
  }
  void linearResizeIsTorchs() {
    QFETCH(int, height);
    QFETCH(int, width);
    const RawFrames raw = noiseFrames(3, height, width);
    Preprocess made;
    made.frames = 3;
    made.resize = {21, 30};
    made.crop = {16, 17};
    const auto clip = preprocessedClip(raw, made);
    QVERIFY_RESULT(clip);
    QCOMPARE(clip->pixels.shape(), (Shape{3, 16, 17, 3}));
    // (21 − 16) / 2 = 2.5 goes to the even side, 2; (30 − 17) / 2 = 6.5 to 6
    for (int t = 0; t < 3; ++t) {
      for (int y = 0; y < 16; ++y) {
        for (int x = 0; x < 17; ++x) {
          const double wanted = bilinear(raw, t, y + 2, x + 6, t, 21, 30);
          QVERIFY(std::abs(double{clip->pixels.at(t, y, x, t)} - wanted) < 1e-5);
        }
      }
    }
  }

  void shortSidesKeepTheProportion() {
    Preprocess made;
    made.shortSide = 256;
    QVERIFY(preparedSize(made, 180, 320)->resized == (FrameSize{256, 455}));  // 455.1
    QVERIFY(preparedSize(made, 320, 180)->resized == (FrameSize{455, 256}));
    made.crop = {300, 300};
    QCOMPARE(preparedSize(made, 180, 320).error().message,
             std::string("The preprocessing crops 300 × 300 from frames resized to 256 × 455."));
  }

  void areasAreAveragedWhereThatIsAsked() {
    const RawFrames raw = noiseFrames(1, 8, 12);
    Preprocess made;
    made.frames = 1;
    made.resize = {4, 4};
    made.resampling = FrameResampling::Area;
    const auto clip = preprocessedClip(raw, made);
    QVERIFY_RESULT(clip);
    double sum = 0;
    for (int y = 2; y < 4; ++y) {
      for (int x = 3; x < 6; ++x) sum += pixel(raw, 0, y, x, 1);
    }
    QVERIFY(std::abs(double{clip->pixels.at(0, 1, 1, 1)} - sum / 6) < 1e-6);
  }

  void valuesAreNormalisedChannelByChannel() {
    const RawFrames raw = noiseFrames(2, 5, 6);
    Preprocess made;
    made.frames = 2;
    made.range = 255;
    made.mean = {104, 117, 128};
    made.std = {2, 3, 4};
    const auto graph = graphFor({std::nullopt, 3, std::nullopt, std::nullopt, std::nullopt});
    for (const ChannelOrder order : {ChannelOrder::Rgb, ChannelOrder::Bgr}) {
      made.channels = order;
      const auto clip = preprocessedClip(raw, made);
      QVERIFY_RESULT(clip);
      const auto inputs = networkInputs(*graph, *clip, made);
      QVERIFY_RESULT(inputs);
      QCOMPARE(inputs->front().dims(), (Dims{1, 3, 2, 5, 6}));
      const auto values = inputs->front().values<float>();
      for (int c = 0; c < 3; ++c) {
        const int from = order == ChannelOrder::Bgr ? 2 - c : c;
        const double wanted = (255 * pixel(raw, 1, 4, 2, from) - made.mean[static_cast<std::size_t>(from)]) /
                              made.std[static_cast<std::size_t>(from)];
        const auto at = static_cast<std::size_t>(((c * 2 + 1) * 5 + 4) * 6 + 2);
        QVERIFY(std::abs(double{values[at]} - wanted) < 1e-4);
      }
    }
  }

  void picturesStandAlongTheBatch() {
    const RawFrames raw = noiseFrames(3, 4, 4);
    const auto graph = graphFor({std::nullopt, 3, 4, 4});
    QVERIFY(takesPictures(*graph));
    Preprocess made;
    made.frames = 3;
    const auto inputs = networkInputs(*graph, *preprocessedClip(raw, made), made);
    QVERIFY_RESULT(inputs);
    QCOMPARE(inputs->front().dims(), (Dims{3, 3, 4, 4}));
    // frame 2, channel 1, row 3, column 0
    const float value = inputs->front().values<float>()[((2 * 3 + 1) * 4 + 3) * 4];
    QVERIFY(std::abs(double{value} - pixel(raw, 2, 3, 0, 1)) < 1e-6);
  }

  void slowInputsTakeEveryNthFrame() {
    network_graph::GraphMaker maker;
    const int slow = maker.input(ElementType::Float32, "slow"),
              fast = maker.input(ElementType::Float32, "fast");
    const std::vector<InputExtent> open{{1, {}}, {3, {}}, {{}, {}}, {{}, {}}, {{}, {}}};
    maker.graph.inputs[0].dims = maker.graph.inputs[1].dims = open;
    const auto graph = maker.made({maker.node("Relu", {slow}), maker.node("Relu", {fast})});
    const RawFrames raw = noiseFrames(8, 2, 2);
    Preprocess made;
    made.frames = 8;
    const auto inputs = networkInputs(*graph, *preprocessedClip(raw, made), made);
    QVERIFY_RESULT(inputs);
    QCOMPARE((*inputs)[0].dims()[2], 2);
    QCOMPARE((*inputs)[1].dims()[2], 8);
    // PyTorchVideo's linspace(0, 7, 2): the first and the last
    QVERIFY(std::abs(double{(*inputs)[0].values<float>()[4]} - pixel(raw, 7, 0, 0, 0)) < 1e-6);
  }

  void sidecarsAreReadFieldByField() {
    std::ofstream(path("names.txt")) << "still\nleft\r\n";
    const auto made = preprocessFromText(
        R"({"frames": 8, "step": 3, "resize": [64, 80], "crop": [56, 56], "channels": "bgr", "range": 255,
            "mean": [1, 2, 3], "std": [4, 5, 6], "resampling": "area", "labels": "names.txt"})",
        path("m.json"));
    QVERIFY_RESULT(made);
    QVERIFY(made->frames == 8 && made->step == 3 && (made->resize == std::array{64, 80}));
    QVERIFY(made->channels == ChannelOrder::Bgr && made->resampling == FrameResampling::Area);
    QVERIFY((made->labels == std::vector<std::string>{"still", "left"}));
    const auto back = preprocessFromText(jsonOf(*made).dump(), "m.json");
    QVERIFY(back && *back == *made);
    QCOMPARE(sidecarOf("/a/b.c/model.onnx"), std::string("/a/b.c/model.json"));
  }

  void wrongSidecarsAreRefusedByTheirKey_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("unknown key") << R"({"frame": 8})"
                                 << "m.json: “frame” is not a known key.";
    QTest::newRow("key of two lines") << "{\"fra\\nme\": 8}"
                                      << "m.json: “fra?me” is not a known key.";
    QTest::newRow("type") << R"({"frames": "8"})"
                          << "m.json: “frames” must be a whole number.";
    QTest::newRow("too few") << R"({"mean": [1, 2]})"
                             << "m.json: “mean” must hold 3 values.";
    QTest::newRow("range") << R"({"step": 0})"
                           << "m.json: “step” is 0 and must lie between 1 and 1000.";
    QTest::newRow("deviation") << R"({"std": [1, 0, 1]})"
                               << "m.json: “std[1]” is 0 and must lie between 1e-06 and 1e+06.";
    QTest::newRow("word") << R"({"channels": "gbr"})"
                          << "m.json: “channels” must be one of rgb, bgr, grey.";
    QTest::newRow("both sizes") << R"({"resize": [4, 4], "shortSide": 4})"
                                << "m.json: “resize” and “shortSide” exclude each other.";
    QTest::newRow("no JSON") << "{"
                             << "m.json: this is not a JSON file.";
    QTest::newRow("no object") << "[]"
                               << "m.json: a preprocessing must be a JSON object.";
    QTest::newRow("no labels") << R"({"labels": "none.txt"})"
                               << "none.txt does not exist.";
    QTest::newRow("label") << R"({"labels": [1]})"
                           << "m.json: “labels[0]” must be a text.";
  }
  void wrongSidecarsAreRefusedByTheirKey() {
    QFETCH(QString, text);
    QFETCH(QString, sentence);
    const auto made = preprocessFromText(text.toStdString(), "m.json");
    QVERIFY(!made);
    QCOMPARE(QString::fromStdString(made.error().message), sentence);
  }

  void whatDoesNotFitTheInputIsSaid() {
    Preprocess made;
    made.frames = 16;
    made.crop = {112, 112};
    const auto said = [&](const std::vector<std::optional<std::int64_t>>& extents) {
      const auto fits = checkPreprocess(*graphFor(extents), made);
      return fits ? std::string() : fits.error().message;
    };
    QCOMPARE(said({1, 3, 16, 112, 112}), std::string());
    QCOMPARE(said({1, 3, std::nullopt, std::nullopt, std::nullopt}), std::string());
    QCOMPARE(said({1, 3, 8, 112, 112}),
             std::string("The network's input “clip” is 1 × 3 × 8 × 112 × 112, but the preprocessing takes "
                         "16 frames."));
    QCOMPARE(said({1, 1, 16, 112, 112}),
             std::string("The network's input “clip” is 1 × 1 × 16 × 112 × 112, but the preprocessing makes "
                         "3 channels."));
    QCOMPARE(said({1, 3, 16, 112, 128}),
             std::string("The network's input “clip” is 1 × 3 × 16 × 112 × 128, but the preprocessing makes "
                         "frames of 112 × 112."));
    QVERIFY(said({1, 3, 16}).find("has 3 axes") != std::string::npos);
  }

  void modelsWithoutASidecarTakeWhatTheyDeclare() {
    const auto fixed = plainPreprocess(*graphFor({1, 1, 6, 24, 32}));
    QVERIFY_RESULT(fixed);
    QVERIFY(fixed->frames == 6 && fixed->channels == ChannelOrder::Grey &&
            (fixed->resize == std::array{24, 32}));
    const auto open = plainPreprocess(*graphFor({std::nullopt, 3, std::nullopt, std::nullopt, std::nullopt}));
    QVERIFY_RESULT(open);
    QVERIFY(open->frames == 16 && !open->resize && !open->crop);
  }
};

QTEST_GUILESS_MAIN(TestPreprocess)
#include "tst_preprocess.moc"
