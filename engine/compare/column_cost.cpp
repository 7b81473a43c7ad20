#include "engine/compare/column_cost.h"

#include "engine/field/layer_table.h"
#include "engine/study/study.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace convscope {

namespace {

constexpr double kLongestReadingMs = 50;  // as for previews of a kernel alone

/// The clip that is prepared for the change, where its size is known without reading.
ClipSpec preparedFor(ClipSpec clip, const ClipChange& change) {
  clip.range.step *= static_cast<int>(std::lround(std::max(1.0, change.tempo)));
  if (change.zoom == 1) return clip;
  const auto* const lab = std::get_if<LabSpec>(&clip.source);
  if (!clip.prepare.resize && lab != nullptr) clip.prepare.resize = FrameSize{lab->height, lab->width};
  if (clip.prepare.resize) {
    for (int* extent : {&clip.prepare.resize->height, &clip.prepare.resize->width})
      *extent = std::max(1, static_cast<int>(std::lround(*extent * change.zoom)));
  }
  return clip;
}

}  // namespace

double expectedColumnMs(const StudySpec& column, const ClipSpec& clip, const ClipChange& change,
                        const StudyCache& cache) {
  const ClipSpec prepared = preparedFor(clip, change);
  if (const auto* kernel = std::get_if<KernelStudy>(&column)) {
    KernelStudy study = *kernel;
    study.clip = prepared;
    return expectedMs(study, cache);
  }
  const auto* const stack = std::get_if<StackStudy>(&column);
  const double reading = cache.readingMs(prepared);
  if (stack == nullptr || reading > kLongestReadingMs) return std::numeric_limits<double>::infinity();
  const auto table = tableOf(stack->stack);
  if (!table) return reading;  // will fail at once
  const double adds = static_cast<double>(table->multiplyAdds) * change.zoom * change.zoom;
  return reading + adds / cache.multiplyAddsPerMs();
}

}  // namespace convscope
