#include "widgets/stage/stage_layout.h"

#include <QCoreApplication>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace convscope {

namespace {

// Sizes of the world in frame widths. Long clips and long kernels keep to these depths by smaller gaps.
constexpr double kRowDepth = 4.2;
constexpr double kDepthUnderKernel = 3.0;
constexpr double kShallowRow = 2.7;  // shorter rows open wider, by no more than
constexpr double kWidest = 1.6;
constexpr double kShallowRowOnWide = 3.3;  // the presenter's stage is wide and low
constexpr double kWidestOnWide = 2.4;
constexpr double kLevelOnWide = 1.18;  // in frame heights
// Channels drawn apart make a grid with the frames, seen from higher up: columns of channels, rows of frames.
constexpr double kGapUnderKernelApart = 1.1;
constexpr double kGapNextApart = .75;
constexpr double kGapElsewhereApart = .5;
constexpr double kGapOfTensor = 1.25;  // between frames of the input tensor alone
constexpr double kLevelOverChannels = 1.7;
constexpr double kLevelOverStillChannels = 1.45;
constexpr double kLevelOfSlices = 1.2;
constexpr double kLeastGap = .05;
constexpr double kFlatGap = .004;           // spacing 0: still one behind the other
constexpr double kChannelPitch = 1.12;      // in frame widths, channels of a still image drawn apart
constexpr double kChannelPitchLong = 1.16;  // of a clip
constexpr double kAxisBeyond = .12;         // time axis past the last frame
constexpr double kNearMaps = .85;           // of Theme::outOfFocus: maps before and behind the lit one
constexpr double kFarMaps = 1.05;

/// The row of padded input frames: who stands where along z.
struct FrameRow {
  int before = 0;  ///< padding frames before the clip
  std::vector<double> z;

  [[nodiscard]] double at(int frame) const {
    const int last = static_cast<int>(z.size()) - 1;
    return z[std::clamp(frame + before, 0, last)];
  }
};

class LayoutBuilder {
 public:
  LayoutBuilder(const KernelView& view, const LookTheme& theme, const KernelTravel& travel)
      : m_view(view),
        m_theme(theme),
        m_travel(travel),
        m_conv(view.result->spec.conv),
        m_geometry(view.result->geometry) {
    m_layout.valid = true;
    m_layout.input = m_geometry.input;
    m_layout.output = m_geometry.output;
    m_layout.voxel = view.voxel();
    m_layout.filter = view.filter();
    for (const Axis axis : kAxes)  // flooring leaves over padding first
      m_layout.unused[axis] =
          std::max(0, m_geometry.unused[axis] - m_geometry.padding[static_cast<std::size_t>(axis)].after);
    m_layout.frameHeight = static_cast<double>(m_geometry.input.height) / m_geometry.input.width;
    m_layout.slides = dimensionalityOf(m_conv, m_geometry).slides;
    const AxisPadding& inTime = m_geometry.padding[0];
    m_layout.still = m_geometry.input.length == 1 && inTime.before + inTime.after == 0;
    m_layout.mirrored = std::sin(view.state.look.camera.yaw * std::numbers::pi / 180) > 1e-9;
    m_even = view.state.look.stageMode != StageMode::Frames;
    m_layout.inputOnly = view.state.look.inputOnly;
    m_layout.kernelLarge = view.state.look.kernelLarge && !m_layout.inputOnly;
    m_channels = view.state.look.channelsApart ? m_geometry.input.channels : 1;
    const Shape& out = m_geometry.output;
    m_from = {std::clamp(travel.from.t, 0, out.length - 1), std::clamp(travel.from.y, 0, out.height - 1),
              std::clamp(travel.from.x, 0, out.width - 1)};
  }

  StageLayout build() {
    placeRow();
    addInputFrames();
    if (!m_layout.inputOnly) {
      addMapFrames();
      addSlices();
    }
    addKernel();
    addAnchors();
    return std::move(m_layout);
  }

 private:
  [[nodiscard]] double moved(double from, double to) const { return from + (to - from) * m_travel.share; }
  [[nodiscard]] double cellX(double column) const { return column / m_layout.input.width - .5; }
  [[nodiscard]] double cellY(double row) const {
    return m_layout.frameHeight * (.5 - row / m_layout.input.height);
  }
  /// Channels drawn apart stand side by side, the middle one under the maps.
  [[nodiscard]] double channelX(int channel) const {
    return (channel - (m_channels - 1) / 2.0) * (m_layout.still ? kChannelPitch : kChannelPitchLong);
  }
  [[nodiscard]] int firstFrame(int t) const { return m_geometry.inputStart(m_conv, {t, 0, 0}).t; }
  [[nodiscard]] int lastFrame(int t) const { return firstFrame(t) + m_conv.span(Axis::T) - 1; }

