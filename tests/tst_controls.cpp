#include "widgets/look/look_style.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/dock_column.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/panel_frame.h"
#include "widgets/panels/panel_rows.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/panels/weight_grid.h"

#include <QtTest>
#include <QtWidgets>
#include <QVBoxLayout>

using namespace convscope;

namespace {

/// Turns the wheel over the middle of `widget` by `notches`.
void turnWheel(QWidget& widget, const QPointF& at, int notches, Qt::KeyboardModifiers keys = Qt::NoModifier) {
  QWheelEvent event(at, widget.mapToGlobal(at), {}, {0, 120 * notches}, Qt::NoButton, keys, Qt::NoScrollPhase,
                    false);
  QApplication::sendEvent(&widget, &event);
}

void mouse(QWidget& widget, QEvent::Type type, const QPointF& at) {
  const Qt::MouseButtons held = type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton;
  QMouseEvent event(type, at, widget.mapToGlobal(at),
                    type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton, held, Qt::NoModifier);
  QApplication::sendEvent(&widget, &event);
}

PanelFrame* panelOfHeight(const QString& name, int height) {
  auto* panel = new PanelFrame(name);
  auto* body = new QWidget;
  auto* column = new QVBoxLayout(body);
  column->setContentsMargins(0, 0, 0, 0);
  auto* block = new QWidget;
  block->setFixedHeight(height);
  column->addWidget(block);
  panel->setBody(body);
  return panel;
}

WeightGrid::Shown countingWeights(const Triple& kernel) {
  WeightGrid::Shown shown{kernel, {}, 1};
  for (int i = 0; i < kernel.product(); ++i) shown.weights.push_back(static_cast<float>(i) / 100);
  return shown;
}

}  // namespace

