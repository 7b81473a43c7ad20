#include "engine/conv/convolve.h"
#include "engine/conv/kernel_table.h"
#include "engine/conv/repeated_convolution.h"
#include "engine/conv/slab_layer.h"

#include <QtTest>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <map>
#include <random>

using namespace convscope;

namespace {

struct Layer {
  const char* name;
  Shape input;
  ConvSpec spec;
  int filters;
};

ConvSpec specOf(Triple kernel, Triple stride = {1, 1, 1}, Triple dilation = {1, 1, 1}, int groups = 1) {
  ConvSpec spec;
  spec.kernel = kernel;
  spec.stride = stride;
  spec.dilation = dilation;
  spec.groups = groups;
  return spec;
}

/// Shapes that have broken fast paths elsewhere: unequal axes, widths at the vector lengths (1, 4, 8, 16) and
/// one to either side, strides that leave a remainder, dilation that just fits, channels and filters off the
/// block sizes.
std::vector<Layer> layers() {
  std::vector<Layer> all{
      {"1x1x1 on one voxel", {1, 1, 1, 1}, specOf({1, 1, 1}), 1},
      {"whole clip in one voxel", {3, 4, 5, 2}, specOf({3, 4, 5}), 3},
      {"unequal axes", {5, 7, 19, 3}, specOf({2, 3, 4}), 5},
      {"unequal axes, tall", {4, 19, 7, 3}, specOf({3, 1, 2}), 9},
      {"space only", {3, 9, 33, 3}, specOf({1, 3, 3}), 8},
      {"time only", {9, 6, 21, 2}, specOf({4, 1, 1}), 2},
      {"pointwise, 13 channels", {3, 5, 17, 13}, specOf({1, 1, 1}), 11},
      {"row kernel", {2, 3, 40, 1}, specOf({1, 1, 7}), 1},
      {"x-t kernel", {7, 4, 23, 2}, specOf({5, 1, 5}), 3},
      {"y-t kernel", {7, 11, 18, 1}, specOf({3, 5, 1}), 1},
      {"seven cubed", {9, 12, 29, 1}, specOf({7, 7, 7}), 2},
      {"stride 2", {6, 9, 21, 2}, specOf({3, 3, 3}, {2, 2, 2}), 4},
      {"stride 2, many products", {7, 9, 25, 1}, specOf({7, 7, 7}, {2, 2, 2}), 8},
      {"stride 2, many products, wide", {5, 7, 75, 1}, specOf({5, 5, 5}, {2, 2, 2}), 17},
      {"40 filters, long sums", {2, 4, 41, 5}, specOf({2, 3, 5}), 40},
      {"64 filters, long sums, stride 2", {2, 5, 59, 9}, specOf({1, 3, 3}, {1, 2, 2}), 64},
      {"32 filters in 2 groups", {1, 4, 19, 20}, specOf({1, 3, 3}, {1, 1, 1}, {1, 1, 1}, 2), 64},
      {"stride in x alone", {3, 5, 37, 3}, specOf({2, 3, 3}, {1, 1, 3}), 7},
      {"stride in y alone", {3, 11, 20, 1}, specOf({2, 3, 3}, {1, 2, 1}), 1},
      {"stride in t alone", {8, 5, 20, 2}, specOf({3, 2, 3}, {3, 1, 1}), 6},
      {"stride longer than the kernel", {5, 13, 43, 1}, specOf({1, 2, 2}, {2, 4, 5}), 3},
      {"stride 4, remainder", {4, 14, 71, 2}, specOf({2, 3, 5}, {1, 4, 4}), 2},
      {"dilation that just fits", {9, 7, 25, 1}, specOf({5, 4, 9}, {1, 1, 1}, {2, 2, 3}), 2},
      {"dilation and stride", {9, 15, 41, 2}, specOf({3, 3, 4}, {2, 3, 2}, {3, 2, 3}), 5},
      {"groups of 2", {4, 6, 18, 6}, specOf({2, 3, 3}, {1, 1, 1}, {1, 1, 1}, 3), 9},
      {"depthwise", {4, 7, 16, 7}, specOf({3, 3, 3}, {1, 1, 1}, {1, 1, 1}, 7), 7},
      {"depthwise, doubled, strided", {4, 7, 19, 5}, specOf({3, 3, 3}, {1, 2, 2}, {1, 1, 1}, 5), 10},
      {"depthwise, tall and dilated", {5, 40, 18, 4}, specOf({2, 3, 2}, {1, 1, 1}, {2, 1, 3}, 4), 4},
      {"depthwise, dilated in y", {3, 19, 17, 3}, specOf({2, 3, 2}, {1, 1, 2}, {1, 2, 1}, 3), 3},
      {"depthwise, time only", {11, 6, 21, 5}, specOf({3, 1, 1}, {1, 1, 1}, {1, 1, 1}, 5), 5},
      {"depthwise, time and stride", {12, 6, 21, 3}, specOf({3, 1, 2}, {2, 1, 3}, {1, 1, 1}, 3), 6},
      {"depthwise, several slabs of frames", {40, 70, 90, 2}, specOf({3, 3, 3}, {1, 1, 1}, {1, 1, 1}, 2), 2},
      {"depthwise, several slabs of rows", {5, 140, 500, 2}, specOf({4, 3, 3}, {1, 2, 1}, {1, 1, 1}, 2), 2},
      {"pointwise", {3, 5, 17, 37}, specOf({1, 1, 1}), 31},
      {"pointwise, one voxel", {1, 1, 1, 20}, specOf({1, 1, 1}), 16},
      {"pointwise, many slabs", {4, 30, 31, 64}, specOf({1, 1, 1}), 72},
      {"pointwise, strided", {5, 11, 13, 19}, specOf({1, 1, 1}, {2, 3, 2}), 17},
      {"3x3x3, deep", {5, 9, 13, 16}, specOf({3, 3, 3}), 16},
      {"3x3x3, deep, odd filters", {3, 11, 70, 17}, specOf({3, 3, 3}), 23},
      {"3x3x3, deep, many filters", {9, 8, 8, 16}, specOf({3, 3, 3}), 72},
      {"1x3x3, deep", {2, 15, 21, 20}, specOf({1, 3, 3}), 24},
      {"2x3x3, deep, many tiles", {2, 37, 80, 16}, specOf({2, 3, 3}), 16},
      {"3x1x1, deep", {9, 5, 7, 18}, specOf({3, 1, 1}), 25},
      {"3x1x1, deep, long", {21, 12, 17, 16}, specOf({3, 1, 1}), 16},
      {"3x1x1, deep, two frames", {3, 4, 5, 16}, specOf({3, 1, 1}), 40},
      {"narrow map", {3, 9, 6, 3}, specOf({2, 3, 3}), 16},
      {"narrow and deep", {2, 7, 7, 37}, specOf({2, 3, 3}), 35},
      {"deep and odd, stride 2", {4, 9, 11, 69}, specOf({3, 3, 3}, {2, 2, 2}), 133},
      {"three by three", {2, 5, 5, 2}, specOf({1, 3, 3}), 4},
      {"first of a network", {6, 19, 23, 3}, specOf({3, 7, 7}, {1, 2, 2}), 45},
      {"three frames, tall, many rows", {9, 61, 40, 2}, specOf({3, 5, 2}, {1, 1, 3}), 35},
      {"three frames, dilated", {4, 12, 19, 1}, specOf({3, 3, 3}, {1, 1, 2}, {1, 2, 2}), 2},
      {"tall kernel, odd filters", {4, 21, 37, 2}, specOf({2, 5, 3}), 53},
      {"tall kernel, stride 2", {5, 24, 45, 3}, specOf({3, 6, 3}, {2, 2, 2}), 33},
      {"tall kernel, stride 3", {3, 25, 41, 1}, specOf({2, 7, 4}, {1, 3, 3}, {1, 1, 2}), 17},
      {"stride higher than the kernel", {2, 33, 20, 1}, specOf({1, 2, 3}, {1, 5, 1}), 18},
      {"tall kernel, several slabs", {12, 17, 700, 1}, specOf({2, 6, 2}), 2},
  };
  // A single filter goes through stacks of lines: every reach, few lines and many, along height and along
  // time.
  static const std::vector<std::string> stackNames = [] {
    std::vector<std::string> names;
    for (int reach = 2; reach <= 8; ++reach) names.push_back("single filter, reach " + std::to_string(reach));
    return names;
  }();
  for (int reach = 2; reach <= 8; ++reach) {
    const char* name = stackNames[static_cast<std::size_t>(reach - 2)].c_str();
    all.push_back({name, {3, 11 + 2 * reach, 37, 2}, specOf({2, reach, 3}), 1});
    all.push_back({name, {3, 3 + reach, 9, 1}, specOf({1, reach, 2}), 3});
    all.push_back({name, {2, 30 + reach, 35, 1}, specOf({1, reach, 2}, {1, 2, 2}), 1});
    all.push_back({name, {14 + reach, 3, 21, 2}, specOf({reach, 1, 3}), 1});
    all.push_back({name, {14 + 3 * reach, 5, 6, 1}, specOf({reach, 1, 1}, {2, 1, 1}), 1});
    all.push_back({name, {4 + reach, 6, 12, 1}, specOf({reach, 1, 1}), 9});
  }
  all.push_back({"single filter, dilated", {3, 20, 33, 1}, specOf({2, 3, 3}, {1, 1, 1}, {1, 2, 1}), 1});
  all.push_back({"single filter, stride 3", {3, 40, 33, 1}, specOf({2, 3, 3}, {1, 3, 1}), 1});
  for (const int width : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 127, 129}) {
    static std::vector<std::string> names;
    names.reserve(64);  // the rows keep pointers to the text
    names.push_back("maps " + std::to_string(width) + " wide");
    all.push_back(
        {names.back().c_str(), {3, 4, width + 2, 2}, specOf({2, 2, 3}), width % 3 == 0 ? 8 : width % 9 + 1});
    names.push_back("maps " + std::to_string(width) + " wide, stride 2");
    all.push_back({names.back().c_str(),
                   {3, 7, 2 * width + 1 + width % 2, 2},
                   specOf({2, 2, 3}, {1, 2, 2}),
                   width % 3 == 0 ? 8 : width % 9 + 1});
  }
  return all;
}

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
    {"full replicate", PaddingMode::Full, PaddingValue::Replicate},
    {"causal zero", PaddingMode::Causal, PaddingValue::Zero},
    {"causal replicate", PaddingMode::Causal, PaddingValue::Replicate},
    {"custom zero", PaddingMode::Custom, PaddingValue::Zero},
    {"custom circular", PaddingMode::Custom, PaddingValue::Circular},
};

