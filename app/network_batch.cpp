#include "app/network_batch.h"

#include "app/progress_line.h"
#include "engine/clip/clip_edit.h"
#include "engine/clip/clip_reader.h"
#include "engine/clip/npy.h"
#include "engine/core/file_text.h"
#include "engine/core/json_text.h"
#include "engine/gradient/saliency.h"
#include "engine/network/network_scores.h"
#include "engine/network/open_network.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <numeric>
#include <ostream>

namespace convscope {

namespace {

using Json = nlohmann::ordered_json;

/// Names come from the file and need not be UTF-8.
Result<void> writeJson(const std::string& path, const Json& json) {
  return writeFileText(path, textOfJson(json));
}

const char* npyType(ElementType type) {
  switch (type) {
    case ElementType::Float32:
      return "<f4";
    case ElementType::Float64:
      return "<f8";
    case ElementType::Int32:
      return "<i4";
    case ElementType::Int64:
      return "<i8";
    case ElementType::Bool:
      break;
  }
  return "|b1";
}

/// Writes every node's outputs as they are made, so that they need not be kept in memory.
class ActivationFolder {
 public:
  ActivationFolder(std::string folder, const Graph& graph) : m_folder(std::move(folder)), m_graph(graph) {}

  Result<void> create() const {
    std::error_code problem;
    std::filesystem::create_directories(m_folder, problem);
    if (problem || !std::filesystem::is_directory(m_folder, problem))
      return fail(ErrorCode::Io, "The folder “" + m_folder + "” cannot be made.");
    return {};
  }

  Result<void> add(int index, std::span<const Value> outputs) {
    const Node& node = m_graph.nodes[static_cast<std::size_t>(index)];
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (node.outputs[i] < 0) continue;
      const Value& value = outputs[i];
      char file[32];
      std::snprintf(file, sizeof file, "%04zu.npy", m_layers.size() + 1);
      const auto bytes = static_cast<std::size_t>(value.byteCount());
      if (auto written = writeNpyBytes((std::filesystem::path(m_folder) / file).string(),
                                       npyType(value.type()), value.dims(), {value.bytes(), bytes});
          !written)
        return written;
      m_layers.push_back({{"node", node.name},
                          {"operator", node.op},
                          {"output", m_graph.valueNames[static_cast<std::size_t>(node.outputs[i])]},
                          {"file", file},
                          {"type", elementTypeName(value.type())},
                          {"shape", value.dims()}});
      m_nodes.push_back(static_cast<std::size_t>(index));
    }
    return {};
  }

  Result<void> finish(const std::vector<double>& nodeMilliseconds) {
    for (std::size_t i = 0; i < m_nodes.size(); ++i)
      m_layers[i]["milliseconds"] = nodeMilliseconds[m_nodes[i]];
    return writeJson((std::filesystem::path(m_folder) / "layers.json").string(), m_layers);
  }

  [[nodiscard]] std::size_t files() const { return m_layers.size(); }

