#include "widgets/state/shift_queries.h"

#include "engine/clip/clip_edit.h"
#include "engine/core/caught.h"

#include <QCoreApplication>
#include <QEvent>

#include <utility>

namespace convscope {

namespace {

const NetworkResult& resultOf(const std::shared_ptr<const StudyResult>& holder) {
  return std::get<NetworkResult>(*holder);
}

/// The clip but for its shifts, and the network.
bool sameBase(const NetworkResult& one, const NetworkResult& other) {
  NetworkStudy left = one.spec, right = other.spec;
  withoutShifts(left.edits);
  withoutShifts(right.edits);
  return one.network == other.network && one.preprocess == other.preprocess && left == right;
}

}  // namespace

ShiftQueries::ShiftQueries(QObject* parent) : QObject(parent) {}
ShiftQueries::~ShiftQueries() {
  m_runner.cancel(Lane::Background);
  m_runner.waitIdle();
}

void ShiftQueries::start(const std::shared_ptr<const StudyResult>& holder, int row, Axis axis) {
  const NetworkResult& result = resultOf(holder);
  const bool other = !m_holder || !sameBase(result, resultOf(m_holder));
  if (other || m_answer == nullptr || m_answer->row != row || m_answer->axis != axis) {
    pause();
    if (other) m_base.reset();
    m_holder = holder;
    auto fresh = std::make_shared<ShiftAnswer>();
    fresh->axis = axis;
    fresh->row = row;
    fresh->layer = QString::fromStdString(result.groups[static_cast<std::size_t>(result.groupOf(row))].name);
    m_answer = std::move(fresh);
    Q_EMIT changed();
  }
  if (!m_busy) next();
}

void ShiftQueries::pause() {
  ++m_ticket;
  m_runner.cancel(Lane::Background);
  if (!std::exchange(m_busy, false)) return;
  Q_EMIT changed();
}

void ShiftQueries::forget() {
  pause();
  m_holder.reset();
  m_base.reset();
  m_answer.reset();
}

void ShiftQueries::take(ShiftAnswer answer, std::shared_ptr<const ShiftBase> base) {
  m_base = std::move(base);
  m_answer = std::make_shared<const ShiftAnswer>(std::move(answer));
  m_busy = false;
  Q_EMIT changed();
  next();
}

void ShiftQueries::next() {
  const bool open = m_answer->problem.isEmpty() && m_answer->curves.size() < kShiftVariants.size();
  if (open != m_busy) {
    m_busy = open;
    Q_EMIT changed();
  }
  if (!open) return;
  m_runner.submit(Lane::Background, [this, holder = m_holder, base = m_base, answer = *m_answer,
                                     ticket = m_ticket](const JobContext& job) mutable {
    const ComputeContext context{m_pool, job.stop, job.yield, {}};
    const NetworkResult& network = resultOf(holder);
    if (base == nullptr) {
      auto made = caught([&] { return shiftBase(network, context); });
      if (!made && made.error().code == ErrorCode::Stopped) return;
      if (made)
        base = std::make_shared<const ShiftBase>(std::move(*made));
      else
        answer.problem = QString::fromStdString(made.error().message);
    }
    if (base != nullptr) {
      answer.label = QString::fromStdString(network.labelOf(base->index));
      auto curve = caught([&] {
        return shiftCurve(network, *base, answer.row, answer.axis, answer.curves.size(), kReach, context);
      });
      if (!curve && curve.error().code == ErrorCode::Stopped) return;
      if (curve)
        answer.curves.push_back(std::move(*curve));
      else
        answer.problem = QString::fromStdString(curve.error().message);
    }
    QMetaObject::invokeMethod(
        this,
        [this, ticket, answer = std::move(answer), base = std::move(base)]() mutable {
          if (ticket == m_ticket) take(std::move(answer), std::move(base));
        },
        Qt::QueuedConnection);
  });
}

double ShiftQueries::progress() const {
  return m_answer == nullptr
             ? 0
             : static_cast<double>(m_answer->curves.size()) / static_cast<double>(kShiftVariants.size());
}

void ShiftQueries::finish() {
  while (m_busy) {
    m_runner.waitIdle();
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
  }
}

}  // namespace convscope
