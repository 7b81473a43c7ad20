#pragma once

#include "engine/core/parallel.h"
#include "engine/study/job_runner.h"
#include "engine/study/shift_curve.h"
#include "engine/study/study_result.h"

#include <QObject>
#include <QString>

#include <memory>
#include <vector>

namespace convscope {

/// The curves of one axis as far as they have come. Immutable and shared.
struct ShiftAnswer {
  Axis axis = Axis::X;
  int row = 0;
  QString label;                   ///< of the class whose score is followed
  QString layer;                   ///< whose maps are compared
  std::vector<ShiftCurve> curves;  ///< of kShiftVariants, in order
  QString problem;                 ///< why there are none: one sentence, or empty
};

/// Shifts the clip of a network's result along one axis in the background, variant after variant. Holds still
/// while it is told to; goes on where it was. GUI thread only.
class ShiftQueries : public QObject {
  Q_OBJECT

 public:
  static constexpr int kReach = 8;  ///< frames or pixels to each side

  explicit ShiftQueries(QObject* parent = nullptr);
  ~ShiftQueries() override;

  /// From now on for this result, row of its table and axis; the same but for shifts of its clip: goes on.
  void start(const std::shared_ptr<const StudyResult>& holder, int row, Axis axis);
  /// Stops at once; start() goes on.
  void pause();
  /// Stops, and lets everything go.
  void forget();
  [[nodiscard]] const std::shared_ptr<const ShiftAnswer>& answer() const { return m_answer; }
  [[nodiscard]] bool busy() const { return m_busy; }
  [[nodiscard]] double progress() const;
  /// Blocks until all variants are there. For screenshots and tests.
  void finish();

 Q_SIGNALS:
  void changed();

 private:
  void next();
  void take(ShiftAnswer answer, std::shared_ptr<const ShiftBase> base);

  std::shared_ptr<const StudyResult> m_holder;
  std::shared_ptr<const ShiftBase> m_base;
  std::shared_ptr<const ShiftAnswer> m_answer;
  bool m_busy = false;
  quint64 m_ticket = 0;
  ThreadPool m_pool{0, true};
  JobRunner m_runner;  // owns threads: last
};

}  // namespace convscope
