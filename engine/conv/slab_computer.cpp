#include "engine/conv/slab_computer.h"

#include <algorithm>

namespace convscope {

void SlabComputer::compute(const Slab& slab) const {
  const OutputBand& band = slab.band;
  const bool inTime = innerAxis(m_plan.spec) == Axis::T;
  for (const FilterBlock& block : m_plan.chunks[static_cast<std::size_t>(slab.chunk)]) {
    if (m_plan.style == LineStyle::Filters) {
      computeFilterLanes(band, block);
      continue;
    }
    if (m_plan.stacked && block.filters == 1 && (inTime || band.rows >= kFewestRows)) {
      inTime ? computeStackInTime(band, block) : computeStackOfRows(band, block);
      continue;
    }
    for (int t = band.firstFrame; t < band.firstFrame + band.frames; ++t) {
      m_plan.flat ? computeFlat(band, block, t) : computeRowByRow(band, block, t);
    }
  }
}

const float* SlabComputer::inputAt(const FilterBlock& block, int t, int y) const {
  const int channel = block.first / m_plan.groupFilters * m_plan.groupChannels;
  const SourceLayout& source = m_plan.source;
  return m_source + channel * source.channelStride() +
         (t - m_origin.firstFrame) * source.outputFrameStride() +
         (y - m_origin.firstRow) * source.outputRowStride();
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
  job.columnStep = m_output.shape().width > 1 ? m_plan.source.step(Axis::X) : 1;
  job.activation = m_plan.spec.activation;
  return job;
}

StackJob SlabComputer::stackJob(const FilterBlock& block) const {
  const Axis inner = innerAxis(m_plan.spec);
  StackJob job;
  job.reach = m_plan.spec.kernel[inner];
  job.stride = m_plan.source.step(inner);
  job.taps = m_plan.taps.data();
  job.tapCount = static_cast<int>(m_plan.taps.size()) / job.reach;
  job.weights = m_plan.weights.data() + block.weights;
  job.bias = m_plan.biases[static_cast<std::size_t>(block.first)];
  job.count = m_output.shape().width;
  job.columnStep = m_output.shape().width > 1 ? m_plan.source.step(Axis::X) : 1;
  job.activation = m_plan.spec.activation;
  return job;
}

void SlabComputer::computeFilterLanes(const OutputBand& band, const FilterBlock& block) const {
  FilterLanesJob job;
  job.taps = m_plan.taps.data();
  job.tapCount = static_cast<int>(m_plan.taps.size());
  job.columnStep = m_output.shape().width > 1 ? m_plan.source.step(Axis::X) : 1;
  job.weights = m_plan.weights.data() + block.weights;
  job.biases = m_plan.biases.data() + block.first;
  job.filters = block.filters;
  job.filterPitch = m_output.shape().channelSize();
  job.count = m_output.shape().width;
  job.activation = m_plan.spec.activation;
  for (int t = band.firstFrame; t < band.firstFrame + band.frames; ++t) {
    for (int y = band.firstRow; y < band.firstRow + band.rows; ++y) {
      job.input = inputAt(block, t, y);
      job.output = outputAt(block, t, y);
      m_plan.kernel.filterLanes.run(job);
    }
  }
}

void SlabComputer::computeRowByRow(const OutputBand& band, const FilterBlock& block, int t) const {
  LineJob job = lineJob(block);
  for (int y = band.firstRow; y < band.firstRow + band.rows; ++y) {
    job.input = inputAt(block, t, y);
    job.output = outputAt(block, t, y);
    m_plan.kernel.run(job);
  }
}

// Where the input's rows are longer than the output's, the line goes to a scratch buffer and the valid part
// of each row is copied out.
void SlabComputer::computeFlat(const OutputBand& band, const FilterBlock& block, int t) const {
  const std::ptrdiff_t pitch = m_plan.source.rowStride();
  const int width = m_output.shape().width;
  float* const first = outputAt(block, t, band.firstRow);
  LineJob job = lineJob(block);
  job.input = inputAt(block, t, band.firstRow);
  job.count = static_cast<int>((band.rows - 1) * pitch + width);
  if (pitch == width) {
    job.output = first;
    m_plan.kernel.run(job);
    return;
  }
  if (m_plan.kernel.storesRows && pitch >= m_plan.kernel.lanes && job.count >= m_plan.kernel.lanes) {
    job.output = first;
    job.rowPitch = static_cast<int>(pitch);
    job.rowLength = width;
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
    for (int y = 0; y < band.rows; ++y) {
      std::copy_n(scratch.data() + f * job.filterPitch + y * pitch, width,
                  first + f * outputPitch + std::int64_t{y} * width);
    }
  }
}

void SlabComputer::computeStackOfRows(const OutputBand& band, const FilterBlock& block) const {
  StackJob job = stackJob(block);
  job.inputPitch = m_plan.source.rowStride();
  job.outputPitch = m_output.shape().width;
  job.rows = band.rows;
  for (int t = band.firstFrame; t < band.firstFrame + band.frames; ++t) {
    job.input = inputAt(block, t, band.firstRow);
    job.output = outputAt(block, t, band.firstRow);
    m_plan.kernel.runStack(job);
  }
}

void SlabComputer::computeStackInTime(const OutputBand& band, const FilterBlock& block) const {
  StackJob job = stackJob(block);
  job.inputPitch = m_plan.source.lineStride(Axis::T);
  job.outputPitch = m_output.shape().frameSize();
  job.rows = band.frames;
  // Rows that follow one another without a gap in input and output are one long line.
  const bool together = m_plan.flat && m_plan.source.rowStride() == m_output.shape().width;
  if (together) job.count *= band.rows;
  for (int y = band.firstRow; y < band.firstRow + (together ? 1 : band.rows); ++y) {
    job.input = inputAt(block, band.firstFrame, y);
    job.output = outputAt(block, band.firstFrame, y);
    m_plan.kernel.runStack(job);
  }
}

}  // namespace convscope
