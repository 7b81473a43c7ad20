#include "engine/conv/kernel_presets.h"
#include "engine/core/memory_budget.h"
#include "engine/study/study.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace convscope;

namespace {

/// One filter on a small clip of a moving bar.
KernelStudy study(const Triple& kernel, PaddingMode padding) {
  KernelStudy study;
  LabSpec lab;
  lab.name = "bar";
  lab.height = 20;
  lab.width = 24;
  study.clip.source = lab;
  study.clip.range = {0, 8, 1};
  study.clip.prepare.colour = ColourMode::Grey;
  study.conv.kernel = kernel;
  study.conv.padding = padding;
  study.bank = {randomFilter(kernel, 1, 3)};
  return study;
}

Result<std::shared_ptr<const StudyResult>> computed(const KernelStudy& study, StudyCache& cache) {
  static ThreadPool pool(2);
  return compute(study, {}, cache, ComputeContext{pool, {}});
}

/// A result of that study with maps to be filled in.
KernelResult resultOf(const KernelStudy& study) {
  KernelResult result;
  result.spec = study;
  result.geometry = geometryOf({8, 20, 24, 1}, study.conv, 1).value();
  result.maps = Tensor(result.geometry.output);
  result.filters = {0};
  return result;
}

}  // namespace

class TestStudy : public QObject {
  Q_OBJECT

 private slots:
  void strongestIsTheLargestPositiveValue() {
    KernelResult result = resultOf(study({3, 3, 3}, PaddingMode::Valid));
    std::ranges::fill(result.maps.values(), 0.1F);
    result.maps.at(2, 5, 7, 0) = -9;
    result.maps.at(4, 6, 8, 0) = 2;
    QCOMPARE(result.strongest(0), (Triple{4, 6, 8}));
  }

  void strongestIsTheLargestMagnitudeWhereNothingIsPositive() {
    KernelResult result = resultOf(study({3, 3, 3}, PaddingMode::Valid));
    std::ranges::fill(result.maps.values(), -0.1F);
    result.maps.at(2, 5, 7, 0) = -9;
    result.maps.at(1, 1, 1, 0) = std::numeric_limits<float>::quiet_NaN();
    QCOMPARE(result.strongest(0), (Triple{2, 5, 7}));
    QCOMPARE(result.strongest(1), (Triple{0, 0, 0}));  // there is no such filter
  }

  void strongestIsNoArtefactOfThePadding_data() {
    QTest::addColumn<PaddingMode>("padding");
    QTest::addColumn<Triple>("stride");
    QTest::addRow("same") << PaddingMode::Same << Triple{1, 1, 1};
    QTest::addRow("full") << PaddingMode::Full << Triple{1, 1, 1};
    QTest::addRow("causal") << PaddingMode::Causal << Triple{1, 1, 1};
    QTest::addRow("same, strided") << PaddingMode::Same << Triple{1, 2, 3};
  }
  void strongestIsNoArtefactOfThePadding() {
    QFETCH(PaddingMode, padding);
    QFETCH(Triple, stride);
    KernelStudy spec = study({3, 5, 3}, padding);
    spec.conv.stride = stride;
    KernelResult result = resultOf(spec);
    const Shape& out = result.maps.shape();
    const auto inside = [&](const Triple& at) {
      const Triple start = result.geometry.inputStart(spec.conv, at);
      for (const Axis axis : kAxes)
        if (start[axis] < 0 || start[axis] + spec.conv.span(axis) > result.geometry.input.along(axis))
          return false;
      return true;
    };
    // what touches the padding answers ten times as strongly, and the last voxel that does not a little more
    Triple wanted{-1, -1, -1};
    for (int t = 0; t < out.length; ++t)
      for (int y = 0; y < out.height; ++y)
        for (int x = 0; x < out.width; ++x) {
          result.maps.at(t, y, x, 0) = inside({t, y, x}) ? 1 : 10;
          if (inside({t, y, x})) wanted = {t, y, x};
        }
    QVERIFY(wanted.t >= 0);
    result.maps.at(wanted.t, wanted.y, wanted.x, 0) = 1.5F;
    QCOMPARE(result.strongest(0), wanted);
  }

  void strongestCountsAllWhereNoPatchLiesInside() {
    KernelStudy spec = study({9, 3, 3}, PaddingMode::Same);  // longer than the clip
    KernelResult result = resultOf(spec);
    std::ranges::fill(result.maps.values(), 0.F);
    result.maps.at(0, 0, 5, 0) = 3;
    QCOMPARE(result.strongest(0), (Triple{0, 0, 5}));
  }

  void whatCannotFitIsToldBeforeTheClipIsPrepared_data() {
    QTest::addColumn<KernelStudy>("spec");
    KernelStudy large = study({1, 1, 1}, PaddingMode::Valid);
    large.clip.prepare.resize = FrameSize{3000, 3000};
    large.bank.assign(1 << 14, large.bank.front());
    QTest::addRow("memory") << large;
    KernelStudy longer = study({9, 3, 3}, PaddingMode::Valid);
    longer.clip.prepare.resize = FrameSize{3000, 3000};
    QTest::addRow("geometry") << longer;
  }
  void whatCannotFitIsToldBeforeTheClipIsPrepared() {
    QFETCH(KernelStudy, spec);
    StudyCache cache;
    QVERIFY(!computed(spec, cache));
    QVERIFY(!cache.holdsFrames(spec.clip));
    QVERIFY(cache.peek(spec.clip) == nullptr);
  }

