#include "widgets/state/readout_scan.h"

namespace convscope {

namespace {

ReadoutSpec withKernel(ReadoutSpec base, const Triple& kernel) {
  const Triple from = base.kernel;
  base.kernel = kernel;
  for (Filter& filter : base.own) filter = fitted(filter, from, 1, kernel, 1);
  return base;
}

}  // namespace

ReadoutScan::ReadoutScan(StudyController& scores, QObject* parent)
    : QObject(parent), m_scores(scores), m_controller(scores, StudyController::kBackground) {
  connect(&m_controller, &StudyController::resultChanged, this, &ReadoutScan::next);
  connect(&m_controller, &StudyController::statusChanged, this, [this] {
    if (m_controller.problem().isEmpty() || m_controller.busy()) return;
    if (ScanPoint* point = missing()) point->obstacle = m_controller.problem();
    next();
  });
  connect(&m_scores, &StudyController::statusChanged, this, [this] {
    if (!m_scores.busy()) next();
  });
}

void ReadoutScan::start(const ReadoutSpec& base) {
  if (m_base && *m_base == base) return;
  m_base = base;
  m_alongTime.clear();
  m_alongSpace.clear();
  for (int extent = 1; extent <= kLongest; ++extent) {
    m_alongTime.push_back({{extent, base.kernel.y, base.kernel.x}, nullptr, {}});
    m_alongSpace.push_back({{base.kernel.t, extent, extent}, nullptr, {}});
  }
  next();
}

void ReadoutScan::stop() {
  if (!m_base) return;
  m_base.reset();
  m_alongTime.clear();
  m_alongSpace.clear();  // the one being trained is kept when it is done
}

ScanPoint* ReadoutScan::missing() {
  for (auto* points : {&m_alongTime, &m_alongSpace}) {
    for (ScanPoint& point : *points) {
      if (!point.readout && point.obstacle.isEmpty()) return &point;
    }
  }
  return nullptr;
}

void ReadoutScan::takeKept() {
  for (auto* points : {&m_alongTime, &m_alongSpace}) {
    for (ScanPoint& point : *points) {
      if (!point.readout) point.readout = keptReadout(withKernel(*m_base, point.kernel));
    }
  }
}

void ReadoutScan::next() {
  if (!m_base) return;
  takeKept();
  const ScanPoint* point = missing();
  if (point != nullptr && !m_scores.busy()) {
    const StudySpec spec = ReadoutStudy{std::nullopt, withKernel(*m_base, point->kernel)};
    m_controller.setSpec(spec, 0);
    // the same as before, where the scores pushed it out of the lane
    if (!m_controller.busy()) m_controller.resubmit();
  }
  Q_EMIT changed();
}

void ReadoutScan::finish() {
  while (m_base && missing() != nullptr) {
    m_scores.finish();
    const ScanPoint* before = missing();
    m_controller.finish();
    if (missing() == before) break;  // stopped from outside: nobody would ever come
  }
}

}  // namespace convscope