constexpr unsigned kSeed = 20240611;

Tensor randomInput(const Shape& shape, unsigned seed, bool integers) {
  std::mt19937 bits(seed);
  Tensor tensor(shape);
  for (float& value : tensor.values()) {
    value = integers ? static_cast<float>(static_cast<int>(bits() % 17) - 8)
                     : static_cast<float>(bits() / 4294967296.0 * 2 - 1);
  }
  return tensor;
}

FilterBank randomBank(const ConvSpec& spec, int channels, int filters, unsigned seed, bool integers) {
  std::mt19937 bits(seed);
  FilterBank bank(static_cast<std::size_t>(filters));
  for (Filter& filter : bank) {
    filter.weights.resize(static_cast<std::size_t>(weightCount(spec.kernel, channels / spec.groups)));
    for (float& weight : filter.weights) {
      weight = integers ? static_cast<float>(static_cast<int>(bits() % 9) - 4)
                        : static_cast<float>(bits() / 4294967296.0 * 2 - 1);
    }
    filter.bias = static_cast<float>(static_cast<int>(bits() % 5) - 2);
  }
  return bank;
}

Filter oneTap() {
  Filter filter;
  filter.weights = {1.0F};
  return filter;
}

/// Largest |a − b|; infinity where the shapes differ or one holds what is no number.
double largestDifference(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape()) return HUGE_VAL;
  double largest = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    const double difference = std::abs(double{a.values()[i]} - double{b.values()[i]});
    if (!(difference <= largest)) largest = std::isnan(difference) ? HUGE_VAL : difference;
  }
  return largest;
}

