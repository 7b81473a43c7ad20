#include "app/autosave.h"
#include "app/command_line.h"
#include "app/kernel_workspace.h"
#include "app/lesson_desk.h"
#include "app/main_window.h"
#include "app/notice_bar.h"
#include "app/save_path.h"
#include "clip_files.h"
#include "engine/core/file_text.h"
#include "widgets/lesson/lesson_editor.h"
#include "widgets/state/session_file.h"

#include <QFileDialog>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QRandomGenerator>
#include <QtTest>

#include <nlohmann/json.hpp>

#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>

using namespace convscope;

namespace {

/// The n-th state of the run that is killed: told apart by its crop, and large enough that a write takes a
/// while.
AppState workOf(int n) {
  AppState state = initialState();
  state.kernel().clip.prepare.crop = Crop{n, 0, 1, 1};
  state.kernel().conv.kernel = {9, 9, 9};
  for (Filter& filter : state.kernel().bank) {
    filter.weights.assign(3 * 9 * 9 * 9, static_cast<float>(n));
    filter.preset.clear();
    filter.edited = true;
  }
  return state;
}

int numberOf(const AppState& state) {
  return state.kernel().clip.prepare.crop ? state.kernel().clip.prepare.crop->x : -1;
}

/// The run that is killed: changes its work without pause and says what is on disk.
int keepUntilKilled(int argc, char** argv) {
  QCoreApplication application(argc, argv);
  Autosave kept(QString::fromLocal8Bit(argv[2]), {0, 0});
  int n = 0;
  const auto next = [&] { kept.keep(workOf(++n), QStringLiteral("/talk.convscope"), true); };
  QObject::connect(&kept, &Autosave::written, [&](quint64 number) {
    std::printf("%llu\n", static_cast<unsigned long long>(number));
    std::fflush(stdout);
  });
  QTimer changes;
  QObject::connect(&changes, &QTimer::timeout, next);
  changes.start(0);
  return QCoreApplication::exec();
}

QByteArray bytesOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Lets this process write no file beyond 64 KiB while it lives, as a full disk would.
class SmallDisk {
 public:
  SmallDisk() {
    getrlimit(RLIMIT_FSIZE, &m_before);
    rlimit small = m_before;
    small.rlim_cur = 64 << 10;
    setrlimit(RLIMIT_FSIZE, &small);
    m_handler = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &m_before);
    std::signal(SIGXFSZ, m_handler);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

 private:
  rlimit m_before{};
  void (*m_handler)(int) = nullptr;
};

}  // namespace

class TestSession : public QObject {
  Q_OBJECT

 private slots:
  void clipsAreNamedBesideTheSession() {
    QVERIFY(QDir(m_folder.path()).mkpath("talk/clips"));
    QVERIFY(clip_files::writeVideo(path("talk/clips/walk.avi"), "MJPG", 12, 30, 40));
    AppState state = initialState();
    state.kernel().clip.source = FileSource{path("talk/clips/walk.avi").toStdString()};
    state.network.model = path("talk/net.onnx").toStdString();
    const std::string file = path("talk/a.convscope").toStdString();
    QVERIFY(writeSession(state, file));
    std::ifstream stream(file);
    const nlohmann::json json = nlohmann::json::parse(stream);
    QCOMPARE(json["network"]["model"].get<std::string>(), std::string("net.onnx"));
    // exactly what was saved, here …
    auto back = readSession(file);
    QVERIFY(back);
    QVERIFY(back->state == state);
    QCOMPARE(back->missing, std::vector{state.network.model});  // there is none
    // … and where the folder was moved to
    std::filesystem::rename(path("talk").toStdString(), path("moved").toStdString());
    back = readSession(path("moved/a.convscope").toStdString());
    QVERIFY(back);
    QCOMPARE(std::get<FileSource>(back->state.kernel().clip.source).path,
             path("moved/clips/walk.avi").toStdString());
    QCOMPARE(back->missing.size(), std::size_t{1});
  }

