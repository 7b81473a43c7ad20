#include "engine/conv/kernel_presets.h"
#include "tests/kernel_view_fixture.h"
#include "tests/random_state.h"
#include "widgets/state/column_kinds.h"
#include "widgets/state/kernel_view.h"
#include "widgets/state/playback_clock.h"
#include "widgets/state/scenes.h"
#include "widgets/state/state_store.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <set>

using namespace convscope;

namespace {

QString sentence(const Result<AppState>& outcome) {
  return outcome ? QString() : QString::fromStdString(outcome.error().message);
}

/// Every path of a JSON value that holds no further value: "look.camera.yaw", "columns.0.conv.stride.t", …
void leaves(const nlohmann::json& json, const std::string& path, std::vector<std::string>& found) {
  if (!json.is_structured()) {
    found.push_back(path);
    return;
  }
  for (const auto& [key, value] : json.items()) leaves(value, path + "/" + key, found);
}

/// Two columns of three filters on a clip in colour.
AppState manyColoured() {
  AppState state = initialState();
  state.kernel().clip.prepare.colour = ColourMode::Rgb;
  AppState wanted = reconciled(state, initialState());
  static_cast<void>(setFilterCount(wanted.kernel(), 3));
  wanted.columns.push_back(wanted.columns.front());
  wanted.selection.voxel = {0, 1, 1};
  return reconciled(wanted, wanted);
}

}  // namespace

class TestAppState : public QObject {
  Q_OBJECT

 private slots:
  void roundTripKeepsEveryField() {
    for (unsigned seed = 1; seed <= 200; ++seed) {
      RandomFiller random(seed);
      AppState state;
      random.fill(state);
      // fields whose range is checked on reading
      const auto within = [&](double low, double high) {
        return low + (high - low) * random.whole(0, 512) / 512;
      };
      Look& look = state.look;
      look.isoLevel = within(0, 1);
      look.spacing = within(0, 3);
      look.camera = {within(-180, 180), within(-90, 90), within(kLeastZoom, kMostZoom), within(-1, 1),
                     within(-1, 1)};
      state.playback.speed = within(.1, 100);
      state.field.camera = look.camera;
      state.network.camera = look.camera;
      state.field.run.filters = random.whole(1, 64);
      state.compare.camera = look.camera;
      state.compare.frequency = within(.05, .5);
      state.compare.tempo = within(.125, 8);
      state.compare.zoom = within(.25, 4);
      state.selection.column = random.whole(0, static_cast<int>(state.columns.size()) - 1);
      for (std::size_t i = 0; i < state.columns.size(); ++i) {
        StudySpec& column = state.columns[i];
        const bool chosen = static_cast<int>(i) == state.selection.column;
        if (auto* stack = std::get_if<StackStudy>(&column); stack != nullptr && !chosen) {
          stack->run.filters = random.whole(1, 64);
        } else if (!std::holds_alternative<KernelStudy>(column)) {
          random.fill(column.emplace<KernelStudy>());
        }
      }
      const auto back = stateFromJson(nlohmann::json::parse(toJson(state).dump()));
      QVERIFY2(back, qPrintable(QStringLiteral("seed %1: %2").arg(seed).arg(sentence(back))));
      QVERIFY2(*back == state, qPrintable(QStringLiteral("seed %1").arg(seed)));
    }
  }

  void everyKindOfStudyRoundTrips() {
    std::set<std::size_t> kinds;
    for (unsigned seed = 1; seed <= 40; ++seed) {
      RandomFiller random(seed);
      StudySpec spec;
      random.fill(spec);
      kinds.insert(spec.index());
      StudySpec back;
      fromJson(nlohmann::json::parse(jsonOf(spec).dump()), back, "study");
      QVERIFY2(back == spec, qPrintable(QStringLiteral("seed %1").arg(seed)));
    }
    QCOMPARE(kinds.size(), std::variant_size_v<StudySpec>);
  }

  void bankOfTheScoresIsPartOfTheStateAndItsHistory() {
    StateStore store(initialState());
    QSignalSpy studies(&store, &StateStore::studyChanged);
    store.edit({QStringLiteral("Bank"), [](AppState& state) { state.scores.bank = BankKind::Own; }});
    QCOMPARE(studies.count(), 1);
    QVERIFY(toJson(store.state()).at("scores").at("bank") == "own");
    QVERIFY(*stateFromJson(toJson(store.state())) == store.state());
    store.undo();
    QVERIFY(store.state().scores.bank == BankKind::Gabor);
    store.redo();
    QVERIFY(store.state().scores.bank == BankKind::Own);
  }