bool sameBits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::memcmp(a.data(), b.data(), a.values().size_bytes()) == 0;
}

/// Puts the program's own choices back at the end of a test.
struct ChoiceGuard {
  ~ChoiceGuard() {
    (void)forceTarget({});
    forceKernel({});
  }
};

/// Kernels of the table that serve `spec` on `input`.
std::vector<const ConvKernel*> kernelsFor(const Shape& input, const ConvSpec& spec, int filters) {
  std::vector<const ConvKernel*> kernels;
  const auto geometry = geometryOf(input, spec, filters);
  for (const ConvKernel& kernel : kernelTable()) {
    if (geometry && chooseKernel(kernelTable(), spec, *geometry, machineFlags(), kernel.name))
      kernels.push_back(&kernel);
  }
  return kernels;
}

/// How far a kernel's maps may lie from the reference, for the data of randomInput() and randomBank().
double boundFor(const ConvKernel& kernel, const ConvSpec& spec, const Shape& input, int filters,
                bool integers) {
  const std::int64_t taps = weightCount(spec.kernel, input.channels / spec.groups);
  if (integers && kernel.exactOnIntegers) return 0;
  const double factor =
      kernel.errorFactor != nullptr ? kernel.errorFactor(spec, *geometryOf(input, spec, filters)) : 1;
  return factor * (integers ? toleranceFor(taps + 1, 8, 4) : toleranceFor(taps + 1, 1, 2));
}