  void everyFileIsNamedBesideTheSession() {
    QVERIFY(QDir(m_folder.path()).mkpath("all/nets"));
    AppState state = initialState();
    state.network.model = path("all/nets/net.onnx").toStdString();
    state.network.preprocess = path("all/nets/net.json").toStdString();
    state.network.beside = "sibling-2d";  // comes with the program: no file of the session's
    state.lesson.file = path("all/talk.md").toStdString();
    const std::string file = path("all/a.convscope").toStdString();
    QVERIFY(writeSession(state, file));
    std::ifstream stream(file);
    const nlohmann::json json = nlohmann::json::parse(stream);
    QCOMPARE(json["network"]["model"].get<std::string>(), std::string("nets/net.onnx"));
    QCOMPARE(json["network"]["preprocess"].get<std::string>(), std::string("nets/net.json"));
    QCOMPARE(json["network"]["beside"].get<std::string>(), std::string("sibling-2d"));
    QCOMPARE(json["lesson"]["file"].get<std::string>(), std::string("talk.md"));
    // read from elsewhere, as --state does: beside the session, not in the current folder
    for (const char* name : {"all/nets/net.onnx", "all/nets/net.json"})
      QVERIFY(writeFileText(path(name).toStdString(), "{}"));
    const auto options = parseCommandLine(std::vector<std::string>{"--screenshot", "a.png", "--state", file});
    QVERIFY(options);
    const auto back = stateOf(*options);
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QVERIFY(back->network == state.network);
    QCOMPARE(back->lesson.file, state.lesson.file);
    // and so from a state that was written by hand
    QVERIFY(writeFileText(
        path("all/hand.json").toStdString(),
        R"({"convscope": 1, "network": {"model": "nets/net.onnx", "preprocess": "nets/net.json"}})"));
    const auto hand = readState(path("all/hand.json").toStdString());
    QVERIFY2(hand, hand ? "" : hand.error().message.c_str());
    QCOMPARE(hand->network.model, state.network.model);
    QCOMPARE(hand->network.preprocess, state.network.preprocess);
  }

  // A network in a column of Compare is read from the same files as one in its own workspace.
  void networksInColumnsAreFilesOfTheSession() {
    QVERIFY(QDir(m_folder.path()).mkpath("columns/nets"));
    AppState state = initialState();
    NetworkStudy network;
    network.model = path("columns/nets/net.onnx").toStdString();
    network.preprocess = path("columns/nets/net.json").toStdString();
    network.source = state.kernel().clip.source;
    NetworkStudy bundled = network;
    bundled.model = "sibling-2d";
    bundled.preprocess = "kinetics";
    state.columns.emplace_back(network);
    state.columns.emplace_back(bundled);
    QCOMPARE(missingFiles(state), (std::vector{network.model, network.preprocess}));
    const std::string file = path("columns/a.convscope").toStdString();
    QVERIFY(writeSession(state, file));
    std::ifstream stream(file);
    const nlohmann::json json = nlohmann::json::parse(stream);
    QCOMPARE(json["columns"][1]["model"].get<std::string>(), std::string("nets/net.onnx"));
    QCOMPARE(json["columns"][1]["preprocess"].get<std::string>(), std::string("nets/net.json"));
    QCOMPARE(json["columns"][2]["model"].get<std::string>(), std::string("sibling-2d"));
    QCOMPARE(json["columns"][2]["preprocess"].get<std::string>(), std::string("kinetics"));
    // the folder is moved: what the session names moves with it
    QVERIFY(QDir(m_folder.path()).rename("columns", "handed-on"));
    for (const char* name : {"handed-on/nets/net.onnx", "handed-on/nets/net.json"})
      QVERIFY(writeFileText(path(name).toStdString(), "{}"));
    const auto back = readSession(path("handed-on/a.convscope").toStdString());
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QVERIFY(back->missing.empty());
    QCOMPARE(std::get<NetworkStudy>(back->state.columns.at(1)).model,
             path("handed-on/nets/net.onnx").toStdString());
    AppState mended = state;
    replaceFile(mended, network.model, "elsewhere.onnx");
    QCOMPARE(std::get<NetworkStudy>(mended.columns.at(1)).model, std::string("elsewhere.onnx"));
  }

