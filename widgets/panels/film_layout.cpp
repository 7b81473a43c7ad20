#include "widgets/panels/film_layout.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/kernel_place.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

/// Sizes in px that follow from the type. Normal type is 12.5 px.
struct Metrics {
  double title;     ///< height of a line of titles above the frames
  double below;     ///< one row: bracket and its label below the frames
  double between;   ///< two rows: bracket and stem between them
  double mapTitle;  ///< two rows: line of titles below the maps
  double label;     ///< column of "input" and "output"
  double gap;       ///< between frames
  double arrow;     ///< one row: arrow and "output" between frames and maps
};

Metrics metricsOf(const LookTheme& theme, bool oneRow, bool labels) {
  const double s = theme.body / 12.5;
  Metrics metrics{23 * s, oneRow ? 22 * s : 0, 26 * s, 19 * s, labels ? 92 * s : theme.panelPad * 1.0, 8 * s,
                  120 * s};
  // the frames are what is to be seen from the last row of seats: little room for words
  if (theme.presenter) metrics.title = theme.stageLabel * 1.55;
  if (theme.presenter && oneRow) metrics.below = theme.stageLabel * 1.75;
  return metrics;
}

constexpr double kSmallestFrame = 9;    ///< px wide; below that not all frames are shown
constexpr double kSmallestRowMap = 22;  ///< px wide; below that one row shows few maps, but large ones
constexpr int kFewMaps = 3;             ///< the kernel's and its neighbours

double frameHeight(const FilmSetting& setting, const Metrics& m) {
  const double height = setting.size.height();
  if (setting.oneRow) return std::max(12.0, height - m.title - m.below);
  return std::max(12.0, std::floor((height - m.title - m.between - m.mapTitle) / 2));
}

/// Frames and padding frames, first and one behind the last.
std::pair<int, int> slotsOf(const KernelResult& result, bool withMaps) {
  const Shape& in = result.geometry.input;
  if (!withMaps) return {0, in.length};
  const int first = std::min(0, patchStart(result, {0, 0, 0}).t);
  const int last =
      patchStart(result, {result.geometry.output.length - 1, 0, 0}).t + result.spec.conv.span(Axis::T);
  return {first, std::max(in.length, last)};
}

/// A window of `room` out of [first, end) around `middle`.
std::pair<int, int> windowAround(int first, int end, int room, double middle) {
  room = std::clamp(room, 1, end - first);
  const int from = std::clamp(static_cast<int>(std::lround(middle - (room - 1) / 2.0)), first, end - room);
  return {from, from + room};
}

}  // namespace

QRectF FilmLayout::slot(int at) const {
  return {QPointF(left + (at - firstSlot) * pitch, frameTop), frame};
}

double filmWidth(const KernelResult& result, const FilmSetting& setting, const LookTheme& theme) {
  const Metrics m = metricsOf(theme, setting.oneRow, setting.labels);
  const Shape& in = result.geometry.input;
  const double width = frameHeight(setting, m) * in.width / in.height;
  const auto [first, end] = slotsOf(result, setting.withMaps);
  double all = m.label + (end - first) * (width + m.gap) + theme.panelPad;
  if (setting.oneRow && setting.withMaps) all += m.arrow + result.geometry.output.length * (width + m.gap);
  return all;
}

