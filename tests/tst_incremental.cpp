#include "engine/conv/incremental.h"
#include "engine/conv/kernel_table.h"
#include "engine/study/study.h"

#include <QtTest>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>

using namespace convscope;

namespace {

constexpr unsigned kSeed = 20240711;

struct Padded {
  const char* name;
  PaddingMode mode;
  PaddingValue value;
};
constexpr Padded kPaddings[] = {
    {"valid", PaddingMode::Valid, PaddingValue::Zero},
    {"same zero", PaddingMode::Same, PaddingValue::Zero},
    {"same replicate", PaddingMode::Same, PaddingValue::Replicate},
    {"same reflect", PaddingMode::Same, PaddingValue::Reflect},
    {"same circular", PaddingMode::Same, PaddingValue::Circular},
    {"full zero", PaddingMode::Full, PaddingValue::Zero},
    {"causal zero", PaddingMode::Causal, PaddingValue::Zero},
    {"causal replicate", PaddingMode::Causal, PaddingValue::Replicate},
    {"custom circular", PaddingMode::Custom, PaddingValue::Circular},
};

/// A long clip of which windows are convolved.
Tensor randomClip(const Shape& shape, std::mt19937& bits) {
  Tensor clip(shape);
  for (float& value : clip.values()) value = static_cast<float>(bits() / 4294967296.0 * 2 - 1);
  return clip;
}

FilterBank randomBank(const ConvSpec& spec, int channels, int filters, std::mt19937& bits) {
  FilterBank bank(static_cast<std::size_t>(filters));
  for (Filter& filter : bank) {
    filter.weights.resize(static_cast<std::size_t>(weightCount(spec.kernel, channels / spec.groups)));
    for (float& weight : filter.weights) weight = static_cast<float>(bits() / 4294967296.0 * 2 - 1);
    filter.bias = static_cast<float>(bits() / 4294967296.0 - 0.5);
  }
  return bank;
}

/// Frames `first` … of a clip.
Tensor window(const Tensor& clip, int first, int count) {
  Tensor part({count, clip.shape().height, clip.shape().width, clip.shape().channels});
  for (int c = 0; c < part.shape().channels; ++c) {
    std::copy_n(clip.frame(first, c), part.shape().channelSize(), part.frame(0, c));
  }
  return part;
}

/// Which frame of a window from `earlierFirst` on each frame of one from `first` on is.
std::vector<int> shifted(int first, int count, int earlierFirst, int earlierCount) {
  std::vector<int> same;
  for (int t = first; t < first + count; ++t) {
    const int place = t - earlierFirst;
    same.push_back(place >= 0 && place < earlierCount ? place : -1);
  }
  return same;
}

bool sameBits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::memcmp(a.data(), b.data(), a.values().size() * sizeof(float)) == 0;
}

/// One layer computed before and now.
struct Pair {
  ConvSpec spec;
  Tensor earlierInput;
  Tensor input;
  FilterBank earlierBank;
  FilterBank bank;
  std::vector<int> sameFrame;
};

struct Outcome {
  ReusePlan plan;
  bool equalsFullRun = false;
  bool copiesWhatItTakes = false;
};

