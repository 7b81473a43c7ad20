#include "clip_files.h"
#include "engine/clip/clip_reader.h"
#include "engine/clip/npy.h"

#include <QtTest>

#include <atomic>
#include <cmath>
#include <thread>

using namespace convscope;

namespace {

Result<RawFrames> read(const QString& path, const FrameRange& range, const ReadContext& context = {}) {
  return readFile(path.toStdString(), range, context);
}

/// The brightness of a frame's first pixel.
int levelAt(const RawFrames& raw, int i) {
  return raw
      .bytes[static_cast<std::size_t>(i) * static_cast<std::size_t>(raw.height * raw.width * raw.channels)];
}

QString why(const Result<RawFrames>& raw) {
  return raw ? QString() : QString::fromStdString(raw.error().message);
}

struct RealClip {
  const char* file;
  int height, width, frames;
  double rate;
};
constexpr RealClip kRealClips[]{{"asl_eat.mkv", 480, 640, 47, 30},
                                {"asl_help.mkv", 480, 640, 58, 30},
                                {"asl_thanks.mkv", 480, 640, 51, 30},
                                {"asl_walk.mkv", 480, 640, 89, 30},
                                {"asl_yes.mkv", 480, 640, 65, 30},
                                {"car_parking.mp4", 180, 320, 41, 12},
                                {"car_topdown.mp4", 180, 320, 60, 12},
                                {"classroom.gif", 270, 480, 45, 15},
                                {"juggling_soccer_ball.mp4", 180, 320, 120, 24},
                                {"moving_blocks.mp4", 180, 320, 120, 24},
                                {"person_walking.mp4", 180, 320, 80, 10},
                                {"placing_bottles.mp4", 180, 320, 76, 15},
                                {"playing_with_dog.mp4", 180, 320, 120, 24},
                                {"pouring_coffee.mp4", 180, 320, 120, 24},
                                {"shuffling_cups.mp4", 180, 320, 120, 24}};

}  // namespace