class TestControls : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(lookTheme(Theme::Dark, false)); }

  void presentingANumberEmitsNothing() {
    NumberField field;
    field.setWhole(1, 64);
    QSignalSpy edited(&field, &NumberField::edited);
    field.present(7);
    QCOMPARE(field.whole(), 7);
    QCOMPARE(field.text(), QStringLiteral("7"));
    QCOMPARE(edited.count(), 0);
  }

  void typedNumberActsWhereverTheTypingEnds_data() {
    QTest::addColumn<QString>("end");
    for (const char* end : {"Enter", "Tab", "press on a panel"}) QTest::addRow("%s", end) << QString(end);
  }
  void typedNumberActsWhereverTheTypingEnds() {
    QFETCH(const QString, end);
    QWidget window;
    auto* column = new QVBoxLayout(&window);
    auto* field = new NumberField;
    auto* panel = new QWidget;  // takes no focus
    panel->setMinimumSize(40, 40);
    column->addWidget(field);
    column->addWidget(new NumberField);
    column->addWidget(panel);
    field->setWhole(1, 64);
    field->present(7);
    window.show();
    QApplication::setActiveWindow(&window);
    field->setFocus();
    field->selectAll();
    QSignalSpy edited(field, &NumberField::edited);
    QTest::keyClicks(field, QStringLiteral("12"));
    QCOMPARE(edited.count(), 0);
    if (end == QStringLiteral("Enter")) QTest::keyClick(field, Qt::Key_Return);
    if (end == QStringLiteral("Tab")) QTest::keyClick(field, Qt::Key_Tab);
    if (end == QStringLiteral("press on a panel")) QTest::mouseClick(panel, Qt::LeftButton);
    QCOMPARE(edited.count(), 1);
    QCOMPARE(edited.takeFirst().at(0).toDouble(), 12.0);
  }

  void numbersAreSteppedByKeysAndWheel() {
    NumberField field;
    field.setWhole(1, 64);
    field.present(7);
    field.show();
    QSignalSpy edited(&field, &NumberField::edited);
    QTest::keyClick(&field, Qt::Key_Up);
    QCOMPARE(edited.takeFirst().at(0).toDouble(), 8.0);
    QTest::keyClick(&field, Qt::Key_Down);
    QTest::keyClick(&field, Qt::Key_PageUp);
    QCOMPARE(field.whole(), 17);
    turnWheel(field, QPointF(8, 8), -1);
    QCOMPARE(field.whole(), 16);
    field.present(64);
    edited.clear();
    QTest::keyClick(&field, Qt::Key_Up);
    QCOMPARE(edited.count(), 0);
  }

  void typedNumbersAreTakenAsAWhole() {
    NumberField field;
    field.setWhole(1, 64);
    field.present(7);
    field.show();
    field.setFocus();
    QSignalSpy edited(&field, &NumberField::edited);
    field.selectAll();
    QTest::keyClicks(&field, QStringLiteral("12"));
    QCOMPARE(edited.count(), 0);  // not the 1 on the way
    field.present(7);             // the state did not change meanwhile
    QTest::keyClick(&field, Qt::Key_Return);
    QCOMPARE(edited.count(), 1);
    QCOMPARE(edited.at(0).at(0).toDouble(), 12.0);
  }

  void numbersBeyondABoundAreTypedAndExplained() {
    NumberField field;
    field.setWhole(1, 64);
    field.present(3);
    field.show();
    field.setFocus();
    QSignalSpy edited(&field, &NumberField::edited);
    field.selectAll();
    QTest::keyClicks(&field, QStringLiteral("99"));
    QCOMPARE(field.cleanText(), QStringLiteral("99"));
    QCOMPARE(field.note(), QStringLiteral("at most 64"));
    QVERIFY(field.pending());
    QTest::keyClick(&field, Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!field.pending());
    QCOMPARE(field.note(), QString());
    QCOMPARE(edited.count(), 0);
    field.selectAll();
    QTest::keyClicks(&field, QStringLiteral("99"));
    QTest::keyClick(&field, Qt::Key_Return);
    QCOMPARE(field.whole(), 64);
    QCOMPARE(field.cleanText(), QStringLiteral("64"));
    QCOMPARE(edited.count(), 1);
    field.selectAll();
    QTest::keyClicks(&field, QStringLiteral("0"));
    QCOMPARE(field.note(), QStringLiteral("at least 1"));
    QTest::keyClick(&field, Qt::Key_Return);
    QCOMPARE(field.whole(), 1);
  }

  void escapeTakesTypingBack() {
    NumberField field;
    field.setWhole(1, 64);
    field.present(7);
    field.show();
    field.setFocus();
    QSignalSpy edited(&field, &NumberField::edited);
    field.selectAll();
    QTest::keyClicks(&field, QStringLiteral("33"));
    QTest::keyClick(&field, Qt::Key_Escape);
    QTest::keyClick(&field, Qt::Key_Return);
    QCOMPARE(edited.count(), 0);
    QCOMPARE(field.whole(), 7);
  }

  void numbersAreScrubbedByDragging() {
    NumberField field;
    field.setWhole(1, 64);
    field.present(10);
    field.show();
    auto& line = *field.findChild<QLineEdit*>();
    QSignalSpy edited(&field, &NumberField::edited);
    mouse(line, QEvent::MouseButtonPress, {10, 8});
    mouse(line, QEvent::MouseMove, {11, 8});
    QCOMPARE(edited.count(), 0);  // a trembling hand
    mouse(line, QEvent::MouseMove, {10 + 5 * 6, 8});
    QCOMPARE(field.whole(), 15);
    mouse(line, QEvent::MouseMove, {10 - 100 * 6, 8});
    QCOMPARE(field.whole(), 1);
    mouse(line, QEvent::MouseButtonRelease, {10, 8});
    mouse(line, QEvent::MouseMove, {60, 8});
    QCOMPARE(field.whole(), 1);
  }

  void realNumbersHaveATrueMinusAndReadAnyPoint_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("negative") << -0.25 << "−0.25";
    QTest::newRow("no idle zeros") << 0.5 << "0.5";
    QTest::newRow("whole") << 3.0 << "3";
    QTest::newRow("zero") << -0.0 << "0";
  }
  void realNumbersHaveATrueMinusAndReadAnyPoint() {
    QFETCH(double, value);
    QFETCH(QString, text);
    NumberField field;
    field.setReal(-10, 10, 3, 0.05);
    QCOMPARE(field.textFromValue(value), text);
    QCOMPARE(field.valueFromText(text), value);
    QCOMPARE(field.valueFromText(QStringLiteral("-1,5")), -1.5);
    QString typed = QStringLiteral("-2,5");
    int position = 0;
    QCOMPARE(field.validate(typed, position), QValidator::Acceptable);
    typed = QStringLiteral("12.5");
    QVERIFY(field.validate(typed, position) != QValidator::Acceptable);
  }

  void segmentsAreChosenByMouseAndArrows() {
    SegmentedControl control(SegmentedControl::Size::Small);
    control.setChoices({"R", "G", "B"}, {"Red", "Green", "Blue"}, {"a", "b", "c"});
    control.present(0);
    control.show();
    QApplication::setActiveWindow(&control);  // no window manager does it here
    QSignalSpy chosen(&control, &SegmentedControl::chosen);
    control.present(1);
    QCOMPARE(chosen.count(), 0);
    QTest::mouseClick(control.button(2), Qt::LeftButton);
    QCOMPARE(chosen.takeFirst().at(0).toInt(), 2);
    control.button(2)->setFocus();
    QTest::keyClick(control.button(2), Qt::Key_Left);
    QCOMPARE(chosen.takeFirst().at(0).toInt(), 1);
    QCOMPARE(control.button(1)->accessibleName(), QStringLiteral("Green"));
    control.setChoices({"1", "2"}, {"One", "Two"}, {"a", "b"});
    QCOMPARE(control.count(), 2);
  }

  void choicesThatDoNotFitSayWhy() {
    ChoiceBox box;
    box.setChoices({{"Space", {}, {}, {}},
                    {"Sobel x", "sobel-x", "Edges.", {}},
                    {"Long", "long", "Time.", "Needs 9 frames."}});
    box.present("sobel-x");
    QCOMPARE(box.currentText(), QStringLiteral("Sobel x"));
    const auto* list = qobject_cast<QStandardItemModel*>(box.model());
    QVERIFY(!list->item(0)->isEnabled());
    QVERIFY(list->item(1)->isEnabled());
    QVERIFY(!list->item(2)->isEnabled());
    QCOMPARE(list->item(2)->toolTip(), QStringLiteral("Needs 9 frames."));
    QSignalSpy picked(&box, &ChoiceBox::picked);
    box.present({}, "own weights");
    QCOMPARE(box.currentIndex(), -1);
    QCOMPARE(box.placeholderText(), QStringLiteral("own weights"));
    QCOMPARE(picked.count(), 0);
    box.show();
    QTest::keyClick(&box, Qt::Key_Down);
    QCOMPARE(picked.takeFirst().at(0).toString(), QStringLiteral("sobel-x"));
    box.setChoices({{"A", "a", {}, {}}, {"Sobel x", "sobel-x", {}, {}}});
    QCOMPARE(box.currentId(), QStringLiteral("sobel-x"));
  }

  void busyBarWaitsBeforeItShows() {
    PanelFrame panel(QStringLiteral("Clip"));
    panel.setBody(new QWidget);
    panel.show();
    panel.setBusy(true);
    QVERIFY(!panel.showsBusy());
    QTRY_VERIFY_WITH_TIMEOUT(panel.showsBusy(), 5000);
    panel.setBusy(false);
    QVERIFY(!panel.showsBusy());
    panel.setBusy(true);
    panel.setBusy(false);
    QVERIFY(!panel.showsBusy());
  }

  void dockTurnsToTabsWherePanelsDoNotFit() {
    DockColumn dock;
    std::vector<PanelFrame*> panels{panelOfHeight("Clip", 100), panelOfHeight("Kernel", 200),
                                    panelOfHeight("Weights", 150)};
    for (PanelFrame* panel : panels) dock.add(panel);
    const int needed = 450 + 3 * PanelFrame::kTitleHeight;
    QCOMPARE(dock.openHeight(), needed);
    dock.resize(272, needed);
    dock.show();
    QVERIFY(!dock.tabbed());
    for (PanelFrame* panel : panels) QVERIFY(panel->isVisible());
    dock.resize(272, needed - 1);
    QVERIFY(dock.tabbed());
    QVERIFY(panels[0]->isVisible() && !panels[1]->isVisible());
    dock.showPanel(2);
    QVERIFY(!panels[0]->isVisible() && panels[2]->isVisible());
    dock.resize(272, needed);
    QVERIFY(!dock.tabbed());
    QVERIFY(panels[0]->isVisible());
  }

  void foldsAndSentencesDoNotTurnTheDockOver() {
    DockColumn dock;
    PanelFrame* panel = panelOfHeight("Clip", 100);
    auto* fold = new Fold;
    auto* rows = new QWidget;
    rows->setFixedHeight(300);
    fold->add(rows);
    panel->body()->layout()->addWidget(fold);
    dock.add(panel);
    dock.add(panelOfHeight("Kernel", 100));
    dock.resize(272, dock.openHeight() + 20);
    dock.show();
    QVERIFY(!dock.tabbed());
    fold->setVisible(true);
    QCoreApplication::processEvents();
    QVERIFY(!dock.tabbed());
    auto* sentence = new InlineSentence(InlineSentence::Kind::Error);
    panel->body()->layout()->addWidget(sentence);
    sentence->setText(
        QStringLiteral("The kernel needs 9 frames in time but the clip has 8 frames and no padding."));
    QCoreApplication::processEvents();
    QVERIFY(!dock.tabbed());
  }

  /// Whether panels stand open is a matter of the window: a longer kernel must not throw the dock over.
  void whatGrowsWithTheKernelDoesNotTurnTheDockOver() {
    DockColumn dock;
    PanelFrame* panel = panelOfHeight("Weights", 50);
    auto* grid = new WeightGrid;
    grid->setProperty(kNominalHeight, 80);
    panel->body()->layout()->addWidget(grid);
    dock.add(panel);
    dock.add(panelOfHeight("Kernel", 100));
    dock.resize(272, 600);
    const int rest = dock.openHeight();
    WeightGrid::Shown shown;
    shown.kernel = {7, 7, 7};
    shown.weights.assign(343, 0);
    grid->present(shown);
    QVERIFY(grid->heightForWidth(248) > 81);
    QCOMPARE(dock.openHeight(), rest);
  }

  void sentencesTakeNoRoomWhileEmpty() {
    QWidget holder;
    InlineSentence sentence(InlineSentence::Kind::Error, &holder);
    holder.show();
    QVERIFY(!sentence.isVisible());
    sentence.setText(QStringLiteral("The kernel needs 9 frames."));
    QVERIFY(sentence.isVisible());
    QCOMPARE(sentence.accessibleName(), QStringLiteral("The kernel needs 9 frames."));
    sentence.setText({});
    QVERIFY(!sentence.isVisible());
  }

  void everyTapHasItsCell_data() {
    QTest::addColumn<int>("t");
    QTest::addColumn<int>("y");
    QTest::addColumn<int>("x");
    QTest::addColumn<bool>("numbers");
    QTest::newRow("3x3x3") << 3 << 3 << 3 << true;
    QTest::newRow("1x3x3") << 1 << 3 << 3 << true;
    QTest::newRow("7x7x7") << 7 << 7 << 7 << false;
    QTest::newRow("5x1x1") << 5 << 1 << 1 << true;
    QTest::newRow("2x5x3") << 2 << 5 << 3 << true;
    QTest::newRow("64x3x3") << 64 << 3 << 3 << false;
    QTest::newRow("1x64x64") << 1 << 64 << 64 << false;
  }
  void everyTapHasItsCell() {
    QFETCH(int, t);
    QFETCH(int, y);
    QFETCH(int, x);
    QFETCH(bool, numbers);
    WeightGrid grid;
    grid.present(countingWeights({t, y, x}));
    grid.resize(248, grid.heightForWidth(248));
    QCOMPARE(grid.showsNumbers(), numbers);
    QVERIFY2(grid.height() <= 272, qPrintable(QString::number(grid.height())));
    for (int i = 0; i < t; ++i)
      for (int j = 0; j < y; ++j)
        for (int k = 0; k < x; ++k) {
          const QRectF cell = grid.cellRect({i, j, k});
          QVERIFY(QRectF(grid.rect()).adjusted(-0.01, -0.01, 0.01, 0.01).contains(cell));
          QVERIFY(grid.tapAt(cell.center()) == (Triple{i, j, k}));
        }
  }

  void weightsAreTypedDraggedAndTurned() {
    WeightGrid grid;
    grid.present(countingWeights({3, 3, 3}));
    grid.resize(248, grid.heightForWidth(248));
    grid.show();
    QApplication::setActiveWindow(&grid);  // no window manager does it here
    QSignalSpy edited(&grid, &WeightGrid::edited);
    const auto tapOf = [](const QList<QVariant>& call) { return call.at(0).value<Triple>(); };
    const QPointF at = grid.cellRect({1, 2, 0}).center();

    mouse(grid, QEvent::MouseButtonPress, at);
    mouse(grid, QEvent::MouseButtonRelease, at);
    auto* editor = grid.findChild<QLineEdit*>();
    QVERIFY(editor->isVisible());
    QTest::keyClicks(editor, QStringLiteral("-0.5"));
    QTest::keyClick(editor, Qt::Key_Return);
    QVERIFY(!editor->isVisible());
    QCOMPARE(edited.count(), 1);
    QVERIFY(tapOf(edited.at(0)) == (Triple{1, 2, 0}));
    QCOMPARE(edited.takeFirst().at(1).toDouble(), -0.5);

    mouse(grid, QEvent::MouseButtonPress, at);
    mouse(grid, QEvent::MouseMove, at - QPointF(0, 20));
    mouse(grid, QEvent::MouseButtonRelease, at);
    QVERIFY(!editor->isVisible());
    QCOMPARE(edited.takeFirst().at(1).toDouble(), 0.35);  // 15 hundredths and 20 px up

    turnWheel(grid, at, 2);
    QCOMPARE(edited.takeFirst().at(1).toDouble(), 0.25);
    turnWheel(grid, at, -1, Qt::ControlModifier);
    QCOMPARE(edited.takeFirst().at(1).toDouble(), 0.14);
  }

  void arrowsMoveThroughTheWeights() {
    WeightGrid grid;
    grid.present(countingWeights({2, 3, 3}));
    grid.resize(248, grid.heightForWidth(248));
    grid.show();
    QApplication::setActiveWindow(&grid);  // no window manager does it here
    for (int i = 0; i < 3; ++i) QTest::keyClick(&grid, Qt::Key_Right);
    QVERIFY(grid.current() == (Triple{1, 0, 0}));
    QTest::keyClick(&grid, Qt::Key_Down);
    QTest::keyClick(&grid, Qt::Key_Left);
    QVERIFY(grid.current() == (Triple{0, 1, 2}));
    QTest::keyClick(&grid, Qt::Key_PageDown);
    QTest::keyClick(&grid, Qt::Key_Home);
    QVERIFY(grid.current() == (Triple{1, 1, 0}));
    QSignalSpy edited(&grid, &WeightGrid::edited);
    QTest::keyClick(&grid, Qt::Key_Delete);
    QCOMPARE(edited.takeFirst().at(1).toDouble(), 0.0);
    QTest::keyClick(&grid, Qt::Key_7);  // typing opens the editor
    auto* editor = grid.findChild<QLineEdit*>();
    QTest::keyClick(editor, Qt::Key_Down);
    QCOMPARE(edited.takeFirst().at(1).toDouble(), 7.0);
    QVERIFY(grid.current() == (Triple{1, 2, 0}));
    QTest::keyClick(&grid, Qt::Key_Return);
    QTest::keyClicks(editor, QStringLiteral("9"));
    QTest::keyClick(editor, Qt::Key_Escape);
    QCOMPARE(edited.count(), 0);
    QVERIFY(!grid.accessibleDescription().isEmpty());
  }

  void weightsTellWhatIsPointedAt() {
    WeightGrid grid;
    grid.present(countingWeights({1, 3, 3}));
    grid.resize(248, grid.heightForWidth(248));
    grid.show();
    int calls = 0;
    std::optional<Triple> last;
    connect(&grid, &WeightGrid::hovered, this, [&](const std::optional<Triple>& tap) {
      ++calls;
      last = tap;
    });
    QMouseEvent move(QEvent::MouseMove, grid.cellRect({0, 1, 1}).center(), QPointF(), Qt::NoButton,
                     Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(&grid, &move);
    QVERIFY(last == (Triple{0, 1, 1}));
    grid.presentHover(last);
    QApplication::sendEvent(&grid, &move);
    QCOMPARE(calls, 1);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&grid, &leave);
    QVERIFY(!last);
  }
};

Q_DECLARE_METATYPE(convscope::Triple)

QTEST_MAIN(TestControls)
#include "tst_controls.moc"
