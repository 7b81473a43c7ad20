#pragma once

#include "widgets/state/app_state.h"
#include "widgets/state/kernel_view.h"
#include "widgets/state/passing_parts.h"

#include <QElapsedTimer>
#include <QObject>

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
  /// Takes over a whole state (a file, a scene, a lesson step) as one undo step.
  void replace(AppState state, const QString& label);

  [[nodiscard]] bool canUndo() const { return !m_past.empty(); }
  [[nodiscard]] bool canRedo() const { return !m_future.empty(); }
  [[nodiscard]] QString undoLabel() const { return m_past.empty() ? QString() : m_past.back().label; }
  [[nodiscard]] QString redoLabel() const { return m_future.empty() ? QString() : m_future.back().label; }

 public Q_SLOTS:
  void undo();
  void redo();

 Q_SIGNALS:
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
  };
  void take(AppState next);
  /// History remembers studies and looks. Where the eye was in between (see PassingPart) stays as it is, but
  /// for what the step itself changed.
  [[nodiscard]] AppState restored(const Step& remembered) const;
  /// Adds a step to the past and lets the oldest go: there is a limit to their number and to their weights.
  void remember(Step step);

  AppState m_state;
  std::vector<Step> m_past;
  std::vector<Step> m_future;
  QElapsedTimer m_sinceEdit;
};

}  // namespace convscope
