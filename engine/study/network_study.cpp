#include "engine/study/network_study.h"

#include "engine/clip/clip_edit.h"
#include "engine/core/nearest_names.h"
#include "engine/network/mean_scores.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>

namespace convscope {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kReadingShare = .1;  // of the progress

/// Operators that change each value by itself, with the word for them.
std::string_view valueByValue(const std::string& op) {
  static const std::map<std::string_view, std::string_view> words{{"BatchNormalization", "BN"},
                                                                  {"Relu", "ReLU"},
                                                                  {"LeakyRelu", "LeakyReLU"},
                                                                  {"Elu", "ELU"},
                                                                  {"PRelu", "PReLU"},
                                                                  {"Sigmoid", "sigmoid"},
                                                                  {"HardSigmoid", "hard sigmoid"},
                                                                  {"HardSwish", "hard swish"},
                                                                  {"Tanh", "tanh"},
                                                                  {"Clip", "clip"},
                                                                  {"Dropout", "dropout"},
                                                                  {"Identity", "identity"}};
  const auto found = words.find(op);
  return found == words.end() ? std::string_view() : found->second;
}

std::string extentText(const Triple& extent) {
  return std::to_string(extent.t) + "×" + std::to_string(extent.y) + "×" + std::to_string(extent.x);
}

/// "Conv 3×3×3", "Gemm": what a row begins a layer with.
std::string titleOf(const Node& node, const LayerRow& row) {
  const std::string_view word = valueByValue(node.op);
  if (!word.empty()) return std::string(word);
  const bool slides =
      node.op == "Conv" || node.op == "ConvTranspose" || node.op == "MaxPool" || node.op == "AveragePool";
  std::string title = slides ? node.op + " " + extentText(row.layer.kernel) : node.op;
  if (row.layer.groups > 1) title += ", " + std::to_string(row.layer.groups) + " groups";
  return title;
}

/// The name without what exporters put around it: "/layer1/layer1.0/conv1/Conv" is "layer1.0.conv1".
std::string shortName(const Node& node, const Graph& graph) {
  std::string name = node.name;
  if (node.inputs.size() > 1 && node.inputs[1] >= 0) {
    // weights bear the name of the module in the framework
    const std::string& weights = graph.valueNames[static_cast<std::size_t>(node.inputs[1])];
    if (weights.ends_with(".weight")) return weights.substr(0, weights.size() - 7);
  }
  if (name.ends_with("/" + node.op)) name.resize(name.size() - node.op.size() - 1);
  if (const auto slash = name.find_last_of('/'); slash != std::string::npos && slash + 1 < name.size())
    name = name.substr(slash + 1);
  return name.empty() ? node.op : name;
}

std::vector<LayerGroup> groupsOf(const Graph& graph, const NetworkLayers& layers) {
  std::vector<int> readers(graph.valueNames.size(), 0);
  for (const Node& node : graph.nodes) {
    for (const int input : node.inputs) {
      if (input >= 0) ++readers[static_cast<std::size_t>(input)];
    }
  }
  std::vector<LayerGroup> groups;
  for (int row = 0; row < static_cast<int>(layers.values.size()); ++row) {
    const NetworkValue& made = layers.values[static_cast<std::size_t>(row)];
    const Node& node = graph.nodes[static_cast<std::size_t>(made.node)];
    const bool joins = !groups.empty() && !valueByValue(node.op).empty() && !node.inputs.empty() &&
                       node.inputs.front() == layers.values[static_cast<std::size_t>(row) - 1].value &&
                       readers[static_cast<std::size_t>(node.inputs.front())] == 1;
    if (joins) {
      groups.back().last = row;
      groups.back().title += ", " + std::string(valueByValue(node.op));
      continue;
    }
    groups.push_back(
        {row, row, shortName(node, graph), titleOf(node, layers.table.rows[static_cast<std::size_t>(row)])});
  }
  return groups;
}

/// Of single pictures: time is the axis N, which no layer mixes.
void stretchInTime(NetworkLayers& layers, const std::vector<Dims>& dims, int frames) {
  layers.table.stack.clip.length = frames;
  layers.table.graph.front().extent.t = frames;
  for (std::size_t i = 0; i < layers.values.size(); ++i) {
    const Dims& made = dims[static_cast<std::size_t>(layers.values[i].value)];
    if (made.empty() || made.front() != frames || layers.values[i].axes[0] >= 0) continue;
    layers.table.rows[i].output.length = frames;
    layers.table.graph[i + 1].extent.t = frames;
  }
}

Result<NetworkResult> opened(const NetworkStudy& study, const std::stop_token& stop) {
  auto network = openNetwork(study.model, stop);
  if (!network) return tl::unexpected(network.error());
  auto preprocess = (*network)->preprocess(study.preprocess);
  if (!preprocess) return tl::unexpected(preprocess.error());
  if (study.frames != 0) preprocess->frames = study.frames;
  if (study.step != 0) preprocess->step = study.step;
  if (auto fits = checkPreprocess(*(*network)->graph(), *preprocess); !fits)
    return tl::unexpected(fits.error());
  if ((*network)->graph()->inputs.size() != 1) {
    return fail(ErrorCode::BadSpec, "The network takes " +
                                        std::to_string((*network)->graph()->inputs.size()) +
                                        " inputs; what can be looked at here takes one clip.");
  }
  NetworkResult result;
  result.spec = study;
  result.network = std::move(*network);
  result.preprocess = std::move(*preprocess);
  result.pictures = takesPictures(*result.network->graph());
  return result;
}

Result<void> tabulate(NetworkResult& result, const Dims& dims) {
  auto layers = networkLayers(result.network->graph(), dims);
  if (!layers) return tl::unexpected(layers.error());
  if (layers->table.rows.empty())
    return fail(ErrorCode::BadSpec, "No node of the network reads its input: there is nothing to look at.");
  result.layers = std::move(*layers);
  result.groups = groupsOf(*result.network->graph(), result.layers);
  return {};
}

double bytesOf(const NetworkRun& run) {
  std::map<const void*, std::int64_t> held;
  for (const Value& value : run.values) {
    if (value.holds()) held.emplace(value.memory(), value.byteCount());
  }
  return std::accumulate(held.begin(), held.end(), 0.0,
                         [](double sum, const auto& one) { return sum + static_cast<double>(one.second); });
}

ComputeContext afterReading(const ComputeContext& context) {
  ComputeContext part{context.pool, context.stop, context.yield, {}};
  if (context.progress)
    part.progress = [&context](double share) {
      context.progress(kReadingShare + (1 - kReadingShare) * share);
    };
  return part;
}

constexpr std::size_t kAllClasses = 1'000'000;

void takeScores(NetworkResult& result) {
  auto scores = largestScores(*result.network->graph(), result.run.outputs.back(), kAllClasses);
  if (!scores) {
    result.obstacle = scores.error().message;
    return;
  }
  const std::size_t labels = result.preprocess.labels.size();
  const std::size_t classes = scores->clips.empty() ? 0 : scores->clips.front().size();
  if (labels > 0 && labels != classes) {
    result.obstacle = "There are " + std::to_string(labels) + " labels for the network's " +
                      std::to_string(classes) + " classes.";
  }
  result.scores = std::move(*scores);
}

ReadContext readingOf(const ComputeContext& context) {
  return {context.stop,
          [&context](double share) {
            if (context.progress) context.progress(kReadingShare * share);
          },
          context.yield};
}

FrameRange windowAt(const NetworkResult& network, int start) {
  return {start, network.preprocess.frames, network.preprocess.step};
}

/// The frames of a window prepared, then edited.
Result<Clip> preparedWindow(const Result<RawFrames>& raw, const NetworkResult& network, int start,
                            std::span<const ClipEdit> edits, const ComputeContext& context) {
  const Preprocess& preprocess = network.preprocess;
  if (!raw) return tl::unexpected(raw.error());
  if (raw->count() < preprocess.frames) {
    return fail(ErrorCode::BadSpec,
                "The network takes " + std::to_string(preprocess.frames) + " frames" +
                    (preprocess.step > 1 ? ", every " + std::to_string(preprocess.step) + ". one" : "") +
                    ", but from frame " + std::to_string(start + 1) + " on the clip has " +
                    std::to_string(raw->count()) + " of them: begin earlier, or take a longer clip.");
  }
  auto clip = preprocessedClip(*raw, preprocess, {context.stop, {}, context.yield});
  if (!clip || edits.empty()) return clip;
  return editedClip(*clip, edits, {context.stop, {}, context.yield});
}

Result<std::vector<double>> scoresOf(const NetworkResult& network, const Result<Clip>& clip,
                                     const ComputeContext& context) {
  if (!clip) return tl::unexpected(clip.error());
  RunRequest request;
  auto inputs = networkInputs(*network.network->graph(), *clip, network.preprocess);
  if (!inputs) return tl::unexpected(inputs.error());
  request.inputs = std::move(*inputs);
  const auto run = network.network->run(request, true, afterReading(context));
  if (!run) return tl::unexpected(run.error());
  const auto scores = largestScores(*network.network->graph(), run->outputs.back(), kAllClasses);
  if (!scores) return tl::unexpected(scores.error());
  return meanScores(*scores);
}

}  // namespace

