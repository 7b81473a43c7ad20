#pragma once

#include "widgets/lesson/lesson_player.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QToolButton;

namespace convscope {

/// The open lesson in the making: the source of the present step to be changed in place, and orders that
/// record, move and remove steps. What is typed belongs to the step that it was typed in: it is taken over
/// before the step is left or moved, and one that cannot be read is explained below, changes nothing and is
/// not left. GUI thread only.
class LessonEditor : public QWidget {
  Q_OBJECT

 public:
  LessonEditor(LessonPlayer& player, StateStore& store, QWidget* parent = nullptr);
  /// The player's step, unless another one was typed in and could not be read yet.
  void refresh();
  /// A step with the program's present state behind the present one; in an empty lesson the first.
  void record();
  /// The program's present state becomes that of the present step.
  void recordHere();
  void move(int by);
  void remove();
  [[nodiscard]] QPlainTextEdit* source() const { return m_source; }
  [[nodiscard]] QString problem() const;
  /// Takes over what was typed now instead of when the typist pauses; false: it cannot be read, see
  /// problem().
  bool take();
  /// Typed and not taken over.
  [[nodiscard]] bool pending() const;

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
  int m_opening = -1;   ///< of the lesson that the field shows
  int m_at = 0;         ///< its step that the field shows
  std::string m_shown;  ///< that step's source
  std::string m_taken;  ///< text of the field that says the same
};

/// A lesson of one step that sets `state`: where one's own begins.
[[nodiscard]] Lesson recordedLesson(const AppState& state);

}  // namespace convscope
