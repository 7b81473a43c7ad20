#include "engine/clip/npy.h"

#include "clip_files.h"

#include <QtTest>

#include <cstdint>

using namespace convscope;
using clip_files::npy;
using clip_files::rawBytes;

namespace {

QByteArray dictionary(const char* descr, const char* fortran, const char* shape) {
  return QByteArray("{'descr': '") + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape +
         ", }\n";
}

}  // namespace

class TestNpy : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;
  [[nodiscard]] std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }

 private slots:
  void whatIsWrittenIsReadBack() {
    std::vector<float> values(2 * 3 * 5);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.1F * static_cast<float>(i) - 1;
    QVERIFY(writeNpy(path("back.npy"), {2, 3, 5}, values));
    const Result<NpyArray> array = readNpy(path("back.npy"));
    QVERIFY2(array, array ? "" : array.error().message.c_str());
    QCOMPARE(array->shape, (std::vector<std::int64_t>{2, 3, 5}));
    QCOMPARE(array->values, values);
    QVERIFY(!array->integer8);
  }

  void headerIsNumpys() {
    QVERIFY(writeNpy(path("header.npy"), {7}, std::vector<float>(7)));
    const QByteArray bytes = clip_files::read(m_folder.filePath("header.npy"));
    const int length = static_cast<unsigned char>(bytes[8]) + 256 * static_cast<unsigned char>(bytes[9]);
    QCOMPARE((10 + length) % 64, 0);
    QCOMPARE(bytes.size(), 10 + length + 28);
    QCOMPARE(bytes[10 + length - 1], '\n');
    QVERIFY(bytes.mid(10).startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }"));
  }

  void kindsAndOrdersAreRead_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<bool>("integer8");
    const auto f4 = rawBytes<float>({0, 1, 2, 3, 4, 5});
    const auto f8 = rawBytes<double>({0, 1, 2, 3, 4, 5});
    const auto u1 = rawBytes<std::uint8_t>({0, 1, 2, 3, 4, 5});
    const auto turned = rawBytes<float>({0, 3, 1, 4, 2, 5});
    QTest::newRow("float32") << npy(dictionary("<f4", "False", "(2, 3)"), f4) << false;
    QTest::newRow("float64") << npy(dictionary("<f8", "False", "(2, 3)"), f8) << false;
    QTest::newRow("uint8") << npy(dictionary("|u1", "False", "(2, 3)"), u1) << true;
    QTest::newRow("Fortran order") << npy(dictionary("<f4", "True", "(2, 3)"), turned) << false;
    QTest::newRow("version 2") << npy(dictionary("<f4", "False", "(2, 3)"), f4, 2) << false;
    QTest::newRow("version 3") << npy(dictionary("<f4", "False", "(2, 3,)"), f4, 3) << false;
    QTest::newRow("keys in another order")
        << npy("{\"shape\":(2,3),'fortran_order':False,\"descr\":\"<f4\"}", f4) << false;
    QTest::newRow("bytes after the values")
        << npy(dictionary("<f4", "False", "(2, 3)"), f4 + "more") << false;
  }
  void kindsAndOrdersAreRead() {
    QFETCH(QByteArray, file);
    QFETCH(bool, integer8);
    QVERIFY(clip_files::write(m_folder.filePath("kind.npy"), file));
    const Result<NpyArray> array = readNpy(path("kind.npy"));
    QVERIFY2(array, array ? "" : array.error().message.c_str());
    QCOMPARE(array->shape, (std::vector<std::int64_t>{2, 3}));
    QCOMPARE(array->values, (std::vector<float>{0, 1, 2, 3, 4, 5}));
    QCOMPARE(array->integer8, integer8);
  }

  void boolsAreZeroAndOne() {
    QVERIFY(clip_files::write(m_folder.filePath("b.npy"),
                              npy(dictionary("|b1", "False", "(3,)"), QByteArray("\0\1\1", 3))));
    QCOMPARE(readNpy(path("b.npy"))->values, (std::vector<float>{0, 1, 1}));
  }

  void emptyAndScalarArraysAreRead() {
    QVERIFY(clip_files::write(m_folder.filePath("e.npy"),
                              npy(dictionary("<f4", "False", "(0, 99999999999)"), {})));
    QVERIFY(readNpy(path("e.npy"))->values.empty());
    QVERIFY(clip_files::write(m_folder.filePath("s.npy"),
                              npy(dictionary("<f4", "False", "()"), rawBytes<float>({6}))));
    QCOMPARE(readNpy(path("s.npy"))->values, std::vector<float>{6});
  }

  void damagedFilesAreOneSentence_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("sentence");
    const QByteArray good = npy(dictionary("<f4", "False", "(2, 3)"), rawBytes<float>({0, 1, 2, 3, 4, 5}));
    const QString damagedHeader = "bad.npy has a damaged .npy header.";
    const QString cutHeader = "bad.npy ends inside its header: the file is cut short or damaged.";
    QTest::newRow("empty") << QByteArray() << "bad.npy is empty.";
    QTest::newRow("text") << QByteArray("hello, world")
                          << "bad.npy is not a .npy file: it does not begin with NumPy's mark.";
    QTest::newRow("seven bytes") << good.left(7)
                                 << "bad.npy is not a .npy file: it does not begin with NumPy's mark.";
    QTest::newRow("version 9") << npy("{}", {}, 9)
                               << "bad.npy is a .npy file of version 9; versions 1 to 3 can be read.";
    QTest::newRow("nine bytes") << good.left(9) << cutHeader;
    QTest::newRow("cut header") << good.left(40) << cutHeader;
    QTest::newRow("header length of 4 GiB")
        << QByteArray("\x93NUMPY\x02\x00\xFF\xFF\xFF\xFF{'descr'", 20) << cutHeader;
    QTest::newRow("cut values")
        << good.left(good.size() - 1)
        << "bad.npy claims more values than the 5 that it holds: the file is cut short or damaged.";
    QTest::newRow("huge claim")
        << npy(dictionary("<f4", "False", "(1000000000, 1000000000)"), "abcd")
        << "bad.npy claims more values than the 1 that it holds: the file is cut short or damaged.";
    QTest::newRow("claim that overflows")
        << npy(dictionary("<f4", "False", "(4294967296, 4294967296, 4)"), "abcd")
        << "bad.npy claims more values than the 1 that it holds: the file is cut short or damaged.";
    QTest::newRow("extent beyond 64 bits")
        << npy(dictionary("<f4", "False", "(99999999999999999999,)"), {}) << damagedHeader;
    QTest::newRow("negative extent") << npy(dictionary("<f4", "False", "(-1, 3)"), {}) << damagedHeader;
    QTest::newRow("no dictionary") << npy("[1, 2, 3]", {}) << damagedHeader;
    QTest::newRow("no shape") << npy("{'descr': '<f4', 'fortran_order': False}", {}) << damagedHeader;
    QTest::newRow("unknown key") << npy("{'colour': 'red'}", {}) << damagedHeader;
    QTest::newRow("big endian")
        << npy(dictionary(">f4", "False", "(1,)"), "abcd")
        << "bad.npy holds values of type '>f4'; little-endian float32, float64, uint8 and bool can be read.";
    QTest::newRow("objects")
        << npy(dictionary("|O", "False", "(1,)"), "abcd")
        << "bad.npy holds values of type '|O'; little-endian float32, float64, uint8 and bool can be read.";
  }
  void damagedFilesAreOneSentence() {
    QFETCH(QByteArray, file);
    QFETCH(QString, sentence);
    QVERIFY(clip_files::write(m_folder.filePath("bad.npy"), file));
    const Result<NpyArray> array = readNpy(path("bad.npy"));
    QVERIFY(!array);
    QCOMPARE(array.error().code, ErrorCode::BadInput);
    QCOMPARE(QString::fromStdString(array.error().message), sentence);
  }

  void missingFilesAndFoldersAreNamed() {
    QCOMPARE(QString::fromStdString(readNpy(path("none.npy")).error().message),
             QStringLiteral("none.npy does not exist."));
    QVERIFY(QString::fromStdString(readNpy(m_folder.path().toStdString()).error().message)
                .contains("is a folder"));
    // what is to be written is named whole: the folder is what is wrong
    const std::string nowhere = path("no/such/folder.npy");
    const Result<void> written = writeNpy(nowhere, {1}, std::vector<float>(1));
    QCOMPARE(QString::fromStdString(written.error().message),
             QString::fromStdString(nowhere + " cannot be written: No such file or directory."));
  }

  void clipsAreWrittenChannelsLast() {
    Tensor pixels(Shape{2, 3, 4, 3});
    for (std::int64_t i = 0; i < pixels.shape().count(); ++i) pixels.data()[i] = static_cast<float>(i);
    QVERIFY(writeClipNpy(path("clip.npy"), pixels));
    const Result<NpyArray> array = readNpy(path("clip.npy"));
    QCOMPARE(array->shape, (std::vector<std::int64_t>{2, 3, 4, 3}));
    QCOMPARE(array->values[static_cast<std::size_t>(((1 * 3 + 2) * 4 + 3) * 3 + 1)], pixels.at(1, 2, 3, 1));
    QCOMPARE(array->values[1], pixels.at(0, 0, 0, 1));
  }

  void mapsAreWrittenChannelsFirst() {
    Tensor maps(Shape{2, 3, 4, 5});
    for (std::int64_t i = 0; i < maps.shape().count(); ++i) maps.data()[i] = static_cast<float>(i);
    QVERIFY(writeMapsNpy(path("maps.npy"), maps));
    const Result<NpyArray> array = readNpy(path("maps.npy"));
    QCOMPARE(array->shape, (std::vector<std::int64_t>{5, 2, 3, 4}));
    QCOMPARE(array->values, std::vector<float>(maps.values().begin(), maps.values().end()));
  }
};

QTEST_GUILESS_MAIN(TestNpy)
#include "tst_npy.moc"
