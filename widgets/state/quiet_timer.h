#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace convscope {

/// Says once that nothing has changed for a while. Time that the window was too busy to notice a change does
/// not count: the next change of a drag may be waiting behind what it painted. GUI thread only.
class QuietTimer : public QObject {
  Q_OBJECT

 public:
  /// `quietMs` ≥ 0 without a change.
  explicit QuietTimer(int quietMs, QObject* parent = nullptr);

  /// Something has changed: the while begins.
  void restart();
  void stop() { m_timer.stop(); }
  [[nodiscard]] bool isActive() const { return m_timer.isActive(); }

 Q_SIGNALS:
  void passed();

 private:
  QTimer m_timer;
  QElapsedTimer m_sinceChange;
  QElapsedTimer m_sinceTick;  ///< of the quiet time
  int m_quietTicks = 0;       ///< passed without a change or a long painting
};

}  // namespace convscope
