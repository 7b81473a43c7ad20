#pragma once

#include <functional>
#include <memory>
#include <stop_token>

namespace convscope {

/// Lets other threads of the program go first from now on where the processor is short: long work in the
/// background must not take frames from the window. Without effect where the system knows no priority of
/// single threads. Concerns the calling thread.
void lowerThreadPriority();

/// A fixed set of worker threads that shares out independent pieces of work. The calling thread works too, so
/// a pool of n threads starts n − 1. Which thread takes which piece is not fixed; every piece must therefore
/// write its own outputs only, and then any thread count gives the same bits. Thread rule: run() may be
/// called from any thread; calls from several threads take turns.
class ThreadPool {
 public:
  /// `threads` < 1 asks for one thread per core that this process may use. With `stepsBack` the pool's own
  /// threads have called lowerThreadPriority().
  explicit ThreadPool(int threads = 0, bool stepsBack = false);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int threads() const;

  /// Calls piece(i) once for each i in [0, count) and returns when all are done. What a piece throws is
  /// thrown again here, the first of several, once no thread works any more. `piece` must not call run() of
  /// the same pool.
  void run(int count, const std::function<void(int)>& piece);

 private:
  struct Workers;
  int m_threads = 1;
  std::unique_ptr<Workers> m_workers;  // owns threads: last, so that it is destroyed first
};

/// What a computation needs from the one who asks for it. Passed by reference down to the inner loops' slabs.
struct ComputeContext {
  ThreadPool& pool;
  std::stop_token stop;              ///< polled once per slab of output
  std::function<void()> yield = {};  ///< called between slabs where set: lets a more urgent job go first
  std::function<void(double)> progress = {};  ///< share done in [0, 1], from any thread, where set

  [[nodiscard]] bool stopped() const { return stop.stop_requested(); }
};

}  // namespace convscope
