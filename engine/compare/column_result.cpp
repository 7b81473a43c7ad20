#include "engine/compare/column_result.h"

#include "engine/clip/clip_edit.h"
#include "engine/compare/column_layers.h"
#include "engine/conv/convolve.h"
#include "engine/conv/cost.h"
#include "engine/field/layer_table.h"
#include "engine/study/layer_maps.h"
#include "engine/study/network_study.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace convscope {

namespace {

int timesFaster(const ClipChange& change) {
  return static_cast<int>(std::lround(std::max(1.0, change.tempo)));
}
int timesSlower(const ClipChange& change) {
  return static_cast<int>(std::lround(std::max(1.0, 1 / change.tempo)));
}

/// Each frame `times` times, as many frames as before.
std::shared_ptr<const Clip> repeated(const Clip& clip, int times) {
  auto slow = std::make_shared<Clip>();
  slow->source = clip.source;
  slow->range = clip.range;
  slow->framesPerSecond = clip.framesPerSecond;
  const Shape& shape = clip.pixels.shape();
  slow->pixels = Tensor::uninitialised(shape);
  for (int t = 0; t < shape.length; ++t) {
    slow->taken.push_back(clip.taken[static_cast<std::size_t>(t / times)]);
    for (int c = 0; c < shape.channels; ++c)
      std::copy_n(clip.pixels.frame(t / times, c), shape.frameSize(), slow->pixels.frame(t, c));
  }
  slow->range = rangeOf(slow->pixels);
  return slow;
}

Result<ColumnResult> computed(const KernelStudy& study, ColumnResult result, const ComputeContext& context) {
  const auto geometry =
      geometryOf(result.clip->pixels.shape(), study.conv, static_cast<int>(study.bank.size()));
  if (!geometry) return tl::unexpected(geometry.error());
  auto maps = convolve(result.clip->pixels, study.conv, study.bank, context);
  if (!maps) return tl::unexpected(maps.error());
  result.maps = std::move(*maps);
  const ConvCost cost = costOf(study.conv, *geometry);
  result.field = fieldOf(study.conv, *geometry);
  result.weights = cost.weights;
  result.multiplyAdds = cost.multiplyAdds;
  result.unsignedMaps = study.conv.activation != Activation::None;
  result.bends = result.unsignedMaps ? 1 : 0;
  return result;
}

/// Non-linear functions that runStack() applies.
int bendsOf(const LayerTable& table, const StackRun& run) {
  int convolutions = 0;
  int bends = 0;
  for (const LayerRow& row : table.rows) {
    convolutions += row.layer.kind == LayerKind::Conv || row.layer.kind == LayerKind::FullyConnected;
    bends += row.layer.kind == LayerKind::MaxPool || row.layer.kind == LayerKind::SqueezeExcitation;
  }
  if (run.bend == Activation::None) return bends;
  const bool lastIsLinear = run.weights == StackWeights::Given;
  return bends + std::max(0, convolutions - (lastIsLinear ? 1 : 0));
}

Result<ColumnResult> computed(const StackStudy& study, ColumnResult result, const ComputeContext& context) {
  StackSpec stack = study.stack;
  stack.clip = result.clip->pixels.shape();
  const auto table = tableOf(stack);
  if (!table) return tl::unexpected(table.error());
  if (table->rows.empty()) return fail(ErrorCode::BadSpec, "A stack without layers has no maps.");
  auto maps = runStack(*table, result.clip->pixels, study.run, context);
  if (!maps) return tl::unexpected(maps.error());
  result.maps = std::move(maps->back());
  result.field = table->rows.back().field;
  result.weights = table->weights;
  result.multiplyAdds = table->multiplyAdds;
  result.bends = bendsOf(*table, study.run);
  const LayerKind last = table->rows.back().layer.kind;
  result.unsignedMaps = study.run.weights != StackWeights::Given && study.run.bend != Activation::None &&
                        (last == LayerKind::Conv || last == LayerKind::FullyConnected);
  return result;
}

/// A position on what a network is fed, as one on the clip: factor · position + shift.
struct AxisMove {
  double factor = 1;
  double shift = 0;
};

/// Along y or x: the network sees the middle `fed` of `resized` cells that `whole` cells of the source were
/// brought to; the clip shows `shown` cells of the source's `from` … from + part.
AxisMove moveInSpace(int whole, int resized, int fed, int from, int part, int shown) {
  const double perSource = static_cast<double>(shown) / part;
  const double perFed = static_cast<double>(whole) / resized;
  const double cut = (resized - fed) / 2;
  return {perFed * perSource, ((cut + .5) * perFed - from) * perSource - .5};
}

/// The same between two axes of `shown` and `fed` cells that both run the other way.
AxisMove turnedRound(const AxisMove& move, int shown, int fed) {
  return {move.factor, shown - 1 - move.factor * (fed - 1) - move.shift};
}

/// The smallest shift that leaves an axis of `extent` cells as one by `amount` does.
int smallestShift(int amount, int extent) {
  const int rest = amount % extent;
  if (2 * rest > extent) return rest - extent;
  return 2 * rest < -extent ? rest + extent : rest;
}

/// `moves` between a clip and what a network is fed before an edit become those after it; so do the shapes.
void follow(const ClipEdit& edit, std::array<AxisMove, 3>& moves, Shape& shown, Shape& fed) {
  const auto shift = [&](Axis axis) {
    AxisMove& move = moves[static_cast<std::size_t>(axis)];
    move.shift += smallestShift(edit.amount, shown.along(axis)) -
                  move.factor * smallestShift(edit.amount, fed.along(axis));
  };
  switch (edit.kind) {
    case ClipEditKind::Reverse:
      moves[0] = turnedRound(moves[0], shown.length, fed.length);
      return;
    case ClipEditKind::Shuffle:  // no frame has its neighbours any more
      moves[0] = {};
      return;
    case ClipEditKind::Repeat:
      moves[0].shift *= edit.amount;
      return;
    case ClipEditKind::Freeze:
    case ClipEditKind::Drop:
    case ClipEditKind::Hold:  // other frames stand in; those that stay, stay where they are
      return;
    case ClipEditKind::ShiftT:
      return shift(Axis::T);
    case ClipEditKind::ShiftY:
      return shift(Axis::Y);
    case ClipEditKind::ShiftX:
      return shift(Axis::X);
    case ClipEditKind::Turn:
      for (int turn = 0; turn < (edit.amount + 4) % 4; ++turn) {  // the top row becomes the right column
        const AxisMove rows = moves[1];
        moves[1] = moves[2];
        moves[2] = turnedRound(rows, shown.height, fed.height);
        std::swap(shown.height, shown.width);
        std::swap(fed.height, fed.width);
      }
      return;
  }
}

std::array<AxisMove, 3> movesOnto(const Clip& clip, const NetworkResult& network, const ClipPlace& place) {
  std::array<AxisMove, 3> moves;
  const std::vector<ClipEdit>& edits = network.spec.edits;
  const Clip& seen = *network.clip;
  moves[0] = {static_cast<double>(network.preprocess.step) / place.step, 0};
  // edits that turn a shape turn it back
  Shape shown = editedShape(clip.pixels.shape(), edits);
  Shape fed = editedShape(seen.pixels.shape(), edits);
  const int height = seen.source.height, width = seen.source.width;
  if (const auto size = preparedSize(network.preprocess, height, width)) {
    const Crop part = place.crop.value_or(Crop{0, 0, width, height});
    moves[1] =
        moveInSpace(height, size->resized.height, size->cropped.height, part.y, part.height, shown.height);
    moves[2] = moveInSpace(width, size->resized.width, size->cropped.width, part.x, part.width, shown.width);
  }
  for (const ClipEdit& edit : edits) follow(edit, moves, shown, fed);
  moves[0].factor *= place.times;
  moves[0].shift *= place.times;
  return moves;
}

/// Nodes that bend what goes through them.
int bendsOf(const NetworkResult& network, int lastRow) {
  static constexpr std::array kBends{"Relu",        "LeakyRelu", "Elu",  "PRelu", "Sigmoid",
                                     "HardSigmoid", "HardSwish", "Tanh", "Clip",  "MaxPool"};
  int bends = 0;
  for (int row = 0; row <= lastRow; ++row)
    bends += std::ranges::find(kBends, network.nodeOf(row).op) != kBends.end() ? 1 : 0;
  return bends;
}

/// Fills in what depends on the layer that `layer` names.
Result<ColumnResult> lookedAt(const std::string& layer, ColumnResult result, const ComputeContext& context,
                              const ClipPlace& place) {
  const NetworkResult& made = *result.network;
  const auto row = columnRow(made, layer);
  if (!row) return tl::unexpected(row.error());
  const auto maps = layerMaps(made, *row, {context.pool, context.stop, context.yield, {}});
  if (!maps) return tl::unexpected(maps.error());
  result.row = *row;
  result.ms = made.runMs;
  result.maps = (*maps)->maps.clone();
  result.byStrength = (*maps)->byStrength;
  result.unsignedMaps = (*maps)->unsignedMaps();
  result.weights = made.layers.table.weights;
  result.multiplyAdds = made.layers.table.multiplyAdds;
  result.bends = bendsOf(made, static_cast<int>(made.layers.values.size()) - 1);
  const auto moves = movesOnto(*result.clip, made, place);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const AxisField& own = made.row(*row).field[axis];
    const auto& [factor, shift] = moves[axis];
    result.field[axis] = {std::max(1, static_cast<int>(std::lround(own.size * factor))), own.jump * factor,
                          own.centre * factor + shift};
  }
  return result;
}