/// A row of a table of kernels that can be chosen but not run.
ConvKernel rowOf(const char* name, CpuFlags needs, bool (*serves)(const ConvSpec&, const ConvGeometry&),
                 bool (*suits)(const ConvSpec&, const ConvGeometry&)) {
  ConvKernel kernel;
  kernel.name = name;
  kernel.needs = needs;
  kernel.serves = serves;
  kernel.suits = suits;
  return kernel;
}

}  // namespace

class TestConvFast : public QObject {
  Q_OBJECT

 private slots:
  void everyKernelEqualsTheReference_data() {
    QTest::addColumn<int>("layer");
    QTest::addColumn<int>("padding");
    const auto all = layers();
    for (int layer = 0; layer < static_cast<int>(all.size()); ++layer) {
      for (int padding = 0; padding < static_cast<int>(std::size(kPaddings)); ++padding) {
        QTest::addRow("%s, %s", all[static_cast<std::size_t>(layer)].name, kPaddings[padding].name)
            << layer << padding;
      }
    }
  }
  void everyKernelEqualsTheReference() {
    QFETCH(int, layer);
    QFETCH(int, padding);
    auto [name, shape, spec, filters] = layers()[static_cast<std::size_t>(layer)];
    spec.padding = kPaddings[padding].mode;
    spec.paddingValue = kPaddings[padding].value;
    spec.custom = {AxisPadding{1, 0}, AxisPadding{0, 1}, AxisPadding{1, 1}};
    spec.flipped = padding % 2 == 1;
    spec.activation = static_cast<Activation>((layer + padding) % 4);
    const ChoiceGuard guard;
    ThreadPool pool(1);  // more threads give the same bits, see below
    const ComputeContext context{pool, {}};
    const unsigned seed = kSeed + static_cast<unsigned>(layer * 100 + padding);
    for (const bool integers : {true, false}) {
      const Tensor input = randomInput(shape, seed, integers);
      const FilterBank bank = randomBank(spec, shape.channels, filters, seed + 1, integers);
      const auto expected = convolveReference(input, spec, bank);
      QVERIFY(expected);
      const std::int64_t taps = weightCount(spec.kernel, shape.channels / spec.groups);
      // |a² − b²| ≤ 2·max·|a − b|
      const double slope = spec.activation == Activation::Square ? 2 * (double(taps) + 2) : 1;
      const auto kernels = kernelsFor(shape, spec, filters);
      QVERIFY(kernels.size() >= runnableTargets().size());
      for (const ConvKernel* kernel : kernels) {
        forceKernel(kernel->name);
        const auto fast = convolve(input, spec, bank, context);
        QVERIFY2(fast, fast ? "" : fast.error().message.c_str());
        const double difference = largestDifference(*fast, *expected);
        const double bound = boundFor(*kernel, spec, shape, filters, integers) * slope;
        QVERIFY2(difference <= bound, qPrintable(QString("%1: off by %2, allowed %3; seed %4")
                                                     .arg(QString::fromStdString(kernel->name))
                                                     .arg(difference)
                                                     .arg(bound)
                                                     .arg(seed)));
      }
    }
  }

  void anyNumberOfThreadsGivesTheSameBits_data() {
    QTest::addColumn<int>("layer");
    const auto all = layers();
    for (int layer = 0; layer < static_cast<int>(all.size()); ++layer) {
      QTest::addRow("%s", all[static_cast<std::size_t>(layer)].name) << layer;
    }
    QTest::addRow("many slabs") << -1;
  }
  void anyNumberOfThreadsGivesTheSameBits() {
    QFETCH(int, layer);
    const Layer chosen = layer >= 0 ? layers()[static_cast<std::size_t>(layer)]
                                    : Layer{"many slabs", {8, 60, 70, 3}, specOf({3, 3, 3}), 40};
    ConvSpec spec = chosen.spec;
    spec.padding = PaddingMode::Same;
    const Tensor input = randomInput(chosen.input, kSeed, false);
    const FilterBank bank = randomBank(spec, chosen.input.channels, chosen.filters, kSeed, false);
    const ChoiceGuard guard;
    for (const ConvKernel* kernel : kernelsFor(chosen.input, spec, chosen.filters)) {
      forceKernel(kernel->name);
      ThreadPool one(1);
      const auto expected = convolve(input, spec, bank, {one, {}});
      QVERIFY(expected);
      for (const int threads : {2, 3, 4}) {
        ThreadPool pool(threads);
        int yields = 0;
        const auto maps = convolve(input, spec, bank, {pool, {}, [&] { ++yields; }});
        QVERIFY(maps);
        QVERIFY(sameBits(*maps, *expected));
      }
    }
  }

