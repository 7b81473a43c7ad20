// What a convolution asks of the allocator, and what it does where it gets nothing. This program replaces the
// global operator new: every block is counted, whoever asks for it. oneDNN's matrix product stands here, too,
// and goes on to oneDNN's own unless it is told to fail.

#include "engine/conv/convolve.h"
#include "engine/conv/kernel_table.h"
#include "engine/conv/repeated_convolution.h"
#include "engine/core/caught.h"

#include <QtTest>

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

std::atomic<long> allocations{0};
std::atomic<long> heldBytes{0};
std::atomic<long> mostBytes{0};

constexpr std::size_t kPlain = alignof(std::max_align_t);

/// A block that begins `alignment` bytes after the allocator's; its size stands just before it. The
/// allocator's own idea of a block's size would count what it lost by aligning.
void* take(std::size_t size, std::size_t alignment) {
  void* base = nullptr;
  if (posix_memalign(&base, alignment, size + alignment) != 0) throw std::bad_alloc();
  char* const block = static_cast<char*>(base) + alignment;
  std::memcpy(block - sizeof size, &size, sizeof size);
  ++allocations;
  const long held = heldBytes += static_cast<long>(size);
  long most = mostBytes;
  while (held > most && !mostBytes.compare_exchange_weak(most, held)) {
  }
  return block;
}

void release(void* block, std::size_t alignment) {
  if (block == nullptr) return;
  std::size_t size = 0;
  std::memcpy(&size, static_cast<char*>(block) - sizeof size, sizeof size);
  heldBytes -= static_cast<long>(size);
  std::free(static_cast<char*>(block) - alignment);
}

std::size_t bytesOf(std::align_val_t alignment) {
  return std::max(static_cast<std::size_t>(alignment), kPlain);
}

}  // namespace