/// The changed maps once with the true earlier ones, which must give the bits of a full run, and once with
/// marks in their place: a mark must come back exactly where the plan takes over, so nothing else was copied
/// and nothing that was taken over was computed.
Outcome outcomeOf(const Pair& pair, int threads = 2) {
  ThreadPool pool(threads);
  const ComputeContext context{pool, {}};
  const auto geometry = geometryOf(pair.input.shape(), pair.spec, static_cast<int>(pair.bank.size()));
  const auto earlierGeometry =
      geometryOf(pair.earlierInput.shape(), pair.spec, static_cast<int>(pair.earlierBank.size()));
  const Tensor earlier = std::move(*convolve(pair.earlierInput, pair.spec, pair.earlierBank, context));
  const EarlierMaps known{*earlierGeometry, pair.earlierBank, earlier};
  Outcome outcome;
  outcome.plan = planReuse(pair.spec, *geometry, pair.bank, known, pair.sameFrame);
  const Tensor full = std::move(*convolve(pair.input, pair.spec, pair.bank, context));
  const Tensor changed =
      std::move(*convolveChanged(pair.input, pair.spec, pair.bank, known, outcome.plan, context));
  outcome.equalsFullRun = sameBits(full, changed);

  constexpr float kMark = 4711;
  Tensor marks(earlier.shape());
  std::ranges::fill(marks.values(), kMark);
  const EarlierMaps marked{*earlierGeometry, pair.earlierBank, marks};
  const Tensor seen =
      std::move(*convolveChanged(pair.input, pair.spec, pair.bank, marked, outcome.plan, context));
  outcome.copiesWhatItTakes = true;
  for (int k = 0; k < seen.shape().channels; ++k) {
    for (int t = 0; t < seen.shape().length; ++t) {
      const float* const wanted = full.frame(t, k);
      const float* const got = seen.frame(t, k);
      const auto size = static_cast<std::size_t>(seen.shape().frameSize());
      const bool right = outcome.plan.takes(k, t)
                             ? std::all_of(got, got + size, [](float v) { return v == kMark; })
                             : std::memcmp(wanted, got, size * sizeof(float)) == 0;
      outcome.copiesWhatItTakes = outcome.copiesWhatItTakes && right;
    }
  }
  return outcome;
}

int takenFrames(const ReusePlan& plan) {
  return static_cast<int>(plan.frameFrom.size() -
                          static_cast<std::size_t>(std::ranges::count(plan.frameFrom, -1)));
}
int takenFilters(const ReusePlan& plan) {
  return static_cast<int>(plan.filterFrom.size() -
                          static_cast<std::size_t>(std::ranges::count(plan.filterFrom, -1)));
}

ConvSpec specOf(const Triple& kernel, const Padded& padding = kPaddings[0]) {
  ConvSpec spec;
  spec.kernel = kernel;
  spec.padding = padding.mode;
  spec.paddingValue = padding.value;
  spec.custom = {AxisPadding{2, 1}, AxisPadding{0, 1}, AxisPadding{1, 0}};
  return spec;
}

/// A window of `count` frames that slides from frame 4 on by `by` frames, the filters unchanged.
Pair slid(const ConvSpec& spec, int count, int by) {
  std::mt19937 bits(kSeed);
  const Tensor clip = randomClip({count + 16, 7, 19, 2}, bits);
  Pair pair{spec, window(clip, 4, count), window(clip, 4 + by, count), {}, {}, {}};
  pair.earlierBank = randomBank(spec, 2, 3, bits);
  pair.bank = pair.earlierBank;
  pair.sameFrame = shifted(4 + by, count, 4, count);
  return pair;
}

KernelStudy labStudy() {
  KernelStudy study;
  study.clip.source = LabSpec{};
  study.clip.range = {3, 12, 1};
  study.clip.prepare.resize = FrameSize{20, 26};
  study.conv.kernel = {3, 3, 3};
  std::mt19937 bits(kSeed);
  study.bank = randomBank(study.conv, 3, 8, bits);
  return study;
}

std::shared_ptr<const StudyResult> computed(const KernelStudy& study, StudyCache& cache) {
  ThreadPool pool(2);
  auto result = compute(study, {}, cache, {pool, {}});
  return result ? *result : nullptr;
}

const KernelResult& kernelOf(const std::shared_ptr<const StudyResult>& result) {
  return std::get<KernelResult>(*result);
}

}  // namespace

class TestIncremental : public QObject {
  Q_OBJECT

