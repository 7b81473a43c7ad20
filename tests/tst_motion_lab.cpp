#include "engine/clip/lab_pose.h"
#include "engine/clip/motion_lab.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

using namespace convscope;

namespace {

LabSpec labSpec(const char* id) {
  return findMotionLabEntry(id)->defaults;
}

RawFrames draw(const LabSpec& spec, int count = 16, int start = 0, int step = 1) {
  Result<RawFrames> raw = drawLab(spec, {start, count, step});
  if (!raw) qFatal("%s", raw.error().message.c_str());
  return std::move(*raw);
}

float valueAt(const RawFrames& raw, int t, int y, int x, int c) {
  return raw.floats[(static_cast<std::size_t>(t * raw.height + y) * static_cast<std::size_t>(raw.width) +
                     static_cast<std::size_t>(x)) *
                        3 +
                    static_cast<std::size_t>(c)];
}

std::vector<float> frameOf(const RawFrames& raw, int t) {
  const auto size = static_cast<std::ptrdiff_t>(raw.height) * raw.width * 3;
  return {raw.floats.begin() + t * size, raw.floats.begin() + (t + 1) * size};
}

struct Spot {
  double x = 0;
  double y = 0;
  double mass = 0;
};
/// Middle and sum of all that differs from the plain background (the frame's corner).
Spot spotOf(const RawFrames& raw, int t) {
  Spot spot;
  for (int y = 0; y < raw.height; ++y) {
    for (int x = 0; x < raw.width; ++x) {
      double difference = 0;
      for (int c = 0; c < 3; ++c) difference += std::abs(valueAt(raw, t, y, x, c) - valueAt(raw, t, 0, 0, c));
      spot.x += difference * x;
      spot.y += difference * y;
      spot.mass += difference;
    }
  }
  spot.x /= spot.mass;
  spot.y /= spot.mass;
  return spot;
}

/// Mean absolute difference between frame `t` at (x, y) and frame `other` at (x + dx, y + dy), borders left
/// out.
double differenceOf(const RawFrames& raw, int t, int other, int dx, int dy) {
  constexpr int kBorder = 12;
  double sum = 0;
  int count = 0;
  for (int y = kBorder; y < raw.height - kBorder; ++y) {
    for (int x = kBorder; x < raw.width - kBorder; ++x) {
      for (int c = 0; c < 3; ++c) {
        sum += std::abs(valueAt(raw, t, y, x, c) - valueAt(raw, other, y + dy, x + dx, c));
        ++count;
      }
    }
  }
  return sum / count;
}

/// FNV-1a of the values' bits.
quint64 checksum(const RawFrames& raw) {
  quint64 sum = 14695981039346656037ULL;
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.floats.data());
  for (std::size_t i = 0; i < raw.floats.size() * sizeof(float); ++i)
    sum = (sum ^ bytes[i]) * 1099511628211ULL;
  return sum;
}

QString where(int t) {
  return QStringLiteral("frame %1").arg(t);
}

void addEntryRows() {
  QTest::addColumn<QString>("id");
  for (const MotionLabEntry& entry : motionLabEntries())
    QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id);
}

}  // namespace

class TestMotionLab : public QObject {
  Q_OBJECT

 private slots:
  void defaultSpecIsTheClap() {
    QCOMPARE(LabSpec{}, labSpec("figure-clap"));
    QCOMPARE(LabSpec{}.period / LabSpec{}.framesPerSecond, 0.5);  // seconds
    QCOMPARE(QString::fromStdString(draw(LabSpec{}).source.name), QStringLiteral("Figure clapping"));
  }

  void everyEntryDrawsItsDefaults_data() { addEntryRows(); }
  void everyEntryDrawsItsDefaults() {
    QFETCH(QString, id);
    const MotionLabEntry* entry = findMotionLabEntry(id.toStdString());
    QCOMPARE(QString::fromStdString(entry->defaults.name), id);
    QVERIFY(entry->shows.ends_with(".") && !entry->name.empty() && !entry->group.empty() &&
            !entry->controls.empty());
    const RawFrames raw = draw(entry->defaults);
    QCOMPARE(raw.count(), 16);
    QCOMPARE(raw.floats.size(), std::size_t{16 * 112 * 112 * 3});
    QCOMPARE(raw.source.framesPerSecond, 25.0);
    const auto [low, high] = std::ranges::minmax(raw.floats);
    QVERIFY2(low >= 0 && high <= 1, qPrintable(QStringLiteral("%1 to %2").arg(low).arg(high)));
    QVERIFY(high - low > 0.2F);  // there is something to see
    QVERIFY(raw.bytes.empty());
  }

