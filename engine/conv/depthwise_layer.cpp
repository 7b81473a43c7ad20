#include "engine/conv/depthwise_layer.h"

#include "engine/conv/conv_plan.h"

#include <algorithm>

namespace convscope {

namespace {

/// Floats of the window of one slab: half a megabyte, a quarter of the second-level cache of the processors
/// that this was measured on, so that the outputs being written do not push it out.
constexpr std::int64_t kWindowFloats = 128 * 1024;
/// A slab is not cut lower than this: the rows above and below it would be copied too often.
constexpr int kFewestSlabRows = 16;

}  // namespace

bool DepthwiseLayer::serves(const ConvSpec& spec, const ConvGeometry& geometry) {
  return spec.groups > 1 && spec.groups == geometry.input.channels;
}

DepthwiseLayer::DepthwiseLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                               const LineKernel& kernel)
    : SlabLayer(geometry),
      m_spec(spec),
      m_geometry(geometry),
      m_kernel(kernel),
      m_window(geometry, spec.paddingValue, paddedExtent(geometry),
               geometry.output.width > 1 ? spec.stride.x : 1) {
  chooseSlabs();
  chooseWay();
  packWeights(bank);
}

int DepthwiseLayer::windowFrames(int frames) const {
  return (frames - 1) * m_spec.stride.t + m_spec.span(Axis::T);
}

int DepthwiseLayer::windowRows(int rows) const {
  return (rows - 1) * m_spec.stride.y + m_spec.span(Axis::Y);
}

void DepthwiseLayer::chooseSlabs() {
  const Shape& out = m_geometry.output;
  m_frames = out.length;
  m_rows = out.height;
  const auto half = [](int count) { return (count + 1) / 2; };
  const auto tooLarge = [&] {
    return windowFrames(m_frames) * windowRows(m_rows) * m_window.rowPitch() > kWindowFloats;
  };
  // Cuts that leave several times the kernel's reach copy little twice; those come first.
  while (tooLarge() && m_frames > 2 * m_spec.span(Axis::T)) m_frames = half(m_frames);
  while (tooLarge() && m_rows > std::max(kFewestSlabRows, 2 * m_spec.span(Axis::Y))) m_rows = half(m_rows);
  while (tooLarge() && m_frames > 1) m_frames = half(m_frames);
  m_frameSlabs = (out.length + m_frames - 1) / m_frames;
  m_rowSlabs = (out.height + m_rows - 1) / m_rows;
}

void DepthwiseLayer::chooseWay() {
  const Axis inner = innerAxis(m_spec);
  const int reach = m_spec.kernel[inner];
  const bool stackable = reach >= 2 && reach <= kLongestReach && m_spec.dilation[inner] == 1 &&
                         m_spec.stride[inner] <= kLongestStackStride;
  if (!stackable) return;
  m_way = inner == Axis::T ? Way::StackInTime : Way::StackOfRows;
}

// The order of the terms is that of ConvPlan: time, width, height, or width, time where the kernel is one row
// high.
void DepthwiseLayer::packWeights(const FilterBank& bank) {
  const Triple& kernel = m_spec.kernel;
  const bool timeInside = innerAxis(m_spec) == Axis::T;
  const std::ptrdiff_t rowPitch = m_window.rowPitch();
  std::vector<std::size_t> order;
  for (int outer = 0; outer < (timeInside ? 1 : kernel.t); ++outer) {
    for (int x = 0; x < kernel.x; ++x) {
      for (int inner = 0; inner < (timeInside ? kernel.t : kernel.y); ++inner) {
        const int t = timeInside ? inner : outer;
        const int y = timeInside ? 0 : inner;
        m_taps.push_back(t * m_spec.dilation.t * framePitch() + y * m_spec.dilation.y * rowPitch +
                         m_window.columnOffset(x * m_spec.dilation.x));
        order.push_back(m_spec.flipped
                            ? weightIndex(kernel, 0, kernel.t - 1 - t, kernel.y - 1 - y, kernel.x - 1 - x)
                            : weightIndex(kernel, 0, t, y, x));
      }
    }
  }
  for (const Filter& filter : bank) {
    m_biases.push_back(filter.bias);
    for (const std::size_t at : order) m_weights.push_back(filter.weights[at]);
  }
}

double DepthwiseLayer::workPerSlab() const {
  const Shape& out = m_geometry.output;
  return static_cast<double>(m_taps.size()) * m_frames * m_rows * out.width * out.channels /
         m_geometry.input.channels;
}

std::size_t DepthwiseLayer::scratchSize() const {
  return static_cast<std::size_t>(windowFrames(m_frames) * windowRows(m_rows) * m_window.rowPitch());
}

