#include "widgets/panels/kernel_place.h"

#include <algorithm>
#include <cmath>

namespace convscope {

Triple patchStart(const KernelResult& result, const Triple& voxel) {
  return result.geometry.inputStart(result.spec.conv, voxel);
}

Triple patchMiddle(const KernelResult& result, const Triple& voxel) {
  Triple middle = patchStart(result, voxel);
  for (const Axis axis : kAxes)
    middle[axis] = std::clamp(middle[axis] + (result.spec.conv.span(axis) - 1) / 2, 0,
                              result.geometry.input.along(axis) - 1);
  return middle;
}

Triple sliceThrough(const KernelView& view) {
  const auto& pinned = view.state.selection.input;
  if (pinned && view.result->geometry.input.contains(pinned->at)) return pinned->at;
  return patchMiddle(*view.result, view.voxel());
}

Triple outputSliceThrough(const KernelView& view) {
  const auto& pinned = view.state.selection.input;
  if (!pinned || !view.result->geometry.input.contains(pinned->at)) return view.voxel();
  Triple at;
  for (const Axis axis : kAxes) at[axis] = outputNear(*view.result, axis, pinned->at[axis]);
  return at;
}

double patchCentre(const KernelResult& result, Axis axis, int at) {
  return at * result.spec.conv.stride[axis] - result.geometry.padding[static_cast<std::size_t>(axis)].before +
         (result.spec.conv.span(axis) - 1) / 2.0;
}

int outputNear(const KernelResult& result, Axis axis, double at) {
  const double steps = (at - patchCentre(result, axis, 0)) / result.spec.conv.stride[axis];
  return std::clamp(static_cast<int>(std::lround(steps)), 0, result.geometry.output.along(axis) - 1);
}

bool readsAlong(const KernelResult& result, Axis axis, const Triple& voxel, int at) {
  const int behind = at - patchStart(result, voxel)[axis];
  const int dilation = result.spec.conv.dilation[axis];
  return behind >= 0 && behind % dilation == 0 && behind / dilation < result.spec.conv.kernel[axis];
}

FramesRead framesRead(const KernelResult& result, const Triple& voxel) {
  FramesRead read;
  for (int t = 0; t < result.geometry.input.length; ++t) read.clip += readsAlong(result, Axis::T, voxel, t);
  read.padding = result.spec.conv.kernel.t - read.clip;
  return read;
}

Triple unusedInClip(const KernelResult& result) {
  Triple unused = result.geometry.unused;
  for (const Axis axis : kAxes)
    unused[axis] = std::max(0, unused[axis] - result.geometry.padding[static_cast<std::size_t>(axis)].after);
  return unused;
}

std::optional<InputPoint> hoveredInput(const KernelView& view) {
  if (view.result == nullptr) return {};
  const Hover& hover = view.hover;
  if (hover.kind == Hover::Kind::Input) return InputPoint{hover.at, hover.channel};
  if (hover.kind != Hover::Kind::Weight) return {};
  Triple at = patchStart(*view.result, view.voxel());
  for (const Axis axis : kAxes) at[axis] += hover.at[axis] * view.result->spec.conv.dilation[axis];
  if (!view.result->geometry.input.contains(at)) return {};
  return InputPoint{at, hover.channel};
}

std::optional<InputPoint> hoveredTap(const KernelView& view) {
  if (view.result == nullptr) return {};
  const Hover& hover = view.hover;
  if (hover.kind == Hover::Kind::Weight) return InputPoint{hover.at, hover.channel};
  if (hover.kind != Hover::Kind::Input) return {};
  const Triple voxel = view.voxel();
  const Triple start = patchStart(*view.result, voxel);
  Triple tap;
  for (const Axis axis : kAxes) {
    if (!readsAlong(*view.result, axis, voxel, hover.at[axis])) return {};
    tap[axis] = (hover.at[axis] - start[axis]) / view.result->spec.conv.dilation[axis];
  }
  return InputPoint{tap, hover.channel};
}

std::optional<Triple> hoveredOutput(const KernelView& view) {
  if (view.result == nullptr || view.hover.kind != Hover::Kind::Output) return {};
  return view.hover.at;
}

StateEdit moveKernel(std::optional<int> t, std::optional<int> y, std::optional<int> x) {
  return {QStringLiteral("Move the kernel"),
          [t, y, x](AppState& state) {
            Triple& voxel = state.selection.voxel;
            voxel.t = t.value_or(voxel.t);
            voxel.y = y.value_or(voxel.y);
            voxel.x = x.value_or(voxel.x);
          },
          false};
}

QString channelName(int channel, int channels) {
  if (channels == 1) return QStringLiteral("grey");
  if (channels == 3) return QStringLiteral("RGB").mid(channel, 1);
  return QStringLiteral("c%1").arg(channel + 1);
}

QString framesText(const KernelResult& result, int t, int most) {
  const ConvSpec& conv = result.spec.conv;
  const int start = patchStart(result, {t, 0, 0}).t;
  const auto name = [&](int frame) {
    return frame < 0 || frame >= result.geometry.input.length ? QStringLiteral("·")
                                                              : QString::number(frame + 1);
  };
  if (conv.kernel.t > most) {
    const int first = std::max(start, 0);
    const int last = std::min(start + conv.span(Axis::T), result.geometry.input.length) - 1;
    return name(first) + QStringLiteral("…") + name(last);
  }
  QString text;
  for (int tap = 0; tap < conv.kernel.t; ++tap) {
    if (tap > 0) text += QLatin1Char(',');
    text += name(start + tap * conv.dilation.t);
  }
  return text;
}

QString mapTitleShort(const KernelView& view, int t) {
  if (view.result != nullptr && view.result->spec.conv.kernel.t > 4)
    return QStringLiteral("t=(%1)").arg(framesText(*view.result, t));
  return view.mapTitle(t);
}

QString positionText(const Triple& at) {
  return QStringLiteral("t=%1 y=%2 x=%3").arg(at.t + 1).arg(at.y + 1).arg(at.x + 1);
}

QString voxelText(const KernelView& view, const Triple& voxel) {
  if (view.result != nullptr && view.result->geometry.input.length == 1)  // a still image has no time
    return QStringLiteral("y=%1 x=%2").arg(voxel.y + 1).arg(voxel.x + 1);
  return QStringLiteral("%1 y=%2 x=%3").arg(mapTitleShort(view, voxel.t)).arg(voxel.y + 1).arg(voxel.x + 1);
}

}  // namespace convscope
