// Time surgery, shifts and turns of a clip.
#include "engine/clip/clip_edit.h"

#include <QtTest>

#include <algorithm>
#include <random>
#include <set>
#include <stop_token>

using namespace convscope;

namespace {

/// 100·t + 10·y + x, + 1000·c: every value says where it came from.
Clip numbered(const Shape& shape) {
  Clip clip;
  clip.pixels = Tensor(shape);
  for (int c = 0; c < shape.channels; ++c) {
    for (int t = 0; t < shape.length; ++t) {
      for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x)
          clip.pixels.at(t, y, x, c) = static_cast<float>(1000 * c + 100 * t + 10 * y + x);
      }
    }
  }
  for (int t = 0; t < shape.length; ++t) clip.taken.push_back(t);
  clip.range = rangeOf(clip.pixels);
  return clip;
}

Clip after(const Clip& clip, const std::string& text) {
  const auto edits = clipEditsFromText(text);
  if (!edits) qFatal("%s", edits.error().message.c_str());
  auto edited = editedClip(clip, *edits);
  if (!edited) qFatal("%s", edited.error().message.c_str());
  return std::move(*edited);
}

bool same(const Clip& one, const Clip& other) {
  return one.pixels.shape() == other.pixels.shape() &&
         std::ranges::equal(one.pixels.values(), other.pixels.values()) && one.taken == other.taken;
}

std::vector<int> framesOf(const Clip& clip) {
  std::vector<int> frames;
  for (int t = 0; t < clip.pixels.shape().length; ++t)
    frames.push_back(static_cast<int>(clip.pixels.at(t, 0, 0, 0)) / 100);
  return frames;
}

const Shape kShape{8, 3, 5, 2};

}  // namespace

