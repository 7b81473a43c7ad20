#include "widgets/state/study_controller.h"

#include <QCoreApplication>
#include <QEvent>

#include <atomic>
#include <cmath>
#include <utility>

namespace convscope {

StudyController::StudyController(QObject* parent) : StudyController(&compute, Policy{}, parent) {}

StudyController::StudyController(Compute compute, Policy policy, QObject* parent)
    : StudyController(std::move(compute), policy, std::make_shared<StudyCache>(),
                      std::make_shared<JobRunner>(), parent) {}

StudyController::StudyController(StudyController& other, Policy policy, QObject* parent)
    : StudyController(other.m_compute, policy, other.m_cache, other.m_runner, parent) {}

StudyController::StudyController(Compute compute, Policy policy, std::shared_ptr<StudyCache> cache,
                                 std::shared_ptr<JobRunner> runner, QObject* parent)
    : QObject(parent),
      m_compute(std::move(compute)),
      m_policy(policy),
      m_fullDelay(policy.fullDelayMs),
      m_cache(std::move(cache)),
      m_runner(std::move(runner)) {
  const auto poolOf = [this](Lane lane) -> auto& {
    return m_pools[static_cast<std::size_t>(lane)];
  };
  if (policy.previews) poolOf(Lane::Preview) = std::make_unique<ThreadPool>();
  poolOf(policy.lane) = std::make_unique<ThreadPool>(0, policy.lane == Lane::Background);
  connect(&m_fullDelay, &QuietTimer::passed, this, &StudyController::startFull);
}

StudyController::~StudyController() {
  // The runner may go on for others: no job of this one may be left in it.
  for (const Lane lane : {Lane::Preview, m_policy.lane}) {
    if (lane == Lane::Preview && !m_policy.previews) continue;
    m_runner->cancel(lane);
    m_runner->waitIdle(lane);
  }
}

void StudyController::setSpec(const StudySpec& spec, int chosenFilter) {
  m_filter = chosenFilter;
  if (m_spec && *m_spec == spec) return;
  m_spec = spec;
  m_stopped = false;
  ++m_ticket;
  if (!m_policy.previews) {
    setStatus(m_problem, m_result != nullptr, true);
    m_policy.fullDelayMs > 0 ? m_fullDelay.restart() : startFull();
    return;
  }
  const double expected = expectedMs(spec, *m_cache);
  m_answering = std::isfinite(expected);
  if (expected < m_policy.immediateMs) {
    m_fullDelay.stop();
    m_runner->cancel(m_policy.lane);
    submit(Lane::Preview, {});
    setStatus(m_problem, m_result != nullptr, false);
    return;
  }
  // A file that must be read first cannot be previewed; reading is done by the stoppable lane, which tells of
  // a network's layers as soon as it knows them.
  if (std::isfinite(expected)) submit(Lane::Preview, {.preview = true, .filter = chosenFilter});
  m_fullDelay.restart();
  setStatus(m_problem, m_result != nullptr, true);
}

void StudyController::startFull() {
  submit(m_policy.lane, {});
  m_progress = 0;
  setStatus(m_problem, m_stale, true);
}

void StudyController::submit(Lane lane, const ComputeScope& scope) {
  const quint64 ticket = m_ticket;
  ThreadPool* pool = m_pools[static_cast<std::size_t>(lane)].get();
  const auto post = [this, ticket, lane](bool preview, Outcome outcome) {
    QMetaObject::invokeMethod(
        this,
        [this, ticket, lane, preview, outcome = std::move(outcome)]() mutable {
          deliver(ticket, lane, preview, std::move(outcome));
        },
        Qt::QueuedConnection);
  };
  const auto answer = [post, preview = scope.preview](Outcome outcome) { post(preview, std::move(outcome)); };
  const bool outlines = m_policy.previews && lane == m_policy.lane;
  const auto dropped = [answer] { answer(fail(ErrorCode::Stopped, "Another request came first.")); };
  const auto work = [this, ticket, post, answer, outlines, scope, pool, spec = *m_spec, calculate = m_compute,
                     cache = m_cache](const JobContext& job) {
    // Told by every slab, on any thread; only whole percents are worth an event.
    std::atomic<int> percent = -1;
    const auto progress = [this, ticket, &percent](double share) {
      const int now = static_cast<int>(100 * share);
      if (percent.exchange(now, std::memory_order_relaxed) == now) return;
      QMetaObject::invokeMethod(
          this,
          [this, ticket, share] {
            if (ticket != m_ticket || !m_busy || share - m_progress < 0.01) return;
            m_progress = share;
            Q_EMIT statusChanged();
          },
          Qt::QueuedConnection);
    };
    ComputeScope told = scope;
    if (outlines) {
      told.outlined = [post](const std::shared_ptr<const StudyResult>& outline) { post(true, outline); };
    }
    answer(calculate(spec, told, *cache, ComputeContext{*pool, job.stop, job.yield, progress}));
  };
  m_runner->submit(lane, work, dropped);
}

void StudyController::deliver(quint64 ticket, Lane lane, bool preview, Outcome outcome) {
  const bool newest = ticket == m_ticket;
  if (newest) m_answering = false;
  if (!outcome) {
    if (newest && m_stopped) return;  // said already
    if (!newest || outcome.error().code == ErrorCode::Stopped) {
      if (newest) setStatus(m_problem, m_stale, false);
      return;
    }
    m_fullDelay.stop();
    m_runner->cancel(m_policy.lane);
    setStatus({QString::fromStdString(outcome.error().message), outcome.error().place}, m_result != nullptr,
              false);
    return;
  }
  // A preview of an older spec is still shown while dragging (else nothing would move), but never after a
  // newer one.
  if (ticket < m_shownTicket) return;
  if (ticket == m_shownTicket && preview && !m_shownPreview) return;
  m_result = std::move(*outcome);
  m_shownTicket = ticket;
  m_shownPreview = preview;
  if (newest && lane == m_policy.lane && !preview) m_progress = 1;
  // everything is in place before anyone is told: who hears of the result may ask whether it is stale
  // A preview that was under way when the user said stop is shown, but nothing further comes.
  const bool stopped = newest && m_stopped && preview;
  if (newest && !preview) m_stopped = false;  // it was done when the user said stop
  const bool newStatus = assignStatus(newest && !stopped ? Problem() : m_problem, !newest || stopped,
                                      newest ? preview && !stopped : m_busy);
  Q_EMIT resultChanged();
  if (newStatus) Q_EMIT statusChanged();
}

void StudyController::stop() {
  if (!m_busy) return;
  m_fullDelay.stop();
  m_runner->cancel(m_policy.lane);
  m_stopped = true;
  setStatus({tr("Stopped. F5 computes it again.")}, m_stale, false);
}

void StudyController::computeAgain() {
  m_cache->forgetClip();
  resubmit();
}

void StudyController::resubmit() {
  if (!m_spec) return;
  const StudySpec spec = *std::exchange(m_spec, std::nullopt);
  if (m_stopped) setStatus({}, m_stale, m_busy);
  setSpec(spec, m_filter);
}

void StudyController::takeDelivered() {
  QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

void StudyController::finish() {
  if (m_fullDelay.isActive()) {
    m_fullDelay.stop();
    startFull();
  }
  m_runner->waitIdle();
  takeDelivered();
}

bool StudyController::assignStatus(const Problem& problem, bool stale, bool busy) {
  if (problem == m_problem && stale == m_stale && busy == m_busy) return false;
  m_problem = problem;
  m_stale = stale;
  m_busy = busy;
  return true;
}

void StudyController::setStatus(const Problem& problem, bool stale, bool busy) {
  if (assignStatus(problem, stale, busy)) Q_EMIT statusChanged();
}

}  // namespace convscope
