#include "engine/study/network_explanation.h"

#include "engine/gradient/preferred_stimulus.h"
#include "engine/gradient/saliency.h"
#include "engine/network/mean_scores.h"
#include "engine/study/layer_maps.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace convscope {

namespace {

/// The nodes that value `value` needs, on inputs of open size and one clip at a time: the rest of the network
/// is neither run nor differentiated.
std::shared_ptr<const Graph> cutAt(const Graph& graph, int value) {
  auto cut = std::make_shared<Graph>(graph);
  cut->outputs = {value};
  std::set<int> needed{value};
  std::vector<Node> kept;
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    const bool makes = std::ranges::any_of(node.outputs, [&](int output) { return needed.contains(output); });
    if (!makes) continue;
    needed.insert(node.inputs.begin(), node.inputs.end());
    kept.push_back(node);
  }
  std::ranges::reverse(kept);
  cut->nodes = std::move(kept);
  for (GraphInput& input : cut->inputs) {
    if (!input.dims) continue;
    for (std::size_t axis = 0; axis < input.dims->size(); ++axis) {
      if (axis != 1) (*input.dims)[axis] = {};
    }
  }
  return cut;
}

/// Part `index` of `count` of the progress.
ComputeContext part(const ComputeContext& context, int index, int count) {
  ComputeContext one{context.pool, context.stop, context.yield, {}};
  if (context.progress)
    one.progress = [&context, index, count](double share) { context.progress((index + share) / count); };
  return one;
}

/// The largest value, or the one that `share` of them do not pass; above 0.
double endOf(const Tensor& heat, double share) {
  std::vector<float> values(heat.values().begin(), heat.values().end());
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, at);
  const double end = double{*at} > 0 ? double{*at} : double{*std::ranges::max_element(values)};
  return end > 0 ? end : 1;
}

class Explainer {
 public:
  Explainer(const NetworkResult& result, const ExplanationQuestion& question, const ComputeContext& context)
      : m_result(result), m_question(question), m_context(context), m_graph(*result.network->graph()) {
    m_made.question = question;
  }

  Result<NetworkExplanation> made() {
    const auto rows = static_cast<int>(m_result.layers.values.size());
    if (m_question.row < 0 || m_question.row >= rows)
      return fail(ErrorCode::BadSpec, "The network has " + std::to_string(rows) + " rows; there is no row " +
                                          std::to_string(m_question.row + 1) + ".");
    if (m_result.clip == nullptr) return fail(ErrorCode::BadSpec, "The network was not run on a clip yet.");
    auto inputs = networkInputs(m_graph, *m_result.clip, m_result.preprocess);
    if (!inputs) return tl::unexpected(inputs.error());
    m_input = std::move(inputs->front());
    const auto done = m_question.kind == ExplanationKind::Stimulus ? takeStimulus() : takeHeat();
    if (!done) return tl::unexpected(done.error());
    return std::move(m_made);
  }

 private:
  [[nodiscard]] bool cam() const { return m_question.kind == ExplanationKind::GradCam; }
  [[nodiscard]] const NetworkValue& valueOf(int row) const {
    return m_result.layers.values[static_cast<std::size_t>(row)];
  }

  Result<ClassHeat> heatOf(Runner& runner, const Value& input, std::int64_t index,
                           const ComputeContext& context) const {
    if (cam()) return gradCam(runner, input, index, valueOf(m_question.row).value, context);
    return classSaliency(runner, input, index, SaliencyKind::Gradient, context);
  }

  /// The class that the network holds for likeliest, of pictures on the mean over them.
  [[nodiscard]] std::int64_t bestClass() const {
    const auto classes = likeliestClasses(m_result.scores);
    return classes.empty() ? -1 : classes.front().index;
  }

  Result<void> takeHeat() {
    std::int64_t index = m_question.classIndex;
    if (!m_result.pictures) {
      Runner runner(m_result.network->graph());
      auto heat = heatOf(runner, m_input, index, m_context);
      if (!heat) return tl::unexpected(heat.error());
      m_made.question.classIndex = heat->index;
      m_made.score = heat->score;
      (cam() ? m_made.cells : m_made.heat) = std::move(heat->heat);
    } else if (auto taken = takePictures(index < 0 ? bestClass() : index); !taken) {
      return taken;
    }
    if (cam()) m_made.heat = stretched(m_made.cells, m_result.clip->pixels.shape().extent());
    m_made.end = endOf(cam() ? m_made.cells : m_made.heat, cam() ? 1 : kShownShare);
    return {};
  }

