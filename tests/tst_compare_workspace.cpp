// The Compare workspace: columns, linked cursor, difference, table and plots on real results of the engine.
#include "app/compare_export.h"
#include "app/compare_workspace.h"
#include "app/kernel_workspace.h"
#include "app/main_window.h"
#include "engine/clip/npy.h"
#include "engine/compare/kernel_siblings.h"
#include "engine/study/network_study.h"
#include "widgets/compare/clip_change_bar.h"
#include "widgets/compare/column_head.h"
#include "widgets/compare/compare_stage.h"
#include "widgets/compare/compare_table.h"
#include "widgets/compare/compare_words.h"
#include "widgets/compare/tuning_plot.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/clip_edit_bar.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/state/column_kinds.h"
#include "widgets/state/compare_choices.h"
#include "widgets/state/compare_layers.h"
#include "widgets/state/scenes.h"

#include <nlohmann/json.hpp>

#include <QAction>
#include <QMenu>
#include <QTemporaryDir>
#include <QToolBar>
#include <QtTest>

using namespace convscope;

namespace {

AppState smallState() {
  AppState state = *sceneState("compare");
  state.look.reducedMotion = true;
  state.selection.voxel = {2, 9, 14};
  return state;
}

bool hasLabel(const CompareFacts& facts, const QString& text) {
  return std::ranges::any_of(facts.labels, [&](const StageLabel& label) { return label.text == text; });
}

QString valueIn(const CompareFacts& facts) {
  const auto value = std::ranges::find(facts.labels, LabelKind::Value, &StageLabel::kind);
  return value == facts.labels.end() ? QString() : value->text;
}

QStringList labelsOf(const CompareFacts& facts) {
  QStringList texts;
  for (const StageLabel& label : facts.labels) texts << label.text;
  return texts;
}

}  // namespace

class TestCompareWorkspace : public QObject {
  Q_OBJECT

 private slots:
  void init() { open(smallState()); }
  void cleanup() { m_window.reset(); }

  void columnsShowTheirMapsOfTheEngine() {
    QCOMPARE(view().count(), 2);
    QVERIFY2(view().clipProblem.isEmpty(), qPrintable(view().clipProblem));
    ThreadPool pool(1);
    for (int i = 0; i < 2; ++i) {
      const auto& shown = view().column(i).result;
      QVERIFY2(shown, qPrintable(view().column(i).problem));
      const auto wanted = computeColumn(view().column(i).spec, shown->clip, ComputeContext{pool, {}});
      QVERIFY(wanted);
      QVERIFY(std::ranges::equal(shown->maps.values(), wanted->maps.values()));
    }
    QCOMPARE(view().column(0).result->maps.shape().extent(), (Triple{6, 25, 34}));
    QCOMPARE(view().column(1).result->maps.shape().extent(), (Triple{8, 25, 34}));
    QVERIFY2(compare().head(0)->text().contains("3 × 3 × 3 Red, moving right maps 6 × 25 × 34"),
             qPrintable(compare().head(0)->text()));
    QVERIFY2(compare().head(1)->text().contains("1 × 3 × 3 Middle frame of A alone"),
             qPrintable(compare().head(1)->text()));
  }

  // One cursor: the cell of B is the middle frame of A's, at the same place of the clip.
  void cursorsAreLinkedByPlaceAndTime() {
    QCOMPARE(view().cell(0), (Triple{2, 9, 14}));
    QCOMPARE(view().cell(1), (Triple{3, 9, 14}));
    const CompareFacts a = facts(0), b = facts(1);
    QVERIFY2(hasLabel(a, "map t=(3,4,5)"), qPrintable(labelsOf(a).join('|')));
    QVERIFY2(hasLabel(b, "map t=(4)"), qPrintable(labelsOf(b).join('|')));
    // cells at one place of the clip stand at one place of the columns
    QVERIFY((stage(0).cellCentre(9, 14) - stage(1).cellCentre(9, 14)).manhattanLength() < 1.5);
    const auto seen = [](const CompareFacts& of) {
      QString text;
      for (const ShownFrame& frame : of.frames) text += frame.seen ? 'x' : '.';
      return text;
    };
    QCOMPARE(seen(a), QStringLiteral("xxx"));
    QCOMPARE(seen(b), QStringLiteral(".x."));
    QCOMPARE(valueIn(a), signedText(double{view().value(0, {2, 9, 14})}, 3));
    QCOMPARE(valueIn(b), signedText(double{view().value(1, {3, 9, 14})}, 3));
  }

  void clickInAnyColumnMovesAll() {
    QTest::mouseClick(&stage(1), Qt::LeftButton, {}, stage(1).cellCentre(4, 20).toPoint());
    finish();
    QCOMPARE(state().selection.column, 1);
    QCOMPARE(view().cell(1), (Triple{3, 4, 20}));
    QCOMPARE(view().cell(0), (Triple{2, 4, 20}));
    QTest::mouseClick(&stage(CompareStage::kDifference), Qt::LeftButton, {},
                      stage(CompareStage::kDifference).cellCentre(6, 3).toPoint());
    finish();
    QCOMPARE(state().selection.column, 0);
    QCOMPARE(view().cell(0), (Triple{2, 6, 3}));
    press("Right");
    press("]");
    QCOMPARE(view().cell(0), (Triple{3, 6, 4}));
    QCOMPARE(view().cell(1), (Triple{4, 6, 4}));
  }

