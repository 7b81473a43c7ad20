#include "engine/network/field_tracer.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace convscope {

namespace {

using Kind = AxisReach::Kind;

/// One input of one node, and what is worked out about it.
struct Step {
  const SizedNode& sized;
  std::size_t input;
  std::size_t output;
  ClipAxes axes;

  [[nodiscard]] const Node& node() const { return sized.node; }
  [[nodiscard]] const Dims& in() const { return sized.inputDims(input); }
  [[nodiscard]] const Dims& out() const { return sized.outputDims(output); }
  [[nodiscard]] int extent(std::size_t a) const {
    return axes[a] < 0 ? 1 : static_cast<int>(in()[static_cast<std::size_t>(axes[a])]);
  }
  [[nodiscard]] std::int64_t whole(const char* name, std::int64_t otherwise) const {
    const auto* held = attribute<std::int64_t>(node(), name);
    return held != nullptr ? *held : otherwise;
  }
  [[nodiscard]] std::string word(const char* name, const char* otherwise) const {
    const auto* held = attribute<std::string>(node(), name);
    return held != nullptr ? *held : otherwise;
  }
  /// A list that stands in an input or an attribute.
  [[nodiscard]] std::vector<std::int64_t> list(std::size_t from, const char* name) const {
    if (from < node().inputs.size() && node().inputs[from] >= 0) {
      const int value = node().inputs[from];
      const Value* own = sized.graph.initialiser(value);
      const Value& held = own != nullptr ? *own : sized.sizes.values[static_cast<std::size_t>(value)];
      return held.holds() ? wholeNumbers(held) : std::vector<std::int64_t>{};
    }
    const auto* held = attribute<std::vector<std::int64_t>>(node(), name);
    return held != nullptr ? *held : std::vector<std::int64_t>{};
  }
  [[nodiscard]] int counted(std::int64_t axis) const {
    return static_cast<int>(axis < 0 ? axis + static_cast<std::int64_t>(in().size()) : axis);
  }
};

/// Every axis in its place, `shift` further back.
TracedEdge unchanged(const Step& step, int shift = 0) {
  TracedEdge edge;
  for (std::size_t a = 0; a < 3; ++a) edge.axes[a] = step.axes[a] < 0 ? -1 : step.axes[a] + shift;
  return edge;
}

/// The axis ends here: the outputs read all of it.
void lose(const Step& step, TracedEdge& edge, std::size_t a) {
  edge.reach[a] = {Kind::Window, step.extent(a), 1, 1, 0};
  edge.axes[a] = -1;
}

TracedEdge pointwise(const Step& step) {
  return unchanged(step);
}

/// Brought together with a larger value: extents of 1 repeat.
TracedEdge repeated(const Step& step) {
  TracedEdge edge = unchanged(step, static_cast<int>(step.out().size()) - static_cast<int>(step.in().size()));
  for (std::size_t a = 0; a < 3; ++a) {
    if (edge.axes[a] >= 0 && step.out()[static_cast<std::size_t>(edge.axes[a])] != step.extent(a))
      edge.reach[a].kind = Kind::Whole;
  }
  return edge;
}

TracedEdge windowed(const Step& step) {
  TracedEdge edge = unchanged(step);
  const auto window = step.sized.window();
  if (!window) return edge;
  const bool sumsChannels = step.node().op.starts_with("Conv");
  const bool spreads = step.node().op == "ConvTranspose";
  for (std::size_t a = 0; a < 3; ++a) {
    if (step.axes[a] == 1 && sumsChannels) lose(step, edge, a);
    if (step.axes[a] < 2) continue;
    const auto slot = static_cast<std::size_t>(step.axes[a] + 3 - static_cast<int>(step.in().size()));
    const Axis axis = kAxes[slot];
    edge.reach[a] = {spreads ? Kind::Spread : Kind::Window, window->kernel[axis], window->stride[axis],
                     window->dilation[axis], window->padding[slot].before};
  }
  return edge;
}

/// A shift and a scale by statistics over some axes.
TracedEdge normalised(const Step& step) {
  TracedEdge edge = unchanged(step);
  const std::string& op = step.node().op;
  const bool old = op.ends_with("Softmax") && step.sized.graph.operatorSet < 13;
  const int axis = op == "InstanceNormalization" ? 2 : step.counted(step.whole("axis", old ? 1 : -1));
  const bool oneAxis = op.ends_with("Softmax") && !old;
  for (std::size_t a = 0; a < 3; ++a)
    edge.gated[a] = step.extent(a) > 1 && (oneAxis ? step.axes[a] == axis : step.axes[a] >= axis);
  return edge;
}

TracedEdge reduced(const Step& step) {
  TracedEdge edge = unchanged(step);
  const bool global = step.node().op.starts_with("Global");
  std::vector<std::int64_t> axes = global ? std::vector<std::int64_t>{} : step.list(1, "axes");
  if (!global && axes.empty() && step.whole("noop_with_empty_axes", 0) != 0) return edge;
  const bool keeps = global || step.whole("keepdims", 1) != 0;
  for (std::int64_t& axis : axes) axis = step.counted(axis);
  const auto over = [&](int axis) {
    return global ? axis >= 2 : axes.empty() || std::ranges::find(axes, axis) != axes.end();
  };
  for (std::size_t a = 0; a < 3; ++a) {
    const int axis = step.axes[a];
    if (axis < 0) continue;
    if (over(axis)) {
      lose(step, edge, a);
      if (keeps) edge.axes[a] = axis;
    } else if (!keeps) {
      for (int before = 0; before < axis; ++before) edge.axes[a] -= over(before) ? 1 : 0;
    }
  }
  return edge;
}

/// A product of matrices: the inner axis ends, rows come from the left side and columns from the right.
TracedEdge multiplied(const Step& step) {
  if (step.input > 1) return repeated(step);
  const int rank = static_cast<int>(step.in().size()), outRank = static_cast<int>(step.out().size());
  const bool left = step.input == 0;
  const bool turned = step.whole(left ? "transA" : "transB", 0) != 0;
  const int inner = std::max(0, left != turned ? rank - 1 : rank - 2);
  TracedEdge edge = unchanged(step, outRank - rank);
  for (std::size_t a = 0; a < 3; ++a) {
    if (step.axes[a] < 0) continue;
    if (step.axes[a] == inner)
      lose(step, edge, a);
    else if (step.axes[a] >= rank - 2)
      edge.axes[a] = left ? outRank - 2 : outRank - 1;
  }
  return edge;
}

TracedEdge transposed(const Step& step) {
  TracedEdge edge = unchanged(step);
  const auto order = step.list(1, "perm");
  const int rank = static_cast<int>(step.in().size());
  for (std::size_t a = 0; a < 3; ++a) {
    if (step.axes[a] < 0) continue;
    const auto found = std::ranges::find(order, step.axes[a]);
    edge.axes[a] = order.empty() ? rank - 1 - step.axes[a] : static_cast<int>(found - order.begin());
  }
  return edge;
}

/// A new shape of the same elements: an axis is still there where one as long begins at the same multiple.
TracedEdge shaped(const Step& step) {
  TracedEdge edge = unchanged(step);
  for (std::size_t a = 0; a < 3; ++a) {
    if (step.axes[a] < 0) continue;
    const auto axis = static_cast<std::size_t>(step.axes[a]);
    edge.axes[a] = -1;
    for (std::size_t other = 0; step.extent(a) > 1 && other < step.out().size(); ++other) {
      if (step.out()[other] == step.in()[axis] &&
          productOf(step.out(), 0, other) == productOf(step.in(), 0, axis))
        edge.axes[a] = static_cast<int>(other);
    }
    if (edge.axes[a] < 0) lose(step, edge, a);
  }
  return edge;
}

/// Cells that stand before this input along the axis on which the inputs are joined, or, where the node cuts,
/// before this output.
TracedEdge joined(const Step& step) {
  TracedEdge edge = unchanged(step);
  const bool cuts = step.node().op == "Split";
  const int axis = step.counted(step.whole("axis", cuts ? 0 : 1));
  for (std::size_t a = 0; a < 3; ++a) {
    if (step.axes[a] != axis) continue;
    std::int64_t before = 0;
    for (std::size_t i = 0; i < (cuts ? step.output : step.input); ++i)
      before += (cuts ? step.sized.outputDims(i) : step.sized.inputDims(i))[static_cast<std::size_t>(axis)];
    edge.reach[a].padBefore = static_cast<int>(cuts ? -before : before);
  }
  return edge;
}

TracedEdge sliced(const Step& step) {
  TracedEdge edge = unchanged(step);
  const auto starts = step.list(1, "starts"), steps = step.list(4, "steps");
  auto axes = step.list(3, "axes");
  for (std::size_t i = axes.size(); i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  for (std::size_t i = 0; i < starts.size(); ++i) {
    for (std::size_t a = 0; a < 3; ++a) {
      if (step.axes[a] < 0 || step.axes[a] != step.counted(axes[i])) continue;
      const std::int64_t extent = step.extent(a), size = i < steps.size() ? steps[i] : 1;
      const std::int64_t start = std::clamp<std::int64_t>(
          starts[i] < 0 ? std::max(starts[i], -extent) + extent : starts[i], 0, extent);
      if (size > 0 && size <= extent)
        edge.reach[a] = {Kind::Window, 1, static_cast<int>(size), 1, static_cast<int>(-start)};
      else
        edge.reach[a].kind = Kind::Whole;
    }
  }
  return edge;
}

TracedEdge padded(const Step& step) {
  TracedEdge edge = unchanged(step);
  const auto pads = step.list(1, "pads");
  for (std::size_t a = 0; a < 3; ++a) {
    if (step.axes[a] < 0) continue;
    if (pads.size() == 2 * step.in().size())
      edge.reach[a].padBefore = static_cast<int>(pads[static_cast<std::size_t>(step.axes[a])]);
    else
      edge.reach[a].kind = Kind::Whole;
  }
  return edge;
}

TracedEdge gathered(const Step& step) {
  TracedEdge edge = unchanged(step);
  const int axis = step.counted(step.whole("axis", 0));
  const int indexRank = static_cast<int>(step.out().size()) - static_cast<int>(step.in().size()) + 1;
  for (std::size_t a = 0; a < 3; ++a) {
    if (step.axes[a] > axis) edge.axes[a] += indexRank - 1;
    if (step.axes[a] < 0 || step.axes[a] != axis) continue;
    if (indexRank == 1)
      edge.reach[a].kind = Kind::Whole;
    else
      lose(step, edge, a);
  }
  return edge;
}

/// The reach of one resized axis where it is the same for every output but for whole steps.
std::optional<AxisReach> resizedReach(const Step& step, int extent, int newExtent) {
  const bool old = step.sized.graph.operatorSet < 11;
  const std::string place = old ? "asymmetric" : step.word("coordinate_transformation_mode", "half_pixel");
  const std::string rounding = old ? "floor" : step.word("nearest_mode", "round_prefer_floor");
  const bool middle = place == "half_pixel" || place == "pytorch_half_pixel", corner = place == "asymmetric";
  const bool nearest = step.word("mode", "nearest") == "nearest";
  // PyTorch's rule reads the first cell there, not the one in the middle.
  if (newExtent == 1 && place == "pytorch_half_pixel") return {};
  if (newExtent % extent == 0) {
    const int factor = newExtent / extent;
    if (nearest && ((middle && rounding.starts_with("round")) || (corner && rounding == "floor")))
      return AxisReach{Kind::Spread, factor, factor, 1, 0};
    if (!nearest && middle) return AxisReach{Kind::Spread, 2 * factor - factor % 2, factor, 1, factor / 2};
    if (!nearest && corner) return AxisReach{Kind::Spread, 2 * factor - 1, factor, 1, factor - 1};
  }
  if (nearest && extent % newExtent == 0) {
    const int factor = extent / newExtent;
    if (corner && rounding == "floor") return AxisReach{Kind::Window, 1, factor, 1, 0};
    if (middle && rounding == "round_prefer_floor")
      return AxisReach{Kind::Window, 1, factor, 1, -((factor - 1) / 2)};
  }
  return {};
}

/// Whether the scale that was given, where one was, is the ratio of the extents: positions follow the scale.
bool scalesExactly(const Step& step, std::size_t a, int newExtent) {
  const std::size_t place = step.sized.graph.operatorSet < 11 ? 1 : 2;
  if (place >= step.node().inputs.size() || step.node().inputs[place] < 0) return true;
  const int value = step.node().inputs[place];
  const Value* own = step.sized.graph.initialiser(value);
  const Value& held = own != nullptr ? *own : step.sized.sizes.values[static_cast<std::size_t>(value)];
  if (!held.holds()) return false;
  const std::vector<double> scales = realNumbers(held);
  const auto axis = static_cast<std::size_t>(step.axes[a]);
  return axis >= scales.size() || scales[axis] * step.extent(a) == newExtent;
}

TracedEdge resized(const Step& step) {
  TracedEdge edge = unchanged(step);
  for (std::size_t a = 0; a < 3; ++a) {
    if (step.axes[a] < 0) continue;
    const auto newExtent = static_cast<int>(step.out()[static_cast<std::size_t>(step.axes[a])]);
    if (newExtent == step.extent(a) || newExtent == 0) continue;
    const auto reach =
        scalesExactly(step, a, newExtent) ? resizedReach(step, step.extent(a), newExtent) : std::nullopt;
    edge.reach[a] = reach.value_or(AxisReach{Kind::Whole, 1, 1, 1, 0});
  }
  return edge;
}

using Trace = TracedEdge (*)(const Step&);

/// How each operator reads its inputs; those that are not here read no elements of any.
const std::unordered_map<std::string_view, Trace>& traces() {
  static const std::unordered_map<std::string_view, Trace> table{
      {"Relu", pointwise},
      {"LeakyRelu", pointwise},
      {"Elu", pointwise},
      {"PRelu", repeated},
      {"Sigmoid", pointwise},
      {"HardSigmoid", pointwise},
      {"HardSwish", pointwise},
      {"Tanh", pointwise},
      {"Sqrt", pointwise},
      {"Clip", repeated},
      {"Identity", pointwise},
      {"Dropout", pointwise},
      {"Cast", pointwise},
      {"BatchNormalization", pointwise},
      {"Add", repeated},
      {"Sub", repeated},
      {"Mul", repeated},
      {"Div", repeated},
      {"Pow", repeated},
      {"Expand", repeated},
      {"Conv", windowed},
      {"ConvTranspose", windowed},
      {"MaxPool", windowed},
      {"AveragePool", windowed},
      {"Softmax", normalised},
      {"LogSoftmax", normalised},
      {"LayerNormalization", normalised},
      {"InstanceNormalization", normalised},
      {"GlobalAveragePool", reduced},
      {"GlobalMaxPool", reduced},
      {"ReduceMean", reduced},
      {"ReduceMax", reduced},
      {"ReduceSum", reduced},
      {"Gemm", multiplied},
      {"MatMul", multiplied},
      {"Transpose", transposed},
      {"Reshape", shaped},
      {"Flatten", shaped},
      {"Squeeze", shaped},
      {"Unsqueeze", shaped},
      {"Concat", joined},
      {"Split", joined},
      {"Slice", sliced},
      {"Pad", padded},
      {"Gather", gathered},
      {"Resize", resized},
      {"Upsample", resized},
  };
  return table;
}

/// Operators of which every input is data; the others take lists beside their first input.
bool readsAllInputs(std::string_view op) {
  static constexpr std::array<std::string_view, 9> kAll{"Add",  "Sub",    "Mul",    "Div",  "Pow",
                                                        "Gemm", "MatMul", "Concat", "PRelu"};
  return std::ranges::find(kAll, op) != kAll.end();
}

}  // namespace

Triple extentAlong(const Dims& dims, const ClipAxes& axes) {
  Triple extent{1, 1, 1};
  for (std::size_t a = 0; a < 3; ++a) {
    if (axes[a] >= 0) extent[kAxes[a]] = static_cast<int>(dims[static_cast<std::size_t>(axes[a])]);
  }
  return extent;
}

const Dims& SizedNode::inputDims(std::size_t input) const {
  const int value = node.inputs[input];
  const Value* own = graph.initialiser(value);
  return own != nullptr ? own->dims() : sizes.dims[static_cast<std::size_t>(value)];
}

const Dims& SizedNode::outputDims(std::size_t output) const {
  return sizes.dims[static_cast<std::size_t>(node.outputs[output])];
}

std::optional<OpWindow> SizedNode::window() const {
  const bool weighs = node.op == "Conv" || node.op == "ConvTranspose";
  if (!weighs && node.op != "MaxPool" && node.op != "AveragePool") return {};
  const auto* shape = attribute<std::vector<std::int64_t>>(node, "kernel_shape");
  const std::vector<std::int64_t> kernel =
      weighs             ? std::vector<std::int64_t>(inputDims(1).begin() + 2, inputDims(1).end())
      : shape != nullptr ? *shape
                         : std::vector<std::int64_t>{};
  ThreadPool pool(1);
  const ComputeContext context{pool, {}};
  std::unique_ptr<NodeCache> cache;
  const OpCall call{node, graph.operatorSet, {}, true, context, 0, true, cache};
  try {
    return windowOf(call, inputDims(0), kernel);
  } catch (const OpFailure&) {
    return {};  // cannot be: the node has been run
  }
}

std::optional<TracedEdge> tracedEdge(const SizedNode& node, std::size_t input, std::size_t output,
                                     const ClipAxes& axes) {
  const auto found = traces().find(node.node.op);
  const bool further = output > 0 && node.node.op != "Split";  // masks, places, statistics
  if (found == traces().end() || further || (input > 0 && !readsAllInputs(node.node.op))) return {};
  return found->second(Step{node, input, output, axes});
}

}  // namespace convscope