Result<ColumnResult> computed(const NetworkStudy& study, ColumnResult result, const ComputeContext& context,
                              const ClipPlace& place) {
  NetworkStudy there = study;
  there.start = place.start;
  auto made = computeNetwork(there, context);
  if (!made) return tl::unexpected(made.error());
  result.network = std::make_shared<const NetworkResult>(std::move(*made));
  return lookedAt(study.layer, std::move(result), context, place);
}

}  // namespace

Triple ColumnResult::ownField() const {
  const auto& own = network ? network->row(row).field : field;
  return {own[0].size, own[1].size, own[2].size};
}

ClipPlace placeOf(const ClipSpec& spec, const ClipChange& change) {
  return {spec.range.start, spec.range.step * timesFaster(change), timesSlower(change), spec.prepare.crop};
}

Result<std::shared_ptr<const Clip>> changedClip(const ClipSpec& spec, const ClipChange& change,
                                                StudyCache& cache, const ComputeContext& context) {
  ClipSpec wanted = spec;
  const int faster = timesFaster(change);
  const int slower = timesSlower(change);
  wanted.range.step *= faster;
  if (change.zoom != 1) {
    FrameSize size;
    if (spec.prepare.resize) {
      size = *spec.prepare.resize;
    } else {
      ClipSpec before = spec;  // a turn comes after the resize
      before.edits.clear();
      const auto shape = cache.clipShape(before, context);
      if (!shape) return tl::unexpected(shape.error());
      size = {shape->height, shape->width};
    }
    const auto scaled = [&](int extent) {
      return std::max(1, static_cast<int>(std::lround(extent * change.zoom)));
    };
    wanted.prepare.resize = FrameSize{scaled(size.height), scaled(size.width)};
  }
  auto clip = cache.clip(wanted, context);
  if (!clip || (faster == 1 && slower == 1)) return clip;
  if (slower > 1) return repeated(**clip, slower);
  auto fast = std::make_shared<Clip>();
  fast->source = (*clip)->source;
  fast->taken = (*clip)->taken;
  fast->pixels = (*clip)->pixels.clone();
  fast->range = (*clip)->range;
  fast->framesPerSecond = (*clip)->framesPerSecond * faster;
  return fast;
}