Result<Clip> windowClip(const NetworkResult& network, int start, std::span<const ClipEdit> edits,
                        const ComputeContext& context) {
  return preparedWindow(readSource(network.spec.source, windowAt(network, start), readingOf(context)),
                        network, start, edits, context);
}

std::string NetworkResult::labelOf(std::int64_t index) const {
  const auto& labels = preprocess.labels;
  const bool fits = scores.clips.empty() || labels.size() == scores.clips.front().size();
  if (fits && index >= 0 && index < static_cast<std::int64_t>(labels.size()))
    return labels[static_cast<std::size_t>(index)];
  return "class " + std::to_string(index);
}

int NetworkResult::groupOf(int row) const {
  const auto found = std::ranges::find_if(
      groups, [row](const LayerGroup& group) { return row >= group.first && row <= group.last; });
  return found == groups.end() ? 0 : static_cast<int>(found - groups.begin());
}

Result<NetworkResult> outlineNetwork(const NetworkStudy& study, const std::stop_token& stop) {
  auto result = opened(study, stop);
  if (!result) return result;
  result->outline = true;
  // What only the clip knows is taken as wide as the usual networks have it: the real size follows.
  constexpr std::int64_t kOpenSide = 112;
  const GraphInput& input = result->network->graph()->inputs.front();
  const Preprocess& preprocess = result->preprocess;
  const auto size = preprocess.crop ? preprocess.crop : preprocess.resize;
  Dims dims;
  const std::size_t rank = input.dims->size();
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const bool time = axis == (result->pictures ? 0U : 2U);
    std::int64_t open = axis == 0 && !time ? 1 : time ? preprocess.frames : kOpenSide;
    if (axis == 1) open = preprocess.channels == ChannelOrder::Grey ? 1 : 3;
    if (size && axis + 2 >= rank) open = (*size)[axis + 2 - rank];
    dims.push_back((*input.dims)[axis].fixed.value_or(open));
  }
  if (auto made = tabulate(*result, dims); !made) return tl::unexpected(made.error());
  if (result->pictures) {
    std::vector<Dims> made(result->network->graph()->valueNames.size());
    for (const NetworkValue& one : result->layers.values)
      made[static_cast<std::size_t>(one.value)] = {preprocess.frames};
    stretchInTime(result->layers, made, preprocess.frames);
  }
  result->rowMs.assign(result->layers.values.size(), 0);
  return result;
}

