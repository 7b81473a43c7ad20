// The Field workspace: its panels and stage on real results of the engine.
#include "app/field_workspace.h"
#include "app/main_window.h"
#include "engine/gradient/effective_field.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/growth_chart.h"
#include "widgets/panels/stack_editor.h"
#include "widgets/panels/unit_panel.h"
#include "widgets/stage/field_overlay.h"
#include "widgets/stage/field_stage.h"
#include "widgets/state/scenes.h"

#include <QAction>
#include <QScrollBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

using namespace convscope;

namespace {

/// A small stack on a drawn clip, so that every test is quick.
AppState smallState() {
  AppState state = initialState();
  state.workspace = Workspace::Field;
  state.look.reducedMotion = true;
  StackSpec stack{"small", {6, 24, 32, 3}, {}};
  for (int i = 0; i < 3; ++i) {
    LayerSpec layer;
    layer.name = "conv" + std::to_string(i + 1);
    layer.kernel = {3, 3, 3};
    layer.stride = i == 1 ? Triple{2, 2, 2} : Triple{1, 1, 1};
    layer.padding = {{{1, 1}, {1, 1}, {1, 1}}};
    layer.filters = 4;
    stack.layers.push_back(layer);
  }
  state.field.stack = stack;
  state.field.layer = 2;
  state.field.unit = {1, 5, 7};
  return state;
}

bool hasLabel(const FieldFacts& facts, const QString& text) {
  return std::ranges::any_of(facts.labels, [&](const StageLabel& label) { return label.text == text; });
}

}  // namespace