  void pointerIsOutlinedInAllColumns() {
    QTest::mouseMove(&stage(0), stage(0).cellCentre(12, 7).toPoint());
    QTRY_VERIFY(view().hover.has_value());
    QCOMPARE(*view().hovered(0), (Triple{2, 12, 7}));
    QCOMPARE(*view().hovered(1), (Triple{3, 12, 7}));
    edit([](AppState& s) { s.compare.linked = false; });
    finish();
    QVERIFY(!view().hovered(1));
  }

  void differenceIsTheEngines() {
    QVERIFY(view().difference);
    const auto& a = view().column(0).result->maps;
    const auto& b = view().column(1).result->maps;
    QCOMPARE(view().difference->values.shape(), (Shape{6, 25, 34, 1}));
    QCOMPARE(view().difference->values.at(2, 9, 14, 0), a.at(2, 9, 14, 0) - b.at(3, 9, 14, 0));
    const CompareFacts facts = this->facts(CompareStage::kDifference);
    QVERIFY(facts.valid);
    QVERIFY2(labelsOf(facts).join('|').contains("correlation of A and B, all 6 pairs of map frames " +
                                                QString::number(*view().difference->correlation, 'f', 2)),
             qPrintable(labelsOf(facts).join('|')));
    press("D");
    QVERIFY(!state().compare.difference);
    QCOMPARE(compare().shown(), (std::vector<int>{0, 1}));
    press("D");
    QCOMPARE(compare().shown(), (std::vector<int>{0, 1, CompareStage::kDifference}));
  }

  // Columns of widths that differ by the last pixel stay alike; no control of the title is squeezed away.
  void columnsAreArrangedAlike() {
    edit([](AppState& s) { s.columns.push_back(s.columns[0]); });
    for (const int width : {1280, 1400, 1599, 1600, 1601, 1602, 1603, 1920}) {
      m_window->resize(width, 1000);
      finish();
      QVERIFY(!compare().grab().isNull());
      QRectF first;
      for (const int column : compare().shown()) {
        const QRectF map = facts(column).map;
        if (first.isNull()) first = map;
        QVERIFY2(std::abs(map.width() - first.width()) < 2 && std::abs(map.top() - first.top()) < 2,
                 qPrintable(QStringLiteral("%1 px, column %2").arg(width).arg(column)));
      }
      for (const QWidget* control : compare().findChildren<SegmentedControl*>()) {
        if (control->isVisible()) QVERIFY(control->width() >= control->minimumSizeHint().width());
      }
      const auto* const change = compare().findChild<ClipEditBar*>();
      QVERIFY(change->rect().right() + change->mapTo(&compare(), QPoint()).x() < compare().width());
      QVERIFY(change->findChild<ChoiceBox*>()->width() >= 112);
    }
  }

  // What is read off the three columns can be subtracted by head.
  void shownValuesAddUp() {
    const auto& a = view().column(0).result->maps;
    const auto& b = view().column(1).result->maps;
    const auto rounded = [](float value) { return std::lround(1000 * double{value}); };
    std::array<std::vector<Triple>, 2> cells;  // that add up at three decimals, and that do not
    for (int y = 0; y < a.shape().height; ++y) {
      for (int x = 0; x < a.shape().width; ++x) {
        const float one = a.at(2, y, x, 0), other = b.at(3, y, x, 0);
        const bool off = rounded(one) - rounded(other) != rounded(one - other);
        if (std::abs(one) > .01F && cells[off ? 1 : 0].size() < 4) cells[off ? 1 : 0].push_back({2, y, x});
      }
    }
    for (const bool off : {false, true}) {
      QCOMPARE(cells[off ? 1 : 0].size(), std::size_t{4});
      for (const Triple& cell : cells[off ? 1 : 0]) {
        edit([&](AppState& state) { state.selection.voxel = cell; });
        finish();
        QVERIFY(!compare().grab().isNull());  // labels are those of the last painting
        const QString texts[] = {valueIn(facts(0)), valueIn(facts(1)),
                                 valueIn(facts(CompareStage::kDifference))};
        long long units[3]{};
        for (int i = 0; i < 3; ++i) {
          QString digits = texts[i];
          QCOMPARE(digits.section(QLatin1Char('.'), 1).size(), 3);
          units[i] = digits.replace(QChar(0x2212), QLatin1Char('-')).remove(QLatin1Char('.')).toLongLong();
        }
        QVERIFY2(units[0] - units[1] == units[2],
                 qPrintable(QStringLiteral("%1 − %2 = %3").arg(texts[0], texts[1], texts[2])));
      }
    }
  }

