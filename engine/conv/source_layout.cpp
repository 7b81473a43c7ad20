#include "engine/conv/source_layout.h"

#include <algorithm>

namespace convscope {

void SourceLayout::layAxis(const ConvSpec& spec, const ConvGeometry& geometry, Axis along, bool split) {
  AxisLayout& layout = m_axes[static_cast<std::size_t>(along)];
  const AxisPadding& padding = geometry.padding[static_cast<std::size_t>(along)];
  const int stride = spec.stride[along];
  layout.phases = split ? stride : 1;
  layout.step = split ? 1 : stride;
  layout.slots.assign(static_cast<std::size_t>(layout.phases), -1);
  layout.used = 0;
  layout.phaseOfSlot.clear();
  for (int tap = 0; tap < spec.kernel[along]; ++tap) {
    const int offset = tap * spec.dilation[along];
    int& slot = layout.slots[static_cast<std::size_t>(offset % layout.phases)];
    if (slot < 0) {
      slot = layout.used++;
      layout.phaseOfSlot.push_back(offset % layout.phases);
    }
    layout.kernelReach = std::max(layout.kernelReach, offset / layout.phases);
  }
  layout.extent = layout.extentFor(geometry.output.along(along));
  const int padded = geometry.input.along(along) + padding.before + padding.after;
  layout.from.resize(static_cast<std::size_t>(padded));
  for (int at = 0; at < padded; ++at) {
    layout.from[static_cast<std::size_t>(at)] =
        paddedSource(at - padding.before, geometry.input.along(along), spec.paddingValue);
  }
}

SourceLayout::SourceLayout(const ConvSpec& spec, const ConvGeometry& geometry, const LineKernel& kernel,
                           const Wish& wish)
    : m_channels(geometry.input.channels),
      m_paddingBefore(geometry.padding[2].before),
      m_inputWidth(geometry.input.width),
      m_stride(spec.stride),
      m_splitRows(kernel.splitRows) {
  const bool padded = std::ranges::any_of(
      geometry.padding, [](const AxisPadding& padding) { return padding != AxisPadding{}; });
  m_copies = padded || wish.copies || wish.splitColumns;
  layAxis(spec, geometry, Axis::T, m_copies && spec.kernel.t == 1);
  layAxis(spec, geometry, Axis::Y, m_copies && (spec.kernel.y == 1 || wish.splitRows));
  layAxis(spec, geometry, Axis::X, wish.splitColumns);
  if (m_copies) {
    m_rowStride = axis(Axis::X).extent;
    setBand(geometry.output.length, geometry.output.height);
  } else {
    m_rowStride = geometry.input.width;
    m_frameStride = geometry.input.frameSize();
    m_framesOfChannel = geometry.input.length;
  }
}

double SourceLayout::valuesFor(int frames, int rows) const {
  if (!m_copies) return 0;
  const AxisLayout& t = axis(Axis::T);
  const AxisLayout& y = axis(Axis::Y);
  const AxisLayout& x = axis(Axis::X);
  return static_cast<double>(m_channels) * t.used * t.extentFor(frames) * y.used * y.extentFor(rows) *
         x.used * x.extent;
}

void SourceLayout::setBand(int frames, int rows) {
  if (!m_copies) return;
  AxisLayout& t = m_axes[0];
  AxisLayout& y = m_axes[1];
  t.extent = t.extentFor(frames);
  y.extent = y.extentFor(rows);
  m_frameStride = m_rowStride * y.extent * y.used * axis(Axis::X).used;
  m_framesOfChannel = std::ptrdiff_t{t.extent} * t.used;
}

std::int64_t SourceLayout::bandValues() const {
  return m_copies ? channelStride() * m_channels : 0;
}

int SourceLayout::copyFrames() const {
  return static_cast<int>(m_framesOfChannel) * m_channels;
}

std::ptrdiff_t SourceLayout::channelStride() const {
  return m_frameStride * m_framesOfChannel;
}

std::ptrdiff_t SourceLayout::tapOffset(const Triple& offset) const {
  const AxisLayout& t = axis(Axis::T);
  const AxisLayout& y = axis(Axis::Y);
  const AxisLayout& x = axis(Axis::X);
  const auto slot = [](const AxisLayout& layout, int at) {
    return std::ptrdiff_t{layout.slots[static_cast<std::size_t>(at % layout.phases)]};
  };
  const std::ptrdiff_t frame = slot(t, offset.t) * t.extent + offset.t / t.phases;
  const std::ptrdiff_t row =
      (slot(x, offset.x) * y.used + slot(y, offset.y)) * y.extent + offset.y / y.phases;
  return frame * m_frameStride + row * m_rowStride + offset.x / x.phases;
}

void SourceLayout::fillFrame(const Tensor& input, const OutputBand& band, int frame, float* to) const {
  const AxisLayout& t = axis(Axis::T);
  const AxisLayout& y = axis(Axis::Y);
  const auto place = static_cast<int>(frame % m_framesOfChannel);
  const auto channel = static_cast<int>(frame / m_framesOfChannel);
  // A short band at the far end leaves places that nobody reads; there the padded axis may have ended.
  const auto sourceAt = [](const AxisLayout& layout, int stride, int first, int slot, int at) {
    const int phase = layout.phaseOfSlot[static_cast<std::size_t>(slot)];
    const auto padded = static_cast<std::size_t>(first * stride + at * layout.phases + phase);
    return padded < layout.from.size() ? layout.from[padded] : -1;
  };
  const int fromT = sourceAt(t, m_stride.t, band.firstFrame, place / t.extent, place % t.extent);
  const int rows = y.extentFor(band.rows);
  const std::ptrdiff_t slotStride = m_rowStride * y.extent * y.used;
  to += frame * m_frameStride;
  for (int slot = 0; slot < y.used; ++slot) {
    float* const lines = to + slot * y.extent * m_rowStride;
    // Rows that lie in the clip at equal distances are copied in one go.
    for (int row = 0; row < rows;) {
      const int fromY = fromT < 0 ? -1 : sourceAt(y, m_stride.y, band.firstRow, slot, row);
      int run = 1;
      while (row + run < rows && (fromT < 0 || sourceAt(y, m_stride.y, band.firstRow, slot, row + run) ==
                                                   (fromY < 0 ? -1 : fromY + run * y.phases))) {
        ++run;
      }
      const float* const from =
          fromY < 0 ? nullptr : input.frame(fromT, channel) + std::int64_t{fromY} * m_inputWidth;
      fillRows(from, std::ptrdiff_t{m_inputWidth} * y.phases, run, lines + row * m_rowStride, slotStride);
      row += run;
    }
  }
}

float SourceLayout::paddedValue(const float* row, int column, int phase) const {
  const AxisLayout& x = axis(Axis::X);
  const auto at = static_cast<std::size_t>(column * x.phases + phase);
  const int from = at < x.from.size() ? x.from[at] : -1;
  return from < 0 ? 0.0F : row[from];
}

/// Rows of every phase of x; zeros where there is no row to copy.
void SourceLayout::fillRows(const float* row, std::ptrdiff_t rowPitch, int rows, float* to,
                            std::ptrdiff_t slotStride) const {
  const AxisLayout& x = axis(Axis::X);
  if (row != nullptr && x.phases == 2) return splitRowsInTwo(row, rowPitch, rows, to, slotStride);
  for (int slot = 0; slot < x.used; ++slot) {
    float* const lines = to + slot * slotStride;
    if (row == nullptr) {
      std::fill_n(lines, rows * m_rowStride, 0.0F);
      continue;
    }
    const int phase = x.phaseOfSlot[static_cast<std::size_t>(slot)];
    for (int i = 0; i < rows; ++i) splitRow(row + i * rowPitch, phase, lines + i * m_rowStride);
  }
}

void SourceLayout::splitRowsInTwo(const float* row, std::ptrdiff_t rowPitch, int rows, float* to,
                                  std::ptrdiff_t slotStride) const {
  const AxisLayout& x = axis(Axis::X);
  // Columns [first, last) of both phases lie inside the clip.
  const int first = std::min((m_paddingBefore + 1) / 2, x.extent);
  const int last = std::clamp((m_paddingBefore + m_inputWidth) / 2, first, x.extent);
  std::array<float*, 2> phases{};
  for (int phase = 0; phase < 2; ++phase) {
    const int slot = x.slots[static_cast<std::size_t>(phase)];
    if (slot < 0) continue;
    float* out = to + slot * slotStride;
    phases[static_cast<std::size_t>(phase)] = out + first;
    if (first == 0 && last == x.extent) continue;
    for (int i = 0; i < rows; ++i, out += m_rowStride) {
      for (int at = 0; at < first; ++at) out[at] = paddedValue(row + i * rowPitch, at, phase);
      for (int at = last; at < x.extent; ++at) out[at] = paddedValue(row + i * rowPitch, at, phase);
    }
  }
  m_splitRows(
      {row + (2 * first - m_paddingBefore), rowPitch, phases[0], phases[1], m_rowStride, rows, last - first});
}

/// One phase of a row.
void SourceLayout::splitRow(const float* row, int phase, float* to) const {
  const AxisLayout& x = axis(Axis::X);
  const int width = x.extent;
  // Columns [first, last) lie inside the clip; the others are padding, or fill up the phase.
  const int first = std::clamp((m_paddingBefore - phase + x.phases - 1) / x.phases, 0, width);
  const int last =
      std::clamp((m_paddingBefore + m_inputWidth - phase + x.phases - 1) / x.phases, first, width);
  for (int at = 0; at < first; ++at) to[at] = paddedValue(row, at, phase);
  const float* inside = row + (first * x.phases + phase - m_paddingBefore);
  if (x.phases == 1) {
    std::copy_n(inside, last - first, to + first);
  } else {
    for (int at = first; at < last; ++at, inside += x.phases) to[at] = *inside;
  }
  for (int at = last; at < width; ++at) to[at] = paddedValue(row, at, phase);
}

}  // namespace convscope