class TestClipEdit : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { qputenv("CONVSCOPE_MEMORY_BUDGET_MB", "1"); }

  void framesComeInTheOrderSaid_data() {
    QTest::addColumn<QString>("edit");
    QTest::addColumn<QList<int>>("frames");
    QTest::addRow("reverse") << "reverse" << QList<int>{7, 6, 5, 4, 3, 2, 1, 0};
    QTest::addRow("freeze") << "freeze=3" << QList<int>{0, 1, 2, 2, 2, 2, 2, 2};
    QTest::addRow("freeze at once") << "freeze=1" << QList<int>{0, 0, 0, 0, 0, 0, 0, 0};
    QTest::addRow("drop every 3rd") << "drop=3" << QList<int>{0, 1, 1, 3, 4, 4, 6, 7};
    QTest::addRow("repeat") << "repeat=3" << QList<int>{0, 0, 0, 1, 1, 1, 2, 2};
    QTest::addRow("half the rate") << "hold=2" << QList<int>{0, 0, 2, 2, 4, 4, 6, 6};
    QTest::addRow("later") << "shift-t=2" << QList<int>{6, 7, 0, 1, 2, 3, 4, 5};
    QTest::addRow("earlier") << "shift-t=-3" << QList<int>{3, 4, 5, 6, 7, 0, 1, 2};
    QTest::addRow("one after another") << "reverse,shift-t=1" << QList<int>{0, 7, 6, 5, 4, 3, 2, 1};
    QTest::addRow("the other way round") << "shift-t=1,reverse" << QList<int>{6, 5, 4, 3, 2, 1, 0, 7};
  }
  void framesComeInTheOrderSaid() {
    QFETCH(QString, edit);
    QFETCH(QList<int>, frames);
    const Clip clip = after(numbered(kShape), edit.toStdString());
    const std::vector<int> wanted(frames.begin(), frames.end());
    QCOMPARE(framesOf(clip), wanted);
    QCOMPARE(clip.taken, wanted);
    for (int t = 0; t < kShape.length; ++t) {  // whole frames, both channels
      const int from = wanted[static_cast<std::size_t>(t)];
      QCOMPARE(clip.pixels.at(t, 2, 4, 1), static_cast<float>(1000 + 100 * from + 24));
    }
  }

  void pixelsMoveWithTheShift() {
    const Clip clip = after(numbered(kShape), "shift-x=2,shift-y=-1");
    for (int y = 0; y < kShape.height; ++y) {
      for (int x = 0; x < kShape.width; ++x)
        QCOMPARE(clip.pixels.at(1, y, x, 0), static_cast<float>(100 + 10 * ((y + 1) % 3) + (x + 3) % 5));
    }
  }

  void aTurnExchangesHeightAndWidth() {
    const Clip clip = numbered(kShape);
    const Clip turned = after(clip, "turn=1");
    QCOMPARE(turned.pixels.shape(), (Shape{8, 5, 3, 2}));
    QCOMPARE(turned.pixels.at(0, 0, 2, 0), clip.pixels.at(0, 0, 0, 0));  // upper left goes to upper right
    QCOMPARE(turned.pixels.at(0, 4, 2, 0), clip.pixels.at(0, 0, 4, 0));  // upper right to lower right
    QVERIFY(same(after(turned, "turn=1"), after(clip, "turn=2")));
    QVERIFY(same(after(turned, "turn=-1"), clip));
    QVERIFY(same(after(after(clip, "turn=3"), "turn=1"), clip));
    const ClipEdit turn{ClipEditKind::Turn, 3};
    QCOMPARE(editedShape(kShape, {&turn, 1}), (Shape{8, 5, 3, 2}));
  }

  // reversing twice, shifting there and back, and all the way round, change nothing
  // Edits are done in one copy; that must be what they do one after the other.
  void manyAreDoneAtOnceAsOneByOne() {
    const Clip clip = numbered({5, 4, 7, 2});
    const std::vector<std::string> steps{"shift-x=3", "turn=1",    "reverse", "shift-y=-2", "turn=-1",
                                         "drop=3",    "shift-t=2", "turn=2",  "shift-x=1",  "shuffle=4"};
    Clip one = after(clip, "turn=0");
    std::string text;
    for (const std::string& step : steps) {
      text += (text.empty() ? "" : ",") + step;
      one = after(one, step);
      QVERIFY2(same(after(clip, text), one), text.c_str());
    }
  }

  void aStopEndsIt() {
    std::stop_source stop;
    int asked = 0;
    const ClipEdit edit{ClipEditKind::Reverse, 0};
    const auto edited = editedClip(numbered({9, 4, 7, 2}), {&edit, 1}, {stop.get_token(), {}, [&] {
                                                                          if (++asked == 3)
                                                                            stop.request_stop();
                                                                        }});
    QVERIFY(!edited);
    QCOMPARE(edited.error().code, ErrorCode::Stopped);
    QCOMPARE(asked, 3);
  }

  // The clip lives on beside what becomes of it.
  void clipAndCopyMustFitTheBudget() {
    const ClipEdit edit{ClipEditKind::Turn, 1};
    QVERIFY(editedClip(numbered({8, 100, 128, 1}), {&edit, 1}));
    const auto edited = editedClip(numbered({8, 100, 256, 1}), {&edit, 1});
    QVERIFY(!edited);
    QCOMPARE(edited.error().code, ErrorCode::TooLarge);
    QVERIFY2(edited.error().message.starts_with("Changing a clip of 8 × 100 × 256 × 1 would need 1.6 MiB"),
             edited.error().message.c_str());
  }

  void whatUndoesItselfIsUndone() {
    const Clip clip = numbered(kShape);
    for (const char* text : {"reverse,reverse", "shift-t=3,shift-t=-3", "shift-x=5", "shift-y=-6",
                             "shift-t=16", "turn=2,turn=2", "freeze=8"})
      QVERIFY2(same(after(clip, text), clip), text);
  }

  void aShuffleIsAnOrderOfTheSameFrames() {
    std::set<std::vector<int>> orders;
    for (int seed = 1; seed <= 20; ++seed) {
      const Clip clip = after(numbered(kShape), "shuffle=" + std::to_string(seed));
      std::vector<int> frames = framesOf(clip);
      orders.insert(frames);
      std::ranges::sort(frames);
      QCOMPARE(frames, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
      QVERIFY(same(clip, after(numbered(kShape), "shuffle=" + std::to_string(seed))));
    }
    QVERIFY(orders.size() > 15);
  }

  void textGoesThereAndBack() {
    const auto edits = clipEditsFromText("reverse,shift-x=-3,turn=1,hold=4,shuffle=7");
    QVERIFY(edits);
    QCOMPARE(toText(*edits), std::string("reverse,shift-x=-3,turn=1,hold=4,shuffle=7"));
    QCOMPARE(clipEditsFromText("shuffle")->front().amount, 1);
    for (const ClipEditEntry& entry : clipEditEntries()) QCOMPARE(clipEditEntry(entry.kind).id, entry.id);
  }

  void wrongTextIsExplained_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("says");
    QTest::addRow("unknown") << "revers"
                             << "There is no clip change";
    QTest::addRow("no number") << "reverse=2"
                               << "reverse takes no number";
    QTest::addRow("too small") << "drop=1"
                               << "from 2 to 4096";
    QTest::addRow("no whole number") << "shift-x=1.5"
                                     << "it was given “1.5”";
    QTest::addRow("empty") << ""
                           << "There is no clip change";
    QTest::addRow("too many") << QStringList(17, "reverse").join(",") << "at most 16 changes; there are 17";
  }
  void wrongTextIsExplained() {
    QFETCH(QString, text);
    QFETCH(QString, says);
    const auto edits = clipEditsFromText(text.toStdString());
    QVERIFY(!edits);
    QVERIFY2(QString::fromStdString(edits.error().message).contains(says), edits.error().message.c_str());
  }
};

QTEST_GUILESS_MAIN(TestClipEdit)
#include "tst_clip_edit.moc"