void* operator new(std::size_t size) {
  return take(size, kPlain);
}
void* operator new[](std::size_t size) {
  return take(size, kPlain);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return take(size, bytesOf(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return take(size, bytesOf(alignment));
}
void operator delete(void* block) noexcept {
  release(block, kPlain);
}
void operator delete[](void* block) noexcept {
  release(block, kPlain);
}
void operator delete(void* block, std::size_t) noexcept {
  release(block, kPlain);
}
void operator delete[](void* block, std::size_t) noexcept {
  release(block, kPlain);
}
void operator delete(void* block, std::align_val_t alignment) noexcept {
  release(block, bytesOf(alignment));
}
void operator delete[](void* block, std::align_val_t alignment) noexcept {
  release(block, bytesOf(alignment));
}
void operator delete(void* block, std::size_t, std::align_val_t alignment) noexcept {
  release(block, bytesOf(alignment));
}
void operator delete[](void* block, std::size_t, std::align_val_t alignment) noexcept {
  release(block, bytesOf(alignment));
}

namespace {

using Extent = std::int64_t;
using Product = int (*)(char, char, Extent, Extent, Extent, float, const float*, Extent, const float*, Extent,
                        float, float*, Extent);
const auto oneDnnsProduct = reinterpret_cast<Product>(dlsym(RTLD_NEXT, "dnnl_sgemm"));
std::atomic<int> productFails{0};  // status that it is to return instead of computing, as oneDNN numbers them

}  // namespace

extern "C" int dnnl_sgemm(char turnA, char turnB, Extent rows, Extent columns, Extent inner, float factor,
                          const float* a, Extent rowA, const float* b, Extent rowB, float kept, float* c,
                          Extent rowC);
extern "C" int dnnl_sgemm(char turnA, char turnB, Extent rows, Extent columns, Extent inner, float factor,
                          const float* a, Extent rowA, const float* b, Extent rowB, float kept, float* c,
                          Extent rowC) {
  if (productFails != 0) return productFails;
  return oneDnnsProduct(turnA, turnB, rows, columns, inner, factor, a, rowA, b, rowB, kept, c, rowC);
}

using namespace convscope;

namespace {

struct Layer {
  const char* name;
  Shape input;
  Triple kernel;
  Triple stride;
  PaddingMode padding;
  int groups;
  int filters;
};

constexpr Layer kLayers[] = {
    {"one filter", {6, 20, 40, 1}, {3, 3, 3}, {1, 1, 1}, PaddingMode::Valid, 1, 1},
    {"one filter in time", {12, 20, 40, 1}, {3, 1, 1}, {1, 1, 1}, PaddingMode::Valid, 1, 1},
    {"padded", {6, 20, 40, 3}, {3, 3, 3}, {1, 1, 1}, PaddingMode::Same, 1, 8},
    {"strided", {6, 20, 40, 3}, {3, 3, 3}, {2, 2, 2}, PaddingMode::Same, 1, 8},
    {"split", {6, 20, 40, 3}, {3, 3, 3}, {1, 3, 3}, PaddingMode::Valid, 1, 8},
    {"narrow", {4, 9, 9, 4}, {2, 3, 3}, {1, 1, 1}, PaddingMode::Same, 1, 8},
    {"many filters", {4, 14, 30, 40}, {1, 3, 3}, {1, 1, 1}, PaddingMode::Same, 1, 64},
    {"depthwise", {6, 20, 40, 5}, {3, 3, 3}, {1, 1, 1}, PaddingMode::Same, 5, 5},
    {"pointwise", {6, 20, 40, 24}, {1, 1, 1}, {1, 1, 1}, PaddingMode::Valid, 1, 16},
    {"first of a network", {6, 60, 60, 3}, {3, 7, 7}, {1, 2, 2}, PaddingMode::Same, 1, 40},
    {"many filters, long sums", {6, 30, 60, 3}, {3, 7, 7}, {2, 1, 1}, PaddingMode::Valid, 1, 43},
};

ConvSpec specOf(const Layer& layer) {
  ConvSpec spec;
  spec.kernel = layer.kernel;
  spec.stride = layer.stride;
  spec.padding = layer.padding;
  spec.groups = layer.groups;
  return spec;
}

FilterBank bankOf(const Layer& layer) {
  Filter filter;
  filter.weights.assign(
      static_cast<std::size_t>(weightCount(layer.kernel, layer.input.channels / layer.groups)), 0.5F);
  return FilterBank(static_cast<std::size_t>(layer.filters), filter);
}

struct KernelGuard {
  ~KernelGuard() { forceKernel({}); }
};

}  // namespace

class TestConvMemory : public QObject {
  Q_OBJECT

 private slots:
  void theCounterCounts() {
    const long before = allocations;
    const long held = heldBytes;
    auto* const block = new char[1000];
    *static_cast<volatile char*>(block) = 1;  // or the compiler leaves the pair out
    QCOMPARE(allocations - before, 1L);
    QVERIFY(heldBytes - held >= 1000);
    delete[] block;
    QCOMPARE(heldBytes.load(), held);
  }

  // The second and every later input of a planned layer: what a slider or a training run repeats.
  void repeatedRunsAskForNoMemory_data() {
    QTest::addColumn<int>("index");
    for (int i = 0; i < static_cast<int>(std::size(kLayers)); ++i) QTest::addRow("%s", kLayers[i].name) << i;
  }
  void repeatedRunsAskForNoMemory() {
    QFETCH(int, index);
    const Layer& layer = kLayers[index];
    const KernelGuard guard;
    const ConvSpec spec = specOf(layer);
    const auto geometry = geometryOf(layer.input, spec, layer.filters);
    QVERIFY(geometry);
    const Tensor input(layer.input);
    int tried = 0;
    for (const ConvKernel& kernel : kernelTable()) {
      if (!chooseKernel(kernelTable(), spec, *geometry, machineFlags(), kernel.name)) continue;
      ++tried;
      forceKernel(kernel.name);
      const auto planned = RepeatedConvolution::plan(layer.input, spec, bankOf(layer));
      QVERIFY(planned);
      RepeatedConvolution::Worker worker(*planned);
      worker.run(input);
      const long before = allocations;
      const long held = heldBytes;
      mostBytes = held;
      worker.run(input);
      worker.run(input);
      // oneDNN makes a list of arguments for every call; maps and weights it must not ask for.
      constexpr long kArguments = 16 * 1024;
      const bool borrowed = kernel.name.starts_with("onednn");
      QVERIFY2(borrowed ? mostBytes - held <= kArguments : allocations == before,
               qPrintable(QString("%1 asked %2 times, for %3 bytes at most")
                              .arg(kernel.name.c_str())
                              .arg(allocations - before)
                              .arg(mostBytes - held)));
    }
    QVERIFY(tried >= 1);
  }

  // The budget is asked for what a kernel says; it must not take more. Blocks that were kept for the next who
  // asks go unseen here; built with the address sanitizer nothing is kept, and all are seen.
  void noKernelHoldsMoreThanItSays_data() { repeatedRunsAskForNoMemory_data(); }
  void noKernelHoldsMoreThanItSays() {
    QFETCH(int, index);
    const Layer& layer = kLayers[index];
    const KernelGuard guard;
    const ConvSpec spec = specOf(layer);
    const auto geometry = geometryOf(layer.input, spec, layer.filters);
    QVERIFY(geometry);
    const Tensor input(layer.input);
    const FilterBank bank = bankOf(layer);
    // packed weights, filled up to whole vectors of filters; tables of offsets and pieces
    constexpr double kLanes = 16;
    constexpr double kTables = 64 * 1024;
    const double weights =
        4.0 * static_cast<double>(bank.front().weights.size()) * (layer.filters + kLanes * layer.groups);
    for (const ConvKernel& kernel : kernelTable()) {
      if (!chooseKernel(kernelTable(), spec, *geometry, machineFlags(), kernel.name)) continue;
      forceKernel(kernel.name);
      const long before = heldBytes;
      const auto planned = RepeatedConvolution::plan(layer.input, spec, bank);
      QVERIFY(planned);
      RepeatedConvolution::Worker worker(*planned);
      worker.run(input);
      const auto held = static_cast<double>(heldBytes - before);
      const double said = kernel.scratchBytes(spec, *geometry).with(1);
      const double output = 4.0 * static_cast<double>(geometry->output.count());
      QVERIFY2(held <= output + said + weights + kTables, qPrintable(QString("%1 holds %2 bytes and said %3")
                                                                         .arg(kernel.name.c_str())
                                                                         .arg(held - output)
                                                                         .arg(said)));
    }
  }

  // What oneDNN did not compute must not be shown as maps.
  void aProductThatFailsIsAnError_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("says");
    QTest::addRow("no memory") << 1 << QStringLiteral("not enough free memory");
    QTest::addRow("not served") << 3 << QStringLiteral("oneDNN refused a product of matrices");
  }
  void aProductThatFailsIsAnError() {
    QFETCH(int, status);
    QFETCH(QString, says);
    const Layer layer{"", {4, 32, 32, 64}, {1, 1, 1}, {1, 1, 1}, PaddingMode::Valid, 1, 32};
    const ConvSpec spec = specOf(layer);
    const auto geometry = geometryOf(layer.input, spec, layer.filters);
    if (!geometry || !chooseKernel(kernelTable(), spec, *geometry, machineFlags(), "matrix"))
      QSKIP("Neither this processor nor this build multiplies matrices with oneDNN.");
    const KernelGuard guard;
    forceKernel("matrix");
    const Tensor input(layer.input);
    ThreadPool pool(2);
    const auto work = [&] { return convolve(input, spec, bankOf(layer), {pool, {}}); };
    QVERIFY(caught(work));
    productFails = status;
    const auto maps = caught(work);
    productFails = 0;
    QVERIFY(!maps);
    QVERIFY2(QString::fromStdString(maps.error().message).contains(says), maps.error().message.c_str());
  }

  // Copies with padding and of strided rows are made in bands, not of the whole clip.
  void convolvingTakesLittleBesideInputAndOutput_data() {
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("extent");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("filters");
    QTest::addRow("stride 1, 8 filters") << 3 << 3 << 1 << 8;
    QTest::addRow("stride 2, 64 filters") << 3 << 3 << 2 << 64;
    QTest::addRow("stride 3, 8 filters") << 3 << 3 << 3 << 8;
    QTest::addRow("many products, stride 2, 8 filters") << 7 << 7 << 2 << 8;
    QTest::addRow("fast FIR") << 5 << 5 << 1 << 40;
    QTest::addRow("first of a network") << 3 << 7 << 2 << 64;
  }
  void convolvingTakesLittleBesideInputAndOutput() {
    QFETCH(int, length);
    QFETCH(int, extent);
    QFETCH(int, stride);
    QFETCH(int, filters);
    const Shape clip{24, 224, 224, 3};
    ConvSpec spec;
    spec.kernel = {length, extent, extent};
    spec.stride = {1, stride, stride};
    spec.padding = PaddingMode::Same;
    const Layer layer{"", clip, spec.kernel, spec.stride, spec.padding, 1, filters};
    const FilterBank bank = bankOf(layer);
    const Tensor input(clip);
    ThreadPool pool(2);
    const long before = heldBytes;
    mostBytes = before;
    const auto maps = convolve(input, spec, bank, {pool, {}});
    QVERIFY(maps);
    const long output = static_cast<long>(maps->values().size_bytes());
    const long both = output + static_cast<long>(input.values().size_bytes());
    const long beside = mostBytes - before - output;
    QVERIFY2(beside < both / 10, qPrintable(QString("%1 of %2 bytes").arg(beside).arg(both)));
  }
};

QTEST_GUILESS_MAIN(TestConvMemory)
#include "tst_conv_memory.moc"
