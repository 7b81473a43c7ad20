#include "widgets/panels/film_images.h"

#include "widgets/look/clip_colour.h"
#include "widgets/panels/kernel_place.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

int every(int height, int width) {
  return std::max(1, (std::max(height, width) + FilmImages::kLongestSide - 1) / FilmImages::kLongestSide);
}

}  // namespace

const ColourMap& mapColours(const KernelView& view) {
  const LookTheme& theme = lookTheme(view.state.look);
  return view.unsignedMaps() ? theme.actUnsigned : theme.activation(view.state.look.activationMap);
}

void FilmImages::update(const KernelView& view, Plane plane) {
  if (view.result == nullptr) {
    *this = FilmImages();
    return;
  }
  updateFrames(view);
  updateMaps(view);
  updateInputSlice(view, plane);
  updateOutputSlice(view, plane);
}

void FilmImages::updateFrames(const KernelView& view) {
  if (m_clip == view.result->clip) return;
  m_clip = view.result->clip;
  const Tensor& pixels = m_clip->pixels;
  const Shape& shape = pixels.shape();
  m_pixelRange = displayRange(*m_clip);
  const int step = every(shape.height, shape.width);
  m_frames.clear();
  for (int t = 0; t < shape.length; ++t) {
    QImage image((shape.width + step - 1) / step, (shape.height + step - 1) / step, QImage::Format_RGB32);
    for (int y = 0; y < image.height(); ++y) {
      auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
      for (int x = 0; x < image.width(); ++x)
        line[x] = clipColour(pixels, m_pixelRange, t, y * step, x * step);
    }
    m_frames.push_back(std::move(image));
  }
}

QImage FilmImages::mapImage(const KernelView& view, const ColourMap& colours, QRgb unpainted, int t) const {
  const KernelResult& result = *view.result;
  const Shape& cells = result.maps.shape();
  const int channel = result.channelOf(view.filter());
  if (channel < 0 || cells.count() == 0) return {};
  const int frame = std::min(t / result.step.t, cells.length - 1);
  const double m = m_ranges[static_cast<std::size_t>(t)];
  const std::int64_t painted = m_painted[static_cast<std::size_t>(t)];
  const std::int64_t width = result.geometry.output.width;
  const int step = every(cells.height, cells.width);
  QImage image((cells.width + step - 1) / step, (cells.height + step - 1) / step, QImage::Format_RGB32);
  for (int y = 0; y < image.height(); ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
    const float* values = result.maps.frame(frame, channel) + std::int64_t{y} * step * cells.width;
    const std::int64_t reached = painted - std::int64_t{y} * step * result.step.y * width;
    const int shown = columnsReached(reached, step * result.step.x, image.width());
    colours.paint(values, shown, step, m, colours.at(NAN, m), line);
    std::fill(line + shown, line + image.width(), unpainted);
  }
  return image;
}

void FilmImages::updateMaps(const KernelView& view) {
  const LookTheme& theme = lookTheme(view.state.look);
  const int length = view.result->geometry.output.length;
  const ColourMap& colours = mapColours(view);
  const Look& look = view.state.look;
  MapKey key{view.holder, view.filter(), colours.id(), theme.theme, look.rangeMode, look.fixedRange};
  if (key != m_mapKey) {
    m_mapKey = std::move(key);
    m_ranges.assign(static_cast<std::size_t>(length), view.mapRange(view.filter(), 0).high);
    if (look.rangeMode == RangeMode::MapFrame)
      for (int t = 1; t < length; ++t)
        m_ranges[static_cast<std::size_t>(t)] = view.mapRange(view.filter(), t).high;
    m_maps.assign(static_cast<std::size_t>(length), {});
    m_painted.assign(static_cast<std::size_t>(length), -1);
  }
  for (int t = 0; t < length; ++t) {
    const auto index = static_cast<std::size_t>(t);
    const std::int64_t painted = view.paintedCells(t);
    if (painted == m_painted[index]) continue;
    m_painted[index] = painted;
    m_maps[index] = mapImage(view, colours, theme.stage.rgb(), t);
  }
}

void FilmImages::updateInputSlice(const KernelView& view, Plane plane) {
  const KernelResult& result = *view.result;
  const Triple middle = sliceThrough(view);
  SliceKey key{result.clip, plane, plane == Plane::XT ? middle.y : middle.x};
  if (key == m_sliceKey) return;
  m_sliceKey = key;
  const Tensor& pixels = result.clip->pixels;
  const Shape& shape = pixels.shape();
  const bool rows = plane == Plane::XT;
  m_inputSlice = QImage(rows ? shape.width : shape.height, shape.length, QImage::Format_RGB32);
  for (int t = 0; t < shape.length; ++t) {
    auto* line = reinterpret_cast<QRgb*>(m_inputSlice.scanLine(t));
    for (int at = 0; at < m_inputSlice.width(); ++at)
      line[at] = clipColour(pixels, m_pixelRange, t, rows ? key.line : at, rows ? at : key.line);
  }
}

void FilmImages::updateOutputSlice(const KernelView& view, Plane plane) {
  const KernelResult& result = *view.result;
  const Shape& out = result.geometry.output;
  const Triple voxel = outputSliceThrough(view);
  const ColourMap& colours = mapColours(view);
  const QRgb unpainted = lookTheme(view.state.look).stage.rgb();
  const bool rows = plane == Plane::XT;
  m_outputSlice = QImage(rows ? out.width : out.height, out.length, QImage::Format_RGB32);
  for (int t = 0; t < out.length; ++t) {
    auto* line = reinterpret_cast<QRgb*>(m_outputSlice.scanLine(t));
    const double m = m_ranges[static_cast<std::size_t>(t)];
    for (int at = 0; at < m_outputSlice.width(); ++at) {
      const Triple cell{t, rows ? voxel.y : at, rows ? at : voxel.x};
      line[at] = view.painted(cell) ? colours.at(result.valueAt(view.filter(), cell), m) : unpainted;
    }
  }
}

}  // namespace convscope