  /// The round trip would also succeed if a field were missing on both sides: so each leaf of the JSON is
  /// changed and must come back changed, and each struct's size is accounted for by equality of two different
  /// states.
  void everyLeafMatters() {
    const nlohmann::json json = toJson(initialState());
    std::vector<std::string> paths;
    leaves(json, "", paths);
    QVERIFY(paths.size() > 60);
    int changed = 0;
    for (const std::string& path : paths) {
      if (path.find("/kind") != std::string::npos || path.find("/convscope") != std::string::npos) continue;
      nlohmann::json other = json;
      auto& leaf = other[nlohmann::json::json_pointer(path)];
      if (leaf.is_boolean()) {
        leaf = !leaf.get<bool>();
      } else if (leaf.is_number()) {
        leaf = leaf.get<int>() + 2;
      } else {
        continue;  // texts and choices: covered by the random states
      }
      const auto state = stateFromJson(other);
      if (!state) continue;  // refused for a reason, which other tests look at
      ++changed;
      QVERIFY2(toJson(*state) == other, path.c_str());
      QVERIFY2(*state != initialState(), path.c_str());
    }
    QVERIFY(changed > 50);
  }

  void wrongJsonIsRefusedByName_data() {
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("says");
    QTest::addRow("unknown key") << QByteArray(R"({"look": {"colour": 3}})")
                                 << QStringLiteral("“look.colour” is not a known key");
    QTest::addRow("wrong type") << QByteArray(R"({"look": {"spacing": "wide"}})")
                                << QStringLiteral("“look.spacing” must be a number");
    QTest::addRow("choice") << QByteArray(R"({"look": {"theme": "pink"}})")
                            << QStringLiteral("“look.theme” must be one of dark, light");
    QTest::addRow("too large") << QByteArray(R"({"selection": {"filter": 99999999999}})")
                               << QStringLiteral("“selection.filter” is out of range");
    QTest::addRow("wraps") << QByteArray(R"({"selection": {"filter": 18446744073709551615}})")
                           << QStringLiteral("“selection.filter” is out of range");
    QTest::addRow("zoom") << QByteArray(R"({"look": {"camera": {"zoom": 1e12}}})")
                          << QStringLiteral("“look.camera.zoom” is 1e+12 and must lie between 0.2 and 40");
    QTest::addRow("spacing") << QByteArray(R"({"look": {"spacing": -1}})")
                             << QStringLiteral("“look.spacing” is -1 and must lie between 0 and 3");
    QTest::addRow("speed") << QByteArray(R"({"playback": {"speed": 0}})")
                           << QStringLiteral("“playback.speed” is 0");
    QTest::addRow("weight") << QByteArray(R"({"columns": [{"kind": "kernel", "bank": [{"bias": 1e300}]}]})")
                            << QStringLiteral("“columns[0].bank[0].bias” is out of range");
    QTest::addRow("huge version") << QByteArray(R"({"convscope": 18446744073709551617})")
                                  << QStringLiteral("another version");
    QTest::addRow("no study") << QByteArray(R"({"columns": []})") << QStringLiteral("1 to 4 studies");
    QTest::addRow("kind") << QByteArray(R"({"columns": [{"kind": "magic"}]})")
                          << QStringLiteral("“columns[0].kind” is not known");
    QTest::addRow("readout as a column") << QByteArray(R"({"columns": [{"kind": "readout"}]})")
                                         << QStringLiteral("a column cannot hold a readout");
    QTest::addRow("stack alone")
        << QByteArray(R"({"columns": [{"kind": "stack", "stack": {"layers": [{"name": "a"}]}}]})")
        << QStringLiteral("“selection.column” must name a column of kind “kernel”");
    QTest::addRow("empty stack")
        << QByteArray(R"({"columns": [{"kind": "kernel", "bank": [{"preset": "mean"}]}, {"kind": "stack"}]})")
        << QStringLiteral("a stack in a column must have layers");
    QTest::addRow("tempo") << QByteArray(R"({"compare": {"tempo": 100}})")
                           << QStringLiteral("“compare.tempo” is 100 and must lie between 0.125 and 8");
    QTest::addRow("version") << QByteArray(R"({"convscope": 77})") << QStringLiteral("another version");
    QTest::addRow("no object") << QByteArray("[1]") << QStringLiteral("must be a JSON object");
  }
  void wrongJsonIsRefusedByName() {
    QFETCH(QByteArray, json);
    QFETCH(QString, says);
    const auto state = stateFromJson(nlohmann::json::parse(json.toStdString()));
    QVERIFY(!state);
    QVERIFY2(sentence(state).contains(says), qPrintable(sentence(state)));
    QVERIFY(sentence(state).endsWith(QLatin1Char('.')));
  }

