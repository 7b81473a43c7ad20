#include "engine/conv/padded_window.h"

#include <algorithm>

namespace convscope {

namespace {

std::vector<int> sourcesAlong(Axis axis, const ConvGeometry& geometry, int count, PaddingValue value) {
  std::vector<int> from(static_cast<std::size_t>(count), -1);
  const int before = geometry.padding[static_cast<std::size_t>(axis)].before;
  const int padded = std::min(count, paddedExtent(geometry)[axis]);
  for (int at = 0; at < padded; ++at) {
    from[static_cast<std::size_t>(at)] = paddedSource(at - before, geometry.input.along(axis), value);
  }
  return from;
}

/// Every step-th value. The common steps are compiled as constants, which lets the compiler use shuffles.
template <int step>
void copyEvery(const float* from, std::ptrdiff_t stride, std::ptrdiff_t count, float* to) {
  const std::ptrdiff_t by = step > 0 ? step : stride;
  for (std::ptrdiff_t i = 0; i < count; ++i) to[i] = from[i * by];
}

}  // namespace

Triple paddedExtent(const ConvGeometry& geometry) {
  Triple extent = geometry.input.extent();
  for (const Axis axis : kAxes) {
    const AxisPadding& padding = geometry.padding[static_cast<std::size_t>(axis)];
    extent[axis] += padding.before + padding.after;
  }
  return extent;
}

PaddedWindow::PaddedWindow(const ConvGeometry& geometry, PaddingValue value, const Triple& extent, int phases)
    : m_phases(phases),
      m_phaseWidth((extent.x + phases - 1) / phases),
      m_before(geometry.padding[2].before),
      m_width(geometry.input.width),
      m_fromT(sourcesAlong(Axis::T, geometry, extent.t, value)),
      m_fromY(sourcesAlong(Axis::Y, geometry, extent.y, value)),
      m_fromX(sourcesAlong(Axis::X, geometry, static_cast<int>(m_phaseWidth) * phases, value)) {}

void PaddedWindow::copyRows(const Tensor& input, int c, int t, int row, int rows, float* to) const {
  const int fromT = m_fromT[static_cast<std::size_t>(t)];
  const float* const frame = fromT < 0 ? nullptr : input.frame(fromT, c);
  for (int y = row; y < row + rows; ++y, to += rowPitch()) {
    const int fromY = m_fromY[static_cast<std::size_t>(y)];
    if (frame == nullptr || fromY < 0) {
      std::fill_n(to, rowPitch(), 0.0F);
    } else {
      copyRow(frame + std::ptrdiff_t{fromY} * m_width, to);
    }
  }
}

void PaddedWindow::copyRow(const float* from, float* to) const {
  for (int phase = 0; phase < m_phases; ++phase, to += m_phaseWidth) {
    // Columns [first, last) of this phase lie inside the clip; the others are padding.
    const auto inside = [&](int column) {
      return std::clamp<std::ptrdiff_t>((column - phase + m_phases - 1) / m_phases, 0, m_phaseWidth);
    };
    const std::ptrdiff_t first = inside(m_before);
    const std::ptrdiff_t last = std::max(first, inside(m_before + m_width));
    const auto padded = [&](std::ptrdiff_t column) {
      const int source = m_fromX[static_cast<std::size_t>(column * m_phases + phase)];
      return source < 0 ? 0.0F : from[source];
    };
    for (std::ptrdiff_t x = 0; x < first; ++x) to[x] = padded(x);
    const float* const start = from + (first * m_phases + phase - m_before);
    if (m_phases == 1) {
      std::copy_n(start, last - first, to + first);
    } else if (m_phases == 2) {
      copyEvery<2>(start, 2, last - first, to + first);
    } else {
      copyEvery<0>(start, m_phases, last - first, to + first);
    }
    for (std::ptrdiff_t x = last; x < m_phaseWidth; ++x) to[x] = padded(x);
  }
}

}  // namespace convscope