  void framesClipAndMapsShareOneBudget() {
    // each of the three fits the machine's budget, together they do not
    KernelStudy spec = study({1, 1, 1}, PaddingMode::Valid);
    auto& lab = std::get<LabSpec>(spec.clip.source);
    lab.height = lab.width = 512;
    const double frame = 512.0 * 512 * 4;
    spec.clip.prepare.colour = ColourMode::Rgb;
    spec.bank = {randomFilter({1, 1, 1}, 3, 3)};
    // 3 values a pixel as drawn, 3 as prepared, 1 in the map
    spec.clip.range.count = static_cast<int>(static_cast<double>(memoryBudget()) / (6 * frame));
    StudyCache cache;
    const auto result = computed(spec, cache);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::TooLarge);
    QVERIFY(!cache.holdsFrames(spec.clip));
  }

  void aClipThatTakesLongToDrawIsNotPreviewed() {
    StudyCache cache;
    KernelStudy spec = study({3, 3, 3}, PaddingMode::Valid);
    QVERIFY(std::isfinite(expectedMs(spec, cache)));
    spec.clip.range.count = 100000;
    QVERIFY(std::isinf(expectedMs(spec, cache)));
  }

  // A more urgent job may want the clip whose lock the reader holds: waiting for each other they would stand
  // still for ever.
  void whileAClipIsReadNobodyIsLetGoFirst() {
    StudyCache cache;
    ThreadPool pool(1);
    int yields = 0;
    std::vector<double> shares;
    const ComputeContext context{pool, {}, [&] { ++yields; }, [&](double share) { shares.push_back(share); }};
    QVERIFY(cache.clip(study({3, 3, 3}, PaddingMode::Valid).clip, context));
    QCOMPARE(yields, 0);
    QVERIFY(shares.size() >= 8);  // it was drawn under this context
  }

  void whatWasForgottenIsReadAgain() {
    StudyCache cache;
    ThreadPool pool(1);
    const ClipSpec spec = study({3, 3, 3}, PaddingMode::Valid).clip;
    // forgotten while it is being drawn: what was begun before may not be kept
    const ComputeContext context{pool, {}, {}, [&](double) { cache.forgetClip(); }};
    QVERIFY(cache.clip(spec, context));
    QVERIFY(cache.peek(spec) == nullptr);
    QVERIFY(!cache.holdsFrames(spec));
  }

  void thePaceOfDrawingIsLearned() {
    StudyCache cache;
    KernelStudy spec = study({3, 3, 3}, PaddingMode::Valid);
    std::get<LabSpec>(spec.clip.source).height = 200;
    std::get<LabSpec>(spec.clip.source).width = 200;
    const double guessed = cache.readingMs(spec.clip);
    QVERIFY(computed(spec, cache));
    QCOMPARE(cache.readingMs(spec.clip), 0.0);
    cache.forgetClip();
    QVERIFY(cache.readingMs(spec.clip) > 0);
    QVERIFY(cache.readingMs(spec.clip) != guessed);
  }

  void theShapeOfAClipIsKnownBeforeIt_data() {
    QTest::addColumn<PrepareSpec>("prepare");
    QTest::addRow("as it is") << PrepareSpec{};
    QTest::addRow("grey") << PrepareSpec{{}, {}, ColourMode::Grey};
    QTest::addRow("cropped") << PrepareSpec{Crop{2, 3, 10, 9}, {}, ColourMode::Rgb};
    QTest::addRow("cropped, resized, grey")
        << PrepareSpec{Crop{2, 3, 10, 9}, FrameSize{5, 7}, ColourMode::Grey};
    QTest::addRow("crop outside") << PrepareSpec{Crop{20, 3, 10, 9}, {}, ColourMode::Rgb};
    QTest::addRow("no size") << PrepareSpec{{}, FrameSize{0, 7}, ColourMode::Rgb};
  }
  void theShapeOfAClipIsKnownBeforeIt() {
    QFETCH(PrepareSpec, prepare);
    ClipSpec spec = study({3, 3, 3}, PaddingMode::Valid).clip;
    spec.prepare = prepare;
    ThreadPool pool(1);
    const ComputeContext context{pool, {}};
    StudyCache cache;
    const auto shape = cache.clipShape(spec, context);
    QVERIFY(!cache.holdsFrames(spec));
    const auto clip = cache.clip(spec, context);
    QCOMPARE(shape.has_value(), clip.has_value());
    if (clip) QVERIFY(*shape == (*clip)->pixels.shape());
    if (!clip) QCOMPARE(shape.error().message, clip.error().message);
  }
};

QTEST_GUILESS_MAIN(TestStudy)
#include "tst_study.moc"