class TestClipReader : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;
  [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }
  /// A real clip's path; skips the test where there is none.
  [[nodiscard]] static QString real(const char* name) {
    const QString folder = clip_files::realClips();
    return folder.isEmpty() ? QString() : folder + "/" + name;
  }

 private slots:
  void realClipsHaveTheirFrames_data() {
    QTest::addColumn<int>("index");
    for (int i = 0; i < static_cast<int>(std::size(kRealClips)); ++i) QTest::newRow(kRealClips[i].file) << i;
  }
  void realClipsHaveTheirFrames() {
    QFETCH(int, index);
    const RealClip& clip = kRealClips[index];
    const QString file = real(clip.file);
    if (file.isEmpty()) QSKIP("CONVSCOPE_TEST_CLIPS names no folder of real clips.");
    const Result<RawFrames> some = read(file, {5, 4, 3});
    QVERIFY2(some, qPrintable(why(some)));
    QCOMPARE(some->source.notice, std::string());
    QCOMPARE(some->source.name, std::string(clip.file));
    QVERIFY(std::abs(some->source.framesPerSecond - clip.rate) < 0.05);
    QVERIFY(std::abs(some->source.frameCount - clip.frames) <= 1);  // not yet counted
    QCOMPARE(some->taken, (std::vector<int>{5, 8, 11, 14}));

    const Result<RawFrames> all = read(file, {0, 1000, 1});
    QVERIFY2(all, qPrintable(why(all)));
    QCOMPARE(all->count(), clip.frames);
    QCOMPARE(all->source.frameCount, clip.frames);
    QCOMPARE(all->height, clip.height);
    QCOMPARE(all->width, clip.width);
    const std::size_t frame = static_cast<std::size_t>(clip.height * clip.width) * 3;
    QCOMPARE(all->bytes.size(), frame * static_cast<std::size_t>(clip.frames));
    for (std::size_t i = 0; i < 4; ++i) {
      QVERIFY(std::equal(some->bytes.begin() + static_cast<std::ptrdiff_t>(i * frame),
                         some->bytes.begin() + static_cast<std::ptrdiff_t>((i + 1) * frame),
                         all->bytes.begin() + static_cast<std::ptrdiff_t>((5 + 3 * i) * frame)));
    }
    QCOMPARE(QString::fromStdString(all->source.notice),
             QStringLiteral("%1 has %2 frames: %2 of the 1000 frames asked for could be taken.")
                 .arg(QString(clip.file))
                 .arg(clip.frames));
  }

  void cutRealClipsGiveFramesAndANotice_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"asl_walk.mkv", "classroom.gif"}) QTest::newRow(name) << QString(name);
  }
  void cutRealClipsGiveFramesAndANotice() {
    QFETCH(QString, name);
    const QString file = real(qPrintable(name));
    if (file.isEmpty()) QSKIP("CONVSCOPE_TEST_CLIPS names no folder of real clips.");
    const QByteArray bytes = clip_files::read(file);
    QVERIFY(clip_files::write(path(name), bytes.left(bytes.size() * 6 / 10)));
    const Result<RawFrames> raw = read(path(name), {0, 1000, 1});
    QVERIFY2(raw, qPrintable(why(raw)));
    QVERIFY(raw->count() > 10 && raw->count() < 80);
    QCOMPARE(raw->source.frameCount, raw->count());
    const QString notice = QString::fromStdString(raw->source.notice);
    QVERIFY2(notice.startsWith(name + (name.endsWith("gif") ? " has " : " ends after ")), qPrintable(notice));
    // A range that the remaining frames fill needs no notice.
    QCOMPARE(read(path(name), {0, 8, 1})->source.notice, std::string());
  }

  void mp4WithoutItsIndexIsOneSentence() {
    QVERIFY(clip_files::writeVideo(path("whole.mp4"), "mp4v", 30, 64, 64));
    const QByteArray bytes = clip_files::read(path("whole.mp4"));  // written with the index at the end
    QVERIFY(clip_files::write(path("cut.mp4"), bytes.left(bytes.size() / 2)));
    const Result<RawFrames> raw = read(path("cut.mp4"), {});
    QCOMPARE(why(raw),
             QStringLiteral(
                 "cut.mp4 cannot be opened as a video: it is damaged, cut short or of an unknown format."));
    QCOMPARE(raw.error().code, ErrorCode::BadInput);
  }

  void framesComeInOrderFromEveryContainer_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("fourcc");
    QTest::newRow("mp4") << "clip.mp4" << QByteArray("mp4v");
    QTest::newRow("avi") << "clip.avi" << QByteArray("MJPG");
    QTest::newRow("mkv") << "clip.mkv" << QByteArray("mp4v");
    QTest::newRow("webm") << "clip.webm" << QByteArray("VP80");
    QTest::newRow("mp4 named txt") << "clip.txt.mp4" << QByteArray("mp4v");
  }
  void framesComeInOrderFromEveryContainer() {
    QFETCH(QString, name);
    QFETCH(QByteArray, fourcc);
    if (!clip_files::writeVideo(path(name), fourcc.constData(), 24, 48, 64, 12.5)) {
      QSKIP(qPrintable("OpenCV cannot write " + name + " on this machine."));
    }
    const Result<RawFrames> raw = read(path(name), {2, 7, 3});
    QVERIFY2(raw, qPrintable(why(raw)));
    QCOMPARE(raw->count(), 7);
    for (int i = 0; i < 7; ++i) QVERIFY(std::abs(levelAt(*raw, i) - clip_files::levelOf(2 + 3 * i)) <= 4);
    QCOMPARE(raw->source.framesPerSecond, 12.5);
    QCOMPARE(raw->source.frameCount, 24);
    QVERIFY(raw->floats.empty());
  }

  void contentDecidesNotTheExtension() {
    QVERIFY(clip_files::writeVideo(path("v.avi"), "MJPG", 5, 16, 16));
    QVERIFY(QFile::copy(path("v.avi"), path("video.png")));
    QCOMPARE(read(path("video.png"), {0, 5, 1})->count(), 5);
    QVERIFY(clip_files::writeImage(path("i.png"), 4, 6, {0, 0, 255}));
    QVERIFY(QFile::copy(path("i.png"), path("image.mp4")));
    const Result<RawFrames> image = read(path("image.mp4"), {});
    QVERIFY2(image, qPrintable(why(image)));
    QCOMPARE(image->count(), 1);
    QVERIFY(writeNpy(path("array.avi").toStdString(), {2, 3, 4}, std::vector<float>(24)));
    QCOMPARE(read(path("array.avi"), {})->count(), 2);
  }

  // Phones put a video behind the picture, and cameras a small picture before it: neither is the end.
  void onlyAnUnfinishedPictureIsCutShort() {
    cv::Mat noise(96, 128, CV_8UC3);
    cv::randu(noise, 0, 256);
    const cv::Mat small(8, 8, CV_8UC3, cv::Scalar(1, 2, 3));
    QVERIFY(cv::imwrite(path("small.jpg").toStdString(), small));
    const QByteArray thumbnail = "Exif" + QByteArray(2, '\0') + clip_files::read(path("small.jpg"));
    QByteArray segment("\xFF\xE1");
    segment.append(static_cast<char>((thumbnail.size() + 2) >> 8));
    segment.append(static_cast<char>((thumbnail.size() + 2) & 0xFF));
    segment += thumbnail;
    for (const char* ending : {"jpg", "png"}) {
      const QString name = QStringLiteral("photo.") + QLatin1String(ending);
      QVERIFY(cv::imwrite(path(name).toStdString(), noise));
      QByteArray bytes = clip_files::read(path(name));
      if (name.endsWith("jpg")) bytes.insert(2, segment);
      QVERIFY(bytes.size() > 8000);
      QVERIFY(clip_files::write(path(name), bytes + QByteArray(300'000, '\7')));
      const auto whole = read(path(name), {});
      QVERIFY2(whole, qPrintable(why(whole)));
      QCOMPARE(whole->width, 128);
      QCOMPARE(whole->source.notice, std::string());
      const QString half = QStringLiteral("half.") + QLatin1String(ending);
      QVERIFY(clip_files::write(path(half), bytes.left(bytes.size() / 2)));
      const auto cut = read(path(half), {});
      const QString told = QString::fromStdString(cut ? cut->source.notice : cut.error().message);
      QVERIFY2(told.contains("cut short"), qPrintable(told));
    }
  }

  void coloursComeAsRgb() {
    QVERIFY(clip_files::writeImage(path("orange.png"), 2, 3, {10, 120, 250}));  // B, G, R
    const Result<RawFrames> raw = read(path("orange.png"), {});
    QCOMPARE(raw->bytes, (std::vector<std::uint8_t>{250, 120, 10, 250, 120, 10, 250, 120, 10,  //
                                                    250, 120, 10, 250, 120, 10, 250, 120, 10}));
    QCOMPARE(raw->source.notice, std::string());  // a still image is one frame: nothing to tell
    QCOMPARE(raw->source.frameCount, 1);
  }

  void onePixelAndOneFrameWork() {
    QVERIFY(clip_files::writeImage(path("dot.png"), 1, 1, {1, 2, 3}));
    const Result<RawFrames> pixel = read(path("dot.png"), {});
    QCOMPARE(pixel->bytes, (std::vector<std::uint8_t>{3, 2, 1}));
    QVERIFY(clip_files::writeVideo(path("short.mp4"), "mp4v", 1, 32, 32));
    const Result<RawFrames> frame = read(path("short.mp4"), {});
    QVERIFY2(frame, qPrintable(why(frame)));
    QCOMPARE(frame->count(), 1);
    QCOMPARE(QString::fromStdString(frame->source.notice),
             QStringLiteral("short.mp4 has 1 frame: 1 of the 16 frames asked for could be taken."));
  }

  void rangeBehindTheEndSaysHowLongTheFileIs() {
    QVERIFY(clip_files::writeVideo(path("forty.mp4"), "mp4v", 40, 32, 32));
    QCOMPARE(why(read(path("forty.mp4"), {50, 4, 1})),
             QStringLiteral("forty.mp4 has 40 frames; the range starts at frame 51."));
    const Result<RawFrames> last = read(path("forty.mp4"), {38, 16, 1});
    QCOMPARE(last->taken, (std::vector<int>{38, 39}));
    QCOMPARE(QString::fromStdString(last->source.notice),
             QStringLiteral("forty.mp4 has 40 frames: 2 of the 16 frames asked for could be taken."));
    QVERIFY(clip_files::writeImage(path("still.png"), 2, 2, {}));
    QCOMPARE(why(read(path("still.png"), {1, 4, 1})),
             QStringLiteral("still.png has 1 frame; the range starts at frame 2."));
  }

  void tenMinutesCostOnlyTheRange() {
    constexpr int kFrames = 15000;
    QVERIFY(clip_files::writeVideo(path("long.avi"), "MJPG", kFrames, 16, 16));
    int calls = 0;
    ReadContext context;
    context.progress = [&](double) { ++calls; };
    const Result<RawFrames> start = read(path("long.avi"), {0, 8, 1}, context);
    QVERIFY2(start, qPrintable(why(start)));
    QCOMPARE(calls, 8);  // nothing behind the range is decoded
    QCOMPARE(start->source.frameCount, kFrames);
    QCOMPARE(start->bytes.capacity(), std::size_t{8 * 16 * 16 * 3});

    const Result<RawFrames> end = read(path("long.avi"), {kFrames - 10, 20, 1});
    QCOMPARE(end->count(), 10);
    QCOMPARE(end->source.frameCount, kFrames);
    QVERIFY(end->bytes.capacity() <= std::size_t{20 * 16 * 16 * 3});
    for (int i = 0; i < 10; ++i)
      QVERIFY(std::abs(levelAt(*end, i) - clip_files::levelOf(kFrames - 10 + i)) <= 4);
  }

  void progressRisesToOne() {
    QVERIFY(clip_files::writeVideo(path("p.mp4"), "mp4v", 30, 32, 32));
    std::vector<double> shares;
    ReadContext context;
    context.progress = [&](double share) { shares.push_back(share); };
    QVERIFY(read(path("p.mp4"), {3, 6, 4}, context));
    QCOMPARE(static_cast<int>(shares.size()), 24);  // frames 1 to 24
    QVERIFY(std::ranges::is_sorted(shares));
    QCOMPARE(shares.back(), 1.0);
  }

  void stopEndsTheReading() {
    QVERIFY(clip_files::writeVideo(path("s.mp4"), "mp4v", 30, 32, 32));
    std::stop_source stop;
    ReadContext context{stop.get_token(), {}};
    int calls = 0;
    context.progress = [&](double) {
      if (++calls == 5) stop.request_stop();
    };
    const Result<RawFrames> raw = read(path("s.mp4"), {0, 30, 1}, context);
    QVERIFY(!raw);
    QCOMPARE(raw.error().code, ErrorCode::Stopped);
    QCOMPARE(calls, 5);
  }

  void numberedImagesAreASequence_data() {
    QTest::addColumn<QString>("pattern");
    QTest::newRow("padded") << "walk_%1.png";
    QTest::newRow("number first") << "%1-walk.png";
  }
  void numberedImagesAreASequence() {
    QFETCH(QString, pattern);
    const QTemporaryDir folder;
    for (int i = 8; i < 13; ++i) {
      const QString name = pattern.arg(i, 4, 10, QChar('0'));
      QVERIFY(clip_files::writeImage(folder.filePath(name), 3, 4, cv::Scalar::all(i)));
    }
    QVERIFY(clip_files::writeImage(folder.filePath("other_0007.png"), 3, 4, {}));
    QVERIFY(
        clip_files::writeImage(folder.filePath(pattern.arg("7")), 3, 4, {}));  // not padded: another sequence
    for (const int chosen : {8, 10, 12}) {  // any one of its files stands for all
      const Result<RawFrames> raw = read(folder.filePath(pattern.arg(chosen, 4, 10, QChar('0'))), {1, 2, 2});
      QVERIFY2(raw, qPrintable(why(raw)));
      QCOMPARE(raw->source.frameCount, 5);
      QCOMPARE(raw->taken, (std::vector<int>{1, 3}));
      QCOMPARE(levelAt(*raw, 0), 9);
      QCOMPARE(levelAt(*raw, 1), 11);
      QCOMPARE(raw->source.notice, std::string());
      QCOMPARE(raw->source.framesPerSecond, 0.0);
    }
  }

  void numbersCountAsNumbers() {
    const QTemporaryDir folder;
    for (const int i : {9, 10, 100}) {
      QVERIFY(clip_files::writeImage(folder.filePath(QStringLiteral("f%1.bmp").arg(i)), 2, 2,
                                     cv::Scalar::all(i)));
    }
    const Result<RawFrames> raw = read(folder.filePath("f10.bmp"), {0, 3, 1});
    QVERIFY2(raw, qPrintable(why(raw)));
    QCOMPARE(levelAt(*raw, 0), 9);
    QCOMPARE(levelAt(*raw, 2), 100);
    QCOMPARE(QString::fromStdString(raw->source.notice),
             QStringLiteral("89 numbers, the first of them 11, are missing between f9.bmp and f100.bmp: "
                            "the files are taken one after the other without a gap."));
  }

  void missingNumberIsTold() {
    const QTemporaryDir folder;
    for (const int i : {1, 2, 4}) {
      QVERIFY(clip_files::writeImage(folder.filePath(QStringLiteral("a%1.png").arg(i)), 2, 2,
                                     cv::Scalar::all(i)));
    }
    const Result<RawFrames> raw = read(folder.filePath("a4.png"), {0, 16, 1});
    QCOMPARE(raw->count(), 3);
    QVERIFY(raw->source.notice.starts_with("Number 3 is missing between a1.png and a4.png"));
  }

  void imageOfAnotherSizeEndsTheSequence() {
    const QTemporaryDir folder;
    QVERIFY(clip_files::writeImage(folder.filePath("b1.png"), 2, 2, {}));
    QVERIFY(clip_files::writeImage(folder.filePath("b2.png"), 2, 2, {}));
    QVERIFY(clip_files::writeImage(folder.filePath("b3.png"), 5, 7, {}));
    const Result<RawFrames> raw = read(folder.filePath("b1.png"), {});
    QVERIFY2(raw, qPrintable(why(raw)));
    QCOMPARE(raw->count(), 2);
    QCOMPARE(QString::fromStdString(raw->source.notice),
             QStringLiteral("b1.png changes its frame size from 2 × 2 to 7 × 5 at frame 3: the 2 frames "
                            "before it were taken."));
  }

  void arraysAreReadByRange_data() {
    QTest::addColumn<std::vector<std::int64_t>>("shape");
    QTest::addColumn<int>("channels");
    QTest::newRow("L H W") << std::vector<std::int64_t>{6, 2, 3} << 1;
    QTest::newRow("L H W 1") << std::vector<std::int64_t>{6, 2, 3, 1} << 1;
    QTest::newRow("L H W 3") << std::vector<std::int64_t>{6, 2, 3, 3} << 3;
  }
  void arraysAreReadByRange() {
    QFETCH(std::vector<std::int64_t>, shape);
    QFETCH(int, channels);
    std::vector<float> values(static_cast<std::size_t>(36 * channels));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 7;
    QVERIFY(writeNpy(path("range.npy").toStdString(), shape, values));
    const Result<RawFrames> raw = read(path("range.npy"), {1, 9, 2});
    QVERIFY2(raw, qPrintable(why(raw)));
    QCOMPARE(raw->taken, (std::vector<int>{1, 3, 5}));
    QCOMPARE(raw->channels, channels);
    QCOMPARE(raw->height, 2);
    QCOMPARE(raw->width, 3);
    const std::size_t frame = 6 * static_cast<std::size_t>(channels);
    for (std::size_t i = 0; i < 3 * frame; ++i) {
      QCOMPARE(raw->floats[i], values[(1 + 2 * (i / frame)) * frame + i % frame]);
    }
    QCOMPARE(QString::fromStdString(raw->source.notice),
             QStringLiteral("range.npy has 6 frames: 3 of the 9 frames asked for could be taken."));
  }

  void arrayOfBytesStaysBytesInAnyOrder() {
    const QByteArray bytes = clip_files::rawBytes<std::uint8_t>({0, 3, 1, 4, 2, 255});
    const QByteArray header("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 1, 3)}");
    QVERIFY(clip_files::write(path("u.npy"), clip_files::npy(header, bytes)));
    const Result<RawFrames> raw = read(path("u.npy"), {0, 2, 1});
    QVERIFY2(raw, qPrintable(why(raw)));
    QCOMPARE(raw->bytes, (std::vector<std::uint8_t>{0, 1, 2, 3, 4, 255}));
    QVERIFY(raw->floats.empty());
  }

  void everySourceHasOneEntry() {
    const Result<RawFrames> lab = readSource(LabSpec{}, {0, 2, 1}, {});
    QVERIFY2(lab, qPrintable(why(lab)));
    QCOMPARE(lab->count(), 2);
    QVERIFY(clip_files::writeImage(path("one.png"), 2, 2, {}));
    QCOMPARE(readSource(FileSource{path("one.png").toStdString()}, {}, {})->count(), 1);
    QCOMPARE(why(readSource(WebcamSource{63}, {}, {})), QStringLiteral("No camera 63 on this machine."));
    QCOMPARE(why(readSource(WebcamSource{-1}, {}, {})), QStringLiteral("No camera -1 on this machine."));
  }

  // Whatever is asked for in whatever order: the frames that one reading gives.
  void rangesOfOneReaderAreThoseOfReadings() {
    QVERIFY(clip_files::writeVideo(path("r.mp4"), "mp4v", 60, 32, 48));
    RangeReader reader(FileSource{path("r.mp4").toStdString()});
    for (const FrameRange& range :
         {FrameRange{0, 8, 1}, FrameRange{4, 8, 1}, FrameRange{4, 8, 1}, FrameRange{30, 4, 3},
          FrameRange{36, 4, 3}, FrameRange{37, 4, 3}, FrameRange{10, 2, 1}, FrameRange{56, 8, 1},
          FrameRange{58, 8, 1}, FrameRange{80, 4, 1}, FrameRange{2, 5, 7}}) {
      const Result<RawFrames> wanted = read(path("r.mp4"), range);
      const Result<RawFrames> got = reader.read(range, {});
      QCOMPARE(why(got), why(wanted));
      if (!wanted) continue;
      QCOMPARE(got->taken, wanted->taken);
      QVERIFY(got->bytes == wanted->bytes);
      QCOMPARE(got->source.notice, wanted->source.notice);
      QCOMPARE(got->source.frameCount, wanted->source.frameCount);
    }
    RangeReader drawn(LabSpec{});
    QVERIFY(drawn.read({3, 2, 1}, {})->bytes == readSource(LabSpec{}, {3, 2, 1}, {})->bytes);
  }

  void rangesThatGoForwardAreOnePass() {
    QVERIFY(clip_files::writeVideo(path("pass.avi"), "MJPG", 400, 16, 16));
    int decoded = 0;
    ReadContext context;
    context.progress = [&](double) { ++decoded; };
    RangeReader reader(FileSource{path("pass.avi").toStdString()});
    for (int start = 0; start <= 384; start += 8) QVERIFY(reader.read({start, 16, 1}, context));
    QCOMPARE(decoded, 400);  // 49 windows, each frame once
    std::stop_source stop;
    stop.request_stop();
    context.stop = stop.get_token();
    QVERIFY(reader.read({384, 16, 1}, context).error().code == ErrorCode::Stopped);
    QCOMPARE(reader.read({0, 4, 1}, {})->count(), 4);
  }

  void manyReadersWorkAtOnce() {
    QVERIFY(clip_files::writeVideo(path("m.mp4"), "mp4v", 20, 32, 32));
    const Result<RawFrames> wanted = read(path("m.mp4"), {0, 20, 1});
    std::atomic<int> equal{0};
    {
      std::vector<std::jthread> readers;
      for (int i = 0; i < 4; ++i) {
        readers.emplace_back([&] {
          const Result<RawFrames> raw = read(path("m.mp4"), {0, 20, 1});
          if (raw && raw->bytes == wanted->bytes) ++equal;
        });
      }
    }
    QCOMPARE(equal.load(), 4);
  }
};

QTEST_GUILESS_MAIN(TestClipReader)
#include "tst_clip_reader.moc"
