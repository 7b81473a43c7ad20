#include "engine/clip/animation_writer.h"
#include "engine/clip/clip_reader.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <random>
#include <vector>

using namespace convscope;

namespace {

/// A picture of one grey with a square of red that moves to the right.
std::vector<std::uint8_t> picture(int height, int width, int number) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(4 * height * width), 0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint8_t* pixel = &bytes[static_cast<std::size_t>(4 * (y * width + x))];
      const bool square = y >= 8 && y < 16 && x >= 8 * number && x < 8 * number + 8;
      pixel[0] = square ? 20 : 90;
      pixel[1] = square ? 30 : 90;
      pixel[2] = square ? 220 : 90;
    }
  }
  return bytes;
}

}  // namespace

class TestAnimationWriter : public QObject {
  Q_OBJECT

 private slots:
  void whatIsWrittenIsReadAgain_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    QTest::addColumn<double>("tolerance");  // of 1, the largest of the mean differences of a picture
    QTest::addRow("gif") << "a.gif" << 37 << 81 << .02;
    QTest::addRow("mp4") << "a.mp4" << 48 << 96 << .05;
  }
  void whatIsWrittenIsReadAgain() {
    QFETCH(QString, name);
    QFETCH(int, height);
    QFETCH(int, width);
    QFETCH(double, tolerance);
    constexpr int kPictures = 9;
    std::vector<std::vector<std::uint8_t>> pictures;
    std::vector<PictureView> views;
    for (int i = 0; i < kPictures; ++i) pictures.push_back(picture(height, width, i));
    for (const auto& bytes : pictures) views.push_back({bytes.data(), 4 * width, height, width});
    const std::string path = m_folder.filePath(name).toStdString();
    auto writer = openAnimation(path, height, width, 20, views);
    QVERIFY2(writer, writer ? "" : writer.error().message.c_str());
    for (const PictureView& view : views) QVERIFY((*writer)->add(view));
    QVERIFY((*writer)->finish());
    const auto read = readFile(path, {0, 100, 1}, {});
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->count(), kPictures);
    QVERIFY(std::abs(read->source.framesPerSecond - 20) < .5);
    for (int i = 0; i < kPictures; ++i) {
      double sum = 0;
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
          for (int c = 0; c < 3; ++c)
            sum += std::abs(
                valueOf(*read, i, y, x, c) -
                pictures[static_cast<std::size_t>(i)][static_cast<std::size_t>(4 * (y * width + x) + 2 - c)] /
                    255.);
      QVERIFY2(sum / (3.0 * height * width) < tolerance,
               qPrintable(QStringLiteral("picture %1: %2").arg(i).arg(sum / (3.0 * height * width))));
    }
  }

  /// Times in hundredths of a second: 30 a second is 3.33, and ten of them must be a third of a second.
  void timesOfAGifAddUp() {
    const auto bytes = picture(16, 32, 0);
    const std::vector<PictureView> views(10, {bytes.data(), 4 * 32, 16, 32});
    const std::string path = m_folder.filePath("times.gif").toStdString();
    auto writer = openAnimation(path, 16, 32, 30, views);
    QVERIFY(writer);
    for (const PictureView& view : views) QVERIFY((*writer)->add(view));
    QVERIFY((*writer)->finish());
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray all = file.readAll();
    int sum = 0, blocks = 0;
    for (qsizetype at = all.indexOf("\x21\xF9\x04"); at >= 0;
         at = all.indexOf("\x21\xF9\x04", at + 1), ++blocks)
      sum += static_cast<unsigned char>(all[at + 4]) + 256 * static_cast<unsigned char>(all[at + 5]);
    QCOMPARE(blocks, 10);
    QCOMPARE(sum, 33);
  }

  void whatIsNotFinishedIsRemoved() {
    for (const char* name : {"left.gif", "left.mp4"}) {
      const auto bytes = picture(32, 32, 0);
      const PictureView view{bytes.data(), 4 * 32, 32, 32};
      {
        auto writer = openAnimation(m_folder.filePath(name).toStdString(), 32, 32, 25, {&view, 1});
        QVERIFY(writer);
        QVERIFY((*writer)->add(view));
      }
      QVERIFY(!QFile::exists(m_folder.filePath(name)));
    }
  }

  // The encoder does not say that a disk is full. What it left cannot be played, and must not take the place
  // of a file that can.
  void aFullDiskIsAnError_data() {
    QTest::addColumn<QString>("name");
    QTest::addRow("gif") << "full.gif";
    QTest::addRow("mp4") << "full.mp4";
  }
  void aFullDiskIsAnError() {
    QFETCH(QString, name);
    constexpr int kSide = 128;
    std::mt19937 random(3);
    std::vector<std::uint8_t> noise(std::size_t{4} * kSide * kSide);
    const auto change = [&] {
      for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random());
    };
    change();
    const PictureView view{noise.data(), 4 * kSide, kSide, kSide};
    const std::string path = m_folder.filePath(name).toStdString();
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit small = before;
    small.rlim_cur = 64 << 10;
    setrlimit(RLIMIT_FSIZE, &small);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    bool whole = true;
    {
      auto writer = openAnimation(path, kSide, kSide, 25, {&view, 1});
      for (int i = 0; writer && whole && i < 40; ++i) {
        change();
        whole = (*writer)->add(view).has_value();
      }
      if (whole) whole = (*writer)->finish().has_value();
    }
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    QVERIFY(!whole);
    QVERIFY(!QFile::exists(QString::fromStdString(path)));
  }

  void wrongRequestsAreOneSentence() {
    const auto bytes = picture(32, 32, 0);
    const PictureView view{bytes.data(), 4 * 32, 32, 32};
    const auto sentence = [&](const std::string& path, int height) {
      const auto writer = openAnimation(path, height, 32, 25, {&view, 1});
      return writer ? std::string() : writer.error().message;
    };
    QCOMPARE(sentence("a.avi", 32),
             std::string("An animation is written as .mp4 or .gif; “a.avi” is neither."));
    QCOMPARE(sentence("a.mp4", 31),
             std::string("An .mp4 has an even height and width; this one would have 32 × 31."));
    QCOMPARE(sentence("a.gif", 5000),
             std::string("A GIF has from 1 to 4096 pixels a side; this one would have 32 × 5000."));
    QVERIFY(sentence("/nowhere/a.gif", 32).find("cannot be written") != std::string::npos);
    QVERIFY(sentence("/nowhere/a.mp4", 32).find("cannot be written") != std::string::npos);
  }

 private:
  static double valueOf(const RawFrames& read, int frame, int y, int x, int c) {
    return read.bytes[static_cast<std::size_t>(((frame * read.height + y) * read.width + x) * read.channels +
                                               c)] /
           255.;
  }
  QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestAnimationWriter)
#include "tst_animation_writer.moc"
