#pragma once

#include "widgets/state/scores_state.h"
#include "widgets/state/study_controller.h"

#include <QObject>

#include <vector>

namespace convscope {

/// Trains readouts for the kernels around the chosen one, one after the other in the background lane, for the
/// chart of accuracy against the extents. Lets the scores of the chosen kernel go first: it starts when they
/// are done and begins again where they stopped it. What was trained before is there at once. GUI thread
/// only.
class ReadoutScan : public QObject {
  Q_OBJECT

 public:
  /// `scores` computes the chosen kernel's readout in the same lane; must outlive this.
  explicit ReadoutScan(StudyController& scores, QObject* parent = nullptr);

  /// Scans around `base` from now on; equal to before: nothing.
  void start(const ReadoutSpec& base);
  void stop();
  [[nodiscard]] const std::vector<ScanPoint>& alongTime() const { return m_alongTime; }
  [[nodiscard]] const std::vector<ScanPoint>& alongSpace() const { return m_alongSpace; }
  /// Blocks until every point is there. For screenshots and tests.
  void finish();

  static constexpr int kLongest = 7;  ///< largest extent of a scan

 Q_SIGNALS:
  void changed();

 private:
  void takeKept();
  void next();
  [[nodiscard]] ScanPoint* missing();

  StudyController& m_scores;
  std::optional<ReadoutSpec> m_base;
  std::vector<ScanPoint> m_alongTime;
  std::vector<ScanPoint> m_alongSpace;
  StudyController m_controller;  // owns threads: last
};

}  // namespace convscope
