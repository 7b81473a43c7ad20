#include "clip_files.h"
#include "engine/clip/clip_reader.h"
#include "engine/clip/file_kind.h"
#include "engine/clip/frame_taker.h"

#include <QtTest>

#include <fcntl.h>
#include <unistd.h>

#include <random>

using namespace convscope;

namespace {

/// Within its life, what the process writes to stderr goes to a file.
class StandardError {
 public:
  explicit StandardError(const QString& path) : m_path(path), m_before(dup(STDERR_FILENO)) {
    const int file = open(path.toUtf8().constData(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDERR_FILENO);
    close(file);
  }
  ~StandardError() {
    dup2(m_before, STDERR_FILENO);
    close(m_before);
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;
  [[nodiscard]] QByteArray text() const { return clip_files::read(m_path); }

 private:
  QString m_path;
  int m_before;
};

}  // namespace

/// Sources that cannot be read: one sentence each, nothing crashes.
class TestClipErrors : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;
  [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }
  [[nodiscard]] Result<RawFrames> read(const QString& name, const FrameRange& range = {}) const {
    return readFile(path(name).toStdString(), range, {});
  }

 private slots:
  void initTestCase() {
    qputenv("CONVSCOPE_MEMORY_BUDGET_MB", "150");
  }  // before anything asks for the budget

  void imageHeadersAreBelievedBeforeAnythingIsDecoded_data() {
    QTest::addColumn<QString>("ending");
    for (const char* ending : {"png", "bmp", "jpg", "webp", "tiff", "ppm", "jp2", "hdr"})
      QTest::newRow(ending) << ending;
  }
  void imageHeadersAreBelievedBeforeAnythingIsDecoded() {
    QFETCH(QString, ending);
    const QString file = path("size." + ending);
    if (!clip_files::writeImage(file, 21, 37, cv::Scalar(10, 90, 200)))
      QSKIP("This OpenCV cannot write the format.");
    const auto sniffed = sniffFile(file.toStdString());
    QVERIFY(sniffed);
    QCOMPARE(sniffed->kind, FileKind::Image);
    QCOMPARE(sniffed->size.height, 21);
    QCOMPARE(sniffed->size.width, 37);
  }

  void hugeClaimsAreRefused_data() {
    QTest::addColumn<QByteArray>("bytes");
    const auto little = [](quint32 value, int count) {
      QByteArray bytes;
      for (int i = 0; i < count; ++i) bytes.append(static_cast<char>(value >> 8 * i));
      return bytes;
    };
    QTest::newRow("pixmap") << QByteArray("P6 # made by hand\n60000\t60000 255\n");
    QTest::newRow("webp") << QByteArray("RIFF") + little(30, 4) + "WEBPVP8X" + little(10, 4) + little(0, 4) +
                                 little(59999, 3) + little(59999, 3);
    QTest::newRow("tiff") << QByteArray("II*\0", 4) + little(8, 4) + little(2, 2) + little(256, 2) +
                                 little(4, 2) + little(1, 4) + little(60000, 4) + little(257, 2) +
                                 little(3, 2) + little(1, 4) + little(60000, 4);
    QTest::newRow("exr") << QByteArray("v/1\x01", 4) + little(2, 4) + QByteArray("dataWindow\0box2i\0", 17) +
                                little(16, 4) + little(0, 4) + little(0, 4) + little(59999, 4) +
                                little(59999, 4);
    QTest::newRow("radiance") << QByteArray("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 60000 +X 60000\n");
  }
  void hugeClaimsAreRefused() {
    QFETCH(QByteArray, bytes);
    QVERIFY(clip_files::write(path("huge"), bytes));
    const auto raw = read("huge");
    QVERIFY(!raw);
    QCOMPARE(raw.error().code, ErrorCode::TooLarge);
    QVERIFY2(raw.error().message.starts_with("Reading huge of 60000 × 60000 pixels would need "),
             raw.error().message.c_str());
  }