Result<NetworkResult> computeNetwork(const NetworkStudy& study, const ComputeContext& context) {
  auto result = opened(study, context.stop);
  if (!result) return result;
  auto clip = windowClip(*result, study.start, study.edits, context);
  if (!clip) return tl::unexpected(clip.error());
  result->clip = std::make_shared<const Clip>(std::move(*clip));
  RunRequest request;
  auto inputs = networkInputs(*result->network->graph(), *result->clip, result->preprocess);
  if (!inputs) return tl::unexpected(inputs.error());
  request.inputs = std::move(*inputs);
  request.keep = true;
  if (auto made = tabulate(*result, request.inputs.front().dims()); !made)
    return tl::unexpected(made.error());
  const auto start = Clock::now();
  auto run = result->network->run(request, true, afterReading(context));
  if (!run) return tl::unexpected(run.error());
  result->runMs = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  result->run = std::move(*run);
  result->keptBytes = bytesOf(result->run);
  for (const NetworkValue& made : result->layers.values)
    result->rowMs.push_back(result->run.nodeMilliseconds[static_cast<std::size_t>(made.node)]);
  if (result->pictures) stretchInTime(result->layers, result->run.dims, result->clip->pixels.shape().length);
  takeScores(*result);
  if (!study.edits.empty() && !result->scores.clips.empty()) {
    auto before = scoresOn(*result, study.start, {}, context);
    if (!before) return tl::unexpected(before.error());
    result->before = std::move(*before);
  }
  return result;
}