  /// Padding belongs to the kernel: the input tensor alone has none.
  [[nodiscard]] AxisPadding paddingInTime() const {
    return m_layout.inputOnly ? AxisPadding{} : m_geometry.padding[0];
  }

  /// Designed gaps in frame widths, and how much a row that is shallow with them may open.
  struct Gaps {
    double under, next, elsewhere, shallow, widest;
  };
  [[nodiscard]] Gaps designedGaps() const {
    if (m_layout.inputOnly && m_channels > 1) return {kGapOfTensor, kGapOfTensor, kGapOfTensor, 0, 1};
    if (m_channels > 1) return {kGapUnderKernelApart, kGapNextApart, kGapElsewhereApart, 0, 1};
    return {m_theme.gapUnderKernel, m_theme.gapNext, m_theme.gapElsewhere,
            m_theme.presenter ? kShallowRowOnWide : kShallowRow, m_theme.presenter ? kWidestOnWide : kWidest};
  }

  /// Gaps between neighbours of the padded row while the kernel stands on map frame t.
  [[nodiscard]] std::vector<double> gapsAt(int t) const {
    const AxisPadding padding = paddingInTime();
    const int frames = padding.before + m_geometry.input.length + padding.after;
    const int first = firstFrame(t) + padding.before;
    const int last = lastFrame(t) + padding.before;
    const int dilation = m_conv.dilation.t;
    const double inside = std::max(1, last - first);
    const Gaps gap = designedGaps();
    // between the frames that the kernel skips by dilation the gap is shared out
    const double under = std::min(gap.under / std::sqrt(dilation), kDepthUnderKernel / inside);
    const double next = std::min(gap.next, std::max(under, kLeastGap));
    const double left = kRowDepth - (last - first) * under - 2 * next;
    const int outer = std::max(1, frames - 1 - (last - first) - 2);
    const double elsewhere = std::clamp(left / outer, kLeastGap, gap.elsewhere);
    std::vector<double> gaps;
    const double designed =
        (last - first) * under + 2 * next + std::max(0, frames - 3 - (last - first)) * elsewhere;
    const double wider = std::clamp(gap.shallow / std::max(.1, designed), 1.0, gap.widest);
    for (int i = 0; i + 1 < frames; ++i) {
      const bool insideKernel = i >= first && i + 1 <= last;
      const bool beside = i + 1 == first || i == last;
      const double here = insideKernel ? under : beside ? std::max(next, elsewhere) : elsewhere;
      gaps.push_back(std::max(kFlatGap, here * wider * m_view.state.look.spacing));
    }
    return gaps;
  }

  [[nodiscard]] FrameRow rowAt(int t) const {
    const auto total = [](const std::vector<double>& gaps) {
      double sum = 0;
      for (const double gap : gaps) sum += gap;
      return sum;
    };
    // What the camera frames is the row with the kernel in its middle, so that the picture keeps still while
    // it slides.
    const double depth = total(gapsAt(m_geometry.output.length / 2));
    std::vector<double> gaps = gapsAt(t);
    if (m_even || m_layout.inputOnly)
      gaps.assign(gaps.size(), gaps.empty() ? 0 : depth / static_cast<double>(gaps.size()));
    FrameRow row{paddingInTime().before, {(depth - total(gaps)) / 2}};
    for (const double gap : gaps) row.z.push_back(row.z.back() + gap);
    return row;
  }

  void placeRow() {
    m_row = rowAt(m_layout.voxel.t);
    const FrameRow from = rowAt(m_from.t);
    for (std::size_t i = 0; i < m_row.z.size(); ++i) m_row.z[i] = moved(from.z[i], m_row.z[i]);
  }

  [[nodiscard]] double mapZ(int t) const { return (m_row.at(firstFrame(t)) + m_row.at(lastFrame(t))) / 2; }

  /// Every how many unlit planes one is drawn, so that about kMaxTexturedPlanes are.
  [[nodiscard]] int thinning() const {
    const int planes = m_geometry.input.length * m_channels + m_geometry.output.length;
    return std::max(1, (planes + kMaxTexturedPlanes - 1) / kMaxTexturedPlanes);
  }

  [[nodiscard]] bool seenFromFront() const {
    return std::cos(m_view.state.look.camera.yaw * std::numbers::pi / 180) >= 0;
  }

