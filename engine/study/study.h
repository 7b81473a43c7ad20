#pragma once

#include "engine/clip/clip.h"
#include "engine/conv/conv_spec.h"
#include "engine/conv/cost.h"
#include "engine/core/parallel.h"
#include "engine/core/result.h"
#include "engine/field/receptive_field.h"
#include "engine/study/study_spec.h"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace convscope {

/// What a KernelStudy gives. Immutable and shared: nobody edits it after compute() returned it.
struct KernelResult {
  KernelStudy spec;
  std::shared_ptr<const Clip> clip;
  ConvGeometry geometry;  ///< of the full result, also in a preview
  Tensor maps;  ///< (L′, H′, W′, K) in order K, L′, H′, W′; a preview holds fewer cells, see step
  Triple step{1, 1,
              1};  ///< map cell (t, y, x) stands for output voxel (t·step.t, …); above 1 only in a preview
  std::vector<int>
      filters;           ///< which filter each channel of `maps` is; a preview may hold only the chosen one
  bool preview = false;  ///< every value shown is exact, but not every cell was computed
  ConvCost cost;
  std::array<AxisField, 3> field{};
  /// Multiply-adds that were computed for this result: fewer than cost.multiplyAdds in a preview, and where
  /// maps and map frames of the result before were taken over, whose bits they have.
  std::int64_t multiplyAddsDone = 0;
  double convolveMs = 0;  ///< time in the engine, wall clock

  /// Channel of `maps` that holds filter `k`, or −1.
  [[nodiscard]] int channelOf(int k) const;
  /// Value of output voxel `at` of filter k; in a preview that of the computed cell that stands for it. NaN
  /// if none.
  [[nodiscard]] float valueAt(int k, const Triple& at) const;
  /// Output voxel at which filter k answers most: the largest positive value, or where none is positive the
  /// largest magnitude; the first of several in raster order. Only voxels whose patch lies inside the clip
  /// count, if there are any: what padding makes is no answer to the clip. In a preview among the cells
  /// computed. {0, 0, 0} if there is none. Cost O(values).
  [[nodiscard]] Triple strongest(int k) const;
};

/// What a ReadoutStudy gives. Immutable and shared.
struct ReadoutResult {
  ReadoutStudy spec;
  std::shared_ptr<const Readout> readout;  ///< never null
  std::shared_ptr<const Clip> clip;        ///< the one scored; null where the study names none
  std::vector<double> scores;              ///< one a class, adding up to 1; empty where there are none
  double distance = 0;                     ///< of the clip from those learned from, see ClipScores
  std::string obstacle;                    ///< why the clip has no scores: one sentence, or empty

  /// The clip lies farther out than any that the readout learned from: its scores are a guess.
  [[nodiscard]] bool unlike() const { return !scores.empty() && distance > readout->farthest; }
};

using StudyResult = std::variant<KernelResult, ReadoutResult>;

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
  /// frames where source and range are the same, else read. Errors: those of readSource and prepareClip.
  [[nodiscard]] Result<std::shared_ptr<const Clip>> clip(const ClipSpec& spec, const ComputeContext& context);
  /// Shape of that clip, without preparing it: of a motion-lab clip without drawing it, of any other from the
  /// decoded frames, which are read where they are not in memory. Errors: those of clip().
  [[nodiscard]] Result<Shape> clipShape(const ClipSpec& spec, const ComputeContext& context);
  /// The clip if it is in memory already, else nullptr. Never reads.
  [[nodiscard]] std::shared_ptr<const Clip> peek(const ClipSpec& spec) const;
  /// Lets the frames and the clip go: the next clip() reads its source again, which may have changed since.
  void forgetClip();
  /// True if the decoded frames behind `spec` are in memory, so that only preparing them is left.
  [[nodiscard]] bool holdsFrames(const ClipSpec& spec) const;
  /// The last result that was remembered, or nullptr where nobody holds it any more: it costs no memory of
  /// its own.
  [[nodiscard]] std::shared_ptr<const StudyResult> lastResult() const;
  void rememberResult(const std::shared_ptr<const StudyResult>& result);
  /// Pace of the engine as last measured on this machine; see expectedMs().
  [[nodiscard]] double multiplyAddsPerMs() const;
  void learnPace(double multiplyAdds, double ms);

 private:
  struct Store;
  std::unique_ptr<Store> m_store;
};

/// What to compute: everything, or a preview that keeps within about `maxMultiplyAdds` by taking the chosen
/// filter alone and every n-th cell.
struct ComputeScope {
  bool preview = false;
  int filter = 0;  ///< the chosen one, used by a preview
  double maxMultiplyAdds = 60e6;
};

/// Runs a study. A full computation of a KernelStudy takes over those maps and map frames of the cache's last
/// result that the change of filters or of the clip's frames left as they were (see incremental.h). Errors:
/// those of the clip and the convolution (of a readout: of its training); Stopped. What the numbers alone
/// forbid (a kernel that does not fit, more memory than allowed) is told before the clip is prepared. Catches
/// everything: no exception leaves.
[[nodiscard]] Result<std::shared_ptr<const StudyResult>> compute(const StudySpec& spec,
                                                                 const ComputeScope& scope, StudyCache& cache,
                                                                 const ComputeContext& context);

/// Rough time in milliseconds that compute() would take, from the pace measured so far, maps that it would
/// take over left out where the clip is the same; infinity where a file must be read or a readout trained
/// first. Decides whether a preview is needed. Cost O(weights + L′²).
[[nodiscard]] double expectedMs(const StudySpec& spec, const StudyCache& cache);

}  // namespace convscope