bool isSecondHalf(const NetworkResult& network, const LayerGroup& group) {
  const Triple& kernel = network.row(group.first).layer.kernel;
  return network.nodeOf(group.first).op == "Conv" && kernel.t > 1 && kernel.y == 1 && kernel.x == 1;
}

int firstLookRow(const NetworkResult& network) {
  int convolutions = 0;
  int chosen = static_cast<int>(network.layers.values.size()) - 1;
  for (const LayerGroup& group : network.groups) {
    if (network.nodeOf(group.first).op != "Conv") continue;
    const bool secondHalf = convolutions > 0 && isSecondHalf(network, group);
    if (!secondHalf && ++convolutions > 2) break;
    chosen = group.last;
  }
  return chosen;
}

Result<int> rowNamed(const NetworkResult& network, const std::string& name) {
  std::vector<std::string> names;
  for (const LayerGroup& group : network.groups) {
    if (group.name == name) return group.last;
    names.push_back(group.name);
  }
  for (int row = 0; row < static_cast<int>(network.layers.values.size()); ++row) {
    if (network.row(row).layer.name == name) return row;
  }
  return fail(ErrorCode::BadUsage, unknownNameSentence("layer", name, names, "the window lists them all"));
}

std::vector<int> windowStarts(int frames, int span, int step) {
  const auto apart = [last = frames - span](int windows) { return (last + windows - 2) / (windows - 1); };
  int by = std::max(apart(kMostWindows), std::min(apart(kWindows), span));
  by = std::max(1, (by + step - 1) / step) * step;
  std::vector<int> starts;
  for (int at = 0; at < frames - span; at += by) starts.push_back(at);
  starts.push_back(frames - span);
  return starts;
}

Result<std::vector<double>> windowScores(const NetworkResult& network, int start, RangeReader& reader,
                                         const ComputeContext& context) {
  const auto raw = reader.read(windowAt(network, start), readingOf(context));
  return scoresOf(network, preparedWindow(raw, network, start, network.spec.edits, context), context);
}

Result<std::vector<double>> scoresOn(const NetworkResult& network, int start, std::span<const ClipEdit> edits,
                                     const ComputeContext& context) {
  return scoresOf(network, windowClip(network, start, edits, context), context);
}

}  // namespace convscope
