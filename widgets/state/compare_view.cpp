#include "widgets/state/compare_view.h"

#include "engine/compare/kernel_siblings.h"
#include "engine/conv/kernel_presets.h"
#include "engine/network/bundled_models.h"
#include "widgets/state/kernel_view.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <limits>

namespace convscope {

namespace {

constexpr QLatin1Char kTitleBreak(':');  // in titles of bundled models

QString tr(const char* text) {
  return QCoreApplication::translate("Compare", text);
}

/// Of its range a difference must fill so much, or its colours are too near to 0 to be told apart.
constexpr double kLegibleShare = .35;

double largestMagnitude(const Tensor& maps, int channel) {
  const ValueRange range = rangeOf(maps, channel);
  return std::max(std::abs(double{range.low}), std::abs(double{range.high}));
}

/// Of one map frame.
double largestMagnitude(const Tensor& maps, int channel, int t) {
  const float* const first = maps.frame(t, channel);
  double most = 0;
  for (std::int64_t i = 0; i < maps.shape().frameSize(); ++i)
    most = std::max(most, std::abs(double{first[i]}));
  return most;
}

/// The first kernel's sibling that `spec` is, or nothing.
QString siblingName(const StudySpec& spec, const KernelStudy& first, const QString& a) {
  if (const auto* kernel = std::get_if<KernelStudy>(&spec)) {
    if (*kernel == first) return tr("A copy of %1").arg(a);
    if (*kernel == middleFrame(first, 0)) return tr("Middle frame of %1 alone").arg(a);
    if (*kernel == mirroredInX(first, 0)) return tr("%1 mirrored in x").arg(a);
    const int frames = kernel->conv.kernel.t;
    if (*kernel == withFrames(first, 0, frames))
      return frames == 1 ? tr("%1 of one frame").arg(a) : tr("%1 over %2 frames").arg(a).arg(frames);
    return {};
  }
  const auto* stack = std::get_if<StackStudy>(&spec);
  if (stack == nullptr) return {};
  const auto same = [stack](const StackStudy& made) {
    return stack->run == made.run && stack->stack.layers == made.stack.layers;
  };
  if (same(middleFramePooled(first, 0))) return tr("Middle frame of %1, then the mean over time").arg(a);
  for (const Activation bend : {Activation::None, Activation::Relu}) {
    const QString with = bend == Activation::None ? tr("no ReLU between") : tr("ReLU between");
    if (same(twoLayers(first, 0, bend))) return tr("%1, then a mean; %2").arg(a, with);
    const int parts = stack->run.given.empty() ? 0 : static_cast<int>(stack->run.given.front().size());
    if (parts > 0 && same(separated(first, 0, parts, bend))) {
      return (parts == 1 ? tr("%1 in space, then time: 1 filter, %2").arg(a, with)
                         : tr("%1 in space, then time: %2 filters, %3").arg(a).arg(parts).arg(with));
    }
  }
  return {};
}

}  // namespace

std::shared_ptr<const ColumnResult> CompareColumn::own() const {
  if (!result || (stale && !problem.isEmpty())) return nullptr;
  const auto* wanted = std::get_if<NetworkStudy>(&spec);
  const auto* made = std::get_if<NetworkStudy>(&result->spec);
  const bool same = wanted == nullptr ? made == nullptr : made != nullptr && made->model == wanted->model;
  return same ? result : nullptr;
}

std::optional<double> CompareColumn::strengthLeft(double tempo) const {
  if (!tempos || !(unchanged > 0)) return std::nullopt;
  const auto found = std::ranges::find(*tempos, tempo, &TempoPoint::tempo);
  if (found == tempos->end() || !found->strength) return std::nullopt;
  return *found->strength / unchanged;
}

int shownChannel(const ColumnResult& column, int filter) {
  const auto* const network = std::get_if<NetworkStudy>(&column.spec);
  if (network != nullptr && network->channel < 0 && !column.byStrength.empty())
    return column.byStrength.front();
  return std::clamp(network != nullptr ? network->channel : filter, 0,
                    std::max(0, column.maps.shape().channels - 1));
}

int CompareView::channel(int i) const {
  const auto& shown = column(i).result;
  return shown ? shownChannel(*shown, state.selection.filter) : 0;
}

Triple CompareView::cellNear(int i, const CompareHover& from) const {
  const auto& here = column(i).result;
  const auto& there = column(std::max(0, from.column)).result;
  Triple cell{0, 0, 0};
  if (!here || !there) return cell;
  for (const Axis axis : kAxes) {
    const AxisField& own = here->field[static_cast<std::size_t>(axis)];
    const AxisField& other = there->field[static_cast<std::size_t>(axis)];
    const double place = other.centre + from.at[axis] * other.jump;
    // half-way between two cells the earlier one, so that a column beside its own kind never runs ahead
    const auto nearest = static_cast<int>(std::ceil((place - own.centre) / own.jump - .5 - 1e-9));
    cell[axis] = std::clamp(nearest, 0, std::max(0, here->maps.shape().along(axis) - 1));
  }
  return cell;
}

int CompareView::strongestColumn() const {
  int leader = state.selection.column;
  int frames = 0;
  for (int i = 0; i < count(); ++i) {
    const auto& result = column(i).result;
    if (!result || !result->network || result->field[0].size <= frames) continue;
    frames = result->field[0].size;
    leader = i;
  }
  return leader;
}

Triple CompareView::cell(int i) const {
  const int chosen = state.selection.column;
  const auto& there = column(chosen).result;
  Triple at = state.selection.voxel;
  if (!there) return cellNear(i, {chosen, {0, 0, 0}});
  if (const int leader = strongestColumn(); at == kStrongest && leader != chosen) {
    at = strongestCell(column(leader).result->maps, channel(leader));
    return i == leader ? at : cellNear(i, {leader, at});
  }
  if (at == kStrongest) at = strongestCell(there->maps, channel(chosen));
  for (const Axis axis : kAxes)
    at[axis] = std::clamp(at[axis], 0, std::max(0, there->maps.shape().along(axis) - 1));
  return i == chosen ? at : cellNear(i, {chosen, at});
}

std::optional<Triple> CompareView::hovered(int i) const {
  if (!hover) return std::nullopt;
  const bool own = hover->column == i;
  if (!own && !state.compare.linked) return std::nullopt;
  if (i < 0) return hover->column == 0 ? hover->at : cellNear(0, *hover);
  if (own) return hover->at;
  return cellNear(i, *hover);
}

float CompareView::value(int i, const Triple& at) const {
  const auto& shown = column(i).result;
  if (!shown || !shown->maps.shape().contains(at)) return std::numeric_limits<float>::quiet_NaN();
  return shown->maps.at(at.t, at.y, at.x, channel(i));
}

bool CompareView::shareRange(int i, int other) const {
  if (i == other || state.look.rangeMode == RangeMode::Fixed || state.look.rangeMode == RangeMode::All)
    return true;
  const auto isNetwork = [this](int k) { return std::holds_alternative<NetworkStudy>(column(k).spec); };
  return state.compare.linked && isNetwork(i) == isNetwork(other);
}

double CompareView::range(int i) const {
  const Look& look = state.look;
  if (look.rangeMode == RangeMode::Fixed) return look.fixedRange;
  double most = 0;
  for (int k = 0; k < count(); ++k) {
    const auto& shown = column(k).result;
    if (!shown || !shareRange(i, k)) continue;
    most = std::max(most, look.rangeMode == RangeMode::MapFrame
                              ? largestMagnitude(shown->maps, channel(k), cell(k).t)
                              : largestMagnitude(shown->maps, channel(k)));
  }
  return most > 0 ? roundRange(most) : 1;
}

double CompareView::differenceRange() const {
  if (state.look.rangeMode == RangeMode::Fixed) return state.look.fixedRange;
  const double most = difference ? largestMagnitude(difference->values, 0) : 0;
  const bool common = count() > 1 && shareRange(0, 1);
  if (common && (difference == nullptr || most >= kLegibleShare * range(0))) return range(0);
  return most > 0 ? roundRange(most) : 1;
}

CompareView::Frames CompareView::framesSeen(int i, int t) const {
  const CompareColumn& shown = column(i);
  if (!shown.result) return {};
  const AxisField& field = shown.result->field[0];
  Frames frames{field.first(t), field.size, 1};
  if (const auto* kernel = std::get_if<KernelStudy>(&shown.result->spec)) {
    frames.count = kernel->conv.kernel.t;
    frames.step = kernel->conv.dilation.t;
  }
  return frames;
}

QString CompareView::mapTitle(int i, int t) const {
  const Frames seen = framesSeen(i, t);
  const int length = column(i).result ? column(i).result->clip->pixels.shape().length : 0;
  QStringList names;
  for (int k = 0; k < seen.count; ++k) {
    const int frame = seen.first + k * seen.step;
    names << (frame >= 0 && frame < length ? QString::number(frame + 1) : QStringLiteral("·"));
  }
  if (names.size() > 5) names = {names[0], names[1], QStringLiteral("…"), names.back()};
  return QStringLiteral("t=(%1)").arg(names.join(QLatin1Char(',')));
}

QString columnLetter(int column) {
  return QString(QChar('A' + column));
}

QString columnShape(const StudySpec& column) {
  const auto text = [](const Triple& extent) { return QString::fromStdString(toText(extent)); };
  if (const auto* kernel = std::get_if<KernelStudy>(&column)) return text(kernel->conv.kernel);
  if (const auto* network = std::get_if<NetworkStudy>(&column)) {
    // a bundled one is called "Sibling 3-D: 3 × 3 × 3"
    const QString title = QString::fromStdString(modelTitle(network->model));
    return title.contains(kTitleBreak) ? title.section(kTitleBreak, 0, 0)
                                       : QFileInfo(title).completeBaseName();
  }
  const auto* stack = std::get_if<StackStudy>(&column);
  if (stack == nullptr) return {};
  const auto& layers = stack->stack.layers;
  if (layers.size() > 2) return tr("%1 layers").arg(layers.size());
  QStringList parts;
  for (const LayerSpec& layer : layers) parts << text(layer.kernel).remove(QLatin1Char(' '));
  return parts.join(QStringLiteral(" → "));
}

QString narrowShape(const StudySpec& column) {
  return columnShape(column).replace(QStringLiteral(" × "), QStringLiteral("×"));
}

int firstKernel(const AppState& state) {
  const auto found = std::ranges::find_if(
      state.columns, [](const StudySpec& spec) { return std::holds_alternative<KernelStudy>(spec); });
  return static_cast<int>(found - state.columns.begin());
}

QString columnName(const AppState& state, int column) {
  const StudySpec& spec = state.columns[static_cast<std::size_t>(column)];
  if (const auto* network = std::get_if<NetworkStudy>(&spec)) {
    const QString kernels =
        QString::fromStdString(modelTitle(network->model)).section(kTitleBreak, 1).trimmed();
    return kernels.isEmpty() ? tr("A whole network") : kernels;
  }
  const auto* kernel = std::get_if<KernelStudy>(&spec);
  const int a = firstKernel(state);
  if (column != a) {
    const QString name =
        siblingName(spec, std::get<KernelStudy>(state.columns[static_cast<std::size_t>(a)]), columnLetter(a));
    if (!name.isEmpty()) return name;
  }
  if (kernel != nullptr && !kernel->bank.empty()) {
    const Filter& shown = kernel->bank[static_cast<std::size_t>(
        std::clamp(state.selection.filter, 0, static_cast<int>(kernel->bank.size()) - 1))];
    const KernelPreset* const preset = shown.edited ? nullptr : findKernelPreset(shown.preset);
    if (preset != nullptr) return QString::fromStdString(preset->name);
  }
  if (const auto* stack = std::get_if<StackStudy>(&spec)) return QString::fromStdString(stack->stack.name);
  for (int i = 0; i < static_cast<int>(state.columns.size()); ++i) {
    const auto* stack = std::get_if<StackStudy>(&state.columns[static_cast<std::size_t>(i)]);
    const auto whole = stack != nullptr ? composed(*stack) : std::nullopt;
    if (!whole || whole->bank != kernel->bank) continue;
    const QString both = tr("Both layers of %1 as one kernel").arg(columnLetter(i));
    return stack->run.bend == Activation::None ? both : both + tr(", without its ReLU");
  }
  if (kernel != nullptr && !kernel->bank.empty() && kernel->bank.front().edited) return tr("Edited by hand");
  return tr("Weights of its own");
}

}  // namespace convscope
