#include "engine/core/block_cache.h"

#include <mutex>
#include <new>
#include <vector>

namespace convscope {

namespace {

constexpr std::align_val_t kAlignment{64};                 // one cache line, one AVX-512 vector
constexpr std::size_t kSmallest = std::size_t{256} << 10;  // below this the allocator keeps memory by itself
constexpr std::size_t kGrain = std::size_t{64} << 10;
constexpr std::size_t kMostKept = std::size_t{128} << 20;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

/// Sizes are rounded up, so that the maps of one slider step fit in the memory of the last one.
std::size_t roundedUp(std::size_t bytes) {
  return bytes < kSmallest ? bytes : (bytes + kGrain - 1) / kGrain * kGrain;
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

void release(float* block) {
  ::operator delete[](block, kAlignment);
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
  return static_cast<float*>(::operator new[](size, kAlignment));
}

void giveBlock(float* block, std::size_t bytes) {
  const std::size_t size = roundedUp(bytes);
  if (!kKeeps || size < kSmallest || size > kMostKept / 2) return release(block);
  Kept& cache = kept();
  const std::lock_guard lock(cache.mutex);
  cache.blocks.push_back({block, size});
  cache.total += size;
  while (cache.total > kMostKept) {
    release(cache.blocks.front().data);
    cache.total -= cache.blocks.front().bytes;
    cache.blocks.erase(cache.blocks.begin());
  }
}

}  // namespace convscope
