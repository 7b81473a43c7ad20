#include "widgets/lesson/lesson_player.h"

#include "engine/core/caught.h"
#include "widgets/lesson/lesson_state.h"

#include <QCoreApplication>

#include <algorithm>
#include <utility>

namespace convscope {

namespace {

constexpr int kGoalDelayMs = 60;  // one drag asks once

/// Without what a step does not set: how it looks, where the kernel has got to and whether it slides.
AppState settingsOf(AppState state) {
  state.look = {};
  state.lesson = {};
  state.playback.playing = false;
  state.playback.speed = 1;
  state.playback.loop = true;
  state.selection.voxel = {0, 0, 0};
  return state;
}

/// What a job hands back.
struct Measured {
  std::optional<StepFacts> facts;
  std::optional<bool> goal;
};

}  // namespace

LessonPlayer::LessonPlayer(StateStore& store, QObject* parent)
    : QObject(parent),
      m_store(store),
      m_cache(std::make_shared<StudyCache>()),
      m_pool(std::make_unique<ThreadPool>(1, true)),
      m_runner(std::make_unique<JobRunner>()) {
  m_goalTimer.setSingleShot(true);
  m_goalTimer.setInterval(kGoalDelayMs);
  connect(&m_goalTimer, &QTimer::timeout, this, &LessonPlayer::measure);
  connect(&m_store, &StateStore::changed, this, &LessonPlayer::follow);
}

LessonPlayer::~LessonPlayer() = default;

bool LessonPlayer::open(Lesson lesson, int step) {
  if (m_lesson && m_leaveLesson && !m_leaveLesson()) return false;
  take(std::move(lesson), true);
  enterStep(step);
  return true;
}

void LessonPlayer::take(Lesson lesson, bool another) {
  m_lesson = std::move(lesson);
  m_unsaved = !another;
  if (another) {
    ++m_opening;
    m_names.clear();
  }
  for (const std::string& name : {m_lesson->id, m_lesson->path}) {
    if (!name.empty() && std::ranges::find(m_names, name) == m_names.end()) m_names.push_back(name);
  }
}

bool LessonPlayer::isCalled(const std::string& name) const {
  return isOpen() && std::ranges::find(m_names, name) != m_names.end();
}

void LessonPlayer::setUnsaved(bool unsaved) {
  if (std::exchange(m_unsaved, unsaved) != unsaved) Q_EMIT changed();
}

void LessonPlayer::replaceLesson(Lesson lesson, int step) {
  const bool same = isOpen() && step == m_step;
  take(std::move(lesson), false);
  if (!same || step >= count()) return enterStep(step);
  ++m_ticket;
  m_known = false;
  measure();
  Q_EMIT changed();
}

void LessonPlayer::close() {
  if (m_lesson && (!m_leaveLesson || m_leaveLesson())) drop();
}

void LessonPlayer::drop() {
  if (!m_lesson) return;
  m_lesson.reset();
  m_unsaved = false;
  ++m_ticket;
  m_goalTimer.stop();
  m_store.edit({tr("Close the lesson"), [](AppState& state) { state.lesson = {}; }, false});
  Q_EMIT changed();
}

void LessonPlayer::adopt(Lesson lesson, int step) {
  take(std::move(lesson), true);
  stand(step);
}

/// At a step whose state is there already.
void LessonPlayer::stand(int step) {
  begin(step);
  m_problem.clear();
  if (auto state = stepState(*m_lesson, m_step, false, m_store.state().look, m_clip))
    m_set = std::move(*state);
  measure();
  Q_EMIT changed();
}

void LessonPlayer::goTo(int step) {
  if (!m_lesson || (m_leaveStep && !m_leaveStep())) return;
  enterStep(step);
}

void LessonPlayer::enterStep(int step) {
  begin(step);
  set(false, QString::fromStdString(current().title));
  measure();
  Q_EMIT changed();
}

/// Nothing was said or found out of the step yet.
void LessonPlayer::begin(int step) {
  m_step = std::clamp(step, 0, std::max(0, count() - 1));
  m_told = false;
  m_chosen.reset();
  m_entered.reset();
  m_facts = {};
  m_known = false;
  m_goalReached = false;
  int& seen = m_seen[m_lesson->id];
  seen = std::max(seen, m_step + 1);
  m_wasMoved = false;
  ++m_ticket;
}

void LessonPlayer::set(bool told, const QString& label) {
  auto state = stepState(*m_lesson, m_step, told, m_store.state().look, m_clip);
  m_problem.clear();
  if (!state) {
    m_problem = QString::fromStdString(state.error().message);
    return;
  }
  m_set = *state;
  m_lastIndex = -1;
  m_store.replace(std::move(*state), label);
}

void LessonPlayer::next() {
  if (!m_lesson) return;
  if (asking()) return tell();
  if (m_step + 1 < count()) goTo(m_step + 1);
}

void LessonPlayer::previous() {
  if (m_lesson && m_step > 0) goTo(m_step - 1);
}

void LessonPlayer::back() {
  if (!m_lesson) return;
  set(m_told, tr("Back to the step"));
  Q_EMIT changed();
}

void LessonPlayer::choose(int index) {
  if (!asking() || index < 0 || index >= static_cast<int>(current().question->choices.size())) return;
  m_chosen = index;
  Q_EMIT changed();
}

void LessonPlayer::enter(double number) {
  if (!asking()) return;
  m_entered = number;
  Q_EMIT changed();
}

void LessonPlayer::tell() {
  if (!asking()) return;
  m_told = true;
  set(true, tr("Answer"));
  Q_EMIT changed();
}

void LessonPlayer::solve() {
  if (!isOpen() || !current().goal) return;
  auto solved = withSettings(m_store.state(), current().goal->solution, m_lesson->id);
  if (!solved) {
    m_problem = QString::fromStdString(solved.error().message);
    Q_EMIT changed();
    return;
  }
  m_store.replace(std::move(*solved), tr("Solution"));
}

std::optional<bool> LessonPlayer::right() const {
  if (!isOpen() || !m_known || !current().question) return std::nullopt;
  if (m_chosen) return m_facts.right ? std::optional(*m_facts.right == *m_chosen) : std::nullopt;
  if (m_entered) return answers(*current().question, m_facts, *m_entered);
  return std::nullopt;
}

bool LessonPlayer::moved() const {
  return isOpen() && m_problem.isEmpty() && !(settingsOf(m_store.state()) == settingsOf(m_set));
}

int LessonPlayer::seen(const std::string& id) const {
  const auto found = m_seen.find(id);
  return found == m_seen.end() ? 0 : found->second;
}

void LessonPlayer::follow() {
  if (!m_lesson) return;
  pauseAtBreak();
  const LessonPosition& position = m_store.state().lesson;
  if (isCalled(position.file) && position.step != m_step && position.step < count())
    return stand(position.step);
  if (m_store.state().playback.playing) return;
  if (current().goal) m_goalTimer.start();
  if (std::exchange(m_wasMoved, moved()) != m_wasMoved) Q_EMIT changed();
}

/// Facts of the step, once, and whether its goal is reached by now.
void LessonPlayer::measure() {
  if (!m_lesson || (m_known && !current().goal) || !m_problem.isEmpty()) return;
  const Look& keep = m_store.state().look;
  auto told = stepState(*m_lesson, m_step, true, keep, m_clip);
  auto open = stepState(*m_lesson, m_step, false, keep, m_clip);
  if (!told || !open) {
    m_problem = QString::fromStdString(told ? open.error().message : told.error().message);
    return;
  }
  const quint64 ticket = m_ticket;
  const auto deliver = [this, ticket](Measured measured) {
    if (ticket != m_ticket) return;
    if (measured.facts) {
      m_facts = std::move(*measured.facts);
      m_known = true;
    }
    if (measured.goal) m_goalReached = m_goalReached || *measured.goal;
    Q_EMIT changed();
  };
  m_runner->submit(Lane::Background, [=, this, step = current(), wanted = !m_known, now = m_store.state(),
                                      told = std::move(*told), open = std::move(*open), cache = m_cache,
                                      pool = m_pool.get()](const JobContext& job) {
    const ComputeContext context{*pool, job.stop, job.yield};
    Measured measured;
    if (wanted) {
      auto facts = caught([&] { return factsOf(step, told, open, *cache, context); });
      if (!facts && facts.error().code == ErrorCode::Stopped) return;
      if (facts) {
        measured.facts = std::move(*facts);
      } else {
        measured.facts.emplace();
        measured.facts->problem = facts.error().message;
      }
    }
    if (step.goal) {
      const auto reached =
          caught([&] { return convscope::goalReached(*step.goal, now, open, *cache, context); });
      if (reached) measured.goal = *reached;  // what cannot be computed has not reached it
    }
    QMetaObject::invokeMethod(
        this, [deliver, measured = std::move(measured)]() mutable { deliver(std::move(measured)); },
        Qt::QueuedConnection);
  });
}

void LessonPlayer::finish() {
  if (m_goalTimer.isActive()) {
    m_goalTimer.stop();
    measure();
  }
  m_runner->waitIdle();
  QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

std::optional<std::int64_t> LessonPlayer::indexOf(const Triple& voxel) const {
  if (m_output.product() <= 0 || voxel == kStrongest) return std::nullopt;
  return (std::int64_t{voxel.t} * m_output.y + voxel.y) * m_output.x + voxel.x;
}

/// The kernel slides several places at a time where it is fast: it stops at the first break that it passed.
void LessonPlayer::pauseAtBreak() {
  const AppState& state = m_store.state();
  const auto now = indexOf(state.selection.voxel);
  const auto before = std::exchange(m_lastIndex, now.value_or(-1));
  if (!now || !state.playback.playing || before < 0 || *now <= before) return;
  const std::int64_t row = m_output.x, map = row * m_output.y;
  std::int64_t stop = -1;
  const auto consider = [&](std::int64_t index) {
    if (index > before && index <= *now && (stop < 0 || index < stop)) stop = index;
  };
  for (const std::string& one : current().breaks) {
    if (one == "row" || one == "map") {
      const std::int64_t each = one == "row" ? row : map;
      consider(((before + 1) / each + 1) * each - 1);
    } else {
      int t = 0, y = 0, x = 0;
      if (std::sscanf(one.c_str(), "%d , %d , %d", &t, &y, &x) == 3)
        consider((std::int64_t{t - 1} * m_output.y + y - 1) * row + x - 1);
    }
  }
  if (stop < 0) return;
  const Triple at{static_cast<int>(stop / map), static_cast<int>(stop / row % m_output.y),
                  static_cast<int>(stop % row)};
  m_lastIndex = stop;
  m_store.edit({tr("Break"),
                [at](AppState& next) {
                  next.selection.voxel = at;
                  setPlaying(next.playback, false);
                },
                false});
}

}  // namespace convscope