  /// Single pictures stand along N: each by itself.
  Result<void> takePictures(std::int64_t index) {
    Runner runner(cutAt(m_graph, m_graph.outputs.back()));
    const Dims& dims = m_input.dims();
    const auto count = static_cast<int>(dims.front());
    const std::int64_t size = m_input.count() / dims.front();
    Dims single = dims;
    single.front() = 1;
    for (int t = 0; t < count; ++t) {
      Value picture = Value::uninitialised(ElementType::Float32, single);
      std::ranges::copy(
          m_input.values<float>().subspan(static_cast<std::size_t>(t * size), static_cast<std::size_t>(size)),
          picture.fill<float>().begin());
      auto heat = heatOf(runner, picture, index, part(m_context, t, count));
      if (!heat) return tl::unexpected(heat.error());
      Tensor& all = cam() ? m_made.cells : m_made.heat;
      const Shape& one = heat->heat.shape();
      if (t == 0) all = Tensor::uninitialised({count, one.height, one.width, 1});
      std::ranges::copy(heat->heat.values(), all.frame(t, 0));
      m_made.question.classIndex = index = heat->index;
      m_made.score += heat->score / count;
    }
    return {};
  }

  /// Extents of the stimulus along t, y and x, and the unit that is climbed on it.
  void placeStimulus(int row, std::array<int, 3>& extent) {
    const Shape& clip = m_result.clip->pixels.shape();
    const ClipAxes& axes = valueOf(row).axes;
    m_made.field = m_result.row(row).field;
    m_made.wholeClip = true;
    for (const Axis axis : kAxes) {
      const auto a = static_cast<std::size_t>(axis);
      const AxisField& field = m_made.field[a];
      const bool picture = m_result.pictures && axis == Axis::T;
      const int whole = picture ? 1 : clip.along(axis);
      m_made.seesAll[a] = axes[a] < 0;
      extent[a] = whole;
      if (axes[a] < 0) continue;
      const int unit =
          field.jump > 0 ? std::max(0, static_cast<int>(std::ceil(-field.first(0) / field.jump))) : 0;
      const int end = field.first(unit) + field.size;
      if (end < whole) {
        extent[a] = end;
        m_made.unit[axis] = unit;
        m_made.wholeClip = false;
      } else {
        m_made.unit[axis] = m_result.row(row).output.along(axis) / 2;
      }
    }
  }

  [[nodiscard]] std::int64_t elementOf(const Dims& dims, const ClipAxes& axes) const {
    std::vector<std::int64_t> steps(dims.size(), 1);
    for (std::size_t axis = dims.size(); axis-- > 1;) steps[axis - 1] = steps[axis] * dims[axis];
    std::int64_t element = 0, rest = m_question.channel;
    for (std::size_t axis = dims.size(); axis-- > 0;) {
      const auto found = std::ranges::find(axes, static_cast<int>(axis));
      if (found != axes.end()) {
        element += steps[axis] * m_made.unit[kAxes[static_cast<std::size_t>(found - axes.begin())]];
      } else if (axis > 0 || dims.size() == 1) {
        element += steps[axis] * (rest % dims[axis]);
        rest /= dims[axis];
      }
    }
    return element;
  }

