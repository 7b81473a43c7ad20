#pragma once

#include "engine/conv/conv_plan.h"

namespace convscope {

/// Some rows of some frames of output, for the filters of one chunk of the plan.
struct Slab {
  int chunk = 0;
  int firstFrame = 0;
  int frames = 1;
  int firstRow = 0;
  int rows = 1;
};

/// Computes slabs of one convolution: lays their outputs out as lines and hands these to the line kernels.
/// Thread rule: slabs may be computed side by side.
class SlabComputer {
 public:
  /// All three must outlive the object; `source` is filled, `output` has the plan's shape.
  SlabComputer(const ConvPlan& plan, const SourceLayout& source, Tensor& output)
      : m_plan(plan), m_source(source), m_output(output) {}

  void compute(const Slab& slab) const;

 private:
  [[nodiscard]] const float* inputAt(const FilterBlock& block, int t, int y) const;
  [[nodiscard]] float* outputAt(const FilterBlock& block, int t, int y) const;
  [[nodiscard]] LineJob lineJob(const FilterBlock& block) const;
  [[nodiscard]] StackJob stackJob(const FilterBlock& block) const;
  void computeRowByRow(const Slab& slab, const FilterBlock& block, int t) const;
  void computeFlat(const Slab& slab, const FilterBlock& block, int t) const;
  void computeStackOfRows(const Slab& slab, const FilterBlock& block) const;
  void computeStackInTime(const Slab& slab, const FilterBlock& block) const;

  const ConvPlan& m_plan;
  const SourceLayout& m_source;
  Tensor& m_output;
};

}  // namespace convscope