  void addInputFrames() {
    const Shape& in = m_geometry.input;
    const AxisPadding padding = paddingInTime();
    const std::vector<int> under = framesUnderKernel(m_conv, m_geometry, m_layout.voxel.t);
    const int every = thinning();
    for (int t = -padding.before; t < in.length + padding.after; ++t) {
      const bool lit = std::find(under.begin(), under.end(), t) != under.end();
      const bool padded = t < 0 || t >= in.length;
      const bool ends = t == 0 || t == in.length - 1;
      if (!lit && !ends && t % every != 0) continue;
      const bool nearer = seenFromFront() ? t < under.back() : t > under.front();
      for (int c = 0; c < m_channels; ++c) {
        StagePlane plane;
        plane.kind = padded ? PlaneKind::Padding : PlaneKind::Input;
        plane.t = t;
        plane.channel = m_channels > 1 ? c : -1;
        plane.origin = {channelX(c) - .5, cellY(0), m_row.at(t)};
        plane.across = {1, 0, 0};
        plane.down = {0, -m_layout.frameHeight, 0};
        plane.rows = in.height;
        plane.columns = in.width;
        plane.lit = lit && !m_layout.inputOnly;
        plane.opacity = padded                      ? 0
                        : lit || m_layout.inputOnly ? m_theme.inFocus
                        : nearer                    ? m_theme.beforeFocus
                                                    : m_theme.outOfFocus;
        const bool titled = c == (m_layout.mirrored ? m_channels - 1 : 0);
        if (titled && !m_layout.still && !padded) {
          plane.title = QStringLiteral("t=%1").arg(t + 1);
          plane.shortTitles = {QString::number(t + 1)};
        }
        if (titled && padded) plane.title = QCoreApplication::translate("Stage", "pad");
        m_layout.planes.push_back(std::move(plane));
      }
    }
  }

  /// Input cell (fractional) at which output cell 0 begins, and how many input cells one output cell is wide.
  [[nodiscard]] double mapStart(Axis axis) const {
    return -m_geometry.padding[static_cast<int>(axis)].before +
           (m_conv.span(axis) - m_conv.stride[axis]) / 2.0;
  }
  /// The grid of channels and frames needs a whole level below the maps; a wide, low stage needs the height
  /// for larger frames.
  [[nodiscard]] double level() const {
    double pitch = m_theme.presenter ? kLevelOnWide : m_theme.levelPitch;
    if (m_channels > 1) pitch = m_layout.still ? kLevelOverStillChannels : kLevelOverChannels;
    // seen from higher up, the flat slice would lie on the frames
    if (m_view.state.look.stageMode == StageMode::Slices) pitch *= kLevelOfSlices;
    return pitch * m_layout.frameHeight;
  }

  [[nodiscard]] StagePlane mapPlane(int t) const {
    const Shape& out = m_geometry.output;
    StagePlane plane;
    plane.kind = PlaneKind::Map;
    plane.t = t;
    plane.channel = m_layout.filter;
    plane.origin = {cellX(mapStart(Axis::X)), cellY(mapStart(Axis::Y)) + level(), mapZ(t)};
    plane.across = {static_cast<double>(out.width) * m_conv.stride.x / m_layout.input.width, 0, 0};
    plane.down = {0, -m_layout.frameHeight * out.height * m_conv.stride.y / m_layout.input.height, 0};
    plane.rows = out.height;
    plane.columns = out.width;
    plane.lit = t == m_layout.voxel.t;
    return plane;
  }

  /// "(2…4)": the first and the last frame that map frame t is made from.
  [[nodiscard]] QString endsOfMap(int t) const {
    const auto name = [this](int frame) {
      return frame < 0 || frame >= m_geometry.input.length ? QStringLiteral("·") : QString::number(frame + 1);
    };
    const QString first = name(firstFrame(t)), last = name(lastFrame(t));
    const int taps = m_conv.kernel.t;
    if (taps == 1) return QStringLiteral("(%1)").arg(first);
    return (taps == 2 ? QStringLiteral("(%1,%2)") : QStringLiteral("(%1…%2)")).arg(first, last);
  }

  /// True where the pinned input voxel feeds map frame t.
  [[nodiscard]] bool feeds(int t) const {
    const auto& pinned = m_view.state.selection.input;
    if (!pinned || !m_geometry.input.contains(pinned->at)) return false;
    const std::vector<int> under = framesUnderKernel(m_conv, m_geometry, t);
    return std::find(under.begin(), under.end(), pinned->at.t) != under.end();
  }

