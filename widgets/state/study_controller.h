#pragma once

#include "engine/core/parallel.h"
#include "engine/study/job_runner.h"
#include "engine/study/study.h"
#include "widgets/state/quiet_timer.h"

#include <QObject>
#include <QString>

#include <array>
#include <memory>
#include <optional>

namespace convscope {

/// Turns the newest spec of one column into results, off the GUI thread. "The way of one slider step":
///   equal spec → nothing; a job expected under 8 ms starts at once and needs no preview; a longer one shows
///   a preview first (which always runs to its end) and starts the full computation 120 ms after the last
///   change; results of older tickets than the one shown are dropped. A failed spec keeps the last good
///   result.
/// GUI thread only; signals arrive there.
class StudyController : public QObject {
  Q_OBJECT

 public:
  /// What computes. Tests put gates here; the program uses compute().
  using Outcome = Result<std::shared_ptr<const StudyResult>>;
  using Compute =
      std::function<Outcome(const StudySpec&, const ComputeScope&, StudyCache&, const ComputeContext&)>;
  struct Policy {
    double immediateMs = 8;  ///< expected time under which no preview is needed
    int fullDelayMs = 120;   ///< quiet time before the full computation starts
    Lane lane = Lane::Full;  ///< of the full computation
    bool previews = true;    ///< false: every answer is a full one, from `lane`
  };
  /// For what follows the maps: the background lane, without previews, as soon as nothing has changed for two
  /// pictures: begun at every step of a drag it took a fifth of the window's pictures and was never finished.
  static constexpr Policy kBackground{0, 24, Lane::Background, false};

  explicit StudyController(QObject* parent = nullptr);
  StudyController(Compute compute, Policy policy, QObject* parent = nullptr);
  /// One that shares lanes and cache with `other`. Of several in one lane the newest request goes first and
  /// stops the others', who end idle and stale; see ReadoutScan.
  StudyController(StudyController& other, Policy policy, QObject* parent = nullptr);
  ~StudyController() override;

  /// Asks for `spec`; `chosenFilter` is the one that a preview computes.
  void setSpec(const StudySpec& spec, int chosenFilter);
  /// Stops a full computation or reading; the last good result stays, stale,
  /// and problem() says so until another spec comes or computeAgain().
  void stop();
  /// Reads and computes the newest spec once more: after stop(), where a file has changed, or for the
  /// camera's next pictures.
  void computeAgain();
  /// Asks for the newest spec once more, of the clip that was read: where another stopped it.
  void resubmit();
  /// Takes in the results that have arrived already, instead of at the next turn of the event loop.
  void takeDelivered();
  /// Starts a waiting full computation now and blocks until everything asked for has been delivered. For
  /// screenshots and tests.
  void finish();

  [[nodiscard]] std::shared_ptr<const StudyResult> result() const { return m_result; }
  [[nodiscard]] QString problem() const { return m_problem.sentence; }
  /// What problem() is about, where it is about a setting.
  [[nodiscard]] const ErrorPlace& problemPlace() const { return m_problem.place; }
  /// The result shown does not belong to the newest spec, or only previews it.
  [[nodiscard]] bool stale() const { return m_stale; }
  [[nodiscard]] bool busy() const { return m_busy; }
  /// An answer to the newest spec, whole or preview, is expected within milliseconds: whoever draws may wait
  /// for it instead of drawing twice.
  [[nodiscard]] bool answering() const { return m_answering; }
  [[nodiscard]] double progress() const { return m_progress; }
  [[nodiscard]] const StudyCache& cache() const { return *m_cache; }

 Q_SIGNALS:
  /// A newer result is there; the only signal that carries one.
  void resultChanged();
  /// problem(), stale(), busy() or progress() changed.
  void statusChanged();

 private:
  StudyController(Compute compute, Policy policy, std::shared_ptr<StudyCache> cache,
                  std::shared_ptr<JobRunner> runner, QObject* parent);
  void submit(Lane lane, const ComputeScope& scope);
  void startFull();
  void deliver(quint64 ticket, Lane lane, bool preview, Outcome outcome);
  struct Problem {
    QString sentence;
    ErrorPlace place = {};
    bool operator==(const Problem&) const = default;
  };
  void setStatus(const Problem& problem, bool stale, bool busy);
  /// Without the signal; true if anything changed.
  bool assignStatus(const Problem& problem, bool stale, bool busy);

  Compute m_compute;
  Policy m_policy;
  std::optional<StudySpec> m_spec;
  int m_filter = 0;
  quint64 m_ticket = 0;       ///< of the newest spec
  quint64 m_shownTicket = 0;  ///< of the result shown
  bool m_shownPreview = false;
  std::shared_ptr<const StudyResult> m_result;
  Problem m_problem;
  bool m_stale = false;
  bool m_busy = false;
  bool m_answering = false;
  bool m_stopped = false;  ///< by stop(): a full result on its way is not awaited
  double m_progress = 0;
  QuietTimer m_fullDelay;
  std::shared_ptr<StudyCache> m_cache;
  // One pool for each lane used: a full job that lets a preview go first waits inside its own pool's threads,
  // so only one pool is busy at a time.
  std::array<std::unique_ptr<ThreadPool>, kLaneCount> m_pools;
  std::shared_ptr<JobRunner> m_runner;  // owns threads: last
};

}  // namespace convscope
