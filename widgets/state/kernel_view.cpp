#include "widgets/state/kernel_view.h"

#include <QObject>
#include <QStringList>

#include <algorithm>
#include <array>
#include <cmath>

namespace convscope {

namespace {

/// Ends of a scale that can be read out and shared by ten.
constexpr std::array kRoundEnds{1., 1.2, 1.5, 2., 2.5, 3., 4., 5., 6., 8.};

}  // namespace

bool slidesAtAll(const KernelView& view) {
  return !view.state.look.inputOnly;
}

bool slidesInTime(const KernelView& view) {
  return slidesAtAll(view) && (view.result == nullptr || view.result->geometry.output.length > 1);
}

bool isStill(const KernelView& view) {
  if (view.result == nullptr) return false;
  const ConvGeometry& geometry = view.result->geometry;
  return geometry.input.length == 1 && geometry.padding[0].before + geometry.padding[0].after == 0;
}

double roundRange(double least) {
  if (!(least > 0)) return least;
  const double unit = std::pow(10.0, std::floor(std::log10(least)));
  for (const double end : kRoundEnds) {
    if (end * unit >= least * (1 - 1e-6)) return end * unit;
  }
  return 10 * unit;
}

double neighbourRange(double range, bool wider) {
  if (wider) return roundRange(range * 1.01);
  double below = roundRange(range * .5);  // no two neighbours are further apart
  for (double next = roundRange(below * 1.01); next < range * .99; next = roundRange(next * 1.01))
    below = next;
  return below;
}

Triple KernelView::voxel() const {
  Triple at = state.selection.voxel;
  if (result == nullptr) return at;
  for (const Axis axis : kAxes)
    at[axis] = std::clamp(at[axis], 0, std::max(0, result->geometry.output.along(axis) - 1));
  return at;
}

int KernelView::filter() const {
  if (result == nullptr) return state.selection.filter;
  return std::clamp(state.selection.filter, 0, std::max(0, result->geometry.output.channels - 1));
}

bool KernelView::unsignedMaps() const {
  const KernelStudy& shown = result != nullptr ? result->spec : study();
  return shown.conv.activation != Activation::None;
}

ValueRange KernelView::mapRange(int filter, int t) const {
  const Look& look = state.look;
  double most = 0;
  if (look.rangeMode == RangeMode::Fixed) {
    most = look.fixedRange;
  } else if (result != nullptr) {
    const int channel = look.rangeMode == RangeMode::All ? -1 : result->channelOf(filter);
    const int frame = look.rangeMode == RangeMode::MapFrame ? t / result->step.t : -1;
    if (look.rangeMode == RangeMode::All || channel >= 0) {
      const bool inside = frame < result->maps.shape().length;
      const ValueRange range = result->range(channel, inside ? frame : -1);
      most = roundRange(std::max(std::abs(range.low), std::abs(range.high)));
    }
  }
  const auto high = static_cast<float>(most > 0 ? most : 1);  // an all-zero map still needs a scale
  return {unsignedMaps() ? 0 : -high, high};
}

double KernelView::largestPossible() const {
  if (result == nullptr) return 0;
  const ValueRange input = displayRange(*result->clip);
  const FilterBank& bank = result->spec.bank;
  double most = 0;
  for (std::size_t k = 0; k < bank.size(); ++k) {
    if (state.look.rangeMode != RangeMode::All && static_cast<int>(k) != filter()) continue;
    double sum = 0;
    for (const float weight : bank[k].weights) sum += std::abs(double{weight});
    most = std::max(most, sum * (double{input.high} - double{input.low}) + std::abs(double{bank[k].bias}));
  }
  return result->spec.conv.activation == Activation::Square ? most * most : most;
}

QString KernelView::weakNote(double range) const {
  constexpr double kWeak = .02;
  if (result == nullptr || state.look.rangeMode == RangeMode::Fixed) return {};
  const double share = range / largestPossible();
  // nothing at all is shown on a scale of ±1
  if (!(share < kWeak) || !(share > 0)) return {};
  const double percent = 100 * share;
  const QString number = percent < .01 ? QStringLiteral("under 0.01") : QString::number(percent, 'g', 1);
  return QObject::tr("weak: %1 % of what these weights can reach").arg(number);
}

ValueRange displayRange(const Clip& clip) {
  const ValueRange& range = clip.range;
  if (range.low >= 0 && range.high <= 1) return {0, 1};
  return range.high > range.low ? range : ValueRange{range.low, range.low + 1};
}

bool KernelView::painted(const Triple& at) const {
  if (!state.playback.paint) return true;
  const Triple reached = voxel();
  if (at.t != reached.t) return at.t < reached.t;
  if (at.y != reached.y) return at.y < reached.y;
  return at.x <= reached.x;
}

std::int64_t KernelView::paintedCells(int t) const {
  const Shape& out = result->geometry.output;
  if (!state.playback.paint) return out.frameSize();
  const Triple at = voxel();
  const std::int64_t reached = (std::int64_t{at.t} * out.height + at.y) * out.width + at.x + 1;
  return std::clamp<std::int64_t>(reached - t * out.frameSize(), 0, out.frameSize());
}

QString KernelView::mapTitle(int t) const {
  const KernelStudy& shown = result != nullptr ? result->spec : study();
  const ConvSpec& conv = shown.conv;
  const int length = result != nullptr ? result->geometry.input.length : shown.clip.range.count;
  const int start = result != nullptr ? result->geometry.inputStart(conv, {t, 0, 0}).t : t * conv.stride.t;
  QStringList frames;
  for (int i = 0; i < conv.kernel.t; ++i) {
    const int frame = start + i * conv.dilation.t;
    frames << (frame >= 0 && frame < length ? QString::number(frame + 1) : QStringLiteral("·"));
  }
  // Long kernels: the ends say it all.
  if (frames.size() > 5) {
    frames = QStringList{frames[0], frames[1], QStringLiteral("…"), frames[frames.size() - 1]};
  }
  return QStringLiteral("t=(%1)").arg(frames.join(QLatin1Char(',')));
}

}  // namespace convscope