 private slots:
  void slideTakesOverTheFramesMadeOfTheSameInput_data() {
    QTest::addColumn<int>("padding");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("by");
    QTest::addColumn<int>("taken");
    // 12 frames, l = 3. By hand: valid has 10 maps, slid by 2 the last 2 are new; with zeros before and
    // after, the first map reads a zero that is now a frame and the last one likewise: both are new as well.
    QTest::addRow("valid, by 1") << 0 << 1 << 1 << 9;
    QTest::addRow("valid, by 2") << 0 << 1 << 2 << 8;
    QTest::addRow("valid, back by 3") << 0 << 1 << -3 << 7;
    QTest::addRow("valid, by more than the clip") << 0 << 1 << 12 << 0;
    QTest::addRow("valid, stride 2, by 2") << 0 << 2 << 2 << 4;
    QTest::addRow("valid, stride 2, by 1 meets no map") << 0 << 2 << 1 << 0;
    QTest::addRow("same zero, by 1") << 1 << 1 << 1 << 9;
    QTest::addRow("same circular, by 1") << 4 << 1 << 1 << 9;
    QTest::addRow("causal zero, by 2") << 6 << 1 << 2 << 8;
  }
  void slideTakesOverTheFramesMadeOfTheSameInput() {
    QFETCH(int, padding);
    QFETCH(int, stride);
    QFETCH(int, by);
    QFETCH(int, taken);
    ConvSpec spec = specOf({3, 3, 3}, kPaddings[padding]);
    spec.stride.t = stride;
    const Outcome outcome = outcomeOf(slid(spec, 12, by));
    QCOMPARE(takenFrames(outcome.plan), taken);
    QVERIFY(outcome.equalsFullRun);
    QVERIFY(outcome.copiesWhatItTakes);
  }

  void oneWeightCostsOneMap() {
    Pair pair = slid(specOf({3, 3, 3}), 9, 0);
    pair.bank[1].weights[5] += 0.25F;
    const Outcome outcome = outcomeOf(pair);
    QCOMPARE(outcome.plan.filterFrom, (std::vector<int>{0, -1, 2}));
    QCOMPARE(outcome.plan.multiplyAdds, std::int64_t{7} * 5 * 17 * 2 * 27);
    QVERIFY(outcome.equalsFullRun);
    QVERIFY(outcome.copiesWhatItTakes);
  }

  void zeroesOfBothSignsAreTwoWeights() {
    Pair pair = slid(specOf({1, 1, 1}), 3, 0);
    pair.earlierBank[0].weights[0] = 0.0F;
    pair.bank = pair.earlierBank;
    pair.bank[0].weights[0] = -0.0F;
    QCOMPARE(takenFilters(outcomeOf(pair).plan), 2);
  }

  void oneFrameCostsTheMapFramesThatReadIt() {
    Pair pair = slid(specOf({3, 3, 3}), 9, 0);
    pair.input.at(4, 2, 3, 0) += 1;
    pair.sameFrame[4] = -1;
    const Outcome outcome = outcomeOf(pair);
    QCOMPARE(outcome.plan.frameFrom, (std::vector<int>{0, 1, -1, -1, -1, 5, 6}));
    QVERIFY(outcome.equalsFullRun);
    QVERIFY(outcome.copiesWhatItTakes);
  }

  void filtersMayMoveWithinTheBank() {
    Pair pair = slid(specOf({2, 3, 3}), 6, 1);
    std::swap(pair.bank[0], pair.bank[2]);
    pair.bank.push_back(pair.bank[1]);
    const Outcome outcome = outcomeOf(pair);
    QCOMPARE(outcome.plan.filterFrom, (std::vector<int>{2, 1, 0, 1}));
    QVERIFY(outcome.equalsFullRun);
    QVERIFY(outcome.copiesWhatItTakes);
  }