  void aWriteThatFailsLeavesTheFileAsItWas() {
    const auto nowhere = writeSession(initialState(), path("no such folder/a.convscope").toStdString());
    QVERIFY(!nowhere);
    QVERIFY(QString::fromStdString(nowhere.error().message).contains("cannot be written: "));
    QVERIFY(writeFileText(path("whole.json").toStdString(), "old"));
    QVERIFY(QFile::exists(path("whole.json")));
    QCOMPARE(QDir(m_folder.path()).entryList({"*whole*.json"}, QDir::Files | QDir::Hidden).size(),
             1);  // nothing lies beside it
    // a disk that is full in the middle of a write: the old file stands
    QVERIFY(writeState(initialState(), path("disk.json").toStdString()));
    const QByteArray before = bytesOf(path("disk.json"));
    AppState large = initialState();
    large.kernel().clip.source = FileSource{std::string(8 << 20, 'x')};
    {
      const SmallDisk full;
      QVERIFY(!writeState(large, path("disk.json").toStdString()));
    }
    QCOMPARE(bytesOf(path("disk.json")), before);
    QCOMPARE(QDir(m_folder.path()).entryList({"*disk*.json"}, QDir::Files | QDir::Hidden).size(), 1);
  }

  void aMissingClipIsOneSentenceOnTheCommandLine() {
    AppState state = initialState();
    state.kernel().clip.source = FileSource{path("gone.mp4").toStdString()};
    const QString file = path("gone.convscope");
    QVERIFY(writeSession(state, file.toStdString()));
    const auto optionsOf = [](const std::vector<std::string>& arguments) {
      return parseCommandLine(arguments);
    };
    const auto alone = optionsOf({"--batch", file.toStdString()});
    QVERIFY(alone);
    QCOMPARE(alone->stateFile, file.toStdString());
    const auto refused = stateOf(*alone);
    QVERIFY(!refused);
    QVERIFY2(QString::fromStdString(refused.error().message).contains("gone.mp4, which is not there"),
             refused.error().message.c_str());
    const auto other = stateOf(*optionsOf({"--batch", "other.mp4", file.toStdString()}));
    QVERIFY(other);
    QCOMPARE(other->kernel().bank, state.kernel().bank);  // nothing else is lost
    QVERIFY(stateOf(*optionsOf({file.toStdString()})));   // the window asks
  }

  void theWindowAsksForAMissingClipAndKeepsTheRest() {
    AppState state = initialState();
    state.kernel().clip.source = FileSource{path("lost.avi").toStdString()};
    state.kernel().conv.stride = {1, 2, 2};
    state.look.theme = Theme::Light;
    QVERIFY(writeSession(state, path("lost.convscope").toStdString()));
    MainWindow window(initialState(), Settings::forgetful());
    window.show();
    window.finish();
    window.openState(path("lost.convscope"));
    window.finish();
    QVERIFY2(window.notice().sentence().contains("lost.avi"), qPrintable(window.notice().sentence()));
    QCOMPARE(window.store().state().kernel().conv.stride, (Triple{1, 2, 2}));
    QCOMPARE(window.store().state().look.theme, Theme::Light);
    QVERIFY(!window.controller().problem().isEmpty());
    // found: only the name changes
    QVERIFY(clip_files::writeVideo(path("found.avi"), "MJPG", 20, 40, 40));
    window.store().edit({QStringLiteral("Find"), [this](AppState& s) {
                           replaceFile(s, path("lost.avi").toStdString(), path("found.avi").toStdString());
                         }});
    window.finish();
    QVERIFY2(window.controller().problem().isEmpty(), qPrintable(window.controller().problem()));
    AppState expected = state;
    expected.kernel().clip.source = FileSource{path("found.avi").toStdString()};
    QVERIFY(window.store().state().columns == expected.columns);
  }

