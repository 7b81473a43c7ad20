// The Network workspace: its panels and stage on a real network, run by the engine.
#include "app/main_window.h"
#include "app/network_workspace.h"
#include "engine/clip/npy.h"
#include "engine/network/bundled_models.h"
#include "engine/study/network_study.h"
#include "tests/network_graph.h"
#include "tests/onnx_files.h"
#include "widgets/panels/before_after_view.h"
#include "widgets/panels/channel_grid.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/clip_edit_bar.h"
#include "widgets/panels/clip_film.h"
#include "widgets/panels/hierarchy_view.h"
#include "widgets/panels/layer_list.h"
#include "widgets/panels/network_bar.h"
#include "widgets/panels/network_scores.h"
#include "widgets/panels/network_unit_panel.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/panel_frame.h"
#include "widgets/panels/preprocess_panel.h"
#include "widgets/panels/score_time_chart.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/panels/shift_chart.h"
#include "widgets/panels/weight_lattices.h"
#include "widgets/stage/network_stage.h"
#include "widgets/state/clip_edits.h"
#include "widgets/state/scenes.h"

#include <QAction>
#include <QDeadlineTimer>
#include <QDropEvent>
#include <QMimeData>
#include <QPushButton>
#include <QTemporaryDir>
#include <QThread>
#include <QtTest>

#include <fstream>

using namespace convscope;
using network_graph::noiseValues;
using onnx_files::Model;

namespace {

/// Two convolutions with ReLU, a pool between them, and four classes; (1, 3, 6, 24, 32).
Model network() {
  Model model;
  model.input("clip", {1, 3, 6, 24, 32})
      .weights("conv1.weight", {8, 3, 3, 3, 3}, noiseValues(8 * 81, 1))
      .weights("conv2.weight", {12, 8, 3, 3, 3}, noiseValues(12 * 216, 2))
      .weights("fc", {4, 12}, noiseValues(48, 3))
      .numbers("flat", {0, -1})
      .node("Conv", {"clip", "conv1.weight"}, {"a"})
      .with("pads", {1, 1, 1, 1, 1, 1})
      .node("Relu", {"a"}, {"b"})
      .node("MaxPool", {"b"}, {"c"})
      .with("kernel_shape", {1, 2, 2})
      .with("strides", {1, 2, 2})
      .node("Conv", {"c", "conv2.weight"}, {"d"})
      .with("pads", {1, 1, 1, 1, 1, 1})
      .node("Relu", {"d"}, {"e"})
      .node("GlobalAveragePool", {"e"}, {"f"})
      .node("Reshape", {"f", "flat"}, {"g"})
      .node("Gemm", {"g", "fc"}, {"scores"})
      .with("transB", 1)
      .output("scores");
  return model;
}

bool hasLabel(const NetworkStageFacts& facts, const QString& text) {
  return std::ranges::any_of(facts.labels, [&](const StageLabel& label) { return label.text == text; });
}

}  // namespace

