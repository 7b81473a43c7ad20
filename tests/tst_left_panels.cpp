#include "engine/clip/motion_lab.h"
#include "engine/conv/kernel_presets.h"
#include "widgets/look/look_style.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/clip_panel.h"
#include "widgets/panels/filter_edits.h"
#include "widgets/panels/kernel_panel.h"
#include "widgets/panels/lab_controls.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/panel_rows.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/panels/weight_grid.h"
#include "widgets/panels/weights_panel.h"

#include <QtTest>
#include <QtWidgets>

using namespace convscope;

namespace {

template <class Widget>
Widget* named(const QWidget& in, const QString& name) {
  for (Widget* widget : in.findChildren<Widget*>())
    if (widget->accessibleName() == name) return widget;
  qFatal("There is no control named \"%s\".", qPrintable(name));
}

using Change = std::function<void(KernelStudy& study)>;

/// A state and its result, computed by the engine on a small clip of the motion lab.
struct Fixture {
  AppState state = initialState();
  KernelView view;

  Fixture() {
    KernelStudy& study = state.kernel();
    study.clip = {};
    study.clip.range = {0, 8, 1};
    study.clip.prepare.resize = FrameSize{16, 20};
    study.conv = ConvSpec{};
    study.bank = {randomFilter({3, 3, 3}, 3, 5)};
    refresh();
  }
  void refresh() {
    ThreadPool pool(1);
    StudyCache cache;
    view.state = state;
    view.problem.clear();
    view.problemPlace = {};
    const auto result = compute(state.columns.front(), {}, cache, ComputeContext{pool, {}});
    if (result) {
      view.holder = *result;
      view.result = &std::get<KernelResult>(**result);
    } else {
      view.problem = QString::fromStdString(result.error().message);
      view.problemPlace = result.error().place;
    }
    view.stale = !result.has_value();
  }
};

/// Catches what a panel asks for and applies it to a copy of the state.
template <class Panel>
struct Catcher {
  Panel panel;
  std::vector<StateEdit> edits;
  Catcher() {
    QObject::connect(&panel, &Panel::editRequested, &panel,
                     [this](const StateEdit& edit) { edits.push_back(edit); });
  }
  /// The state after the one edit that was asked for; its label must not be empty.
  AppState applied(const AppState& before) {
    AppState after = before;
    if (edits.size() != 1 || edits.front().label.isEmpty())
      qFatal("%d edits were asked for.", static_cast<int>(edits.size()));
    edits.front().apply(after);
    edits.clear();
    return after;
  }
};

void pick(ChoiceBox* box, const QString& id) {
  const int index = box->findData(id);
  if (index < 0) qFatal("There is no choice \"%s\".", qPrintable(id));
  box->setCurrentIndex(index);
  Q_EMIT box->activated(index);
}

}  // namespace

Q_DECLARE_METATYPE(Change)

