// Starts the built program as a shell would. CONVSCOPE_PROGRAM, CONVSCOPE_BUILD_FOLDER and CMAKE_PROGRAM come
// from the build.
#include <QImage>
#include <QProcess>
#include <QSet>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

namespace {

struct Run {
  int code = -1;
  QString out;
  QString err;
};

Run run(const QString& program, const QStringList& arguments, bool display = false) {
  QProcess process;
  QProcessEnvironment surroundings = QProcessEnvironment::systemEnvironment();
  if (!display) {
    surroundings.remove("DISPLAY");
    surroundings.remove("WAYLAND_DISPLAY");
    surroundings.remove("QT_QPA_PLATFORM");
    surroundings.remove("XDG_RUNTIME_DIR");
  }
  process.setProcessEnvironment(surroundings);
  process.start(program, arguments);
  if (!process.waitForFinished(100'000) || process.exitStatus() != QProcess::NormalExit) {
    process.kill();
    return {-1, {}, "crashed or hung: " + QString::fromUtf8(process.readAllStandardError())};
  }
  return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
          QString::fromUtf8(process.readAllStandardError())};
}

Run convscope(const QString& line, bool display = false) {
  return run(CONVSCOPE_PROGRAM, line.split(' ', Qt::SkipEmptyParts), display);
}

bool isOneSentence(const QString& text) {
  return text.endsWith(".\n") && text.count('\n') == 1;
}

}  // namespace

class TestProgram : public QObject {
  Q_OBJECT

 private slots:
  void listsNeedNoDisplay_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("part");
    QTest::addRow("help") << "--help"
                          << "--export-maps";
    QTest::addRow("version") << "--version"
                             << "ConvScope ";
    QTest::addRow("presets") << "--list-presets"
                             << "sobel-t";
    QTest::addRow("lab") << "--list-lab"
                         << "figure-clap";
    QTest::addRow("scenes") << "--list-scenes"
                            << "fig-4";
    QTest::addRow("batch") << "--batch --lab dot"
                           << "maps ";
  }
  void listsNeedNoDisplay() {
    QFETCH(QString, line);
    QFETCH(QString, part);
    const Run done = convscope(line);
    QVERIFY2(done.code == 0, qPrintable(done.err));
    QVERIFY2(done.out.contains(part), qPrintable(done.out));
    QCOMPARE(done.err, QString());
  }

  void exitCodesTellWhoIsWrong_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("code");
    QTest::addRow("unknown option") << "--kernal 3,3,3" << 2;
    QTest::addRow("unknown preset") << "--batch --preset nonsense" << 2;
    QTest::addRow("no such clip") << "--batch /nowhere/clip.mp4" << 1;
    QTest::addRow("kernel longer than the clip") << "--batch --lab dot --frames 1:2 --kernel 3,3,3" << 1;
    QTest::addRow("no display") << "--lab dot" << 1;
    QTest::addRow("no such figure, no display either") << "--scene fig-99" << 2;
    QTest::addRow("no such kernel, no display either") << "--preset nonsense" << 2;
  }
  void exitCodesTellWhoIsWrong() {
    QFETCH(QString, line);
    QFETCH(int, code);
    const Run done = convscope(line);
    QCOMPARE(done.code, code);
    QVERIFY2(isOneSentence(done.err) || done.err.endsWith("?\n"), qPrintable(done.err));
  }

  void withoutADisplayItNamesWhatWorks() {
    const Run done = convscope("");
    QCOMPARE(done.code, 1);
    QVERIFY2(isOneSentence(done.err), qPrintable(done.err));
    QVERIFY(done.err.contains("--screenshot") && done.err.contains("--batch"));
  }

  void aPictureNeedsNoDisplay() {
    if (QStandardPaths::findExecutable("xvfb-run").isEmpty()) QSKIP("xvfb-run is not installed.");
    QTemporaryDir folder;
    const QString path = folder.filePath("window.png");
    const Run done = convscope("--scene fig-4 --size 1280x720 --screenshot " + path);
    QVERIFY2(done.code == 0, qPrintable(done.err));
    QCOMPARE(done.err, QString());
    const QImage picture(path);
    QCOMPARE(picture.size(), QSize(1280, 720));
    QSet<QRgb> colours;
    for (int y = 0; y < picture.height(); y += 7) {
      for (int x = 0; x < picture.width(); x += 7) colours.insert(picture.pixel(x, y));
    }
    QVERIFY2(colours.size() > 100, qPrintable(QString::number(colours.size())));
  }

  void anInstalledProgramFindsItsParts() {
    QTemporaryDir folder;
    const Run installed =
        run(CMAKE_PROGRAM, {"--install", CONVSCOPE_BUILD_FOLDER, "--prefix", folder.path()});
    QVERIFY2(installed.code == 0, qPrintable(installed.err));
    const QString program = folder.filePath("bin/convscope");
    QVERIFY(QFile::exists(folder.filePath("share/applications/convscope.desktop")));
    // A picture file goes through the library that is loaded on demand.
    QImage picture(24, 18, QImage::Format_RGB32);
    picture.fill(Qt::red);
    const QString path = folder.filePath("red.png");
    QVERIFY(picture.save(path));
    const Run read = run(program, {path, "--frames", "1:1", "--kernel", "1,3,3", "--batch"});
    QVERIFY2(read.code == 0, qPrintable(read.err));
    QVERIFY2(read.out.contains("1 × 18 × 24 × 3"), qPrintable(read.out));
    if (QStandardPaths::findExecutable("xvfb-run").isEmpty())
      QSKIP("xvfb-run is not installed: no picture taken.");
    const Run shown = run(program, {"--screenshot", folder.filePath("window.png")});
    QVERIFY2(shown.code == 0, qPrintable(shown.err));
    QVERIFY(!QImage(folder.filePath("window.png")).isNull());
  }
};

QTEST_GUILESS_MAIN(TestProgram)
#include "tst_program.moc"