  void rangesAgreeWhereTheyOverlap_data() { addEntryRows(); }
  void rangesAgreeWhereTheyOverlap() {
    QFETCH(QString, id);
    LabSpec spec = findMotionLabEntry(id.toStdString())->defaults;
    spec.noise = 0.05;
    spec.texture = "clouds";
    const RawFrames all = draw(spec, 24);
    const RawFrames some = draw(spec, 4, 3, 5);
    QCOMPARE(some.taken, (std::vector<int>{3, 8, 13, 18}));
    for (int i = 0; i < 4; ++i)
      QVERIFY2(frameOf(some, i) == frameOf(all, 3 + 5 * i), qPrintable(where(3 + 5 * i)));
  }

  void controlsAreWhatTheClipReads_data() { addEntryRows(); }
  void controlsAreWhatTheClipReads() {
    QFETCH(QString, id);
    const MotionLabEntry* entry = findMotionLabEntry(id.toStdString());
    LabSpec spec = entry->defaults;
    if (spec.noise == 0 && spec.name != "dot-reversed") spec.texture = "clouds";
    const std::vector<float> base = draw(spec, 8, 2).floats;
    const std::vector<std::pair<std::string, std::function<void(LabSpec&)>>> changes{
        {"direction", [](LabSpec& s) { s.direction = 180; }},
        {"speed", [](LabSpec& s) { s.speed *= 0.7; }},
        {"period", [](LabSpec& s) { s.period *= 1.3; }},
        {"size", [](LabSpec& s) { s.size *= 1.1; }},
        {"contrast", [](LabSpec& s) { s.contrast = 0.5; }},
        {"noise", [](LabSpec& s) { s.noise += 0.1; }},
        {"coherence", [](LabSpec& s) { s.coherence = 0.1; }},
        {"texture", [](LabSpec& s) { s.texture = "checks"; }}};
    for (const auto& [field, change] : changes) {
      LabSpec changed = spec;
      change(changed);
      const bool listed = std::ranges::find(entry->controls, field) != entry->controls.end();
      QVERIFY2((draw(changed, 8, 2).floats != base) == listed, field.c_str());
    }
  }

  void otherSeedGivesOtherNoise() {
    LabSpec spec = labSpec("still-noise");
    const std::vector<float> base = draw(spec, 1).floats;
    spec.seed = 2;
    QVERIFY(draw(spec, 1).floats != base);
  }

  void dotMovesAtItsVelocity_data() {
    QTest::addColumn<double>("direction");
    QTest::addColumn<double>("speed");
    for (const int direction : {0, 90, 180, 270, 37}) {
      for (const double speed : {0.25, 1.0, 2.5})
        QTest::addRow("%d degrees, %g", direction, speed) << 1.0 * direction << speed;
    }
  }
  void dotMovesAtItsVelocity() {
    QFETCH(double, direction);
    QFETCH(double, speed);
    LabSpec spec = labSpec("dot");
    spec.direction = direction;
    spec.speed = speed;
    const RawFrames raw = draw(spec);
    for (int t = 1; t < 16; ++t) {
      const Spot before = spotOf(raw, t - 1);
      const Spot after = spotOf(raw, t);
      QVERIFY2(std::abs(after.x - before.x - speed * std::cos(direction * M_PI / 180)) < 0.05,
               qPrintable(where(t)));
      QVERIFY2(std::abs(after.y - before.y - speed * std::sin(direction * M_PI / 180)) < 0.05,
               qPrintable(where(t)));
      QVERIFY(std::abs(after.mass / before.mass - 1) < 0.02);
    }
    QVERIFY(std::abs(spotOf(raw, 8).x - 55.5) < 0.6);  // in the middle half-way through the first 16 frames
  }

