#include "app/stop_button.h"

#include "app/workspace_page.h"
#include "widgets/panels/panel_frame.h"

namespace convscope {

StopButton::StopButton(WorkspacePage& page) : QPushButton(tr("Stop")) {
  setToolTip(tr("Stops what is being computed; F5 begins again"));
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  hide();
  m_delay.setSingleShot(true);
  m_delay.setInterval(PanelFrame::kBusyDelayMs);
  connect(&m_delay, &QTimer::timeout, this, &QWidget::show);
  connect(this, &QPushButton::clicked, &page, &WorkspacePage::stop);
}

void StopButton::setBusy(bool busy) {
  if (!busy) {
    m_delay.stop();
    hide();
  } else if (isHidden() && !m_delay.isActive()) {
    m_delay.start();
  }
}

}  // namespace convscope
