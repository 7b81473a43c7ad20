#include "engine/conv/source_layout.h"

#include <algorithm>

namespace convscope {

namespace {

std::vector<int> sourcesAlong(Axis axis, const ConvGeometry& geometry, int padded, PaddingValue value) {
  std::vector<int> from(static_cast<std::size_t>(padded));
  const int before = geometry.padding[static_cast<std::size_t>(axis)].before;
  for (int at = 0; at < padded; ++at) {
    from[static_cast<std::size_t>(at)] = paddedSource(at - before, geometry.input.along(axis), value);
  }
  return from;
}

/// Every step-th value. The common steps are compiled as constants, which lets the compiler use shuffles.
template <int step = 0>
void copyEvery(const float* from, int stride, int count, float* to) {
  const std::ptrdiff_t by = step > 0 ? step : stride;
  for (int i = 0; i < count; ++i) to[i] = from[i * by];
}

void copyStrided(const float* from, int stride, int count, float* to) {
  switch (stride) {
    case 1:
      std::copy_n(from, count, to);
      return;
    case 2:
      return copyEvery<2>(from, stride, count, to);
    case 4:
      return copyEvery<4>(from, stride, count, to);
    default:
      return copyEvery<>(from, stride, count, to);
  }
}

}  // namespace

SourceLayout::SourceLayout(const ConvSpec& spec, const ConvGeometry& geometry)
    : m_geometry(geometry), m_phases(geometry.output.width > 1 ? spec.stride.x : 1) {
  for (const Axis axis : kAxes) {
    const AxisPadding& padding = geometry.padding[static_cast<std::size_t>(axis)];
    m_padded[axis] = geometry.input.along(axis) + padding.before + padding.after;
  }
  m_rowStride = (m_padded.x + m_phases - 1) / m_phases;
  m_frameStride = m_rowStride * m_phases * m_padded.y;
  m_fromT = sourcesAlong(Axis::T, geometry, m_padded.t, spec.paddingValue);
  m_fromY = sourcesAlong(Axis::Y, geometry, m_padded.y, spec.paddingValue);
  m_fromX = sourcesAlong(Axis::X, geometry, m_padded.x, spec.paddingValue);
  // Small clips are copied in one piece: waking the other threads would take longer.
  const int frames = m_padded.t * geometry.input.channels;
  constexpr std::int64_t kPiece = 64 * 1024;
  m_framesTogether = static_cast<int>(
      std::clamp<std::int64_t>(kPiece / std::max<std::int64_t>(1, m_frameStride), 1, frames));
  m_pieces = (frames + m_framesTogether - 1) / m_framesTogether;
}

bool SourceLayout::needsCopy() const {
  return m_phases > 1 || m_padded != m_geometry.input.extent();
}

double SourceLayout::copyBytes() const {
  if (!needsCopy()) return 0;
  return static_cast<double>(m_frameStride) * m_padded.t * m_geometry.input.channels * sizeof(float);
}

void SourceLayout::setInput(const Tensor& input) {
  m_input = &input;
  if (!needsCopy()) {
    m_data = input.data();
    return;
  }
  if (m_copy.empty()) {
    m_copy = Tensor::uninitialised(
        {m_padded.t, m_padded.y * m_phases, static_cast<int>(m_rowStride), m_geometry.input.channels});
  }
  m_data = m_copy.data();
}

void SourceLayout::copyPiece(int piece) {
  const int frames = m_padded.t * m_geometry.input.channels;
  for (int i = piece * m_framesTogether; i < std::min(frames, (piece + 1) * m_framesTogether); ++i)
    copyFrame(i / m_padded.t, i % m_padded.t, m_copy.data() + m_frameStride * i);
}

void SourceLayout::copyFrame(int c, int t, float* frame) const {
  const int fromT = m_fromT[static_cast<std::size_t>(t)];
  const auto width = static_cast<int>(m_rowStride);
  const int before = m_geometry.padding[2].before;
  const int inputWidth = m_geometry.input.width;
  for (int phase = 0; phase < m_phases; ++phase) {
    // Columns [first, last) of this phase lie inside the clip; the others are padding, or fill up the phase.
    const int first = std::clamp((before - phase + m_phases - 1) / m_phases, 0, width);
    const int last = std::clamp((before + inputWidth - phase + m_phases - 1) / m_phases, first, width);
    for (int y = 0; y < m_padded.y; ++y, frame += width) {
      const int fromY = m_fromY[static_cast<std::size_t>(y)];
      if (fromT < 0 || fromY < 0) {
        std::fill_n(frame, width, 0.0F);
        continue;
      }
      const float* row = m_input->frame(fromT, c) + std::int64_t{fromY} * inputWidth;
      const auto padded = [&](int column) {
        const int at = column * m_phases + phase;
        const int from = at < m_padded.x ? m_fromX[static_cast<std::size_t>(at)] : -1;
        return from < 0 ? 0.0F : row[from];
      };
      for (int x = 0; x < first; ++x) frame[x] = padded(x);
      const float* inside = row + (first * m_phases + phase - before);
      copyStrided(inside, m_phases, last - first, frame + first);
      for (int x = last; x < width; ++x) frame[x] = padded(x);
    }
  }
}

}  // namespace convscope