  void differenceWithoutCommonCellsSaysWhy() {
    edit([](AppState& s) { s.columns[1] = withFrames(std::get<KernelStudy>(s.columns[0]), 0, 4); });
    finish();
    QVERIFY(!view().difference);
    QVERIFY2(view().differenceProblem.startsWith("The two maps have no cell in common along time"),
             qPrintable(view().differenceProblem));
    QVERIFY(!facts(CompareStage::kDifference).valid);
    QVERIFY(facts(1).valid);
  }

  void oneColourRangeForAll() {
    QCOMPARE(facts(0).range, facts(1).range);
    edit([](AppState& s) {
      auto& kernel = std::get<KernelStudy>(s.columns[1]);
      for (float& weight : kernel.bank[0].weights) weight *= 10;
    });
    finish();
    QCOMPARE(facts(0).range, facts(1).range);
    edit([](AppState& s) { s.compare.linked = false; });
    finish();
    QVERIFY(facts(0).range < facts(1).range);
  }

  void tableHasTheNumbersOfTheEngine() {
    const QStringList lines = compare().table().lines();
    QCOMPARE(lines[0], QStringLiteral("A  3×3×3 | B  1×3×3"));
    QVERIFY2(lines.contains("weights | 81 | 27 | 3 : 1"), qPrintable(lines.join('\n')));
    // 6 · 25 · 34 outputs of 81 products against 8 · 25 · 34 of 27
    QVERIFY2(lines.contains("multiply-adds on this clip | " + countText(413100) + " | " + countText(183600) +
                            " | 2.25 : 1"),
             qPrintable(lines.join('\n')));
    QVERIFY(lines.contains("field, frames × px | 3 × 3 × 3 | 1 × 3 × 3 | "));
    QVERIFY2(lines.contains("field in time at 25 fps | 0.120 s | 0.040 s | 3 : 1"),
             qPrintable(lines.join('\n')));
    QVERIFY2(lines.contains("right : left at 1 px/frame | 34.2 : 1 | 1.0 : 1 | "),
             qPrintable(lines.join('\n')));
    const QStringList accuracy = lines.filter("held-out accuracy").first().split(" | ");
    for (int i = 0; i < 2; ++i) {
      const auto readout =
          keptReadout(readoutOf(std::get<KernelStudy>(view().column(i).spec), BankKind::Gabor));
      QVERIFY(readout);
      QVERIFY(std::abs(accuracy[i + 1].toDouble() - readout->test.accuracy()) < .006);
    }
    QVERIFY(accuracy[1].toDouble() > accuracy[2].toDouble());
  }

  void meaningFollowsTheMeasurement() {
    QVERIFY2(
        compare().plot().meaning().contains(
            "A prefers one direction. It answers a grating that drifts right 34 times as strongly as one "
            "that drifts left."),
        qPrintable(compare().plot().meaning()));
    QVERIFY2(compare().plot().meaning().contains("B knows no direction. One frame holds none"),
             qPrintable(compare().plot().meaning()));
    QVERIFY(hasLabel(facts(0), "sees three frames") && hasLabel(facts(0), "so it sees motion"));
    QVERIFY(hasLabel(facts(1), "sees one frame") && hasLabel(facts(1), "and no motion"));
    edit([](AppState& s) { s.columns[0] = mirroredInX(std::get<KernelStudy>(s.columns[0]), 0); });
    finish();
    QVERIFY2(compare().plot().meaning().contains("drifts left 34 times as strongly as one that drifts right"),
             qPrintable(compare().plot().meaning()));
    edit([](AppState& s) {
      auto& kernel = std::get<KernelStudy>(s.columns[0]);
      kernel.bank[0].weights.assign(81, 1);  // a mean: blurs what moves
    });
    finish();
    QVERIFY2(compare().plot().meaning().contains("A prefers what stands still."),
             qPrintable(compare().plot().meaning()));
  }

  void curvesAreTheAmplitudes() {
    const Tuning& tuning = *view().column(0).tuning;
    const QPolygonF curve = compare().plot().curve(0, 1);
    const QRectF plot = compare().plot().plotRect(0);
    QCOMPARE(curve.size(), tuning.spec.directions + 1);
    const int row = tuning.speedAt(1);
    for (int direction = 0; direction < tuning.spec.directions; ++direction) {
      const double radius = QLineF(plot.center(), curve[direction]).length();
      QVERIFY(std::abs(radius - plot.width() / 2 * tuning.amplitude(row, direction) / tuning.largest()) <
              1e-6);
    }
    QVERIFY(curve[0].x() > plot.center().x());  // right is right
    press("H");
    QCOMPARE(state().compare.tuning, TuningView::HeatMap);
    compare().plot().grab();
    press("H");
    QCOMPARE(state().compare.tuning, TuningView::Tempo);
    compare().plot().grab();
    QVERIFY2(compare().plot().meaning().contains("of that to the clip as it is"),
             qPrintable(compare().plot().meaning()));
  }

