#pragma once

#include "engine/core/parallel.h"
#include "engine/study/job_runner.h"
#include "widgets/state/compare_view.h"

#include <QObject>

#include <functional>
#include <memory>
#include <stop_token>

namespace convscope {

/// Computes the columns of a comparison, one after the other on one clip, off the GUI thread: in the full
/// lane the maps and the difference of the first two; behind them, in the background, tunings, strengths at
/// other tempos and readouts, one by one as they are done. What did not change is not computed again. One
/// pool is busy at a time: the background job lets the full one go first. GUI thread only; signals arrive
/// there.
class CompareController : public QObject {
  Q_OBJECT

 public:
  /// What computes a column's maps. Tests put gates here; the program uses computeColumn().
  using Compute = std::function<Result<ColumnResult>(const StudySpec&, std::shared_ptr<const Clip>,
                                                     const ComputeContext&, const std::optional<Crop>&)>;

  explicit CompareController(QObject* parent = nullptr);
  explicit CompareController(Compute compute, QObject* parent = nullptr);
  ~CompareController() override;

  /// Asks for everything that `state` compares. Equal to before: nothing.
  void setState(const AppState& state);
  /// Stops what runs; setState() or computeAgain() goes on.
  void stop();
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
  /// All that the maps depend on.
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
  struct MapsOutcome;
  struct MeasureJob;

  void startMaps();
  void startMeasures();
  void deliverMaps(std::shared_ptr<MapsOutcome> outcome);
  void measure(quint64 ticket, const MeasureJob& job, const JobContext& context);
  /// Runs `apply` on the GUI thread if `ticket` is still `newest`, one of the two below, by then.
  void post(const quint64& newest, quint64 ticket, std::function<void()> apply);

  Compute m_compute;
  std::optional<Request> m_request;
  Measures m_measures;
  quint64 m_ticket = 0;         ///< of the newest request
  quint64 m_measureTicket = 0;  ///< of the newest measurements
  bool m_busy = false;
  bool m_measuring = false;
  bool m_stopped = false;
  double m_progress = 0;
  QString m_clipProblem;
  std::vector<CompareColumn> m_columns;
  std::shared_ptr<const MapDifference> m_difference;
  QString m_differenceProblem;
  std::shared_ptr<StudyCache> m_cache;
  std::shared_ptr<StudyCache> m_tempoCache;  ///< other tempos read other frames: kept apart
  std::unique_ptr<ThreadPool> m_mapsPool;
  std::unique_ptr<ThreadPool> m_measurePool;
  std::unique_ptr<JobRunner> m_runner;  // owns threads: last
};

}  // namespace convscope