  void theTitleTellsWhatIsNotSaved() {
    MainWindow window(initialState(), Settings::forgetful());
    QVERIFY(!window.isWindowModified());
    QVERIFY(window.session().save(path("title.convscope")));
    QVERIFY(window.windowTitle().startsWith("title.convscope[*]"));
    window.store().edit(
        {QStringLiteral("Camera"), [](AppState& s) { s.look.camera.yaw = 3; }, false});  // only wanders
    QVERIFY(!window.isWindowModified());
    window.store().edit({QStringLiteral("Stride"), [](AppState& s) { s.kernel().conv.stride = {1, 2, 2}; }});
    QVERIFY(window.isWindowModified());
    window.store().undo();
    QVERIFY(!window.isWindowModified());
  }

  /// Whatever ends the program, and whenever: what it said is on disk is found, whole.
  void workSurvivesTwentyKillings() {
    const quint32 seed = qEnvironmentVariableIsSet("CONVSCOPE_TEST_SEED")
                             ? qEnvironmentVariableIntValue("CONVSCOPE_TEST_SEED")
                             : QRandomGenerator::global()->generate();
    qInfo("CONVSCOPE_TEST_SEED=%u", seed);
    QRandomGenerator random(seed);
    int duringWrites = 0;
    for (int turn = 0; turn < 20; ++turn) {
      const QString folder = path(QStringLiteral("kept-%1").arg(turn));
      QProcess run;
      run.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--keep-until-killed"), folder});
      QVERIFY(run.waitForStarted(30'000));
      // the gate: so many times it has said that its work is on disk; then any moment of the next writes
      const int wanted = random.bounded(1, 6);
      int said = 0;
      for (int lines = 0; lines < wanted; ++lines) {
        while (!run.canReadLine()) QVERIFY(run.waitForReadyRead(30'000));
        said = run.readLine().trimmed().toInt();
      }
      QThread::usleep(random.bounded(4000));
      run.kill();
      QVERIFY(run.waitForFinished(30'000));
      while (run.canReadLine()) said = run.readLine().trimmed().toInt();
      duringWrites += !QDir(folder).entryList({".work-*.part*"}, QDir::Files | QDir::Hidden).isEmpty();
      Autosave next(folder);
      const auto work = next.takeLeftBehind();
      QVERIFY2(work, qPrintable(QStringLiteral("turn %1").arg(turn)));
      QVERIFY2(numberOf(work->state) >= said,
               qPrintable(QStringLiteral("turn %1: %2 < %3").arg(turn).arg(numberOf(work->state)).arg(said)));
      QVERIFY(work->state == workOf(numberOf(work->state)));
      QCOMPARE(work->session, QStringLiteral("/talk.convscope"));
      QVERIFY(work->modified);
    }
    qInfo("%d of 20 were killed while a file was being written.", duringWrites);
  }

  void workIsNotTakenFromARunThatGoesOn() {
    Autosave first(path("two"));
    first.keep(workOf(1), {}, false);
    first.finish();
    Autosave second(path("two"));
    QVERIFY(!second.takeLeftBehind());
    first.close();
    QVERIFY(!second.takeLeftBehind());
    const auto closed = second.lastClosed();
    QVERIFY(closed);
    QCOMPARE(numberOf(closed->state), 1);
  }

  void damagedWorkIsSetAside() {
    QVERIFY(QDir().mkpath(path("damaged")));
    QVERIFY(writeFileText(path("damaged/work-1.json").toStdString(), "{\"kept\": 1, \"state\": {"));
    Autosave next(path("damaged"));
    QVERIFY(!next.takeLeftBehind());
    QVERIFY(QFile::exists(path("damaged/work-1.json.unreadable")));
  }

  void openingAsksAndUndoSavesIntoTheRightFile() {
    AppState first = initialState(), second = initialState();
    first.kernel().conv.stride = {1, 2, 2};
    second.kernel().conv.stride = {1, 3, 3};
    const QString a = path("a-file.convscope"), b = path("b-file.convscope");
    QVERIFY(writeSession(first, a.toStdString()));
    QVERIFY(writeSession(second, b.toStdString()));
    const QByteArray bBefore = bytesOf(b);
    MainWindow window(initialState(), Settings::forgetful());
    StateStore& store = window.store();
    window.openState(a);
    window.finish();
    QCOMPARE(window.session().path(), a);
    store.edit({QStringLiteral("Dilation"), [](AppState& s) { s.kernel().conv.dilation = {1, 2, 2}; }});
    QVERIFY(window.session().modified());
    // called off: nothing is opened
    m_asked = 0;
    answerWith(QMessageBox::Cancel);
    window.openState(b);
    window.finish();
    QCOMPARE(m_asked, 1);
    QCOMPARE(window.session().path(), a);
    answerWith(QMessageBox::Discard);
    window.openState(b);
    window.finish();
    QCOMPARE(m_asked, 2);
    QCOMPARE(window.session().path(), b);
    QVERIFY(!window.session().modified());
    store.undo();
    QCOMPARE(store.state().kernel().conv.dilation, (Triple{1, 2, 2}));
    QCOMPARE(window.session().path(), a);
    QVERIFY(window.session().modified());
    QVERIFY(window.windowTitle().startsWith("a-file.convscope[*]"));
    store.redo();
    QCOMPARE(window.session().path(), b);
    store.undo();
    QVERIFY(window.session().save(window.session().path()));
    QCOMPARE(bytesOf(b), bBefore);
    const auto saved = readSession(a.toStdString());
    QVERIFY(saved);
    QCOMPARE(saved->state.kernel().conv.dilation, (Triple{1, 2, 2}));
    // a lesson's step belongs to no file, and the session's changes are asked for in the end
    store.edit({QStringLiteral("Stride"), [](AppState& s) { s.kernel().conv.stride = {1, 1, 1}; }});
    window.lessonDesk().open(QStringLiteral("fig-4"));
    QCOMPARE(window.session().path(), QString());
    QVERIFY(window.session().left());
    answerWith(QMessageBox::Cancel);
    QVERIFY(!window.close());
    QCOMPARE(m_asked, 3);
    answerWith(QMessageBox::Save);
    QVERIFY(window.close());
    QCOMPARE(m_asked, 4);
    const auto again = readSession(a.toStdString());
    QVERIFY(again);
    QCOMPARE(again->state.kernel().conv.stride, (Triple{1, 1, 1}));
    QVERIFY(again->state.lesson.file.empty());
  }

  /// Started with something else to show: the work of the crash is offered, and no change writes over it.
  void workThatIsOnlyOfferedLiesApart() {
    const QString folder = path("apart");
    {
      Autosave run(folder);
      run.keep(workOf(7), {}, false);
      run.finish();
    }
    {
      MainWindow window(initialState(), Settings::forgetful());
      window.keepWork(folder, true);
      QVERIFY(window.notice().sentence().contains("was kept"));
      QCOMPARE(numberOf(window.store().state()), -1);
      window.store().edit({QStringLiteral("Crop"), [](AppState& s) {
                             s.kernel().clip.prepare.crop = Crop{9, 0, 1, 1};
                           }});
      window.session().autosave()->finish();
      window.notice().clearAll();
    }  // this run does not end either
    std::set<int> found;
    std::vector<std::unique_ptr<Autosave>> runs;
    for (int i = 0; i < 3; ++i) {
      runs.push_back(std::make_unique<Autosave>(folder));
      if (const auto work = runs.back()->takeLeftBehind()) found.insert(numberOf(work->state));
    }
    QCOMPARE(found, (std::set<int>{7, 9}));
  }

  void offeredWorkIsTakenUpOrLetGo() {
    for (const int button : {0, 1}) {
      const QString folder = path(QStringLiteral("offered-%1").arg(button));
      {
        Autosave run(folder);
        run.keep(workOf(7), {}, false);
        run.finish();
      }
      MainWindow window(initialState(), Settings::forgetful());
      window.keepWork(folder, true);
      QCOMPARE(QDir(folder).entryList({"left-*.json"}).size(), 1);
      window.notice().add("Another", {{"Yes", {}}});
      window.notice().findChildren<QPushButton*>().at(button)->click();
      QCOMPARE(numberOf(window.store().state()), button == 0 ? 7 : -1);
      QCOMPARE(QDir(folder).entryList({"left-*.json"}).size(), 0);
      QCOMPARE(QDir(folder).entryList({"work-*.json"}).size(), button == 0 ? 1 : 0);
      QCOMPARE(window.notice().sentence(), QString("Another"));  // it waited
    }
  }

  void workThatCannotBeKeptIsSaidAndAskedFor() {
    const QString folder = path("full");
    MainWindow window(initialState(), Settings::forgetful());
    window.keepWork(folder, false);
    Autosave& kept = *window.session().autosave();
    QCOMPARE(window.notice().sentence(), QString());
    {
      const SmallDisk full;
      window.store().edit({QStringLiteral("Clip"), [](AppState& s) {
                             s.kernel().clip.source = FileSource{std::string(128 << 10, 'x')};
                           }});
      kept.finish();
      QCoreApplication::sendPostedEvents(&kept, QEvent::MetaCall);
      QVERIFY2(window.notice().sentence().contains("Work is not kept"),
               qPrintable(window.notice().sentence()));
      QVERIFY(window.notice().sentence().contains("cannot be written"));
      m_asked = 0;
      answerWith(QMessageBox::Cancel);
      QVERIFY(!window.close());
      QCOMPARE(m_asked, 1);
    }
    window.store().undo();
    window.store().edit({QStringLiteral("Stride"), [](AppState& s) { s.kernel().conv.stride = {1, 2, 2}; }});
    kept.finish();
    QVERIFY2(kept.problem().isEmpty(), qPrintable(kept.problem()));
    QVERIFY(window.close());  // it could be kept again: nothing is asked
    QCOMPARE(m_asked, 1);
    // a folder that cannot be made
    QVERIFY(writeFileText(path("file").toStdString(), "no folder"));
    MainWindow other(initialState(), Settings::forgetful());
    other.keepWork(path("file/kept"), false);
    QVERIFY2(other.notice().sentence().contains("Work is not kept"), qPrintable(other.notice().sentence()));
  }

  void damagedWorkIsSaid() {
    QVERIFY(QDir().mkpath(path("said")));
    QVERIFY(writeFileText(path("said/work-1.json").toStdString(), "{\"kept\": 1, \"state\": {"));
    MainWindow window(initialState(), Settings::forgetful());
    window.keepWork(path("said"), false);
    QVERIFY2(window.notice().sentence().contains("work-1.json.unreadable"),
             qPrintable(window.notice().sentence()));
  }

  /// The slide changes the state many times a second; it is worth no file until it pauses.
  void aSlideIsNotKeptUntilItPauses() {
    MainWindow window(initialState(), Settings::forgetful());
    window.keepWork(path("slide"), false);
    Autosave& kept = *window.session().autosave();
    const auto set = [&](auto apply) { window.store().edit({QStringLiteral("x"), apply, false}); };
    const auto writes = [&] {
      QSignalSpy written(&kept, &Autosave::written);
      kept.finish();
      QCoreApplication::sendPostedEvents(&kept, QEvent::MetaCall);
      return written.size();
    };
    set([](AppState& s) { s.playback.playing = true; });
    QCOMPARE(writes(), 1);
    for (int x = 1; x < 6; ++x) {
      set([x](AppState& s) { s.selection.voxel = {0, 0, x}; });
      QCOMPARE(writes(), 0);
    }
    set([](AppState& s) { s.kernel().conv.stride = {1, 2, 2}; });  // that is work
    QCOMPARE(writes(), 1);
    set([](AppState& s) { s.selection.voxel = {0, 0, 3}; });
    QCOMPARE(writes(), 0);
    set([](AppState& s) { s.playback.playing = false; });
    QCOMPARE(writes(), 1);
    QCOMPARE(window.store().state().selection.voxel, (Triple{0, 0, 3}));
  }

  void anEndingThatIsAddedIsAskedFor() {
    for (const char* const name : {"save.md", "save.v2.md"})
      QVERIFY(writeFileText(path(name).toStdString(), "x"));
    const auto type = [this](const QString& name, bool replace) {
      m_asked = 0;
      QTimer timer;
      timer.setInterval(20);
      connect(&timer, &QTimer::timeout, this, [&, name, replace] {
        QWidget* modal = QApplication::activeModalWidget();
        if (auto* box = qobject_cast<QMessageBox*>(modal)) {
          ++m_asked;
          box->button(replace ? QMessageBox::Yes : QMessageBox::No)->click();
        } else if (auto* dialog = qobject_cast<QFileDialog*>(modal)) {
          if (m_asked > 0) return dialog->reject();
          dialog->findChild<QLineEdit*>()->setText(name);
          QMetaObject::invokeMethod(dialog, "accept", Qt::QueuedConnection);
        }
      });
      timer.start();
      return savePath(nullptr, "Save", m_folder.path(), "Lessons (*.md)", {".md"});
    };
    QCOMPARE(type("new", true), path("new.md"));
    QCOMPARE(m_asked, 0);
    QCOMPARE(type("save", true), path("save.md"));
    QCOMPARE(m_asked, 1);
    QCOMPARE(type("save", false), QString());
    QCOMPARE(m_asked, 1);
    QCOMPARE(type("save.v2", true), path("save.v2.md"));
    QCOMPARE(m_asked, 1);
    QCOMPARE(type("save.v2", false), QString());
    QCOMPARE(m_asked, 1);
  }

  /// Neither another lesson nor closing loses what was recorded, and it comes back after a crash.
  void aRecordedLessonIsAskedForAndKept() {
    const QString folder = path("lesson");
    {
      MainWindow window(initialState(), Settings::forgetful());
      window.keepWork(folder, false);
      LessonDesk& desk = window.lessonDesk();
      desk.recordNew();
      desk.editor()->record();
      QCOMPARE(desk.player().count(), 2);
      m_asked = 0;
      for (const int way : {0, 1, 2}) {
        answerWith(QMessageBox::Cancel);
        if (way == 0) desk.open(QStringLiteral("fig-4"));
        if (way == 1) desk.player().close();
        if (way == 2) QVERIFY(!window.close());
        QCOMPARE(m_asked, way + 1);
        QCOMPARE(desk.player().lesson().id, std::string("my-lesson"));
      }
      desk.editor()->source()->setPlainText("## Mine\npanels: stage\n\nHello\n");
      QVERIFY(desk.editor()->take());
      window.session().autosave()->finish();
    }  // and no closing
    MainWindow window(initialState(), Settings::forgetful());
    window.keepWork(folder, false);
    LessonPlayer& player = window.lessonDesk().player();
    QVERIFY(player.isOpen() && player.unsaved());
    QCOMPARE(player.count(), 2);
    QCOMPARE(player.step(), 1);
    QCOMPARE(player.current().title, std::string("Mine"));
    // saved: the state names the file, and nothing is asked any more
    Lesson lesson = player.lesson();
    lesson.path = path("mine.md").toStdString();
    player.replaceLesson(lesson, 1);
    QVERIFY(window.lessonDesk().save());
    QCOMPARE(window.store().state().lesson.file, lesson.path);
    QVERIFY(!player.unsaved());
    m_asked = 0;
    answerWith(QMessageBox::Cancel);
    QVERIFY(window.close());
    QCOMPARE(m_asked, 0);
  }

  void aSessionBringsItsOwnLesson() {
    AppState none = initialState(), other = initialState();
    none.kernel().conv.stride = {1, 2, 2};
    other.lesson = {"fig-8", 1};
    QVERIFY(writeSession(none, path("none.convscope").toStdString()));
    QVERIFY(writeSession(other, path("other.convscope").toStdString()));
    MainWindow window(initialState(), Settings::forgetful());
    LessonPlayer& player = window.lessonDesk().player();
    window.lessonDesk().open(QStringLiteral("fig-4"), 2);
    window.openState(path("other.convscope"));
    window.finish();
    QCOMPARE(player.lesson().id, std::string("fig-8"));
    QCOMPARE(player.step(), 1);
    window.store().undo();
    QCOMPARE(player.lesson().id, std::string("fig-4"));
    QCOMPARE(player.step(), 2);
    window.openState(path("none.convscope"));
    window.finish();
    QVERIFY(!player.isOpen());
    QVERIFY(!window.session().modified());
  }

  void aFileOfTooManyValuesIsRefused() {
    std::string text = "[0";
    for (int i = 0; i < 9'000'000; ++i) text += ",0,0,0,0";
    QVERIFY(writeFileText(path("many.json").toStdString(), text + "]"));
    const auto refused = readSession(path("many.json").toStdString());
    QVERIFY(!refused);
    QVERIFY2(QString::fromStdString(refused.error().message).contains("more values than a session can"),
             refused.error().message.c_str());
  }

  void closingTheWindowEndsTheRun() {
    const QString folder = path("closing");
    MainWindow window(initialState(), Settings::forgetful());
    window.keepWork(folder, false);
    window.show();
    window.finish();
    window.lessonDesk().toggleSecondStage();
    QVERIFY(window.lessonDesk().stageWindow() != nullptr);
    window.store().edit({QStringLiteral("Play"), [](AppState& s) { setPlaying(s.playback, true); }, false});
    QVERIFY(window.store().state().playback.playing);
    QVERIFY(window.close());
    QTRY_VERIFY(window.lessonDesk().stageWindow() == nullptr);
    // no window is left that would keep the program alive
    for (const QWidget* one : QApplication::topLevelWidgets())
      QVERIFY2(!one->isVisible(), one->metaObject()->className());
    QVERIFY(!window.store().state().playback.playing);
    // a tick that was on its way leaves no work of a run that did not end
    window.store().edit({QStringLiteral("Stride"), [](AppState& s) { s.kernel().conv.stride = {1, 2, 2}; }});
    window.session().autosave()->finish();
    QCOMPARE(QDir(folder).entryList({"work-*.json"}).size(), 0);
    QVERIFY(!Autosave(folder).takeLeftBehind());
  }

  void aWindowBringsItsWorkBackAfterAKilling() {
    const QString folder = path("window");
    QVERIFY(QDir().mkpath(folder));
    // as a killed run leaves it: a file under a lock whose process is gone
    {
      Autosave run(folder);
      run.keep(workOf(7), {}, false);
      run.finish();
      const QStringList files = QDir(folder).entryList({"work-*.json"});
      QCOMPARE(files.size(), 1);
    }
    MainWindow window(initialState(), Settings::forgetful());
    window.keepWork(folder, false);
    QCOMPARE(numberOf(window.store().state()), 7);
    QVERIFY(window.notice().sentence().contains("here is the work"));
    QVERIFY(window.store().canUndo());
    // from the next change on it is kept again
    window.store().edit({QStringLiteral("Clip"), [](AppState& s) { s.kernel().clip.prepare.crop->x = 8; }});
    window.session().autosave()->finish();
    const auto button = window.notice().findChildren<QPushButton*>();
    QVERIFY(!button.isEmpty());
    button.front()->click();  // start anew
    QCOMPARE(numberOf(window.store().state()), -1);
    window.close();
    const auto closed = Autosave(folder).lastClosed();
    QVERIFY(closed);
    QVERIFY(closed->state.columns == initialState().columns);
  }

 private:
  /// Presses that button of the next question.
  void answerWith(QMessageBox::StandardButton button) {
    QTimer::singleShot(0, this, [this, button] {
      auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
      if (box == nullptr) return;
      ++m_asked;
      box->button(button)->click();
    });
  }
  int m_asked = 0;
  [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }
  QTemporaryDir m_folder;
};

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "--keep-until-killed") return keepUntilKilled(argc, argv);
  QApplication application(argc, argv);
  TestSession test;
  return QTest::qExec(&test, argc, argv);
}

#include "tst_session.moc"
