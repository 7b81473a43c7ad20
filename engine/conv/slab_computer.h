#pragma once

#include "engine/conv/conv_plan.h"

namespace convscope {

/// Some rows of some frames of output, for the filters of one chunk of the plan.
struct Slab {
  int chunk = 0;
  OutputBand band;
};

/// Computes slabs of one convolution: lays their outputs out as lines and hands these to the line kernels.
/// Thread rule: slabs may be computed side by side.
class SlabComputer {
 public:
  /// All must outlive the object. `source` holds what the plan's source layout says: the clip, or a copy for
  /// the outputs from frame `origin.firstFrame` and row `origin.firstRow` on. `output` has the plan's shape.
  SlabComputer(const ConvPlan& plan, const float* source, const OutputBand& origin, Tensor& output)
      : m_plan(plan), m_source(source), m_origin(origin), m_output(output) {}

  void compute(const Slab& slab) const;

 private:
  [[nodiscard]] const float* inputAt(const FilterBlock& block, int t, int y) const;
  [[nodiscard]] float* outputAt(const FilterBlock& block, int t, int y) const;
  [[nodiscard]] LineJob lineJob(const FilterBlock& block) const;
  [[nodiscard]] StackJob stackJob(const FilterBlock& block) const;
  void computeFilterLanes(const OutputBand& band, const FilterBlock& block) const;
  void computeRowByRow(const OutputBand& band, const FilterBlock& block, int t) const;
  void computeFlat(const OutputBand& band, const FilterBlock& block, int t) const;
  void computeStackOfRows(const OutputBand& band, const FilterBlock& block) const;
  void computeStackInTime(const OutputBand& band, const FilterBlock& block) const;

  const ConvPlan& m_plan;
  const float* m_source;
  OutputBand m_origin;
  Tensor& m_output;
};

}  // namespace convscope