FilmLayout filmLayout(const KernelResult& result, const Triple& voxel, const FilmSetting& setting,
                      const LookTheme& theme) {
  const Metrics m = metricsOf(theme, setting.oneRow, setting.labels);
  const Shape& in = result.geometry.input;
  const auto [first, end] = slotsOf(result, setting.withMaps);
  const double middle = patchCentre(result, Axis::T, voxel.t);
  const int mapCount = result.geometry.output.length;

  FilmLayout lay;
  lay.oneRow = setting.oneRow;
  lay.maps = setting.withMaps;
  lay.labelX = theme.panelPad + 2;
  const double highest = frameHeight(setting, m);
  const double widest = highest * in.width / in.height;
  double room = setting.size.width() - m.label - theme.panelPad;
  int maps = setting.oneRow && setting.withMaps ? mapCount : 0;
  if (maps > 0) room -= m.arrow;
  const auto widthFor = [&](int boxes) {
    const double pitch = room / boxes;
    return std::min(widest, pitch - std::clamp(pitch * .1, 1.0, m.gap));
  };
  const bool fewMaps = maps > 0 && widthFor(end - first + maps) < kSmallestRowMap;
  const int few = std::min(kFewMaps, mapCount);
  if (fewMaps) {  // as large as the height allows
    maps = 0;
    room -= few * (widest + m.gap);
  }
  double width = widthFor(end - first + maps);
  if (width < std::min(kSmallestFrame, widest)) width = std::min(kSmallestFrame, widest);
  const double gap = std::clamp(width * .11, 1.0, m.gap);
  lay.cell = width / in.width;
  lay.frame = {width, lay.cell * in.height};
  lay.pitch = width + gap;
  lay.mapFrame = fewMaps ? QSizeF(widest, highest) : lay.frame;
  const int fitting = static_cast<int>((room - maps * lay.pitch + gap + .5) / lay.pitch);
  std::tie(lay.firstSlot, lay.endSlot) = windowAround(first, end, fitting, middle);
  lay.left = m.label;

  const double slack = highest - lay.frame.height();
  lay.titleY = m.title * (theme.presenter ? .6 : .5);
  // smaller frames stand lower, so that bracket and maps stay close to them
  lay.frameTop = std::round(m.title + (setting.oneRow ? slack / 2 : slack * .6));
  if (setting.oneRow)
    lay.titleY = lay.frameTop - m.title * (theme.presenter ? .54 : .48);
  else
    lay.titleY = lay.frameTop - m.title * .5;
  lay.width = lay.left + (lay.endSlot - lay.firstSlot) * lay.pitch;
  if (setting.oneRow) {
    lay.mapTop = lay.frameTop + (lay.frame.height() - lay.mapFrame.height()) / 2;
    lay.mapTitleY = lay.mapTop - (lay.frameTop - lay.titleY);
    lay.mapPitch = lay.mapFrame.width() + (fewMaps ? m.gap : gap);
    lay.mapLeft = lay.width - gap + m.arrow;
    std::tie(lay.firstMap, lay.endMap) =
        windowAround(0, mapCount, fewMaps ? few : std::max(maps, 1), voxel.t);
    if (setting.withMaps) lay.width = lay.mapLeft + (lay.endMap - lay.firstMap) * lay.mapPitch;
  } else {
    lay.mapTop = lay.frameTop + lay.frame.height() + m.between;
    lay.mapTitleY = lay.mapTop + lay.frame.height() + m.mapTitle * .5;
    lay.firstMap = 0;
    lay.endMap = mapCount;
  }
  return lay;
}

QRectF mapBox(const FilmLayout& layout, const KernelResult& result, int t) {
  if (!layout.maps || t < layout.firstMap || t >= layout.endMap) return {};
  if (layout.oneRow)
    return {QPointF(layout.mapLeft + (t - layout.firstMap) * layout.mapPitch, layout.mapTop),
            layout.mapFrame};
  const double centre = patchCentre(result, Axis::T, t);
  if (centre < layout.firstSlot - .5 || centre > layout.endSlot - .5) return {};
  return {QPointF(layout.left + (centre - layout.firstSlot) * layout.pitch, layout.mapTop), layout.frame};
}

QRectF mapPicture(const FilmLayout& layout, const KernelResult& result, int t) {
  const QRectF box = mapBox(layout, result, t);
  if (box.isEmpty()) return {};
  const Shape& out = result.geometry.output;
  const Triple& stride = result.spec.conv.stride;
  // on the input: from half a stride before the first patch's middle; padding may make it larger than the
  // frame
  const double left = patchCentre(result, Axis::X, 0) - (stride.x - 1) / 2.0;
  const double top = patchCentre(result, Axis::Y, 0) - (stride.y - 1) / 2.0;
  const QRectF cells(left, top, double(out.width) * stride.x, double(out.height) * stride.y);
  const double cell = box.width() / result.geometry.input.width;
  QRectF picture(box.topLeft() + cells.topLeft() * cell, cells.size() * cell);
  const double shrink = std::min({1.0, box.width() / picture.width(), box.height() / picture.height()});
  if (shrink < 1) {
    const QPointF centre = picture.center();
    picture.setSize(picture.size() * shrink);
    picture.moveCenter(centre);
  }
  if (picture.left() < box.left() - .5) picture.moveLeft(box.left());
  if (picture.top() < box.top() - .5) picture.moveTop(box.top());
  if (picture.right() > box.right() + .5) picture.moveRight(box.right());
  if (picture.bottom() > box.bottom() + .5) picture.moveBottom(box.bottom());
  return picture;
}

}  // namespace convscope
