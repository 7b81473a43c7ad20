#include "engine/core/block_cache.h"

#include "engine/core/memory_budget.h"

#include <sys/mman.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <vector>

namespace convscope {

namespace {

constexpr std::align_val_t kAlignment{64};                 // one cache line, one AVX-512 vector
constexpr std::size_t kSmallest = std::size_t{256} << 10;  // below this the allocator keeps memory by itself
constexpr std::size_t kGrain = std::size_t{64} << 10;
/// From here on blocks lie on huge pages where the system has them: 512 times fewer page faults.
constexpr std::size_t kHugeFrom = std::size_t{2} << 20;
constexpr std::align_val_t kHugeAlignment{std::size_t{2} << 20};

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

/// Sizes are rounded up, so that the maps of one slider step fit in the memory of the last one.
std::size_t roundedUp(std::size_t bytes) {
  return bytes < kSmallest ? bytes : (bytes + kGrain - 1) / kGrain * kGrain;
}

/// Half of what one study may use, but 128 MiB at least and 1 GiB at most: the maps of 64 filters on a clip
/// of 32 × 224 × 224 take 400 MiB, and touching them anew took ten times as long as computing them.
std::size_t mostKept() {
  static const std::size_t most =
      std::clamp(static_cast<std::size_t>(memoryBudget()) / 2, std::size_t{128} << 20, std::size_t{1} << 30);
  return most;
}

struct Kept {
  std::mutex mutex;
  struct Block {
    float* data;
    std::size_t bytes;
  };
  std::vector<Block> blocks;  // oldest first
  std::size_t total = 0;
};

/// Never destroyed: tensors with static storage may be released after every other static object.
Kept& kept() {
  static Kept& instance = *new Kept;
  return instance;
}

float* allocate(std::size_t size) {
  if (size < kHugeFrom) return static_cast<float*>(::operator new[](size, kAlignment));
  void* const block = ::operator new[](size, kHugeAlignment);
#if defined(MADV_HUGEPAGE)
  (void)madvise(block, size, MADV_HUGEPAGE);  // a wish: without it the pages are merely small
#endif
  return static_cast<float*>(block);
}

void release(float* block, std::size_t size) {
  ::operator delete[](block, size < kHugeFrom ? kAlignment : kHugeAlignment);
}

}  // namespace

float* takeBlock(std::size_t bytes) {
  const std::size_t size = roundedUp(bytes);
  if (kKeeps && size >= kSmallest) {
    Kept& cache = kept();
    const std::lock_guard lock(cache.mutex);
    for (auto block = cache.blocks.rbegin(); block != cache.blocks.rend(); ++block) {
      if (block->bytes != size) continue;
      float* const data = block->data;
      cache.total -= size;
      cache.blocks.erase(std::next(block).base());
      return data;
    }
  }
  return allocate(size);
}

void giveBlock(float* block, std::size_t bytes) {
  const std::size_t size = roundedUp(bytes);
  if (!kKeeps || size < kSmallest || size > mostKept() / 2) return release(block, size);
  Kept& cache = kept();
  const std::lock_guard lock(cache.mutex);
  cache.blocks.push_back({block, size});
  cache.total += size;
  while (cache.total > mostKept()) {
    release(cache.blocks.front().data, cache.blocks.front().bytes);
    cache.total -= cache.blocks.front().bytes;
    cache.blocks.erase(cache.blocks.begin());
  }
}

}  // namespace convscope
