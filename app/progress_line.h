#pragma once

#include <algorithm>
#include <mutex>
#include <ostream>

namespace convscope {

/// One line that is written over; says nothing where there is nobody to read it. Calls may come from any
/// thread.
class ProgressLine {
 public:
  explicit ProgressLine(std::ostream* stream) : m_stream(stream) {}
  ~ProgressLine() {
    if (m_stream != nullptr && m_percent >= 0) *m_stream << "\r\033[K" << std::flush;
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(double share) {
    if (m_stream == nullptr) return;
    const std::lock_guard lock(m_mutex);
    const int percent = static_cast<int>(100 * std::clamp(share, 0.0, 1.0));
    if (percent == m_percent) return;
    m_percent = percent;
    *m_stream << '\r' << percent << " %" << std::flush;
  }

 private:
  std::ostream* m_stream;
  std::mutex m_mutex;
  int m_percent = -1;
};

}  // namespace convscope
