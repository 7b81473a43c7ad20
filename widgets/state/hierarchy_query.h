#pragma once

#include "engine/core/parallel.h"
#include "engine/study/hierarchy.h"
#include "engine/study/job_runner.h"

#include <QObject>
#include <QString>

#include <atomic>
#include <memory>
#include <optional>

namespace convscope {

/// Works out a Hierarchy in the background; the newest question is answered. GUI thread only.
class HierarchyQuery : public QObject {
  Q_OBJECT

 public:
  explicit HierarchyQuery(QObject* parent = nullptr);
  ~HierarchyQuery() override;

  /// The same as before: goes on.
  void ask(const HierarchySpec& spec);
  void pause();
  /// Of the question before, until the newest is answered; null before the first.
  [[nodiscard]] const std::shared_ptr<const Hierarchy>& answer() const { return m_answer; }
  [[nodiscard]] const QString& problem() const { return m_problem; }
  [[nodiscard]] bool busy() const { return m_busy; }
  [[nodiscard]] double progress() const { return m_progress->load(); }
  /// Blocks until it is answered. For screenshots and tests.
  void finish();

 Q_SIGNALS:
  void changed();

 private:
  std::optional<HierarchySpec> m_asked;
  std::shared_ptr<const Hierarchy> m_answer;
  QString m_problem;
  bool m_busy = false;
  quint64 m_ticket = 0;
  std::shared_ptr<std::atomic<double>> m_progress = std::make_shared<std::atomic<double>>(0);
  ThreadPool m_pool{0, true};
  JobRunner m_runner;  // owns threads: last
};

}  // namespace convscope