Result<ColumnResult> computeColumn(const StudySpec& spec, std::shared_ptr<const Clip> clip,
                                   const ComputeContext& context, const ClipPlace& place) {
  ColumnResult result;
  result.spec = spec;
  result.clip = std::move(clip);
  return std::visit(
      [&](const auto& study) -> Result<ColumnResult> {
        if constexpr (std::is_same_v<decltype(study), const ReadoutStudy&>) {
          return fail(ErrorCode::BadSpec, "A readout has no maps to compare.");
        } else if constexpr (std::is_same_v<decltype(study), const NetworkStudy&>) {
          return computed(study, std::move(result), context, place);
        } else {
          return computed(study, std::move(result), context);
        }
      },
      spec);
}

Result<ColumnResult> columnAtLayer(const ColumnResult& known, const NetworkStudy& study,
                                   const ComputeContext& context, const ClipPlace& place) {
  ColumnResult result;
  result.spec = study;
  result.clip = known.clip;
  result.network = known.network;
  return lookedAt(study.layer, std::move(result), context, place);
}

Triple strongestCell(const Tensor& maps, int channel) {
  const Shape& shape = maps.shape();
  if (channel < 0 || channel >= shape.channels || maps.empty()) return {0, 0, 0};
  const float* const first = maps.frame(0, channel);
  const float* const last = first + shape.channelSize();
  const float* found = std::max_element(first, last);
  if (!(*found > 0))
    found = std::max_element(first, last, [](float a, float b) { return std::abs(a) < std::abs(b); });
  const auto at = static_cast<int>(found - first);
  const auto frame = static_cast<int>(shape.frameSize());
  return {at / frame, at % frame / shape.width, at % shape.width};
}

