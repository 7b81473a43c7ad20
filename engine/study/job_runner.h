#pragma once

#include <functional>
#include <memory>
#include <stop_token>

namespace convscope {

/// Lanes in order of urgency. Each runs one job at a time and keeps at most one waiting: a newer request
/// replaces the waiting one. A preview always runs to its end; full and background jobs are asked to stop by
/// a newer request. The background lane's thread steps back where the processor is short. (Stopping the
/// running job at every slider step showed no frame at all in a one-second drag: DESIGN's figures.)
enum class Lane { Preview = 0, Full = 1, Background = 2 };
inline constexpr int kLaneCount = 3;

/// Given to a running job.
struct JobContext {
  std::stop_token stop;  ///< never triggered in the preview lane, but at destruction
  std::function<void()>
      yield;  ///< call between slabs: returns at once, or after more urgent lanes have finished
};

/// Runs jobs on one thread a lane. A job delivers its result itself (it captures where to).
/// Thread rule: all members may be called from any thread, and by what a job holds when it goes: a job is
/// destroyed outside the runner's mutex, and before its lane is idle. Destruction asks every job to stop,
/// drops those waiting and joins.
class JobRunner {
 public:
  using Job = std::function<void(const JobContext&)>;

  JobRunner();
  ~JobRunner();
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  /// Replaces the waiting job of the lane; in lanes below Preview also asks the running one to stop.
  /// `dropped` is called where the job is replaced or cancelled before it began, by the thread that does so;
  /// not at destruction. A job that throws is a bug, for nobody hears of it: see caught().
  void submit(Lane lane, Job job, std::function<void()> dropped = {});
  /// Drops the waiting job and asks the running one to stop (a running preview goes on).
  void cancel(Lane lane);
  /// True while a job of the lane runs or waits.
  [[nodiscard]] bool busy(Lane lane) const;
  /// Blocks until no lane has anything to do. For tests and for --screenshot.
  void waitIdle();
  /// Blocks until the lane has nothing to do.
  void waitIdle(Lane lane);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;  // owns threads: last
};

}  // namespace convscope
