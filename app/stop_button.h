#pragma once

#include <QPushButton>
#include <QTimer>

namespace convscope {

class WorkspacePage;

/// Stops what its page computes. In sight only while something is computed, and not for what is over at once:
/// it would come and go with every step of a drag. GUI thread only.
class StopButton : public QPushButton {
  Q_OBJECT

 public:
  explicit StopButton(WorkspacePage& page);
  void setBusy(bool busy);

 private:
  QTimer m_delay;
};

}  // namespace convscope