  void preparedLayerGivesTheBitsOfConvolve() {
    ThreadPool pool(2);
    for (const Layer& layer : layers()) {
      ConvSpec spec = layer.spec;
      spec.padding = PaddingMode::Same;
      const FilterBank bank = randomBank(spec, layer.input.channels, layer.filters, kSeed, false);
      const auto prepared = RepeatedConvolution::plan(layer.input, spec, bank);
      QVERIFY2(prepared, layer.name);
      for (const unsigned seed : {kSeed, kSeed + 1}) {
        const Tensor input = randomInput(layer.input, seed, false);
        const auto expected = convolve(input, spec, bank, {pool, {}});
        const auto maps = prepared->run(input, {pool, {}});
        QVERIFY2(expected && maps && sameBits(*maps, *expected), layer.name);
      }
      std::stop_source stop;
      stop.request_stop();
      const auto never = prepared->run(randomInput(layer.input, kSeed, false), {pool, stop.get_token()});
      QVERIFY2(!never && never.error().code == ErrorCode::Stopped, layer.name);
    }
  }

  // A preview computes the chosen filter alone: it must show the very value that the full result will show.
  void oneFilterAloneGivesTheBitsOfTheBank() {
    const Shape shape{5, 20, 61, 3};
    const ChoiceGuard guard;
    ThreadPool pool(2);
    for (const Triple kernel :
         {Triple{3, 3, 3}, Triple{3, 1, 1}, Triple{1, 3, 3}, Triple{2, 1, 4}, Triple{4, 5, 2}}) {
      const ConvSpec spec = specOf(kernel);
      const Tensor input = randomInput(shape, kSeed, false);
      const FilterBank bank = randomBank(spec, 3, 15, kSeed, false);
      for (const std::string_view target : runnableTargets()) {
        QVERIFY(forceTarget(target));
        const auto all = convolve(input, spec, bank, {pool, {}});
        QVERIFY(all);
        for (std::size_t k = 0; k < bank.size(); ++k) {
          const auto alone = convolve(input, spec, {bank[k]}, {pool, {}});
          QVERIFY(alone);
          QVERIFY(std::memcmp(alone->data(), all->frame(0, int(k)), alone->values().size_bytes()) == 0);
        }
      }
    }
  }

  // What may be put together from parts that different kernels computed.
  void directKernelsGiveTheSameBits() {
    const ChoiceGuard guard;
    ThreadPool pool(1);
    for (const Layer& layer : layers()) {
      ConvSpec spec = layer.spec;
      spec.padding = PaddingMode::Same;
      const Tensor input = randomInput(layer.input, kSeed, false);
      const FilterBank bank = randomBank(spec, layer.input.channels, layer.filters, kSeed, false);
      std::map<CpuFlags, Tensor> known;  // with and without fused products there are other bits
      for (const ConvKernel* kernel : kernelsFor(layer.input, spec, layer.filters)) {
        if (kernel->bits != KernelBits::Direct) continue;
        forceKernel(kernel->name);
        auto maps = convolve(input, spec, bank, {pool, {}});
        QVERIFY(maps);
        const auto [before, isFirst] = known.try_emplace(kernel->needs, std::move(*maps));
        if (!isFirst)
          QVERIFY2(sameBits(*maps, before->second),
                   qPrintable(QString("%1 for %2").arg(kernel->name.c_str(), layer.name)));
      }
      QVERIFY(!known.empty());
    }
  }

  // A slab may find anything in its scratch memory and must write nothing beyond it, and all of its outputs.
  void slabsKeepToTheirMemory() {
    ThreadPool pool(1);
    const ComputeContext context{pool, {}};
    constexpr std::size_t kBeyond = 64;
    constexpr float kMark = 4711;
    int tried = 0;
    for (const Layer& layer : layers()) {
      ConvSpec spec = layer.spec;
      spec.padding = PaddingMode::Same;
      const auto geometry = geometryOf(layer.input, spec, layer.filters);
      const Tensor input = randomInput(layer.input, kSeed, false);
      const FilterBank bank = randomBank(spec, layer.input.channels, layer.filters, kSeed, false);
      for (const ConvKernel* kernel : kernelsFor(layer.input, spec, layer.filters)) {
        const auto prepared = kernel->prepare(*kernel, spec, *geometry, bank, context);
        const auto* const slabs = dynamic_cast<const SlabLayer*>(prepared.get());
        if (slabs == nullptr) continue;
        ++tried;
        const std::size_t size = slabs->scratchSize();
        Tensor scratch({1, 1, static_cast<int>(size + kBeyond), 1});
        Tensor output(geometry->output);
        std::ranges::fill(output.values(), std::nanf(""));
        for (int slab = 0; slab < slabs->slabs(); ++slab) {
          std::ranges::fill(scratch.values().first(size), std::nanf(""));
          std::ranges::fill(scratch.values().subspan(size), kMark);
          slabs->computeSlab(slab, input, output, scratch.data());
          QVERIFY2(std::ranges::all_of(scratch.values().subspan(size), [](float v) { return v == kMark; }),
                   qPrintable(QString("%1 for %2").arg(kernel->name.c_str(), layer.name)));
        }
        const auto expected = convolveBy(*kernel, input, spec, bank, context);
        QVERIFY2(expected && sameBits(output, *expected),
                 qPrintable(QString("%1 for %2").arg(kernel->name.c_str(), layer.name)));
      }
    }
    QVERIFY(tried > 100);
  }

