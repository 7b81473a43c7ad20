#include "app/second_stage.h"

#include "app/kernel_workspace.h"
#include "widgets/look/look_theme.h"
#include "widgets/stage/stage_view.h"

#include <QGuiApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QScreen>

namespace convscope {

SecondStage::SecondStage(QWidget* owner)
    : QWidget(nullptr, Qt::Window), m_owner(owner), m_stage(new StageView(this)) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Stage — ConvScope"));
  setAccessibleName(tr("Stage in a window of its own"));
  resize(1280, 720);
}

void SecondStage::present(WorkspacePage& page) {
  auto* kernel = qobject_cast<KernelWorkspace*>(&page);
  m_stage->setVisible(kernel != nullptr);
  if (kernel != nullptr) {
    m_stage->setVeiled(kernel->veil() == WorkspacePage::Veil::Maps,
                       kernel->veil() == WorkspacePage::Veil::Value);
    m_stage->present(kernel->view());
    return;
  }
  m_picture = page.stageWidget()->grab();
  update();
}

void SecondStage::showOnOtherScreen() {
  for (QScreen* screen : QGuiApplication::screens()) {
    if (screen == m_owner->screen()) continue;
    setGeometry(screen->geometry());
    showFullScreen();
    return;
  }
  show();
}

void SecondStage::resizeEvent(QResizeEvent*) {
  m_stage->setGeometry(rect());
}

void SecondStage::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), appliedTheme().stage);
  if (m_stage->isVisible() || m_picture.isNull()) return;
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  const QSize fitted = m_picture.size().scaled(size(), Qt::KeepAspectRatio);
  painter.drawPixmap(QRect(QPoint((width() - fitted.width()) / 2, (height() - fitted.height()) / 2), fitted),
                     m_picture);
}

void SecondStage::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) close();
  QWidget::keyPressEvent(event);
}

}  // namespace convscope
