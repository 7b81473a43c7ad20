#pragma once

#include "engine/clip/clip_reader.h"
#include "engine/core/parallel.h"
#include "engine/study/job_runner.h"
#include "engine/study/study_result.h"

#include <QObject>

#include <memory>
#include <vector>

namespace convscope {

/// Scores of one window of the clip.
struct ScanWindow {
  int start = 0;                      ///< first frame in the source, counted from 0
  std::vector<double> probabilities;  ///< by class; empty: not yet, or not to be had
  bool tried = false;
};

/// Header and lines of CSV: start (first frame of the window in the source, counted from 0), class,
/// probability; every class of every window that has scores.
[[nodiscard]] std::string windowsCsv(const NetworkResult& network, const std::vector<ScanWindow>& windows);

/// Slides a network's window over the whole clip in the background, window after window, see windowStarts().
/// A video is decoded in one pass. Holds still while it is told to; goes on where it was. GUI thread only.
class NetworkScan : public QObject {
  Q_OBJECT

 public:
  explicit NetworkScan(QObject* parent = nullptr);
  ~NetworkScan() override;

  /// Scans with the network, preprocessing and clip of this result from now on; the same as before: goes on.
  void start(const std::shared_ptr<const StudyResult>& holder);
  /// Stops at once; start() goes on.
  void pause();
  /// Stops, and lets everything go: start() reads the clip anew.
  void forget();
  [[nodiscard]] const std::vector<ScanWindow>& windows() const { return m_windows; }
  [[nodiscard]] int frames() const { return m_frames; }  ///< of the source that the windows cover
  [[nodiscard]] bool busy() const { return m_busy; }
  [[nodiscard]] double progress() const;
  /// Blocks until every window has been tried. For tests.
  void finish();

 Q_SIGNALS:
  void changed();

 private:
  void next();

  std::shared_ptr<const StudyResult> m_holder;
  std::shared_ptr<RangeReader> m_reader;  ///< touched by jobs alone, which follow each other
  std::vector<ScanWindow> m_windows;
  int m_frames = 0;
  bool m_busy = false;
  quint64 m_ticket = 0;
  ThreadPool m_pool{0, true};
  JobRunner m_runner;  // owns threads: last
};

}  // namespace convscope