  void everyComparisonIsComputed_data() {
    QTest::addColumn<int>("index");
    QTest::addColumn<QStringList>("shapes");
    QTest::addRow("middle frame") << 0 << QStringList{"3 × 3 × 3", "1 × 3 × 3"};
    QTest::addRow("space then time") << 1
                                     << QStringList{"3 × 3 × 3", "1×3×3 → 3×1×1", "1×3×3 → 3×1×1",
                                                    "4 × 3 × 3"};
    QTest::addRow("lengths") << 2 << QStringList{"1 × 3 × 3", "3 × 3 × 3", "7 × 3 × 3"};
    QTest::addRow("two or one") << 3 << QStringList{"3×3×3 → 3×3×3", "5 × 5 × 5", "3×3×3 → 3×3×3"};
    QTest::addRow("mirror") << 4 << QStringList{"3 × 3 × 3", "3 × 3 × 3"};
  }
  void everyComparisonIsComputed() {
    QFETCH(int, index);
    QFETCH(QStringList, shapes);
    const AppState before = state();
    edit([index](AppState& s) { applyComparison(s, comparisons()[static_cast<std::size_t>(index)]); });
    finish();
    QStringList shown;
    for (int i = 0; i < view().count(); ++i) {
      shown << columnShape(view().column(i).spec);
      QVERIFY2(view().column(i).problem.isEmpty(), qPrintable(view().column(i).problem));
      QVERIFY(view().column(i).result);
      QVERIFY2(view().column(i).tuning, qPrintable(view().column(i).tuningProblem));
      QVERIFY(columnName(state(), i) != QStringLiteral("Weights of its own"));
    }
    QCOMPARE(shown, shapes);
    const auto json = toJson(state());
    QCOMPARE(*stateFromJson(json), state());
    m_window->store().undo();
    QCOMPARE(state().columns, before.columns);
  }

  void siblingsStandSideBySide() {
    const KernelStudy kernel = view().state.kernel();
    order("Compare 2-D | 3-D | (2+1)D siblings | the kernel");
    QCOMPARE(view().count(), 4);
    QCOMPARE(view().state.kernel().bank, kernel.bank);
    const std::array names{"sibling-2d", "sibling-3d", "sibling-2plus1d"};
    ThreadPool pool(1);
    const std::vector<CompareRow> rows = compareRows(view());
    const auto accuracy = std::ranges::find(rows, QStringLiteral("held-out accuracy"), &CompareRow::name);
    const auto says = std::ranges::find(rows, QStringLiteral("says of this clip"), &CompareRow::name);
    QVERIFY(accuracy != rows.end() && says != rows.end());
    for (int i = 0; i < 3; ++i) {
      QVERIFY2(view().column(i).result, qPrintable(view().column(i).problem));
      const ColumnResult& column = *view().column(i).result;
      NetworkStudy study;
      study.model = names[static_cast<std::size_t>(i)];
      study.source = kernel.clip.source;
      study.start = kernel.clip.range.start;
      const auto own = computeNetwork(study, {pool, {}});
      QVERIFY(own);
      const ClassScore& best = own->scores.clips.front().front();
      QCOMPARE(column.network->scores.clips.front().front().index, best.index);
      QVERIFY2(says->cells[i].startsWith(QString::fromStdString(own->labelOf(best.index))),
               qPrintable(says->cells[i]));
      QCOMPARE(accuracy->cells[i], QString::number(own->preprocess.trained->accuracy, 'f', 2));
      QVERIFY2(compare().head(i)->text().contains("Sibling"), qPrintable(compare().head(i)->text()));
    }
    QVERIFY2(compareNote(view()).contains("A, B and C were trained on"), qPrintable(compareNote(view())));
    // both halves of (2+1)D are one convolution: B and C see alike, A one frame of it
    for (const std::size_t axis : {0U, 1U, 2U})
      QCOMPARE(view().column(2).result->field[axis].size, view().column(1).result->field[axis].size);
    QCOMPARE(view().column(0).result->field[0].size, 1);
    QCOMPARE(view().column(0).result->field[1].size, view().column(1).result->field[1].size);
    // a head offers them, too, but not to the last kernel, which says why
    const auto offered = [this](int column) {
      const QList<QAction*> all = compare().head(column)->menu()->actions();
      return *std::ranges::find(all, QVariant("sibling-3d"), &QAction::data);
    };
    QVERIFY(!offered(3)->isEnabled() && offered(3)->toolTip().contains("only kernel"));
    offered(0)->trigger();
    finish();
    QCOMPARE(std::get<NetworkStudy>(view().column(0).spec).model, std::string("sibling-3d"));
  }