 private:
  std::string m_folder;
  const Graph& m_graph;
  Json m_layers = Json::array();
  std::vector<std::size_t> m_nodes;  ///< that made each of them
};

/// What the network is fed, and the names of its classes.
struct Feed {
  std::vector<Value> inputs;
  std::vector<std::string> labels;
};

Result<Feed> feedFromClip(const Options& options, const OpenNetwork& network, std::ostream& out) {
  auto preprocess = network.preprocess(options.preprocess.value_or(""));
  if (!preprocess) return tl::unexpected(preprocess.error());
  const auto state = stateOf(options);
  if (!state) return tl::unexpected(state.error());
  FrameRange range{0, preprocess->frames, preprocess->step};
  if (options.frames) {
    range = *options.frames;
    preprocess->frames = range.count;
    preprocess->step = range.step;
  }
  const auto raw = readSource(state->kernel().clip.source, range, {});
  if (!raw) return tl::unexpected(raw.error());
  if (raw->count() < range.count) {
    return fail(ErrorCode::BadSpec, "The network takes " + std::to_string(range.count) + " frames, every " +
                                        std::to_string(range.step) + ". one, but the clip has " +
                                        std::to_string(raw->count()) + " of them from frame " +
                                        std::to_string(range.start + 1) + " on.");
  }
  auto clip = preprocessedClip(*raw, *preprocess);
  if (!clip) return tl::unexpected(clip.error());
  if (const auto& edits = state->kernel().clip.edits; !edits.empty()) {
    clip = editedClip(*clip, edits);
    if (!clip) return tl::unexpected(clip.error());
  }
  auto inputs = networkInputs(*network.graph(), *clip, *preprocess);
  if (!inputs) return tl::unexpected(inputs.error());
  out << "clip    " << toText(clip->pixels.shape()) << "  (L × H × W × C)\n";
  return Feed{std::move(*inputs), std::move(preprocess->labels)};
}

Result<Feed> feedFor(const Options& options, const OpenNetwork& network, std::ostream& out) {
  Feed feed;
  if (options.inputTensor) {
    auto input = readInputTensor(*options.inputTensor, *network.graph());
    if (!input) return tl::unexpected(input.error());
    feed.inputs = {std::move(*input)};
    if (network.sidecar()) feed.labels = network.sidecar()->labels;
  } else {
    auto fromClip = feedFromClip(options, network, out);
    if (!fromClip) return fromClip;
    feed = std::move(*fromClip);
  }
  if (options.labels) {
    auto labels = readLabels(*options.labels);
    if (!labels) return tl::unexpected(labels.error());
    feed.labels = std::move(*labels);
  }
  return feed;
}

Result<void> writeScores(const Options& options, const Graph& graph, const Value& output,
                         const std::vector<std::string>& labels) {
  constexpr int kTop = 5;
  const auto scores = largestScores(graph, output, static_cast<std::size_t>(options.top.value_or(kTop)));
  if (!scores) return tl::unexpected(scores.error());
  const std::int64_t classes = output.rank() < 2 ? output.count() : output.dims()[1];
  if (!labels.empty() && static_cast<std::int64_t>(labels.size()) != classes) {
    return fail(ErrorCode::BadInput, "There are " + std::to_string(labels.size()) +
                                         " labels for the network's " + std::to_string(classes) +
                                         " classes.");
  }
  static constexpr std::array kFrom{"soft-max of the scores", "the network's own soft-max",
                                    "exponential of the network's log-soft-max"};
  Json json{{"output", graph.valueNames[static_cast<std::size_t>(graph.outputs.back())]},
            {"shape", output.dims()},
            {"probabilities", kFrom[static_cast<std::size_t>(scores->from)]},
            {"clips", Json::array()}};
  for (const auto& clip : scores->clips) {
    Json best = Json::array();
    for (const ClassScore& one : clip) {
      Json entry{{"index", one.index}};
      if (!labels.empty()) entry["label"] = labels[static_cast<std::size_t>(one.index)];
      entry["score"] = one.score;
      entry["probability"] = one.probability;
      best.push_back(std::move(entry));
    }
    json["clips"].push_back({{"top", best}});
  }
  return writeJson(*options.exportScores, json);
}

/// The gradient of a class score with respect to the input.
Result<void> writeGradient(const Options& options, Runner& runner, const Value& input,
                           const ComputeContext& context, std::ostream& out) {
  const int value = runner.graph().inputs.front().value;
  const auto taken = scoreGradient(runner, input, options.classIndex.value_or(-1), {value}, context);
  if (!taken) return tl::unexpected(taken.error());
  out << "class   " << taken->index << "  score " << taken->score << '\n';
  return writeNpy(*options.exportGradient, input.dims(), taken->gradients.front().values<float>());
}

}  // namespace

Result<Value> readInputTensor(const std::string& path, const Graph& graph) {
  auto array = readNpy(path);
  if (!array) return tl::unexpected(array.error());
  if (const auto count = countOf(array->shape); !count)
    return fail(ErrorCode::BadInput, path + " " + count.error().message + ".");
  Value value = Value::uninitialised(ElementType::Float32, array->shape);
  std::ranges::copy(array->values, value.fill<float>().begin());
  return graph.inputs.empty() ? value : converted(value, graph.inputs.front().type);
}

Result<void> runNetwork(const Options& options, std::ostream& out, std::ostream* progress) {
  const auto network = openNetwork(*options.model);
  if (!network) return tl::unexpected(network.error());
  const Graph& graph = *(*network)->graph();
  auto feed = feedFor(options, **network, out);
  if (!feed) return tl::unexpected(feed.error());

  RunRequest request;
  request.inputs = std::move(feed->inputs);
  std::optional<ActivationFolder> folder;
  if (options.exportActivations) {
    folder.emplace(*options.exportActivations, graph);
    if (auto made = folder->create(); !made) return made;
    request.finished = [&](int node, std::span<const Value> outputs) { return folder->add(node, outputs); };
  }
  ThreadPool pool;
  auto run = [&] {
    ProgressLine line(progress);
    // every node's own outputs are asked for: none is folded into another
    return (*network)->run(request, !folder, {pool, {}, {}, [&line](double share) { line.show(share); }});
  }();
  if (!run) return tl::unexpected(run.error());

  const auto& spent = run->nodeMilliseconds;
  char time[32];
  std::snprintf(time, sizeof time, "%.1f", std::accumulate(spent.begin(), spent.end(), 0.0));
  out << "model   " << graph.nodes.size() << " nodes, operator set " << graph.operatorSet << '\n';
  for (const Value& input : request.inputs) out << "input   " << dimsText(input.dims()) << '\n';
  for (std::size_t i = 0; i < run->outputs.size(); ++i) {
    out << "output  " << dimsText(run->outputs[i].dims()) << "  “"
        << nameForText(graph.valueNames[static_cast<std::size_t>(graph.outputs[i])]) << "”\n";
  }
  out << "time    " << time << " ms\n";
  if (folder) {
    if (auto written = folder->finish(spent); !written) return written;
    out << "wrote   " << folder->files() << " activations\n";
  }
  if (options.exportScores) {
    if (auto written = writeScores(options, graph, run->outputs.back(), feed->labels); !written)
      return written;
  }
  if (!options.exportGradient) return {};
  ProgressLine line(progress);
  const ComputeContext context{pool, {}, {}, [&line](double share) { line.show(share); }};
  Runner runner((*network)->graph());
  return writeGradient(options, runner, request.inputs.front(), context, out);
}

}  // namespace convscope
