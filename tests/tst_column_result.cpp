// What the columns of a comparison are computed from: the changed clip, the maps, their strength.
#include "engine/clip/clip_edit.h"
#include "engine/compare/column_layers.h"
#include "engine/compare/column_result.h"
#include "engine/compare/kernel_siblings.h"
#include "engine/compare/network_tuning.h"
#include "engine/conv/convolve.h"
#include "engine/conv/kernel_presets.h"
#include "engine/study/network_study.h"
#include "tests/onnx_files.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <fstream>

using namespace convscope;

namespace {

KernelStudy study() {
  KernelStudy made;
  LabSpec lab;
  lab.name = "bar";
  lab.height = 24;
  lab.width = 32;
  made.clip.source = lab;
  made.clip.range = {2, 8, 1};
  made.bank = {*presetFilter("red-moving-right", {3, 3, 3}, 3), randomFilter({3, 3, 3}, 3, 2)};
  return made;
}

Result<std::shared_ptr<const Clip>> changed(const ClipSpec& spec, const ClipChange& change) {
  ThreadPool pool(2);
  StudyCache cache;
  return changedClip(spec, change, cache, ComputeContext{pool, {}});
}

/// Two filters of one cell on (N, 3, L, H, W), the second twice the green, and their means as scores.
std::string writeNetwork(const QTemporaryDir& folder) {
  std::string path = folder.filePath("net.onnx").toStdString();
  std::vector<float> weights(2 * 3, 0);
  weights[1] = 2;
  onnx_files::Model model;
  model.input("clip", {-1, 3, -2, -3, -4})
      .weights("w", {2, 3, 1, 1, 1}, weights)
      .weights("fc", {2, 2}, {1, 0, 0, 1})
      .numbers("flat", {0, -1})
      .node("Conv", {"clip", "w"}, {"a"})
      .node("GlobalAveragePool", {"a"}, {"b"})
      .node("Reshape", {"b", "flat"}, {"c"})
      .node("Gemm", {"c", "fc"}, {"scores"})
      .output("scores");
  model.write(path);
  return path;
}

bool sameFrame(const Tensor& a, int t, const Tensor& b, int other) {
  for (int c = 0; c < a.shape().channels; ++c) {
    if (!std::equal(a.frame(t, c), a.frame(t, c) + a.shape().frameSize(), b.frame(other, c))) return false;
  }
  return true;
}

}  // namespace

class TestColumnResult : public QObject {
  Q_OBJECT

 private slots:
  void slowerRepeatsAndFasterLeavesOut() {
    const ClipSpec spec = study().clip;
    const auto plain = changed(spec, {});
    const auto slow = changed(spec, {.25, 1});
    const auto fast = changed(spec, {2, 1});
    QVERIFY(plain && slow && fast);
    QCOMPARE((*slow)->pixels.shape(), (*plain)->pixels.shape());
    QCOMPARE((*fast)->pixels.shape(), (*plain)->pixels.shape());
    for (int t = 0; t < 8; ++t) {
      QVERIFY(sameFrame((*slow)->pixels, t, (*plain)->pixels, t / 4));
      QCOMPARE((*fast)->taken[static_cast<std::size_t>(t)], 2 + 2 * t);
      if (t < 4) QVERIFY(sameFrame((*fast)->pixels, t, (*plain)->pixels, 2 * t));
    }
    // frames follow each other on screen at the same rate
    QCOMPARE((*slow)->framesPerSecond, (*plain)->framesPerSecond);
    QCOMPARE((*fast)->framesPerSecond, (*plain)->framesPerSecond);
  }

  void zoomScalesTheSize() {
    const auto large = changed(study().clip, {1, 2});
    QVERIFY(large);
    QCOMPARE((*large)->pixels.shape(), (Shape{8, 48, 64, 3}));
    ClipSpec sized = study().clip;
    sized.prepare.resize = FrameSize{12, 15};
    const auto small = changed(sized, {1, .5});
    QCOMPARE((*small)->pixels.shape(), (Shape{8, 6, 8, 3}));  // 7.5 is rounded
  }