  void addMapFrames() {
    const Shape& out = m_geometry.output;
    const int every = thinning();
    for (int t = 0; t < out.length; ++t) {
      StagePlane plane = mapPlane(t);
      if (!plane.lit && t != 0 && t != out.length - 1 && t % every != 0) continue;
      const bool nearer = seenFromFront() ? t < m_layout.voxel.t : t > m_layout.voxel.t;
      plane.opacity = plane.lit ? m_theme.inFocus : m_theme.outOfFocus * (nearer ? kNearMaps : kFarMaps);
      if (feeds(t)) plane.opacity = m_theme.inFocus;
      if (m_even && !(plane.lit && m_view.state.look.stageMode == StageMode::Slices)) plane.opacity = 0;
      if (m_even && !plane.lit) continue;
      if (!m_layout.still) {
        plane.title = m_view.mapTitle(t);
        plane.shortTitles = {plane.title.mid(plane.title.indexOf(QLatin1Char('('))), endsOfMap(t),
                             endsOfMap(t).mid(1).chopped(1)};
      }
      m_layout.planes.push_back(std::move(plane));
    }
    if (m_even) {
      const StagePlane first = mapPlane(0);
      const StagePlane last = mapPlane(out.length - 1);
      m_layout.mapVolume = StageBox{first.origin + first.down,
                                    {first.origin.x + first.across.x, first.origin.y, last.origin.z}};
    }
  }

  void addSlices() {
    if (m_view.state.look.stageMode != StageMode::Slices || m_geometry.output.length < 2) return;
    const Shape& out = m_geometry.output;
    const StagePlane first = mapPlane(0);
    // A frame is a sheet in the middle of its share of time: half a gap of the slice stands before the first
    // one.
    const double gap = mapZ(1) - mapZ(0);
    const Vec3 timeFrom{0, 0, -gap / 2};
    const Vec3 alongTime{0, 0, gap * out.length};
    StagePlane row;
    row.kind = PlaneKind::SliceY;
    row.channel = m_layout.filter;
    row.t = m_layout.voxel.y;
    row.origin = first.at(m_layout.voxel.y + .5, 0) + timeFrom;
    row.across = first.across;
    row.down = alongTime;
    row.rows = out.length;
    row.columns = out.width;
    m_layout.planes.push_back(row);
    StagePlane column;
    column.kind = PlaneKind::SliceX;
    column.channel = m_layout.filter;
    column.t = m_layout.voxel.x;
    column.origin = first.at(0, m_layout.voxel.x + .5) + timeFrom;
    column.across = alongTime;
    column.down = first.down;
    column.rows = out.height;
    column.columns = out.length;
    m_layout.planes.push_back(column);
  }

  void addKernel() {
    const Triple at = m_layout.voxel;
    const double x = moved(m_from.x, at.x) * m_conv.stride.x - m_geometry.padding[2].before;
    const double y = moved(m_from.y, at.y) * m_conv.stride.y - m_geometry.padding[1].before;
    for (int c = 0; c < m_channels; ++c) {
      const Vec3 low{channelX(c) + cellX(x), cellY(y + m_conv.span(Axis::Y)), 0};
      const Vec3 high{channelX(c) + cellX(x + m_conv.span(Axis::X)), cellY(y), 0};
      StageBox cuboid{low, high};
      for (int tap = 0; tap < m_conv.kernel.t; ++tap) {
        const int step = tap * m_conv.dilation.t;
        const double z = moved(m_row.at(firstFrame(m_from.t) + step), m_row.at(firstFrame(at.t) + step));
        StageBox patch{low, high};
        patch.low.z = patch.high.z = z;
        if (tap == 0) cuboid.low.z = z;
        cuboid.high.z = z;
        m_layout.patches.push_back(patch);
      }
      m_layout.cuboids.push_back(cuboid);
    }
    StagePlane map = mapPlane(at.t);
    map.origin.z = moved(mapZ(m_from.t), mapZ(at.t));
    const double row = moved(m_from.y, at.y);
    const double column = moved(m_from.x, at.x);
    m_layout.voxelCorners = {map.at(row, column), map.at(row, column + 1), map.at(row + 1, column + 1),
                             map.at(row + 1, column)};
    const auto corners = mapPlane(at.t).corners();
    m_layout.mapCorners.assign(corners.begin(), corners.end());
  }