class TestLeftPanels : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(lookTheme(Theme::Dark, false)); }

  void kernelFieldsSetTheirOwnNumber_data() {
    QTest::addColumn<QString>("field");
    QTest::addColumn<int>("row");
    QTest::addColumn<int>("axis");
    const char* rows[] = {"Size", "Stride", "Dilation"};
    const char* axes[] = {"time", "height", "width"};
    for (int row = 0; row < 3; ++row)
      for (int axis = 0; axis < 3; ++axis)
        QTest::addRow("%s %s", rows[row], axes[axis])
            << QString("%1 in %2").arg(rows[row], axes[axis]) << row << axis;
  }
  void kernelFieldsSetTheirOwnNumber() {
    QFETCH(QString, field);
    QFETCH(int, row);
    QFETCH(int, axis);
    Fixture fixture;
    Catcher<KernelPanel> catcher;
    catcher.panel.present(fixture.view);
    const auto tripleOf = [row](AppState& state) -> Triple& {
      ConvSpec& conv = state.kernel().conv;
      return row == 0 ? conv.kernel : row == 1 ? conv.stride : conv.dilation;
    };
    auto* number = named<NumberField>(catcher.panel, field);
    QTest::keyClick(number, Qt::Key_Up);
    AppState expected = fixture.state;
    Triple& linked = tripleOf(expected);
    linked[kAxes[static_cast<std::size_t>(axis)]] += 1;
    if (axis > 0) linked.y = linked.x = std::max(linked.y, linked.x);
    QVERIFY(catcher.applied(fixture.state) == expected);

    catcher.panel.present(fixture.view);
    QTest::mouseClick(named<IconButton>(catcher.panel, "Height and width linked"), Qt::LeftButton);
    QTest::keyClick(number, Qt::Key_Up);
    expected = fixture.state;
    tripleOf(expected)[kAxes[static_cast<std::size_t>(axis)]] += 1;
    QVERIFY(catcher.applied(fixture.state) == expected);
  }

  void unequalSidesOpenTheLink() {
    Fixture fixture;
    fixture.state.kernel().conv.stride = {1, 2, 3};
    fixture.view.state = fixture.state;
    Catcher<KernelPanel> catcher;
    catcher.panel.present(fixture.view);
    QTest::keyClick(named<NumberField>(catcher.panel, "Stride in height"), Qt::Key_Up);
    QVERIFY(catcher.applied(fixture.state).kernel().conv.stride == (Triple{1, 3, 3}));
    named<IconButton>(catcher.panel, "Height and width apart");
  }

  void kernelChoicesSetTheirOwnField_data() {
    QTest::addColumn<QString>("box");
    QTest::addColumn<QString>("id");
    QTest::newRow("padding") << "Padding mode"
                             << "causal";
    QTest::newRow("padding value") << "Padding value"
                                   << "reflect";
    QTest::newRow("activation") << "Activation"
                                << "square";
    QTest::newRow("groups") << "Groups"
                            << "3";
  }
  void kernelChoicesSetTheirOwnField() {
    QFETCH(QString, box);
    QFETCH(QString, id);
    Fixture fixture;
    setFilterCount(fixture.state.kernel(), 3);
    fixture.view.state = fixture.state;
    Catcher<KernelPanel> catcher;
    catcher.panel.present(fixture.view);
    pick(named<ChoiceBox>(catcher.panel, box), id);
    AppState expected = fixture.state;
    ConvSpec& conv = expected.kernel().conv;
    if (id == "causal") conv.padding = PaddingMode::Causal;
    if (id == "reflect") conv.paddingValue = PaddingValue::Reflect;
    if (id == "square") conv.activation = Activation::Square;
    if (id == "3") conv.groups = 3;
    QVERIFY(catcher.applied(fixture.state) == expected);
  }

  void customPaddingSetsOneSide() {
    Fixture fixture;
    fixture.state.kernel().conv.padding = PaddingMode::Custom;
    fixture.view.state = fixture.state;
    Catcher<KernelPanel> catcher;
    catcher.panel.present(fixture.view);
    QTest::keyClick(named<NumberField>(catcher.panel, "after in width"), Qt::Key_Up);
    AppState expected = fixture.state;
    expected.kernel().conv.custom[2].after = 1;
    QVERIFY(catcher.applied(fixture.state) == expected);
    QTest::keyClick(named<NumberField>(catcher.panel, "before in time"), Qt::Key_Up);
    expected = fixture.state;
    expected.kernel().conv.custom[0].before = 1;
    QVERIFY(catcher.applied(fixture.state) == expected);
  }

  void layerSettingsSetTheirOwnField() {
    Fixture fixture;
    Catcher<KernelPanel> catcher;
    catcher.panel.present(fixture.view);
    AppState expected = fixture.state;
    named<QPushButton>(catcher.panel, "Apply the weights flipped")->click();
    expected.kernel().conv.flipped = true;
    QVERIFY(catcher.applied(fixture.state) == expected);

    expected = fixture.state;
    QTest::keyClick(named<NumberField>(catcher.panel, "Bias"), Qt::Key_Up);
    expected.kernel().bank[0].bias = 0.05F;
    QVERIFY(catcher.applied(fixture.state) == expected);

    expected = fixture.state;
    QTest::keyClick(named<NumberField>(catcher.panel, "Number of filters"), Qt::Key_Up);
    setFilterCount(expected.kernel(), 2);
    QVERIFY(catcher.applied(fixture.state) == expected);
    QCOMPARE(expected.kernel().bank.size(), std::size_t{2});
  }

  void presetsGiveTheirWeightsAndExtent() {
    Fixture fixture;
    Catcher<KernelPanel> catcher;
    catcher.panel.present(fixture.view);
    pick(named<ChoiceBox>(catcher.panel, "Kernel preset"), "sobel-x");
    AppState expected = fixture.state;
    expected.kernel().conv.kernel = {1, 3, 3};
    expected.kernel().bank[0] = *presetFilter("sobel-x", {1, 3, 3}, 3);
    QVERIFY(catcher.applied(fixture.state) == expected);
  }

  void presetsSayWhatBecameOfThem() {
    AppState state = initialState();
    const auto nameAt = [&](const Triple& kernel) {
      AppState wanted = state;
      wanted.kernel().conv.kernel = kernel;
      return filterName(reconciled(wanted, state).kernel(), 0);
    };
    QCOMPARE(nameAt({3, 3, 3}), QStringLiteral("Red, moving right"));
    QCOMPARE(nameAt({5, 7, 7}), QStringLiteral("Red, moving right"));  // worked out for that extent
    QCOMPARE(nameAt({1, 3, 3}), QStringLiteral("Red, moving right, cut to 1 × 3 × 3"));
    AppState grey = state;
    grey.kernel().clip.prepare.colour = ColourMode::Grey;
    QCOMPARE(filterName(reconciled(grey, state).kernel(), 0), QStringLiteral("Red, moving right, edited"));
    applyPreset(state.kernel(), 0, "sobel-x");
    QCOMPARE(filterName(state.kernel(), 0), QStringLiteral("Sobel x"));
    QCOMPARE(nameAt({1, 1, 3}), QStringLiteral("Sobel x, cut to 1 × 1 × 3"));
    state.kernel().bank[0].preset.clear();
    QCOMPARE(filterName(state.kernel(), 0), QStringLiteral("own weights"));
  }

  void presetsThatDoNotFitSayWhy() {
    Fixture fixture;
    fixture.state.kernel().clip.range.count = 1;
    fixture.state.kernel().conv.kernel.t = 1;
    fixture.state.kernel().bank = {randomFilter({1, 3, 3}, 3, 5)};
    fixture.refresh();
    QCOMPARE(fixture.view.problem, QString());
    KernelPanel panel;
    panel.present(fixture.view);
    const auto* box = named<ChoiceBox>(panel, "Kernel preset");
    const auto* list = qobject_cast<QStandardItemModel*>(box->model());
    int obstacles = 0;
    for (const KernelPreset& preset : kernelPresets()) {
      const QString obstacle =
          QString::fromStdString(presetObstacle(preset, fixture.view.result->clip->pixels.shape()));
      const QStandardItem* item = list->item(box->findData(QString::fromStdString(preset.id)));
      QCOMPARE(item->isEnabled(), obstacle.isEmpty());
      if (!obstacle.isEmpty()) QCOMPARE(item->toolTip(), obstacle);
      obstacles += obstacle.isEmpty() ? 0 : 1;
    }
    QVERIFY(obstacles > 0);
    QVERIFY(!named<NumberField>(panel, "Size in time")->isVisibleTo(&panel));
  }

  void clipFieldsSetTheirOwnNumber() {
    Fixture fixture;
    fixture.state.kernel().clip.range.start = 4;
    fixture.refresh();
    Catcher<ClipPanel> catcher;
    catcher.panel.present(fixture.view);
    const auto check = [&](const QString& field, auto change) {
      AppState expected = fixture.state;
      change(expected.kernel().clip);
      QTest::keyClick(named<NumberField>(catcher.panel, field), Qt::Key_Up);
      const bool same = catcher.applied(fixture.state) == expected;
      catcher.panel.present(fixture.view);
      return same;
    };
    QVERIFY(check("First frame", [](ClipSpec& clip) { clip.range.start = 5; }));
    QVERIFY(check("Number of frames", [](ClipSpec& clip) { clip.range.count = 9; }));
    QVERIFY(check("Frame step", [](ClipSpec& clip) { clip.range.step = 2; }));
    QVERIFY(check("Height fed to the engine", [](ClipSpec& clip) {
      clip.prepare.resize = FrameSize{17, 20};
    }));
    QVERIFY(check("Width fed to the engine", [](ClipSpec& clip) {
      clip.prepare.resize = FrameSize{16, 21};
    }));
    QVERIFY(check("Period", [](ClipSpec& clip) { std::get<LabSpec>(clip.source).period = 13; }));
    QVERIFY(check("Seed", [](ClipSpec& clip) { std::get<LabSpec>(clip.source).seed = 2; }));
  }

  void rangeEndsWhereTheSourceEnds() {
    QTemporaryDir folder;
    QImage frame(24, 24, QImage::Format_RGB32);
    for (int i = 1; i <= 6; ++i) {
      frame.fill(qRgb(40 * i, 10 * i, 0));
      QVERIFY(frame.save(folder.filePath(QStringLiteral("f%1.png").arg(i, 3, 10, QLatin1Char('0')))));
    }
    Fixture fixture;
    takeSource(fixture.state, FileSource{folder.filePath("f001.png").toStdString()});
    fixture.refresh();
    QVERIFY2(fixture.view.problem.isEmpty(), qPrintable(fixture.view.problem));
    Catcher<ClipPanel> catcher;
    catcher.panel.present(fixture.view);
    auto* start = named<NumberField>(catcher.panel, "First frame");
    auto* count = named<NumberField>(catcher.panel, "Number of frames");
    // nobody chose 16 frames: the six there are are no fault
    QCOMPARE(count->whole(), 6);
    for (const auto* sentence : catcher.panel.findChildren<InlineSentence*>()) QVERIFY(sentence->isHidden());
    fixture.state.kernel().clip.range = {1, 3, 1};
    fixture.refresh();
    catcher.panel.present(fixture.view);
    QCOMPARE(count->maximum(), 5.0);
    QCOMPARE(start->maximum(), 4.0);
    start->selectAll();
    QTest::keyClicks(start, QStringLiteral("9"));
    QVERIFY2(start->note().startsWith(QLatin1String("at most 4: 3 frames end at frame 6")),
             qPrintable(start->note()));
    QTest::keyClick(start, Qt::Key_Return);
    QCOMPARE(catcher.applied(fixture.state).kernel().clip.range, (FrameRange{3, 3, 1}));
  }

  void stillImageHasNoTime() {
    QTemporaryDir folder;
    QImage image(24, 24, QImage::Format_RGB32);
    image.fill(Qt::red);
    const QString path = folder.filePath("still.png");
    QVERIFY(image.save(path));
    Fixture fixture;
    takeSource(fixture.state, FileSource{path.toStdString()});
    fixture.state.kernel().conv.kernel = {1, 3, 3};
    fixture.state.kernel().bank = {randomFilter({1, 3, 3}, 3, 5)};
    fixture.refresh();
    QVERIFY2(fixture.view.problem.isEmpty(), qPrintable(fixture.view.problem));
    ClipPanel panel;
    panel.present(fixture.view);
    named<IconButton>(panel, "More settings of the clip")->setChecked(true);
    for (const char* name : {"First frame", "Number of frames", "Frame step"})
      QVERIFY(!named<NumberField>(panel, name)->isVisibleTo(&panel));
    QVERIFY(named<NumberField>(panel, "Height fed to the engine")->isVisibleTo(&panel));
  }

  void sizeStartsFromTheSources() {
    Fixture fixture;
    fixture.state.kernel().clip.prepare.resize.reset();
    fixture.refresh();
    Catcher<ClipPanel> catcher;
    catcher.panel.present(fixture.view);
    auto* height = named<NumberField>(catcher.panel, "Height fed to the engine");
    QCOMPARE(height->whole(), 112);
    QTest::keyClick(height, Qt::Key_Down);
    AppState expected = fixture.state;
    expected.kernel().clip.prepare.resize = FrameSize{111, 112};
    QVERIFY(catcher.applied(fixture.state) == expected);
    named<IconButton>(catcher.panel, "As the source")->click();
    QVERIFY(catcher.applied(expected) == fixture.state);
  }

  void clipChoicesSetTheirOwnField() {
    Fixture fixture;
    Catcher<ClipPanel> catcher;
    catcher.panel.present(fixture.view);
    AppState expected = fixture.state;
    named<QAbstractButton>(catcher.panel, "Grey")->click();
    expected.kernel().clip.prepare.colour = ColourMode::Grey;
    QVERIFY(catcher.applied(fixture.state) == expected);

    expected = fixture.state;
    pick(named<ChoiceBox>(catcher.panel, "Texture"), "clouds");
    std::get<LabSpec>(expected.kernel().clip.source).texture = "clouds";
    QVERIFY(catcher.applied(fixture.state) == expected);

    expected = fixture.state;
    pick(named<ChoiceBox>(catcher.panel, "Crop"), "part");
    expected.kernel().clip.prepare.crop = Crop{28, 28, 56, 56};
    QVERIFY(catcher.applied(fixture.state) == expected);

    fixture.view.state = expected;
    catcher.panel.present(fixture.view);
    QTest::keyClick(named<NumberField>(catcher.panel, "Crop from y"), Qt::Key_Up);
    AppState moved = expected;
    moved.kernel().clip.prepare.crop->y = 29;
    QVERIFY(catcher.applied(expected) == moved);
    pick(named<ChoiceBox>(catcher.panel, "Crop"), "whole");
    QVERIFY(catcher.applied(expected) == fixture.state);
  }

  void anotherSourceStartsFromItsFirstWholeFrame() {
    Fixture fixture;
    fixture.state.kernel().clip.range.start = 40;
    fixture.state.kernel().clip.prepare.crop = Crop{1, 2, 30, 40};
    fixture.view.state = fixture.state;
    Catcher<ClipPanel> catcher;
    catcher.panel.setRecentFiles({"/tmp/a.mp4"});
    catcher.panel.setCameras({0});
    catcher.panel.present(fixture.view);
    const auto check = [&](const QString& id, const ClipSource& source) {
      AppState expected = fixture.state;
      expected.kernel().clip.source = source;
      expected.kernel().clip.range.start = 0;
      if (std::holds_alternative<FileSource>(source)) expected.kernel().clip.range = FrameRange{};
      // the lab's clips are square; what the others are stands in the file
      expected.kernel().clip.prepare.resize = FrameSize{16, 16};
      if (!std::holds_alternative<LabSpec>(source)) expected.kernel().clip.prepare.resize.reset();
      expected.kernel().clip.prepare.crop.reset();
      pick(named<ChoiceBox>(catcher.panel, "Clip"), id);
      return catcher.applied(fixture.state) == expected;
    };
    QVERIFY(check("lab:dot", findMotionLabEntry("dot")->defaults));
    QVERIFY(check("file:/tmp/a.mp4", FileSource{"/tmp/a.mp4"}));
    QVERIFY(check("camera:0", WebcamSource{0}));
    QSignalSpy open(&catcher.panel, &ClipPanel::openFileRequested);
    pick(named<ChoiceBox>(catcher.panel, "Clip"), "open");
    QCOMPARE(open.count(), 1);
    QVERIFY(catcher.edits.empty());
  }

  void everyLabClipShowsTheControlsItReads() {
    LabControls controls;
    for (const MotionLabEntry& entry : motionLabEntries()) {
      controls.present(entry.defaults);
      int shown = 0;
      for (const QWidget* field : controls.findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
        if (!field->isHidden() && !qobject_cast<const QLabel*>(field)) ++shown;
      QCOMPARE(shown, static_cast<int>(entry.controls.size()));
    }
  }

  void factsOfTheClipAreShown() {
    Fixture fixture;
    ClipPanel panel;
    panel.present(fixture.view);
    QCOMPARE(panel.fact(), QStringLiteral("25 fps · 0.32 s"));
    QStringList texts;
    for (const QLabel* label : panel.findChildren<QLabel*>()) texts << label->text();
    QVERIFY(texts.contains(QStringLiteral("8 × 16 × 20 × 3")));
    QVERIFY(texts.contains(QStringLiteral("frames 1 to 8")));
  }

  void loadingShowsProgressAndCanBeStopped() {
    Fixture fixture;
    ClipPanel panel;
    fixture.view.state.kernel().clip.source = FileSource{"/tmp/long.mp4"};
    fixture.view.busy = true;
    fixture.view.progress = 0.43;
    panel.present(fixture.view);
    auto* stop = named<QPushButton>(panel, "Stop loading");
    QVERIFY(stop->isVisibleTo(&panel));
    QSignalSpy stopped(&panel, &ClipPanel::stopRequested);
    stop->click();
    QCOMPARE(stopped.count(), 1);
    fixture.view.busy = false;
    panel.present(fixture.view);
    QVERIFY(!stop->isVisibleTo(&panel));
  }

  void weightEditsSetOneWeight() {
    Fixture fixture;
    fixture.state.selection.weightChannel = 2;
    fixture.view.state = fixture.state;
    Catcher<WeightsPanel> catcher;
    catcher.panel.present(fixture.view);
    auto* grid = catcher.panel.findChild<WeightGrid*>();
    Q_EMIT grid->edited({1, 2, 0}, 0.25);
    AppState expected = fixture.state;
    expected.kernel().bank[0].weights[weightIndex({3, 3, 3}, 2, 1, 2, 0)] = 0.25F;
    expected.kernel().bank[0].edited = true;
    QVERIFY(catcher.applied(fixture.state) == expected);
  }

  void filterActionsReplaceTheFilter_data() {
    QTest::addColumn<QString>("action");
    for (const char* action : {"Normalise", "Flip", "Reverse in time", "Mirror left–right",
                               "Mirror top–bottom", "Transpose", "Inflate the middle frame", "All to 0"})
      QTest::addRow("%s", action) << QString::fromUtf8(action);
  }
  void filterActionsReplaceTheFilter() {
    QFETCH(QString, action);
    Fixture fixture;
    const Filter before = fixture.state.kernel().bank[0];
    const Triple kernel{3, 3, 3};
    Filter after = action == "Normalise"           ? normalised(before)
                   : action == "Flip"              ? flippedFilter(before, kernel, 3)
                   : action == "Reverse in time"   ? mirrored(before, kernel, 3, Axis::T)
                   : action == "Mirror left–right" ? mirrored(before, kernel, 3, Axis::X)
                   : action == "Mirror top–bottom" ? mirrored(before, kernel, 3, Axis::Y)
                   : action == "Transpose"         ? transposed(before, kernel, 3)
                   : action == "All to 0"
                       ? Filter{std::vector<float>(81, 0), before.bias, before.preset, true}
                       : inflated(before, kernel, 3);
    after.preset = before.preset;
    after.edited = true;
    Catcher<WeightsPanel> catcher;
    catcher.panel.present(fixture.view);
    QAbstractButton* button = nullptr;
    for (QAbstractButton* candidate : catcher.panel.findChildren<QAbstractButton*>())
      if (candidate->accessibleName() == action) button = candidate;
    QAction* entry = nullptr;
    for (QAction* candidate : catcher.panel.findChildren<QAction*>())
      if (candidate->text() == action) entry = candidate;
    QVERIFY(button != nullptr || entry != nullptr);
    button != nullptr ? button->click() : entry->trigger();
    AppState expected = fixture.state;
    expected.kernel().bank[0] = after;
    QVERIFY(catcher.applied(fixture.state) == expected);
  }

  void randomWeightsDifferEachTimeAndKeepTheBias() {
    Fixture fixture;
    fixture.state.kernel().bank[0].bias = 0.5F;
    fixture.view.state = fixture.state;
    Catcher<WeightsPanel> catcher;
    catcher.panel.present(fixture.view);
    auto* button = named<IconButton>(catcher.panel, "Random weights");
    button->click();
    const AppState once = catcher.applied(fixture.state);
    button->click();
    const AppState twice = catcher.applied(once);
    QVERIFY(once.kernel().bank[0].weights != fixture.state.kernel().bank[0].weights);
    QVERIFY(twice.kernel().bank[0].weights != once.kernel().bank[0].weights);
    QCOMPARE(twice.kernel().bank[0].bias, 0.5F);
    QVERIFY(weightsFit(twice.kernel(), twice.kernel().bank[0]));
  }

  void inflatedFiltersKeepTheirSum() {
    const Filter filter = randomFilter({3, 3, 3}, 2, 9);
    const Filter result = inflated(filter, {3, 3, 3}, 2);
    for (int c = 0; c < 2; ++c)
      for (int t = 0; t < 3; ++t)
        QCOMPARE(result.weights[weightIndex({3, 3, 3}, c, t, 1, 2)],
                 filter.weights[weightIndex({3, 3, 3}, c, 1, 1, 2)] / 3);
  }

  void channelAndFilterAreSelectionsOnly() {
    Fixture fixture;
    setFilterCount(fixture.state.kernel(), 3);
    fixture.refresh();
    Catcher<WeightsPanel> catcher;
    catcher.panel.present(fixture.view);
    named<QAbstractButton>(catcher.panel, "Channel G")->click();
    QVERIFY(!catcher.edits.front().undoable);
    AppState expected = fixture.state;
    expected.selection.weightChannel = 1;
    QVERIFY(catcher.applied(fixture.state) == expected);
    QTest::keyClick(named<NumberField>(catcher.panel, "Filter shown"), Qt::Key_Up);
    expected = fixture.state;
    expected.selection.filter = 1;
    QVERIFY(catcher.applied(fixture.state) == expected);
  }

  void groupsNameTheChannelsTheyRead() {
    Fixture fixture;
    setFilterCount(fixture.state.kernel(), 3);
    AppState wanted = fixture.state;
    wanted.kernel().conv.groups = 3;
    wanted.selection.filter = 2;
    fixture.state = reconciled(wanted, fixture.state);
    fixture.refresh();
    QCOMPARE(fixture.view.problem, QString());
    WeightsPanel panel;
    panel.present(fixture.view);
    const auto* channels = panel.findChild<SegmentedControl*>();
    QCOMPARE(channels->count(), 1);
    QCOMPARE(channels->button(0)->text(), QStringLiteral("B"));
  }

  // Whatever the words of the sentence, and of the file that it names.
  void eachProblemMarksItsOwnField_data() {
    QTest::addColumn<Change>("change");
    QTest::addColumn<QStringList>("fields");
    QTest::addColumn<bool>("ofTheClip");
    const auto conv = [](const char* name, auto change, const QStringList& fields) {
      QTest::newRow(name) << Change([change](KernelStudy& study) { change(study.conv); }) << fields << false;
    };
    const auto custom = [](ConvSpec& spec, int before) {
      spec.padding = PaddingMode::Custom;
      spec.custom[1].before = before;
    };
    conv("kernel longer than the clip", [](ConvSpec& s) { s.kernel.t = 9; }, {"Size in time"});
    conv("kernel of no rows", [](ConvSpec& s) { s.kernel.y = 0; }, {"Size in height"});
    conv("kernel wider than the clip", [](ConvSpec& s) { s.kernel.x = 21; }, {"Size in width"});
    conv("spread too far", [](ConvSpec& s) { s.dilation.x = 12; }, {"Size in width"});
    conv("stride in time", [](ConvSpec& s) { s.stride.t = 0; }, {"Stride in time"});
    conv("stride in height", [](ConvSpec& s) { s.stride.y = kMaxStride + 1; }, {"Stride in height"});
    conv("stride in width", [](ConvSpec& s) { s.stride.x = -1; }, {"Stride in width"});
    conv("dilation in time", [](ConvSpec& s) { s.dilation.t = 0; }, {"Dilation in time"});
    conv("dilation in height", [](ConvSpec& s) { s.dilation.y = 0; }, {"Dilation in height"});
    conv("dilation in width", [](ConvSpec& s) { s.dilation.x = 65; }, {"Dilation in width"});
    const QStringList padding{"Padding mode", "before in height", "after in height"};
    conv(
        "padding below 0", [=](ConvSpec& s) { custom(s, -1); }, padding);
    conv(
        "mirrored beyond the clip",
        [=](ConvSpec& s) {
          custom(s, 16);
          s.paddingValue = PaddingValue::Reflect;
        },
        padding);
    conv("groups", [](ConvSpec& s) { s.groups = 2; }, {"Groups"});
    const auto add = [](const char* name, const QStringList& fields, bool ofTheClip, const Change& change) {
      QTest::newRow(name) << change << fields << ofTheClip;
    };
    add("no filters", {"Number of filters"}, false, [](KernelStudy& study) { study.bank.clear(); });
    const auto clip = [add](const char* name, const QStringList& fields, auto change) {
      add(name, fields, true, [change](KernelStudy& study) { change(study.clip); });
    };
    clip("no frames", {"First frame", "Number of frames"}, [](ClipSpec& c) { c.range.count = 0; });
    clip("crop too wide", {"Crop from x", "Crop width"}, [](ClipSpec& c) {
      c.prepare.crop = Crop{100, 0, 20, 100};
    });
    clip("crop too high", {"Crop from y", "Crop height"}, [](ClipSpec& c) {
      c.prepare.crop = Crop{0, 100, 100, 20};
    });
    clip("resized to no rows", {"Height fed to the engine"}, [](ClipSpec& c) {
      c.prepare.resize = FrameSize{0, 20};
    });
    clip("more than the memory", {"Height fed to the engine", "Width fed to the engine"}, [](ClipSpec& c) {
      c.prepare.resize = FrameSize{100'000, 100'000};
    });
    for (const char* name : {"clip.mp4", "filter_demo.mp4", "The kernel.mp4", "stride in time.mp4"})
      clip(name, {"Clip"}, [name](ClipSpec& c) { c.source = FileSource{name}; });
  }
  void eachProblemMarksItsOwnField() {
    QFETCH(Change, change);
    QFETCH(QStringList, fields);
    QFETCH(bool, ofTheClip);
    Fixture fixture;
    change(fixture.state.kernel());
    fixture.refresh();
    QVERIFY(!fixture.view.problem.isEmpty());
    KernelPanel kernel;
    ClipPanel clip;
    kernel.present(fixture.view);
    clip.present(fixture.view);
    const auto sentenceOf = [](const PanelFrame& panel) {
      for (const InlineSentence* sentence : panel.findChildren<InlineSentence*>())
        if (!sentence->isHidden()) return sentence->text();
      return QString();
    };
    const auto marked = [&] {
      QStringList names;
      for (const QWidget* panel : {static_cast<QWidget*>(&kernel), static_cast<QWidget*>(&clip)})
        for (const QWidget* one : panel->findChildren<QWidget*>())
          if (one->property(kFailedProperty).toBool()) names << one->accessibleName();
      names.sort();
      return names;
    };
    fields.sort();
    QCOMPARE(marked(), fields);
    QCOMPARE(sentenceOf(ofTheClip ? static_cast<PanelFrame&>(clip) : kernel), fixture.view.problem);
    QCOMPARE(sentenceOf(ofTheClip ? static_cast<PanelFrame&>(kernel) : clip), QString());
    fixture.view.problem.clear();
    kernel.present(fixture.view);
    clip.present(fixture.view);
    QCOMPARE(marked(), QStringList());
    QCOMPARE(sentenceOf(kernel) + sentenceOf(clip), QString());
  }

  void aMotionThatCannotBeMarksTheLab() {
    LabSpec lab;
    lab.period = 0;
    const auto wrong = checkLab(lab);
    QVERIFY(!wrong);
    QVERIFY(wrong.error().place.setting == ErrorPlace::Setting::Motion);
  }

  // What is about no setting still has to be read somewhere, but no field is at fault.
  void aProblemWithoutAPlaceIsReadAboveAll() {
    Fixture fixture;
    fixture.view.problem = QStringLiteral("The stride of the kernel took too long.");
    KernelPanel kernel;
    ClipPanel clip;
    kernel.present(fixture.view);
    clip.present(fixture.view);
    for (const QWidget* panel : {static_cast<QWidget*>(&kernel), static_cast<QWidget*>(&clip)})
      for (const QWidget* one : panel->findChildren<QWidget*>())
        QVERIFY2(!one->property(kFailedProperty).toBool(), qPrintable(one->accessibleName()));
    bool read = false;
    for (const InlineSentence* sentence : clip.findChildren<InlineSentence*>())
      read |= !sentence->isHidden() && sentence->text() == fixture.view.problem;
    QVERIFY(read);
  }

  void presentingAsksForNothing() {
    Fixture fixture;
    ClipPanel clip;
    KernelPanel kernel;
    WeightsPanel weights;
    int edits = 0;
    const auto count = [&](const StateEdit& edit) {
      qWarning("%s", qPrintable(edit.label));
      ++edits;
    };
    connect(&clip, &ClipPanel::editRequested, this, count);
    connect(&kernel, &KernelPanel::editRequested, this, count);
    connect(&weights, &WeightsPanel::editRequested, this, count);
    std::vector<AppState> states{fixture.state};
    AppState other = fixture.state;
    other.kernel().clip.source = findMotionLabEntry("random-dots")->defaults;
    other.kernel().clip.range = {7, 5, 3};
    other.kernel().clip.prepare = {Crop{2, 3, 50, 60}, std::nullopt, ColourMode::Grey};
    other.kernel().conv = {{2, 5, 3},
                           {2, 1, 3},
                           {1, 2, 1},
                           PaddingMode::Custom,
                           {{{1, 2}, {3, 4}, {5, 6}}},
                           PaddingValue::Circular,
                           1,
                           Activation::Relu,
                           true};
    states.push_back(reconciled(other, fixture.state));
    AppState more = fixture.state;
    setFilterCount(more.kernel(), 6);
    more.selection.filter = 4;
    more.selection.weightChannel = 2;
    states.push_back(more);
    states.push_back(fixture.state);
    for (const AppState& state : states) {
      fixture.view.state = state;
      clip.present(fixture.view);
      kernel.present(fixture.view);
      weights.present(fixture.view);
    }
    QCOMPARE(edits, 0);
  }

  void everyControlHasANameAndTeaches() {
    Fixture fixture;
    setFilterCount(fixture.state.kernel(), 3);
    fixture.state.kernel().conv.padding = PaddingMode::Custom;
    fixture.refresh();
    ClipPanel clip;
    KernelPanel kernel;
    WeightsPanel weights;
    clip.present(fixture.view);
    kernel.present(fixture.view);
    weights.present(fixture.view);
    int controls = 0;
    for (const QWidget* panel : std::initializer_list<const QWidget*>{&clip, &kernel, &weights})
      for (const QWidget* widget : panel->findChildren<QWidget*>()) {
        if (widget->focusPolicy() == Qt::NoFocus || widget->focusProxy() != nullptr) continue;
        if (qobject_cast<const QMenu*>(widget) != nullptr || widget->inherits("QAbstractItemView")) continue;
        if (widget->parentWidget()->inherits("QComboBoxPrivateContainer")) continue;
        ++controls;
        const QByteArray what =
            QByteArray(widget->metaObject()->className()) + " " + widget->accessibleName().toUtf8();
        QVERIFY2(!widget->accessibleName().isEmpty(), what);
        QVERIFY2(widget->toolTip().size() > 5, what);
        QVERIFY2((widget->focusPolicy() & Qt::TabFocus) != 0, what);
      }
    QVERIFY(controls > 40);
  }

  void textsStayInsideAtEveryWidthOfTheDock_data() {
    QTest::addColumn<int>("width");
    for (const int width : {240, 272, 288}) QTest::addRow("%d", width) << width;
  }
  void textsStayInsideAtEveryWidthOfTheDock() {
    QFETCH(int, width);
    Fixture fixture;
    ClipPanel clip;
    KernelPanel kernel;
    WeightsPanel weights;
    clip.present(fixture.view);
    kernel.present(fixture.view);
    weights.present(fixture.view);
    for (QWidget* panel : std::initializer_list<QWidget*>{&clip, &kernel, &weights}) {
      panel->resize(width, 600);
      panel->show();
      QCoreApplication::processEvents();
      QVERIFY2(
          panel->minimumSizeHint().width() <= width,
          qPrintable(
              QString("%1 needs %2").arg(panel->accessibleName()).arg(panel->minimumSizeHint().width())));
    }
    for (const QPushButton* button : weights.findChildren<QPushButton*>())
      QVERIFY2(button->width() >= button->sizeHint().width(), qPrintable(button->text()));
    const auto* preset = named<ChoiceBox>(kernel, "Kernel preset");
    QStyleOptionComboBox option;
    option.initFrom(preset);
    const int room = preset->style()
                         ->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, preset)
                         .width();
    for (const char* name : {"Red, moving right", "Moving right", "Sobel x"})
      QVERIFY2(preset->fontMetrics().horizontalAdvance(QLatin1String(name)) <= room, name);
  }
};

QTEST_MAIN(TestLeftPanels)
#include "tst_left_panels.moc"