  // What is compared is compared on one clip, and the Kernel workspace always has a kernel to show.
  void columnsShareTheirClipAndKeepAKernel() {
    AppState state = initialState();
    StackStudy stack;
    stack.clip = state.kernel().clip;
    stack.stack.layers.resize(1);
    stack.stack.layers[0].filters = 1;
    state.columns = {state.columns.front(), stack, state.columns.front()};
    state.selection.column = 1;
    state = reconciled(state, state);
    QCOMPARE(state.selection.column, 0);
    AppState edited = state;
    std::get<StackStudy>(edited.columns[1]).clip.range.count = 5;
    edited = reconciled(edited, state);
    for (StudySpec& column : edited.columns) QCOMPARE(clipOf(column)->range.count, 5);
    QCOMPARE(std::get<StackStudy>(edited.columns[1]).stack.clip.length, 5);
    AppState grey = edited;
    grey.kernel().clip.prepare.colour = ColourMode::Grey;
    grey = reconciled(grey, edited);
    QCOMPARE(std::ssize(std::get<KernelStudy>(grey.columns[2]).bank.front().weights), 27);
    QCOMPARE(std::get<StackStudy>(grey.columns[1]).stack.clip.channels, 1);
    AppState none = state;
    none.columns = {stack};
    QCOMPARE(reconciled(none, state).columns, state.columns);
  }