  void unusableFilesAreOneSentence_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("sentence");
    const QString text = "%1 holds text, not a video, an image or a .npy array.";
    const QString video = "%1 cannot be opened as a video: it is damaged, cut short or of an unknown format.";
    const QString image = "%1 cannot be read as an image: it is damaged or cut short.";
    QTest::newRow("zero length") << "empty.mp4" << QByteArray() << "%1 is empty.";
    QTest::newRow("text renamed") << "text.mp4" << QByteArray("Once upon a time\nthere was a clip.\n")
                                  << text;
    QTest::newRow("utf-8 text") << "brief.avi" << QByteArray("Größe: 5 × 7 µm, naïve\r\n") << text;
    QTest::newRow("ANSI art") << "art.ans" << QByteArray("\x1b[31mred\x1b[0m\n") << text;
    QTest::newRow("play list") << "list.m3u8" << QByteArray("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n") << text;
    QTest::newRow("one byte") << "byte.mkv" << QByteArray("\x1a", 1) << video;
    QTest::newRow("zip") << "zip.mp4" << (QByteArray("PK\3\4") + QByteArray(500, '\0')) << video;
    std::mt19937 random(5);
    QByteArray noise;
    for (int i = 0; i < 20000; ++i) noise.append(static_cast<char>(random()));
    QTest::newRow("random bytes") << "random.webm" << noise << video;
    QTest::newRow("mp4's first bytes") << "ftyp.mp4"
                                       << QByteArray(
                                              "\0\0\0\x18"
                                              "ftypisom\0\0\0\0isommp42",
                                              24)
                                       << video;
    QTest::newRow("gif's first bytes") << "head.gif" << QByteArray("GIF89a\x10\0\x10\0\0\0\0", 13) << video;
    QTest::newRow("png's first bytes")
        << "head.png" << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) << image;
    QTest::newRow("jpeg's first bytes")
        << "head.jpg" << QByteArray("\xFF\xD8\xFF\xE0\0\x10JFIF\0", 11) << image;
    QTest::newRow("array of two axes")
        << "plane.npy" << clip_files::npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2)}", "abcd")
        << "%1 has the shape 2 × 2; a clip is (L, H, W), or (L, H, W, C) with C = 1 or 3.";
    QTest::newRow("array of two channels")
        << "two.npy"
        << clip_files::npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 2, 2)}", "abcd")
        << "%1 has the shape 1 × 1 × 2 × 2; a clip is (L, H, W), or (L, H, W, C) with C = 1 or 3.";
    QTest::newRow("array without frames")
        << "none.npy" << clip_files::npy("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 5, 5)}", "")
        << "%1 has the shape 0 × 5 × 5, which holds no frame.";
    QTest::newRow("array that lies")
        << "lie.npy"
        << clip_files::npy("{'descr': '|u1', 'fortran_order': False, 'shape': (900, 900, 900)}", "ab")
        << "%1 claims more values than the 2 that it holds: the file is cut short or damaged.";
  }
  void unusableFilesAreOneSentence() {
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    QFETCH(QString, sentence);
    QVERIFY(clip_files::write(path(name), bytes));
    const Result<RawFrames> raw = read(name);
    QVERIFY(!raw);
    QCOMPARE(raw.error().code, ErrorCode::BadInput);
    QCOMPARE(QString::fromStdString(raw.error().message), sentence.arg(name));
  }

  void everyTruncationIsFramesOrASentence_data() {
    QTest::addColumn<QString>("name");
    QTest::newRow("avi") << "t.avi";
    QTest::newRow("mkv") << "t.mkv";
    QTest::newRow("mp4") << "t.mp4";
    for (const char* image : {"t.png", "t.jpg", "t.webp", "t.bmp", "t.tiff", "t.ppm"})
      QTest::newRow(image) << image;
  }
  void everyTruncationIsFramesOrASentence() {
    QFETCH(QString, name);
    const bool image = !QStringList{"t.avi", "t.mkv", "t.mp4"}.contains(name);
    if (image) {
      if (!clip_files::writeImage(path(name), 20, 20, {1, 2, 3}))
        QSKIP("This OpenCV cannot write the format.");
    } else {
      QVERIFY(clip_files::writeVideo(path(name), name.endsWith("avi") ? "MJPG" : "mp4v", 20, 32, 32));
    }
    const QByteArray whole = clip_files::read(path(name));
    for (int part = 0; part < 24; ++part) {
      const QString cut = "cut" + name;  // no digit before the dot: not a sequence
      QVERIFY(clip_files::write(path(cut), whole.left(whole.size() * part / 24)));
      const StandardError heard(path("stderr.txt"));
      const Result<RawFrames> raw = read(cut, {0, 20, 1});
      if (image) QCOMPARE(heard.text(), QByteArray());
      const QString told = QString::fromStdString(raw ? raw->source.notice : raw.error().message);
      QVERIFY2(raw ? (!image && raw->count() == 20) || told.startsWith(cut) : told.startsWith(cut),
               qPrintable(QStringLiteral("%1 bytes: %2").arg(whole.size() * part / 24).arg(told)));
    }
  }

  void missingFilesAndFoldersAreNamed() {
    QCOMPARE(QString::fromStdString(read("gone.mp4").error().message),
             QStringLiteral("gone.mp4 does not exist."));
    QVERIFY(QDir(m_folder.path()).mkdir("folder.mp4"));
    QCOMPARE(QString::fromStdString(read("folder.mp4").error().message),
             QStringLiteral("folder.mp4 is a folder: choose a video, or one image of a numbered sequence."));
    QCOMPARE(QString::fromStdString(readFile("", {}, {}).error().message),
             QStringLiteral("A file without a name does not exist."));
    QCOMPARE(QString::fromStdString(readFile("/dev/zero", {}, {}).error().message),
             QStringLiteral("zero is not a regular file."));
  }

  void unreadableFileIsNamed() {
    if (geteuid() == 0) QSKIP("The superuser may read every file.");
    QVERIFY(clip_files::write(path("secret.mp4"), "abc"));
    QVERIFY(QFile::setPermissions(path("secret.mp4"), QFileDevice::WriteOwner));
    QCOMPARE(QString::fromStdString(read("secret.mp4").error().message),
             QStringLiteral("secret.mp4 cannot be opened: Permission denied."));
  }

  void wrongRangesAreOneSentence_data() {
    QTest::addColumn<FrameRange>("range");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("start") << FrameRange{-1, 1, 1} << "The range's first frame must be at least 1; it is 0.";
    QTest::newRow("count") << FrameRange{0, 0, 1}
                           << "The range's number of frames must be at least 1; it is 0.";
    QTest::newRow("step") << FrameRange{0, 1, -2} << "The range's step must be at least 1; it is -2.";
    QTest::newRow("overflow")
        << FrameRange{0, 2000000000, 2000000000}
        << "The range's last frame would be number 3999999998000000001; no clip is that long.";
  }
  void wrongRangesAreOneSentence() {
    QFETCH(FrameRange, range);
    QFETCH(QString, sentence);
    const Result<RawFrames> raw = readSource(LabSpec{}, range, {});
    QVERIFY(!raw);
    QCOMPARE(raw.error().code, ErrorCode::BadSpec);
    QCOMPARE(QString::fromStdString(raw.error().message), sentence);
  }

  void eightKFramesAreCheckedBeforeTheyAreKept() {
    QVERIFY(clip_files::writeVideo(path("large.avi"), "MJPG", 3, 4320, 7680));
    const Result<RawFrames> raw = read("large.avi");
    QVERIFY(!raw);
    QCOMPARE(raw.error().code, ErrorCode::TooLarge);
    QCOMPARE(QString::fromStdString(raw.error().message),
             QStringLiteral(
                 "Reading 3 frames of 7680 × 4320 pixels from large.avi would need 285 MiB, more than the "
                 "150 MiB allowed here: take fewer frames."));
    QCOMPARE(read("large.avi", {1, 1, 1})->bytes.size(), std::size_t{4320 * 7680 * 3});
  }

  void imagesThatClaimTooMuchAreRefused() {
    QVERIFY(clip_files::writeImage(path("claim.png"), 2, 2, {}));
    QByteArray bytes = clip_files::read(path("claim.png"));
    bytes.replace(16, 8, QByteArray("\0\0\x75\x30\0\0\x75\x30", 8));  // 30 000 × 30 000
    QVERIFY(clip_files::write(path("claim.png"), bytes));
    const Result<RawFrames> raw = read("claim.png");
    QVERIFY(!raw);
    QCOMPARE(
        QString::fromStdString(raw.error().message),
        QStringLiteral("Reading claim.png of 30000 × 30000 pixels would need 5.0 GiB, more than the 150 MiB "
                       "allowed here: choose a smaller image."));
  }

  /// A container may state fewer frames than it has: what is taken beyond is checked as it comes.
  void understatedFrameCountIsNoWayRoundTheBudget() {
    const ReadContext context;
    FrameTaker taker("long.mkv", {0, 1000, 1}, context);
    taker.expect(1);
    std::vector<std::uint8_t> row(3 * 4000);  // every row of the picture
    const BgrView view{row.data(), 0, 4000, 4000};
    int taken = 0;
    Result<void> refused;
    while (refused && taken < 1000) {
      refused = taker.take(taken, view);
      taken += refused ? 1 : 0;
    }
    QCOMPARE(taken, 3);  // of 45.8 MiB each
    QCOMPARE(refused.error().code, ErrorCode::TooLarge);
    QCOMPARE(QString::fromStdString(refused.error().message),
             QString("Reading 4 frames of 4000 × 4000 pixels from long.mkv would need 183 MiB, more than the "
                     "150 MiB allowed here: take fewer frames."));
  }

  void manyLabFramesAreRefused() {
    const Result<RawFrames> raw = readSource(LabSpec{}, {0, 1000000, 1}, {});
    QVERIFY(!raw);
    QCOMPARE(raw.error().code, ErrorCode::TooLarge);
  }
};

QTEST_GUILESS_MAIN(TestClipErrors)
#include "tst_clip_errors.moc"
