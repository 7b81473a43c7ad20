#pragma once

#include "engine/study/job_runner.h"
#include "widgets/lesson/lesson.h"
#include "widgets/lesson/lesson_facts.h"
#include "widgets/state/state_store.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>

namespace convscope {

/// Gives a lesson: sets the state of each step, asks, tells and checks. What is known of a step is computed
/// in a lane of its own and told by changed(). Whoever likes may change the program meanwhile; back() returns
/// to the step's state. GUI thread only.
class LessonPlayer : public QObject {
  Q_OBJECT

 public:
  explicit LessonPlayer(StateStore& store, QObject* parent = nullptr);
  ~LessonPlayer() override;

  /// Opens a lesson at a step (clamped); false where the open one is not left. A step whose state cannot be
  /// set leaves problem().
  bool open(Lesson lesson, int step = 0);
  /// Opens a lesson at a step that the program's state is in already (a session, an undone step).
  void adopt(Lesson lesson, int step);
  /// Unless the lesson is not left.
  void close();
  /// Closes without asking.
  void drop();
  void goTo(int step);
  /// Tells the answer where one is due, else goes on: what a presenter's clicker does.
  void next();
  void previous();
  /// The step's state again, as it is when the step opens or, once the answer was told, after that.
  void back();
  /// Chooses answer `index` of an open question.
  void choose(int index);
  void enter(double number);
  void tell();
  /// Does what the goal asks, for those who give up.
  void solve();
  /// The lesson on another clip, where it allows one; see stepState().
  void setClip(std::optional<ClipSource> clip) { m_clip = std::move(clip); }
  [[nodiscard]] const std::optional<ClipSource>& clip() const { return m_clip; }
  /// Extent of the maps in sight, for breaks at the end of rows and maps.
  void setOutput(const Triple& extent) { m_output = extent; }
  /// What is asked before another step is gone to; false: it stays. Not asked where the state has gone
  /// already (undo), which is followed.
  void setLeaveStep(std::function<bool()> may) { m_leaveStep = std::move(may); }
  /// The same before another lesson is opened in its place, or it is closed.
  void setLeaveLesson(std::function<bool()> may) { m_leaveLesson = std::move(may); }
  /// The open lesson differs from its file, or has none.
  [[nodiscard]] bool unsaved() const { return m_unsaved; }
  void setUnsaved(bool unsaved);
  /// A lesson that was changed while it is open; stays at its step.
  void replaceLesson(Lesson lesson, int step);
  /// Everything asked for is known when this returns. For screenshots and tests.
  void finish();

  [[nodiscard]] bool isOpen() const { return m_lesson.has_value(); }
  [[nodiscard]] const Lesson& lesson() const { return *m_lesson; }
  [[nodiscard]] int step() const { return m_step; }
  /// A state that names `name` means the open lesson: its id or file, of now or before it was saved.
  [[nodiscard]] bool isCalled(const std::string& name) const;
  /// Grows with every lesson that is opened: tells whether it still is the same one.
  [[nodiscard]] int opening() const { return m_opening; }
  [[nodiscard]] int count() const { return m_lesson ? static_cast<int>(m_lesson->steps.size()) : 0; }
  [[nodiscard]] const LessonStep& current() const {
    return m_lesson->steps[static_cast<std::size_t>(m_step)];
  }
  /// A question is open: its answer was not told yet.
  [[nodiscard]] bool asking() const { return isOpen() && current().question && !m_told; }
  [[nodiscard]] bool told() const { return m_told; }
  [[nodiscard]] std::optional<int> chosen() const { return m_chosen; }
  [[nodiscard]] std::optional<double> entered() const { return m_entered; }
  [[nodiscard]] bool known() const { return m_known; }
  [[nodiscard]] const StepFacts& facts() const { return m_facts; }
  /// The choice or number given is right; nothing while none was given or it is not known yet.
  [[nodiscard]] std::optional<bool> right() const;
  [[nodiscard]] bool goalReached() const { return m_goalReached; }
  /// The program's state is no longer the step's.
  [[nodiscard]] bool moved() const;
  [[nodiscard]] const QString& problem() const { return m_problem; }
  /// Steps that were seen, for the contents page: highest step of each lesson plus one.
  [[nodiscard]] int seen(const std::string& id) const;

 Q_SIGNALS:
  void changed();

 private:
  void begin(int step);
  void set(bool told, const QString& label);
  void measure();
  void take(Lesson lesson, bool another);
  void enterStep(int step);
  void stand(int step);
  void follow();
  void pauseAtBreak();
  [[nodiscard]] std::optional<std::int64_t> indexOf(const Triple& voxel) const;

  StateStore& m_store;
  std::optional<Lesson> m_lesson;
  std::optional<ClipSource> m_clip;
  std::function<bool()> m_leaveStep, m_leaveLesson;
  std::vector<std::string> m_names;  ///< of the open lesson so far
  bool m_unsaved = false;
  int m_opening = 0;
  int m_step = 0;
  bool m_told = false;
  std::optional<int> m_chosen;
  std::optional<double> m_entered;
  StepFacts m_facts;
  bool m_known = false;
  bool m_goalReached = false;
  QString m_problem;
  AppState m_set;  ///< the state that was set last
  Triple m_output{0, 0, 0};
  std::int64_t m_lastIndex = -1;
  bool m_wasMoved = false;
  std::map<std::string, int> m_seen;
  quint64 m_ticket = 0;
  QTimer m_goalTimer;
  std::shared_ptr<StudyCache> m_cache;
  std::unique_ptr<ThreadPool> m_pool;
  std::unique_ptr<JobRunner> m_runner;  // owns threads: last
};

}  // namespace convscope
