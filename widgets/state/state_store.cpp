#include "widgets/state/state_store.h"

#include <algorithm>
#include <utility>

namespace convscope {

namespace {
constexpr std::size_t kHistoryLength = 200;
constexpr std::size_t kHistoryWeights = 32'000'000;  // of all steps together: 128 MB
constexpr qint64 kMergeMs = 800;                     // edits of one drag belong together

/// What a state holds that is large.
std::size_t weightsOf(const AppState& state) {
  std::size_t sum = 0;
  for (const StudySpec& column : state.columns) {
    if (const auto* kernel = std::get_if<KernelStudy>(&column))
      for (const Filter& filter : kernel->bank) sum += filter.weights.size();
  }
  return sum;
}

}  // namespace

StateStore::StateStore(AppState initial, QObject* parent) : QObject(parent), m_state(std::move(initial)) {}

void StateStore::edit(const StateEdit& edit) {
  AppState next = m_state;
  edit.apply(next);
  next = reconciled(std::move(next), m_state);
  if (next == m_state) return;
  if (edit.undoable) {
    const bool merges = !m_past.empty() && m_past.back().label == edit.label && m_sinceEdit.isValid() &&
                        m_sinceEdit.elapsed() < kMergeMs;
    if (!merges) remember({edit.label, m_state, {}, {}});
    m_past.back().own |= passingChanges(m_state, next);
    m_future.clear();
    m_sinceEdit.start();
  }
  take(std::move(next));
  if (edit.undoable) Q_EMIT historyChanged();
}

void StateStore::replace(AppState state, const QString& label, const QString& file) {
  state = reconciled(state, state);
  if (state == m_state) return;
  Q_EMIT replacing();
  remember({label, m_state, PassingParts().set(), m_file});
  m_file = file;
  m_future.clear();
  m_sinceEdit.invalidate();
  take(std::move(state));
  Q_EMIT historyChanged();
}

void StateStore::remember(Step step) {
  m_past.push_back(std::move(step));
  std::size_t weights = 0;
  std::size_t kept = 0;  // from the newest back, that one in any case
  while (kept < std::min(m_past.size(), kHistoryLength)) {
    weights += weightsOf(m_past[m_past.size() - 1 - kept].state);
    if (kept > 0 && weights > kHistoryWeights) break;
    ++kept;
  }
  m_past.erase(m_past.begin(), m_past.end() - static_cast<std::ptrdiff_t>(kept));
}

AppState StateStore::restored(const Step& remembered) const {
  // what is kept is clamped to what was remembered
  return reconciled(withPassing(remembered.state, m_state, remembered.own), remembered.state);
}

StateStore::Step StateStore::mirrored(const Step& step) const {
  return {step.label, m_state, step.own, step.file ? std::optional(m_file) : std::nullopt};
}

void StateStore::undo() {
  if (m_past.empty()) return;
  const Step step = std::move(m_past.back());
  m_past.pop_back();
  m_future.push_back(mirrored(step));
  if (step.file) m_file = *step.file;
  m_sinceEdit.invalidate();
  take(restored(step));
  Q_EMIT historyChanged();
}

void StateStore::redo() {
  if (m_future.empty()) return;
  const Step step = std::move(m_future.back());
  m_future.pop_back();
  m_past.push_back(mirrored(step));
  if (step.file) m_file = *step.file;
  m_sinceEdit.invalidate();
  take(restored(step));
  Q_EMIT historyChanged();
}

void StateStore::take(AppState next) {
  const AppState before = std::exchange(m_state, std::move(next));
  if (before.columns != m_state.columns || before.scores != m_state.scores) Q_EMIT studyChanged();
  if (before.look != m_state.look) Q_EMIT lookChanged();
  if (before.playback != m_state.playback) Q_EMIT playbackChanged();
  Q_EMIT changed();
}

}  // namespace convscope