  void dotComesBackOnTheOtherSide() {
    LabSpec spec = labSpec("dot");
    spec.speed = 4;
    const RawFrames raw = draw(spec, 64);
    int seen = 0;
    double leftmost = 1e9;
    for (int t = 0; t < 64; ++t) {
      const Spot spot = spotOf(raw, t);
      if (std::isfinite(spot.x)) leftmost = std::min(leftmost, spot.x);
      if (spot.mass > 1) ++seen;
    }
    QVERIFY(seen > 58 && leftmost < 10);
  }

  void barIsExact_data() {
    QTest::addColumn<double>("speed");
    for (const double speed : {0.0, 0.5, 1.0, 2.0, 3.0}) QTest::addRow("v = %g", speed) << speed;
  }
  void barIsExact() {
    QFETCH(double, speed);
    LabSpec spec = labSpec("bar");
    spec.speed = speed;
    spec.size = 4.5;
    const RawFrames right = draw(spec);
    spec.direction = 180;
    const RawFrames left = draw(spec);
    for (int t = 1; t < 16; ++t) {
      QVERIFY(std::abs(spotOf(right, t).x - spotOf(right, t - 1).x - speed) < 1e-3);
      QVERIFY(std::abs(spotOf(right, t).mass - spotOf(right, 0).mass) < 1e-2);
      for (int x = 0; x < 112; ++x) {  // opposite directions are mirror images
        QVERIFY(std::abs(valueAt(right, t, 50, x, 0) - valueAt(left, t, 50, 111 - x, 0)) < 1e-5F);
      }
    }
  }