  Result<void> takeStimulus() {
    const int row = m_question.row;
    const NetworkValue& shown = valueOf(row);
    const NetworkValue& climbed = valueOf(climbedRow(m_result, row));
    const int channels = m_result.row(row).output.channels;
    if (m_question.channel < 0 || m_question.channel >= channels)
      return fail(ErrorCode::BadSpec,
                  "“" + m_result.groups[static_cast<std::size_t>(m_result.groupOf(row))].name + "” has " +
                      std::to_string(channels) + " channels; there is no channel " +
                      std::to_string(m_question.channel + 1) + ".");
    std::array<int, 3> extent{};
    placeStimulus(row, extent);
    const Preprocess& preprocess = m_result.preprocess;
    const std::int64_t colours = m_input.dims()[1];
    StimulusSettings settings;
    settings.low.clear();
    settings.high.clear();
    for (std::size_t c = 0; c < static_cast<std::size_t>(colours); ++c) {
      const std::size_t own = colourOf(c);
      settings.low.push_back(static_cast<float>(-preprocess.mean[own] / preprocess.std[own]));
      settings.high.push_back(
          static_cast<float>((preprocess.range - preprocess.mean[own]) / preprocess.std[own]));
    }
    const Dims dims = m_result.pictures ? Dims{1, colours, extent[1], extent[2]}
                                        : Dims{1, colours, extent[0], extent[1], extent[2]};
    Runner runner(cutAt(m_graph, shown.value));
    // Where the element stands depends on the maps' extents on such an input.
    RunRequest sizes{{Value::uninitialised(ElementType::Float32, dims)}, true, true};
    const auto sized = runner.run(sizes, {m_context.pool, m_context.stop});
    if (!sized) return tl::unexpected(sized.error());
    const Dims& made = sized->dims[static_cast<std::size_t>(climbed.value)];
    const auto stimulus =
        preferredStimulus(runner, climbed.value, elementOf(made, climbed.axes), dims, settings, m_context);
    if (!stimulus) return tl::unexpected(stimulus.error());
    m_made.responses = stimulus->responses;
    RunRequest best{{stimulus->input}, false};
    const auto answer = runner.run(best, {m_context.pool, m_context.stop});
    if (!answer) return tl::unexpected(answer.error());
    const Tensor maps = mapsOf(answer->outputs.front(), shown.axes, m_result.pictures);
    m_made.map = Tensor::uninitialised(shapeOf(maps.shape().extent(), 1));
    std::ranges::copy_n(maps.frame(0, m_question.channel), maps.shape().channelSize(), m_made.map.data());
    takePixels(stimulus->input, {extent[0], extent[1], extent[2], static_cast<int>(colours)});
    return {};
  }

  /// Which of R, G and B the network's channel `c` is.
  [[nodiscard]] std::size_t colourOf(std::size_t c) const {
    return m_result.preprocess.channels == ChannelOrder::Bgr ? 2 - std::min<std::size_t>(c, 2)
                                                             : std::min<std::size_t>(c, 2);
  }

  void takePixels(const Value& input, const Shape& shape) {
    m_made.pixels = Tensor::uninitialised(shape);
    const Preprocess& preprocess = m_result.preprocess;
    const auto values = input.values<float>();
    const auto size = static_cast<std::size_t>(shape.channelSize());
    for (std::size_t c = 0; c < static_cast<std::size_t>(shape.channels); ++c) {
      const std::size_t own = shape.channels == 1 ? 0 : colourOf(c);
      float* to = m_made.pixels.frame(0, static_cast<int>(own));
      for (const float value : values.subspan(c * size, size))
        *to++ = static_cast<float>(std::clamp(
            (double{value} * preprocess.std[own] + preprocess.mean[own]) / preprocess.range, 0.0, 1.0));
    }
  }

  const NetworkResult& m_result;
  const ExplanationQuestion& m_question;
  const ComputeContext& m_context;
  const Graph& m_graph;
  Value m_input;
  NetworkExplanation m_made;
};

}  // namespace

int climbedRow(const NetworkResult& result, int row) {
  static const std::set<std::string> kBends{"Relu",        "LeakyRelu", "Elu",     "PRelu", "Sigmoid",
                                            "HardSigmoid", "HardSwish", "Tanh",    "Clip",  "Softmax",
                                            "LogSoftmax",  "Dropout",   "Identity"};
  const int first = result.groups[static_cast<std::size_t>(result.groupOf(row))].first;
  while (row > first && kBends.contains(result.nodeOf(row).op)) --row;
  return row;
}

Result<NetworkExplanation> explain(const NetworkResult& result, const ExplanationQuestion& question,
                                   const ComputeContext& context) {
  return Explainer(result, question, context).made();
}

}  // namespace convscope
