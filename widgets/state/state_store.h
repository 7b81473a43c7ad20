#pragma once

#include "widgets/state/app_state.h"
#include "widgets/state/kernel_view.h"
#include "widgets/state/passing_parts.h"

#include <QElapsedTimer>
#include <QObject>

#include <optional>
#include <vector>

namespace convscope {

/// Holds the program's state of record and its history. Everything that changes the program goes through
/// edit(). Signals say which part changed; a part that is equal to what it was is not announced. GUI thread
/// only.
class StateStore : public QObject {
  Q_OBJECT

 public:
  explicit StateStore(AppState initial, QObject* parent = nullptr);

  [[nodiscard]] const AppState& state() const { return m_state; }

  /// Applies the edit to a copy, makes it consistent (reconciled) and takes it over if it differs.
  void edit(const StateEdit& edit);
  /// Takes over a whole state (a file, a scene, a lesson step) as one undo step. It belongs to `file` from
  /// now on: to none, unless it is the file's.
  void replace(AppState state, const QString& label, const QString& file = {});

  /// The file that the state belongs to, or empty. Undo and redo of a replace() bring back that of then.
  [[nodiscard]] const QString& file() const { return m_file; }
  /// It was saved, or is that of a file already.
  void setFile(const QString& file) { m_file = file; }

  [[nodiscard]] bool canUndo() const { return !m_past.empty(); }
  [[nodiscard]] bool canRedo() const { return !m_future.empty(); }
  [[nodiscard]] QString undoLabel() const { return m_past.empty() ? QString() : m_past.back().label; }
  [[nodiscard]] QString redoLabel() const { return m_future.empty() ? QString() : m_future.back().label; }

 public Q_SLOTS:
  void undo();
  void redo();

 Q_SIGNALS:
  /// A whole state is about to take the place of this one, as a new step.
  void replacing();
  /// Something changed; sent once for an edit, after those below.
  void changed();
  void studyChanged();
  void lookChanged();
  void playbackChanged();
  void historyChanged();

 private:
  struct Step {
    QString label;
    AppState state;  ///< before the step (past) or after it (future)
    PassingParts
        own;  ///< what passes otherwise, but was changed by the step itself: going back takes it back
    std::optional<QString> file;  ///< that `state` belongs to, where the step changed that
  };
  void take(AppState next);
  /// `step`, as it is remembered on the other side of the present.
  [[nodiscard]] Step mirrored(const Step& step) const;
  /// History remembers studies and looks. Where the eye was in between (see PassingPart) stays as it is, but
  /// for what the step itself changed.
  [[nodiscard]] AppState restored(const Step& remembered) const;
  /// Adds a step to the past and lets the oldest go: there is a limit to their number and to their weights.
  void remember(Step step);

  AppState m_state;
  QString m_file;
  std::vector<Step> m_past;
  std::vector<Step> m_future;
  QElapsedTimer m_sinceEdit;
};

}  // namespace convscope
