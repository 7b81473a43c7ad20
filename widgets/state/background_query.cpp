#include "widgets/state/background_query.h"

#include "engine/core/caught.h"

#include <QCoreApplication>
#include <QEvent>

#include <atomic>

namespace convscope {

BackgroundQuery::BackgroundQuery(QObject* parent) : QObject(parent), m_pool(0, true) {
  m_quiet.setSingleShot(true);
  m_quiet.setInterval(kQuietMs);
  connect(&m_quiet, &QTimer::timeout, this, &BackgroundQuery::start);
}

BackgroundQuery::~BackgroundQuery() {
  m_runner.cancel(Lane::Background);
  m_runner.waitIdle();
}

void BackgroundQuery::begin(Work work) {
  m_runner.cancel(Lane::Background);
  m_work = std::move(work);
  ++m_ticket;
  m_answer.reset();
  m_problem.clear();
  m_progress = 0;
  m_busy = true;
  m_quiet.start();
}

void BackgroundQuery::letGo() {
  m_quiet.stop();
  m_runner.cancel(Lane::Background);
  m_work = {};
  ++m_ticket;
  m_answer.reset();
  m_problem.clear();
  m_busy = false;
}

void BackgroundQuery::stop() {
  if (!m_busy) return;
  m_quiet.stop();
  m_runner.cancel(Lane::Background);
  ++m_ticket;
  m_busy = false;
  m_problem = stoppedText();
  Q_EMIT changed();
}

void BackgroundQuery::start() {
  m_runner.submit(Lane::Background, [this, ticket = m_ticket, work = m_work](const JobContext& job) {
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
    auto outcome = caught([&] { return work({m_pool, job.stop, job.yield, progress}); });
    QMetaObject::invokeMethod(
        this, [this, ticket, outcome = std::move(outcome)]() mutable { deliver(ticket, std::move(outcome)); },
        Qt::QueuedConnection);
  });
}

void BackgroundQuery::deliver(quint64 ticket, Result<Answer> outcome) {
  if (ticket != m_ticket) return;
  m_busy = false;
  if (outcome) {
    m_answer = std::move(*outcome);
  } else if (outcome.error().code != ErrorCode::Stopped) {
    m_problem = QString::fromStdString(outcome.error().message);
  }
  Q_EMIT changed();
}

void BackgroundQuery::finish() {
  if (m_quiet.isActive()) {
    m_quiet.stop();
    start();
  }
  m_runner.waitIdle();
  QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

}  // namespace convscope
