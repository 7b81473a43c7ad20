#include "engine/conv/slab_computer.h"

#include <algorithm>

namespace convscope {

void SlabComputer::compute(const Slab& slab) const {
  const bool inTime = innerAxis(m_plan.spec) == Axis::T;
  for (const FilterBlock& block : m_plan.chunks[static_cast<std::size_t>(slab.chunk)]) {
    if (m_plan.stacked && block.filters == 1 && (inTime || slab.rows >= kFewestRows)) {
      inTime ? computeStackInTime(slab, block) : computeStackOfRows(slab, block);
      continue;
    }
    for (int t = slab.firstFrame; t < slab.firstFrame + slab.frames; ++t) {
      m_plan.flat ? computeFlat(slab, block, t) : computeRowByRow(slab, block, t);
    }
  }
}

const float* SlabComputer::inputAt(const FilterBlock& block, int t, int y) const {
  const int channel = block.first / m_plan.groupFilters * m_plan.groupChannels;
  const Triple& stride = m_plan.spec.stride;
  return m_source.data() + channel * m_source.channelStride() +
         std::ptrdiff_t{t} * stride.t * m_source.frameStride() +
         std::ptrdiff_t{y} * stride.y * m_source.rowStride();
}

float* SlabComputer::outputAt(const FilterBlock& block, int t, int y) const {
  return m_output.frame(t, block.first) + std::int64_t{y} * m_output.shape().width;
}

LineJob SlabComputer::lineJob(const FilterBlock& block) const {
  LineJob job;
  job.taps = m_plan.taps.data();
  job.tapCount = static_cast<int>(m_plan.taps.size());
  job.weights = m_plan.weights.data() + block.weights;
  job.biases = m_plan.biases.data() + block.first;
  job.filters = block.filters;
  job.filterPitch = m_output.shape().channelSize();
  job.count = m_output.shape().width;
  job.activation = m_plan.spec.activation;
  return job;
}

StackJob SlabComputer::stackJob(const FilterBlock& block) const {
  const Axis inner = innerAxis(m_plan.spec);
  StackJob job;
  job.reach = m_plan.spec.kernel[inner];
  job.stride = m_plan.spec.stride[inner];
  job.taps = m_plan.taps.data();
  job.tapCount = static_cast<int>(m_plan.taps.size()) / job.reach;
  job.weights = m_plan.weights.data() + block.weights;
  job.bias = m_plan.biases[static_cast<std::size_t>(block.first)];
  job.count = m_output.shape().width;
  job.activation = m_plan.spec.activation;
  return job;
}

void SlabComputer::computeRowByRow(const Slab& slab, const FilterBlock& block, int t) const {
  LineJob job = lineJob(block);
  for (int y = slab.firstRow; y < slab.firstRow + slab.rows; ++y) {
    job.input = inputAt(block, t, y);
    job.output = outputAt(block, t, y);
    m_plan.kernel.run(job);
  }
}

// Where the input's rows are longer than the output's, the line goes to a scratch buffer and the valid part
// of each row is copied out.
void SlabComputer::computeFlat(const Slab& slab, const FilterBlock& block, int t) const {
  const std::ptrdiff_t pitch = m_source.rowStride();
  const int width = m_output.shape().width;
  float* const first = outputAt(block, t, slab.firstRow);
  LineJob job = lineJob(block);
  job.input = inputAt(block, t, slab.firstRow);
  job.count = static_cast<int>((slab.rows - 1) * pitch + width);
  if (pitch == width) {
    job.output = first;
    m_plan.kernel.run(job);
    return;
  }
  // Kept by the thread: the next slab asks for no memory.
  static thread_local std::vector<float> scratch;
  scratch.resize(static_cast<std::size_t>(job.count) * static_cast<std::size_t>(block.filters));
  job.output = scratch.data();
  const std::ptrdiff_t outputPitch = job.filterPitch;
  job.filterPitch = job.count;
  m_plan.kernel.run(job);
  for (int f = 0; f < block.filters; ++f) {
    for (int y = 0; y < slab.rows; ++y) {
      std::copy_n(scratch.data() + f * job.filterPitch + y * pitch, width,
                  first + f * outputPitch + std::int64_t{y} * width);
    }
  }
}

void SlabComputer::computeStackOfRows(const Slab& slab, const FilterBlock& block) const {
  StackJob job = stackJob(block);
  job.inputPitch = m_source.rowStride();
  job.outputPitch = m_output.shape().width;
  job.rows = slab.rows;
  for (int t = slab.firstFrame; t < slab.firstFrame + slab.frames; ++t) {
    job.input = inputAt(block, t, slab.firstRow);
    job.output = outputAt(block, t, slab.firstRow);
    m_plan.kernel.runStack(job);
  }
}

void SlabComputer::computeStackInTime(const Slab& slab, const FilterBlock& block) const {
  StackJob job = stackJob(block);
  job.inputPitch = m_source.frameStride();
  job.outputPitch = m_output.shape().frameSize();
  job.rows = slab.frames;
  // Rows that follow one another without a gap in input and output are one long line.
  const bool together = m_plan.flat && m_source.rowStride() == m_output.shape().width;
  if (together) job.count *= slab.rows;
  for (int y = slab.firstRow; y < slab.firstRow + (together ? 1 : slab.rows); ++y) {
    job.input = inputAt(block, slab.firstFrame, y);
    job.output = outputAt(block, slab.firstFrame, y);
    m_plan.kernel.runStack(job);
  }
}

}  // namespace convscope
