// The difference of two maps at the same place and time, against obvious loops.
#include "engine/compare/map_difference.h"
#include "engine/conv/convolve.h"
#include "engine/conv/filter_bank.h"

#include <QtTest>

#include <cmath>

using namespace convscope;

namespace {

struct Made {
  Tensor maps;
  std::array<AxisField, 3> field;
};

Tensor randomClip(const Shape& shape) {
  Tensor clip(shape);
  unsigned seed = 12345;
  for (float& value : clip.values()) {
    seed = seed * 1664525 + 1013904223;
    value = static_cast<float>(seed >> 8) / static_cast<float>(1 << 24);
  }
  return clip;
}

Made madeBy(const Tensor& clip, const ConvSpec& conv, unsigned seed) {
  ThreadPool pool(2);
  const FilterBank bank{randomFilter(conv.kernel, clip.shape().channels, seed),
                        randomFilter(conv.kernel, clip.shape().channels, seed + 1)};
  auto maps = convolve(clip, conv, bank, ComputeContext{pool, {}});
  return {std::move(*maps), fieldOf(conv, *geometryOf(clip.shape(), conv, 2))};
}

/// Places counted by hand: the middle of the kernel of each cell.
double middleOf(const ConvSpec& conv, const ConvGeometry& geometry, Axis axis, int cell) {
  Triple at{0, 0, 0};
  at[axis] = cell;
  return geometry.inputStart(conv, at)[axis] + (conv.span(axis) - 1) / 2.0;
}

}  // namespace

class TestMapDifference : public QObject {
  Q_OBJECT