  void kernelsAreThoseOfTheReference() {
    KernelStudy made = study();
    made.conv.padding = PaddingMode::Same;
    made.conv.activation = Activation::Relu;
    const auto clip = *changed(made.clip, {});
    ThreadPool one(1), four(4);
    const auto column = computeColumn(made, clip, ComputeContext{one, {}});
    QVERIFY2(column, column ? "" : column.error().message.c_str());
    const Tensor wanted = *convolveReference(clip->pixels, made.conv, made.bank);
    QCOMPARE(column->maps.shape(), wanted.shape());
    for (std::size_t i = 0; i < wanted.values().size(); ++i)
      QVERIFY(std::abs(column->maps.values()[i] - wanted.values()[i]) < 1e-4F);
    QCOMPARE(column->weights, 162);
    QCOMPARE(column->multiplyAdds, std::int64_t{8} * 24 * 32 * 162);
    QCOMPARE(column->bends, 1);
    QVERIFY(column->unsignedMaps);
    const auto again = computeColumn(made, clip, ComputeContext{four, {}});
    QVERIFY(
        std::equal(again->maps.values().begin(), again->maps.values().end(), column->maps.values().begin()));
  }

  void stacksCountTheirLayers() {
    const auto clip = *changed(study().clip, {});
    ThreadPool pool(2);
    const ComputeContext context{pool, {}};
    const auto kernel = computeColumn(study(), clip, context);
    const auto parted = computeColumn(separated(study(), 0, 3, Activation::None), clip, context);
    QVERIFY2(parted, parted ? "" : parted.error().message.c_str());
    QCOMPARE(parted->weights, 3 * 27 + 9);
    QCOMPARE(parted->bends, 0);
    QCOMPARE(parted->field, kernel->field);
    QCOMPARE(parted->maps.shape().extent(), kernel->maps.shape().extent());
    // rank three of a kernel of three frames: nothing is lost
    for (int x = 0; x < 30; ++x)
      QVERIFY(std::abs(parted->maps.at(2, 9, x, 0) - kernel->maps.at(2, 9, x, 0)) < 1e-4F);
    const auto bent = computeColumn(separated(study(), 0, 2, Activation::Relu), clip, context);
    QCOMPARE(bent->bends, 1);
    QVERIFY(!bent->unsignedMaps);  // given weights are not bent behind the last layer
    QVERIFY(!computeColumn(ReadoutStudy{}, clip, context));
  }

  void strongestIsTheLargestPositive() {
    Tensor maps(Shape{2, 3, 4, 2});
    QCOMPARE(strongestCell(maps, 1), (Triple{0, 0, 0}));
    maps.at(1, 2, 3, 1) = -5;
    QCOMPARE(strongestCell(maps, 1), (Triple{1, 2, 3}));
    maps.at(0, 1, 2, 1) = 2;
    maps.at(1, 1, 2, 1) = 2;
    QCOMPARE(strongestCell(maps, 1), (Triple{0, 1, 2}));
    QCOMPARE(strongestCell(maps, 7), (Triple{0, 0, 0}));
    QVERIFY(std::abs(rootMeanSquare(maps, 1) - std::sqrt(33.0 / 24)) < 1e-9);
  }