  // The layer is chosen for one network in its head, or for all of them by keys; nothing is run again.
  void networksShowTheChosenLayer() {
    order("Compare 2-D | 3-D | (2+1)D siblings | the kernel");
    const auto depthOf = [this](int column) {
      const auto layers = layersOf(view(), column);
      return layers[static_cast<std::size_t>(shownLayer(view(), column, layers))].depth;
    };
    std::array<std::shared_ptr<const NetworkResult>, 3> ran;
    for (int i = 0; i < 3; ++i) {
      QCOMPARE(depthOf(i), 2);
      ran[static_cast<std::size_t>(i)] = view().column(i).result->network;
      QCOMPARE(view().channel(i), view().column(i).result->byStrength.front());
    }
    QVERIFY(compare().head(3)->layerMenu()->isEmpty());
    const Shape before = view().column(1).result->maps.shape();
    press("Shift+PgDown");
    finish();
    for (int i = 0; i < 3; ++i) {
      const auto& column = view().column(i);
      QCOMPARE(depthOf(i), 3);
      QCOMPARE(column.result->network, ran[static_cast<std::size_t>(i)]);
      QVERIFY(column.result->maps.shape() != before);
      const auto layer = QString::fromStdString(std::get<NetworkStudy>(column.spec).layer);
      QVERIFY2(!layer.isEmpty() && compare().head(i)->text().contains(layer),
               qPrintable(compare().head(i)->text()));
      QVERIFY(labelsOf(facts(i)).join('|').contains("in " + layer));
    }
    // one alone, by its head
    const QMenu& menu = *compare().head(1)->layerMenu();
    menu.actions().front()->trigger();
    finish();
    QCOMPARE(depthOf(1), 1);
    QCOMPARE(depthOf(0), 3);
    QVERIFY(menu.actions().front()->isChecked());
    menu.actions().back()->trigger();  // this depth in all networks
    finish();
    QCOMPARE(depthOf(0), 1);
    QCOMPARE(depthOf(2), 1);
    const int strongest = view().channel(1);
    press("F");
    finish();
    QCOMPARE(view().channel(1), view().column(1).result->byStrength[1]);
    press("Shift+F");
    finish();
    QCOMPARE(view().channel(1), strongest);
    QCOMPARE(*stateFromJson(toJson(state())), state());
    // gratings are shown to the filter whose map stands there
    QVERIFY2(view().column(1).tuned, qPrintable(view().column(1).tuningProblem));
    QCOMPARE(view().column(1).tuned->filter, strongest);
    QVERIFY2(compare().plot().tunedText(1).contains(QStringLiteral("filter %1 of").arg(strongest + 1)),
             qPrintable(compare().plot().tunedText(1)));
    QVERIFY(compare().plot().meaning().contains(QStringLiteral("B’s filter %1").arg(strongest + 1)));
  }

  // A network's values have no unit in common with a kernel's: they share colours only where one range for
  // everything is asked for. The difference is never too faint to be seen.
  void networksAndKernelsShareARangeWhereAsked() {
    order("Compare 2-D | 3-D | (2+1)D siblings | the kernel");
    QCOMPARE(view().range(0), view().range(1));
    QCOMPARE(view().range(0), view().range(2));
    const auto most = [this](int i) {
      const ValueRange range = rangeOf(view().column(i).result->maps, view().channel(i));
      return std::max(std::abs(double{range.low}), std::abs(double{range.high}));
    };
    QVERIFY(most(3) > .3 * view().range(3));
    QVERIFY(std::max({most(0), most(1), most(2)}) > .3 * view().range(0));
    QVERIFY2(compare().facts().contains("A, B and C") && compare().facts().contains("in D"),
             qPrintable(compare().facts()));
    edit([](AppState& s) { s.look.rangeMode = RangeMode::All; });
    finish();
    QCOMPARE(view().range(3), view().range(0));
    QVERIFY(std::max({most(0), most(1), most(2), most(3)}) > .3 * view().range(0));
    QVERIFY2(compare().facts().contains("A, B, C and D"), qPrintable(compare().facts()));
    edit([](AppState& s) {
      s.look.rangeMode = RangeMode::Map;
      s.columns = {s.columns[3], s.columns[3]};
      s.selection.column = 0;
      std::get<KernelStudy>(s.columns[1]).bank[0].weights[4] += .02F;
    });
    finish();
    const ValueRange apart = rangeOf(view().difference->values, 0);
    const double difference = std::max(std::abs(double{apart.low}), std::abs(double{apart.high}));
    QVERIFY(difference > 0 && difference < .1 * view().range(0));
    QVERIFY(difference > .3 * view().differenceRange());
    QCOMPARE(facts(CompareStage::kDifference).range, view().differenceRange());
  }

  void scenesLookWhereAllColumnsSee() {
    for (const char* id : {"compare-lengths", "compare-siblings"}) {
      open(*sceneState(id));
      QVERIFY(!compare().grab().isNull());
      for (int i = 0; i < view().count(); ++i) {
        QVERIFY2(view().column(i).result, qPrintable(view().column(i).problem));
        QVERIFY2(view().column(i).tuning, qPrintable(view().column(i).tuningProblem));
        const auto seen = view().framesSeen(i, view().cell(i).t);
        const int last = seen.first + (seen.count - 1) * seen.step;
        const int length = view().column(i).result->clip->pixels.shape().length;
        // of a network the padding may be seen, but the middle lies in the clip
        const bool network = view().column(i).result->network != nullptr;
        QVERIFY(network ? seen.first + last >= 0 && seen.first + last < 2 * length
                        : seen.first >= 0 && last < length);
      }
    }
  }

