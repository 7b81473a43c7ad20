#pragma once

#include "engine/core/parallel.h"
#include "engine/core/result.h"
#include "engine/study/study_cache.h"
#include "engine/study/study_result.h"
#include "engine/study/study_spec.h"

#include <functional>
#include <memory>

namespace convscope {

/// What to compute: everything, or a preview that keeps within about `maxMultiplyAdds` by taking the chosen
/// filter alone and every n-th cell; of a network that is open the layers alone (outlineNetwork()).
struct ComputeScope {
  bool preview = false;
  int filter = 0;  ///< the chosen one, used by a preview
  double maxMultiplyAdds = 60e6;
  /// Where set, a full computation that no preview could go before, for a model must be opened first, tells
  /// what is known as soon as it is: the network's layers. Called on the computing thread.
  std::function<void(std::shared_ptr<const StudyResult>)> outlined = {};
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
/// take over left out where the clip is the same; infinity where a file must be read (a model, too), a
/// clip takes long to draw or to prepare, or a readout must be trained first. Decides whether a preview is
/// needed. Cost O(weights + L′²).
[[nodiscard]] double expectedMs(const StudySpec& spec, const StudyCache& cache);

}  // namespace convscope
