#include "widgets/state/quiet_timer.h"

namespace convscope {

namespace {

constexpr int kQuietTicks = 2;          // pieces of the quiet time, each of which must come on time
constexpr qint64 kLateMs = 8;           // half a picture
constexpr qint64 kLongestWaitMs = 400;  // after the last change, however busy a window that plays or turns is

}  // namespace

QuietTimer::QuietTimer(int quietMs, QObject* parent) : QObject(parent) {
  m_timer.setSingleShot(true);
  m_timer.setInterval(quietMs / kQuietTicks);
  connect(&m_timer, &QTimer::timeout, this, [this] {
    // A timer that comes late says that the window was busy: the quiet time begins anew.
    const qint64 late = m_sinceTick.restart() - m_timer.interval();
    m_quietTicks = late > kLateMs ? 0 : m_quietTicks + 1;
    const bool waits = m_quietTicks < kQuietTicks && m_sinceChange.elapsed() < kLongestWaitMs;
    if (waits)
      m_timer.start();
    else
      Q_EMIT passed();
  });
}

void QuietTimer::restart() {
  m_quietTicks = 0;
  m_sinceChange.start();
  m_sinceTick.start();
  m_timer.start();
}

}  // namespace convscope