  // Two layers without a bend between them give the very map of the one kernel that they make up.
  void twoLayersAreOneKernel() {
    edit([](AppState& s) { applyComparison(s, comparisons()[3]); });
    finish();
    const auto& one = view().column(1).result->maps;
    const auto& linear = view().column(2).result->maps;
    QCOMPARE(one.shape(), linear.shape());
    double apart = 0;
    for (std::size_t i = 0; i < one.values().size(); ++i)
      apart = std::max(apart, std::abs(double{one.values()[i]} - double{linear.values()[i]}));
    QVERIFY(apart < 1e-4);
    QVERIFY(view().difference->rootMeanSquare > 1e-3);  // the bent one differs
    QCOMPARE(columnName(state(), 1), QStringLiteral("Both layers of A as one kernel, without its ReLU"));
  }

  void columnsAreAddedChangedAndTakenOut() {
    press("Ctrl+Shift+N");
    press("Ctrl+Shift+N");
    finish();
    QCOMPARE(view().count(), 4);
    press("Ctrl+Shift+N");
    QCOMPARE(view().count(), 4);
    for (int i = 0; i < 4; ++i) QVERIFY(view().column(i).result);
    QCOMPARE(compare().shown(), (std::vector<int>{0, 1, 2, 3, CompareStage::kDifference}));
    for (int i = 1; i < 4; ++i) QVERIFY(std::abs(stage(i).width() - stage(0).width()) <= 1);
    QVERIFY(state().columns[2] != state().columns[1] && state().columns[3] != state().columns[2]);
    for (QAction* action : compare().head(1)->menu()->actions()) {
      if (action->data() == QStringLiteral("mirrored")) action->trigger();
    }
    finish();
    QVERIFY2(compare().head(1)->text().contains("A mirrored in x"), qPrintable(compare().head(1)->text()));
    edit([](AppState& s) { removeColumn(s, 1); });
    QCOMPARE(std::ssize(state().columns), 3);
    edit([](AppState& s) {
      s.columns = {s.columns[0], separated(std::get<KernelStudy>(s.columns[0]), 0, 2, Activation::None)};
      removeColumn(s, 0);
    });
    QCOMPARE(std::ssize(state().columns), 2);  // the only kernel stays
    QVERIFY(whyNotRemovable(state(), 0).contains("only kernel"));
  }

  void tempoChangesTheClipOfAllColumns() {
    const auto before = view().column(0).result->maps.clone();
    QTest::mouseClick(static_cast<QWidget*>(compare().findChild<ClipChangeBar*>()->tempo()->button(1)),
                      Qt::LeftButton);
    finish();
    QCOMPARE(state().compare.tempo, .5);
    const auto& column = view().column(0);
    const double left = rootMeanSquare(column.result->maps, 0) / rootMeanSquare(before, 0);
    QVERIFY(std::abs(*column.strengthLeft(.5) - left) < 1e-9);
    QVERIFY2(compare().table().lines().contains(
                 QStringLiteral("response, of that to the clip as it is | %1 % | %2 % | ")
                     .arg(std::lround(100 * left))
                     .arg(std::lround(100 * *view().column(1).strengthLeft(.5)))),
             qPrintable(compare().table().lines().join('\n')));
    const auto& clip = *view().column(1).result->clip;
    QCOMPARE(clip.taken, (std::vector<int>{8, 8, 9, 9, 10, 10, 11, 11}));
    QVERIFY(!std::ranges::equal(before.values(), view().column(0).result->maps.values()));
    // the frames themselves did not change: B's first maps are those of before, twice
    m_window->store().undo();
    finish();
    QCOMPARE(state().compare.tempo, 1.0);
    QVERIFY(std::ranges::equal(before.values(), view().column(0).result->maps.values()));
    press("Ctrl+.");
    finish();
    QCOMPARE(state().compare.tempo, 2.0);
    press("Ctrl+,");
    QCOMPARE(state().compare.tempo, 1.0);
    finish();
    const auto& curve = *view().column(0).tempos;
    QVERIFY(std::ranges::any_of(curve,
                                [](const TempoPoint& point) { return point.tempo == 2 && point.strength; }));
  }

  void cameraIsSharedAndReset() {
    const CameraLook before = state().compare.camera;
    QTest::mousePress(&stage(1), Qt::LeftButton, {}, QPoint(40, 30));
    QTest::mouseMove(&stage(1), QPoint(80, 40));
    QTest::mouseRelease(&stage(1), Qt::LeftButton, {}, QPoint(80, 40));
    finish();
    QVERIFY(state().compare.camera.yaw != before.yaw);
    press("R");
    QCOMPARE(state().compare.camera, before);
  }

  void playingGoesThroughTimeAndLeavesTheKernelAlone() {
    edit([](AppState& s) {
      s.look.reducedMotion = false;
      s.playback.speed = 10;
      s.playback.loop = false;
      s.selection.voxel.t = 4;
    });
    finish();
    press("Space");
    QTRY_VERIFY(!state().playback.playing);  // it ends at the last map frame
    QCOMPARE(state().selection.voxel, (Triple{5, 9, 14}));
  }

