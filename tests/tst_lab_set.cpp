// Labelled sets of motion-lab clips.
#include "engine/clip/clip_prepare.h"
#include "engine/clip/lab_set.h"
#include "engine/clip/motion_lab.h"
#include "engine/clip/npy.h"

#include <QTemporaryDir>
#include <QtTest>

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <fstream>

using namespace convscope;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

class TestLabSet : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;

  std::string write(const char* name, const char* text) {
    const std::string path = m_folder.filePath(QLatin1String(name)).toStdString();
    std::ofstream(path) << text;
    return path;
  }
  std::string plain() {
    return write("plain.json",
                 R"({"seed": 3, "clips": 10, "frames": 4, "size": [12, 16], "margin": 2, "colour": "rgb",
      "common": {"contrast": [0.5, 1]},
      "classes": [
        {"label": "left", "reversed": "right", "clips": [{"lab": "dot", "direction": 180, "speed": [1, 2], "size": 4}]},
        {"label": "right", "reversed": "left", "clips": [{"lab": "dot", "direction": 0, "speed": [1, 2], "size": 4}]},
        {"label": "walk", "clips": [{"lab": "figure-walk", "speed": 0.5, "period": 10, "size": 2}]}]})");
  }

 private slots:
  void clipsAreThoseOfTheMotionLab() {
    const auto set = readLabSet(plain());
    QVERIFY_RESULT(set);
    QCOMPARE(set->labels, (std::vector<std::string>{"left", "right", "walk"}));
    QCOMPARE(set->reversed, (std::vector<int>{1, 0, -1}));
    for (int index = 0; index < set->clips; ++index) {
      const auto drawn = drawLabSetClip(*set, index);
      QVERIFY_RESULT(drawn);
      QCOMPARE(drawn->label, index % 3);
      QCOMPARE(drawn->clip.pixels.shape(), (Shape{4, 12, 16, 3}));
      QVERIFY(drawn->lab.contrast >= .5 && drawn->lab.contrast <= 1);
      if (drawn->label < 2) QVERIFY(drawn->lab.speed >= 1 && drawn->lab.speed <= 2);
      // somewhere in the larger picture that the lab draws of the same numbers
      const auto raw = drawLab(drawn->lab, {drawn->start, 4, 1});
      QVERIFY_RESULT(raw);
      bool found = false;
      for (int y = 0; y <= 4 && !found; ++y) {
        for (int x = 0; x <= 4 && !found; ++x) {
          const auto clip = prepareClip(*raw, {Crop{x, y, 16, 12}, {}, ColourMode::Rgb}, 1);
          QVERIFY_RESULT(clip);
          found = std::ranges::equal(clip->pixels.values(), drawn->clip.pixels.values(),
                                     [](float a, float b) { return std::abs(a - b) <= .5F / 255 + 1e-6F; });
        }
      }
      QVERIFY2(found, qPrintable(QString("clip %1").arg(index)));
    }
  }

  void aSeedStandsForTheSameBits() {
    auto set = readLabSet(plain());
    const auto one = drawLabSetClip(*set, 7), again = drawLabSetClip(*set, 7);
    QVERIFY(std::ranges::equal(one->clip.pixels.values(), again->clip.pixels.values()));
    set->seed = 4;
    const auto other = drawLabSetClip(*set, 7);
    QVERIFY(!std::ranges::equal(one->clip.pixels.values(), other->clip.pixels.values()));
  }

  void aMirrorAndANegativeDoWhatTheySay() {
    auto set = readLabSet(plain());
    const auto was = drawLabSetClip(*set, 0);
    set->negative = 1;
    for (auto& variant : set->classes[0]) variant.mirror = 1;
    const auto is = drawLabSetClip(*set, 0);
    QVERIFY(is->mirrored && !was->mirrored);
    for (int y = 0; y < 12; ++y) {
      for (int x = 0; x < 16; ++x)
        QVERIFY(std::abs(is->clip.pixels.at(2, y, x, 1) - (1 - was->clip.pixels.at(2, y, 15 - x, 1))) <
                1e-6F);
    }
  }

  void theFolderHoldsTheClips() {
    const auto set = readLabSet(plain());
    const std::string folder = m_folder.filePath("set").toStdString();
    QVERIFY_RESULT(writeLabSet(*set, folder));
    const auto clips = readNpy(folder + "/clips.npy");
    QVERIFY_RESULT(clips);
    QCOMPARE(clips->shape, (std::vector<std::int64_t>{10, 4, 12, 16, 3}));
    QVERIFY(clips->integer8);
    const auto drawn = drawLabSetClip(*set, 9);
    const std::size_t each = 4 * 12 * 16 * 3;
    for (const auto& [t, y, x, c] :
         {std::array{0, 0, 0, 0}, std::array{3, 11, 15, 2}, std::array{2, 5, 7, 1}}) {
      const auto at = static_cast<std::size_t>(((t * 12 + y) * 16 + x) * 3 + c);
      QCOMPARE(clips->values[9 * each + at], std::round(drawn->clip.pixels.at(t, y, x, c) * 255));
    }
    QFile csv(QString::fromStdString(folder + "/clips.csv"));
    QVERIFY(csv.open(QIODevice::ReadOnly));
    QCOMPARE(csv.readAll().count('\n'), 11);
  }

  void aSetChangesItsBase() {
    plain();
    const auto set = readLabSet(write("faster.json", R"({"base": "plain.json", "seed": 9, "clips": 6,
      "change": {"texture": "checks", "contrast": 1, "size": 5}, "scale": {"speed": 2}})"));
    QVERIFY_RESULT(set);
    QCOMPARE(set->seed, 9U);
    QCOMPARE(set->clips, 6);
    QCOMPARE(set->width, 16);
    for (int index = 0; index < 2; ++index) {
      const auto drawn = drawLabSetClip(*set, index);
      QVERIFY_RESULT(drawn);
      QCOMPARE(drawn->lab.contrast, 1.0);
      QCOMPARE(drawn->lab.size, 5.0);
      QCOMPARE(drawn->lab.texture, std::string("plain"));  // the base names none to be changed
      QVERIFY(drawn->lab.speed >= 2 && drawn->lab.speed <= 4);
    }
  }

  void whatIsWrongIsExplained_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("says");
    QTest::addRow("no JSON") << "["
                             << "no JSON object";
    QTest::addRow("unknown key") << R"({"clip": 3})"
                                 << "has no “clip”";
    QTest::addRow("no classes") << R"({"clips": 3})"
                                << "list of “classes”";
    QTest::addRow("no clips") << R"({"classes": []})"
                              << "number of “clips”";
    QTest::addRow("unknown lab") << R"({"clips": 3, "classes": [{"label": "a", "clips": [{"lab": "dott"}]}]})"
                                 << "dott";
    QTest::addRow("unknown control")
        << R"({"clips": 3, "classes": [{"label": "a", "clips": [{"lab": "dot", "sped": 1}]}]})"
        << "no “sped”";
    QTest::addRow("range the wrong way round")
        << R"({"clips": 3, "classes": [{"label": "a", "clips": [{"lab": "dot", "speed": [2, 1]}]}]})"
        << "the smaller number first";
    QTest::addRow("reversed to nothing")
        << R"({"clips": 3, "classes": [{"label": "a", "reversed": "b", "clips": [{"lab": "dot"}]}]})"
        << "no class “b”";
    const auto withClip = [](const QString& more, const QString& clip) {
      return QString(R"({"clips": 3, %1 "classes": [{"label": "a", "clips": [{"lab": "dot"%2}]}]})")
          .arg(more, clip);
    };
    QTest::addRow("deep") << QString(100'000, '[') + QString(100'000, ']') << "no JSON object";
    QTest::addRow("deep inside") << withClip("\"note\": " + QString(65, '[') + QString(65, ']') + ",", "")
                                 << "at most 64 levels";
    QTest::addRow("reversed to a number")
        << R"({"clips": 3, "classes": [{"label": "a", "reversed": 1, "clips": [{"lab": "dot"}]}]})"
        << "“reversed” takes the label";
    QTest::addRow("common list") << withClip(R"("common": [1],)", "") << "“common” takes an object";
    QTest::addRow("scale number") << withClip(R"("scale": 2,)", "") << "“scale” takes an object";
    QTest::addRow("change word") << withClip(R"("change": "size",)", "") << "“change” takes an object";
    QTest::addRow("clip that is no object")
        << R"({"clips": 3, "classes": [{"label": "a", "clips": [["lab", "dot"]]}]})"
        << "is an object that names";
    QTest::addRow("too many specks") << withClip(R"("specks": {"count": 1e18},)", "")
                                     << "“count” takes a number from 0 to 10000";
    QTest::addRow("too many specks in a list")
        << withClip(R"("specks": {"count": {"any": [1, 1e18]}},)", "") << "“count” takes a number";
    QTest::addRow("start beyond all frames")
        << withClip("", R"(, "start": 1e300)") << "“start” takes a number from 0 to 1000000";
    QTest::addRow("its own base") << R"({"base": "wrong.json"})"
                                  << "“base”";
  }
  void aPipeIsNoSet() {
    const std::string pipe = m_folder.filePath("pipe.json").toStdString();
    QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
    const auto set = readLabSet(pipe);  // whose reader would wait for a writer
    QVERIFY(!set);
    QCOMPARE(set.error().message,
             std::string("pipe.json cannot be used as a set of clips: it is not a regular file."));
  }
  void whatIsWrongIsExplained() {
    QFETCH(QString, text);
    QFETCH(QString, says);
    const auto set = readLabSet(write("wrong.json", text.toUtf8().constData()));
    QVERIFY(!set);
    const QString said = QString::fromStdString(set.error().message);
    QVERIFY2(said.startsWith("wrong.json") && said.contains(says), qPrintable(said));
  }
};

QTEST_GUILESS_MAIN(TestLabSet)
#include "tst_lab_set.moc"
