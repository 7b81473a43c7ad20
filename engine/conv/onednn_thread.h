#pragma once

#include <omp.h>

namespace convscope {

/// Within its life, what this thread calls of oneDNN stays on this thread: our own pool shares out the work.
class OneThread {
 public:
  OneThread() : m_before(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(m_before); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int m_before;
};

}  // namespace convscope