double rootMeanSquare(const Tensor& maps, int channel) {
  const Shape& shape = maps.shape();
  if (channel < 0 || channel >= shape.channels || maps.empty()) return 0;
  const float* const values = maps.frame(0, channel);
  double squares = 0;
  for (std::int64_t i = 0; i < shape.channelSize(); ++i) squares += double{values[i]} * double{values[i]};
  return std::sqrt(squares / static_cast<double>(shape.channelSize()));
}

Result<std::vector<std::optional<double>>> strengthsOf(const std::vector<StudySpec>& columns,
                                                       const ClipSpec& clip, const ClipChange& change,
                                                       int channel, StudyCache& cache,
                                                       const ComputeContext& context) {
  std::vector<std::optional<double>> strengths(columns.size());
  const ComputeContext quiet{context.pool, context.stop};
  const auto changed = changedClip(clip, change, cache, quiet);
  for (std::size_t i = 0; i < columns.size() && changed; ++i) {
    if (std::holds_alternative<NetworkStudy>(columns[i])) continue;  // it takes the clip as it was trained
    const auto column = computeColumn(columns[i], *changed, quiet);
    if (column)
      strengths[i] = rootMeanSquare(column->maps, std::clamp(channel, 0, column->maps.shape().channels - 1));
  }
  if (context.stopped()) return fail(ErrorCode::Stopped, "The strengths were stopped.");
  if (context.yield) context.yield();
  return strengths;
}

Result<std::vector<std::vector<TempoPoint>>> tempoCurves(const std::vector<StudySpec>& columns,
                                                         const ClipSpec& clip, double zoom, int channel,
                                                         StudyCache& cache, const ComputeContext& context) {
  std::vector<std::vector<TempoPoint>> curves(columns.size());
  for (const double tempo : kTempos) {
    const auto strengths = strengthsOf(columns, clip, {tempo, zoom}, channel, cache, context);
    if (!strengths) return tl::unexpected(strengths.error());
    for (std::size_t i = 0; i < columns.size(); ++i) curves[i].push_back({tempo, (*strengths)[i]});
  }
  return curves;
}

}  // namespace convscope