  void narrowWindowsShowTwoColumns() {
    m_window->resize(1280, 720);
    finish();
    QCOMPARE(compare().shown(), (std::vector<int>{0, 1}));
    press("Ctrl+Right");
    QCOMPARE(compare().shown(), (std::vector<int>{1, CompareStage::kDifference}));
    press("Ctrl+Left");
    QCOMPARE(compare().shown(), (std::vector<int>{0, 1}));
    press("D");  // brings the difference into sight
    QCOMPARE(compare().shown(), (std::vector<int>{1, CompareStage::kDifference}));
    QVERIFY(state().compare.difference);
    QVERIFY(facts(CompareStage::kDifference).valid);
  }

  // What there is no room for is left out whole, the least important first; never where the readouts come
  // from.
  void smallWindowsCutNoWords() {
    const auto all = compare().table().lines().size() - 1;
    QCOMPARE(compare().table().shownNames().size(), all);
    QVERIFY(compare().table().lines().filter("time spent").isEmpty());  // noise is no fact
    m_window->resize(1280, 720);
    finish();
    const QStringList shown = compare().table().shownNames();
    QVERIFY(shown.size() < all && !shown.contains("non-linearities"));
    QVERIFY(shown.contains("cannot tell apart") && shown.contains("readout, held-out accuracy"));
    QVERIFY(compare().table().showsAllWords());
    const auto* const bar = m_window->findChild<QToolBar*>();
    for (const QAction* action : bar->actions()) {
      const QWidget* const item = bar->widgetForAction(const_cast<QAction*>(action));
      if (!action->isVisible() || action->isSeparator()) continue;
      QVERIFY2(item->isVisible() && bar->rect().contains(item->geometry()), qPrintable(action->text()));
    }
  }

  // No percentage and no bold type for a clip unlike those learned from.
  void guessesAreMarked() {
    CompareView shown = view();
    auto readout = std::make_shared<ReadoutResult>(*shown.column(0).readout);
    QVERIFY(!readout->scores.empty());
    readout->distance = 2 * readout->readout->usual;
    shown.columns[0].readout = readout;
    const auto rows = compareRows(shown);
    const auto says = std::ranges::find(rows, QStringLiteral("readout says of this clip"), &CompareRow::name);
    QVERIFY(says != rows.end());
    QVERIFY2(says->cells[0].startsWith("a guess: ") && !says->cells[0].contains('%'),
             qPrintable(says->cells[0]));
    QVERIFY(says->guesses[0]);
    QVERIFY2(compareNote(shown).contains("unlike anything A"), qPrintable(compareNote(shown)));
    readout->distance = 0;
    QVERIFY(compareRows(shown)[static_cast<std::size_t>(says - rows.begin())].cells[0].endsWith(" %"));
  }

