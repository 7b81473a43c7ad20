#include "app/kernel_workspace.h"
#include "app/main_window.h"
#include "clip_files.h"
#include "widgets/stage/stage_view.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMenuBar>
#include <QMimeData>
#include <QtTest>

using namespace convscope;

/// Files as a person brings them to the window: dropped, named wrongly, very large, very long.
class TestOpeningFiles : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    m_window = std::make_unique<MainWindow>(initialState(), Settings(path("settings.ini")));
    m_window->resize(1600, 1000);
    m_window->show();
    m_window->finish();
    m_good = m_window->controller().result();
    QVERIFY(m_good);
  }
  void cleanup() { m_window.reset(); }

  void aDroppedClipIsOpened() {
    QVERIFY(clip_files::writeVideo(path("dropped.avi"), "MJPG", 20, 30, 40));
    QVERIFY(drop({QUrl::fromLocalFile(path("dropped.avi"))}));
    QVERIFY2(m_window->controller().problem().isEmpty(), qPrintable(m_window->controller().problem()));
    const KernelView& view = m_window->workspace().view();
    QCOMPARE(view.result->clip->source.name, std::string("dropped.avi"));
    QCOMPARE(m_window->workspace().stage().facts().inputFrames, view.result->geometry.input.length);
  }

  void aLongNameIsNotCutInTheMenuBar() {
    const QString name = QStringLiteral("a_clip_with_quite_a_long_name_of_its_own.avi");
    QVERIFY(clip_files::writeVideo(path(name), "MJPG", 20, 30, 40));
    open(name);
    QApplication::processEvents();
    const QWidget* document = m_window->menuBar()->cornerWidget();
    QVERIFY2(document->width() >= document->sizeHint().width(),
             qPrintable(QString::number(document->width())));
  }

  void aLargeClipOpenedByHandIsShownSmallAndUndoBringsItBack() {
    QVERIFY(clip_files::writeVideo(path("wide.avi"), "MJPG", 20, 180, 320));
    open(QStringLiteral("wide.avi"));
    m_window->finish();  // the size follows the first result
    const auto input = [this] { return m_window->workspace().view().result->geometry.input; };
    QCOMPARE(input().height, 36);
    QCOMPARE(input().width, 64);
    m_window->store().undo();
    m_window->finish();
    QCOMPARE(input().height, 180);
    QCOMPARE(input().width, 320);
    m_window->finish();  // and it stays
    QCOMPARE(input().height, 180);
  }

  void aLargeClipOpenedElsewhereIsShownSmallToo() {
    QVERIFY(clip_files::writeVideo(path("far.avi"), "MJPG", 20, 180, 320));
    m_window->store().edit(
        {QStringLiteral("Workspace"), [](AppState& state) { state.workspace = Workspace::Network; }, false});
    m_window->openClip(path("far.avi"));
    m_window->finish();
    QCOMPARE(m_window->store().state().kernel().clip.prepare.resize, (FrameSize{36, 64}));
  }

  void aStateKeepsTheSizeItWasSavedWith() {
    QVERIFY(clip_files::writeVideo(path("saved.avi"), "MJPG", 20, 180, 320));
    AppState state = initialState();
    takeSource(state, FileSource{path("saved.avi").toStdString()});
    state.kernel().clip.prepare.resize.reset();
    QVERIFY(writeState(state, path("large.convscope").toStdString()));
    QVERIFY(drop({QUrl::fromLocalFile(path("large.convscope"))}));
    m_window->finish();
    QCOMPARE(m_window->workspace().view().result->geometry.input.height, 180);
  }

  void aDroppedStateIsOpened() {
    AppState state = initialState();
    state.kernel().conv.kernel = {2, 5, 4};
    state = reconciled(state, initialState());
    QVERIFY(writeState(state, path("saved.convscope").toStdString()));
    QVERIFY(drop({QUrl::fromLocalFile(path("saved.convscope"))}));
    QCOMPARE(m_window->store().state().kernel().conv.kernel, (Triple{2, 5, 4}));
  }

  void whatIsNoFileIsNotTaken_data() {
    QTest::addColumn<QList<QUrl>>("urls");
    QTest::newRow("nothing") << QList<QUrl>();
    QTest::newRow("a page") << QList<QUrl>{QUrl(QStringLiteral("https://example.org/clip.mp4"))};
  }
  void whatIsNoFileIsNotTaken() {
    QFETCH(QList<QUrl>, urls);
    const AppState before = m_window->store().state();
    QVERIFY(!drop(urls));
    QVERIFY(m_window->store().state() == before);
  }

  void aDroppedFileThatIsNoClipKeepsTheLastPicture() {
    QVERIFY(clip_files::write(path("letter.mp4"), "Dear reader\n"));
    QVERIFY(drop({QUrl::fromLocalFile(path("letter.mp4"))}));
    expectProblem(QStringLiteral("letter.mp4 holds text"));
  }

  // What a file holds is told by its bytes: a wrong name neither hinders nor hurts.
  void wrongExtensions_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("video");
    QTest::newRow("video called picture") << "video.png" << true;
    QTest::newRow("video called array") << "video.npy" << true;
    QTest::newRow("video called text") << "video.txt" << true;
    QTest::newRow("picture called video") << "picture.mp4" << false;
  }
  void wrongExtensions() {
    QFETCH(QString, name);
    QFETCH(bool, video);
    const QString honest = path(video ? "honest.avi" : "honest.png");
    QVERIFY(video ? clip_files::writeVideo(honest, "MJPG", 10, 24, 32)
                  : clip_files::writeImage(honest, 24, 32, {10, 200, 90}));
    QFile::remove(path(name));
    QVERIFY(QFile::copy(honest, path(name)));
    open(name);
    QVERIFY2(m_window->controller().result() != m_good || !m_window->controller().problem().isEmpty(),
             "neither opened nor explained");
    if (!video) return expectProblem(QStringLiteral("The kernel"));  // three frames long, and there is one
    QVERIFY2(m_window->controller().problem().isEmpty(), qPrintable(m_window->controller().problem()));
    QVERIFY(m_window->workspace().view().result->geometry.input.length <= 10);
  }

  void eightKIsShownOrExplained() {
    QVERIFY(clip_files::writeVideo(path("large.avi"), "MJPG", 3, 4320, 7680));
    m_window->store().edit({QStringLiteral("Open"), [this](AppState& state) {
                              takeSource(state, FileSource{path("large.avi").toStdString()});
                              state.kernel().clip.range = {0, 3, 1};
                              state.kernel().clip.prepare.resize = FrameSize{27, 48};
                            }});
    m_window->finish();
    const QString problem = m_window->controller().problem();
    if (!problem.isEmpty()) return expectProblem(QStringLiteral("Reading 3 frames of 7680 × 4320"));
    QCOMPARE(m_window->workspace().view().result->geometry.input, (Shape{3, 27, 48, 3}));
  }

  void tenMinutesAreReadAsFarAsTheRange() {
    constexpr int kFrames = 10 * 60 * 25;
    QVERIFY(clip_files::writeVideo(path("long.avi"), "MJPG", kFrames, 16, 16));
    open(QStringLiteral("long.avi"));
    QVERIFY2(m_window->controller().problem().isEmpty(), qPrintable(m_window->controller().problem()));
    const Clip& clip = *m_window->workspace().view().result->clip;
    QCOMPARE(clip.pixels.shape().length, m_window->store().state().kernel().clip.range.count);
    // the last minute: what lies before it is passed over, not kept
    m_window->store().edit({QStringLiteral("Range"), [](AppState& state) {
                              state.kernel().clip.range = {kFrames - 8, 8, 1};
                            }});
    m_window->finish();
    QVERIFY2(m_window->controller().problem().isEmpty(), qPrintable(m_window->controller().problem()));
    const Clip& end = *m_window->workspace().view().result->clip;
    QCOMPARE(end.pixels.shape().length, 8);
    QVERIFY(m_window->controller().cache().frameBytes(m_window->store().state().kernel().clip) <=
            8.0 * 16 * 16 * 3);
    const double level = clip_files::levelOf(kFrames - 8) / 255.0;
    QVERIFY2(std::abs(end.pixels.at(0, 8, 8, 0) - level) < .03,
             qPrintable(QStringLiteral("%1, not %2").arg(end.pixels.at(0, 8, 8, 0)).arg(level)));
  }

 private:
  [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }

  void open(const QString& name) {
    m_window->openClip(path(name));
    m_window->finish();
  }

  /// True if the window took it.
  bool drop(const QList<QUrl>& urls) {
    QMimeData data;
    data.setUrls(urls);
    QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    enter.ignore();
    QCoreApplication::sendEvent(m_window.get(), &enter);
    if (!enter.isAccepted()) return false;
    QDropEvent event(QPointF(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_window.get(), &event);
    m_window->finish();
    return true;
  }

  void expectProblem(const QString& begins) {
    const QString problem = m_window->controller().problem();
    QVERIFY2(problem.startsWith(begins), qPrintable(problem));
    QVERIFY2(problem.endsWith(QLatin1Char('.')), qPrintable(problem));
    QCOMPARE(m_window->controller().result(), m_good);
    QVERIFY(m_window->workspace().view().stale);
  }

  QTemporaryDir m_folder;
  std::unique_ptr<MainWindow> m_window;
  std::shared_ptr<const StudyResult> m_good;
};

QTEST_MAIN(TestOpeningFiles)
#include "tst_opening_files.moc"
