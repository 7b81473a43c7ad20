#pragma once

#include <functional>
#include <stop_token>

namespace convscope {

/// Asked once for each frame while a clip is read, drawn or prepared. Thread rule: called on the reading
/// thread.
struct ReadContext {
  std::stop_token stop;
  std::function<void(double)> progress = {};  ///< share done in [0, 1], where set
  std::function<void()> yield = {};           ///< where set: lets a more urgent job go first

  /// True where the work is to end; else says that `done` of `all` frames are there, and lets others go
  /// first.
  [[nodiscard]] bool stopAt(int done, int all) const {
    if (stop.stop_requested()) return true;
    if (yield) yield();
    if (progress) progress(static_cast<double>(done) / all);
    return false;
  }
};

}  // namespace convscope