  // A stop is answered after a piece, and two threads must find some each.
  void piecesAreNeitherTooLargeNorTooFew() {
    const Layer all[]{
        {"many filters, long sums", {32, 224, 224, 3}, specOf({7, 7, 7}), 512},
        {"the same, strided", {32, 224, 224, 3}, specOf({5, 5, 5}, {2, 2, 2}), 64},
        {"few rows", {8, 12, 200, 3}, specOf({4, 5, 5}), 64},
        {"long sums, 352 filters", {8, 40, 224, 3}, specOf({7, 7, 7}), 352},
        {"first of a network", {16, 112, 112, 3}, specOf({3, 7, 7}, {1, 2, 2}), 64},
        {"the same, small", {4, 48, 48, 3}, specOf({3, 7, 7}), 32},
        {"the same, wide", {6, 40, 1920, 3}, specOf({3, 7, 7}), 512},
        {"the same, many filters", {16, 112, 224, 3}, specOf({3, 7, 7}), 512},
    };
    ThreadPool pool(2);
    const ComputeContext context{pool, {}};
    for (const Layer& layer : all) {
      const auto geometry = geometryOf(layer.input, layer.spec, layer.filters);
      const FilterBank bank = randomBank(layer.spec, layer.input.channels, layer.filters, kSeed, false);
      const auto kernel = activeKernel(layer.spec, *geometry);
      QVERIFY(kernel);
      const auto prepared = (*kernel)->prepare(**kernel, layer.spec, *geometry, bank, context);
      const int last = prepared->phases() - 1;
      QVERIFY2(prepared->pieces(last) >= 2, layer.name);
      QVERIFY2(prepared->pieceWork(last) <= 101e6, layer.name);
    }
  }

  void layersGoToTheKernelThatIsFastest_data() {
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("extent");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("kernel");
    QTest::addColumn<int>("reach");
    QTest::addColumn<int>("strideT");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("filters");
    QTest::addColumn<QString>("wanted");
    QTest::addRow("R3D-18's first") << 16 << 112 << 3 << 3 << 7 << 1 << 2 << 64 << "winogradStem4.";
    QTest::addRow("of two frames of maps") << 4 << 112 << 3 << 3 << 7 << 1 << 2 << 64 << "winogradStem2.";
    QTest::addRow("of one pixel") << 8 << 7 << 3 << 3 << 7 << 1 << 2 << 64 << "filters.";
    QTest::addRow("long sums") << 16 << 112 << 3 << 7 << 7 << 1 << 1 << 64 << "fastFir.";
    QTest::addRow("long sums, stride 2") << 16 << 112 << 3 << 7 << 7 << 2 << 2 << 64 << "fastFir.";
    QTest::addRow("shorter sums, stride 2") << 16 << 112 << 3 << 5 << 5 << 2 << 2 << 64 << "filters.";
    QTest::addRow("stride of the kernel") << 16 << 112 << 3 << 5 << 5 << 5 << 5 << 64 << "lines.";
    QTest::addRow("patches") << 32 << 224 << 3 << 2 << 16 << 2 << 16 << 192 << "lines.";
    QTest::addRow("few filters") << 16 << 112 << 3 << 7 << 7 << 1 << 1 << 8 << "lines.";
    QTest::addRow("short sums") << 16 << 112 << 3 << 3 << 3 << 1 << 1 << 64 << "lines.";
    QTest::addRow("deep") << 16 << 56 << 64 << 3 << 3 << 1 << 1 << 64 << "winograd4.";
  }
  void layersGoToTheKernelThatIsFastest() {
    QFETCH(int, length);
    QFETCH(int, extent);
    QFETCH(int, channels);
    QFETCH(int, kernel);
    QFETCH(int, reach);
    QFETCH(int, strideT);
    QFETCH(int, stride);
    QFETCH(int, filters);
    QFETCH(QString, wanted);
    const ConvSpec spec = specOf({kernel, reach, reach}, {strideT, stride, stride});
    const auto geometry = geometryOf({length, extent, extent, channels}, spec, filters);
    QVERIFY(geometry);
    const auto chosen = chooseKernel(kernelTable(), spec, *geometry, machineFlags());
    QVERIFY(chosen);
    const QString name = QString::fromStdString((*chosen)->name);
    QVERIFY2(name.startsWith(wanted), qPrintable(name));
  }