  void addAnchors() {
    const double h = m_layout.frameHeight;
    const double bottom = -h / 2;
    const double side = channelX(m_channels - 1) + .5;
    const double depth =
        rowAt(m_geometry.output.length / 2).z.back() + rowAt(m_geometry.output.length / 2).z.front();
    const double channelName = m_theme.stageTitle * 1.9;  // below the nearest frame
    const double title = m_layout.still ? 6 : m_theme.stageTitle * 1.35;
    const bool hasTime = !m_layout.still;
    // the dashed edge of padding on y and x is to be seen, too
    const auto rim = [&](int axis, int AxisPadding::*end, int cells) {
      return m_layout.inputOnly ? 0 : static_cast<double>(m_geometry.padding[axis].*end) / cells;
    };
    const int rows = m_geometry.input.height, columns = m_geometry.input.width;
    const double left = -side - rim(2, &AxisPadding::before, columns);
    const double right = side + rim(2, &AxisPadding::after, columns);
    const double above = h / 2 + h * rim(1, &AxisPadding::before, rows);
    const double below = bottom - h * rim(1, &AxisPadding::after, rows);
    for (const double x : {left, right}) {
      for (const double z : {0.0, depth}) {
        m_layout.anchors.push_back({{x, above, z}, 0, m_channels > 1 ? title : 0});
        m_layout.anchors.push_back({{x, below, z}, 0, 0, 0, m_channels > 1 ? channelName : title});
      }
    }
    addMapAnchors(depth, title);
    const double nearEdge = m_layout.mirrored ? -side : side;
    m_layout.axisFrom = {nearEdge, bottom, 0};
    m_layout.axisTo = {nearEdge, bottom, depth + kAxisBeyond};
    if (hasTime && m_channels > 1) {
      m_layout.axisFrom = {-nearEdge, h / 2, 0};
      m_layout.axisTo = {-nearEdge, h / 2, depth + kAxisBeyond};
      const double aside = title * 2.6;
      for (const Vec3& at : {m_layout.axisFrom, m_layout.axisTo})
        m_layout.anchors.push_back(
            {at, m_layout.mirrored ? 0 : aside, title, m_layout.mirrored ? aside : 0, 0});
    } else if (hasTime) {
      const double word = m_theme.stageLabel * 2.5;  // the word "time" stands beyond the tip
      const bool runsRight = !m_layout.mirrored;
      m_layout.anchors.push_back(
          {m_layout.axisTo, runsRight ? 0 : word, 0, runsRight ? word : 0, m_theme.stageTitle * 2.6});
    }
    m_layout.lowerLevel = {-side, 0, m_row.z.front()};
  }

  void addMapAnchors(double depth, double title) {
    if (m_layout.inputOnly) return;
    const StagePlane first = mapPlane(0);
    const double right = first.origin.x + first.across.x;
    const double low = first.origin.y + first.down.y;
    // the map row is shorter than the frame row by about this much at both ends
    const double inset = std::min(
        depth / 2, (depth / std::max<std::size_t>(1, m_row.z.size() - 1)) * (m_conv.span(Axis::T) - 1) / 2.0);
    for (const double x : {first.origin.x, right}) {
      for (const double z : {inset, depth - inset}) {
        m_layout.anchors.push_back({{x, first.origin.y, z}, 0, title, 0, 0, true});
        m_layout.anchors.push_back({{x, low, z}, 0, 0, 0, 0, true});
      }
    }
  }

  const KernelView& m_view;
  const LookTheme& m_theme;
  const KernelTravel& m_travel;
  const ConvSpec& m_conv;
  const ConvGeometry& m_geometry;
  StageLayout m_layout;
  FrameRow m_row;
  Triple m_from;
  bool m_even = false;
  int m_channels = 1;
};

}  // namespace

const StagePlane* StageLayout::find(PlaneKind kind, int t, int channel) const {
  for (const StagePlane& plane : planes) {
    const bool anyChannel = channel < 0 || plane.channel == channel;
    if (plane.kind == kind && plane.t == t && anyChannel) return &plane;
  }
  return nullptr;
}

StageLayout layoutOf(const KernelView& view, const LookTheme& theme, const KernelTravel& travel) {
  if (view.result == nullptr || view.result->geometry.output.count() == 0) return {};
  return LayoutBuilder(view, theme, travel).build();
}

std::vector<int> framesUnderKernel(const ConvSpec& conv, const ConvGeometry& geometry, int t) {
  std::vector<int> frames;
  const int first = geometry.inputStart(conv, {t, 0, 0}).t;
  for (int tap = 0; tap < conv.kernel.t; ++tap) frames.push_back(first + tap * conv.dilation.t);
  return frames;
}

}  // namespace convscope
