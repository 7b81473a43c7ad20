#pragma once

#include "widgets/lesson/lesson_parts.h"
#include "widgets/lesson/lesson_player.h"

#include <QWidget>

#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;
class QToolButton;

namespace convscope {

class LessonEditor;
class ThemedLabel;

/// The open lesson beside the stage: what the step says, asks and wants, and the way through. Shows what the
/// player has and orders it about; in presenter size the head is the window's bar. GUI thread only.
class LessonPanel : public QWidget {
  Q_OBJECT

 public:
  explicit LessonPanel(LessonPlayer& player, QWidget* parent = nullptr);
  /// Shows what the player has now.
  void refresh();
  [[nodiscard]] const std::vector<ChoiceButton*>& choices() const { return m_choices; }
  [[nodiscard]] QLineEdit* numberField() const { return m_number; }
  /// What stands there, as plain words: for tests and the hand-out.
  [[nodiscard]] QString words() const;
  /// Puts the editor of the step in the place of its text, or takes it away.
  void setEditing(LessonEditor* editor);
  [[nodiscard]] int wantedHeight() const;

 Q_SIGNALS:
  void contentsRequested();
  void nextRequested();
  void editRequested();
  void handoutRequested();
  /// A link in the text: "lesson:fig-5".
  void linkFollowed(const QString& target);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void build();
  void buildFoot();
  void refreshQuestion();
  void refreshGoal();
  void refreshFoot();
  void setSizes();
  [[nodiscard]] QString answerText() const;
  QLabel* addLabel();
  LessonPlayer& m_player;
  QWidget* m_head;
  ThemedLabel* m_title;
  ThemedLabel* m_figure;
  LessonDots* m_dots;
  ThemedLabel* m_count;
  QScrollArea* m_scroll;
  QWidget* m_body;
  ThemedLabel* m_kicker;
  QLabel* m_heading;
  QLabel* m_text;
  QLabel* m_question;
  QWidget* m_choiceColumn;
  std::vector<ChoiceButton*> m_choices;
  QWidget* m_numberRow;
  QLineEdit* m_number;
  QLabel* m_unit;
  QWidget* m_line;
  QLabel* m_formula;
  QLabel* m_verdict;
  QLabel* m_answer;
  QWidget* m_goalRow;
  QLabel* m_goal;
  QToolButton* m_solve;
  QLabel* m_problem;
  QLabel* m_keys;
  QPushButton* m_previous;
  QPushButton* m_back;
  QPushButton* m_next;
  LessonEditor* m_editor = nullptr;
};

}  // namespace convscope
