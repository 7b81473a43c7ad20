#include "clip_files.h"
#include "engine/clip/clip_prepare.h"
#include "engine/clip/clip_reader.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace convscope;

namespace {

RawFrames bytesFrames(int count, int height, int width, int channels, std::vector<std::uint8_t> values) {
  RawFrames raw;
  raw.source = {"made", 30, count, height, width, channels, ""};
  for (int i = 0; i < count; ++i) raw.taken.push_back(i);
  raw.height = height;
  raw.width = width;
  raw.channels = channels;
  raw.bytes = std::move(values);
  return raw;
}

RawFrames noiseFrames(int count, int height, int width, int channels, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> values(static_cast<std::size_t>(count * height * width * channels));
  for (std::uint8_t& value : values) value = static_cast<std::uint8_t>(random());
  return bytesFrames(count, height, width, channels, std::move(values));
}

PrepareSpec resized(int height, int width) {
  PrepareSpec spec;
  spec.resize = FrameSize{height, width};
  return spec;
}

/// Length of the part of [a, a + 1) that lies in [low, high).
double overlap(double a, double low, double high) {
  return std::max(0.0, std::min(a + 1, high) - std::max(a, low));
}

/// One output value the slow way: every input pixel, weighted by the area that it shares with the output
/// cell, or by the linear hat around the output's centre on an axis that grows. Double precision, no tables.
double slowValue(const RawFrames& raw, int t, int y, int x, int c, int outHeight, int outWidth) {
  const auto weight = [](int i, int in, int j, int out) {
    if (out <= in) {
      const double ratio = static_cast<double>(in) / out;
      return overlap(i, j * ratio, (j + 1) * ratio) / ratio;
    }
    const double at = std::clamp((j + 0.5) * in / out - 0.5, 0.0, in - 1.0);
    return std::max(0.0, 1 - std::abs(at - i));
  };
  double sum = 0;
  for (int i = 0; i < raw.height; ++i) {
    for (int k = 0; k < raw.width; ++k) {
      const double value =
          raw.bytes[static_cast<std::size_t>(((t * raw.height + i) * raw.width + k) * raw.channels + c)];
      sum += value * weight(i, raw.height, y, outHeight) * weight(k, raw.width, x, outWidth);
    }
  }
  return sum / 255;
}

}  // namespace

class TestClipPrepare : public QObject {
  Q_OBJECT

 private slots:
  void everyByteBecomesItself255th() {
    std::vector<std::uint8_t> values(256);
    for (std::size_t i = 0; i < 256; ++i) values[i] = static_cast<std::uint8_t>(i);
    PrepareSpec spec;
    spec.colour = ColourMode::Grey;
    const Result<Clip> clip = prepareClip(bytesFrames(1, 16, 16, 1, values), spec, 1);
    QCOMPARE(clip->pixels.shape(), (Shape{1, 16, 16, 1}));
    for (int i = 0; i < 256; ++i)
      QCOMPARE(clip->pixels.values()[static_cast<std::size_t>(i)], static_cast<float>(i) / 255);
  }

  void pixelsBecomePlanes() {
    // Two frames of 1 × 2 pixels: the channels of each pixel stand side by side in the source.
    const Result<Clip> clip =
        prepareClip(bytesFrames(2, 1, 2, 3, {0, 51, 102, 153, 204, 255, 255, 0, 51, 102, 153, 204}), {}, 1);
    QCOMPARE(clip->pixels.shape(), (Shape{2, 1, 2, 3}));
    const std::vector<float> wanted{0, .6F, 1, .4F, .2F, .8F, 0, .6F, .4F, 1, .2F, .8F};
    for (std::size_t i = 0; i < wanted.size(); ++i) QCOMPARE(clip->pixels.values()[i], wanted[i]);
  }

