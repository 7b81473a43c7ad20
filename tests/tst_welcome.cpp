#include "app/command_line.h"
#include "app/lesson_desk.h"
#include "app/main_window.h"
#include "app/welcome_page.h"

#include <QAbstractButton>
#include <QAction>
#include <QMenuBar>
#include <QTemporaryDir>
#include <QtTest>

using namespace convscope;

class TestWelcome : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    m_window = std::make_unique<MainWindow>(initialState(), Settings(m_folder.filePath("settings.ini")));
    m_window->resize(1280, 720);
    m_window->show();
    m_window->finish();
  }
  void cleanup() {
    m_window.reset();
    QFile::remove(m_folder.filePath("settings.ini"));
  }

  void theClipMovesBehindThePage() {
    QVERIFY(!m_window->store().state().playback.playing);
    m_window->showWelcome();
    QVERIFY(m_window->welcome() != nullptr);
    QVERIFY(m_window->store().state().playback.playing);
    QTest::keyClick(m_window->welcome(), Qt::Key_Escape);
    QCOMPARE(m_window->welcome(), nullptr);
    QVERIFY(!m_window->store().state().playback.playing);
    QVERIFY(!m_window->store().state().playback.paint);
    QVERIFY(m_window->store().state().columns == initialState().columns);
    QVERIFY(!m_window->store().canUndo());  // it was no work
  }

  void itIsRememberedThatItWasSeen() {
    const Settings settings(m_folder.filePath("settings.ini"));
    QVERIFY(!settings.welcomed());
    m_window->showWelcome();
    QVERIFY(settings.welcomed());  // also where the program is killed now
    QTest::keyClick(m_window->welcome(), Qt::Key_Escape);
    QVERIFY(m_window->welcome() == nullptr);
    for (QAction* action : m_window->actions())  // Help brings it back
      if (action->text() == QStringLiteral("Welcome")) action->trigger();
    QVERIFY(m_window->welcome() != nullptr);
  }

  void itIsNeverInTheWayOfWhatTheCommandLineNames_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<bool>("named");
    QTest::addColumn<bool>("due");
    QTest::addRow("nothing") << "" << false << true;
    QTest::addRow("looks") << "--theme light --size 1280x720" << false << false;
    QTest::addRow("asked for") << "--welcome --theme light" << false << true;
    for (const char* line : {"clip.mp4", "a.convscope", "--state a.json", "--scene fig-4", "--lesson fig-4",
                             "--contents", "--lab dot", "--kernel 3,3,3", "--screenshot a.png"})
      QTest::addRow("%s", line) << line << true << false;
  }
  void itIsNeverInTheWayOfWhatTheCommandLineNames() {
    QFETCH(QString, line);
    QFETCH(bool, named);
    QFETCH(bool, due);
    std::vector<std::string> arguments;
    for (const QString& word : line.split(' ', Qt::SkipEmptyParts)) arguments.push_back(word.toStdString());
    const auto options = parseCommandLine(arguments);
    QVERIFY(options);
    QCOMPARE(namesSomething(*options), named);
    QCOMPARE(welcomeIsDue(*options, false), due);
    QCOMPARE(welcomeIsDue(*options, true), due && options->welcome);  // never a second time by itself
  }

  void everyDoorLeadsSomewhere_data() {
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("workspace");
    QTest::addRow("teach") << int(Qt::Key_1) << -1;  // the lessons' contents, over any workspace
    QTest::addRow("inspect") << int(Qt::Key_2) << int(Workspace::Network);
    QTest::addRow("compare") << int(Qt::Key_3) << int(Workspace::Compare);
  }
  void everyDoorLeadsSomewhere() {
    QFETCH(int, key);
    QFETCH(int, workspace);
    m_window->showWelcome();
    QTest::keyClick(m_window->welcome(), static_cast<Qt::Key>(key));
    if (workspace >= 0) QCOMPARE(int(m_window->store().state().workspace), workspace);
    QCOMPARE(m_window->lessonDesk().showsContents(), workspace < 0);
    QCOMPARE(m_window->welcome(), nullptr);
  }

  void doorsAreFoundByKeysAndScreenReaders() {
    m_window->showWelcome();
    WelcomePage* page = m_window->welcome();
    for (const WelcomeDoor which : {WelcomeDoor::Teach, WelcomeDoor::Inspect, WelcomeDoor::Compare}) {
      const QAbstractButton* door = page->door(which);
      QVERIFY(!door->accessibleName().isEmpty() && !door->accessibleDescription().isEmpty());
      QVERIFY(page->rect().contains(door->geometry()));
      QVERIFY(door->focusPolicy() & Qt::TabFocus);
    }
    m_window->activateWindow();
    page->door(WelcomeDoor::Compare)->setFocus();
    QTest::keyClick(page->door(WelcomeDoor::Compare), Qt::Key_Return);
    QCOMPARE(m_window->store().state().workspace, Workspace::Compare);
  }

  /// The window's keys must not work behind the page.
  void keysStayWithThePage() {
    m_window->showWelcome();
    const Theme before = m_window->store().state().look.theme;
    QTest::keyClick(m_window->welcome(), Qt::Key_T);
    QCOMPARE(m_window->store().state().look.theme, before);
    QVERIFY(m_window->welcome() != nullptr);
  }

 private:
  QTemporaryDir m_folder;
  std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestWelcome)
#include "tst_welcome.moc"
