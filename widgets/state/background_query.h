#pragma once

#include "engine/core/parallel.h"
#include "engine/core/result.h"
#include "engine/study/job_runner.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <functional>
#include <memory>

namespace convscope {

/// Something about a result that takes seconds, in the background lane: a query on (result, selection). The
/// work is asked to stop as soon as another is wanted, and begins once nothing has changed for a moment, so
/// that what is dragged never waits for it. Those who inherit say what is asked and keep it. GUI thread only;
/// signals arrive there.
class BackgroundQuery : public QObject {
  Q_OBJECT

 public:
  explicit BackgroundQuery(QObject* parent = nullptr);
  ~BackgroundQuery() override;

  /// Stops; problem() says so until something else is asked for.
  void stop();
  /// Starts waiting work now and blocks until it is delivered. For screenshots and tests.
  void finish();

  [[nodiscard]] bool busy() const { return m_busy; }
  [[nodiscard]] double progress() const { return m_progress; }
  [[nodiscard]] QString problem() const { return m_problem; }

  static constexpr int kQuietMs = 150;  ///< without a change before the work begins

 Q_SIGNALS:
  void changed();

 protected:
  using Answer = std::shared_ptr<const void>;
  /// Runs on a thread of its own: must hold on to all that it reads.
  using Work = std::function<Result<Answer>(const ComputeContext& context)>;
  /// Lets go of the answer, and works out another one soon.
  void begin(Work work);
  /// Nothing is wanted: stops, and lets everything go.
  void letGo();
  [[nodiscard]] const Answer& answer() const { return m_answer; }
  /// After a stop, what is said.
  [[nodiscard]] virtual QString stoppedText() const = 0;

 private:
  void start();
  void deliver(quint64 ticket, Result<Answer> outcome);

  Work m_work;
  quint64 m_ticket = 0;  ///< of what was asked for last
  Answer m_answer;
  bool m_busy = false;
  double m_progress = 0;
  QString m_problem;
  QTimer m_quiet;
  ThreadPool m_pool;
  JobRunner m_runner;  // owns threads: last
};

}  // namespace convscope