  // Every choice that some processor would get, made on this one.
  void selectorKeepsToTheFlags() {
    for (const std::string_view target : runnableTargets()) {
      const auto flags = flagsUpTo(target);
      QVERIFY(flags);
      QCOMPARE(bestTarget(*flags), target);
      for (const Layer& layer : layers()) {
        const auto geometry = geometryOf(layer.input, layer.spec, layer.filters);
        QVERIFY(geometry);
        const auto kernel = chooseKernel(kernelTable(), layer.spec, *geometry, *flags);
        QVERIFY2(kernel, layer.name);
        QCOMPARE((*kernel)->needs & ~*flags, CpuFlags{0});
        QVERIFY2((*kernel)->name.ends_with(target), (*kernel)->name.c_str());
      }
    }
  }

  void selectorTakesTheFirstThatServesAndSuits() {
    const auto always = [](const ConvSpec&, const ConvGeometry&) { return true; };
    const auto never = [](const ConvSpec&, const ConvGeometry&) { return false; };
    const auto flat = [](const ConvSpec& spec, const ConvGeometry&) { return spec.kernel.t == 1; };
    const std::vector<ConvKernel> table{rowOf("strong.B", 2, always, always),
                                        rowOf("strong.A", 1, always, always),
                                        rowOf("flat.A", 1, flat, always), rowOf("modest.A", 1, always, never),
                                        rowOf("plain", 0, nullptr, nullptr)};
    const ConvSpec flatSpec = specOf({1, 3, 3});
    const ConvSpec deepSpec = specOf({2, 3, 3});
    const Shape clip{4, 8, 8, 1};
    const auto chosen = [&](const ConvSpec& spec, CpuFlags flags, std::string_view forced) {
      const auto kernel = chooseKernel(table, spec, *geometryOf(clip, spec, 1), flags, forced);
      return kernel ? (*kernel)->name : kernel.error().message;
    };
    QCOMPARE(chosen(flatSpec, 3, ""), "strong.B");
    QCOMPARE(chosen(flatSpec, 1, ""), "strong.A");
    QCOMPARE(chosen(flatSpec, 0, ""), "plain");
    QCOMPARE(chosen(flatSpec, 3, "strong"), "strong.B");
    QCOMPARE(chosen(flatSpec, 1, "strong"), "strong.A");
    QCOMPARE(chosen(flatSpec, 3, "strong.A"), "strong.A");
    QCOMPARE(chosen(flatSpec, 3, "flat"), "flat.A");
    QCOMPARE(chosen(flatSpec, 3, "modest"), "modest.A");
    QCOMPARE(chosen(flatSpec, 0, "flat"),
             "The convolution kernel flat needs an instruction set that is missing or switched off here.");
    QCOMPARE(chosen(deepSpec, 3, "flat"),
             "The convolution kernel flat does not serve a kernel of 2 × 3 × 3 with stride 1 × 1 × 1, "
             "dilation 1 × 1 × 1 and 1 group on a clip of 4 × 8 × 8 × 1.");
    QCOMPARE(chosen(deepSpec, 3, "plai"),
             "There is no convolution kernel plai; there are: strong.B, strong.A, flat.A, modest.A, plain.");
  }

  void everyRowOfTheTableIsWhole() {
    QSet<QString> names;
    for (const ConvKernel& kernel : kernelTable()) {
      QVERIFY(kernel.prepare != nullptr && kernel.scratchBytes != nullptr);
      QCOMPARE(kernel.needs & ~machineFlags(), CpuFlags{0});
      names.insert(QString::fromStdString(kernel.name));
    }
    QCOMPARE(names.size(), qsizetype(kernelTable().size()));
    QVERIFY(kernelTable().back().serves == nullptr && kernelTable().back().suits == nullptr);
  }

