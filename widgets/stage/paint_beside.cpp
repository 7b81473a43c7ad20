#include "widgets/stage/paint_beside.h"

#include <QScopeGuard>
#include <QSemaphore>
#include <QThreadPool>

#include <exception>

namespace convscope {

void paintBeside(const std::function<void()>& paint, const std::function<void()>& meanwhile) {
  QSemaphore painted;
  std::exception_ptr trouble;
  const bool beside = QThreadPool::globalInstance()->tryStart([&] {
    try {
      paint();
    } catch (...) {  // the pool's thread may not end by it
      trouble = std::current_exception();
    }
    painted.release();
  });
  {
    // Waits also where `meanwhile` throws: the other thread works on what stands here.
    const auto wait = qScopeGuard([&] {
      if (beside) painted.acquire();
    });
    meanwhile();
  }
  if (trouble) std::rethrow_exception(trouble);
  if (!beside) paint();
}

}  // namespace convscope
