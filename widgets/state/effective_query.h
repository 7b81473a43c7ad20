#pragma once

#include "engine/core/parallel.h"
#include "engine/gradient/effective_field.h"
#include "engine/study/job_runner.h"
#include "engine/study/study_result.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>

namespace convscope {

/// Measures what a unit of a stack really reacts to, in the background lane: a query on (result, selection).
/// A measurement is asked to stop as soon as another unit is asked for, and begins once nothing has changed
/// for a moment, so that a dragged unit never waits for one. GUI thread only; signals arrive there.
class EffectiveQuery : public QObject {
  Q_OBJECT

 public:
  explicit EffectiveQuery(QObject* parent = nullptr);
  ~EffectiveQuery() override;

  /// Asks for the field of `unit` of row `row` of `holder`, a StackResult, with its own weights. The same as
  /// before: nothing. Otherwise what was measured is let go.
  void ask(const std::shared_ptr<const StudyResult>& holder, int row, const Triple& unit);
  /// Nothing is wanted: stops, and lets everything go.
  void drop();
  /// Stops; problem() says so until another unit is asked for.
  void stop();
  /// Starts a waiting measurement now and blocks until it is delivered. For screenshots and tests.
  void finish();

  /// Of what was asked for last; nullptr while it is not there.
  [[nodiscard]] std::shared_ptr<const EffectiveField> field() const { return m_field; }
  [[nodiscard]] bool busy() const { return m_busy; }
  [[nodiscard]] double progress() const { return m_progress; }
  [[nodiscard]] QString problem() const { return m_problem; }

  static constexpr int kRuns = 12;      ///< with random weights
  static constexpr int kQuietMs = 150;  ///< without a change before a measurement begins

 Q_SIGNALS:
  void changed();

 private:
  void start();
  void deliver(quint64 ticket, Result<EffectiveField> outcome);

  std::shared_ptr<const StudyResult> m_holder;
  int m_row = -1;
  Triple m_unit;
  quint64 m_ticket = 0;  ///< of what was asked for last
  std::shared_ptr<const EffectiveField> m_field;
  bool m_busy = false;
  double m_progress = 0;
  QString m_problem;
  QTimer m_quiet;
  ThreadPool m_pool;
  JobRunner m_runner;  // owns threads: last
};

}  // namespace convscope
