#pragma once

#include "widgets/lesson/lesson_player.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QToolButton;

namespace convscope {

/// The open lesson in the making: the source of the present step to be changed in place, and orders that
/// record, move and remove steps. A change that cannot be read is explained below and changes nothing. GUI
/// thread only.
class LessonEditor : public QWidget {
  Q_OBJECT

 public:
  LessonEditor(LessonPlayer& player, StateStore& store, QWidget* parent = nullptr);
  /// The player's step, unless it is what one types at.
  void refresh();
  /// A step with the program's present state behind the present one; in an empty lesson the first.
  void record();
  /// The program's present state becomes that of the present step.
  void recordHere();
  void move(int by);
  void remove();
  [[nodiscard]] QPlainTextEdit* source() const { return m_source; }
  [[nodiscard]] QString problem() const;
  /// Takes over what was typed now instead of when the typist pauses.
  void take();
  /// The lesson differs from its file.
  [[nodiscard]] bool unsaved() const { return m_unsaved; }
  void markSaved() { m_unsaved = false; }

 Q_SIGNALS:
  void saveRequested();
  void closed();

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void put(Lesson lesson, int step);
  LessonPlayer& m_player;
  StateStore& m_store;
  QPlainTextEdit* m_source;
  QLabel* m_problem;
  QTimer m_pause;
  std::string m_shown;  ///< source of the step that was put into the field
  bool m_unsaved = false;
};

/// A lesson of one step that sets `state`: where one's own begins.
[[nodiscard]] Lesson recordedLesson(const AppState& state);

}  // namespace convscope
