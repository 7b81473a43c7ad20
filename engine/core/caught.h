#pragma once

#include "engine/core/result.h"

namespace convscope {

/// The exception in flight as the failure of a job, in one sentence: memory that is refused is TooLarge,
/// anything else BadInput. Only inside a catch clause.
[[nodiscard]] Error errorInFlight();

/// What `work` returns, a Result; what it throws becomes the Result's error. For jobs and the command line:
/// an exception that leaves a job would leave whoever waits for its answer waiting. Thread-safe.
template <class Work>
[[nodiscard]] auto caught(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    return tl::unexpected<Error>(errorInFlight());
  }
}

}  // namespace convscope
