#include "engine/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace convscope {

namespace {

/// How long a thread watches for more to do before it goes to sleep. The steps of one layer follow each other
/// within microseconds, and waking a sleeping thread takes as long as a small layer.
constexpr std::chrono::microseconds kWatch{20};

/// Waits until `ready()` without sleeping, kWatch at most.
template <class Ready>
void watchFor(const Ready& ready) {
  const auto end = std::chrono::steady_clock::now() + kWatch;
  constexpr int kLooksPerClock = 32;
  do {
    for (int i = 0; i < kLooksPerClock; ++i) {
      if (ready()) return;
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
  } while (std::chrono::steady_clock::now() < end);
}

}  // namespace

struct ThreadPool::Workers {
  std::mutex turn;  // one run() at a time
  std::mutex mutex;
  std::condition_variable_any wake;
  std::condition_variable done;
  const std::function<void(int)>* piece = nullptr;
  /// What is left of one thread's share of the pieces. On a cache line of its own.
  struct alignas(64) Share {
    std::atomic<int> next{0};
    int end = 0;
  };
  std::vector<Share> shares;
  std::exception_ptr trouble;           // the first that a piece threw; guarded by the mutex
  std::atomic<int> busy{0};             // changed under the mutex only
  std::atomic<unsigned> generation{0};  // so is this
  std::vector<std::jthread> threads;    // last: joined before anything above goes

  explicit Workers(int count) : shares(static_cast<std::size_t>(count)) {}

  /// Neighbouring pieces in equal shares, the same in every run: what a thread read and wrote in the last run
  /// is still in its own cache.
  void shareOut(int count) {
    const auto all = static_cast<std::int64_t>(shares.size());
    for (std::int64_t i = 0; i < all; ++i) {
      shares[static_cast<std::size_t>(i)].next = static_cast<int>(count * i / all);
      shares[static_cast<std::size_t>(i)].end = static_cast<int>(count * (i + 1) / all);
    }
  }

  /// Does the thread's own share, then what others have not come to.
  void takePieces(const std::function<void(int)>& work, std::size_t own) {
    for (std::size_t i = 0; i < shares.size(); ++i) {
      Share& share = shares[(own + i) % shares.size()];
      for (int at = share.next.fetch_add(1); at < share.end; at = share.next.fetch_add(1)) {
        try {
          work(at);
        } catch (...) {  // told to the caller of run() once all threads are done: they still use its pieces
          const std::lock_guard lock(mutex);
          if (!trouble) trouble = std::current_exception();
        }
      }
    }
  }

  void serve(const std::stop_token& stop, std::size_t own) {
    unsigned seen = 0;
    std::unique_lock lock(mutex);
    while (wake.wait(lock, stop, [&] { return generation != seen; })) {
      seen = generation;
      if (piece == nullptr) continue;  // the run ended before this thread woke
      const auto* work = piece;
      ++busy;
      lock.unlock();
      takePieces(*work, own);
      lock.lock();
      if (--busy == 0) done.notify_all();
      lock.unlock();
      watchFor([&] { return generation != seen; });
      lock.lock();
    }
  }
};

void lowerThreadPriority() {
#ifdef __linux__
  // Against the POSIX standard, Linux keeps this value for each thread. A failure changes nothing but the
  // pace.
  constexpr int kNice = 5;
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
#endif
}

ThreadPool::ThreadPool(int threads, bool stepsBack)
    : m_threads(threads >= 1 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))),
      m_workers(std::make_unique<Workers>(m_threads)) {
  for (int i = 1; i < m_threads; ++i) {
    m_workers->threads.emplace_back([workers = m_workers.get(), stepsBack,
                                     own = static_cast<std::size_t>(i)](const std::stop_token& stop) {
      if (stepsBack) lowerThreadPriority();
      workers->serve(stop, own);
    });
  }
}

ThreadPool::~ThreadPool() = default;

int ThreadPool::threads() const {
  return m_threads;
}

void ThreadPool::run(int count, const std::function<void(int)>& piece) {
  const std::lock_guard turn(m_workers->turn);
  if (m_threads == 1 || count <= 1) {
    for (int i = 0; i < count; ++i) piece(i);
    return;
  }
  {
    const std::lock_guard lock(m_workers->mutex);
    m_workers->piece = &piece;
    m_workers->shareOut(count);
    ++m_workers->generation;
  }
  m_workers->wake.notify_all();
  m_workers->takePieces(piece, 0);
  watchFor([&] { return m_workers->busy == 0; });
  std::unique_lock lock(m_workers->mutex);
  m_workers->done.wait(lock, [&] { return m_workers->busy == 0; });
  m_workers->piece = nullptr;
  if (auto trouble = std::exchange(m_workers->trouble, nullptr)) std::rethrow_exception(trouble);
}

}  // namespace convscope