  /// A network that knows drawn clips alone guesses on any other.
  void whatANetworkSaysOfARealClipIsAGuess() {
    order("Compare 2-D | 3-D | (2+1)D siblings | the kernel");
    const auto says = [this] {
      const auto rows = compareRows(view());
      return *std::ranges::find(rows, QStringLiteral("says of this clip"), &CompareRow::name);
    };
    QVERIFY2(says().cells[0].endsWith(" %") && !says().guesses[0], qPrintable(says().cells[0]));
    QTemporaryDir folder;
    const std::string file = folder.filePath("ramp.npy").toStdString();
    std::vector<float> values(20 * 40 * 40);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 1601) / 1601;
    QVERIFY(writeNpy(file, {20, 40, 40}, values));
    edit([&file](AppState& s) { takeSource(s, FileSource{file}); });
    finish();
    for (int i = 0; i < 3; ++i) {
      QVERIFY2(view().column(i).problem.isEmpty(), qPrintable(view().column(i).problem));
      QVERIFY2(says().cells[i].startsWith("a guess: ") && !says().cells[i].contains('%') &&
                   says().guesses[static_cast<std::size_t>(i)],
               qPrintable(says().cells[i]));
    }
    QVERIFY2(compareNote(view()).contains("unlike anything A, B"), qPrintable(compareNote(view())));
  }

  // A column that cannot be computed shows no numbers of what stood there before, and measures none.
  void aNetworkThatCannotRunHasNoNumbersOfAnother() {
    order("Compare 2-D | 3-D | (2+1)D siblings | the kernel");
    const auto cell = [this](const char* row, int column) {
      const auto rows = compareRows(view());
      return std::ranges::find(rows, QString::fromUtf8(row), &CompareRow::name)->cells[column];
    };
    QVERIFY(cell("weights", 0) != "–" && view().column(0).tuning);
    // the field is what the Network page says of that layer, not what it covers of a clip of another size
    QCOMPARE(cell("field, frames × px", 1), QStringLiteral("5 × 7 × 7"));
    // a kernel of one frame before one over time says nothing of directions
    QCOMPARE(cell("right : left at 1 px/frame", 2), QStringLiteral("–"));
    QVERIFY(compare().plot().meaning().contains("sees one frame"));
    edit([](AppState& s) { std::get<NetworkStudy>(s.columns[0]).model = "nowhere.onnx"; });
    finish();
    QVERIFY(view().column(0).stale && !view().column(0).problem.isEmpty());
    for (const char* row :
         {"weights", "multiply-adds on this clip", "held-out accuracy", "says of this clip"})
      QCOMPARE(cell(row, 0), QStringLiteral("–"));
    QVERIFY(!view().column(0).tuning && !view().column(0).tuningProblem.isEmpty());
    QVERIFY(layersOf(view(), 0).empty());
    QVERIFY(QString::fromStdString(comparisonCsv(view())).contains("weights,,76964,"));

    // two frames are too few for them; once they run, they are measured
    QTemporaryDir folder;
    for (const int frames : {2, 20}) {
      const std::string file = folder.filePath(QString::number(frames) + ".npy").toStdString();
      std::vector<float> values(static_cast<std::size_t>(frames) * 40 * 40);
      for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<float>(k % 1601) / 1601;
      QVERIFY(writeNpy(file, {frames, 40, 40}, values));
      edit([&file](AppState& s) {
        std::get<NetworkStudy>(s.columns[0]).model = "sibling-2d";
        takeSource(s, FileSource{file});
      });
      finish();
      QCOMPARE(view().column(0).problem.isEmpty(), frames == 20);
    }
    for (int i = 0; i < 3; ++i) {
      QVERIFY2(view().column(i).problem.isEmpty(), qPrintable(view().column(i).problem));
      QVERIFY2(view().column(i).tuning != nullptr, qPrintable(view().column(i).tuningProblem));
    }
  }

  void presenterMapsAreLargeAndTheirValuesBeside() {
    edit([](AppState& s) { s.look.presenter = true; });
    m_window->resize(1920, 1080);
    finish();
    QVERIFY(compare().table().shownNames().size() <= 4 && compare().table().showsAllWords());
    for (const int column : compare().shown()) {
      const CompareFacts now = facts(column);
      QVERIFY(now.map.width() > .6 * stage(column).width());
      for (const StageLabel& label : now.labels) {
        if (label.kind != LabelKind::Value) continue;
        QVERIFY(!label.box.intersects(now.map));
        QVERIFY(stage(column).rect().contains(label.box.toAlignedRect()));
      }
    }
  }

  void themesAndPresenterDrawTheSame() {
    const QRectF before = facts(0).map;
    edit([](AppState& s) { s.look.theme = Theme::Light; });
    finish();
    QCOMPARE(facts(0).map, before);
    edit([](AppState& s) { s.look.presenter = true; });
    finish();
    QVERIFY(facts(0).valid && facts(1).valid);
    for (const StageLabel& label : facts(0).labels)
      QVERIFY2(label.box.height() >= 18, qPrintable(label.text));
  }

  void workspacesSwitchWithoutLosingAnything() {
    const AppState before = state();
    press("Alt+1");
    QVERIFY(!compare().isVisible());
    QCOMPARE(m_window->workspace().view().voxel(), before.selection.voxel);
    press("Alt+4");
    QVERIFY(compare().isVisible());
    QCOMPARE(state(), before);
  }

  void clipThatCannotBeReadSaysSo() {
    edit([](AppState& s) { s.kernel().clip.source = FileSource{"/nowhere/clip.mp4"}; });
    finish();
    QVERIFY2(view().clipProblem.contains("clip.mp4"), qPrintable(view().clipProblem));
    QVERIFY(view().column(0).stale && view().column(1).stale);
    m_window->store().undo();
    finish();
    QVERIFY(view().clipProblem.isEmpty() && !view().column(0).stale);
  }

 private:
  void open(const AppState& initial) {
    m_window = std::make_unique<MainWindow>(initial, Settings(QStringLiteral("/nonexistent")));
    m_window->resize(1600, 1000);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    finish();
  }
  void order(const char* text) {
    const auto actions = m_window->actions();
    const auto found = std::ranges::find(actions, QLatin1String(text), &QAction::text);
    QVERIFY(found != actions.end());
    (*found)->trigger();
    finish();
  }
  void press(const char* key) {
    for (QAction* action : m_window->actions()) {
      if (!action->isVisible() || !action->shortcuts().contains(QKeySequence(QLatin1String(key)))) continue;
      action->trigger();
      compare().presentNow();
      return;
    }
    QFAIL(key);
  }
  CompareWorkspace& compare() { return m_window->compareWorkspace(); }
  const CompareView& view() { return compare().view(); }
  const AppState& state() { return m_window->store().state(); }
  CompareStage& stage(int column) { return *compare().stage(column); }
  CompareFacts facts(int column) {
    stage(column).grab();  // labels are made when it is painted
    return stage(column).facts();
  }
  void finish() {
    QCoreApplication::processEvents();
    m_window->finish();
  }
  void edit(std::function<void(AppState&)> apply) { m_window->store().edit({"test", std::move(apply)}); }

  std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestCompareWorkspace)
#include "tst_compare_workspace.moc"
