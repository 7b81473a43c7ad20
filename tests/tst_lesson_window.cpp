// Lessons in the window: the panel, the keys, the spotlight, one's own lessons.
#include "app/field_workspace.h"
#include "app/kernel_workspace.h"
#include "app/lesson_desk.h"
#include "app/main_window.h"
#include "app/second_stage.h"
#include "widgets/lesson/contents_page.h"
#include "widgets/lesson/lesson_editor.h"
#include "widgets/lesson/lesson_panel.h"
#include "widgets/stage/field_stage.h"
#include "widgets/stage/stage_view.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTemporaryDir>
#include <QtTest>

using namespace convscope;

class TestLessonWindow : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    AppState state = initialState();
    state.look.reducedMotion = true;
    m_window = std::make_unique<MainWindow>(state, Settings::forgetful());
    m_window->resize(1600, 1000);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_window->finish();
  }
  void cleanup() { m_window.reset(); }

  void everyStepOfEveryLessonIsShown_data() {
    QTest::addColumn<QString>("id");
    const auto all = lessons();
    QVERIFY(all);
    for (const Lesson& lesson : *all) QTest::newRow(lesson.id.c_str()) << QString::fromStdString(lesson.id);
  }
  void everyStepOfEveryLessonIsShown() {
    QFETCH(QString, id);
    desk().open(id);
    QVERIFY(player().isOpen());
    for (int step = 0; step < player().count(); ++step) {
      player().goTo(step);
      finish();
      const QString where = QStringLiteral("%1, step %2: ").arg(id).arg(step + 1);
      QVERIFY2(player().problem().isEmpty(), qPrintable(where + player().problem()));
      QVERIFY2(player().known(), qPrintable(where));
      QVERIFY2(player().facts().problem.empty(), (where.toStdString() + player().facts().problem).c_str());
      QVERIFY2(!panel().words().contains(QChar(0x2026)), qPrintable(where + panel().words()));
      QCOMPARE(m_window->store().state().lesson.step, step);
      if (player().asking()) {
        const bool numbered = player().current().question->choices.empty();
        numbered ? player().enter(*player().facts().answer) : player().choose(*player().facts().right);
        QVERIFY2(player().right().value_or(false), qPrintable(where));
        player().tell();
        finish();
        QVERIFY(!player().asking() && player().told());
      }
      if (player().current().goal && !player().current().goal->solution.empty()) {
        QVERIFY2(!player().goalReached(), qPrintable(where));
        player().solve();
        finish();
        QVERIFY2(player().goalReached(), qPrintable(where));
      }
    }
  }

  // Figure 4 by the keyboard alone: open, read, predict, tell, reach the goal.
  void figureFourByKeys() {
    QTest::keyClick(focus(), Qt::Key_F9);
    QVERIFY(desk().showsContents());
    LessonCard* card = nullptr;
    for (int i = 0; i < 60 && card == nullptr; ++i) {
      auto* here = qobject_cast<LessonCard*>(focus());
      if (here != nullptr && here->id() == "fig-4")
        card = here;
      else
        QTest::keyClick(focus(), Qt::Key_Tab);
    }
    QVERIFY2(card != nullptr, "Tab does not reach the card of figure 4");
    QTest::keyClick(card, Qt::Key_Space);
    QVERIFY(player().isOpen());
    QCOMPARE(player().lesson().id, std::string("fig-4"));
    finish();
    while (!player().asking()) {
      const int step = player().step();
      QTest::keyClick(focus(), Qt::Key_PageDown);
      finish();
      QCOMPARE(player().step(), step + 1);
    }
    QCOMPARE(player().step(), 3);
    QVERIFY(m_window->workspace().veil() == WorkspacePage::Veil::Maps);
    QVERIFY(!mapIsShown(2));
    QTest::keyClick(focus(), Qt::Key_2);
    QCOMPARE(player().chosen(), std::optional(1));
    QCOMPARE(player().right(), std::optional(false));
    QTest::keyClick(focus(), Qt::Key_3);
    QCOMPARE(player().right(), std::optional(true));
    QTest::keyClick(focus(), Qt::Key_Space);
    QVERIFY(player().told());
    finish();
    QVERIFY(mapIsShown(2));
    QTest::keyClick(focus(), Qt::Key_PageDown);
    QTest::keyClick(focus(), Qt::Key_PageDown);
    finish();
    QVERIFY(player().current().goal);
    QVERIFY(!player().goalReached());
    // the size in time takes the focus by Tab, and one step up is three frames
    QWidget* field = m_window->workspace().part(QStringLiteral("kernel.length"));
    QVERIFY(field != nullptr && field->isVisible());
    bool reached = false;
    for (int i = 0; i < 80 && !reached; ++i) {
      reached = focus() == field || field->isAncestorOf(focus()) || focus()->focusProxy() == field;
      if (!reached) QTest::keyClick(focus(), Qt::Key_Tab);
    }
    QVERIFY2(reached, "Tab does not reach the kernel's size in time");
    QTest::keyClick(focus(), Qt::Key_Up);
    finish();
    QCOMPARE(m_window->store().state().kernel().conv.kernel.t, 3);
    QVERIFY(player().goalReached());
    QVERIFY(player().moved());
    QTest::keyClick(focus(), Qt::Key_R, Qt::ControlModifier);
    QCOMPARE(m_window->store().state().kernel().conv.kernel.t, 2);
    QVERIFY(!player().moved());
    QTest::keyClick(focus(), Qt::Key_PageUp);
    QCOMPARE(player().step(), 4);
  }

  void pageKeysSlideTheKernelWithoutALesson() {
    const int before = m_window->store().state().selection.voxel.t;
    QTest::keyClick(focus(), before > 0 ? Qt::Key_PageUp : Qt::Key_PageDown);
    QCOMPARE(m_window->store().state().selection.voxel.t, before > 0 ? before - 1 : before + 1);
  }

  void panelsAreThoseThatTheStepNames() {
    desk().open(QStringLiteral("fig-4"), 4);
    finish();
    KernelWorkspace& kernel = m_window->workspace();
    QVERIFY(kernel.part("ledger")->isVisible() && kernel.part("strip")->isVisible());
    QVERIFY(!kernel.part("cost")->isVisible() && !kernel.part("kernel")->isVisible());
    QCOMPARE(desk().spotlight().target(), kernel.part("ledger"));
    QVERIFY(desk().spotlight().isVisible());
    QVERIFY(desk().spotlight().testAttribute(Qt::WA_TransparentForMouseEvents));
    desk().showAllPanels();
    QVERIFY(kernel.part("kernel")->isVisible());
    player().next();
    finish();
    QVERIFY(kernel.part("kernel")->isVisible() && !kernel.part("ledger")->isVisible());
    player().close();
    finish();
    QVERIFY(kernel.part("ledger")->isVisible() && kernel.part("clip")->isVisible());
    QVERIFY(!panel().isVisible() && !desk().spotlight().isVisible());
  }

  void theSlideStopsAtItsBreak() {
    desk().open(QStringLiteral("fig-4"), 2);
    finish();
    QVERIFY(m_window->store().state().playback.playing);
    const Triple extent = m_window->workspace().mapsExtent();
    m_window->store().edit({"x",
                            [&](AppState& s) {
                              s.selection.voxel = {0, extent.y - 1, extent.x - 4};
                            },
                            false});
    m_window->store().edit({"x", [&](AppState& s) { s.selection.voxel = {1, 0, 3}; }, false});
    QVERIFY(!m_window->store().state().playback.playing);
    QCOMPARE(m_window->store().state().selection.voxel, (Triple{0, extent.y - 1, extent.x - 1}));
  }

  void everyControlHasAName() {
    desk().open(QStringLiteral("fig-4"), 3);
    desk().toggleEditor();
    desk().showContents(true);
    desk().showContents(false);
    finish();
    for (QWidget* root : {static_cast<QWidget*>(&panel()), static_cast<QWidget*>(desk().contents())}) {
      for (QWidget* widget : root->findChildren<QWidget*>()) {
        const bool control = qobject_cast<QAbstractButton*>(widget) != nullptr ||
                             qobject_cast<QLineEdit*>(widget) != nullptr ||
                             qobject_cast<QPlainTextEdit*>(widget) != nullptr;
        if (!control) continue;
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
        QVERIFY(interface != nullptr);
        QVERIFY2(!interface->text(QAccessible::Name).isEmpty(), widget->metaObject()->className());
      }
    }
  }

  void presenterShowsTheLessonAlone() {
    desk().open(QStringLiteral("fig-4"), 3);
    m_window->resize(1920, 1080);
    m_window->store().edit({"x", [](AppState& s) { s.look.presenter = true; }, false});
    finish();
    QVERIFY(panel().isVisible());
    QCOMPARE(panel().width(), 640);
    QCOMPARE(panel().choices().size(), std::size_t{4});
    for (const ChoiceButton* choice : panel().choices()) QVERIFY(choice->height() >= 66);
    QVERIFY(m_window->workspace().stage().width() >= 1270);
    const auto labels = m_window->workspace().stage().facts().labels;
    QVERIFY(std::ranges::any_of(labels,
                                [](const StageLabel& label) { return label.text == QLatin1String("?"); }));
  }

  // What a step of the Field workspace names is there for a class, too: a puzzle without its editor is none.
  void presenterShowsThePanelsThatAStepNames() {
    m_window->resize(1920, 1080);
    m_window->store().edit({"x", [](AppState& s) { s.look.presenter = true; }, false});
    for (const auto& [id, step] : {std::pair{"puzzle", 1}, {"small-kernels", 3}, {"small-kernels", 2}}) {
      desk().open(QString::fromLatin1(id), step);
      finish();
      for (const std::string& name : player().current().panels) {
        const QWidget* const part = m_window->fieldWorkspace().part(QString::fromStdString(name));
        QVERIFY2(part != nullptr && part->isVisible(), name.c_str());
        QVERIFY2(part->height() >= 100 && part->width() >= 300, name.c_str());
      }
      QVERIFY(m_window->fieldWorkspace().stage().width() >= 640);
      QVERIFY(m_window->fieldWorkspace().stage().height() >= 420);
    }
  }

  // A light contents page has light pictures.
  void cardsFollowTheTheme() {
    desk().showContents(true);
    finish();
    const auto shown = [this] { return m_window->findChildren<LessonCard*>(); };
    QVERIFY(shown().size() >= 20);
    for (const bool light : {true, false}) {
      m_window->store().edit(
          {"x", [light](AppState& s) { s.look.theme = light ? Theme::Light : Theme::Dark; }, false});
      finish();
      for (const LessonCard* card : shown()) {
        QVERIFY2(card->picturePath().contains(QLatin1String("/light/")) == light, card->id().c_str());
        QVERIFY(QFile::exists(card->picturePath()));
      }
    }
  }

  // Whatever workspace the window begins with: the style sheet may reach the panel only when it is shown.
  void presenterQuestionsAreLarge() {
    AppState state = initialState();
    state.look.reducedMotion = state.look.presenter = true;
    m_window = std::make_unique<MainWindow>(state, Settings::forgetful());
    m_window->resize(1920, 1080);
    for (const char* const id : {"fig-8", "fig-4"}) {
      desk().open(QString::fromLatin1(id), 0);
      m_window->show();
      QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
      while (!player().asking() && player().step() + 1 < player().count()) player().goTo(player().step() + 1);
      finish();
      const auto* const question = panel().findChild<QLabel*>(QStringLiteral("question"));
      QVERIFY(question->isVisible());
      QCOMPARE(question->font().pointSizeF(),
               lookTheme(state.look).font(lookTheme(state.look).question).pointSizeF());
    }
  }

  // As many keys as there are answers, whatever their number.
  void theKeysAreThoseOfTheChoices() {
    for (const auto& [id, step] : {std::pair{"fig-1", 2}, {"xt-motion", 1}, {"table-1", 3}}) {
      desk().open(QString::fromLatin1(id), step);
      finish();
      QStringList keys;
      for (std::size_t i = 1; i <= player().current().question->choices.size(); ++i)
        keys << QString::number(i);
      const QString said = QStringLiteral(">%1</b> choose").arg(keys.join(QLatin1Char(' ')));
      const auto labels = panel().findChildren<QLabel*>();
      QVERIFY2(std::ranges::any_of(
                   labels, [&](const QLabel* one) { return one->isVisible() && one->text().contains(said); }),
               id);
    }
  }

  void theStageStandsInASecondWindow() {
    desk().open(QStringLiteral("fig-4"), 4);
    desk().toggleSecondStage();
    finish();
    auto* second = qobject_cast<SecondStage*>(desk().stageWindow());
    QVERIFY(second != nullptr && second->isVisible());
    QCOMPARE(second->kernelStage()->facts().mapFrames, m_window->workspace().stage().facts().mapFrames);
    desk().toggleSecondStage();
    QTRY_VERIFY(desk().stageWindow() == nullptr);
  }

  void oneRecordsALesson() {
    m_window->store().edit({"x", [](AppState& s) { s.kernel().conv.kernel = {2, 3, 3}; }, true});
    desk().recordNew();
    finish();
    QVERIFY(player().isOpen() && desk().editor() != nullptr);
    QCOMPARE(player().count(), 1);
    m_window->store().edit({"x", [](AppState& s) { s.kernel().conv.stride = {1, 2, 2}; }, true});
    desk().editor()->record();
    QCOMPARE(player().count(), 2);
    QCOMPARE(player().step(), 1);
    QCOMPARE(m_window->store().state().kernel().conv.stride, (Triple{1, 2, 2}));
    player().goTo(0);
    QCOMPARE(m_window->store().state().kernel().conv.stride, (Triple{1, 1, 1}));
    QCOMPARE(m_window->store().state().kernel().conv.kernel, (Triple{2, 3, 3}));
    // text is edited in place; a slip is explained and changes nothing
    QPlainTextEdit* source = desk().editor()->source();
    source->setPlainText(QStringLiteral("## First\npannels: stage\n\nHello\n"));
    desk().editor()->take();
    QVERIFY(desk().editor()->problem().startsWith(QStringLiteral("Line 2: ")));
    QCOMPARE(player().current().title, std::string("Step 1"));
    source->setPlainText(QStringLiteral("## First\npanels: stage\n\nHello\n"));
    desk().editor()->take();
    QVERIFY(desk().editor()->problem().isEmpty());
    QCOMPARE(player().current().title, std::string("First"));
    desk().editor()->move(1);
    QCOMPARE(player().lesson().steps[1].title, std::string("First"));
    QTemporaryDir folder;
    Lesson lesson = player().lesson();
    lesson.path = folder.filePath(QStringLiteral("mine.md")).toStdString();
    player().replaceLesson(lesson, 1);
    desk().save();
    player().close();
    desk().openFile(folder.filePath(QStringLiteral("mine.md")));
    QVERIFY(player().isOpen());
    QCOMPARE(player().count(), 2);
    QCOMPARE(player().lesson().steps[1].title, std::string("First"));
  }

  // Whatever comes between the typing and the moment when it is taken over.
  void whatIsTypedStaysWithItsStep() {
    desk().recordNew();
    finish();
    LessonEditor& editor = *desk().editor();
    editor.record();
    editor.record();
    QCOMPARE(player().count(), 3);
    const auto type = [&](int step, const QString& title) {
      player().goTo(step);
      finish();
      QVERIFY(editor.source()->toPlainText().startsWith("## " + title.left(4)));
      editor.source()->setPlainText("## " + title + " typed\npanels: stage\n\nHello\n");
    };
    const auto titles = [&] {
      QStringList all;
      for (const LessonStep& step : player().lesson().steps) all << QString::fromStdString(step.title);
      return all;
    };
    type(1, "Step 2");
    player().next();
    QCOMPARE(player().step(), 2);
    QCOMPARE(titles(), (QStringList{"Step 1", "Step 2 typed", "Step 3"}));
    QVERIFY(editor.source()->toPlainText().startsWith("## Step 3"));
    type(0, "Step 1");
    editor.move(1);
    QCOMPARE(titles(), (QStringList{"Step 2 typed", "Step 1 typed", "Step 3"}));
    type(2, "Step 3");
    editor.remove();
    QCOMPARE(titles(), (QStringList{"Step 2 typed", "Step 1 typed"}));
    type(1, "Step 1");
    editor.record();
    QCOMPARE(titles(), (QStringList{"Step 2 typed", "Step 1 typed", "Step 3"}));
    // a slip is not left, neither by the step nor by the pause, and undo does not throw it away
    player().goTo(1);
    editor.source()->setPlainText("## Slip\npannels: stage\n\nHello\n");
    player().next();
    QCOMPARE(player().step(), 1);
    QVERIFY(editor.problem().startsWith(QStringLiteral("Line 2: ")));
    editor.record();
    editor.move(-1);
    QCOMPARE(titles(), (QStringList{"Step 2 typed", "Step 1 typed", "Step 3"}));
    m_window->store().undo();
    finish();
    QVERIFY(editor.source()->toPlainText().startsWith("## Slip"));
    editor.source()->setPlainText("## Mended\npanels: stage\n\nHello\n");
    QVERIFY(editor.take());
    QCOMPARE(titles(), (QStringList{"Step 2 typed", "Mended", "Step 3"}));
  }

  void theFirstClassGoesOnByItself() {
    desk().startFirstClass();
    QCOMPARE(player().lesson().id, firstClass()[0].lesson);
    player().goTo(player().count() - 1);
    if (player().asking()) desk().next();
    desk().next();
    QCOMPARE(player().lesson().id, firstClass()[1].lesson);
    QCOMPARE(player().step(), 0);
  }

 private:
  LessonDesk& desk() { return m_window->lessonDesk(); }
  LessonPlayer& player() { return desk().player(); }
  LessonPanel& panel() { return desk().panel(); }
  QWidget* focus() {
    QWidget* widget = QApplication::focusWidget();
    return widget != nullptr ? widget : m_window.get();
  }
  void finish() {
    m_window->finish();
    QCoreApplication::processEvents();
    m_window->finish();
  }
  bool mapIsShown(int t) {
    const QString title = m_window->workspace().view().mapTitle(t);
    const auto facts = m_window->workspace().stage().facts();
    return facts.mapFrames > t || std::ranges::any_of(facts.labels, [&](const StageLabel& label) {
             return label.kind == LabelKind::MapTitle && label.text == title;
           });
  }
  std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestLessonWindow)
#include "tst_lesson_window.moc"
