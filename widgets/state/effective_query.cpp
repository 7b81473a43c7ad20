#include "widgets/state/effective_query.h"

#include "engine/core/caught.h"

#include <QCoreApplication>
#include <QEvent>

#include <atomic>

namespace convscope {

EffectiveQuery::EffectiveQuery(QObject* parent) : QObject(parent), m_pool(0, true) {
  m_quiet.setSingleShot(true);
  m_quiet.setInterval(kQuietMs);
  connect(&m_quiet, &QTimer::timeout, this, &EffectiveQuery::start);
}

EffectiveQuery::~EffectiveQuery() {
  m_runner.cancel(Lane::Background);
  m_runner.waitIdle();
}

void EffectiveQuery::ask(const std::shared_ptr<const StudyResult>& holder, int row, const Triple& unit) {
  if (holder == m_holder && row == m_row && unit == m_unit) return;
  m_runner.cancel(Lane::Background);
  m_holder = holder;
  m_row = row;
  m_unit = unit;
  ++m_ticket;
  m_field.reset();
  m_problem.clear();
  m_progress = 0;
  m_busy = true;
  m_quiet.start();
}

void EffectiveQuery::drop() {
  if (!m_holder) return;
  m_quiet.stop();
  m_runner.cancel(Lane::Background);
  m_holder.reset();
  ++m_ticket;
  m_field.reset();
  m_problem.clear();
  m_busy = false;
}

void EffectiveQuery::stop() {
  if (!m_busy) return;
  m_quiet.stop();
  m_runner.cancel(Lane::Background);
  ++m_ticket;
  m_busy = false;
  m_problem = tr("Stopped. Another unit begins anew.");
  Q_EMIT changed();
}

void EffectiveQuery::start() {
  const quint64 ticket = m_ticket;
  m_runner.submit(Lane::Background, [this, ticket, holder = m_holder, row = m_row,
                                     unit = m_unit](const JobContext& job) {
    std::atomic<int> percent = -1;
    const auto progress = [this, ticket, &percent](double share) {
      const int now = static_cast<int>(20 * share);  // every twentieth part is worth a picture
      if (percent.exchange(now, std::memory_order_relaxed) == now) return;
      QMetaObject::invokeMethod(
          this,
          [this, ticket, share] {
            if (ticket != m_ticket || !m_busy) return;
            m_progress = share;
            Q_EMIT changed();
          },
          Qt::QueuedConnection);
    };
    const auto& result = std::get<StackResult>(*holder);
    const ComputeContext context{m_pool, job.stop, job.yield, progress};
    auto outcome = caught([&] {
      return effectiveField(result.table, row, unit, result.clip->pixels, result.spec.run, kRuns, context);
    });
    QMetaObject::invokeMethod(
        this, [this, ticket, outcome = std::move(outcome)]() mutable { deliver(ticket, std::move(outcome)); },
        Qt::QueuedConnection);
  });
}

void EffectiveQuery::deliver(quint64 ticket, Result<EffectiveField> outcome) {
  if (ticket != m_ticket) return;
  m_busy = false;
  if (outcome) {
    m_field = std::make_shared<const EffectiveField>(std::move(*outcome));
  } else if (outcome.error().code != ErrorCode::Stopped) {
    m_problem = QString::fromStdString(outcome.error().message);
  }
  Q_EMIT changed();
}

void EffectiveQuery::finish() {
  if (m_quiet.isActive()) {
    m_quiet.stop();
    start();
  }
  m_runner.waitIdle();
  QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

}  // namespace convscope
