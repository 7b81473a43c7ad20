#pragma once

#include "engine/study/job_runner.h"
#include "widgets/state/session_file.h"

#include <QObject>
#include <QString>

#include <memory>

namespace convscope {

/// Reads sessions beside the GUI thread: one that holds millions of weights takes seconds. What was asked for
/// last is told, what is asked for meanwhile takes its place. GUI thread only; signals arrive there.
class SessionReader : public QObject {
  Q_OBJECT

 public:
  explicit SessionReader(QObject* parent = nullptr);
  ~SessionReader() override;

  void read(const QString& path);
  [[nodiscard]] bool busy() const { return m_busy; }
  /// Blocks until what was asked for has been told. For screenshots and tests.
  void finish();

 Q_SIGNALS:
  /// `session` is what readSession() gave; never null.
  void done(const QString& path, const std::shared_ptr<convscope::Result<convscope::OpenedSession>>& session);

 private:
  quint64 m_ticket = 0;  ///< of what was asked for last
  bool m_busy = false;
  std::unique_ptr<JobRunner> m_runner;  // once there was something to read; owns threads: last
};

}  // namespace convscope
