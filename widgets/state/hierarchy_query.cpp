#include "widgets/state/hierarchy_query.h"

#include "engine/core/caught.h"

#include <QCoreApplication>
#include <QEvent>

#include <utility>

namespace convscope {

HierarchyQuery::HierarchyQuery(QObject* parent) : QObject(parent) {}
HierarchyQuery::~HierarchyQuery() {
  m_runner.cancel(Lane::Background);
  m_runner.waitIdle();
}

void HierarchyQuery::ask(const HierarchySpec& spec) {
  if (m_asked == spec) return;
  pause();
  m_asked = spec;
  m_busy = true;
  m_problem.clear();
  *m_progress = 0;
  m_runner.submit(
      Lane::Background, [this, spec, ticket = m_ticket, progress = m_progress](const JobContext& job) {
        auto made = caught([&] {
          return hierarchyOf(spec,
                             {m_pool, job.stop, job.yield, [progress](double share) { *progress = share; }});
        });
        if (!made && made.error().code == ErrorCode::Stopped) return;
        std::shared_ptr<const Hierarchy> answer;
        QString problem;
        if (made)
          answer = std::make_shared<const Hierarchy>(std::move(*made));
        else
          problem = QString::fromStdString(made.error().message);
        QMetaObject::invokeMethod(
            this,
            [this, ticket, answer = std::move(answer), problem = std::move(problem)] {
              if (ticket != m_ticket) return;
              m_busy = false;
              m_problem = problem;
              if (answer) m_answer = answer;
              Q_EMIT changed();
            },
            Qt::QueuedConnection);
      });
  Q_EMIT changed();
}

void HierarchyQuery::pause() {
  ++m_ticket;
  m_runner.cancel(Lane::Background);
  if (!std::exchange(m_busy, false)) return;
  m_asked.reset();  // was not answered: the same question counts anew
  Q_EMIT changed();
}

void HierarchyQuery::finish() {
  while (m_busy) {
    m_runner.waitIdle();
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
  }
}

}  // namespace convscope