  void environmentForcesAKernelByName() {
    const ChoiceGuard guard;
    const ConvSpec spec = specOf({1, 1, 1});
    ThreadPool pool(1);
    qputenv("CONVSCOPE_KERNEL", "swift");
    const auto refused = convolve(Tensor({1, 1, 1, 1}), spec, FilterBank{oneTap()}, {pool, {}});
    qputenv("CONVSCOPE_KERNEL", QByteArray::fromStdString(kernelTable().back().name));
    const auto chosen = activeKernel(spec, *geometryOf({1, 1, 1, 1}, spec, 1));
    qunsetenv("CONVSCOPE_KERNEL");
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::BadUsage);
    QVERIFY(QString::fromStdString(refused.error().message)
                .startsWith("There is no convolution kernel swift; there are: "));
    QVERIFY(chosen);
    QCOMPARE(*chosen, &kernelTable().back());
  }

  void stopGivesStopped() {
    const ConvSpec spec = specOf({3, 3, 3});
    const Tensor input = randomInput({8, 40, 40, 3}, kSeed, false);
    const FilterBank bank = randomBank(spec, 3, 8, kSeed, false);
    ThreadPool pool(2);
    std::stop_source before;
    before.request_stop();
    const auto never = convolve(input, spec, bank, {pool, before.get_token()});
    QVERIFY(!never);
    QCOMPARE(never.error().code, ErrorCode::Stopped);

    std::stop_source during;
    std::atomic<int> slabs{0};
    const auto half = convolve(input, spec, bank, {pool, during.get_token(), {}, [&](double) {
                                                     if (++slabs == 2) during.request_stop();
                                                   }});
    QVERIFY(!half);
    QCOMPARE(half.error().code, ErrorCode::Stopped);
  }

  void progressEndsAtOne() {
    const ConvSpec spec = specOf({3, 3, 3});
    ThreadPool pool(2);
    std::atomic<int> full{0};
    std::atomic<int> calls{0};
    const auto maps = convolve(randomInput({8, 40, 40, 3}, kSeed, false), spec,
                               randomBank(spec, 3, 8, kSeed, false), {pool, {}, {}, [&](double share) {
                                                                        ++calls;
                                                                        full += share == 1.0;
                                                                      }});
    QVERIFY(maps);
    QVERIFY(calls > 1);
    QCOMPARE(full.load(), 1);
  }

  void unknownTargetIsASentenceNotAFallback() {
    const ChoiceGuard guard;
    const auto refused = forceTarget("MMX");
    QVERIFY(!refused);
    QVERIFY(QString::fromStdString(refused.error().message)
                .startsWith("The instruction set MMX is not known here"));

    qputenv("CONVSCOPE_TARGET", "MMX");
    ThreadPool pool(1);
    const auto maps = convolve(Tensor({1, 1, 1, 1}), specOf({1, 1, 1}), FilterBank{oneTap()}, {pool, {}});
    QVERIFY(!activeTarget());
    qputenv("CONVSCOPE_TARGET", QByteArray(runnableTargets().back().data()));
    QCOMPARE(activeTarget().value(), runnableTargets().back());
    qunsetenv("CONVSCOPE_TARGET");
    QVERIFY(!maps);
    QCOMPARE(maps.error().code, ErrorCode::BadUsage);
    QCOMPARE(activeTarget().value(), runnableTargets().front());
  }

  void portableTargetAlwaysRuns() {
    const auto targets = runnableTargets();
    QVERIFY(!targets.empty());
#if defined(__x86_64__)
    QCOMPARE(targets.back(), std::string_view("SCALAR"));
    if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0) {
      QVERIFY(std::ranges::count(targets, std::string_view("AVX2")) == 1);
    }
    if (__builtin_cpu_supports("avx512bw") != 0)
      QVERIFY(std::ranges::count(targets, std::string_view("AVX3")) == 1);
#endif
  }

  void tooLargeNamesTheBytesAndTheRemedy() {
    // 512 maps of a padded 4096 × 4096 clip: the input is small, the output is not.
    ConvSpec spec = specOf({1, 1, 1});
    spec.padding = PaddingMode::Custom;
    spec.custom = {AxisPadding{4096, 4096}, AxisPadding{4096, 4096}, AxisPadding{4096, 4096}};
    const FilterBank bank(kMaxFilters, oneTap());
    ThreadPool pool(1);
    const auto maps = convolve(Tensor({1, 8, 8, 1}), spec, bank, {pool, {}});
    QVERIFY(!maps);
    QCOMPARE(maps.error().code, ErrorCode::TooLarge);
    const QString text = QString::fromStdString(maps.error().message);
    QVERIFY2(text.contains("would need") && text.contains("use fewer filters"), qPrintable(text));
  }
};

QTEST_GUILESS_MAIN(TestConvFast)
#include "tst_conv_fast.moc"
