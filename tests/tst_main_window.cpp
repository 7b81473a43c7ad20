#include "app/compare_workspace.h"
#include "app/field_workspace.h"
#include "app/kernel_workspace.h"
#include "app/main_window.h"
#include "app/presenter_bar.h"
#include "app/stop_button.h"
#include "engine/clip/npy.h"
#include "engine/core/memory_budget.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/clip_panel.h"
#include "widgets/panels/cost_panel.h"
#include "widgets/panels/filter_edits.h"
#include "widgets/panels/ledger_panel.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/panel_frame.h"
#include "widgets/panels/panel_rows.h"
#include "widgets/panels/scores_panel.h"
#include "widgets/panels/shortcut_sheet.h"
#include "widgets/panels/time_strip.h"
#include "widgets/panels/weight_grid.h"
#include "widgets/stage/stage_view.h"

#include <QAbstractSpinBox>
#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QImage>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QStatusBar>
#include <QTemporaryDir>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>
#include <QtTest>

#include <dlfcn.h>
#include <link.h>

using namespace convscope;

namespace {

void write(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(bytes);
}

QAction* actionWithKey(const MainWindow& window, const QString& key) {
  for (QAction* action : window.actions()) {
    if (action->shortcuts().contains(QKeySequence(key))) return action;
  }
  return nullptr;
}

}  // namespace