  void filesRoundTripAndNameThemselves() {
    QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("a.convscope")).toStdString();
    QVERIFY(writeState(initialState(), path));
    const auto back = readState(path);
    QVERIFY(back);
    QCOMPARE(*back, initialState());
    const auto missing = readState(path + "x");
    QVERIFY(!missing && sentence(missing).contains(QStringLiteral("a.conv")));
    QFile broken(folder.filePath(QStringLiteral("b.convscope")));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    for (const QByteArray& text : {QByteArray("{"), QByteArray("{\"a\":").repeated(100'000) + "1" +
                                                        QByteArray("}").repeated(100'000)}) {
      QVERIFY(broken.resize(0) && broken.seek(0) && broken.write(text) == text.size() && broken.flush());
      QVERIFY(sentence(readState(broken.fileName().toStdString()))
                  .contains(QStringLiteral("is not a JSON file")));
    }
  }

  void nameTooLongForTheFileSystemIsNoCrash() {
    QTemporaryDir folder;
    AppState state = initialState();
    state.kernel().clip.source = FileSource{std::string(5000, 'a') + ".mp4"};
    const std::string path = folder.filePath(QStringLiteral("long.convscope")).toStdString();
    QVERIFY(writeState(state, path));
    const auto back = readState(path);
    QVERIFY2(back, qPrintable(sentence(back)));
    QCOMPARE(*back, state);
    QVERIFY(sentence(readState(folder.path().toStdString())).contains(QStringLiteral("folder")));
  }

  void pinnedInputOutsideTheClipIsLetGo() {
    for (const InputPoint& point :
         {InputPoint{{0, 0, 0}, -1}, InputPoint{{0, 0, 0}, 3}, InputPoint{{-1, 0, 0}, 0},
          InputPoint{{0, 56, 0}, 0}, InputPoint{{16, 0, 0}, 0}}) {
      AppState state = initialState();
      state.selection.input = point;
      QVERIFY(!reconciled(state, initialState()).selection.input);
      // a file's size is not known here: what no clip can hold is still let go
      state.kernel().clip.source = FileSource{"clip.mp4"};
      state.kernel().clip.prepare.resize.reset();
      const bool never = point.channel != 0 || point.at.t < 0;
      QCOMPARE(reconciled(state, state).selection.input.has_value(), !never);
    }
  }

  void longerKernelKeepsTheEdgeDetector() {
    AppState before = initialState();
    before.kernel().conv.kernel = {1, 3, 3};
    before.kernel().bank = {*presetFilter("sobel-x", {1, 3, 3}, 3)};
    AppState wanted = before;
    wanted.kernel().conv.kernel.t = 3;
    const AppState after = reconciled(wanted, before);
    const Filter& filter = after.kernel().bank.front();
    QCOMPARE(filter.weights.size(), std::size_t{3 * 27});
    for (int c = 0; c < 3; ++c) {
      for (int y = 0; y < 3; ++y) {
        for (int x = 0; x < 3; ++x) {
          QCOMPARE(filter.weights[weightIndex({3, 3, 3}, c, 1, y, x)],
                   before.kernel().bank.front().weights[weightIndex({1, 3, 3}, c, 0, y, x)]);
          QCOMPARE(filter.weights[weightIndex({3, 3, 3}, c, 0, y, x)], 0.0F);
        }
      }
    }
  }

  void sameNumberOfWeightsInAnotherShapeIsRefitted() {
    AppState before = initialState();
    before.kernel().conv.kernel = {1, 3, 3};
    before.kernel().bank = {*presetFilter("sobel-x", {1, 3, 3}, 3)};
    before.kernel().bank.front().edited = true;
    AppState wanted = before;
    wanted.kernel().conv.kernel = {3, 3, 1};
    QVERIFY(reconciled(wanted, before).kernel().bank != before.kernel().bank);
  }

  void selectionStaysInsideTheOutput() {
    AppState before = initialState();
    AppState wanted = before;
    wanted.selection.voxel = {500, 500, -3};
    wanted.selection.filter = 9;
    wanted.selection.weightChannel = 7;
    const AppState after = reconciled(wanted, before);
    QCOMPARE(after.selection.voxel, (Triple{5, 37, 0}));
    QCOMPARE(after.selection.filter, 0);
    QCOMPARE(after.selection.weightChannel, 2);
    wanted.selection.voxel = kStrongest;  // not chosen yet: nothing to clamp
    QCOMPARE(reconciled(wanted, before).selection.voxel, kStrongest);
  }

  void anotherSourceLetsGoOfOldPlaces() {
    AppState state = initialState();
    state.selection.voxel = {1, 2, 3};
    state.selection.input = InputPoint{{1, 1, 1}, 0};
    state.kernel().clip.range.start = 9;
    state.kernel().clip.prepare.crop = Crop{1, 1, 5, 5};
    takeSource(state, FileSource{"other.mp4"});
    QCOMPARE(std::get<FileSource>(state.kernel().clip.source).path, std::string("other.mp4"));
    QCOMPARE(state.kernel().clip.range.start, 0);
    QVERIFY(!state.kernel().clip.prepare.crop && !state.selection.input);
    QCOMPARE(state.selection.voxel, kStrongest);
    QCOMPARE(state.kernel().clip.range, FrameRange{});
    QVERIFY(!state.kernel().clip.prepare.resize);  // the file's aspect is not known yet
  }

  void anotherAspectKeepsTheHeightOfAResize() {
    AppState state = initialState();
    state.kernel().clip.prepare.resize = FrameSize{30, 40};
    LabSpec wide;
    wide.height = 100;
    wide.width = 250;
    takeSource(state, wide);
    QVERIFY(state.kernel().clip.prepare.resize == (FrameSize{30, 75}));
  }

  void undoneClipComesBackWithItsPins() {
    AppState before = initialState();
    before.selection.voxel = {2, 7, 11};
    before.selection.input = InputPoint{{1, 1, 1}, 2};
    StateStore store(before);
    store.edit({QStringLiteral("Clip"), [](AppState& state) { takeSource(state, FileSource{"a.mp4"}); }});
    // where it answers most turns up, and the user walks on
    const auto walk = [&](const Triple& to) {
      store.edit({QStringLiteral("Slide"), [to](AppState& state) { state.selection.voxel = to; }, false});
    };
    walk({0, 1, 1});
    store.undo();
    QCOMPARE(store.state().selection.voxel, (Triple{2, 7, 11}));
    QVERIFY(store.state().selection.input == before.selection.input);
    store.redo();
    QCOMPARE(store.state().selection.voxel, (Triple{0, 1, 1}));
    // an edit that moved nothing leaves the kernel where it is now
    store.edit({QStringLiteral("Flipped"), [](AppState& state) { state.kernel().conv.flipped = true; }});
    walk({0, 2, 2});
    store.undo();
    QCOMPARE(store.state().selection.voxel, (Triple{0, 2, 2}));
  }

  void moreFiltersAreVariantsOfTheFirst() {
    KernelStudy study = initialState().kernel();
    setFilterCount(study, 4);
    QCOMPARE(study.bank.size(), std::size_t{4});
    QCOMPARE(study.bank[1].weights, mirrored(study.bank[0], study.conv.kernel, 3, Axis::X).weights);
    setFilterCount(study, 2);
    QCOMPARE(study.bank.size(), std::size_t{2});
  }

  void bankOfTooManyWeightsStaysAsItWas() {
    AppState state = initialState();
    const AppState before = state;
    state.kernel().conv.kernel = {64, 64, 64};
    state = reconciled(state, before);
    KernelStudy& study = state.kernel();
    const auto refused = setFilterCount(study, 512);
    QVERIFY(!refused);
    QVERIFY(refused.error().message.find("512 filters of 64 × 64 × 64") == 0);
    QCOMPARE(study.bank.size(), std::size_t{1});
    QVERIFY(setFilterCount(study, 2));
    QCOMPARE(study.bank.size(), std::size_t{2});
    // the other way round: many filters first, then a kernel that they cannot have
    AppState many = initialState();
    QVERIFY(setFilterCount(many.kernel(), 512));
    AppState large = many;
    large.kernel().conv.kernel = {64, 64, 64};
    large = reconciled(large, many);
    QVERIFY(large.kernel().bank == many.kernel().bank);  // kept, and explained by the study
  }

  void undoGoesBackStepByStepAndMergesADrag() {
    StateStore store(initialState());
    QSignalSpy study(&store, &StateStore::studyChanged);
    QSignalSpy look(&store, &StateStore::lookChanged);
    for (int l = 4; l <= 6; ++l) {
      store.edit({QStringLiteral("Length"), [l](AppState& state) { state.kernel().conv.kernel.t = l; }});
    }
    store.edit({QStringLiteral("Theme"), [](AppState& state) { state.look.theme = Theme::Light; }});
    QCOMPARE(study.size(), 3);
    QCOMPARE(look.size(), 1);
    store.undo();
    QCOMPARE(store.state().look.theme, Theme::Dark);
    QCOMPARE(store.state().kernel().conv.kernel.t, 6);
    store.undo();
    QCOMPARE(store.state().kernel().conv.kernel.t, 3);
    QVERIFY(!store.canUndo());
    store.redo();
    QCOMPARE(store.state().kernel().conv.kernel.t, 6);
    store.redo();
    QCOMPARE(store.state().look.theme, Theme::Light);
  }

  void replacingTheStateIsOneUndoStep() {
    StateStore store(initialState());
    store.replace(*sceneState("fig-4"), QStringLiteral("Figure 4"));
    QCOMPARE(store.state().columns, sceneState("fig-4")->columns);
    store.undo();
    QCOMPARE(store.state().columns, initialState().columns);
  }

  void whatPassesOutlivesUndo_data() {
    QTest::addColumn<std::function<void(AppState&)>>("pass");
    const auto row = [](const char* name, std::function<void(AppState&)> pass) {
      QTest::newRow(name) << pass;
    };
    row("workspace", [](AppState& s) { s.workspace = Workspace::Network; });
    row("camera of the stage", [](AppState& s) { s.look.camera.yaw = 7; });
    row("camera of the field", [](AppState& s) { s.field.camera.zoom = 2; });
    row("camera of the network", [](AppState& s) { s.network.camera.pitch = 31; });
    row("camera of the comparison", [](AppState& s) { s.compare.camera.panX = .2; });
    row("view of the scores", [](AppState& s) { s.look.scoresView = ScoresView::Chart; });
    row("playback", [](AppState& s) { setPlaying(s.playback, true); });
    row("speed", [](AppState& s) { s.playback.speed = 4; });
    row("voxel", [](AppState& s) { s.selection.voxel = {1, 2, 3}; });
    row("input voxel", [](AppState& s) { s.selection.input = InputPoint{{1, 5, 6}, 0}; });
    row("column", [](AppState& s) { s.selection.column = 1; });
    row("filter", [](AppState& s) { s.selection.filter = 2; });
    row("channel of the weights", [](AppState& s) { s.selection.weightChannel = 1; });
    row("layer", [](AppState& s) { s.field.layer = 3; });
    row("unit of the field", [](AppState& s) { s.field.unit = {1, 3, 2}; });
    row("row", [](AppState& s) { s.network.row = 5; });
    row("channel of the network", [](AppState& s) { s.network.channel = 11; });
    row("unit of the network", [](AppState& s) { s.network.unit = {2, 9, 9}; });
    row("window", [](AppState& s) { s.network.start = 120; });
    row("sorting", [](AppState& s) { s.network.sorted = false; });
    row("range of the network", [](AppState& s) { s.network.range = MapsRange::Network; });
    row("chart", [](AppState& s) { s.network.chart = NetworkChart::ShiftX; });
    row("lesson", [](AppState& s) { s.lesson = {"l1.json", 4}; });
  }
  void whatPassesOutlivesUndo() {
    QFETCH(std::function<void(AppState&)>, pass);
    StateStore store(manyColoured());
    const AppState before = store.state();
    store.edit({QStringLiteral("Theme"), [](AppState& s) { s.look.theme = Theme::Light; }});
    store.edit({QStringLiteral("Passing"), pass, false});
    AppState passed = before;
    pass(passed);
    QVERIFY(passed != before);
    store.undo();
    QVERIFY(toJson(store.state()) == toJson(passed));
    store.redo();
    passed.look.theme = Theme::Light;
    QVERIFY(toJson(store.state()) == toJson(passed));
  }

  // What a step changes itself is taken back with it, whatever passed since.
  void whatAStepMovedGoesBackWithIt() {
    StateStore store(manyColoured());
    store.edit({QStringLiteral("Open model"), [](AppState& s) {
                  s.network.model = "other.onnx";
                  s.workspace = Workspace::Network;
                }});
    store.edit({QStringLiteral("Layer"), [](AppState& s) { s.network.row = 5; }, false});
    store.edit({QStringLiteral("Workspace"), [](AppState& s) { s.workspace = Workspace::Field; }, false});
    store.undo();
    QCOMPARE(store.state().workspace, Workspace::Kernel);
    QCOMPARE(store.state().network.row, -1);  // a row of the other model
    store.redo();
    QCOMPARE(store.state().workspace, Workspace::Field);
    QCOMPARE(store.state().network.row, 5);
  }

  void whatPassedElsewhereIsNotCarriedOver() {
    StateStore store(manyColoured());
    const AppState before = store.state();
    store.edit(
        {QStringLiteral("Network"), [](AppState& s) { s.field.stack = sceneState("fig-8")->field.stack; }});
    store.edit({QStringLiteral("Layer"), [](AppState& s) { s.field.layer = 1; }, false});
    store.edit({QStringLiteral("Clip"), [](AppState& s) { takeSource(s, FileSource{"other.npy"}); }});
    store.edit({QStringLiteral("Window"), [](AppState& s) { s.network.start = 40; }, false});
    store.undo();
    QCOMPARE(store.state().network.start, before.network.start);
    QCOMPARE(store.state().selection.voxel, before.selection.voxel);
    QCOMPARE(store.state().field.layer, 1);
    store.undo();
    QCOMPARE(store.state().field.layer, before.field.layer);
    QCOMPARE(store.state().field.unit, before.field.unit);
  }

  // A layer that is another size is still that layer; a unit outside of it is moved inside.
  void theUnitIsClampedToTheStackThatComesBack() {
    StateStore store(manyColoured());
    store.edit({QStringLiteral("Unit"),
                [](AppState& s) {
                  s.field.layer = 0;
                  s.field.unit = {0, 0, 0};
                },
                false});
    store.edit({QStringLiteral("Stride"), [](AppState& s) { s.field.stack.layers[0].stride = {1, 2, 2}; }});
    store.undo();
    store.edit({QStringLiteral("Unit"), [](AppState& s) { s.field.unit = {15, 90, 90}; }, false});
    const Triple far = store.state().field.unit;
    store.redo();
    QCOMPARE(store.state().field.layer, 0);
    QCOMPARE(store.state().field.unit.y, std::min(far.y, 55));
  }

  void anEditThatChangesNothingSaysNothing() {
    StateStore store(initialState());
    QSignalSpy changed(&store, &StateStore::changed);
    store.edit({QStringLiteral("Nothing"), [](AppState&) {}});
    QCOMPARE(changed.size(), 0);
    QVERIFY(!store.canUndo());
  }

  void playbackVisitsEveryVoxelOnce() {
    const Triple output{2, 3, 4};
    Triple at{0, 0, 0};
    std::set<std::array<int, 3>> seen;
    for (int i = 0; i < 24; ++i) {
      seen.insert({at.t, at.y, at.x});
      QCOMPARE(atEnd(output, at), i == 23);
      at = slide(output, at, 1, true);
    }
    QCOMPARE(seen.size(), std::size_t{24});
    QCOMPARE(at, (Triple{0, 0, 0}));
    QCOMPARE(slide(output, at, -1, true), (Triple{1, 2, 3}));
    QCOMPARE(slide(output, at, -1, false), (Triple{0, 0, 0}));
    QCOMPARE(slide(output, {1, 2, 3}, 5, false), (Triple{1, 2, 3}));
  }

  void playbackNeverOpensMoreThanThreeMapsASecond() {
    PlaybackClock clock;
    std::int64_t steps = 0;
    for (int ms = 0; ms < 1000; ++ms) steps += clock.due(1, 1e6, 180, {9, 2, 2});
    QVERIFY(steps <= 3 * 4);
    QVERIFY(steps >= 3 * 4 - 1);
    PlaybackClock slow;
    steps = 0;
    for (int ms = 0; ms < 1800; ++ms) steps += slow.due(1, 1, 180, {9, 50, 50});
    QVERIFY(steps >= 9 && steps <= 10);
  }

  /// The scale ends at a number that can be read out, never below the largest value, and a clip of an array
  /// file is spread over its own values.
  void scalesEndAtShortNumbers() {
    KernelResult result;
    result.maps = Tensor(Shape{1, 1, 2, 1});
    result.filters = {0};
    KernelView view;
    view.result = &result;
    for (const auto& [largest, end] :
         {std::pair{.9511F, 1.F}, {1.F, 1.F}, {1.004F, 1.2F}, {.0123F, .015F}, {437.F, 500.F}, {0.F, 1.F}}) {
      result.maps.at(0, 0, 1, 0) = -largest;
      QCOMPARE(view.mapRange(0, 0).high, end);
      QCOMPARE(view.mapRange(0, 0).low, -end);
    }
    for (const double range : {.05, .73, 1., 1.2, 8., 900.}) {
      const double wider = neighbourRange(range, true), narrower = neighbourRange(range, false);
      QVERIFY(wider > range && wider <= 2 * range && narrower < range && narrower >= .5 * range - 1e-9);
      QCOMPARE(roundRange(wider), wider);
      if (roundRange(range) == range) QCOMPARE(neighbourRange(wider, false), range);
    }
    Clip clip;
    clip.range = {.2F, .9F};
    QCOMPARE(displayRange(clip), (ValueRange{0, 1}));
    clip.range = {-3, 5};
    QCOMPARE(displayRange(clip), (ValueRange{-3, 5}));
  }

  void weakAnswersAreSaidToBeWeak_data() {
    QTest::addColumn<double>("range");
    QTest::addColumn<RangeMode>("mode");
    QTest::addColumn<QString>("note");
    QTest::addRow("strong") << 1.0 << RangeMode::Map << "";
    QTest::addRow("two in a hundred") << .16 << RangeMode::Map << "";
    QTest::addRow("one in a hundred") << .08 << RangeMode::Map << "weak: 1 % of what these weights can reach";
    QTest::addRow("hardly any") << .0024 << RangeMode::Map << "weak: 0.03 % of what these weights can reach";
    QTest::addRow("noise") << 1e-6 << RangeMode::Map << "weak: under 0.01 % of what these weights can reach";
    QTest::addRow("any filter") << .08 << RangeMode::All << "weak: 0.8 % of what these weights can reach";
    QTest::addRow("fixed by hand") << .08 << RangeMode::Fixed << "";
  }
  void weakAnswersAreSaidToBeWeak() {
    QFETCH(double, range);
    QFETCH(RangeMode, mode);
    QFETCH(QString, note);
    const auto clip = std::make_shared<Clip>();
    clip->range = {.2F, .9F};
    KernelResult result;
    result.clip = clip;
    result.geometry.output = Shape{1, 1, 1, 2};
    result.spec.bank = {{{3, -4}, 1, {}, false}, {{5, -5}, 0, {}, false}};  // reach 8 with the bias, and 10
    KernelView view;
    view.result = &result;
    view.state.look.rangeMode = mode;
    QCOMPARE(view.weakNote(range), note);
  }

  void mapTitlesNameTheirFrames() {
    KernelView view;
    view.state = initialState();
    auto& study = view.state.kernel();
    study.clip.range.count = 4;
    study.conv.kernel = {2, 3, 3};
    QCOMPARE(view.mapTitle(0), QStringLiteral("t=(1,2)"));
    QCOMPARE(view.mapTitle(2), QStringLiteral("t=(3,4)"));
    study.conv.kernel.t = 7;
    QCOMPARE(view.mapTitle(0), QStringLiteral("t=(1,2,…,·)"));
  }

  void scenesHaveTheArticlesShapes_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("l");
    QTest::addColumn<int>("maps");
    QTest::addRow("figure 2") << "fig-2" << 2 << 3 << 1 << 2;
    QTest::addRow("figure 3") << "fig-3" << 1 << 1 << 1 << 1;
    QTest::addRow("figure 4") << "fig-4" << 4 << 1 << 2 << 3;
    QTest::addRow("figure 5") << "fig-5" << 4 << 1 << 3 << 2;
    QTest::addRow("figure 6") << "fig-6" << 1 << 3 << 1 << 1;
    QTest::addRow("figure 7") << "fig-7" << 4 << 3 << 2 << 3;
    QTest::addRow("figure 10") << "fig-10" << 8 << 1 << 4 << 5;
  }
  void scenesHaveTheArticlesShapes() {
    QFETCH(QString, id);
    QFETCH(int, length);
    QFETCH(int, channels);
    QFETCH(int, l);
    QFETCH(int, maps);
    const auto state = sceneState(id.toStdString());
    QVERIFY2(state, qPrintable(sentence(state)));
    const KernelStudy& study = state->kernel();
    QCOMPARE(study.clip.range.count, length);
    QCOMPARE(channelsOf(study.clip), channels);
    QCOMPARE(study.conv.kernel.t, l);
    const auto& size = *study.clip.prepare.resize;
    const auto geometry = geometryOf({length, size.height, size.width, channels}, study.conv, 1);
    QVERIFY(geometry);
    QCOMPARE(geometry->output.length, maps);
    QCOMPARE(study.bank.front().weights.size(), std::size_t(weightCount(study.conv.kernel, channels)));
  }

  /// A figure begins with an answer worth explaining: the strongest one of the map frame that it opens with.
  void scenesPinAStrongResponse() {
    const auto all = scenes();
    QVERIFY(all);
    for (const Scene& one : *all) {
      if (one.state.look.inputOnly || one.state.selection.voxel == kStrongest) continue;
      const KernelView view = viewOf(one.state);
      QVERIFY2(view.result != nullptr, qPrintable(view.problem));
      const Triple at = one.state.selection.voxel;
      float most = 0;
      for (int y = 0; y < view.result->geometry.output.height; ++y) {
        for (int x = 0; x < view.result->geometry.output.width; ++x)
          most = std::max(most, view.result->valueAt(0, {at.t, y, x}));
      }
      QVERIFY(most > 0);
      QCOMPARE(view.result->valueAt(0, at), most);
    }
  }

  void unknownSceneNamesThoseThereAre() {
    const auto state = sceneState("fig-99");
    QVERIFY(!state);
    QVERIFY2(sentence(state).contains(QStringLiteral("fig-2, fig-3, fig-4")), qPrintable(sentence(state)));
    QCOMPARE(scenes()->size(), std::size_t{19});
  }
};

QTEST_GUILESS_MAIN(TestAppState)
#include "tst_app_state.moc"