class TestNetworkWorkspace : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;
  std::unique_ptr<MainWindow> m_window;

  QString path(const char* name) { return m_folder.filePath(QLatin1String(name)); }
  NetworkWorkspace& page() { return m_window->networkWorkspace(); }
  const NetworkView& view() { return page().view(); }
  void finish() {
    m_window->finish();
    m_window->finish();
  }
  void edit(const std::function<void(AppState&)>& apply) {
    m_window->store().edit({QStringLiteral("Test"), apply, false});
  }
  /// What that key orders.
  void press(const char* key) {
    const QKeySequence wanted{QLatin1String(key)};
    for (QAction* action : m_window->actions()) {
      if (!action->isVisible() || !action->shortcuts().contains(wanted)) continue;
      action->trigger();
      finish();
      return;
    }
    QFAIL(key);
  }
  void choose(int explanation) {
    QTest::mouseClick(page().bar().explanations()->button(explanation), Qt::LeftButton);
    finish();
  }

  void showScene(const char* id, const QSize& size, bool presenter) {
    auto state = sceneState(id);
    QVERIFY(state.has_value());
    state->look.reducedMotion = true;
    state->look.presenter = presenter;
    show(*state);
    m_window->resize(size);
    QTest::qWait(1);
    finish();
    QVERIFY2(view().problem.isEmpty(), qPrintable(view().problem));
  }
  /// A panel in sight has that title.
  bool titled(const char* title) {
    const auto frames = page().findChildren<PanelFrame*>();
    return std::ranges::any_of(frames, [&](const PanelFrame* frame) {
      return frame->isVisible() && frame->name() == QLatin1String(title);
    });
  }

  void show(const AppState& state) {
    m_window = std::make_unique<MainWindow>(state, Settings(QStringLiteral("/nonexistent")));
    m_window->resize(1600, 1000);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    finish();
  }

 private slots:
  void init() {
    network().write(path("net.onnx").toStdString());
    std::ofstream(path("net.json").toStdString()) << R"({"frames": 6, "resize": [24, 32],
                                                          "labels": ["still", "left", "right", "up"]})";
    AppState state = initialState();
    state.workspace = Workspace::Network;
    state.look.reducedMotion = true;
    state.network.model = path("net.onnx").toStdString();
    show(state);
  }
  void cleanup() { m_window.reset(); }

  void theSecondConvolutionsStrongestUnitIsShownFirst() {
    QVERIFY2(view().problem.isEmpty(), qPrintable(view().problem));
    QVERIFY(!view().stale && !view().busy);
    QCOMPARE(view().row, 4);
    const LayerMaps& maps = *view().answer->maps;
    QCOMPARE(view().channel, maps.byStrength.front());
    QCOMPARE(view().unit, maps.channels[static_cast<std::size_t>(view().channel)].at);
    QCOMPARE(view().value(), maps.maps.at(view().unit.t, view().unit.y, view().unit.x, view().channel));
    const NetworkStageFacts facts = page().stage().facts();
    QVERIFY(facts.valid);
    QCOMPARE(facts.clipFrames, 6);
    QCOMPARE(facts.mapFrames, 6);
    QVERIFY(hasLabel(facts, QStringLiteral("conv2, channel %1").arg(view().channel + 1)));
    QVERIFY(hasLabel(facts, QStringLiteral("Clip")));
    // conv2 reads 3 of the pool's cells, those 2 · 2 + 2 of conv1's, and 8 of the clip
    const Box& seen = view().levels.front().seen;
    QCOMPARE(seen[0].back() - seen[0].front() + 1, 5);
    QCOMPARE(seen[1].back() - seen[1].front() + 1, 8);
    QVERIFY2(page().unitPanel().lines().contains("its field on the clip 5 × 8 × 8"),
             qPrintable(page().unitPanel().lines().join('\n')));
  }

  void theListSaysWhatEachLayerIs() {
    QCOMPARE(page().layers().layers(), 6);
    const QStringList lines = page().layers().linesOf(2);
    QCOMPARE(lines[0], QStringLiteral("conv2"));
    QCOMPARE(lines[1], QStringLiteral("6 × 12 × 16 × 12"));
    QCOMPARE(lines[2], QStringLiteral("Conv 3×3×3, ReLU"));
    QCOMPARE(lines[3], QStringLiteral("5×8×8"));
    QVERIFY(lines[4].endsWith("592 weights"));
    QVERIFY(lines[5].endsWith("mult-adds"));
  }

  void aLayerOfTheListBringsItsMapsAndWeights() {
    page().layers().setCurrentIndex(page().layers().model()->index(0, 0));
    finish();
    QCOMPARE(view().row, 1);  // conv1 after its ReLU
    QCOMPARE(view().answer->maps->maps.shape(), (Shape{6, 24, 32, 8}));
    QCOMPARE(page().channels().order().size(), std::size_t{8});
    QVERIFY2(page().weights().fact().startsWith("8 filters, 3 × 3 × 3, input 1 of 3"),
             qPrintable(page().weights().fact()));
    page().weights().setChannel(7);
    QCOMPARE(page().weights().channel(), 2);
    press("Shift+PgDown");
    QCOMPARE(view().row, 2);  // the pool, which has no weights
    QCOMPARE(page().weights().fact(), QStringLiteral("no convolution"));
  }

  // What stands before the activation can be looked at, too.
  void partsOfALayerAreLookedAtOneByOne() {
    edit([](AppState& state) { state.network.row = 3; });
    finish();
    QVERIFY(!view().answer->isUnsigned());
    edit([](AppState& state) { state.network.row = 4; });
    finish();
    QVERIFY(view().answer->isUnsigned());
    const Triple at{2, 5, 6};
    for (int c = 0; c < 12; ++c) {
      QCOMPARE(
          view().answer->maps->maps.at(at.t, at.y, at.x, c),
          std::max(0.0F,
                   view()
                       .result->run.values[static_cast<std::size_t>(view().result->layers.values[3].value)]
                       .values<float>()[static_cast<std::size_t>(((c * 6 + 2) * 12 + 5) * 16 + 6)]));
    }
  }

  void clickOnAChannelBringsItToTheStage() {
    const int channel = page().channels().order()[3];
    const QRectF cell = page().channels().cellOf(channel);
    QTest::mouseClick(page().channels().viewport(), Qt::LeftButton, {}, cell.center().toPoint());
    finish();
    QCOMPARE(view().channel, channel);
    QCOMPARE(view().unit, view().answer->maps->channels[static_cast<std::size_t>(channel)].at);
    // a click inside it pins the unit there
    const QPointF inside(cell.left() + 4.5 * cell.width() / 16, cell.top() + 7.5 * cell.height() / 12);
    QTest::mouseClick(page().channels().viewport(), Qt::LeftButton, {}, inside.toPoint());
    finish();
    QCOMPARE(view().unit.x, 4);
    QCOMPARE(view().unit.y, 7);
  }

  void clickOnAMapOfTheStagePinsItsUnit() {
    const Triple unit{4, 6, 9};
    QTest::mouseClick(&page().stage(), Qt::LeftButton, {}, page().stage().cellCentre(1, unit).toPoint());
    finish();
    QCOMPARE(m_window->store().state().network.unit, unit);
    const QRectF before = page().stage().facts().box.boundingRect();
    press("Down");
    QVERIFY(view().unit == (Triple{4, 7, 9}));
    QVERIFY(page().stage().facts().box.boundingRect().top() > before.top());
    press("J");
    QCOMPARE(view().unit, view().answer->maps->channels[static_cast<std::size_t>(view().channel)].at);
  }

  void theSumBehindTheUnitIsWrittenOut() {
    const UnitFacts& facts = *view().answer->facts;
    QVERIFY(facts.sum.has_value());
    QCOMPARE(facts.sum->convolution, std::string("conv2"));
    QCOMPARE(facts.sum->channels, 8);
    QVERIFY(std::abs(std::max(0.0, facts.sum->value) - double{facts.value}) < 1e-3);
    const QString last = page().unitPanel().lines().last();
    QVERIFY2(last.endsWith("then ReLU"), qPrintable(last));
  }

  void playingGoesThroughTime() {
    edit([](AppState& state) { state.network.unit = {0, 3, 3}; });
    finish();
    press(".");
    QCOMPARE(view().unit, (Triple{1, 3, 3}));
    QCOMPARE(view().answer->unit.t, 1);  // the small pictures are of that moment
    press(",");
    press(",");
    QCOMPARE(view().unit.t, 5);  // loop
    const Triple kernel = m_window->store().state().selection.voxel;
    edit([](AppState& state) {
      state.look.reducedMotion = false;
      state.playback.speed = 100;
      setPlaying(state.playback, true);
    });
    QTRY_VERIFY(view().unit.t != 5);
    QVERIFY(m_window->store().state().selection.voxel == kernel);  // the kernel of the other page stays
  }

  void orderAndRangeAreChosen() {
    press("S");
    for (std::size_t i = 0; i < 12; ++i) QCOMPARE(page().channels().order()[i], static_cast<int>(i));
    const auto& ranges = view().answer->ranges;
    QVERIFY(std::ranges::all_of(ranges, [&](double one) { return one == ranges.front(); }));
    edit([](AppState& state) { state.network.range = MapsRange::Map; });
    finish();
    QVERIFY(std::ranges::any_of(view().answer->ranges,
                                [&](double one) { return one != view().answer->ranges.front(); }));
    press("F");
    const int next = view().channel;
    press("Shift+F");
    QCOMPARE((view().channel + 1) % 12, next);  // they stand by number now
  }

  void scoresBearTheirLabels() {
    const ClassScore& best = view().result->scores.clips.front().front();
    const QString line = page().scores().lines().front();
    QVERIFY2(line.startsWith(QString::fromStdString(
                 view().result->preprocess.labels[static_cast<std::size_t>(best.index)])),
             qPrintable(line));
    QVERIFY(page().scores().fact().startsWith("frames 1 to 6, top 4 of 4"));
  }

  /// By the mouse and by the keys; once more gives the best class back.
  void aBarOfTheScoresChoosesTheClassThatIsExplained() {
    choose(2);
    NetworkScoresPanel& scores = page().scores();
    const auto explained = [this] { return static_cast<int>(view().explanation()->question.classIndex); };
    const auto click = [&](int row) {
      QTest::mouseClick(&scores, Qt::LeftButton, {}, scores.rowRect(row).center().toPoint());
      finish();
    };
    const std::vector<int> classes = scores.classes();
    QCOMPARE(scores.chosenRow(), -1);
    QCOMPARE(explained(), classes[0]);
    QCOMPARE(scores.lines().size(), 5);  // four classes and the sentence
    click(2);
    QCOMPARE(m_window->store().state().network.classIndex, classes[2]);
    QCOMPARE(explained(), classes[2]);
    QCOMPARE(scores.chosenRow(), 2);
    QVERIFY(scores.classes() == classes);
    QCOMPARE(page().chart().classes().front(), classes[2]);
    // the soft-max of that class, written out below its row, comes to its share
    const auto& all = view().result->scores.clips.front();
    double sum = 0;
    for (const ClassScore& one : all) sum += std::exp(one.score - all.front().score);
    const double share = std::exp(all[2].score - all.front().score) / sum;
    QVERIFY(std::abs(share - all[2].probability) < 1e-6);
    QVERIFY2(scores.lines()[3].startsWith("e^(") &&
                 scores.lines()[3].endsWith(QStringLiteral("= %1 %").arg(100 * share, 0, 'f', 1)),
             qPrintable(scores.lines().join('\n')));
    QVERIFY(scores.rowRect(3).top() > scores.rowRect(2).bottom());
    click(2);
    QCOMPARE(m_window->store().state().network.classIndex, -1);
    QCOMPARE(explained(), classes[0]);
    scores.setFocus(Qt::TabFocusReason);
    for (const Qt::Key key : {Qt::Key_Up, Qt::Key_Up, Qt::Key_Space}) QTest::keyClick(&scores, key);
    finish();
    QCOMPARE(explained(), classes[0]);
    QCOMPARE(scores.chosenRow(), 0);
    for (const Qt::Key key : {Qt::Key_Down, Qt::Key_Return}) QTest::keyClick(&scores, key);
    finish();
    QCOMPARE(explained(), classes[1]);
  }

  /// Of many classes one that is not among the likeliest takes the last row.
  void aClassFarDownIsShownWhenItIsChosen() {
    m_window->openModel("sibling-3d");
    finish();
    const auto& all = view().result->scores.clips.front();
    const auto last = static_cast<int>(all.back().index);
    edit([last](AppState& state) { state.network.classIndex = last; });
    finish();
    QCOMPARE(page().scores().classes().size(), std::size_t{NetworkScoresPanel::kTop});
    QCOMPARE(page().scores().chosenRow(), NetworkScoresPanel::kTop - 1);
    QCOMPARE(page().scores().classes().back(), last);
    QCOMPARE(page().scores().classes().front(), static_cast<int>(all.front().index));
  }

  void theWindowIsDraggedOverTheClip() {
    QVERIFY(page().chart().classes().size() == 3);
    QVERIFY(std::ranges::all_of(view().windows,
                                [](const ScanWindow& one) { return !one.probabilities.empty(); }));
    // the first window of the scan is the one shown
    const auto& shown = view().result->scores.clips.front();
    for (const ClassScore& one : shown)
      QVERIFY(std::abs(view().windows.front().probabilities[static_cast<std::size_t>(one.index)] -
                       one.probability) < 1e-9);
    const QPointF from = page().chart().windowRect().center();
    QTest::mousePress(&page().chart(), Qt::LeftButton, {}, from.toPoint());
    QTest::mouseMove(&page().chart(), (from + QPointF(90, 0)).toPoint());
    QTest::mouseRelease(&page().chart(), Qt::LeftButton);
    finish();
    const int start = m_window->store().state().network.start;
    QVERIFY(start > 0);
    QCOMPARE(view().result->clip->taken.front(), start);
    QVERIFY(!view().stale);
  }

  void anotherPreprocessingIsRefusedWithThePictureKept() {
    edit([](AppState& state) { state.network.preprocess = "r3d"; });
    finish();
    QVERIFY2(view().problem.contains("but the preprocessing"), qPrintable(view().problem));
    QVERIFY(view().stale);
    QVERIFY(page().stage().facts().valid);
    edit([](AppState& state) { state.network.preprocess = ""; });
    finish();
    QVERIFY(view().problem.isEmpty() && !view().stale);
  }

  void aBadFileIsOneSentenceAndThePictureStays() {
    std::ofstream(path("bad.onnx").toStdString()) << "no network at all";
    m_window->openModel(path("bad.onnx"));
    finish();
    QVERIFY2(view().problem.contains("bad.onnx"), qPrintable(view().problem));
    QVERIFY(page().stage().facts().valid);
    QCOMPARE(page().layers().layers(), 6);
    std::ofstream(path("net.json").toStdString()) << R"({"frames": 6, "rezise": [24, 32]})";
    m_window->openModel(path("net.onnx"));
    finish();
    QVERIFY2(view().problem.contains("“rezise” is not a known key."), qPrintable(view().problem));
    QVERIFY(page().stage().facts().valid);
  }

  void withoutAModelThereIsAnInvitation() {
    AppState state = initialState();
    state.workspace = Workspace::Network;
    show(state);
    QVERIFY(!page().invitation().isEmpty());
    const auto buttons = page().findChildren<QPushButton*>();
    const auto open = std::ranges::find_if(buttons, [](const QPushButton* one) {
      return one->text().startsWith("Open model") && one->isVisible();
    });
    QVERIFY(open != buttons.end());
    QVERIFY(!page().stage().isVisible());
    const int middle = (*open)->mapTo(&page(), QPoint(0, 0)).y();
    QVERIFY(middle > page().height() / 3 && middle < 2 * page().height() / 3);
    // dropped on the window
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path("net.onnx"))});
    QDragEnterEvent enter({50, 50}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_window.get(), &enter);
    QDropEvent drop({50, 50}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_window.get(), &drop);
    finish();
    QVERIFY(page().invitation().isEmpty());
    QVERIFY(page().stage().isVisible() && page().stage().facts().valid);
    QVERIFY(m_window->windowTitle().startsWith("net.onnx on"));
  }

  void everythingFitsASmallWindowAndThePresenters() {
    m_window->resize(1280, 720);
    QTest::qWait(1);
    finish();
    QVERIFY(page().stage().width() >= 640);
    QVERIFY(page().stage().height() >= 380);
    QVERIFY(page().channels().isVisible() && page().layers().isVisible());
    edit([](AppState& state) {
      state.look.presenter = true;
      state.look.theme = Theme::Light;
    });
    finish();
    QVERIFY(!page().layers().isVisible());
    QVERIFY(page().stage().isVisible() && page().stage().facts().valid);
  }

  void bundledNetworksAreOnePressAway() {
    AppState state = initialState();
    state.workspace = Workspace::Network;
    show(state);
    for (const BundledModel& model : bundledModels()) {
      const QString title = QString::fromUtf8(model.title);
      const auto actions = m_window->actions();
      const auto found = std::ranges::find(actions, title, &QAction::text);
      QVERIFY(found != actions.end());
      (*found)->trigger();
      finish();
      QVERIFY2(view().problem.isEmpty(), qPrintable(view().problem));
      QCOMPARE(view().result->preprocess.labels.size(), std::size_t{12});
      QVERIFY(page().stage().facts().valid);
      QVERIFY2(page().scores().lines().last().startsWith("Trained on 9600 clips of the motion lab"),
               qPrintable(page().scores().lines().last()));
    }
  }

  /// The siblings know drawn clips alone: what they say of a file is a guess wherever it is said.
  void whatASiblingSaysOfARealClipIsAGuess() {
    m_window->openModel("sibling-3d");
    finish();
    QVERIFY(!view().guesses() && !page().scores().lines().join(' ').contains("guess"));
    const QString file = path("noise.npy");
    QVERIFY(writeNpy(file.toStdString(), {20, 40, 40}, noiseValues(20 * 40 * 40, 5)));
    edit([&file](AppState& state) {
      takeSource(state, FileSource{file.toStdString()});
      state.network.explain = Explain::Saliency;
    });
    finish();
    QVERIFY2(view().problem.isEmpty(), qPrintable(view().problem));
    QVERIFY(view().guesses());
    const QStringList lines = page().scores().lines();
    QVERIFY2(lines.front().endsWith(" a guess") && !lines.join(' ').contains('%'),
             qPrintable(lines.join('\n')));
    QVERIFY2(page().scores().sentence().startsWith("A guess: trained on 9600 clips of the motion lab"),
             qPrintable(page().scores().sentence()));
    QVERIFY(page().scores().fact().endsWith("a guess"));
    QVERIFY2(page().chart().fact().startsWith("a guess, 16 frames"), qPrintable(page().chart().fact()));
    QCOMPARE(page().bar().classes()->currentText(), QStringLiteral("the best guess"));
    QVERIFY(explanationWords(view()).endsWith("That class is a guess."));
    edit([](AppState& state) { state.network.chart = NetworkChart::ShiftX; });
    finish();
    QVERIFY2(page().shiftChart().fact().startsWith("a guess: “"), qPrintable(page().shiftChart().fact()));
    edit([](AppState& state) {
      state.network.chart = NetworkChart::Time;
      state.network.beside = "sibling-2d";
    });
    finish();
    for (const std::size_t column : {0U, 1U}) {
      const QStringList said = page().hierarchy().linesOf(column);
      QVERIFY2(said[1].startsWith("a guess: ") && !said[1].contains('%'), qPrintable(said[1]));
    }
    // a network that does not say so of itself is taken at its word
    edit([this](AppState& state) {
      state.network = {};
      state.network.model = path("net.onnx").toStdString();
    });
    finish();
    QVERIFY(!view().guesses() && page().scores().lines().front().endsWith('%'));
  }

  void aClipChangeIsShownBesideTheScoresBefore() {
    m_window->openModel("sibling-3d");
    finish();
    const ClassScore best = view().result->scores.clips.front().front();
    const float first = view().result->clip->pixels.at(0, 10, 10, 0);
    Q_EMIT page().clipEdits().list()->picked("reverse");
    finish();
    QCOMPARE(view().result->spec.edits, (std::vector<ClipEdit>{{ClipEditKind::Reverse, 0}}));
    QCOMPARE(view().result->clip->pixels.at(15, 10, 10, 0), first);
    QVERIFY(std::abs(view().result->before[static_cast<std::size_t>(best.index)] - best.probability) < 1e-9);
    QVERIFY2(page().scores().lines().last().contains("The clip is changed: reverse"),
             qPrintable(page().scores().lines().last()));
    QVERIFY(!page().clipEdits().amount()->isVisible());
    Q_EMIT page().clipEdits().list()->picked("shift-x");
    finish();
    QVERIFY(page().clipEdits().amount()->isVisible());
    Q_EMIT page().clipEdits().amount()->edited(-4);
    finish();
    QCOMPARE(toText(view().result->spec.edits), std::string("reverse,shift-x=-4"));
    const auto order = [this](const char* text) {
      const auto actions = m_window->actions();
      (*std::ranges::find(actions, QLatin1String(text), &QAction::text))->trigger();
      finish();
    };
    order("Reverse");  // takes it out again
    QCOMPARE(toText(view().result->spec.edits), std::string("shift-x=-4"));
    order("Shift one pixel right");
    QCOMPARE(toText(view().result->spec.edits), std::string("shift-x=-3"));
    order("As it is");
    QVERIFY(view().result->spec.edits.empty() && view().result->before.empty());
    QCOMPARE(view().result->clip->pixels.at(0, 10, 10, 0), first);
  }

  void aDragOverTheCurvesShiftsTheClip() {
    m_window->openModel("sibling-3d");
    edit([](AppState& state) { state.network.chart = NetworkChart::ShiftX; });
    finish();
    ShiftChart& chart = page().shiftChart();
    QVERIFY(chart.isVisible() && !page().chart().isVisible());
    QVERIFY2(chart.problem().isEmpty(), qPrintable(chart.problem()));
    // a narrow chart lists its lines one below the other
    const QSize size = chart.size();
    const auto below = [&chart] { return chart.height() - chart.plot(1).bottom(); };
    chart.resize(900, 400);
    const double two = below();
    chart.resize(220, 400);
    QVERIFY(below() > two + 20 && chart.plot(0).height() > 50);
    chart.resize(size);
    const auto before = view().shifts;
    QCOMPARE(before->curves.size(), kShiftVariants.size());
    QTest::mousePress(&chart, Qt::LeftButton, {},
                      QPointF(chart.xOf(0), chart.plot(0).center().y()).toPoint());
    QTest::mouseMove(&chart, QPointF(chart.xOf(4), chart.plot(0).center().y()).toPoint());
    QTest::mouseRelease(&chart, Qt::LeftButton);
    finish();
    QCOMPARE(toText(view().result->spec.edits), std::string("shift-x=4"));
    QCOMPARE(view().shifts, before);  // the curves are of the unshifted clip: nothing to compute anew
    // the score shown is the curve's at that shift
    const ShiftCurve& curve = before->curves.front();
    const auto at = std::ranges::find(curve.points, 4, &ShiftPoint::shift);
    for (const ClassScore& one : view().result->scores.clips.front()) {
      if (one.index == curve.index) QVERIFY(std::abs(one.probability - at->score) < 1e-5);
    }
    edit([](AppState& state) { state.network.chart = NetworkChart::ShiftT; });
    finish();
    QCOMPARE(view().shifts->axis, Axis::T);
    QVERIFY(view().shifts->curves.size() == kShiftVariants.size());
  }

  /// Though most of what a deep unit sees is padding, which is drawn narrow.
  void farFieldsStayInTheStage() {
    m_window->openModel("sibling-3d");
    finish();
    const auto& result = *view().result;
    int last = 0;
    for (const LayerGroup& group : result.groups) {
      if (result.nodeOf(group.first).op == "Conv") last = group.last;
    }
    const convscope::Shape& maps = result.row(last).output;
    for (const Triple& unit : {Triple{0, 0, 0}, Triple{maps.length - 1, maps.height - 1, maps.width - 1}}) {
      edit([last, unit](AppState& state) {
        state.network.row = last;
        state.network.unit = unit;
      });
      finish();
      QVERIFY(view().paddingShare > .5);
      const QRectF box = page().stage().facts().box.boundingRect();
      QVERIFY2(box.left() >= 0 && box.right() <= page().stage().width(),
               qPrintable(QStringLiteral("%1 to %2").arg(box.left()).arg(box.right())));
    }
  }

  void curvesAreExportedAsATable() {
    m_window->openModel("sibling-3d");
    finish();
    const auto lines = [this](const char* name) {
      m_window->exportCurves(path(name));
      QFile file(path(name));
      return file.open(QIODevice::ReadOnly)
                 ? QString::fromUtf8(file.readAll()).split('\n', Qt::SkipEmptyParts)
                 : QStringList();
    };
    const QStringList time = lines("time.csv");
    QCOMPARE(time.size(), 1 + 12 * static_cast<qsizetype>(view().windows.size()));
    QCOMPARE(time.front(), QStringLiteral("start,class,probability"));
    const ScanWindow& last = view().windows.back();
    const QStringList cells = time.back().split(',');
    QCOMPARE(cells[0].toInt(), last.start);
    QCOMPARE(cells[1], QString::fromStdString(view().result->labelOf(11)));
    QVERIFY(std::abs(cells[2].toDouble() - last.probabilities[11]) < 1e-7);
    edit([](AppState& state) { state.network.chart = NetworkChart::ShiftY; });
    page().presentNow();
    QVERIFY(!page().curvesCsv());  // none yet: an error, and no file
    QVERIFY(lines("early.csv").isEmpty());
    finish();
    QCOMPARE(lines("shifts.csv").join('\n') + '\n',
             QString::fromStdString(shiftCsv(*view().result, view().shifts->curves)));
    QCOMPARE(lines("shifts.csv").size(), 1 + 4 * (2 * ShiftQueries::kReach + 1));
  }

  void theTableSetsTwoNetworksSideBySide() {
    edit([](AppState& state) {
      state.network.model = "sibling-2d";
      state.network.beside = "sibling-3d";
    });
    finish();
    QVERIFY(page().hierarchy().isVisible() && !page().stage().isVisible());
    QVERIFY(view().hierarchy != nullptr);
    const QString flat = page().hierarchy().linesOf(0).join('\n'),
                  deep = page().hierarchy().linesOf(1).join('\n');
    QVERIFY2(flat.contains("Sibling 2-D") && flat.contains("no layer spans 3 s"), qPrintable(flat));
    QVERIFY2(deep.contains("is the first to span 0.5 s, 12.5 frames"), qPrintable(deep));
    // a clip of the motion lab goes on for ever: six windows of it are seen
    QVERIFY2(!view().hierarchy->wholeSource && deep.contains("\nhardest in 6 windows of the clip\n"),
             qPrintable(deep));
    // of parts that look alike one is shown, the hardest
    const ValueRange& range = view().hierarchy->clip->range;
    for (const HierarchyColumn& column : view().hierarchy->columns) {
      for (const HierarchyCell* const one : {&column.early, &column.late}) {
        for (auto a = one->patches.begin(); a != one->patches.end(); ++a) {
          QVERIFY(a == one->patches.begin() || a->value <= std::prev(a)->value);
          for (auto b = one->patches.begin(); b != a; ++b)
            QVERIFY(!(a->pixels.shape() == b->pixels.shape()) ||
                    !std::ranges::equal(a->pixels.values(), b->pixels.values(), [&](float p, float q) {
                      return std::abs(p - q) < .01 * (range.high - range.low);
                    }));
        }
      }
    }
    for (const std::size_t column : {0U, 1U}) {
      for (const int row : {0, 1}) {
        const QRectF response = page().hierarchy().responseRect(column, row);
        QVERIFY(response.height() > 80 && page().hierarchy().rect().contains(response.toRect()));
      }
    }
    // plays: the frame follows the clock, and comes to rest at the strongest moment
    const HierarchyCell& cell = view().hierarchy->columns[1].early;
    QCOMPARE(page().hierarchy().frameOf(cell), cell.at.t);
    edit([](AppState& state) { state.network.beside = "no-such"; });
    finish();
    QVERIFY(page().hierarchy().isVisible());
    edit([](AppState& state) { state.network.beside.clear(); });
    finish();
    QVERIFY(page().stage().isVisible() && page().stage().facts().valid);
  }

  void figureOneShowsClipBarsAndCurveAtOnce_data() {
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("presenter");
    for (const QSize size : {QSize(1280, 720), QSize(1600, 1000)}) {
      for (const bool presenter : {false, true})
        QTest::addRow("%d%s", size.width(), presenter ? " presenter" : "") << size << presenter;
    }
  }
  void figureOneShowsClipBarsAndCurveAtOnce() {
    QFETCH(QSize, size);
    QFETCH(bool, presenter);
    showScene("fig-1", size, presenter);
    for (QWidget* const seen :
         std::initializer_list<QWidget*>{&page().film(), &page().scores(), &page().chart()})
      QVERIFY2(seen->isVisible() && !seen->visibleRegion().isEmpty() &&
                   seen->visibleRegion().boundingRect().height() >= seen->height() - 1,
               seen->metaObject()->className());
    QVERIFY(page().chart().height() >= 150);
    QVERIFY(!page().stage().isVisible() && !page().layers().isVisible() && !page().channels().isVisible());
    QVERIFY(presenter || titled("Figure 1: From a clip to class scores"));
    const ClipFilm& film = page().film();
    QCOMPARE(film.frames(), 16);
    QVERIFY(QRectF(film.rect()).contains(film.largeRect()) && film.largeRect().height() > 250);
    for (const int frame : {0, 15}) QVERIFY(QRectF(film.rect()).contains(film.stripRect(frame)));
    // it plays, and a press on the strip goes to its frame
    QCOMPARE(film.frame(), 0);
    page().step(1);
    finish();
    QCOMPARE(film.frame(), 1);
    QTest::mouseClick(&page().film(), Qt::LeftButton, {}, film.stripRect(9).center().toPoint());
    finish();
    QCOMPARE(film.frame(), 9);
    // the window is there to be dragged: bars and clip follow, and the figure keeps its name
    const QPointF from = page().chart().windowRect().center();
    QTest::mousePress(&page().chart(), Qt::LeftButton, {}, from.toPoint());
    QTest::mouseMove(&page().chart(), (from + QPointF(60, 0)).toPoint());
    QTest::mouseRelease(&page().chart(), Qt::LeftButton);
    finish();
    const int start = m_window->store().state().network.start;
    QVERIFY(start > 0 && page().scores().fact().startsWith(QStringLiteral("frames %1 to").arg(start + 1)));
    QVERIFY(presenter || titled("Figure 1: From a clip to class scores"));
  }

  void takeawayTwoShowsWhatAShiftDoes_data() { figureOneShowsClipBarsAndCurveAtOnce_data(); }
  void takeawayTwoShowsWhatAShiftDoes() {
    QFETCH(QSize, size);
    QFETCH(bool, presenter);
    showScene("takeaway-2", size, presenter);
    const BeforeAfterView& both = page().beforeAfter();
    for (QWidget* const seen :
         std::initializer_list<QWidget*>{&page().beforeAfter(), &page().scores(), &page().shiftChart()})
      QVERIFY2(seen->isVisible() && seen->visibleRegion().boundingRect().height() >= seen->height() - 1,
               seen->metaObject()->className());
    QVERIFY(!page().stage().isVisible() && !page().layers().isVisible());
    using Tile = BeforeAfterView::Tile;
    for (const Tile tile :
         {Tile::ClipBefore, Tile::ClipAfter, Tile::MapBefore, Tile::MapAfter, Tile::Difference})
      QVERIFY(both.tileRect(tile).height() > 100 && QRectF(both.rect()).contains(both.tileRect(tile)));
    // six pixels are three cells of a layer with stride 2, and the map's peak goes with them
    QVERIFY(both.movedBy() == (Triple{0, 0, 3}));
    QCOMPARE(both.peaks()[1].x - both.peaks()[0].x, 3);
    QCOMPARE(both.peaks()[1].y, both.peaks()[0].y);
    // what is left of the difference is the engine's: after, less before moved along and around its border
    ThreadPool pool(2);
    NetworkStudy still = view().result->spec;
    still.edits.clear();
    const auto before = computeNetwork(still, {pool, {}});
    QVERIFY(before.has_value());
    const auto maps = layerMaps(*before, view().row, {pool, {}});
    QVERIFY(maps.has_value());
    const int width = view().levels.back().shape.width;
    double most = 0;
    for (int x = 0; x < width; ++x) {
      const int y = both.peaks()[1].y, t = view().unit.t;
      const double wanted = double{view().answer->maps->maps.at(t, y, x, view().channel)} -
                            (*maps)->maps.at(t, y, (x - 3 + width) % width, view().channel);
      QVERIFY(std::abs(both.differenceAt(y, x) - wanted) < 1e-5);
      if (x > 4 && x < width - 2) most = std::max(most, std::abs(wanted));
    }
    QVERIFY(most < 1e-3);  // away from the borders the map follows exactly
    const QStringList said = both.lines();
    QVERIFY2(said[0].startsWith("score of “ball right”: ") && said[2] == "cells it moves by: +3 in width",
             qPrintable(said.join('\n')));
    QVERIFY(said.last().startsWith("distance from it, all maps: "));
    // a drag over the curves moves all of it
    ShiftChart& chart = page().shiftChart();
    QTest::mouseClick(&chart, Qt::LeftButton, {},
                      QPointF(chart.xOf(-4), chart.plot(0).center().y()).toPoint());
    finish();
    QVERIFY(both.movedBy() == (Triple{0, 0, -2}));
    QCOMPARE(both.peaks()[1].x - both.peaks()[0].x, -2);
    // any other change of the clip is shown as well, without a way to move along
    edit([](AppState& state) { state.kernel().clip.edits = {{ClipEditKind::Reverse, 0}}; });
    finish();
    QVERIFY(!both.movedBy() && !both.lines().isEmpty());
  }

  void tableOneIsASceneOfItsOwn() {
    showScene("table-1", {1280, 720}, false);
    QVERIFY(page().hierarchy().isVisible() && !page().layers().isVisible() && !page().scores().isVisible());
    QVERIFY(titled("Table 1: A hierarchy of features, in space and in time"));
    const auto buttons = page().findChildren<QPushButton*>();
    const auto all = std::ranges::find(buttons, QStringLiteral("All panels"), &QPushButton::text);
    QVERIFY(all != buttons.end() && (*all)->isVisible());
    QTest::mouseClick(*all, Qt::LeftButton);
    finish();
    QVERIFY(page().layers().isVisible() && !(*all)->isVisible());
  }

  /// What a lesson names goes before what the state names, and is let go with it.
  void aLessonChoosesThePanels() {
    edit([](AppState& state) { state.network.panels = {"clip"}; });
    finish();
    QVERIFY(page().film().isVisible() && !page().scores().isVisible());
    QCOMPARE(page().part("stage"), static_cast<QWidget*>(&page().film()));
    page().showParts({"stage", "scores", "values"}, WorkspacePage::Veil::None);
    page().presentNow();
    QVERIFY(page().stage().isVisible() && page().scores().isVisible() && !page().film().isVisible());
    QVERIFY(!page().layers().isVisible() && !page().channels().isVisible() && !page().chart().isVisible());
    for (const char* name : {"stage", "clip", "before", "table", "layers", "weights", "input", "channels",
                             "scores", "curve", "unit", "values"})
      QVERIFY2(page().part(name) != nullptr, name);
    QCOMPARE(page().part("ledger"), nullptr);
    page().showParts({}, WorkspacePage::Veil::None);
    page().presentNow();
    QVERIFY(page().film().isVisible() && !page().scores().isVisible());
    edit([](AppState& state) { state.network.panels.clear(); });
    finish();
    QVERIFY(page().stage().isVisible() && page().layers().isVisible() && page().channels().isVisible());
  }

  /// The heat over the clip is that of the engine for the class chosen.
  void saliencyAndGradCamStandOverTheClip() {
    choose(2);
    QVERIFY2(view().explanationProblem.isEmpty(), qPrintable(view().explanationProblem));
    QCOMPARE(page().stage().facts().shown, Explain::Saliency);
    QCOMPARE(page().stage().facts().mapFrames, 0);
    QCOMPARE(page().stage().facts().clipFrames, 6);
    QVERIFY(page().bar().classes()->isVisible());
    const std::int64_t best = view().result->scores.clips.front().front().index;
    QCOMPARE(view().explanation()->question.classIndex, best);
    const std::int64_t other = view().result->scores.clips.front()[1].index;
    Q_EMIT page().bar().classes()->picked(QString::number(other));
    finish();
    QCOMPARE(view().explanation()->question.classIndex, other);
    ThreadPool pool(2);
    const auto own = convscope::explain(*view().result, {ExplanationKind::Saliency, other, 0, 0}, {pool, {}});
    QVERIFY(own.has_value());
    QVERIFY(std::ranges::equal(own->heat.values(), view().explanation()->heat.values()));
    // the colours over a frame: more where the heat is more
    const Tensor& heat = view().explanation()->heat;
    const QImage& over = view().answer->over->at(2);
    const int hot = qAlpha(over.pixel(20, 10)), cold = qAlpha(over.pixel(3, 3));
    QCOMPARE(hot > cold, heat.at(2, 10, 20, 0) > heat.at(2, 3, 3, 0));
    const QString name = QString::fromStdString(view().result->labelOf(other));
    QVERIFY2(explanationWords(view()).contains(name), qPrintable(explanationWords(view())));

    choose(3);
    QCOMPARE(page().stage().facts().shown, Explain::GradCam);
    QCOMPARE(page().stage().facts().mapFrames, 6);  // the heat on conv2's own cells
    QVERIFY(view().explanation()->cells.shape() == (convscope::Shape{6, 12, 16, 1}));
    QVERIFY(hasLabel(page().stage().facts(), QStringLiteral("Grad-CAM on conv2")));
    choose(0);
    QCOMPARE(page().stage().facts().shown, Explain::Field);
  }

  void theStimulusStandsInPlaceOfTheClipAndPlays() {
    choose(4);
    QCOMPARE(page().stage().facts().shown, Explain::Stimulus);
    const NetworkExplanation& made = *view().explanation();
    const int channel = view().channel;
    const int frames = made.pixels.shape().length;
    QCOMPARE(made.question.channel, channel);
    QCOMPARE(static_cast<int>(view().answer->inPlace->size()), made.pixels.shape().length);
    QVERIFY(hasLabel(page().stage().facts(), QStringLiteral("Preferred stimulus")));
    const Triple unit = view().unit;
    press(".");
    QCOMPARE(view().moment, 1);
    QVERIFY(view().unit == unit);  // the unit of the clip stays
    QVERIFY(hasLabel(page().stage().facts(), QStringLiteral("t=2 of %1").arg(frames)));
    press("F");  // another channel, another stimulus
    QVERIFY(view().channel != channel);
    QCOMPARE(view().explanation()->question.channel, view().channel);
  }

  /// Each voxel of the clip bears the colour of the unit that is centred on it.
  void theMapLiesOverTheClip() {
    choose(1);
    QCOMPARE(page().stage().facts().shown, Explain::Map);
    const Tensor& maps = view().answer->maps->maps;
    const auto& field = view().result->row(view().row).field;
    const auto unitAt = [&](std::size_t axis, int at) {
      return static_cast<int>(std::floor((at - field[axis].centre) / field[axis].jump + .5));
    };
    int different = 0;
    for (const auto& [y, x] : {std::pair{5, 9}, {12, 20}, {17, 3}, {20, 28}}) {
      const float value = maps.at(unitAt(0, 3), unitAt(1, y), unitAt(2, x), view().channel);
      const double share = std::min(1.0, double{value} / view().range());
      const int alpha = qAlpha(view().answer->over->at(3).pixel(x, y));
      QVERIFY(std::abs(alpha - 255 * .9 * std::sqrt(std::max(0.0, share))) < 2);
      different += value > 0 ? 1 : 0;
    }
    QVERIFY(different > 0);
  }

  void anExplanationIsStoppedAndBegunAgain() {
    edit([](AppState& state) { state.network.explain = Explain::Stimulus; });
    page().presentNow();
    QVERIFY(view().explaining);
    QVERIFY(page().bar().stopButton()->isVisibleTo(&page()));
    QTest::mouseClick(page().bar().stopButton(), Qt::LeftButton);
    finish();
    QVERIFY(!view().explaining);
    QVERIFY2(view().explanationProblem.startsWith("Stopped"), qPrintable(view().explanationProblem));
    QCOMPARE(page().stage().facts().shown, Explain::Field);
    page().explanations().askAgain();
    finish();
    QCOMPARE(page().stage().facts().shown, Explain::Stimulus);
  }

  void theChannelIsDrawnAsSlicesThroughTheUnit() {
    press("Shift+2");
    const NetworkStageFacts facts = page().stage().facts();
    QCOMPARE(facts.slices, 2);
    QCOMPARE(facts.mapFrames, 1);
    const Tensor& maps = view().answer->maps->maps;
    const QImage& row = view().answer->row;
    QCOMPARE(row.size(), QSize(16, 6));
    QCOMPARE(view().answer->column.size(), QSize(6, 12));
    const ColourMap& scale = lookTheme(view().state.look).actUnsigned;
    for (int t = 0; t < 6; ++t)
      QCOMPARE(row.pixel(7, t), scale.at(maps.at(t, view().unit.y, 7, view().channel), view().range()));
    edit([](AppState& state) { state.network.unit = {2, 3, 4}; });
    finish();
    for (int t = 0; t < 6; ++t)
      QCOMPARE(view().answer->row.pixel(7, t), scale.at(maps.at(t, 3, 7, view().channel), view().range()));
    press("Shift+1");
    QCOMPARE(page().stage().facts().slices, 0);
    press("Shift+3");
    page().stage().grab();
    QCOMPARE(page().stage().facts().mapFrames, 0);
    QVERIFY(page().stage().facts().triangles > 0);
    const auto before = page().stage().facts().triangles;
    edit([](AppState& state) { state.look.isoLevel = .9; });
    finish();
    page().stage().grab();
    QVERIFY(page().stage().facts().triangles < before);
  }

  void framesAndStepAreChosenInTheWindow() {
    auto* const panel = page().findChild<PreprocessPanel*>();
    QVERIFY(!panel->frames()->isVisibleTo(panel));  // this model takes six
    Q_EMIT panel->step()->edited(2);
    finish();
    QVERIFY2(view().problem.isEmpty(), qPrintable(view().problem));
    QCOMPARE(view().result->clip->taken[1] - view().result->clip->taken[0], 2);
    Model open = network();
    open.proto.mutable_graph()
        ->mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(2)
        ->set_dim_param("length");
    open.write(path("net.onnx").toStdString());
    m_window->openModel(path("net.onnx"));
    finish();
    QVERIFY(panel->frames()->isVisibleTo(panel));
    Q_EMIT panel->frames()->edited(4);
    finish();
    QCOMPARE(view().result->clip->pixels.shape().length, 4);
    QCOMPARE(page().stage().facts().clipFrames, 4);
  }

  /// The list is whole in the first picture of a model, whether its run has ended by then or not; that the
  /// layers are told before the run is tested with a gate in tst_study_controller.
  void theFirstPictureOfAModelListsItsLayers() {
    network().write(path("fresh.onnx").toStdString());
    const auto fresh = [this] {
      return view().result != nullptr && view().result->network->path().ends_with("fresh.onnx");
    };
    int listed = -1;
    const auto look = connect(&page(), &WorkspacePage::presented, this, [&] {
      if (listed < 0 && fresh()) listed = page().layers().layers();
    });
    m_window->openModel(path("fresh.onnx"));
    QTRY_VERIFY_WITH_TIMEOUT(listed >= 0, 20'000);
    disconnect(look);
    QCOMPARE(listed, 6);
    finish();
    QVERIFY(fresh() && !view().result->outline);
    QVERIFY(page().stage().facts().valid);
  }

  void undoBringsTheModelBack() {
    network().write(path("other.onnx").toStdString());
    m_window->openModel(path("other.onnx"));
    finish();
    QVERIFY(view().result->network->path().ends_with("other.onnx"));
    m_window->store().undo();
    finish();
    QVERIFY(view().result->network->path().ends_with("net.onnx"));
  }
};

QTEST_MAIN(TestNetworkWorkspace)
#include "tst_network_workspace.moc"
