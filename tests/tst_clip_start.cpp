#include "engine/clip/clip_reader.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace convscope;

namespace {

bool openCvIsLoaded() {
  QFile maps("/proc/self/maps");
  return maps.open(QIODevice::ReadOnly) && maps.readAll().contains("libopencv_videoio");
}

}  // namespace

/// The program's start must not pay for OpenCV: 0.16 s. So this test links nothing but the engine.
class TestClipStart : public QObject {
  Q_OBJECT

 private slots:
  void openCvComesWithTheFirstFile() {
    QVERIFY(!openCvIsLoaded());
    QVERIFY(readSource(LabSpec{}, {}, {}));
    QVERIFY(!readFile("/no/such/file.mp4", {}, {}));
    QVERIFY(!openCvIsLoaded());

    const QTemporaryDir folder;
    QFile file(folder.filePath("pixel.ppm"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("P6\n1 1\n255\n\x01\x02\x03");
    file.close();
    const Result<RawFrames> raw = readFile(file.fileName().toStdString(), {}, {});
    QVERIFY2(raw, raw ? "" : raw.error().message.c_str());
    QCOMPARE(raw->bytes, (std::vector<std::uint8_t>{1, 2, 3}));
    QVERIFY(openCvIsLoaded());
    preloadDecoders();  // a second time: nothing to do
  }
};

QTEST_GUILESS_MAIN(TestClipStart)
#include "tst_clip_start.moc"
