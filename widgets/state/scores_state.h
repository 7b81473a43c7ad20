#pragma once

#include "engine/study/study.h"
#include "widgets/state/app_state.h"

#include <QString>

#include <memory>
#include <vector>

namespace convscope {

/// One kernel of a scan: what its readout reached.
struct ScanPoint {
  Triple kernel;
  std::shared_ptr<const Readout> readout;  ///< null while it is not computed, or cannot be
  QString obstacle;                        ///< why it cannot be; or empty
  bool operator==(const ScanPoint&) const = default;
};

/// What the views of the class scores are given: one value with everything to show.
struct ScoresState {
  AppState state;
  std::shared_ptr<const StudyResult> holder;  ///< keeps `result` alive
  const ReadoutResult* result = nullptr;      ///< the last good one; nullptr before the first
  bool stale = false;                         ///< `result` does not belong to state
  bool busy = false;
  QString problem;                    ///< one sentence, or empty
  std::vector<ScanPoint> alongTime;   ///< l = 1 … 7 with the kernel's h and w; empty while not asked for
  std::vector<ScanPoint> alongSpace;  ///< h = w = 1 … 7 with the kernel's l

  /// The scored clip comes from a file or a camera: the readout has never seen such a one.
  [[nodiscard]] bool realClip() const { return !std::holds_alternative<LabSpec>(state.kernel().clip.source); }
};

}  // namespace convscope
