#pragma once

#include <QWidget>

class QAction;
class QHBoxLayout;
class QLabel;

namespace convscope {

struct KernelView;

/// The one bar of the presenter's window in place of menu and tool bar: what is shown, and the few actions
/// that a talk needs. GUI thread only.
class PresenterBar : public QWidget {
  Q_OBJECT

 public:
  explicit PresenterBar(QWidget* parent = nullptr);
  /// Adds a button for `action` at the right; the action stays its owner's.
  void addAction(QAction* action);
  /// Clip and kernel in words; where a figure of the article is open, its name (else empty) before them.
  void present(const KernelView& view, const QString& clip, const QString& figure);
  /// Where no kernel is shown: the figure or the clip, and what is looked at.
  void presentTexts(const QString& title, const QString& shown);
  /// Height, fonts and icons of the theme in use; call after applyTheme().
  void applySizes();

 private:
  QLabel* m_title;
  QLabel* m_kernel;
  QHBoxLayout* m_row;
};

}  // namespace convscope