  void filtersOfAnotherGroupAreOthers() {
    ConvSpec spec = specOf({2, 3, 3});
    spec.groups = 2;
    Pair pair = slid(spec, 6, 0);
    std::mt19937 bits(kSeed);
    pair.earlierBank = randomBank(spec, 2, 4, bits);
    pair.bank = pair.earlierBank;
    std::swap(pair.bank[1], pair.bank[2]);  // the same weights read another channel now
    const Outcome outcome = outcomeOf(pair);
    QCOMPARE(outcome.plan.filterFrom, (std::vector<int>{-1, -1, -1, -1}));
    QVERIFY(outcome.equalsFullRun);
  }

  void randomChangesGiveTheBitsOfAFullRun_data() {
    QTest::addColumn<int>("padding");
    QTest::addColumn<QString>("target");
    for (const std::string_view target : runnableTargets()) {
      const auto name = QString::fromUtf8(target.data(), static_cast<qsizetype>(target.size()));
      for (int padding = 0; padding < static_cast<int>(std::size(kPaddings)); ++padding)
        QTest::addRow("%s, %s", qPrintable(name), kPaddings[padding].name) << padding << name;
    }
  }
  void randomChangesGiveTheBitsOfAFullRun() {
    QFETCH(int, padding);
    QFETCH(QString, target);
    QVERIFY(forceTarget(target.toStdString()));
    std::mt19937 bits(kSeed + static_cast<unsigned>(padding));
    const auto between = [&](int low, int high) {
      return low + static_cast<int>(bits() % static_cast<unsigned>(high - low + 1));
    };
    int partly = 0;
    for (int trial = 0; trial < 24; ++trial) {
      ConvSpec spec = specOf({between(1, 4), between(1, 4), between(1, 4)}, kPaddings[padding]);
      spec.stride = {between(1, 2), between(1, 2), between(1, 2)};
      spec.dilation = {between(1, 2), between(1, 2), 1};
      spec.groups = trial % 4 == 3 ? 3 : 1;
      spec.activation = trial % 3 == 2 ? Activation::Relu : Activation::None;
      spec.flipped = trial % 5 == 4;
      const int channels = spec.groups == 3 ? 3 * between(1, 2) : between(1, 3);
      const int filters = spec.groups == 3 ? 3 * between(1, 3) : between(1, 10);
      const int count = between(8, 12);
      const int earlierCount = between(8, 12);
      const Tensor clip = randomClip({24, between(8, 12), between(8, 40), channels}, bits);
      const int earlierFirst = between(0, 10);
      const int first = std::clamp(earlierFirst + between(-3, 3), 0, 12);
      Pair pair{spec, window(clip, earlierFirst, earlierCount), window(clip, first, count), {}, {}, {}};
      pair.earlierBank = randomBank(spec, channels, filters, bits);
      pair.bank = pair.earlierBank;
      for (int changes = between(0, 2); changes > 0; --changes) {
        Filter& filter = pair.bank[static_cast<std::size_t>(between(0, filters - 1))];
        if (between(0, 1) == 0) filter.bias += 1;
        filter.weights.front() *= 2;
      }
      pair.sameFrame = shifted(first, count, earlierFirst, earlierCount);
      if (between(0, 2) == 0) {  // a frame was drawn on
        const int drawn = between(0, count - 1);
        pair.input.at(drawn, 1, 1, 0) += 1;
        pair.sameFrame[static_cast<std::size_t>(drawn)] = -1;
      }
      if (!geometryOf(pair.input.shape(), spec, filters) ||
          !geometryOf(pair.earlierInput.shape(), spec, filters)) {
        continue;
      }
      const Outcome outcome = outcomeOf(pair, trial % 3 + 1);
      const QByteArray where = "trial " + QByteArray::number(trial) + ", seed " + QByteArray::number(kSeed);
      QVERIFY2(outcome.equalsFullRun, where.constData());
      QVERIFY2(outcome.copiesWhatItTakes, where.constData());
      partly += takenFilters(outcome.plan) > 0 && takenFrames(outcome.plan) > 0;
    }
    QVERIFY2(partly > 5, "too few trials took anything over to prove much");
    QVERIFY(forceTarget({}));
  }