 private slots:
  void differencesAreThoseOfObviousLoops_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<Triple>("stride");
    QTest::addColumn<Triple>("dilation");
    QTest::addColumn<int>("padding");
    const int valid = int(PaddingMode::Valid), same = int(PaddingMode::Same), full = int(PaddingMode::Full);
    QTest::newRow("one frame") << Triple{1, 3, 3} << Triple{1, 1, 1} << Triple{1, 1, 1} << valid;
    QTest::newRow("larger") << Triple{5, 5, 5} << Triple{1, 1, 1} << Triple{1, 1, 1} << valid;
    QTest::newRow("same padding") << Triple{3, 3, 3} << Triple{1, 1, 1} << Triple{1, 1, 1} << same;
    QTest::newRow("full padding") << Triple{5, 3, 1} << Triple{1, 1, 1} << Triple{1, 1, 1} << full;
    QTest::newRow("strides") << Triple{3, 3, 3} << Triple{2, 3, 2} << Triple{1, 1, 1} << valid;
    QTest::newRow("dilation") << Triple{2, 3, 3} << Triple{1, 2, 1} << Triple{2, 1, 3} << same;
  }
  void differencesAreThoseOfObviousLoops() {
    QFETCH(Triple, kernel);
    QFETCH(Triple, stride);
    QFETCH(Triple, dilation);
    QFETCH(int, padding);
    const Tensor clip = randomClip({9, 14, 17, 2});
    ConvSpec a;
    ConvSpec b;
    b.kernel = kernel;
    b.stride = stride;
    b.dilation = dilation;
    b.padding = static_cast<PaddingMode>(padding);
    const Made mapA = madeBy(clip, a, 3);
    const Made mapB = madeBy(clip, b, 9);
    const auto geometryA = *geometryOf(clip.shape(), a, 2);
    const auto geometryB = *geometryOf(clip.shape(), b, 2);
    const auto difference = differenceOf({mapA.maps, 1, mapA.field}, {mapB.maps, 0, mapB.field});
    QVERIFY2(difference, difference ? "" : difference.error().message.c_str());

    // every cell of A beside every cell of B
    std::vector<double> valuesA, valuesB;
    std::vector<float> apart;
    const Shape& shapeA = mapA.maps.shape();
    const Shape& shapeB = mapB.maps.shape();
    for (int ta = 0; ta < shapeA.length; ++ta)
      for (int ya = 0; ya < shapeA.height; ++ya)
        for (int xa = 0; xa < shapeA.width; ++xa)
          for (int tb = 0; tb < shapeB.length; ++tb)
            for (int yb = 0; yb < shapeB.height; ++yb)
              for (int xb = 0; xb < shapeB.width; ++xb) {
                if (middleOf(a, geometryA, Axis::T, ta) != middleOf(b, geometryB, Axis::T, tb) ||
                    middleOf(a, geometryA, Axis::Y, ya) != middleOf(b, geometryB, Axis::Y, yb) ||
                    middleOf(a, geometryA, Axis::X, xa) != middleOf(b, geometryB, Axis::X, xb))
                  continue;
                valuesA.push_back(double{mapA.maps.at(ta, ya, xa, 1)});
                valuesB.push_back(double{mapB.maps.at(tb, yb, xb, 0)});
                apart.push_back(mapA.maps.at(ta, ya, xa, 1) - mapB.maps.at(tb, yb, xb, 0));
                const auto place = difference->placeOf({ta, ya, xa});
                QVERIFY(place);
                QCOMPARE(difference->values.at(place->t, place->y, place->x, 0), apart.back());
              }
    QCOMPARE(difference->values.shape().count(), std::ssize(apart));
    double sumA = 0, sumB = 0, squares = 0, differing = 0;
    const auto count = static_cast<double>(apart.size());
    for (std::size_t i = 0; i < apart.size(); ++i) {
      sumA += valuesA[i];
      sumB += valuesB[i];
      squares += std::pow(valuesA[i] - valuesB[i], 2);
      differing += std::abs(valuesA[i] - valuesB[i]) > .25;
    }
    double aa = 0, bb = 0, ab = 0;
    for (std::size_t i = 0; i < apart.size(); ++i) {
      aa += std::pow(valuesA[i] - sumA / count, 2);
      bb += std::pow(valuesB[i] - sumB / count, 2);
      ab += (valuesA[i] - sumA / count) * (valuesB[i] - sumB / count);
    }
    QVERIFY(std::abs(difference->rootMeanSquare - std::sqrt(squares / count)) < 1e-9);
    QVERIFY(std::abs(difference->differingShare - differing / count) < 1e-12);
    QVERIFY(difference->correlation && std::abs(*difference->correlation - ab / std::sqrt(aa * bb)) < 1e-9);
  }

  void aMapDiffersFromItselfByNothing() {
    const Made made = madeBy(randomClip({5, 8, 8, 1}), {}, 1);
    const PlacedMap map{made.maps, 0, made.field};
    const auto difference = differenceOf(map, map);
    QVERIFY(difference);
    QCOMPARE(difference->rootMeanSquare, 0.0);
    QCOMPARE(difference->differingShare, 0.0);
    QVERIFY(std::abs(*difference->correlation - 1) < 1e-12);
  }

  void aConstantMapCorrelatesWithNothing() {
    const Made made = madeBy(randomClip({5, 8, 8, 1}), {}, 1);
    const Tensor flat(made.maps.shape());
    const auto difference = differenceOf({made.maps, 0, made.field}, {flat, 0, made.field});
    QVERIFY(difference);
    QVERIFY(!difference->correlation);
  }

  void cellsThatNeverMeetAreOneSentence() {
    const Tensor clip = randomClip({6, 8, 8, 1});
    ConvSpec even;
    even.kernel = {4, 3, 3};
    const Made a = madeBy(clip, {}, 1);
    const Made b = madeBy(clip, even, 2);
    const auto difference = differenceOf({a.maps, 0, a.field}, {b.maps, 0, b.field});
    QVERIFY(!difference);
    QCOMPARE(
        QString::fromStdString(difference.error().message),
        "The two maps have no cell in common along time: the middles of A's lie from 2 to 5 in steps of 1, "
        "those of B's from 2.5 to 4.5 in steps of 1 (frames, from 1).");
  }

  void placesWithoutACounterpartAreNone() {
    const Tensor clip = randomClip({6, 9, 9, 1});
    ConvSpec strided;
    strided.stride = {1, 2, 2};
    const Made a = madeBy(clip, {}, 1);
    const Made b = madeBy(clip, strided, 2);
    const auto difference = differenceOf({a.maps, 0, a.field}, {b.maps, 0, b.field});
    QVERIFY(difference);
    QVERIFY(!difference->placeOf({0, 1, 0}));
    QCOMPARE(*difference->placeOf({3, 2, 6}), (Triple{3, 1, 3}));
  }
};

QTEST_GUILESS_MAIN(TestMapDifference)
#include "tst_map_difference.moc"