void DepthwiseLayer::computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const {
  const Shape& out = m_geometry.output;
  const int pieces = m_frameSlabs * m_rowSlabs;
  const int channel = slab / pieces;
  Part part;
  part.firstFrame = slab % pieces / m_rowSlabs * m_frames;
  part.frames = std::min(m_frames, out.length - part.firstFrame);
  part.firstRow = slab % m_rowSlabs * m_rows;
  part.rows = std::min(m_rows, out.height - part.firstRow);

  for (int t = 0; t < windowFrames(part.frames); ++t) {
    m_window.copyRows(input, channel, part.firstFrame * m_spec.stride.t + t, part.firstRow * m_spec.stride.y,
                      windowRows(part.rows), scratch + t * framePitch());
  }
  const int filters = out.channels / m_geometry.input.channels;
  for (int f = 0; f < filters; ++f) {
    part.filter = channel * filters + f;
    computePart(part, scratch, output);
  }
}

void DepthwiseLayer::computePart(const Part& part, const float* window, Tensor& output) const {
  const int lines = m_way == Way::StackInTime ? part.frames : part.rows;
  if (m_way == Way::RowByRow || lines < kFewestRows) {
    computeRowByRow(part, window, output);
  } else {
    computeStacks(part, window, output);
  }
}

const float* DepthwiseLayer::inputAt(const float* window, int t, int y) const {
  return window + t * m_spec.stride.t * framePitch() + y * m_spec.stride.y * m_window.rowPitch();
}

float* DepthwiseLayer::outputAt(const Part& part, Tensor& output, int t, int y) const {
  return output.frame(part.firstFrame + t, part.filter) +
         std::ptrdiff_t{part.firstRow + y} * m_geometry.output.width;
}

void DepthwiseLayer::computeRowByRow(const Part& part, const float* window, Tensor& output) const {
  const auto filter = static_cast<std::size_t>(part.filter);
  LineJob job;
  job.taps = m_taps.data();
  job.tapCount = static_cast<int>(m_taps.size());
  job.weights = m_weights.data() + filter * m_taps.size();
  job.biases = &m_biases[filter];
  job.filters = 1;
  job.count = m_geometry.output.width;
  job.activation = m_spec.activation;
  for (int t = 0; t < part.frames; ++t) {
    for (int y = 0; y < part.rows; ++y) {
      job.input = inputAt(window, t, y);
      job.output = outputAt(part, output, t, y);
      m_kernel.run(job);
    }
  }
}

void DepthwiseLayer::computeStacks(const Part& part, const float* window, Tensor& output) const {
  const auto filter = static_cast<std::size_t>(part.filter);
  const int width = m_geometry.output.width;
  const bool inTime = m_way == Way::StackInTime;
  const Axis inner = innerAxis(m_spec);
  StackJob job;
  job.inputPitch = inTime ? framePitch() : m_window.rowPitch();
  job.taps = m_taps.data();
  job.reach = m_spec.kernel[inner];
  job.tapCount = static_cast<int>(m_taps.size()) / job.reach;
  job.stride = m_spec.stride[inner];
  job.weights = m_weights.data() + filter * m_taps.size();
  job.bias = m_biases[filter];
  job.outputPitch = inTime ? m_geometry.output.frameSize() : width;
  job.rows = inTime ? part.frames : part.rows;
  job.count = width;
  job.activation = m_spec.activation;
  // Rows that follow one another without a gap in window and output are one long line.
  const bool together = inTime && m_window.rowPitch() == width && m_spec.stride.y == 1;
  if (together) job.count *= part.rows;
  const int stacks = !inTime ? part.frames : together ? 1 : part.rows;
  for (int i = 0; i < stacks; ++i) {
    job.input = inTime ? inputAt(window, 0, i) : inputAt(window, i, 0);
    job.output = inTime ? outputAt(part, output, 0, i) : outputAt(part, output, i, 0);
    m_kernel.runStack(job);
  }
}

void addDepthwiseKernels(std::vector<ConvKernel>& table) {
  ConvKernel model;
  model.name = "depthwise";
  model.serves = DepthwiseLayer::serves;
  // Every thread has a window of its own; the most that one takes is that of the fewest rows of one frame.
  model.scratchBytes = [](const ConvSpec& spec, const ConvGeometry& geometry) {
    const double rows = kFewestSlabRows * spec.stride.y + spec.span(Axis::Y);
    const double cells = rows * spec.span(Axis::T) * paddedExtent(geometry).x;
    return ScratchBytes{0, sizeof(float) * std::max(static_cast<double>(kWindowFloats), 2 * cells)};
  };
  model.prepare = [](const ConvKernel& self, const ConvSpec& spec, const ConvGeometry& geometry,
                     const FilterBank& bank, const ComputeContext&) -> std::unique_ptr<KernelLayer> {
    return std::make_unique<DepthwiseLayer>(spec, geometry, bank, lineKernelOf(self));
  };
  addForEachTarget(table, model);
}

}  // namespace convscope