  // oneDNN's products cut long sums as it likes for the whole layer: other positions alone, or other filters,
  // may have other bits, so that nothing may be taken over.
  void pointwiseLayersGiveTheBitsOfAFullRun_data() {
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("filters");
    QTest::addColumn<int>("extent");
    QTest::addRow("192 to 96, 14 x 14") << 192 << 96 << 14;
    QTest::addRow("192 to 96, 28 x 28") << 192 << 96 << 28;
    QTest::addRow("512 to 512, 7 x 7") << 512 << 512 << 7;
    QTest::addRow("300 to 512, 5 x 5") << 300 << 512 << 5;
    QTest::addRow("20 to 17, 5 x 5") << 20 << 17 << 5;
  }
  void pointwiseLayersGiveTheBitsOfAFullRun() {
    QFETCH(int, channels);
    QFETCH(int, filters);
    QFETCH(int, extent);
    std::mt19937 bits(kSeed);
    const Tensor clip = randomClip({8, extent, extent, channels}, bits);
    for (const bool filter : {true, false}) {
      Pair pair{specOf({1, 1, 1}), window(clip, 2, 4), window(clip, filter ? 2 : 3, 4), {}, {}, {}};
      pair.earlierBank = randomBank(pair.spec, channels, filters, bits);
      pair.bank = pair.earlierBank;
      if (filter) pair.bank[5].weights[3] += 0.5F;
      pair.sameFrame = shifted(filter ? 2 : 3, 4, 2, 4);
      const Outcome outcome = outcomeOf(pair);
      QVERIFY(outcome.equalsFullRun);
      QVERIFY(outcome.copiesWhatItTakes);
    }
  }

