#pragma once

#include "engine/core/parallel.h"
#include "engine/study/job_runner.h"
#include "widgets/state/compare_view.h"
#include "widgets/state/quiet_timer.h"

#include <QObject>

#include <functional>
#include <memory>
#include <stop_token>

namespace convscope {

/// Computes the columns of a comparison on one clip, off the GUI thread, by the policy of StudyController's
/// two lanes: what is expected soon runs to its end in the preview lane and is shown even if the columns have
/// moved on meanwhile (of a layer of many filters the chosen one's map alone); what takes longer, or must
/// read a file, starts in the full lane once nothing has changed for 120 ms and can be stopped. A column is
/// computed again where its spec or the clip changed, and nowhere else: another column, the chosen filter and
/// how things look do not concern it. The difference of the first two is a query on their maps. Behind all
/// that, in the background, tunings, strengths at other tempos and readouts, one by one as they are done. One
/// pool is busy at a time: a lane lets more urgent ones go first. GUI thread only; signals arrive there.
class CompareController : public QObject {
  Q_OBJECT

 public:
  /// What computes a column's maps. Tests put gates here; the program uses computeColumn().
  using Compute = std::function<Result<ColumnResult>(const StudySpec&, std::shared_ptr<const Clip>,
                                                     const ComputeContext&, const ClipPlace&)>;
  struct Policy {
    double immediateMs = 8;  ///< expected time of a layer under which all of its filters are computed at once
    double previewMs = 250;  ///< expected time of a column's preview over which it has none
    int fullDelayMs = 120;   ///< quiet time before what was not previewed whole starts
  };

  explicit CompareController(QObject* parent = nullptr);
  CompareController(Compute compute, Policy policy, QObject* parent = nullptr);
  ~CompareController() override;

  /// Asks for everything that `state` compares. Equal to before: nothing.
  void setState(const AppState& state);
  /// Stops what runs, and says so in place of what is missing until something changes or computeAgain().
  void stop();
  /// Stops what runs without a word, for nobody looks; the next setState() goes on.
  void pause();
  /// Reads the clip and computes everything anew.
  void computeAgain();
  void takeDelivered();
  /// Blocks until everything asked for has been delivered. For screenshots and tests.
  void finish();

  /// Fills in everything but the state and the hover.
  void fill(CompareView& view) const;
  [[nodiscard]] bool busy() const { return m_busy; }
  /// What follows the maps is still being computed.
  [[nodiscard]] bool measuring() const { return m_measuring; }

 Q_SIGNALS:
  void changed();

 private:
  /// All that the columns depend on, and the filter that a preview and what is measured look at.
  struct Request {
    std::vector<StudySpec> columns;
    ClipChange change;
    int filter = 0;
    bool operator==(const Request&) const = default;
  };
  /// All that is measured behind them, beside the request.
  struct Measures {
    double frequency = .25;
    BankKind bank = BankKind::Gabor;
    bool operator==(const Measures&) const = default;
  };
  /// What is known of a column's maps beside CompareColumn.
  struct Held {
    bool fits = false;              ///< the result is one of the newest spec on the newest clip
    int preview = -1;               ///< the filter whose map is all that it has; −1: all maps
    bool whole = false;             ///< nothing is left to compute: all maps, or why there are none
    bool underWay = false;          ///< the preview lane computes the whole of it
    quint64 ticket = 0;             ///< of the request that the result answered
    std::optional<int> tunedFor{};  ///< of a network: the filter whose tuning was asked for
  };
  /// One column to compute.
  struct Task {
    std::size_t index = 0;
    StudySpec spec;                             ///< as it is set
    StudySpec worked;                           ///< what is computed: of a preview one filter
    int preview = -1;                           ///< as Held::preview
    std::shared_ptr<const ColumnResult> known;  ///< of a network: the same one, looked at in another layer
  };
  struct MapsJob;
  struct MapsOutcome;
  struct MeasureJob;
  /// Whose difference it is.
  struct Pair {
    std::shared_ptr<const ColumnResult> a;
    std::shared_ptr<const ColumnResult> b;
    int filter = 0;
    bool operator==(const Pair&) const = default;
  };
  struct Difference {
    Pair of;
    std::shared_ptr<const MapDifference> values;
    QString problem;
  };

  /// Nothing that was asked for before is awaited any more.
  void beginRequest();
  void takeColumns(Request request);
  /// Starts what the missing columns need, in both lanes; where none is missing, what follows them.
  void startMaps();
  void startFull();
  void submit(Lane lane, std::vector<Task> tasks);
  /// A column that shows the same network on the same clip, whatever its layer; null where there is none.
  [[nodiscard]] std::shared_ptr<const ColumnResult> ranNetwork(const StudySpec& spec) const;
  /// What of a column is worth computing at once; none where it would take too long, or a file must be read.
  [[nodiscard]] std::optional<Task> previewOf(std::size_t index) const;
  [[nodiscard]] static Result<std::shared_ptr<const ColumnResult>> computeTask(
      const Task& task, const MapsJob& job, const std::shared_ptr<const Clip>& clip, const Compute& compute,
      StudyCache& cache, const ComputeContext& context);
  void deliverMaps(const MapsOutcome& outcome);
  void takeResult(const Task& task, const MapsJob& job,
                  const Result<std::shared_ptr<const ColumnResult>>& made);
  [[nodiscard]] bool complete() const;
  /// The first two columns' maps as they are shown; null where there are none.
  [[nodiscard]] Pair shownPair() const;
  void askDifference();
  [[nodiscard]] static Difference computeDifference(Pair of);
  void delayMeasures();
  void startMeasures();
  void measure(quint64 ticket, const MeasureJob& job, const JobContext& context);
  /// Stops what the full lane or the background does or waits for.
  void halt(Lane lane);
  /// Runs `apply` on the GUI thread if `ticket` is still `newest`, one of the two below, by then.
  void post(const quint64& newest, quint64 ticket, std::function<void()> apply);

  Compute m_compute;
  Policy m_policy;
  std::optional<Request> m_request;
  Measures m_measures;
  quint64 m_ticket = 0;         ///< of the newest request
  quint64 m_fullTicket = 0;     ///< of the newest request that the full lane has got
  quint64 m_reading = 0;        ///< of the newest reading of the clip, see computeAgain()
  quint64 m_measureTicket = 0;  ///< of the newest measurements
  bool m_busy = false;
  bool m_measuring = false;
  bool m_answering = false;  ///< a preview of the newest request is on its way
  bool m_differing = false;  ///< a difference is on its way
  bool m_stopped = false;    ///< by stop(): nothing starts before something changes
  bool m_paused = false;
  double m_progress = 0;
  QString m_clipProblem;
  std::shared_ptr<const Clip> m_newestClip;  ///< of the newest request and reading; null while it is awaited
  std::vector<CompareColumn> m_columns;
  std::vector<Held> m_held;  ///< one for each column
  Difference m_difference;
  QuietTimer m_fullDelay;
  QuietTimer m_measureDelay;
  std::shared_ptr<StudyCache> m_cache;
  std::shared_ptr<StudyCache> m_tempoCache;  ///< other tempos read other frames: kept apart
  std::unique_ptr<ThreadPool> m_previewPool;
  std::unique_ptr<ThreadPool> m_mapsPool;
  std::unique_ptr<ThreadPool> m_measurePool;
  std::unique_ptr<JobRunner> m_queries;  ///< of the difference: one thread, no pool
  std::unique_ptr<JobRunner> m_runner;   // own threads: last
};

}  // namespace convscope