  // A kernel of one frame sees the same pictures at any speed of a clip that repeats itself; one that answers
  // motion does not.
  void tempoCurvesAreTheMapsStrengths() {
    const KernelStudy made = study();
    const std::vector<StudySpec> columns{made, middleFrame(made, 0)};
    ThreadPool pool(2);
    StudyCache cache;
    const auto curves = tempoCurves(columns, made.clip, 1, 0, cache, ComputeContext{pool, {}});
    QVERIFY(curves);
    QCOMPARE(curves->size(), std::size_t{2});
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t k = 0; k < kTempos.size(); ++k) {
        const auto clip = *changed(made.clip, {kTempos[k], 1});
        const auto column = computeColumn(columns[i], clip, ComputeContext{pool, {}});
        QCOMPARE((*curves)[i][k].tempo, kTempos[k]);
        QCOMPARE(*(*curves)[i][k].strength, rootMeanSquare(column->maps, 0));
      }
    }
    // too short for it: no strength, no failure
    KernelStudy longer = withFrames(made, 0, 9);
    const auto none = tempoCurves({longer}, made.clip, 1, 0, cache, ComputeContext{pool, {}});
    QVERIFY(none && !(*none)[0][0].strength);
  }

  /// A network sees the source as it was trained to; where its units look is said on the clip shown.
  void aNetworkIsAColumn() {
    QTemporaryDir folder;
    const std::string path = writeNetwork(folder);
    std::ofstream(folder.filePath("net.json").toStdString())
        << R"({"frames": 4, "step": 2, "resize": [12, 16], "labels": ["green", "none"],
               "trained": {"on": "nothing", "clips": 3, "accuracy": 0.75}})";
    ClipSpec clip = study().clip;
    clip.prepare.crop = Crop{4, 2, 24, 20};
    clip.prepare.resize = FrameSize{10, 12};
    ThreadPool pool(2);
    StudyCache cache;
    const auto read = cache.clip(clip, ComputeContext{pool, {}});
    QVERIFY(read);
    NetworkStudy network;
    network.model = path;
    network.source = clip.source;
    const auto column = computeColumn(network, *read, ComputeContext{pool, {}}, placeOf(clip, {}));
    QVERIFY2(column, column ? "" : column.error().message.c_str());
    QVERIFY(column->maps.shape() == (Shape{4, 12, 16, 2}));
    QCOMPARE(column->weights, std::int64_t{6 + 4});
    QCOMPARE(column->network->spec.start, 2);  // where the clip begins
    QCOMPARE(column->network->labelOf(0), std::string("green"));
    QCOMPARE(column->network->preprocess.trained->accuracy, .75);
    QCOMPARE(column->maps.at(1, 5, 7, 0), 2 * column->network->clip->pixels.at(1, 5, 7, 1));
    // Cell 3 in x: cells of 2 source pixels, so 6.5; the clip begins at 4 and halves: 1. In time frame 2 of
    // every second one is frame 4 of the clip.
    const auto place = [&](std::size_t axis, int cell) {
      return column->field[axis].centre + cell * column->field[axis].jump;
    };
    QVERIFY(std::abs(place(2, 3) - 1) < 1e-9);
    QVERIFY(std::abs(place(1, 4) - ((8.5 + .5 - 2) * .5 - .5)) < 1e-9);
    QVERIFY(std::abs(place(0, 2) - 4) < 1e-9);
  }

  /// Any layer can be looked at, and nothing is run again for it.
  void aNetworkShowsTheLayerThatItsStudyNames() {
    ThreadPool pool(2);
    const ComputeContext context{pool, {}};
    KernelStudy kernel = study();
    kernel.clip.range = {0, 16, 1};
    const auto clip = changed(kernel.clip, {});
    QVERIFY(clip);
    NetworkStudy network;
    network.model = "sibling-2plus1d";
    network.source = kernel.clip.source;
    const auto first = computeColumn(network, *clip, context);
    QVERIFY2(first, first ? "" : first.error().message.c_str());
    const std::vector<ColumnLayer> layers = columnLayers(*first->network);
    QVERIFY(layers.size() >= 3);
    int deepest = 0;
    for (const ColumnLayer& layer : layers) {
      QVERIFY(layer.depth >= deepest && layer.depth <= deepest + 1);
      deepest = layer.depth;
      network.layer = layer.name;
      const auto shown = columnAtLayer(*first, network, context);
      QVERIFY2(shown, shown ? "" : shown.error().message.c_str());
      QCOMPARE(shown->row, layer.row);
      QCOMPARE(shown->network, first->network);
      QCOMPARE(shown->maps.shape(), first->network->row(layer.row).output);
      const auto own = computeColumn(network, *clip, context);
      QVERIFY(own && std::ranges::equal(own->maps.values(), shown->maps.values()));
      QCOMPARE(static_cast<int>(shown->byStrength.size()), shown->maps.shape().channels);
    }
    // both halves of (2+1)D are one depth, and it stands for the whole of it
    const auto second = static_cast<std::size_t>(layerAtDepth(layers, 2));
    QCOMPARE(layers[second].row, first->row);
    QVERIFY(first->network->row(layers[second].row).field[0].size > 1);
    QCOMPARE(layers[static_cast<std::size_t>(layerAtDepth(layers, 99))].depth, deepest);
    QCOMPARE(layerAtDepth({}, 1), -1);
    network.layer = "conv9";
    const auto unknown = computeColumn(network, *clip, context);
    QVERIFY(!unknown);
    QVERIFY2(unknown.error().message.find("conv9") != std::string::npos, unknown.error().message.c_str());
  }

  /// The filters of a network's first convolution are measured as the same kernel alone is.
  void aNetworksFirstLayerIsTuned() {
    ThreadPool pool(2);
    const ComputeContext context{pool, {}};
    QTemporaryDir folder;
    const std::string path = folder.filePath("net.onnx").toStdString();
    const Filter moving = *presetFilter("red-moving-right", {3, 3, 3}, 3);
    Filter still;
    still.weights.assign(81, .02F);
    std::vector<float> weights = still.weights;
    weights.insert(weights.end(), moving.weights.begin(), moving.weights.end());
    onnx_files::Model model;
    model.input("clip", {-1, 3, -2, -3, -4})
        .weights("w", {2, 3, 3, 3, 3}, weights)
        .node("Conv", {"clip", "w"}, {"a"})
        .node("Relu", {"a"}, {"b"})
        .output("b");
    model.write(path);
    std::ofstream(folder.filePath("net.json").toStdString()) << R"({"frames": 8, "resize": [12, 16]})";
    const auto clip = changed(study().clip, {});
    QVERIFY(clip);
    NetworkStudy network;
    network.model = path;
    network.source = study().clip.source;
    const auto column = computeColumn(network, *clip, context);
    QVERIFY2(column, column ? "" : column.error().message.c_str());
    QVERIFY(isFirstLayer(*column->network, column->row));
    ConvSpec conv;
    conv.kernel = {3, 3, 3};
    const auto wanted = tuningOf(conv, moving, 3, {}, context);
    const auto chosen = firstLayerTuning(*column->network, std::nullopt, {}, context);
    const auto first = firstLayerTuning(*column->network, 0, {}, context);
    QVERIFY(wanted && chosen && first);
    QCOMPARE(chosen->filter, 1);  // the mean prefers no direction
    QCOMPARE(chosen->filters, 2);
    QCOMPARE(chosen->frames, 3);
    QVERIFY(chosen->tuning.responses == wanted->responses);
    QCOMPARE(first->filter, 0);
    QVERIFY(directionRatio(first->tuning, 1) < 1.01 && directionRatio(chosen->tuning, 1) > 10);
  }

  void aNetworkIsFedTheEditedWindow_data() {
    QTest::addColumn<std::vector<ClipEdit>>("edits");
    QTest::addColumn<bool>("follows");  // where a unit looks can be told by the pixels there
    QTest::addColumn<double>("tempo");
    for (const ClipEditEntry& entry : clipEditEntries()) {
      const bool follows =
          entry.kind == ClipEditKind::Reverse || isShift(entry.kind) || entry.kind == ClipEditKind::Turn;
      QTest::addRow("%s", entry.id) << std::vector{ClipEdit{entry.kind, entry.first}} << follows << 1.;
    }
    QTest::addRow("turn back") << std::vector{ClipEdit{ClipEditKind::Turn, -1}} << true << 1.;
    QTest::addRow("far shift") << std::vector{ClipEdit{ClipEditKind::ShiftX, 32 * 3 + 2}} << true << 1.;
    QTest::addRow("three") << std::vector{ClipEdit{ClipEditKind::Turn, 1}, ClipEdit{ClipEditKind::ShiftY, 2},
                                          ClipEdit{ClipEditKind::Reverse, 0}}
                           << true << 1.;
    QTest::addRow("fast") << std::vector{ClipEdit{ClipEditKind::Reverse, 0}} << true << 2.;
    QTest::addRow("slow") << std::vector{ClipEdit{ClipEditKind::Reverse, 0}} << false << .5;
  }
  /// The clip's pixels are half as large as the network's: where a unit looks, four of them have the mean
  /// that it is fed.
  void aNetworkIsFedTheEditedWindow() {
    QFETCH(std::vector<ClipEdit>, edits);
    QFETCH(bool, follows);
    QFETCH(double, tempo);
    QTemporaryDir folder;
    NetworkStudy network;
    network.model = writeNetwork(folder);
    std::ofstream(folder.filePath("net.json").toStdString())
        << R"({"frames": 4, "step": 2, "resize": [12, 16]})";
    KernelStudy kernel = study();
    kernel.clip.range = {5, 8, 1};
    kernel.clip.edits = edits;
    ThreadPool pool(2);
    const ComputeContext context{pool, {}};
    const ClipChange change{tempo, 1};
    const auto clip = changed(kernel.clip, change);
    QVERIFY(clip);
    network.source = kernel.clip.source;
    network.edits = edits;
    const auto column = computeColumn(network, *clip, context, placeOf(kernel.clip, change));
    QVERIFY2(column, column ? "" : column.error().message.c_str());
    network.start = 5;
    const auto wanted = computeNetwork(network, context);
    QVERIFY2(wanted, wanted ? "" : wanted.error().message.c_str());
    const Tensor& fed = column->network->clip->pixels;
    QCOMPARE(column->network->clip->taken, wanted->clip->taken);
    QVERIFY(std::ranges::equal(fed.values(), wanted->clip->pixels.values()));
    QCOMPARE(column->network->scores.clips.front().front().index, wanted->scores.clips.front().front().index);
    for (const AxisField& field : column->field) QVERIFY(field.jump > 0 && field.jump < 100);
    if (!follows) return;
    const Tensor& shown = (*clip)->pixels;
    int compared = 0;
    for (int t = 0; t < 4; ++t) {
      for (int y = 2; y < fed.shape().height; ++y) {
        for (int x = 2; x < fed.shape().width; ++x) {
          const auto place = [&](std::size_t axis, int cell) {
            return column->field[axis].centre + cell * column->field[axis].jump;
          };
          const auto frame = static_cast<int>(std::lround(place(0, t)));
          const auto row = static_cast<int>(std::floor(place(1, y)));
          const auto from = static_cast<int>(std::floor(place(2, x)));
          if (frame < 0 || frame > 7 || row < 0 || row + 2 > shown.shape().height || from < 0 ||
              from + 2 > shown.shape().width)
            continue;  // beyond the clip, or on the other side of it
          float mean = 0;
          for (const int cell : {0, 1, 2, 3}) mean += shown.at(frame, row + cell / 2, from + cell % 2, 1) / 4;
          QVERIFY2(std::abs(mean - fed.at(t, y, x, 1)) < 1e-4F,
                   qPrintable(QString("%1 %2 %3: %4 instead of %5")
                                  .arg(t)
                                  .arg(y)
                                  .arg(x)
                                  .arg(mean)
                                  .arg(fed.at(t, y, x, 1))));
          ++compared;
        }
      }
    }
    QVERIFY2(compared > 100, qPrintable(QString::number(compared)));
  }
};

QTEST_GUILESS_MAIN(TestColumnResult)
#include "tst_column_result.moc"