  void texturesMoveAtTheirVelocity_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<double>("direction");
    QTest::addColumn<int>("dx");
    QTest::addColumn<int>("dy");
    for (const char* id : {"grating", "plaid", "sliding-grain"}) {
      QTest::addRow("%s right", id) << QString(id) << 0.0 << 2 << 0;
      QTest::addRow("%s left", id) << QString(id) << 180.0 << -2 << 0;
      QTest::addRow("%s down", id) << QString(id) << 90.0 << 0 << 2;
      QTest::addRow("%s up", id) << QString(id) << 270.0 << 0 << -2;
    }
    QTest::addRow("moving camera right: the world goes left")
        << QStringLiteral("moving-camera") << 0.0 << -2 << 0;
    QTest::addRow("moving camera down: the world goes up")
        << QStringLiteral("moving-camera") << 90.0 << 0 << -2;
  }
  void texturesMoveAtTheirVelocity() {
    QFETCH(QString, id);
    QFETCH(double, direction);
    QFETCH(int, dx);
    QFETCH(int, dy);
    LabSpec spec = findMotionLabEntry(id.toStdString())->defaults;
    spec.direction = direction;
    spec.speed = 2;
    const RawFrames raw = draw(spec, 6);
    for (int t = 0; t < 5; ++t) {
      QVERIFY2(differenceOf(raw, t, t + 1, dx, dy) < 1e-5, qPrintable(where(t)));
      QVERIFY2(differenceOf(raw, t, t + 1, -dx, -dy) > 0.01, qPrintable(where(t)));
    }
  }

  void gratingIsASine() {
    LabSpec spec = labSpec("grating");
    spec.contrast = 0.5;
    const RawFrames raw = draw(spec, 1);
    const auto [low, high] = std::ranges::minmax(raw.floats);
    double mean = 0;
    double square = 0;
    for (int x = 0; x < 112; ++x) {  // 7 whole waves of 16 pixels
      mean += valueAt(raw, 0, 3, x, 0) / 112;
      square += valueAt(raw, 0, 3, x, 0) * valueAt(raw, 0, 3, x, 0) / 112;
    }
    const double amplitude = 0.5 * 0.36;  // contrast times the red swing
    QVERIFY(std::abs(square - mean * mean - amplitude * amplitude / 2) < 1e-4);
    QVERIFY(low > 0.2F && high < 0.9F);
  }

  void coherentDotsMoveTogetherOthersDoNot() {
    LabSpec spec = labSpec("random-dots");
    spec.speed = 2;
    spec.period = 1000;  // next to no dot dies between two frames
    const RawFrames together = draw(spec, 2);
    QVERIFY(differenceOf(together, 0, 1, 2, 0) < 0.1 * differenceOf(together, 0, 1, 0, 0));
    spec.coherence = 0;
    const RawFrames apart = draw(spec, 2);
    QVERIFY(differenceOf(apart, 0, 1, 2, 0) > 0.7 * differenceOf(apart, 0, 1, -2, 0));
    spec.coherence = 0.5;
    const RawFrames half = draw(spec, 2);
    const double share = differenceOf(half, 0, 1, 2, 0) / differenceOf(apart, 0, 1, 2, 0);
    QVERIFY2(share > 0.3 && share < 0.7, qPrintable(QString::number(share)));
  }

  void reversePhiJumpsAndSwapsContrast() {
    LabSpec spec = labSpec("reverse-phi");
    spec.speed = 2;
    const RawFrames raw = draw(spec, 2);
    double same = 0;
    double swapped = 0;
    for (int y = 20; y < 90; ++y) {
      for (int x = 20; x < 90; ++x) {
        const double before = valueAt(raw, 0, y, x, 0) - 0.56;
        const double after = valueAt(raw, 1, y, x + 2, 0) - 0.56;
        same += std::abs(after - before);
        swapped += std::abs(after + before);
      }
    }
    QVERIFY2(swapped < 1e-4 * same, qPrintable(QStringLiteral("%1 of %2").arg(swapped).arg(same)));
  }

  void grainStandsAtSpeedZero() {
    LabSpec spec = labSpec("sliding-grain");
    spec.speed = 0;
    const RawFrames raw = draw(spec, 3);
    QCOMPARE(differenceOf(raw, 0, 1, 0, 0), 0.0);
    QCOMPARE(differenceOf(raw, 0, 2, 0, 0), 0.0);
    QVERIFY(differenceOf(raw, 0, 1, 3, 0) > 0.03);  // it is a texture
  }

  void flickeringGrainSwingsItsContrastInPlace() {
    LabSpec spec = labSpec("flickering-grain");
    spec.period = 4;
    const RawFrames raw = draw(spec, 5);
    QCOMPARE(differenceOf(raw, 0, 4, 0, 0), 0.0);  // one period on
    // Frame 2, half-way, has a tenth of the swing around the same middle.
    for (int x = 0; x < raw.width; ++x) {
      const double full = valueAt(raw, 0, 40, x, 0) - 0.56;
      const double faint = valueAt(raw, 2, 40, x, 0) - 0.56;
      QVERIFY2(std::abs(faint - 0.1 * full) < 1e-5, qPrintable(QString::number(x)));
    }
  }

  void jumpingGrainIsAnotherTextureEachPeriod() {
    LabSpec spec = labSpec("jumping-grain");
    spec.period = 2;
    const RawFrames raw = draw(spec, 6);
    QCOMPARE(differenceOf(raw, 0, 1, 0, 0), 0.0);
    for (const int dx : {-3, -2, -1, 0, 1, 2, 3})  // no shift brings the next one back
      QVERIFY2(differenceOf(raw, 1, 2, dx, 0) > 0.05, qPrintable(QString::number(dx)));
    QVERIFY(differenceOf(raw, 2, 4, 0, 0) > 0.05);
  }

  void wheelsTurnTheWayTheyAreCalled() {
    // After 1/32 turn the crest that pointed right points 11.25 degrees down (clockwise) or up.
    const double angle = 2 * M_PI / 32;
    const int x = static_cast<int>(std::lround(55.5 + 36 * std::cos(angle)));
    const int below = static_cast<int>(std::lround(55.5 + 36 * std::sin(angle)));
    const int above = static_cast<int>(std::lround(55.5 - 36 * std::sin(angle)));
    for (const char* id : {"rotation-cw", "rotation-ccw"}) {
      LabSpec spec = labSpec(id);
      spec.period = 32;
      const RawFrames raw = draw(spec, 33);
      const bool clockwise = QString(id) == "rotation-cw";
      const float ahead = valueAt(raw, 1, clockwise ? below : above, x, 0);
      const float behind = valueAt(raw, 1, clockwise ? above - 3 : below + 3, x, 0);
      QVERIFY2(ahead > 0.85F && behind < 0.4F, qPrintable(QStringLiteral("%1 %2").arg(ahead).arg(behind)));
      QVERIFY(frameOf(raw, 0) == frameOf(raw, 32));
    }
  }

  void ringsRunOutwardsAndInwards() {
    for (const int sign : {1, -1}) {
      LabSpec spec = labSpec(sign > 0 ? "expansion" : "contraction");
      spec.speed = 2;
      spec.width = spec.height = 113;  // the centre is pixel 56
      const RawFrames raw = draw(spec, 2);
      double along = 0;
      double against = 0;
      for (int r = 10; r < 50; ++r) {
        along += std::abs(valueAt(raw, 1, 56, 56 + r + 2 * sign, 0) - valueAt(raw, 0, 56, 56 + r, 0));
        against += std::abs(valueAt(raw, 1, 56, 56 + r - 2 * sign, 0) - valueAt(raw, 0, 56, 56 + r, 0));
      }
      QVERIFY(along < 1e-4 && against > 1);
    }
  }

  void oscillationComesBackEachPeriod() {
    LabSpec spec = labSpec("oscillation");
    spec.speed = 5;
    spec.period = 16;
    const RawFrames raw = draw(spec, 33);
    QVERIFY(frameOf(raw, 0) == frameOf(raw, 16) && frameOf(raw, 5) == frameOf(raw, 21));
    double fastest = 0;
    for (int t = 1; t < 33; ++t)
      fastest = std::max(fastest, std::abs(spotOf(raw, t).x - spotOf(raw, t - 1).x));
    QVERIFY2(std::abs(fastest - 5) < 0.15, qPrintable(QString::number(fastest)));
    QVERIFY(spotOf(raw, 3).x > spotOf(raw, 2).x && spotOf(raw, 11).x < spotOf(raw, 10).x);
    QVERIFY(std::abs(spotOf(raw, 7).y - spotOf(raw, 2).y) < 1e-3);
  }

  void zigZagTurnsTwiceAPeriod() {
    LabSpec spec = labSpec("zig-zag");
    spec.speed = 2;
    spec.period = 8;
    const RawFrames raw = draw(spec, 17);
    for (int t = 0; t < 16; ++t) {
      const double sideways = t % 8 < 4 ? 2 : -2;
      QVERIFY2(std::abs(spotOf(raw, t + 1).x - spotOf(raw, t).x - 2) < 0.05, qPrintable(where(t)));
      QVERIFY2(std::abs(spotOf(raw, t + 1).y - spotOf(raw, t).y - sideways) < 0.05, qPrintable(where(t)));
    }
  }

  void apparentMotionStandsAndJumps() {
    LabSpec spec = labSpec("apparent-motion");
    spec.speed = 2;
    spec.period = 4;
    const RawFrames raw = draw(spec, 13);
    for (int t = 0; t < 12; ++t) {
      if (t % 4 != 3) {
        QVERIFY2(frameOf(raw, t) == frameOf(raw, t + 1), qPrintable(where(t)));
      } else {
        QVERIFY2(std::abs(spotOf(raw, t + 1).x - spotOf(raw, t).x - 8) < 0.05, qPrintable(where(t)));
      }
    }
  }

  void ballsMeetHalfWayThroughAPeriod() {
    LabSpec spec = labSpec("clap");
    spec.period = 16;
    const RawFrames raw = draw(spec, 17);
    for (int t = 0; t <= 8; ++t) QVERIFY(frameOf(raw, t) == frameOf(raw, 16 - t));
    // The ground shows between the balls except at the meeting.
    const auto inside = [&](int t) {
      return valueAt(raw, t, 55, 55, 2) < 0.7F || valueAt(raw, t, 55, 56, 2) < 0.7F;
    };
    QVERIFY(inside(8) && !inside(4) && !inside(0));
  }

  void flickerFadesAndStays() {
    LabSpec spec = labSpec("flicker");
    spec.period = 8;
    const RawFrames raw = draw(spec, 9);
    for (int t = 0; t < 9; ++t) {
      if (t == 4) continue;  // faded out: nothing to find
      QVERIFY(std::abs(spotOf(raw, t).x - spotOf(raw, 0).x) < 0.01 &&
              std::abs(spotOf(raw, t).y - spotOf(raw, 0).y) < 0.01);
      const double share = 0.5 + 0.5 * std::cos(2 * M_PI * t / 8);
      QVERIFY(std::abs(spotOf(raw, t).mass / spotOf(raw, 0).mass - share) < 0.01);
    }
    QVERIFY(std::ranges::all_of(frameOf(raw, 4), [&, i = 0](float v) mutable {
      return std::abs(v - raw.floats[static_cast<std::size_t>(i++ % 3)]) < 1e-6F;
    }));
  }

  void stillImageDiffersByTheNoiseAlone() {
    LabSpec spec = labSpec("still-noise");
    spec.noise = 0;
    const RawFrames clean = draw(spec, 3);
    QVERIFY(frameOf(clean, 0) == frameOf(clean, 2));
    spec.noise = 0.03;
    const RawFrames noisy = draw(spec, 3);
    double sum = 0;
    double square = 0;
    double product = 0;
    int count = 0;
    const std::size_t frame = std::size_t{112 * 112 * 3};
    for (std::size_t i = 0; i < frame; ++i) {
      if (clean.floats[i] < 0.15F || clean.floats[i] > 0.85F) continue;  // clamped there
      const double first = noisy.floats[i] - clean.floats[i];
      const double second = noisy.floats[frame + i] - clean.floats[i];
      sum += first;
      square += first * first;
      product += first * second;
      ++count;
    }
    QVERIFY(std::abs(sum / count) < 0.001);
    QVERIFY(std::abs(std::sqrt(square / count) - 0.03) < 0.001);
    QVERIFY(std::abs(product / square) < 0.02);  // two frames' noise has nothing in common
  }

  void reversedAndShuffledAreTheSameFrames() {
    for (const char* base : {"dot", "figure-walk"}) {
      const RawFrames forward = draw(labSpec(base));
      const RawFrames reversed = draw(labSpec((std::string(base) + "-reversed").c_str()));
      const RawFrames shuffled = draw(labSpec((std::string(base) + "-shuffled").c_str()));
      std::multiset<std::vector<float>> wanted;
      std::multiset<std::vector<float>> got;
      int moved = 0;
      for (int t = 0; t < 16; ++t) {
        QVERIFY(frameOf(reversed, t) == frameOf(forward, 15 - t));
        wanted.insert(frameOf(forward, t));
        got.insert(frameOf(shuffled, t));
        moved += frameOf(shuffled, t) != frameOf(forward, t) ? 1 : 0;
      }
      QVERIFY(wanted == got && moved > 8);
    }
  }

  void figureWalksAtItsSpeed() {
    LabSpec spec = labSpec("figure-walk");
    for (const double direction : {0.0, 180.0}) {
      spec.direction = direction;
      const RawFrames raw = draw(spec, 26);  // one whole period
      // The background is a room: what differs from its left border, row by row, is the figure.
      const auto middle = [&](int t) {
        double sum = 0;
        double mass = 0;
        for (int y = 0; y < 90; ++y) {
          for (int x = 0; x < 112; ++x) {
            const double difference = std::abs(valueAt(raw, t, y, x, 0) - valueAt(raw, t, y, 0, 0));
            sum += difference * x;
            mass += difference;
          }
        }
        return sum / mass;
      };
      const double way = (middle(25) - middle(0)) * (direction == 0 ? 1 : -1);
      QVERIFY2(std::abs(way - 25 * spec.speed) < 0.3, qPrintable(QString::number(way)));
    }
  }

  void figureClapsBeforeItsChest() {
    LabSpec spec = labSpec("figure-clap");
    spec.period = 16;
    const RawFrames raw = draw(spec, 17);
    QVERIFY(frameOf(raw, 0) == frameOf(raw, 16));
    const auto isSkin = [&](int t) {
      return valueAt(raw, t, 37, 55, 1) > 0.45F;
    };  // the shirt's green is 0.2
    QVERIFY(isSkin(8) && !isSkin(0) && !isSkin(4) && !isSkin(12));
  }

  void bodiesKeepTheirBones_data() {
    QTest::addColumn<int>("kind");
    QTest::newRow("clap") << 0;
    QTest::newRow("wave") << 1;
    QTest::newRow("jumping jacks") << 2;
    QTest::newRow("walk") << 3;
    QTest::newRow("longest stride") << 4;
  }
  void bodiesKeepTheirBones() {
    QFETCH(int, kind);
    const auto poseAt = [&](double turns) {
      switch (kind) {
        case 0:
          return lab::clapPose(turns);
        case 1:
          return lab::wavePose(turns);
        case 2:
          return lab::jumpingJackPose(turns);
        case 3:
          return lab::walkPose(turns, 4.2);
        default:
          return lab::walkPose(turns, lab::kLongestStride);
      }
    };
    const lab::Pose first = poseAt(0);
    lab::Pose before = first;
    for (int i = 1; i <= 200; ++i) {
      const lab::Pose pose = poseAt(i / 200.0);
      for (std::size_t side = 0; side < 2; ++side) {
        const lab::Arm& arm = pose.arms[side];
        const lab::Leg& leg = pose.legs[side];
        QVERIFY(std::abs(length(arm.elbow - arm.shoulder) - 1.5) < 1e-6);
        QVERIFY(std::abs(length(arm.wrist - arm.elbow) - 1.35) < 1e-6);
        QVERIFY(std::abs(length(leg.knee - leg.hip) - 2.35) < 1e-6);
        QVERIFY(std::abs(length(leg.ankle - leg.knee) - 2.25) < 1e-6);
        QVERIFY2(leg.toe.y > -0.12 && leg.heel.y > -0.12,
                 qPrintable(QStringLiteral("foot below the ground at %1").arg(i / 200.0)));
        // No joint leaps from one moment to the next.
        QVERIFY(length(arm.fingers - before.arms[side].fingers) < 0.25);
        QVERIFY(length(leg.toe - before.legs[side].toe) < 0.25);
        QVERIFY2(length(leg.knee - before.legs[side].knee) < 0.2, qPrintable(QString::number(i / 200.0)));
      }
      before = pose;
    }
    QVERIFY(length(before.arms[1].fingers - first.arms[1].fingers) < 1e-6);
    QVERIFY(length(before.legs[0].toe - first.legs[0].toe) < 1e-6);
  }

  void standingFootDoesNotSlide() {
    constexpr double kStride = 4.2;
    for (double turns = 0.02; turns < 0.58; turns += 0.02) {
      const double place = lab::walkPose(turns, kStride).legs[0].ankle.z + kStride * turns;
      QVERIFY(std::abs(place - (0.3 * kStride)) < 1e-9);
    }
  }

  void ownSineIsTheSine() {
    for (double turns = -3; turns < 3; turns += 0.001) {
      QVERIFY(std::abs(lab::sinTurns(turns) - std::sin(2 * M_PI * turns)) < 1e-10);
      QVERIFY(std::abs(lab::cosTurns(turns) - std::cos(2 * M_PI * turns)) < 1e-10);
    }
  }

  void wrongFieldsAreOneSentence_data() {
    QTest::addColumn<LabSpec>("spec");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char* name, const char* id, const std::function<void(LabSpec&)>& change,
                        const char* sentence) {
      LabSpec spec = labSpec(id);
      change(spec);
      QTest::newRow(name) << spec << QString(sentence);
    };
    row(
        "height", "dot", [](LabSpec& s) { s.height = 0; },
        "The height of dot must lie between 1 and 8192; it is 0.");
    row(
        "width", "dot", [](LabSpec& s) { s.width = 9000; },
        "The width of dot must lie between 1 and 8192; it is 9000.");
    row(
        "rate", "dot", [](LabSpec& s) { s.framesPerSecond = 0; },
        "The frame rate of dot must lie between 0.1 and 1000; it is 0.");
    row(
        "direction", "dot", [](LabSpec& s) { s.direction = 400; },
        "The direction in degrees of dot must lie between -360 and 360; it is 400.");
    row(
        "speed", "bar", [](LabSpec& s) { s.speed = -1; },
        "The speed in pixels per frame of bar must lie between 0 and 1000; it is -1.");
    row(
        "period", "flicker", [](LabSpec& s) { s.period = 0.5; },
        "The period in frames of flicker must lie between 1 and 10000; it is 0.5.");
    row(
        "size", "grating", [](LabSpec& s) { s.size = 0; },
        "The size in pixels of grating must lie between 1 and 4096; it is 0.");
    row(
        "contrast", "grating", [](LabSpec& s) { s.contrast = 1.5; },
        "The contrast of grating must lie between 0 and 1; it is 1.5.");
    row(
        "noise", "clap", [](LabSpec& s) { s.noise = -0.1; },
        "The noise of clap must lie between 0 and 1; it is -0.1.");
    row(
        "coherence", "random-dots", [](LabSpec& s) { s.coherence = 2; },
        "The coherence of random-dots must lie between 0 and 1; it is 2.");
    row(
        "not a number", "dot", [](LabSpec& s) { s.speed = std::nan(""); },
        "The speed in pixels per frame of dot must lie between 0 and 1000; it is nan.");
    row(
        "texture", "dot", [](LabSpec& s) { s.texture = "fur"; },
        "The texture of dot must be plain, gradient, checks or clouds; it is “fur”.");
    row(
        "walk upwards", "figure-walk", [](LabSpec& s) { s.direction = 270; },
        "The direction of figure-walk must be 0 (right) or 180 (left) degrees; it is 270.");
    row(
        "giant strides", "figure-walk", [](LabSpec& s) { s.speed = 5; },
        "Two steps of figure-walk would cover 125 pixels (speed times period); its legs reach 57 at size "
        "9.5.");
  }
  void wrongFieldsAreOneSentence() {
    QFETCH(LabSpec, spec);
    QFETCH(QString, sentence);
    const Result<void> checked = checkLab(spec);
    QVERIFY(!checked);
    QCOMPARE(checked.error().code, ErrorCode::BadSpec);
    QCOMPARE(QString::fromStdString(checked.error().message), sentence);
    QCOMPARE(QString::fromStdString(drawLab(spec, {}).error().message), sentence);
  }

  void drawingStopsAtTheNextFrameAndLetsOthersGoFirst() {
    std::stop_source stop;
    int yields = 0;
    ReadContext context{stop.get_token()};
    context.yield = [&] {
      if (++yields == 5) stop.request_stop();
    };
    const Result<RawFrames> raw = drawLab(labSpec("bar"), {0, 1000, 1}, context);
    QVERIFY(!raw);
    QCOMPARE(raw.error().code, ErrorCode::Stopped);
    QCOMPARE(yields, 5);
  }

  void fieldsThatAreNotReadAreNotChecked() {
    LabSpec spec = labSpec("dot");
    spec.coherence = 7;
    spec.period = -3;
    QVERIFY(checkLab(spec));
  }

  void unknownNamesSuggestNearOnes() {
    LabSpec spec;
    spec.name = "figure-clp";
    const Result<void> checked = checkLab(spec);
    QCOMPARE(checked.error().code, ErrorCode::BadUsage);
    QVERIFY2(checked.error().message.starts_with(
                 "There is no clip in the motion lab “figure-clp”; the nearest are figure-clap, "),
             checked.error().message.c_str());
    spec.name = "walk";
    QVERIFY(checkLab(spec).error().message.find("figure-walk") != std::string::npos);
  }

  void extremeSizesAreDrawn_data() { addEntryRows(); }
  void extremeSizesAreDrawn() {
    QFETCH(QString, id);
    for (const auto& [height, width] : {std::pair{1, 1}, std::pair{1, 40}, std::pair{40, 3}}) {
      LabSpec spec = findMotionLabEntry(id.toStdString())->defaults;
      spec.height = height;
      spec.width = width;
      spec.texture = "gradient";
      for (const double size : {1.0, 300.0}) {
        spec.size = size;
        if (!checkLab(spec)) continue;  // a stride too long for the size
        const RawFrames raw = draw(spec, 2, 1000);
        QVERIFY(std::ranges::all_of(raw.floats, [](float v) { return v >= 0 && v <= 1; }));
      }
    }
  }

  /// The bits are promised. A change of the drawing changes these numbers on purpose; anything else must not.
  void bitsAreTheSameEverywhere_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<quint64>("wanted");
    QTest::newRow("grating") << "grating" << quint64{9087956408902655525ULL};
    QTest::newRow("still-noise") << "still-noise" << quint64{8615829029799631974ULL};
    QTest::newRow("rotation-cw") << "rotation-cw" << quint64{16536009583955428497ULL};
    QTest::newRow("figure-walk") << "figure-walk" << quint64{2740255820996528664ULL};
  }
  void bitsAreTheSameEverywhere() {
    QFETCH(QString, id);
    QFETCH(quint64, wanted);
    QCOMPARE(checksum(draw(findMotionLabEntry(id.toStdString())->defaults, 4, 3, 7)), wanted);
  }
};

QTEST_GUILESS_MAIN(TestMotionLab)
#include "tst_motion_lab.moc"
