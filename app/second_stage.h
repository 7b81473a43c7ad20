#pragma once

#include <QPixmap>
#include <QWidget>

namespace convscope {

class StageView;
class WorkspacePage;

/// The stage once more, alone in a window of its own: for the wall, while the panels stay with the teacher.
/// The Kernel workspace's is drawn at the window's own size; of the others it shows the picture. GUI thread
/// only.
class SecondStage : public QWidget {
  Q_OBJECT

 public:
  explicit SecondStage(QWidget* owner);
  /// Shows the page's stage as it is now.
  void present(WorkspacePage& page);
  /// In full size on a screen that the owner is not on; a plain window where there is only one.
  void showOnOtherScreen();
  [[nodiscard]] StageView* kernelStage() const { return m_stage; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QWidget* m_owner;
  StageView* m_stage;
  QPixmap m_picture;
};

}  // namespace convscope