class TestFieldWorkspace : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    m_window = std::make_unique<MainWindow>(smallState(), Settings::forgetful());
    m_window->resize(1600, 1000);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    finish();
  }
  void cleanup() { m_window.reset(); }

  void theChosenUnitIsTraced() {
    const FieldView& view = field().view();
    QVERIFY(view.result != nullptr);
    QVERIFY2(view.problem.isEmpty(), qPrintable(view.problem));
    QCOMPARE(view.nameOf(view.levels.back()), QStringLiteral("conv3"));
    QCOMPARE(view.levels.back().shape, (Shape{3, 12, 16, 4}));
    // conv3 reads 3 of conv2, those 3 + 2 · 2 = 7 of conv1's, and 9 of the clip
    QCOMPARE(view.result->table.rows[2].field[1].size, 9);
    const Box& seen = view.levels.front().seen;
    QCOMPARE(seen[1].front(), 2 * 5 - 4);
    QCOMPARE(seen[1].back(), 2 * 5 + 4);
    const FieldFacts facts = field().stage().facts();
    QVERIFY(facts.valid);
    QCOMPARE(facts.levels, static_cast<int>(view.levels.size()));
    QVERIFY(hasLabel(facts, "CLIP") && hasLabel(facts, "conv3") && hasLabel(facts, "9 × 9 × 9"));
  }

  // Cells hang exactly above the middle of what they see.
  void unitsHangAboveTheMiddleOfTheirField() {
    const FieldLayout layout = fieldLayoutOf(field().view());
    const StageBox& top = layout.boxes.back();
    const StageBox& clip = layout.boxes.front();
    QVERIFY(std::abs((top.low.x + top.high.x) / 2 - (clip.low.x + clip.high.x) / 2) < 1e-9);
    // in time too, where the frames are those of the clip: map frame 1 of stride 2 stands at frame 2
    const int last = static_cast<int>(field().view().levels.size()) - 1;
    QVERIFY(std::abs(layout.find(last, 1)->origin.z - layout.find(0, 2)->origin.z) < 1e-9);
  }

  // A box that sees frames of the clip alone ends on the first and the last of them, not beyond.
  void boxesEndOnFrames() {
    edit([](AppState& state) { state.field.unit = {1, 5, 7}; });
    finish();
    const FieldLayout layout = fieldLayoutOf(field().view());
    for (std::size_t level = 0; level + 1 < layout.boxes.size(); ++level) {
      const Positions& seen = field().view().levels[level].seen[0];
      const auto* const first = layout.find(static_cast<int>(level), seen.front());
      const auto* const last = layout.find(static_cast<int>(level), seen.back());
      QVERIFY(first != nullptr && last != nullptr);
      QCOMPARE(layout.boxes[level].low.z, first->origin.z);
      QCOMPARE(layout.boxes[level].high.z, last->origin.z);
    }
  }

  void noFrameRunsUnderTheLegend() {
    const auto all = scenes();
    QVERIFY(all);
    for (const char* const id : {"takeaway-3", "fig-8", "fig-9"}) {
      m_window->store().replace(std::ranges::find(*all, id, &Scene::id)->state, "scene");
      for (const QSize& size : {QSize(1280, 720), QSize(1600, 1000)}) {
        m_window->resize(size);
        finish();
        const QRectF legend = fieldLegendArea(field().view(), QSizeF(field().stage().size()));
        for (const QPolygonF& frame : field().stage().facts().outlines)
          QVERIFY2(!frame.intersects(QPolygonF(legend)), id);
      }
    }
  }

  void paddingIsCountedAndSaid() {
    edit([](AppState& state) { state.field.unit = {0, 0, 0}; });
    finish();
    const FieldView& view = field().view();
    QCOMPARE(view.levels.front().seen[0].front(), -4);
    QVERIFY(view.paddingShare > 0);
    const double shares[3] = {5.0 / 9, 5.0 / 9, 5.0 / 9};  // −4 … 4 of which 0 … 4 exist
    QVERIFY(std::abs(view.paddingShare - (1 - shares[0] * shares[1] * shares[2])) < 1e-12);
    QVERIFY(field().stage().facts().paddingFrames > 0);
    QVERIFY2(field().unitPanel().lines()[0].contains("5 on the clip, 4 in padding (44 %)"),
             qPrintable(field().unitPanel().lines()[0]));
    QVERIFY(hasLabel(field().stage().facts(), "4 padding frames before"));
  }

  /// What the unit answers to most stands in place of the clip; run through the stack again it is answered
  /// so.
  void theStimulusStandsInPlaceOfTheClip() {
    press("Shift+E");
    QVERIFY(m_window->store().state().field.stimulus);
    finish();
    const FieldView& view = field().view();
    QVERIFY2(view.stimulus != nullptr, qPrintable(view.effectiveProblem));
    QVERIFY(hasLabel(field().stage().facts(), "STIMULUS"));
    const StackStimulus& found = *view.stimulus;
    const double best = *std::ranges::max_element(found.responses);
    QVERIFY(best > found.responses.front());
    const Tensor& maps = view.result->maps.back();
    for (int c = 0; c < maps.shape().channels; ++c)
      QVERIFY(maps.at(1, 5, 7, c) <= maps.at(1, 5, 7, found.channel));
    ThreadPool pool(2);
    const auto again = runStack(view.result->table, found.pixels, view.result->spec.run, {pool, {}});
    QVERIFY(again.has_value());
    QVERIFY(std::abs(double{again->back().at(1, 5, 7, found.channel)} - std::max(0.0, best)) < 1e-3 * best);
    QVERIFY2(field().meaning().contains("gradient ascent"), qPrintable(field().meaning()));
    // another unit: dropped at once, sought anew
    edit([](AppState& state) { state.field.unit = {2, 9, 12}; });
    field().presentNow();
    QVERIFY(field().view().stimulus == nullptr && field().view().measuring);
    finish();
    QVERIFY(field().view().stimulus != nullptr);
    press("Shift+E");
    finish();
    QVERIFY(field().view().stimulus == nullptr);
    QVERIFY(hasLabel(field().stage().facts(), "CLIP"));
  }

  void effectiveFieldStandsInTheClip() {
    QVERIFY(!field().stage().facts().cloud);
    QVERIFY(!field().unitPanel().lines()[0].contains(QStringLiteral("effective")));
    press("E");
    QVERIFY(m_window->store().state().field.effective);
    finish();
    const FieldView& view = field().view();
    QVERIFY2(view.effective != nullptr, qPrintable(view.effectiveProblem));
    QVERIFY(field().stage().facts().cloud);
    // what the engine gives for this very unit, with the weights of the maps shown
    ThreadPool pool(2);
    const StackResult& result = *view.result;
    const auto wanted = effectiveField(result.table, view.row, view.unit, result.clip->pixels,
                                       result.spec.run, EffectiveQuery::kRuns, {pool, {}});
    QVERIFY(wanted);
    QVERIFY(std::ranges::equal(view.effective->absolute.values(), wanted->absolute.values()));
    const QString sigma = QString::number(wanted->absoluteSpread[1].sigma, 'f', 2);
    QVERIFY2(field().unitPanel().lines()[1].contains(
                 tr("effective: σ %1, 95 % within %2").arg(sigma).arg(wanted->absoluteSpread[1].width)),
             qPrintable(field().unitPanel().lines()[1]));
    QVERIFY(hasLabel(field().stage().facts(), "effective field, mean |gradient|"));
    QVERIFY(hasLabel(field().stage().facts(), "95 % on each axis"));
    // another unit: dropped at once, measured anew
    edit([](AppState& state) { state.field.unit = {2, 9, 12}; });
    field().presentNow();
    QVERIFY(field().view().effective == nullptr && field().view().measuring);
    QVERIFY(!field().stage().facts().cloud);
    finish();
    QVERIFY(field().view().effective != nullptr && !field().view().measuring);
    QVERIFY(!std::ranges::equal(field().view().effective->absolute.values(), wanted->absolute.values()));
    // stopped: said so, and the next unit begins anew
    edit([](AppState& state) { state.field.unit = {0, 1, 1}; });
    field().presentNow();
    field().stop();
    field().presentNow();
    QVERIFY(field().view().effective == nullptr && !field().view().measuring);
    QVERIFY(field().view().effectiveProblem.startsWith(QStringLiteral("Stopped.")));
    edit([](AppState& state) { state.field.unit = {0, 1, 2}; });
    finish();
    QVERIFY(field().view().effective != nullptr);
    edit([](AppState& state) { state.field.effective = false; });
    finish();
    QVERIFY(field().view().effective == nullptr && !field().stage().facts().cloud);
  }

  void puzzleLinksAreUndone_data() {
    QTest::addColumn<QString>("link");
    for (const char* const link : {"solution:0", "start", "puzzle:clapping", "leave"})
      QTest::newRow(link) << QString::fromLatin1(link);
  }
  void puzzleLinksAreUndone() {
    QFETCH(QString, link);
    StateStore& store = m_window->store();
    store.replace(*sceneState("takeaway-3"), QStringLiteral("Takeaway 3"));
    store.edit({QStringLiteral("Cell"), [](AppState& state) { state.field.stack.layers[1].kernel.t = 5; }});
    const FieldSettings mine = store.state().field;
    field().follow(link);
    QVERIFY(store.state().field != mine);
    store.undo();
    QVERIFY(store.state().field == mine);
    store.redo();
    QVERIFY(store.state().field != mine);
  }

  void puzzleKeepsTheScore() {
    m_window->store().replace(*sceneState("takeaway-3"), QStringLiteral("Takeaway 3"));
    finish();
    QVERIFY2(field().meaning().contains(QStringLiteral("A pair of hands")), qPrintable(field().meaning()));
    QVERIFY2(field().meaning().contains(QStringLiteral("of 300, within 1 %")), qPrintable(field().meaning()));
    QVERIFY(!field().meaning().contains(QStringLiteral("Solved.")));
    field().follow(QStringLiteral("solution:0"));
    finish();
    QVERIFY2(field().meaning().contains(QStringLiteral("Solved.")), qPrintable(field().meaning()));
    QCOMPARE(m_window->store().state().field.stack.layers.size(), std::size_t{9});
    // a broken rule is said with the layer's name
    edit([](AppState& state) { state.field.stack.layers[3].kernel.y = 5; });
    finish();
    QVERIFY2(field().meaning().contains(QStringLiteral("“layer 4” has a kernel of 5 along height")),
             qPrintable(field().meaning()));
    // a solution is a file
    field().follow(QStringLiteral("puzzle:clapping"));
    field().follow(QStringLiteral("solution:2"));
    finish();
    QTemporaryDir folder;
    const std::string file = folder.filePath("solution.convscope").toStdString();
    QVERIFY(writeState(m_window->store().state(), file));
    m_window->store().replace(smallState(), QStringLiteral("Other"));
    finish();
    QVERIFY(!field().meaning().contains(QStringLiteral("Solved.")));
    const auto kept = readState(file);
    QVERIFY2(kept, kept ? "" : kept.error().message.c_str());
    m_window->store().replace(*kept, QStringLiteral("Solution"));
    finish();
    QVERIFY2(field().meaning().contains(QStringLiteral("Solved.")), qPrintable(field().meaning()));
    QVERIFY(field().meaning().contains(QStringLiteral("299")));
    field().follow(QStringLiteral("leave"));
    finish();
    QVERIFY(!field().meaning().contains(QStringLiteral("best known")));
  }

  // In a small window the stack editor is a tab over the stage's lower third, shut at first.
  void smallWindowsHaveTheEditorAsATab() {
    QVERIFY(field().editor().isVisible() && !field().editorTab().isVisible());
    m_window->resize(1280, 720);
    QTRY_VERIFY(field().editorTab().isVisible());
    QVERIFY(!field().editor().isVisible());
    const QRect stage = field().stage().geometry();
    QVERIFY2(stage.width() >= 640 && stage.height() >= 420,
             qPrintable(QString("%1 × %2").arg(stage.width()).arg(stage.height())));
    field().editorTab().click();
    QTRY_VERIFY(field().editor().isVisible());
    QCOMPARE(field().stage().geometry(), stage);  // it lies over the stage, which stays as it is
    QWidget* const frame = field().editor().parentWidget();
    const QRect over(frame->mapTo(&field(), QPoint(0, 0)), frame->size());
    QVERIFY(over.top() > stage.top() + stage.height() / 2 && over.height() >= stage.height() / 4);
    field().editorTab().click();
    QTRY_VERIFY(!field().editor().isVisible());
    m_window->resize(1600, 1000);
    QTRY_VERIFY(field().editor().isVisible() && !field().editorTab().isVisible());
  }

  void clickOnAMapChoosesItsUnit() {
    const int top = static_cast<int>(field().view().levels.size()) - 1;
    const QPointF at = field().stage().cellCentre(top, {2, 3, 9});
    QTest::mouseClick(&field().stage(), Qt::LeftButton, {}, at.toPoint());
    finish();
    QCOMPARE(m_window->store().state().field.unit, (Triple{2, 3, 9}));
  }

  void draggingTheUnitMovesItsBoxes() {
    const int top = static_cast<int>(field().view().levels.size()) - 1;
    const QPointF from = field().stage().cellCentre(top, {0, 5, 4});
    QTest::mousePress(&field().stage(), Qt::LeftButton, {}, from.toPoint());
    finish();
    const QRectF before = field().stage().facts().boxes.front().boundingRect();
    QTest::mouseMove(&field().stage(), field().stage().cellCentre(top, {0, 9, 4}).toPoint());
    QTest::mouseRelease(&field().stage(), Qt::LeftButton);
    finish();
    QCOMPARE(m_window->store().state().field.unit.y, 9);
    QVERIFY(field().stage().facts().boxes.front().boundingRect().top() > before.top());
  }

  void arrowsMoveTheUnitInsideItsLayer() {
    press("Right");
    QCOMPARE(m_window->store().state().field.unit.x, 8);
    press("[");
    press("[");
    press("[");
    QCOMPARE(m_window->store().state().field.unit.t, 0);
  }

  void cellsOfTheTableAreEdited_data() {
    QTest::addColumn<int>("column");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("field");  // of the last layer afterwards, or empty: refused
    QTest::addRow("kernel") << int(StackModel::Kernel) << "5x5x5"
                            << "11 × 11 × 11";
    QTest::addRow("one number") << int(StackModel::Kernel) << "1"
                                << "7 × 7 × 7";
    QTest::addRow("dilation") << int(StackModel::Dilation) << "1 2 2"
                              << "9 × 11 × 11";
    QTest::addRow("padding") << int(StackModel::Padding) << "0:2×1×1"
                             << "9 × 9 × 9";
    QTest::addRow("repeat") << int(StackModel::Repeat) << "2"
                            << "11 × 11 × 11";
    QTest::addRow("nonsense") << int(StackModel::Kernel) << "three"
                              << "";
    QTest::addRow("negative") << int(StackModel::Stride) << "-1"
                              << "";
  }
  void cellsOfTheTableAreEdited() {
    QFETCH(int, column);
    QFETCH(QString, typed);
    QFETCH(QString, field);
    StackModel& model = this->field().editor().model();
    const StackSpec before = model.stack();
    const bool taken = model.setData(model.index(0, column), typed, Qt::EditRole);
    finish();
    QCOMPARE(taken, !field.isEmpty());
    if (!taken) {
      QCOMPARE(m_window->store().state().field.stack, before);
      QVERIFY2(this->field().editor().problem().contains(typed),
               qPrintable(this->field().editor().problem()));
      return;
    }
    QCOMPARE(model.index(2, StackModel::Field).data().toString(), field);
    QVERIFY(m_window->store().canUndo());
    m_window->store().undo();
    QCOMPARE(m_window->store().state().field.stack, before);
  }

  void aStackThatDoesNotFitSaysSoAndKeepsThePicture() {
    edit([](AppState& state) { state.field.stack.layers[1].kernel = {40, 3, 3}; });
    finish();
    QVERIFY2(field().editor().problem().contains("“conv2” does not fit: along time its kernel spans 40"),
             qPrintable(field().editor().problem()));
    QVERIFY(field().view().stale);
    QVERIFY(field().stage().facts().valid);
    edit([](AppState& state) { state.field.stack.layers[1].kernel = {3, 3, 3}; });
    finish();
    QVERIFY(field().editor().problem().isEmpty());
    QVERIFY(!field().view().stale);
  }

  // A name that begins like another's, and one that is the same, are no reason to be marked.
  void onlyTheLayerAndTheCellAtFaultAreMarked() {
    edit([](AppState& state) {
      auto& layers = state.field.stack.layers;
      for (int i = 4; i <= 10; ++i) {
        layers.push_back(layers.back());
        layers.back().name = "conv" + std::to_string(i);
      }
      layers[5].name = "conv10";
      layers[3].repeat = 3;  // the table's rows are not the stack's
      layers[9].kernel = {1, 40, 1};
    });
    finish();
    const StackModel& model = field().editor().model();
    const auto marked = [&] {
      QStringList cells;
      for (int row = 0; row < model.rowCount(); ++row)
        for (int column = 0; column < model.columnCount(); ++column)
          if (model.index(row, column).data(Qt::ForegroundRole).value<QColor>() == appliedTheme().error)
            cells << QStringLiteral("%1 %2").arg(row).arg(column);
      return cells;
    };
    const auto cells = [](int row, StackModel::Column column) {
      return QStringList{QStringLiteral("%1 %2").arg(row).arg(StackModel::Name),
                         QStringLiteral("%1 %2").arg(row).arg(column)};
    };
    QVERIFY2(field().editor().problem().startsWith(QStringLiteral("Layer “conv10” does not fit")),
             qPrintable(field().editor().problem()));
    QCOMPARE(marked(), cells(9, StackModel::Kernel));
    const auto after = [&](auto change) {
      edit([change](AppState& state) {
        state.field.stack.layers[9].kernel = {1, 1, 1};
        change(state.field.stack.layers[3]);
      });
      finish();
      return marked();
    };
    QCOMPARE(after([](LayerSpec& layer) { layer.stride.t = 0; }), cells(3, StackModel::Stride));
    QCOMPARE(after([](LayerSpec& layer) { layer.stride.t = 1, layer.dilation.y = 0; }),
             cells(3, StackModel::Dilation));
    QCOMPARE(after([](LayerSpec& layer) { layer.dilation.y = 1, layer.groups = 3; }),
             cells(3, StackModel::Groups));
    QCOMPARE(after([](LayerSpec& layer) {
               layer.groups = 1, layer.padding[0] = {-1, 0};
             }),
             cells(3, StackModel::Padding));
    QCOMPARE(after([](LayerSpec& layer) { layer.padding[0] = {1, 1}; }), QStringList());
  }

  void layersAreAddedDuplicatedAndRemoved() {
    StackEditor& editor = field().editor();
    editor.duplicateChosen();
    QCOMPARE(layers(), QStringList({"conv1", "conv2", "conv3", "conv3'"}));
    QCOMPARE(m_window->store().state().field.layer, 3);
    editor.addLayer();
    QCOMPARE(layers().size(), 5);
    editor.removeChosen();
    editor.removeChosen();
    QCOMPARE(layers(), QStringList({"conv1", "conv2", "conv3"}));
    for (int i = 0; i < 4; ++i) editor.removeChosen();
    QCOMPARE(layers().size(), 1);  // a stack without layers has no unit
    finish();
    QVERIFY(field().view().problem.isEmpty());
  }

  void aNetworkIsFramedAndItsChosenRowInSight() {
    const auto all = scenes();
    QVERIFY(all);
    m_window->store().replace(std::ranges::find(*all, "fig-8", &Scene::id)->state, "scene");
    finish();
    QVERIFY(m_window->store().state().field.camera != FieldSettings{}.camera);
    Q_EMIT field().editor().titleControl()->findChild<ChoiceBox*>()->picked(QStringLiteral("r3d-18"));
    finish();
    QCOMPARE(m_window->store().state().field.camera, FieldSettings{}.camera);
    QTableView& table = field().editor().table();
    QVERIFY(table.model()->rowCount() > 20);
    const QRect row = table.visualRect(table.currentIndex());
    QTRY_VERIFY(table.viewport()->rect().contains(table.visualRect(table.currentIndex()).center()));
    QVERIFY(row.isValid());
    QTRY_COMPARE(table.horizontalScrollBar()->maximum(), 0);  // all columns fit
  }

  void choosingARowChoosesTheLayer() {
    field().editor().table().selectRow(0);
    finish();
    QCOMPARE(m_window->store().state().field.layer, 0);
    QCOMPARE(field().view().nameOf(field().view().levels.back()), QStringLiteral("conv1"));
  }

  void chartPointsAreTheTablesFields() {
    GrowthChart& chart = field().chart();
    QCOMPARE(chart.points(), (std::vector<int>{0, 1, 2}));
    QVERIFY(chart.pointAt(2, Axis::Y).y() < chart.pointAt(0, Axis::Y).y());
    QTest::mouseClick(&chart, Qt::LeftButton, {}, chart.pointAt(1, Axis::Y).toPoint());
    QCOMPARE(m_window->store().state().field.layer, 1);
  }

  void meaningNamesTheLayerThatSeesBeyondTheClip() {
    // 6 frames: conv1 sees 3, conv2 5, conv3 9
    QVERIFY2(field().meaning().contains(
                 "From <b>conv3</b> on, a unit looks at 9 frames or more, and the clip has 6"),
             qPrintable(field().meaning()));
  }

  void figuresAreScenesOfThisWorkspace_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("extent");
    QTest::addRow("8") << "fig-8"
                       << "1 × 5 × 5";
    QTest::addRow("9") << "fig-9"
                       << "4 × 1 × 1";
  }
  void figuresAreScenesOfThisWorkspace() {
    QFETCH(QString, id);
    QFETCH(QString, extent);
    const auto all = scenes();
    QVERIFY(all);
    const auto scene = std::ranges::find(*all, id.toStdString(), &Scene::id);
    QVERIFY(scene != all->end());
    m_window->store().replace(scene->state, "scene");
    finish();
    QVERIFY2(field().view().problem.isEmpty(), qPrintable(field().view().problem));
    QVERIFY(hasLabel(field().stage().facts(), extent));
    if (id == "fig-9") QVERIFY(hasLabel(field().stage().facts(), "(1,2,3,4)"));
  }

  void workspacesSwitchWithoutLosingAnything() {
    press("Alt+1");
    QVERIFY(!field().isVisible());
    finish();  // the first picture of kernels chooses its strongest voxel, whenever it is made
    press("Alt+2");
    QVERIFY(field().isVisible());
    finish();
    const AppState before = m_window->store().state();
    press("Alt+1");
    finish();
    press("Alt+2");
    finish();
    QCOMPARE(m_window->store().state(), before);
  }

  // Same weights, same clip: the same maps, whatever the number of threads; uniform ones are means.
  void mapsAreThoseOfTheEngine() {
    edit([](AppState& state) { state.field.run.weights = StackWeights::Uniform; });
    finish();
    const StackResult& result = *field().view().result;
    const Tensor& pixels = result.clip->pixels;
    double sum = 0;
    for (int c = 0; c < 3; ++c) {
      for (int t = 1; t <= 3; ++t) {
        for (int y = 4; y <= 6; ++y) {
          for (int x = 9; x <= 11; ++x) sum += double{pixels.at(t, y, x, c)};
        }
      }
    }
    QVERIFY(std::abs(double{result.maps[0].at(2, 5, 10, 0)} - sum / 81) < 1e-5);
    ThreadPool four(4);
    const auto again = runStack(result.table, pixels, result.spec.run, ComputeContext{four, {}});
    QVERIFY(again);
    for (std::size_t i = 0; i < again->size(); ++i) {
      const auto one = result.maps[i].values();
      const auto other = (*again)[i].values();
      QVERIFY(std::equal(one.begin(), one.end(), other.begin(), other.end()));
    }
  }

 private:
  /// What the key orders; there is no window manager here that would make the window the active one.
  void press(const char* key) {
    for (QAction* action : m_window->actions()) {
      if (action->isVisible() && action->shortcuts().contains(QKeySequence(QLatin1String(key))))
        return action->trigger();
    }
    QFAIL(key);
  }
  FieldWorkspace& field() { return m_window->fieldWorkspace(); }
  void finish() {
    m_window->finish();
    field().stage().grab();  // labels are made when it is painted
  }
  void edit(std::function<void(AppState&)> apply) { m_window->store().edit({"test", std::move(apply)}); }
  QStringList layers() {
    QStringList names;
    for (const LayerSpec& layer : m_window->store().state().field.stack.layers)
      names << QString::fromStdString(layer.name);
    return names;
  }

  std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestFieldWorkspace)
#include "tst_field_workspace.moc"
