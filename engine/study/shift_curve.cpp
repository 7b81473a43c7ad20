#include "engine/study/shift_curve.h"

#include "engine/clip/clip_edit.h"
#include "engine/core/csv_field.h"
#include "engine/core/number_text.h"
#include "engine/network/mean_scores.h"
#include "engine/study/network_study.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

struct Answer {
  std::vector<double> probabilities;
  Value map;
};

/// One run whose map of `value` is kept.
Result<Answer> answerTo(Runner& runner, const NetworkResult& network, const Clip& clip, int value,
                        const ComputeContext& context) {
  RunRequest request;
  auto inputs = networkInputs(runner.graph(), clip, network.preprocess);
  if (!inputs) return tl::unexpected(inputs.error());
  request.inputs = std::move(*inputs);
  Answer answer;
  request.finished = [&](int node, std::span<const Value> outputs) -> Result<void> {
    const auto& made = runner.graph().nodes[static_cast<std::size_t>(node)].outputs;
    const auto at = std::ranges::find(made, value);
    if (at != made.end()) answer.map = outputs[static_cast<std::size_t>(at - made.begin())];
    return {};
  };
  const auto run = runner.run(request, {context.pool, context.stop, context.yield, {}});
  if (!run) return tl::unexpected(run.error());
  constexpr std::size_t kAll = 1'000'000;
  const auto scores = largestScores(runner.graph(), run->outputs.back(), kAll);
  if (!scores) return tl::unexpected(scores.error());
  answer.probabilities = meanScores(*scores);
  return answer;
}

/// ‖moved − (still moved on by `cells` around its border along `axis`)‖ ÷ ‖still‖.
double differenceOf(const Value& moved, const Value& still, int axis, std::int64_t cells) {
  const std::span<const float> now = moved.values<float>(), before = still.values<float>();
  const Dims& dims = still.dims();
  const auto at = static_cast<std::size_t>(std::max(axis, 0));
  const std::int64_t extent = axis < 0 ? 1 : dims[at];
  const std::int64_t inner = axis < 0 ? still.count() : productOf(dims, at + 1, dims.size());
  const std::int64_t outer = still.count() / std::max<std::int64_t>(1, extent * inner);
  double difference = 0, all = 0;
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t i = 0; i < extent; ++i) {
      const std::int64_t from = ((i - cells) % extent + extent) % extent;
      for (std::int64_t k = 0; k < inner; ++k) {
        const double a = now[static_cast<std::size_t>((o * extent + i) * inner + k)];
        const double b = before[static_cast<std::size_t>((o * extent + from) * inner + k)];
        difference += (a - b) * (a - b);
        all += b * b;
      }
    }
  }
  return all > 0 ? std::sqrt(difference / all) : 0;
}

}  // namespace

Result<ShiftBase> shiftBase(const NetworkResult& network, const ComputeContext& context) {
  std::vector<ClipEdit> edits = network.spec.edits;
  withoutShifts(edits);
  auto clip = windowClip(network, network.spec.start, edits, context);
  if (!clip) return tl::unexpected(clip.error());
  Runner runner(network.network->graph());
  const auto answer = answerTo(runner, network, *clip, -1, context);
  if (!answer) return tl::unexpected(answer.error());
  if (answer->probabilities.empty()) return fail(ErrorCode::BadSpec, "The network gives no class scores.");
  const auto best = std::ranges::max_element(answer->probabilities) - answer->probabilities.begin();
  return ShiftBase{std::move(*clip), best};
}

Result<ShiftCurve> shiftCurve(const NetworkResult& network, const ShiftBase& base, int row, Axis axis,
                              std::size_t variant, int reach, const ComputeContext& context) {
  ShiftCurve curve{axis, variant, row, base.index, 1, {}, {}};
  const ShiftVariant& wanted = kShiftVariants.at(variant).variant;
  const auto graph = underVariant(network.network->graph(), wanted);
  if (!graph) {
    curve.problem = graph.error().message;
    return curve;
  }
  Runner runner(*graph);
  const NetworkValue& made = network.layers.values[static_cast<std::size_t>(row)];
  const auto a = static_cast<std::size_t>(axis);
  int mapAxis = made.axes[a];
  if (network.pictures && axis == Axis::T) mapAxis = 0;
  if (!wanted.strideOne) curve.jump = network.row(row).field[a].jump;
  const auto still = answerTo(runner, network, base.clip, made.value, context);
  if (!still) {
    if (still.error().code == ErrorCode::Stopped) return tl::unexpected(still.error());
    curve.problem = still.error().message;
    return curve;
  }
  for (int shift = -reach; shift <= reach; ++shift) {
    if (context.progress) context.progress(static_cast<double>(shift + reach) / (2 * reach + 1));
    const ClipEdit edit{shiftAlong(axis), shift};
    const auto clip = editedClip(base.clip, {&edit, 1}, {context.stop, {}, context.yield});
    if (!clip) return tl::unexpected(clip.error());
    const auto moved = answerTo(runner, network, *clip, made.value, context);
    if (!moved) return tl::unexpected(moved.error());
    if (moved->map.dims() != still->map.dims())
      return fail(ErrorCode::BadSpec,
                  "The layer's maps change their size with the clip; they cannot be compared.");
    const auto cells = static_cast<std::int64_t>(std::lround(shift / curve.jump));
    curve.points.push_back({shift, moved->probabilities[static_cast<std::size_t>(base.index)],
                            differenceOf(moved->map, still->map, mapAxis, cells)});
  }
  return curve;
}

std::string shiftCsv(const NetworkResult& network, std::span<const ShiftCurve> curves) {
  std::string text = "axis,variant,layer,class,jump,shift,score,difference\n";
  for (const ShiftCurve& curve : curves) {
    const std::string& layer = network.groups[static_cast<std::size_t>(network.groupOf(curve.row))].name;
    for (const ShiftPoint& point : curve.points) {
      text += std::string(axisName(curve.axis)) + ',' + kShiftVariants[curve.variant].id + ',' +
              csvField(layer) + ',' + csvField(network.labelOf(curve.index)) + ',' +
              generalText(curve.jump, 6) + ',' + std::to_string(point.shift) + ',' +
              generalText(point.score, 8) + ',' + generalText(point.difference, 8) + '\n';
    }
  }
  return text;
}

}  // namespace convscope