class TestMainWindow : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    m_window = std::make_unique<MainWindow>(initialState(),
                                            Settings(m_folder.filePath(QStringLiteral("settings.ini"))));
    m_window->resize(1600, 1000);
    m_window->show();
    m_window->finish();
    QVERIFY2(m_window->controller().problem().isEmpty(), qPrintable(m_window->controller().problem()));
    m_good = m_window->controller().result();
    QVERIFY(m_good);
  }
  void cleanup() { m_window.reset(); }

  void firstPictureShowsTheBundledClipAndItsMaps() {
    const StageFacts facts = m_window->workspace().stage().facts();
    const int frames = m_window->store().state().kernel().clip.range.count;
    QCOMPARE(facts.inputFrames, frames);
    QCOMPARE(facts.mapFrames, frames - 2);
  }

  void kernelBeginsWhereTheFilterAnswersMost() {
    const auto largest = [this] { return rangeOf(m_window->workspace().view().result->maps, 0).high; };
    const auto here = [this] {
      const KernelView& view = m_window->workspace().view();
      return view.result->valueAt(0, view.state.selection.voxel);
    };
    QVERIFY(largest() > 0);
    QCOMPARE(here(), largest());
    m_window->workspace().move(Axis::T, -10);
    m_window->workspace().move(Axis::Y, -100);
    m_window->workspace().presentNow();
    QVERIFY(here() < largest());
    QAction* jump = nullptr;
    for (QAction* action : m_window->findChildren<QAction*>()) {
      if (action->shortcuts().contains(QKeySequence(Qt::Key_J))) jump = action;
    }
    QVERIFY(jump != nullptr);
    jump->trigger();
    m_window->workspace().presentNow();
    QCOMPARE(here(), largest());
    LabSpec other;
    other.name = "bar";
    m_window->store().edit({QStringLiteral("Clip"), [other](AppState& state) { takeSource(state, other); }});
    m_window->finish();
    QVERIFY(m_window->controller().problem().isEmpty());
    QCOMPARE(here(), largest());  // a new clip has a place of its own
  }

  /// What is computed for long can be stopped where it is seen; what is over at once brings no button.
  void longWorkIsStoppedByAButton_data() {
    QTest::addColumn<int>("workspace");
    QTest::newRow("Field") << static_cast<int>(Workspace::Field);
    QTest::newRow("Compare") << static_cast<int>(Workspace::Compare);
  }
  void longWorkIsStoppedByAButton() {
    QFETCH(int, workspace);
    StateStore& store = m_window->store();
    store.edit({QStringLiteral("Workspace"), [workspace](AppState& state) {
                  state.workspace = static_cast<Workspace>(workspace);
                  state.columns.push_back(state.columns.front());
                }});
    m_window->finish();
    auto& page = workspace == static_cast<int>(Workspace::Field)
                     ? static_cast<WorkspacePage&>(*m_window->findChild<FieldWorkspace*>())
                     : static_cast<WorkspacePage&>(*m_window->findChild<CompareWorkspace*>());
    auto* const button = page.findChild<StopButton*>();
    QVERIFY(button != nullptr && button->isHidden());
    button->setBusy(true);
    QVERIFY(button->isHidden());
    QTRY_VERIFY(button->isVisible());
    button->setBusy(false);
    QVERIFY(button->isHidden());
    // a run that has just been asked for
    store.edit({QStringLiteral("Change"), [](AppState& state) {
                  state.field.run.seed += 1;
                  std::get<KernelStudy>(state.columns[0]).conv.kernel.t = 4;
                }});
    page.presentNow();
    button->click();
    m_window->finish();
    const QString sentence = QStringLiteral("Stopped. F5 computes it again.");
    const auto* const compare = qobject_cast<CompareWorkspace*>(&page);
    const auto told = [&] {
      return compare != nullptr ? compare->view().column(0).tuningProblem
                                : static_cast<FieldWorkspace&>(page).view().problem;
    };
    QCOMPARE(told(), sentence);
    page.computeAgain();
    m_window->finish();
    QVERIFY2(told().isEmpty(), qPrintable(told()));
  }

  /// Out of sight the Kernel workspace computes nothing; it is asked again as soon as it is shown.
  void theKernelIsComputedInSightAlone() {
    StateStore& store = m_window->store();
    StudyController& controller = m_window->controller();
    const auto lengthOf = [&] { return std::get<KernelResult>(*controller.result()).spec.conv.kernel.t; };
    const auto go = [&](Workspace where) {
      store.edit({QStringLiteral("Workspace"), [where](AppState& state) { state.workspace = where; }, false});
    };
    const int before = lengthOf();
    go(Workspace::Field);
    store.edit({QStringLiteral("Length"), [](AppState& state) { state.kernel().conv.kernel.t = 5; }});
    QVERIFY(!controller.busy() && !controller.answering());
    m_window->finish();
    QCOMPARE(lengthOf(), before);
    go(Workspace::Kernel);  // a fast answer may be there at once
    m_window->finish();
    QCOMPARE(lengthOf(), 5);
    QCOMPARE(m_window->workspace().view().result->spec.conv.kernel.t, 5);
    // what waits when its page goes out of sight goes on when that comes back
    store.edit({QStringLiteral("Filters"), [](AppState& state) {
                  state.kernel().clip.prepare.resize = FrameSize{120, 160};
                  static_cast<void>(setFilterCount(state.kernel(), 64));
                }});
    QVERIFY(controller.busy());
    go(Workspace::Field);
    QVERIFY(!controller.busy());
    m_window->finish();
    go(Workspace::Kernel);
    QVERIFY(controller.busy());
    m_window->finish();
    QVERIFY2(controller.problem().isEmpty(), qPrintable(controller.problem()));
    QVERIFY(!controller.stale());
    QCOMPARE(std::get<KernelResult>(*controller.result()).filters.size(), std::size_t{64});
  }

  /// Figure 2 shows frames alone: no panel may speak of a convolution that is not there.
  void theInputAloneHidesWhatIsAboutAConvolution() {
    const auto shows = [this](const char* name) {
      for (const PanelFrame* frame : m_window->findChildren<PanelFrame*>())
        if (frame->name() == QLatin1String(name)) return frame->isVisible();
      return false;
    };
    const auto hints = [this] { return m_window->statusBar()->findChildren<QLabel*>().front()->text(); };
    const char* const kConvolution[] = {"Kernel", "Weights", "Ledger", "Cost", "Scores"};
    const auto inputOnly = [this](bool only) {
      m_window->store().edit(
          {QStringLiteral("Look"), [only](AppState& state) { state.look.inputOnly = only; }, false});
      m_window->finish();
    };
    for (const QSize& size : {QSize(1600, 1000), QSize(1280, 720)}) {
      m_window->resize(size);
      inputOnly(true);
      QVERIFY(shows("Clip") && shows("Time strip"));
      QVERIFY(!hints().contains("slide") && !hints().contains("step in time"));
      for (const char* key : {"Space", ".", "Left", "]", "J", "F7"})
        QVERIFY2(!actionWithKey(*m_window, QLatin1String(key))->isVisible(), key);
      QVERIFY(actionWithKey(*m_window, QStringLiteral("Esc"))->isVisible());
      for (const char* name : kConvolution) QVERIFY2(!shows(name), name);
      inputOnly(false);
      QVERIFY(actionWithKey(*m_window, QStringLiteral("Space"))->isVisible());
      if (size.width() < 1600) continue;  // behind tabs
      for (const char* name : kConvolution) QVERIFY2(shows(name), name);
    }
  }

  void oneFrameOffersNoStepsInTime() {
    m_window->store().replace(*sceneState("fig-3"), QStringLiteral("Figure 3"));
    m_window->finish();
    const QString hints = m_window->statusBar()->findChildren<QLabel*>().front()->text();
    QVERIFY(hints.contains("slide the kernel") && !hints.contains("step in time"));
    QVERIFY(!actionWithKey(*m_window, QStringLiteral("]"))->isVisible());
    QVERIFY(actionWithKey(*m_window, QStringLiteral("Left"))->isVisible());
    QVERIFY(!m_window->findChild<ScoresPanel*>()->isVisible());
    for (const QString& line : m_window->findChild<CostPanel*>()->lines())
      QVERIFY2(!line.startsWith(QStringLiteral("L′")), qPrintable(line));
  }

  /// One bar, the stage and the strip; the ledger comes as a drawer and leaves the stage its width. Coming
  /// back finds everything as it was.
  void presenterShowsOneThingAndComesBack_data() {
    QTest::addColumn<QSize>("size");
    QTest::addRow("1280 x 720") << QSize(1280, 720);
    QTest::addRow("1920 x 1080") << QSize(1920, 1080);
  }
  void presenterShowsOneThingAndComesBack() {
    QFETCH(QSize, size);
    const auto key = [this](int code) {
      for (QAction* action : m_window->findChildren<QAction*>()) {
        if (action->shortcuts().contains(QKeySequence(code))) action->trigger();
      }
      m_window->finish();
    };
    const auto bars = [this] {
      return QList<bool>{m_window->menuBar()->isVisible(), m_window->statusBar()->isVisible(),
                         m_window->findChild<QToolBar*>()->isVisible(),
                         m_window->findChild<PresenterBar*>()->isVisible()};
    };
    m_window->resize(size);
    m_window->show();
    m_window->finish();
    const int stage = m_window->workspace().stage().width();
    const int ledger = m_window->workspace().ledgerPanel().width();
    key(Qt::Key_P);
    QCOMPARE(bars(), (QList<bool>{false, false, false, true}));
    QVERIFY(!m_window->workspace().ledgerPanel().isVisible());
    QVERIFY(m_window->workspace().stage().width() >= size.width() - 3);  // but for the grid lines
    QVERIFY(appliedTheme().presenter && appliedTheme().caption >= 18);
    key(Qt::Key_F7);
    QVERIFY(m_window->workspace().ledgerPanel().isVisible());
    QVERIFY(m_window->workspace().stage().width() >= 897);
    QCOMPARE(m_window->size(), size);
    key(Qt::Key_P);
    QCOMPARE(bars(), (QList<bool>{true, true, true, false}));
    QTRY_COMPARE(m_window->workspace().stage().width(), stage);
    QTRY_COMPARE(m_window->workspace().ledgerPanel().width(), ledger);
  }

  /// No picture of the way: when the stage is painted after the key, everything has its place.
  /// A panel that is hidden leaves its room to the stage.
  void stageFillsWhatTheOtherPanelsLeave() {
    const auto set = [this](void (*change)(Look&)) {
      m_window->store().edit(
          {QStringLiteral("Look"), [change](AppState& state) { change(state.look); }, false});
      m_window->finish();
    };
    const auto free = [this] {
      const KernelWorkspace& page = m_window->workspace();
      const StageView* stage = m_window->findChild<StageView*>();
      const TimeStrip* strip = m_window->findChild<TimeStrip*>();
      const int below = strip->isVisible() ? strip->parentWidget()->height() : 0;
      return page.height() - stage->height() - below;
    };
    QVERIFY(free() <= 2);
    set([](Look& look) { look.showRight = false; });
    QVERIFY2(free() <= 2, qPrintable(QString::number(free())));
    set([](Look& look) { look.showStrip = false; });
    QVERIFY2(free() <= 2, qPrintable(QString::number(free())));
    set([](Look& look) { look.showStrip = look.showRight = look.presenter = true; });
    QVERIFY2(free() <= 2, qPrintable(QString::number(free())));
  }

  void presenterComesInOnePaintedStep() {
    struct Sizes : QObject {
      bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Paint) painted << static_cast<QWidget*>(watched)->size();
        return false;
      }
      QList<QSize> painted;
    } stage, strip;
    m_window->workspace().stage().installEventFilter(&stage);
    m_window->findChild<TimeStrip*>()->installEventFilter(&strip);
    for (int times = 0; times < 2; ++times) {
      stage.painted.clear();
      strip.painted.clear();
      actionWithKey(*m_window, QStringLiteral("P"))->trigger();
      QTest::qWait(300);
      QVERIFY(!stage.painted.isEmpty() && !strip.painted.isEmpty());
      for (const QSize& size : stage.painted) QCOMPARE(size, m_window->workspace().stage().size());
      for (const QSize& size : strip.painted) QCOMPARE(size, m_window->findChild<TimeStrip*>()->size());
    }
  }

  void presenterNamesTheFigure() {
    const auto words = [this] {
      QStringList all;
      for (const QLabel* label : m_window->findChild<PresenterBar*>()->findChildren<QLabel*>())
        if (!label->text().isEmpty()) all << label->text();
      return all;
    };
    QVERIFY(!words().first().contains(QStringLiteral("figure 4")));
    m_window->store().replace(*sceneState("fig-4"), QStringLiteral("Figure 4"));
    m_window->finish();
    QVERIFY2(words().first().endsWith(QStringLiteral(", figure 4")), qPrintable(words().first()));
    m_window->workspace().move(Axis::X, 1);
    QVERIFY(words().first().endsWith(QStringLiteral(", figure 4")));
    m_window->store().edit(
        {QStringLiteral("Stride"), [](AppState& state) { state.kernel().conv.stride.x = 2; }});
    QVERIFY(!words().first().contains(QStringLiteral("figure")));
    // a preset that says its extent says it once
    m_window->store().edit(
        {QStringLiteral("Preset"), [](AppState& state) { applyPreset(state.kernel(), 0, "mean-4x3x3"); }});
    m_window->finish();
    QCOMPARE(words().last().count(QStringLiteral("4 × 3 × 3")), 1);
  }

  void badInputKeepsTheLastPicture_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addRow("zero length") << "empty.mp4" << QByteArray();
    QTest::addRow("text as video") << "text.mp4" << QByteArray("this is no video\n").repeated(100);
    QTest::addRow("random bytes") << "noise.avi" << QByteArray("\x13\x37\xab\xff\x00z", 6).repeated(500);
    QTest::addRow("cut npy") << "cut.npy" << QByteArray("\x93NUMPY\x01\x00", 8);
    QTest::addRow("no such file") << "" << QByteArray();
  }
  void badInputKeepsTheLastPicture() {
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    const QString path = m_folder.filePath(name.isEmpty() ? QStringLiteral("missing.mp4") : name);
    if (!name.isEmpty()) write(path, bytes);
    m_window->openClip(path);
    m_window->finish();
    const QString problem = m_window->controller().problem();
    QVERIFY2(problem.contains(QFileInfo(path).fileName()), qPrintable(problem));
    QVERIFY2(problem.endsWith(QLatin1Char('.')), qPrintable(problem));
    QCOMPARE(m_window->controller().result(), m_good);
    QVERIFY(m_window->controller().stale());
    QVERIFY(m_window->workspace().view().stale);
    // whatever is wrong with the file, nobody complains about the kernel
    const QString cost = m_window->findChild<CostPanel*>()->accessibleDescription();
    QVERIFY2(!cost.isEmpty() && !cost.contains(QStringLiteral("kernel needs")), qPrintable(cost));
    actionWithKey(*m_window, QStringLiteral("Ctrl+Z"))->trigger();
    m_window->finish();
    QVERIFY(m_window->controller().problem().isEmpty());
    QVERIFY(!m_window->controller().stale());
  }

  void withoutAnyClipNoScoresArePromised() {
    const QString path = m_folder.filePath(QStringLiteral("words.mp4"));
    write(path, QByteArray("this is no video\n").repeated(100));
    AppState state = initialState();
    takeSource(state, FileSource{path.toStdString()});
    m_window = std::make_unique<MainWindow>(state, Settings(m_folder.filePath(QStringLiteral("own.ini"))));
    m_window->resize(1600, 1000);
    m_window->show();
    m_window->finish();
    QCOMPARE(m_window->findChild<ScoresPanel*>()->lines(),
             QStringList(QStringLiteral("There is no clip to score.")));
    // what is about a clip is not shown, and the sentence stands at the clip
    QVERIFY(!m_window->findChild<ScoresPanel*>()->isVisible());
    QVERIFY(!m_window->findChild<TimeStrip*>()->isVisible());
    for (NumberField* field : m_window->workspace().clipPanel().findChildren<NumberField*>())
      QVERIFY2(!field->isVisible(), qPrintable(field->accessibleName()));
    m_window->store().edit({QStringLiteral("Clip"), [](AppState& s) { takeSource(s, LabSpec{}); }});
    m_window->finish();
    QVERIFY(m_window->findChild<ScoresPanel*>()->isVisible());
    QVERIFY(m_window->findChild<TimeStrip*>()->isVisible());
  }

  void focusedControlsKeepTheirKeys() {
    QApplication::setActiveWindow(m_window.get());
    const CameraLook camera = m_window->store().state().look.camera;
    const Triple voxel = m_window->store().state().selection.voxel;
    // typed into a weight, a digit is not a camera and an arrow does not slide the kernel
    auto* grid = m_window->findChild<WeightGrid*>();
    grid->setFocus();
    QTest::keyClick(grid, Qt::Key_Right);
    QTest::keyClick(grid, Qt::Key_5);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
    QCOMPARE(m_window->store().state().look.camera, camera);
    QCOMPARE(m_window->store().state().selection.voxel, voxel);
    const auto& weights = m_window->store().state().kernel().bank[0].weights;
    QVERIFY(std::find(weights.begin(), weights.end(), 5.F) != weights.end());
    // into a number field likewise; a letter it has no use for still orders what it always does
    NumberField* length = nullptr;
    for (NumberField* field : m_window->findChildren<NumberField*>()) {
      if (field->isVisible() && field->value() == 3) length = length == nullptr ? field : length;
    }
    QVERIFY(length != nullptr);
    length->setFocus();
    length->selectAll();
    QTest::keyClick(length, Qt::Key_2);
    QTest::keyClick(length, Qt::Key_Return);
    QCOMPARE(length->value(), 2.0);
    QCOMPARE(m_window->store().state().look.camera, camera);
    // what was typed last is undone although the field has the focus
    QTest::keyClick(length, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(m_window->store().state().kernel().conv.kernel.t, 3);
    m_window->workspace().presentNow();
    QCOMPARE(length->value(), 3.0);
    QTest::keyClick(length, Qt::Key_Y, Qt::ControlModifier);
    QTest::keyClick(length, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    m_window->workspace().presentNow();
    QCOMPARE(length->value(), 2.0);
    // letters are no orders while one types; Escape gives the keys back to the window
    length->setFocus();
    QTest::keyClicks(length, QStringLiteral("cpt"));
    QVERIFY(!m_window->store().state().look.channelsApart);
    QVERIFY(!m_window->store().state().look.presenter);
    QCOMPARE(length->value(), 2.0);
    QTest::keyClick(length, Qt::Key_Escape);
    QVERIFY(m_window->workspace().stage().hasFocus());
    QTest::keyClick(&m_window->workspace().stage(), Qt::Key_C);
    QVERIFY(m_window->store().state().look.channelsApart);
    // and with nothing in focus the keys are the window's
    m_window->workspace().stage().setFocus();
    QTest::keyClick(&m_window->workspace().stage(), Qt::Key_2);
    QVERIFY(!(m_window->store().state().look.camera == camera));
  }

  void sheetOfKeysFitsTheWindow_data() {
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("presenter");
    QTest::addRow("1600x1000") << QSize(1600, 1000) << false;
    QTest::addRow("1280x720") << QSize(1280, 720) << false;
    QTest::addRow("presenter, 1600x1000") << QSize(1600, 1000) << true;
    QTest::addRow("presenter, 1920x1080") << QSize(1920, 1080) << true;
  }
  void sheetOfKeysFitsTheWindow() {
    QFETCH(const QSize, size);
    QFETCH(const bool, presenter);
    m_window->resize(size);
    QCoreApplication::processEvents();
    if (presenter) actionWithKey(*m_window, QStringLiteral("P"))->trigger();
    actionWithKey(*m_window, QStringLiteral("F1"))->trigger();
    const auto* sheet = m_window->findChild<ShortcutSheet*>();
    QVERIFY(sheet->isVisible());
    QCOMPARE(sheet->size(), m_window->size());
    QCOMPARE(sheet->overflow(), 0.0);
  }

  void lettersOrderAndNeverPickAnotherClip() {
    QApplication::setActiveWindow(m_window.get());
    const ClipSource source = m_window->store().state().kernel().clip.source;
    QVERIFY(m_window->workspace().stage().hasFocus());
    actionWithKey(*m_window, QStringLiteral("F1"))->trigger();
    auto* sheet = m_window->findChild<ShortcutSheet*>();
    QVERIFY(sheet->hasFocus());
    QTest::keyClick(sheet, Qt::Key_Escape);
    QVERIFY(m_window->workspace().stage().hasFocus());
    auto* clips = m_window->workspace().clipPanel().findChild<QComboBox*>();
    clips->setFocus(Qt::TabFocusReason);
    QVERIFY(clips->hasFocus());
    QTest::keyClick(clips, Qt::Key_M);
    QVERIFY(m_window->store().state().playback.paint);
    QTest::keyClick(clips, Qt::Key_D);  // orders nothing
    QVERIFY(m_window->store().state().kernel().clip.source == source);
  }

  void pinnedInputVoxelIsLetGo_data() {
    QTest::addColumn<QString>("key");
    for (const char* key : {"Esc", "J", "Left", "Home", "."}) QTest::addRow("%s", key) << QString(key);
  }
  void pinnedInputVoxelIsLetGo() {
    QFETCH(QString, key);
    m_window->store().edit({QStringLiteral("Pin"),
                            [](AppState& state) {
                              state.selection.input = InputPoint{{1, 1, 1}, 0};
                            },
                            false});
    actionWithKey(*m_window, key)->trigger();
    QVERIFY(!m_window->store().state().selection.input);
  }

  void keysSayWhatTheyDo() {
    for (const QAction* action : m_window->actions()) {
      if (action->shortcuts().isEmpty()) continue;
      QVERIFY2(action->text().compare(action->shortcut().toString(), Qt::CaseInsensitive) != 0,
               qPrintable(action->text()));
    }
  }

  void openedFilesAreRemembered() {
    const QString path = m_folder.filePath(QStringLiteral("noise.png"));
    QImage image(64, 64, QImage::Format_RGB32);
    for (int y = 0; y < 64; ++y)
      for (int x = 0; x < 64; ++x) image.setPixel(x, y, qRgb(x * 4, y * 4, (x * y) % 256));
    QVERIFY(image.save(path));
    m_window->store().edit({QStringLiteral("Open"), [&](AppState& state) {
                              state.kernel().clip.source = FileSource{path.toStdString()};
                              state.kernel().clip.range = {0, 1, 1};
                              state.kernel().conv.kernel.t = 1;
                            }});
    m_window->finish();
    QVERIFY2(m_window->controller().problem().isEmpty(), qPrintable(m_window->controller().problem()));
    QVERIFY(Settings(m_folder.filePath(QStringLiteral("settings.ini"))).recentClips().contains(path));
  }

  void toolbarIconsHaveTheDesignedSize() {
    m_window->resize(1600, 1000);
    m_window->show();
    m_window->finish();
    int icons = 0;
    for (const auto* button : m_window->findChildren<QToolButton*>()) {
      if (qobject_cast<QToolBar*>(button->parentWidget()) == nullptr || button->icon().isNull() ||
          button->defaultAction() == nullptr || !button->isVisible())
        continue;  // the toolbar's own overflow button has no action; hidden ones have no place
      QCOMPARE(button->iconSize(), QSize(20, 20));
      QVERIFY2(
          button->height() >= 28,
          qPrintable(QStringLiteral("%1 is %2 high").arg(button->accessibleName()).arg(button->height())));
      const int middle = button->parentWidget()->rect().center().y();
      QVERIFY2(std::abs(button->geometry().center().y() - middle) <= 1, qPrintable(button->accessibleName()));
      ++icons;
    }
    QVERIFY(icons >= 10);
  }

  void smallestPictureIsExplainedOrShown() {
    const QString path = m_folder.filePath(QStringLiteral("one.png"));
    QImage one(1, 1, QImage::Format_RGB32);
    one.fill(Qt::red);
    QVERIFY(one.save(path));
    m_window->store().edit({QStringLiteral("Open"), [&](AppState& state) {
                              ClipSpec& clip = state.kernel().clip;
                              clip.source = FileSource{path.toStdString()};
                              clip.range = {0, 1, 1};
                              clip.prepare.resize.reset();
                            }});
    m_window->finish();
    const QString problem = m_window->controller().problem();
    QVERIFY2(problem.contains(QStringLiteral("time")) && problem.contains(QStringLiteral("3")),
             qPrintable(problem));
    m_window->store().edit({QStringLiteral("Kernel"), [](AppState& state) {
                              state.kernel().conv.kernel = {1, 1, 1};
                            }});
    m_window->finish();
    QVERIFY2(m_window->controller().problem().isEmpty(), qPrintable(m_window->controller().problem()));
    QCOMPARE(m_window->workspace().view().result->geometry.output, (Shape{1, 1, 1, 1}));
  }

  void kernelLongerThanTheClipNamesTheAxis() {
    m_window->store().edit(
        {QStringLiteral("Length"), [](AppState& state) { state.kernel().conv.kernel.t = 17; }});
    const QString frames = QString::number(m_window->store().state().kernel().clip.range.count);
    m_window->finish();
    const QString problem = m_window->controller().problem();
    QVERIFY2(problem.contains(QStringLiteral("time")), qPrintable(problem));
    QVERIFY2(problem.contains(QStringLiteral("17")) && problem.contains(frames), qPrintable(problem));
    QCOMPARE(m_window->controller().result(), m_good);
    QVERIFY(m_window->workspace().stage().facts().stale);
  }

  void shortRangeIsSaidOnce() {
    m_window->store().edit({QStringLiteral("Range"), [](AppState& state) {
                              state.kernel().clip.range.count = 3;
                              state.kernel().conv.kernel.t = 9;
                            }});
    m_window->finish();
    const QString problem = m_window->controller().problem();
    QVERIFY2(problem.contains(QStringLiteral("clip has 3")), qPrintable(problem));
    const QString cost = m_window->findChild<CostPanel*>()->accessibleDescription();
    QVERIFY2(!cost.contains(QStringLiteral("kernel needs")), qPrintable(cost));
  }

  /// At its control where that is in sight, else in the status bar; nowhere else.
  void errorIsSaidOnce_data() {
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("atControl");
    QTest::addRow("1600 x 1000") << QSize(1600, 1000) << true;
    QTest::addRow("1280 x 720, behind a tab") << QSize(1280, 720) << false;
  }
  void errorIsSaidOnce() {
    QFETCH(const QSize, size);
    QFETCH(const bool, atControl);
    m_window->resize(size);
    m_window->finish();
    m_window->store().edit({QStringLiteral("Size"), [](AppState& state) {
                              state.kernel().conv.kernel.t = state.kernel().clip.range.count + 1;
                            }});
    m_window->finish();
    const QString problem = m_window->controller().problem();
    QVERIFY(problem.startsWith(QStringLiteral("The kernel")));
    int said = 0, inBar = 0;
    for (const InlineSentence* sentence : m_window->findChildren<InlineSentence*>())
      said += sentence->isVisible() && sentence->text() == problem;
    for (const QLabel* label : m_window->statusBar()->findChildren<QLabel*>())
      inBar += label->text().contains(QStringLiteral("The kernel"));
    QCOMPARE(said, atControl ? 1 : 0);
    QCOMPARE(inBar, atControl ? 0 : 1);
    QVERIFY(!m_window->findChild<CostPanel*>()->lines().join(QLatin1Char(' ')).contains(problem));
    QVERIFY(!m_window->findChild<ScoresPanel*>()
                 ->lines()
                 .join(QLatin1Char(' '))
                 .contains(QStringLiteral("The kernel spans")));
  }

  void hundredGibibytesAreRefusedBeforeTheyAreAskedFor() {
    m_window->store().edit({QStringLiteral("Size"), [](AppState& state) {
                              state.kernel().clip.prepare.resize = FrameSize{8192, 8192};
                              state.kernel().clip.range.count = 140;
                            }});
    m_window->finish();
    const QString problem = m_window->controller().problem();
    QVERIFY2(problem.contains(QStringLiteral("GiB")), qPrintable(problem));
    QCOMPARE(m_window->controller().result(), m_good);
  }

  void everyActionCanBeTriggered() {
    // a lesson that one of them began is not kept
    QTimer discards;
    connect(&discards, &QTimer::timeout, this, [] {
      auto* const box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
      if (box != nullptr && box->button(QMessageBox::Discard) != nullptr)
        box->button(QMessageBox::Discard)->click();
    });
    discards.start(20);
    // What opens a dialog is left out: it would wait for a person.
    for (QAction* action : m_window->actions()) {
      if (action->text().contains(QStringLiteral("…")) || action->text() == QStringLiteral("Quit")) continue;
      if (action->text().contains(QStringLiteral("About")) || action->text() == QStringLiteral("Keys"))
        continue;
      action->trigger();
      m_window->finish();
      QVERIFY2(m_window->controller().problem().isEmpty(), qPrintable(action->text()));
    }
  }

  void arrowKeysSlideTheKernel() {
    const Triple before = m_window->store().state().selection.voxel;
    QApplication::setActiveWindow(m_window.get());  // no window manager does it here
    m_window->workspace().stage().setFocus();
    QTest::keyClick(m_window.get(), Qt::Key_Right);
    QTest::keyClick(m_window.get(), Qt::Key_Down);
    QTest::keyClick(m_window.get(), Qt::Key_BracketRight);
    QCOMPARE(m_window->store().state().selection.voxel, (Triple{before.t + 1, before.y + 1, before.x + 1}));
  }

  void everyControlHasANameForScreenReaders() {
    for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
      if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus) continue;
      if (widget->objectName().startsWith(QStringLiteral("qt_"))) continue;  // parts of Qt's own controls
      const QString name = widget->accessibleName().isEmpty() && widget->inherits("QAbstractButton")
                               ? widget->property("text").toString()
                               : widget->accessibleName();
      QVERIFY2(!name.isEmpty(),
               qPrintable(QStringLiteral("%1 %2 in %3")
                              .arg(QLatin1String(widget->metaObject()->className()), widget->objectName(),
                                   QLatin1String(widget->parentWidget()->metaObject()->className()))));
    }
  }

  void windowSizesKeepTheStage_data() {
    QTest::addColumn<QSize>("size");
    QTest::addColumn<QSize>("atLeast");
    QTest::addRow("1024x660") << QSize(1024, 660) << QSize(640, 420);
    QTest::addRow("1100x700") << QSize(1100, 700) << QSize(640, 420);
    QTest::addRow("1280x720") << QSize(1280, 720) << QSize(640, 420);
    QTest::addRow("1600x1000") << QSize(1600, 1000) << QSize(940, 680);
    QTest::addRow("1920x1080") << QSize(1920, 1080) << QSize(1220, 740);
  }
  void windowSizesKeepTheStage() {
    QFETCH(QSize, size);
    QFETCH(QSize, atLeast);
    m_window->resize(size);
    m_window->finish();
    const QSize stage = m_window->workspace().stage().size();
    QVERIFY2(stage.width() >= atLeast.width() && stage.height() >= atLeast.height(),
             qPrintable(QStringLiteral("%1x%2").arg(stage.width()).arg(stage.height())));
    QCOMPARE(m_window->size(), size);
  }

  void rightDockOpensFromItsTabBar() {
    m_window->resize(1024, 660);
    m_window->finish();
    QVERIFY(!m_window->workspace().ledgerPanel().isVisible());
    QVERIFY(m_window->workspace().clipPanel().isVisible());
    QTabBar* bar = nullptr;
    for (QTabBar* one : m_window->findChildren<QTabBar*>())
      if (one->accessibleName() == QStringLiteral("Right panels")) bar = one;
    QVERIFY(bar != nullptr && bar->isVisible());
    const auto click = [&] { QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(0).center()); };
    click();
    QTRY_VERIFY(m_window->workspace().ledgerPanel().isVisible());
    QVERIFY(!m_window->workspace().clipPanel().isVisible());
    QTRY_VERIFY(m_window->workspace().stage().width() >= 640);
    click();
    QTRY_VERIFY(m_window->workspace().clipPanel().isVisible());
    QVERIFY(!m_window->workspace().ledgerPanel().isVisible());
    m_window->resize(1280, 720);
    m_window->finish();
    QVERIFY(m_window->workspace().ledgerPanel().isVisible() && m_window->workspace().clipPanel().isVisible());
    QVERIFY(!bar->isVisible());
  }

  void statusBarNeverOverlaps() {
    for (const int width : {1024, 1280, 1600}) {
      m_window->resize(width, 900);
      m_window->finish();
      QList<QLabel*> labels = m_window->statusBar()->findChildren<QLabel*>();
      QCOMPARE(labels.size(), 2);
      for (const QLabel* label : labels)
        QVERIFY2(label->sizeHint().width() <= label->width() + 1, qPrintable(label->text()));
    }
  }

  void noQt5LibraryIsInTheProcess() {
    static QStringList libraries;
    libraries.clear();
    dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void*) {
          libraries << QString::fromLocal8Bit(info->dlpi_name);
          return 0;
        },
        nullptr);
    QVERIFY(!libraries.filter(QStringLiteral("Qt6Core")).isEmpty());
    QVERIFY2(libraries.filter(QStringLiteral("Qt5")).isEmpty(),
             qPrintable(libraries.join(QLatin1Char('\n'))));
  }

 private:
  QTemporaryDir m_folder;
  std::unique_ptr<MainWindow> m_window;
  std::shared_ptr<const StudyResult> m_good;
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