  // A part has its padding in time written out, so that kernels serve it which refuse the whole: none but
  // those that give the whole's bits may have it.
  void partsOfPaddedLayersHaveTheBitsOfTheWhole_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<Triple>("stride");
    QTest::addColumn<int>("padding");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("filters");
    QTest::addColumn<int>("taken");
    QTest::addRow("3 x 1 x 1, stride 2, replicated")
        << Triple{3, 1, 1} << Triple{2, 1, 1} << 2 << 64 << 64 << 6;
    QTest::addRow("3 x 1 x 1, stride 2, causal") << Triple{3, 1, 1} << Triple{2, 1, 1} << 7 << 64 << 64 << 7;
    QTest::addRow("pointwise, padded in time") << Triple{1, 1, 1} << Triple{1, 1, 1} << 9 << 192 << 96 << 16;
    QTest::addRow("3 x 3 x 3, stride 2, circular in time")
        << Triple{3, 3, 3} << Triple{2, 2, 2} << 10 << 64 << 64 << 6;
  }
  void partsOfPaddedLayersHaveTheBitsOfTheWhole() {
    QFETCH(Triple, kernel);
    QFETCH(Triple, stride);
    QFETCH(int, padding);
    QFETCH(int, channels);
    QFETCH(int, filters);
    QFETCH(int, taken);
    ConvSpec spec;
    spec.kernel = kernel;
    spec.stride = stride;
    if (padding < 9) {
      spec.padding = kPaddings[padding].mode;
      spec.paddingValue = kPaddings[padding].value;
    } else {
      spec.padding = PaddingMode::Custom;
      spec.custom[0] = {1, 0};
      if (padding == 10) spec.paddingValue = PaddingValue::Replicate;
    }
    std::mt19937 bits(kSeed);
    const Tensor clip = randomClip({20, 15, 15, channels}, bits);
    Pair pair{spec, window(clip, 0, 17), window(clip, stride.t, 17), {}, {}, {}};
    pair.earlierBank = randomBank(spec, channels, filters, bits);
    pair.bank = pair.earlierBank;
    pair.sameFrame = shifted(stride.t, 17, 0, 17);
    const Outcome outcome = outcomeOf(pair);
    QVERIFY2(takenFrames(outcome.plan) >= taken && takenFilters(outcome.plan) == filters,
             qPrintable(QString::number(takenFrames(outcome.plan))));
    QVERIFY(outcome.equalsFullRun);
    QVERIFY(outcome.copiesWhatItTakes);
  }

  void partsOfAForcedKernelHaveItsBits() {
    std::mt19937 bits(kSeed);
    const Tensor clip = randomClip({6, 9, 11, 32}, bits);
    for (const char* name : {"pointwise", "lines"}) {
      forceKernel(name);
      Pair pair{specOf({1, 1, 1}), window(clip, 0, 4), window(clip, 0, 4), {}, {}, {}};
      pair.earlierBank = randomBank(pair.spec, 32, 32, bits);
      pair.bank = pair.earlierBank;
      pair.bank[3].weights[5] += 0.5F;
      pair.sameFrame = shifted(0, 4, 0, 4);
      const Outcome outcome = outcomeOf(pair);
      forceKernel({});
      QCOMPARE(takenFilters(outcome.plan), 31);
      QVERIFY(outcome.equalsFullRun);
    }
  }

  // Large banks are computed by the fast FIR algorithm, a part of one likewise: alone it would be another
  // kernel's turn, with other bits.
  void partsOfALargeBankHaveItsBits_data() {
    QTest::addColumn<QString>("target");
    for (const std::string_view target : runnableTargets())
      QTest::addRow("%s", std::string(target).c_str())
          << QString::fromUtf8(target.data(), qsizetype(target.size()));
  }
  void partsOfALargeBankHaveItsBits() {
    QFETCH(QString, target);
    QVERIFY(forceTarget(target.toStdString()));
    std::mt19937 bits(kSeed);
    for (const int stride : {1, 2}) {
      ConvSpec spec = specOf({4, stride == 1 ? 5 : 7, 6}, kPaddings[1]);
      spec.stride = {1, stride, stride};
      const Tensor clip = randomClip({16, 44, 81, 3}, bits);
      Pair pair{spec, window(clip, 2, 9), window(clip, 3, 9), {}, {}, {}};
      pair.earlierBank = randomBank(spec, 3, 35, bits);
      pair.bank = pair.earlierBank;
      for (const std::size_t changed : {3U, 4U, 34U}) pair.bank[changed].weights[7] += 0.5F;
      pair.sameFrame = shifted(3, 9, 2, 9);
      const auto kernel = activeKernel(spec, *geometryOf(pair.input.shape(), spec, 35));
      QVERIFY(kernel && (*kernel)->bits == KernelBits::Own);
      const Outcome outcome = outcomeOf(pair);
      QCOMPARE(takenFilters(outcome.plan), 32);
      QCOMPARE(takenFrames(outcome.plan), 5);
      QVERIFY(outcome.equalsFullRun);
      QVERIFY(outcome.copiesWhatItTakes);

      // A smaller bank went to another kernel: nothing of it may be taken over.
      pair.earlierBank.resize(20);
      QCOMPARE(takenFilters(outcomeOf(pair).plan), 0);
      QVERIFY(outcomeOf(pair).equalsFullRun);
    }
    QVERIFY(forceTarget({}));
  }

  void stopEndsItWithoutAResult() {
    Pair pair = slid(specOf({3, 3, 3}), 9, 1);
    ThreadPool pool(1);
    const auto geometry = geometryOf(pair.input.shape(), pair.spec, 3);
    const Tensor maps = std::move(*convolve(pair.earlierInput, pair.spec, pair.earlierBank, {pool, {}}));
    const EarlierMaps known{*geometry, pair.earlierBank, maps};
    const ReusePlan plan = planReuse(pair.spec, *geometry, pair.bank, known, pair.sameFrame);
    std::stop_source stop;
    stop.request_stop();
    const auto result =
        convolveChanged(pair.input, pair.spec, pair.bank, known, plan, {pool, stop.get_token()});
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::Stopped);
  }

  // --- the study's cache

  void studyComputesOneChangedFilterAlone() {
    StudyCache cache;
    KernelStudy study = labStudy();
    const auto first = computed(study, cache);
    QCOMPARE(kernelOf(first).multiplyAddsDone, kernelOf(first).cost.multiplyAdds);
    study.bank[3].weights[7] += 0.5F;
    const double expected = expectedMs(study, cache);
    const auto second = computed(study, cache);
    QCOMPARE(kernelOf(second).multiplyAddsDone, kernelOf(second).cost.multiplyAdds / 8);
    QCOMPARE(expected, static_cast<double>(kernelOf(second).multiplyAddsDone) / cache.multiplyAddsPerMs());
    StudyCache fresh;
    QVERIFY(sameBits(kernelOf(second).maps, kernelOf(computed(study, fresh)).maps));
  }

  void studySlidesByComputingNewFramesAlone() {
    StudyCache cache;
    KernelStudy study = labStudy();
    const auto first = computed(study, cache);
    study.clip.range.start += 2;
    const auto second = computed(study, cache);
    QCOMPARE(kernelOf(second).maps.shape().length, 10);
    QCOMPARE(kernelOf(second).multiplyAddsDone, kernelOf(second).cost.multiplyAdds / 10 * 2);
    StudyCache fresh;
    QVERIFY(sameBits(kernelOf(second).maps, kernelOf(computed(study, fresh)).maps));
  }

  void studyTakesNothingFromAnotherLayerOrClip() {
    StudyCache cache;
    const KernelStudy study = labStudy();
    const auto first = computed(study, cache);
    KernelStudy other = study;
    other.conv.activation = Activation::Relu;
    const auto second = computed(other, cache);
    QCOMPARE(kernelOf(second).multiplyAddsDone, kernelOf(second).cost.multiplyAdds);
    other.clip.source = LabSpec{.name = "grating"};
    const auto third = computed(other, cache);
    QCOMPARE(kernelOf(third).multiplyAddsDone, kernelOf(third).cost.multiplyAdds);
  }

  // Winograd gives an output other bits than the direct path, so parts of such a layer must not be mixed.
  void deepLayersTakeNothingOver() {
    Pair pair;
    pair.spec.kernel = {3, 3, 3};
    pair.earlierInput = Tensor({6, 12, 14, 16});
    pair.input = Tensor({6, 12, 14, 16});
    for (std::size_t i = 0; i < pair.input.values().size(); ++i) {
      const float value = static_cast<float>(i * 37 % 101) / 101;
      pair.input.values()[i] = value;
      pair.earlierInput.values()[i] = value;
    }
    for (unsigned k = 0; k < 16; ++k) pair.bank.push_back(randomFilter(pair.spec.kernel, 16, k));
    pair.earlierBank = pair.bank;
    pair.bank[3].weights[7] += 0.5F;
    pair.sameFrame = {0, 1, 2, 3, 4, 5};
    const Outcome outcome = outcomeOf(pair);
    QVERIFY(outcome.equalsFullRun);
    QCOMPARE(std::ranges::count(outcome.plan.filterFrom, -1), std::ptrdiff_t{16});
    // One filter fewer goes the direct way and must not take maps that went the other.
    pair.bank.pop_back();
    const Outcome fewer = outcomeOf(pair);
    QVERIFY(fewer.equalsFullRun);
    QCOMPARE(std::ranges::count(fewer.plan.filterFrom, -1), std::ptrdiff_t{15});
  }

  void cacheHoldsNoResultThatNobodyShows() {
    StudyCache cache;
    auto first = computed(labStudy(), cache);
    QCOMPARE(cache.lastResult(), first);
    first.reset();
    QCOMPARE(cache.lastResult(), nullptr);
  }
};

QTEST_GUILESS_MAIN(TestIncremental)
#include "tst_incremental.moc"