  void handComputedResizes_data() {
    QTest::addColumn<int>("out");
    QTest::addColumn<std::vector<float>>("wanted");
    // The row is 0, 51, 102, 153, 255 of 255: 0, .2, .4, .6, 1.
    QTest::addRow("5 to 5") << 5 << std::vector<float>{0, .2F, .4F, .6F, 1};
    QTest::addRow("5 to 1") << 1 << std::vector<float>{.44F};
    QTest::addRow("5 to 2: half of the middle pixel each")
        << 2 << std::vector<float>{.4F / 2.5F, 1.8F / 2.5F};
    QTest::addRow("5 to 4: a quarter of the next")
        << 4
        << std::vector<float>{.05F / 1.25F, (.15F + .2F) / 1.25F, (.2F + .45F) / 1.25F, (.15F + 1) / 1.25F};
    QTest::addRow("5 to 10: linear") << 10 << std::vector<float>{0,    .05F, .15F, .25F, .35F,
                                                                 .45F, .55F, .7F,  .9F,  1};
  }
  void handComputedResizes() {
    QFETCH(int, out);
    QFETCH(std::vector<float>, wanted);
    const std::vector<std::uint8_t> row{0, 51, 102, 153, 255};
    const Result<Clip> across = prepareClip(bytesFrames(1, 1, 5, 1, row), resized(1, out), 1);
    const Result<Clip> down = prepareClip(bytesFrames(1, 5, 1, 1, row), resized(out, 1), 1);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      QVERIFY(std::abs(across->pixels.values()[i] - wanted[i]) < 1e-6F);
      QVERIFY(std::abs(down->pixels.values()[i] - wanted[i]) < 1e-6F);
    }
  }

  void resizeEqualsSlowAverage_data() {
    QTest::addColumn<FrameSize>("in");
    QTest::addColumn<FrameSize>("out");
    const std::vector<std::pair<FrameSize, FrameSize>> cases{
        {{1, 1}, {1, 1}},    {{1, 1}, {5, 3}},   {{2, 3}, {7, 2}},    {{13, 17}, {13, 17}},
        {{13, 17}, {5, 4}},  {{13, 17}, {1, 1}}, {{18, 24}, {27, 9}}, {{24, 18}, {6, 6}},
        {{31, 8}, {30, 16}}, {{8, 31}, {3, 32}}};
    for (const auto& [in, out] : cases) {
      QTest::addRow("%dx%d to %dx%d", in.height, in.width, out.height, out.width) << in << out;
    }
  }
  void resizeEqualsSlowAverage() {
    QFETCH(FrameSize, in);
    QFETCH(FrameSize, out);
    constexpr unsigned kSeed = 11;
    const RawFrames raw = noiseFrames(2, in.height, in.width, 3, kSeed);
    const Result<Clip> clip = prepareClip(raw, resized(out.height, out.width), 1);
    QCOMPARE(clip->pixels.shape(), (Shape{2, out.height, out.width, 3}));
    for (int t = 0; t < 2; ++t) {
      for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x) {
          for (int c = 0; c < 3; ++c) {
            const double wanted = slowValue(raw, t, y, x, c, out.height, out.width);
            const double got = clip->pixels.at(t, y, x, c);
            QVERIFY2(std::abs(got - wanted) < 1e-6,
                     qPrintable(QStringLiteral("t %1 y %2 x %3 c %4: %5 for %6, seed %7")
                                    .arg(t)
                                    .arg(y)
                                    .arg(x)
                                    .arg(c)
                                    .arg(got)
                                    .arg(wanted)
                                    .arg(kSeed)));
          }
        }
      }
    }
  }

  void wholeRatiosAreExact() {
    // Sums of bytes are whole numbers below 2^24: only the one division rounds.
    const RawFrames raw = noiseFrames(1, 12, 20, 1, 3);
    const Result<Clip> clip = prepareClip(raw, resized(3, 5), 1);
    for (int y = 0; y < 3; ++y) {
      for (int x = 0; x < 5; ++x) {
        int sum = 0;
        for (int i = 0; i < 16; ++i)
          sum += raw.bytes[static_cast<std::size_t>((4 * y + i / 4) * 20 + 4 * x + i % 4)];
        QCOMPARE(clip->pixels.at(0, y, x, 0), static_cast<float>(sum / (16 * 255.0)));
      }
    }
  }

  void cropComesBeforeResize() {
    const RawFrames raw = noiseFrames(2, 10, 12, 3, 5);
    PrepareSpec spec = resized(2, 3);
    spec.crop = Crop{3, 1, 6, 8};
    RawFrames cut = bytesFrames(2, 8, 6, 3, {});
    for (int t = 0; t < 2; ++t) {
      for (int y = 1; y < 9; ++y) {
        const auto row = raw.bytes.begin() + ((t * 10 + y) * 12 + 3) * 3;
        cut.bytes.insert(cut.bytes.end(), row, row + 18);
      }
    }
    const Result<Clip> cropped = prepareClip(raw, spec, 1);
    const Result<Clip> wanted = prepareClip(cut, resized(2, 3), 1);
    QVERIFY(std::ranges::equal(cropped->pixels.values(), wanted->pixels.values()));
    QCOMPARE(cropped->source.height, 10);  // the source is told as it was
  }

  void greyIsWeighted() {
    PrepareSpec spec;
    spec.colour = ColourMode::Grey;
    const Result<Clip> clip =
        prepareClip(bytesFrames(1, 1, 4, 3, {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255}), spec, 1);
    QCOMPARE(clip->pixels.shape(), (Shape{1, 1, 4, 1}));
    QCOMPARE(clip->pixels.at(0, 0, 0, 0), .299F);
    QCOMPARE(clip->pixels.at(0, 0, 1, 0), .587F);
    QCOMPARE(clip->pixels.at(0, 0, 2, 0), .114F);
    QCOMPARE(clip->pixels.at(0, 0, 3, 0), 1.0F);
  }

  void greySourceHasTheChannelsAskedFor() {
    for (const ColourMode mode : {ColourMode::Rgb, ColourMode::Grey}) {
      PrepareSpec spec;
      spec.colour = mode;
      const Result<Clip> clip = prepareClip(bytesFrames(2, 1, 2, 1, {51, 102, 153, 204}), spec, 1);
      const int channels = mode == ColourMode::Grey ? 1 : 3;
      QCOMPARE(clip->pixels.shape(), (Shape{2, 1, 2, channels}));
      QCOMPARE(*preparedShape({2, 1, 2, 1}, spec), clip->pixels.shape());
      for (int c = 0; c < channels; ++c) {
        QCOMPARE(clip->pixels.at(0, 0, 1, c), .4F);
        QCOMPARE(clip->pixels.at(1, 0, 0, c), .6F);
      }
    }
  }

  void floatsStayAsTheyAre() {
    RawFrames raw = bytesFrames(1, 1, 2, 1, {});
    raw.floats = {-3.5F, 700};
    const Result<Clip> clip = prepareClip(raw, {}, 1);
    QCOMPARE(clip->pixels.at(0, 0, 0, 0), -3.5F);
    QCOMPARE(clip->pixels.at(0, 0, 1, 0), 700.0F);
  }

  void stepDividesTheRate() {
    const RawFrames raw = noiseFrames(3, 2, 2, 3, 1);
    const Result<Clip> clip = prepareClip(raw, {}, 4);
    QCOMPARE(clip->framesPerSecond, 7.5);
    QCOMPARE(clip->taken, raw.taken);
    QCOMPARE(clip->source.framesPerSecond, 30.0);
  }

  void wrongSettingsAreOneSentence_data() {
    QTest::addColumn<PrepareSpec>("spec");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("sentence");
    const auto crop = [](int x, int y, int width, int height) {
      return PrepareSpec{Crop{x, y, width, height}, {}, {}};
    };
    QTest::newRow("crop past the right")
        << crop(3, 0, 4, 4) << ErrorCode::BadSpec
        << "The crop's width takes 4 pixels from pixel 4; the source's frames have 6.";
    QTest::newRow("crop past the bottom")
        << crop(0, 1, 6, 4) << ErrorCode::BadSpec
        << "The crop's height takes 4 pixels from pixel 2; the source's frames have 4.";
    QTest::newRow("crop before the left")
        << crop(-1, 0, 2, 2) << ErrorCode::BadSpec
        << "The crop's width takes 2 pixels from pixel 0; the source's frames have 6.";
    QTest::newRow("empty crop")
        << crop(0, 0, 2, 0) << ErrorCode::BadSpec
        << "The crop's height takes 0 pixels from pixel 1; the source's frames have 4.";
    QTest::newRow("huge crop")
        << crop(2147483647, 0, 2147483647, 1) << ErrorCode::BadSpec
        << "The crop's width takes 2147483647 pixels from pixel 2147483648; the source's frames have 6.";
    QTest::newRow("no width") << resized(3, 0) << ErrorCode::BadSpec
                              << "The resized width must be at least 1 pixel; it is 0.";
    QTest::newRow("negative height") << resized(-2, 3) << ErrorCode::BadSpec
                                     << "The resized height must be at least 1 pixel; it is -2.";
    QTest::newRow("100 TiB") << resized(3000000, 3000000) << ErrorCode::TooLarge
                             << "The clip of 1 × 3000000 × 3000000 × 3 would need ";
  }
  void wrongSettingsAreOneSentence() {
    QFETCH(PrepareSpec, spec);
    QFETCH(ErrorCode, code);
    QFETCH(QString, sentence);
    const Result<Clip> clip = prepareClip(noiseFrames(1, 4, 6, 3, 1), spec, 1);
    QVERIFY(!clip);
    QCOMPARE(clip.error().code, code);
    const QString message = QString::fromStdString(clip.error().message);
    QVERIFY2(code == ErrorCode::TooLarge ? message.startsWith(sentence) : message == sentence,
             qPrintable(message));
  }

  void preparingStopsAtTheNextFrame() {
    std::stop_source stop;
    std::vector<double> shares;
    ReadContext context{stop.get_token()};
    context.progress = [&](double share) {
      shares.push_back(share);
      if (shares.size() == 3) stop.request_stop();
    };
    const Result<Clip> clip = prepareClip(noiseFrames(8, 4, 6, 3, 1), resized(2, 3), 1, context);
    QVERIFY(!clip);
    QCOMPARE(clip.error().code, ErrorCode::Stopped);
    QCOMPARE(shares, (std::vector<double>{0, 1. / 8, 2. / 8}));
  }

  void knownVoxelOfARealClip() {
    const QString folder = clip_files::realClips();
    if (folder.isEmpty()) QSKIP("CONVSCOPE_TEST_CLIPS names no folder of real clips.");
    const Result<RawFrames> raw = readFile((folder + "/shuffling_cups.mp4").toStdString(), {27, 8, 1}, {});
    QVERIFY2(raw, raw ? "" : raw.error().message.c_str());
    PrepareSpec spec = resized(27, 36);
    spec.crop = Crop{40, 0, 240, 180};
    const Result<Clip> clip = prepareClip(*raw, spec, 1);
    QCOMPARE(clip->pixels.shape(), (Shape{8, 27, 36, 3}));
    // The kernel "red, moving right" at frames 3 to 5, row 19, column 13 (from 1): +0.951 by another program.
    std::vector<double> weights;
    for (int i = 0; i < 9; ++i) {
      const int t = i / 3 - 1;
      const int x = i % 3 - 1;
      weights.push_back(std::exp(-(x * x + t * t) / (2 * .8 * .8)) * std::cos(M_PI / 2 * (x - t)));
    }
    double mean = 0;
    for (const double w : weights) mean += w / 9;
    double largest = 0;
    for (double& w : weights) largest = std::max(largest, std::abs(w -= mean));
    const double overY[]{.5, 1, .5};
    const double overColour[]{1, -.5, -.5};
    double sum = 0;
    for (int c = 0; c < 3; ++c) {
      for (int t = 0; t < 3; ++t) {
        for (int y = 0; y < 3; ++y) {
          for (int x = 0; x < 3; ++x) {
            sum += weights[static_cast<std::size_t>(t * 3 + x)] * overY[y] * overColour[c] *
                   clip->pixels.at(2 + t, 18 + y, 12 + x, c) / largest;
          }
        }
      }
    }
    QVERIFY2(std::abs(sum - .951) < .0015, qPrintable(QString::number(sum)));
  }
};

QTEST_GUILESS_MAIN(TestClipPrepare)
#include "tst_clip_prepare.moc"
