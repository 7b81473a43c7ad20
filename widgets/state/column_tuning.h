#pragma once

#include "engine/compare/grating_tuning.h"
#include "engine/core/parallel.h"
#include "widgets/state/compare_view.h"

#include <optional>

namespace convscope {

/// Index of the filter that is looked at where `filter` is chosen: that one, or the last.
[[nodiscard]] int chosenFilter(const KernelStudy& study, int filter);

/// Of a network the filter of its first convolution whose map is shown; none where another layer is, or where
/// the column's result is not of its network. The filter that is chosen for kernels is of no part in it.
[[nodiscard]] std::optional<int> filterToTune(const CompareColumn& column);

/// What gratings are measured on, and what of it is said.
struct TunedColumn {
  Tuning tuning;
  std::optional<CompareColumn::TunedFilter> filter;  ///< of a network
};

/// Measures the answer of a column to gratings of `frequency` cycles per pixel: of a kernel that of the
/// chosen filter, of a stack that of its first filters, of a network that of a filter of its first
/// convolution. Errors: BadSpec, one sentence (no filters, a network that was not run); those of tuningOf()
/// and firstLayerTuning(). Thread-safe.
[[nodiscard]] Result<TunedColumn> tunedColumn(const StudySpec& spec, const CompareColumn& known, int filter,
                                              double frequency, const ComputeContext& context);

}  // namespace convscope
