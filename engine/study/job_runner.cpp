#include "engine/study/job_runner.h"

#include "engine/core/parallel.h"

#include <array>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace convscope {

struct JobRunner::Impl {
  struct LaneState {
    std::optional<Job> waiting;
    std::function<void()> dropped;            ///< of the waiting job
    std::stop_source stop{std::nostopstate};  ///< of the running job
    bool running = false;
  };

  std::mutex mutex;
  std::condition_variable_any changed;
  std::array<LaneState, kLaneCount> lanes;
  bool ending = false;
  std::array<std::jthread, kLaneCount> threads;  // last: joined before the rest goes

  LaneState& lane(Lane which) { return lanes[static_cast<std::size_t>(which)]; }

  /// Something more urgent than `which` runs or waits. Call with the mutex held.
  bool moreUrgent(Lane which) const {
    for (int i = 0; i < static_cast<int>(which); ++i) {
      if (lanes[i].running || lanes[i].waiting) return true;
    }
    return false;
  }

  /// Puts `job`, or none, in the place of the waiting one, and tells that one's owner.
  void replaceWaiting(Lane which, std::optional<Job> job, std::function<void()> whenDropped);

  void serve(Lane which) {
    if (which == Lane::Background) lowerThreadPriority();
    LaneState& mine = lane(which);
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return ending || (mine.waiting && !moreUrgent(which)); });
      if (ending) return;
      Job job = std::exchange(mine.waiting, std::nullopt).value();
      std::function<void()> dropped = std::exchange(mine.dropped, {});
      mine.running = true;
      mine.stop = std::stop_source();
      const JobContext context{
          mine.stop.get_token(), [this, which, token = mine.stop.get_token()] {
            std::unique_lock wait(mutex);
            changed.wait(wait, [&] { return ending || token.stop_requested() || !moreUrgent(which); });
          }};
      lock.unlock();
      dropped = {};
      try {
        job(context);
      } catch (...) {
        assert(!"an exception left a job");
      }
      job = {};  // what it held goes before the lane is said to be idle, and outside the mutex
      lock.lock();
      mine.running = false;
      changed.notify_all();
    }
  }
};

JobRunner::JobRunner() : m_impl(std::make_unique<Impl>()) {
  for (int i = 0; i < kLaneCount; ++i) {
    m_impl->threads[static_cast<std::size_t>(i)] =
        std::jthread([impl = m_impl.get(), which = static_cast<Lane>(i)] { impl->serve(which); });
  }
}

JobRunner::~JobRunner() {
  std::array<std::optional<Job>, kLaneCount> waiting;  // released after the mutex
  {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->ending = true;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      waiting[i] = std::exchange(m_impl->lanes[i].waiting, std::nullopt);
      m_impl->lanes[i].stop.request_stop();
    }
  }
  m_impl->changed.notify_all();
}

void JobRunner::Impl::replaceWaiting(Lane which, std::optional<Job> job, std::function<void()> whenDropped) {
  // What was waiting leaves in the arguments and is destroyed after the mutex is released: it may hold the
  // last hold of something large, or of something that asks this runner.
  {
    const std::lock_guard lock(mutex);
    LaneState& state = lane(which);
    std::swap(state.waiting, job);
    std::swap(state.dropped, whenDropped);
    if (which != Lane::Preview) state.stop.request_stop();
  }
  changed.notify_all();
  if (job && whenDropped) whenDropped();
}

void JobRunner::submit(Lane which, Job job, std::function<void()> dropped) {
  m_impl->replaceWaiting(which, std::move(job), std::move(dropped));
}

void JobRunner::cancel(Lane which) {
  m_impl->replaceWaiting(which, std::nullopt, {});
}

bool JobRunner::busy(Lane which) const {
  const std::lock_guard lock(m_impl->mutex);
  const auto& lane = m_impl->lane(which);
  return lane.running || lane.waiting;
}

void JobRunner::waitIdle() {
  std::unique_lock lock(m_impl->mutex);
  m_impl->changed.wait(lock, [&] {
    for (const auto& lane : m_impl->lanes) {
      if (lane.running || lane.waiting) return false;
    }
    return true;
  });
}

void JobRunner::waitIdle(Lane which) {
  std::unique_lock lock(m_impl->mutex);
  const auto& lane = m_impl->lane(which);
  m_impl->changed.wait(lock, [&] { return !lane.running && !lane.waiting; });
}

}  // namespace convscope
