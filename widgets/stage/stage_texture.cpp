#include "widgets/stage/stage_texture.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

std::shared_ptr<const void> resultHandle(const KernelView& view) {
  if (view.holder) return view.holder;
  return {std::shared_ptr<const void>(), view.result};
}

std::uint8_t byteOf(float value, const ValueRange& range) {
  const float share = (value - range.low) / (range.high - range.low);
  return static_cast<std::uint8_t>(std::lround(std::clamp(share, 0.f, 1.f) * 255));
}

void fillInput(TexturePixels& texture, const StagePlane& plane, const Clip& clip) {
  const Tensor& pixels = clip.pixels;
  const Shape& shape = pixels.shape();
  const ValueRange range = displayRange(clip);
  texture.width = shape.width;
  texture.height = shape.height;
  texture.rgb.resize(static_cast<std::size_t>(shape.frameSize()) * 3);
  const bool colour = plane.channel < 0 && shape.channels == 3;
  // One of three channels on its own is shown in its own light, softened so that it stays legible on dark and
  // white.
  const bool tinted = plane.channel >= 0 && shape.channels == 3;
  static constexpr double kLight[3][3] = {{1, .40, .36}, {.48, .90, .46}, {.45, .60, 1}};
  for (int c = 0; c < 3; ++c) {
    const int from = colour ? c : std::max(0, plane.channel);
    const float* row = pixels.frame(plane.t, from);
    const double light = tinted ? kLight[plane.channel][c] : 1;
    for (std::int64_t i = 0; i < shape.frameSize(); ++i) {
      texture.rgb[static_cast<std::size_t>(i) * 3 + c] =
          static_cast<std::uint8_t>(byteOf(row[i], range) * light);
    }
  }
}

/// Colours of one row into red, green and blue.
void putRow(const QRgb* colours, int count, std::uint8_t* cells) {
  for (int i = 0; i < count; ++i) {
    cells[3 * i] = static_cast<std::uint8_t>(qRed(colours[i]));
    cells[3 * i + 1] = static_cast<std::uint8_t>(qGreen(colours[i]));
    cells[3 * i + 2] = static_cast<std::uint8_t>(qBlue(colours[i]));
  }
}

/// A map frame, row after row: the way of every picture while a setting is dragged.
void fillMapFrame(TexturePixels& texture, int t, int channel, const KernelView& view, const ColourMap& scale,
                  double range, QRgb blank) {
  const KernelResult& result = *view.result;
  const Shape& shape = result.maps.shape();
  const int frame = t / result.step.t;
  const bool known = channel >= 0 && frame < shape.length;
  const std::int64_t painted = known ? view.paintedCells(t) : 0;
  std::vector<QRgb> colours(static_cast<std::size_t>(texture.width));
  for (int row = 0; row < texture.height; ++row) {
    const std::int64_t before = std::int64_t{row} * result.step.y * result.geometry.output.width;
    const int shown = columnsReached(painted - before, result.step.x, texture.width);
    if (shown > 0) {
      const float* values = result.maps.frame(frame, channel) + std::int64_t{row} * shape.width;
      scale.paint(values, shown, 1, range, blank, colours.data());
    }
    std::fill(colours.begin() + shown, colours.end(), blank);
    putRow(colours.data(), texture.width,
           texture.rgb.data() + static_cast<std::size_t>(row) * texture.width * 3);
  }
}

/// A cut through all map frames along x (alongY) or y.
void fillSlice(TexturePixels& texture, const StagePlane& plane, int channel, const KernelView& view,
               const ColourMap& scale, double range, QRgb blank) {
  const Tensor& maps = view.result->maps;
  const Triple step = view.result->step;
  const bool alongY = plane.kind == PlaneKind::SliceX;
  for (int row = 0; row < texture.height; ++row) {
    for (int column = 0; column < texture.width; ++column) {
      const Triple cell =
          alongY ? Triple{column, row, plane.t / step.x} : Triple{row, plane.t / step.y, column};
      const bool shown = channel >= 0 && maps.shape().contains(cell) &&
                         view.painted({cell.t * step.t, cell.y * step.y, cell.x * step.x});
      const float value = shown ? maps.at(cell.t, cell.y, cell.x, channel) : 0.F;
      const QRgb colour = shown && std::isfinite(value) ? scale.at(value, range) : blank;
      putRow(&colour, 1, texture.rgb.data() + (static_cast<std::size_t>(row) * texture.width + column) * 3);
    }
  }
}

}  // namespace

double MapRanges::at(const KernelView& view, int t) {
  const Look& look = view.state.look;
  const bool same = view.result == m_result && m_holder.lock() == view.holder && view.filter() == m_filter &&
                    look.rangeMode == m_look.rangeMode && look.fixedRange == m_look.fixedRange;
  if (!same) {
    m_result = view.result;
    m_holder = view.holder;
    m_filter = view.filter();
    m_look = look;
    m_frames.assign(
        look.rangeMode == RangeMode::MapFrame ? std::max(1, view.result->geometry.output.length) : 1, 0);
  }
  double& kept =
      m_frames[std::min<std::size_t>(m_frames.size() - 1, static_cast<std::size_t>(std::max(0, t)))];
  if (kept == 0) kept = view.mapRange(m_filter, t).high;
  return kept;
}

const ColourMap& mapScale(const KernelView& view, const LookTheme& theme) {
  return view.unsignedMaps() ? theme.actUnsigned : theme.activation(view.state.look.activationMap);
}

TextureKey textureKey(const StagePlane& plane, const KernelView& view, const LookTheme& theme, double range) {
  TextureKey key;
  key.kind = plane.kind;
  key.t = plane.t;
  key.channel = plane.channel;
  if (plane.kind == PlaneKind::Input) {
    key.source = view.result->clip;
    return key;
  }
  key.source = resultHandle(view);
  key.range = range;
  key.map = mapScale(view, theme).id();
  key.theme = static_cast<int>(theme.theme);
  if (view.state.playback.paint) {
    key.painted =
        plane.kind == PlaneKind::Map
            ? view.paintedCells(plane.t)
            : view.paintedCells(0) + std::int64_t{view.voxel().t} * view.result->geometry.output.frameSize();
  }
  return key;
}

TexturePixels texturePixels(const StagePlane& plane, const KernelView& view, const LookTheme& theme,
                            double range) {
  TexturePixels texture;
  if (plane.kind == PlaneKind::Input) {
    fillInput(texture, plane, *view.result->clip);
    return texture;
  }
  const KernelResult& result = *view.result;
  const Tensor& maps = result.maps;
  const Shape& shape = maps.shape();
  const Triple step = result.step;
  const int channel = result.channelOf(plane.channel);
  const bool alongY = plane.kind == PlaneKind::SliceX;
  const bool alongX = plane.kind == PlaneKind::SliceY;
  texture.width = alongY ? shape.length : shape.width;
  texture.height = alongX ? shape.length : shape.height;
  texture.rgb.resize(static_cast<std::size_t>(texture.width) * texture.height * 3);
  texture.coverX = static_cast<double>(plane.columns) / (texture.width * (alongY ? step.t : step.x));
  texture.coverY = static_cast<double>(plane.rows) / (texture.height * (alongX ? step.t : step.y));
  const ColourMap& scale = mapScale(view, theme);
  if (alongX || alongY)
    fillSlice(texture, plane, channel, view, scale, range, theme.stage.rgb());
  else
    fillMapFrame(texture, plane.t, channel, view, scale, range, theme.stage.rgb());
  return texture;
}

}  // namespace convscope
