#include "engine/gradient/saliency.h"

#include "engine/gradient/backward.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace convscope {

namespace {

/// Shape of a value of one clip: channels, then up to three axes.
std::optional<Shape> clipShape(const Dims& dims) {
  if (dims.size() < 3 || dims.size() > 5 || dims[0] != 1) return {};
  Shape shape{1, 1, 1, static_cast<int>(dims[1])};
  shape.width = static_cast<int>(dims.back());
  if (dims.size() > 3) shape.height = static_cast<int>(dims[dims.size() - 2]);
  if (dims.size() > 4) shape.length = static_cast<int>(dims[2]);
  return shape;
}

Result<Shape> mapsShape(const Graph& graph, int value, const Dims& dims) {
  if (const auto shape = clipShape(dims)) return *shape;
  return fail(ErrorCode::BadSpec, "“" + nameForText(graph.valueNames[static_cast<std::size_t>(value)]) +
                                      "” is " + dimsText(dims) + ", no maps of one clip.");
}

/// The two cells that a position of the new axis lies between, and the share of the second.
struct Between {
  int low = 0, high = 0;
  double share = 0;
};

std::vector<Between> betweenCells(int extent, int newExtent) {
  std::vector<Between> all;
  for (int at = 0; at < newExtent; ++at) {
    const double from = std::clamp((at + .5) * extent / newExtent - .5, 0.0, extent - 1.0);
    const int low = static_cast<int>(from);
    all.push_back({low, std::min(low + 1, extent - 1), from - low});
  }
  return all;
}

}  // namespace

int scoreValue(const Graph& graph) {
  const int last = graph.outputs.back();
  for (const Node& node : graph.nodes) {
    const bool makes = std::ranges::find(node.outputs, last) != node.outputs.end();
    if (makes && (node.op == "Softmax" || node.op == "LogSoftmax")) return node.inputs.front();
  }
  return last;
}

Result<ScoreGradient> scoreGradient(Runner& runner, const Value& input, std::int64_t index,
                                    const std::vector<int>& wanted, const ComputeContext& context) {
  const auto half = [&](double from) {
    ComputeContext part{context.pool, context.stop, context.yield, {}};
    if (context.progress)
      part.progress = [&context, from](double share) { context.progress(from + share / 2); };
    return part;
  };
  RunRequest request;
  request.inputs = {input};
  request.keep = true;
  auto run = runner.run(request, half(0));
  if (!run) return tl::unexpected(run.error());
  const int value = scoreValue(runner.graph());
  auto scores = runner.recompute(*run, value, context);
  if (!scores) return tl::unexpected(scores.error());
  const Dims& dims = scores->dims();
  const std::int64_t clips = dims.size() < 2 ? 1 : dims.front();
  if (scores->type() != ElementType::Float32 || clips != 1 || scores->count() < 1)
    return fail(ErrorCode::BadSpec,
                "The network's scores are " + dimsText(dims) + " of " + elementTypeName(scores->type()) +
                    "; a gradient starts at one float32 number for each class of one clip.");
  if (index >= scores->count())
    return fail(ErrorCode::BadSpec, "The network has " + std::to_string(scores->count()) +
                                        " classes, counted from 0; there is no class " +
                                        std::to_string(index) + ".");
  const auto values = scores->values<float>();
  ScoreGradient result;
  result.index = index >= 0 ? index : std::ranges::max_element(values) - values.begin();
  result.score = double{values[static_cast<std::size_t>(result.index)]};
  auto gradients = gradientsOf(runner, *run, startAt(value, dims, result.index), wanted, half(.5));
  if (!gradients) return tl::unexpected(gradients.error());
  result.gradients = std::move(*gradients);
  result.run = std::move(*run);
  return result;
}

Result<ClassHeat> classSaliency(Runner& runner, const Value& input, std::int64_t index, SaliencyKind kind,
                                const ComputeContext& context) {
  const int value = runner.graph().inputs.front().value;
  const auto shape = mapsShape(runner.graph(), value, input.dims());
  if (!shape) return tl::unexpected(shape.error());
  auto taken = scoreGradient(runner, input, index, {value}, context);
  if (!taken) return tl::unexpected(taken.error());
  const auto gradient = taken->gradients.front().values<float>(), pixels = input.values<float>();
  ClassHeat heat{taken->index, taken->score, Tensor::uninitialised(shapeOf(shape->extent(), 1))};
  const auto size = static_cast<std::size_t>(shape->channelSize());
  for (std::size_t i = 0; i < size; ++i) {
    double most = 0, sum = 0;
    for (std::size_t at = i; at < gradient.size(); at += size) {
      most = std::max(most, std::abs(double{gradient[at]}));
      sum += double{gradient[at]} * double{pixels[at]};
    }
    heat.heat.values()[i] = static_cast<float>(kind == SaliencyKind::Gradient ? most : std::abs(sum));
  }
  return heat;
}

Result<ClassHeat> gradCam(Runner& runner, const Value& input, std::int64_t index, int value,
                          const ComputeContext& context) {
  auto taken = scoreGradient(runner, input, index, {value}, context);
  if (!taken) return tl::unexpected(taken.error());
  const auto shape = mapsShape(runner.graph(), value, taken->gradients.front().dims());
  if (!shape) return tl::unexpected(shape.error());
  const auto activation = runner.recompute(taken->run, value, context);
  if (!activation) return tl::unexpected(activation.error());
  const auto maps = activation->values<float>(), gradient = taken->gradients.front().values<float>();
  const auto size = static_cast<std::size_t>(shape->channelSize());
  std::vector<double> sums(size, 0.0);
  for (std::size_t first = 0; first < maps.size(); first += size) {
    double weight = 0;
    for (std::size_t i = first; i < first + size; ++i) weight += double{gradient[i]};
    weight /= static_cast<double>(size);
    for (std::size_t i = 0; i < size; ++i) sums[i] += weight * double{maps[first + i]};
  }
  ClassHeat heat{taken->index, taken->score, Tensor::uninitialised(shapeOf(shape->extent(), 1))};
  std::ranges::transform(sums, heat.heat.values().begin(),
                         [](double sum) { return static_cast<float>(std::max(0.0, sum)); });
  return heat;
}

Tensor stretched(const Tensor& volume, const Triple& extent) {
  const Shape& from = volume.shape();
  Tensor result = Tensor::uninitialised(shapeOf(extent, from.channels));
  const auto ts = betweenCells(from.length, extent.t), ys = betweenCells(from.height, extent.y),
             xs = betweenCells(from.width, extent.x);
  const auto mixed = [](double low, double high, double share) { return low + (high - low) * share; };
  float* to = result.data();
  for (int c = 0; c < from.channels; ++c) {
    for (const Between& t : ts) {
      for (const Between& y : ys) {
        for (const Between& x : xs) {
          const auto row = [&](int frame, int line) {
            return mixed(double{volume.at(frame, line, x.low, c)}, double{volume.at(frame, line, x.high, c)},
                         x.share);
          };
          const auto plane = [&](int frame) { return mixed(row(frame, y.low), row(frame, y.high), y.share); };
          *to++ = static_cast<float>(mixed(plane(t.low), plane(t.high), t.share));
        }
      }
    }
  }
  return result;
}

}  // namespace convscope
