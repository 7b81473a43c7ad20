#pragma once

#include <QWidget>

class QAction;
class QHBoxLayout;
class QLabel;

namespace convscope {

struct KernelView;
class LessonDots;

/// The one bar of the presenter's window in place of menu and tool bar: what is shown, and the few actions
/// that a talk needs. GUI thread only.
class PresenterBar : public QWidget {
  Q_OBJECT

 public:
  [[nodiscard]] LessonDots& dots() { return *m_dots; }
  explicit PresenterBar(QWidget* parent = nullptr);
  /// Adds a button for `action` at the right; the action stays its owner's.
  void addAction(QAction* action);
  /// Clip and kernel in words; where a figure of the article is open, its name (else empty) before them.
  void present(const KernelView& view, const QString& clip, const QString& figure);
  /// Where no kernel is shown: the figure or the clip, and what is looked at.
  void presentTexts(const QString& title, const QString& shown);
  /// A lesson: its title and figure, and how far one has got. leaveLesson() shows the buttons again.
  void presentLesson(const QString& title, const QString& figure, int step, int count);
  void leaveLesson();
  /// Height, fonts and icons of the theme in use; call after applyTheme().
  void applySizes();

 private:
  QLabel* m_title;
  QLabel* m_kernel;
  QHBoxLayout* m_row;
  LessonDots* m_dots;
  QLabel* m_count;
  bool m_lesson = false;
};

}  // namespace convscope
