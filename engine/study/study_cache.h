#pragma once

#include "engine/clip/clip.h"
#include "engine/core/parallel.h"
#include "engine/core/result.h"
#include "engine/study/study_result.h"

#include <memory>

namespace convscope {

/// Keeps what a slider step need not compute again: decoded frames, the prepared clip, and, as long as
/// somebody still shows it, the last full result. One per column. Thread-safe; compute() of one column takes
/// turns on it.
class StudyCache {
 public:
  StudyCache();
  ~StudyCache();
  StudyCache(const StudyCache&) = delete;
  StudyCache& operator=(const StudyCache&) = delete;
  /// The prepared clip of `spec`: from memory where it was the last one, else re-prepared from the decoded
  /// frames where source and range are the same, else read. Stoppable frame by
  /// frame; one reader at a time, which lets nobody go first: who waits may want this clip. Errors: those of
  /// readSource and prepareClip.
  [[nodiscard]] Result<std::shared_ptr<const Clip>> clip(const ClipSpec& spec, const ComputeContext& context);
  /// Shape of that clip, without preparing it: of a motion-lab clip without drawing it, of any other from the
  /// decoded frames, which are read where they are not in memory. Errors: those of clip().
  [[nodiscard]] Result<Shape> clipShape(const ClipSpec& spec, const ComputeContext& context);
  /// The clip if it is in memory already, else nullptr. Never reads.
  [[nodiscard]] std::shared_ptr<const Clip> peek(const ClipSpec& spec) const;
  /// Bytes that the decoded frames behind `spec` take; of a lab clip also those not drawn yet, else 0 where
  /// they are not in memory.
  [[nodiscard]] double frameBytes(const ClipSpec& spec) const;
  /// Lets the frames and the clip go: the next clip() reads its source again, which may have changed since.
  void forgetClip();
  /// True if the decoded frames behind `spec` are in memory, so that only preparing them is left.
  [[nodiscard]] bool holdsFrames(const ClipSpec& spec) const;
  /// The last result that was remembered, or nullptr where nobody holds it any more: it costs no memory of
  /// its own.
  [[nodiscard]] std::shared_ptr<const StudyResult> lastResult() const;
  void rememberResult(const std::shared_ptr<const StudyResult>& result);
  /// What the engine last reached on this machine, a first guess before that; see expectedMs().
  [[nodiscard]] double multiplyAddsPerMs() const;
  void learnPace(double multiplyAdds, double ms);
  /// Milliseconds that clip() would take for `spec`: 0 where the clip is in memory, infinity where a file or
  /// a camera must be read. From the paces of drawing and preparing as last measured.
  [[nodiscard]] double readingMs(const ClipSpec& spec) const;

 private:
  struct Store;
  std::unique_ptr<Store> m_store;
};

}  // namespace convscope
