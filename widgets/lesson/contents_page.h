#pragma once

#include "widgets/lesson/lesson.h"

#include <QAbstractButton>
#include <QWidget>

#include <functional>
#include <vector>

class QLabel;
class QVBoxLayout;

namespace convscope {

/// One lesson on the contents page: its picture, title, figure, minutes, and how far one has got.
class LessonCard : public QAbstractButton {
  Q_OBJECT

 public:
  explicit LessonCard(const Lesson& lesson, QWidget* parent = nullptr);
  void setSeen(int steps);
  [[nodiscard]] const std::string& id() const { return m_id; }
  [[nodiscard]] QSize sizeHint() const override;
  /// The resource that is shown, of the theme in use; empty for a lesson without one.
  [[nodiscard]] const QString& picturePath() const { return m_path; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  /// The one of the theme in use.
  void loadPicture();
  std::string m_id;
  QString m_facts;
  QString m_path;
  QPixmap m_picture;
  int m_steps = 0;
  int m_seen = 0;
};

/// All lessons as cards under their groups, and the first class as a row of lessons with their times. GUI
/// thread only.
class ContentsPage : public QWidget {
  Q_OBJECT

 public:
  explicit ContentsPage(QWidget* parent = nullptr);
  /// `seen` gives the steps that were seen of a lesson.
  void present(const std::vector<Lesson>& lessons, const std::function<int(const std::string&)>& seen);
  [[nodiscard]] const std::vector<LessonCard*>& cards() const { return m_cards; }

 Q_SIGNALS:
  void lessonChosen(const QString& id);
  void firstClassChosen();
  void openRequested();
  void recordRequested();
  void closed();

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Group {
    QLabel* title;
    QWidget* grid;
    std::vector<LessonCard*> cards;
  };
  void build(const std::vector<Lesson>& lessons);
  void arrange();
  [[nodiscard]] QWidget* firstClassRow(const std::vector<Lesson>& lessons);
  std::vector<Group> m_groups;
  std::vector<LessonCard*> m_cards;
  QLabel* m_title;
  QWidget* m_inside;
  QVBoxLayout* m_column;
  int m_columns = 0;
};

}  // namespace convscope
