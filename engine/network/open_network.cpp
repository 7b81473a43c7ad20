#include "engine/network/open_network.h"

#include "engine/network/bundled_models.h"

#include "engine/network/fold.h"
#include "engine/network/onnx_reader.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

namespace convscope {

namespace {

/// What tells whether a file is still the one that was read.
struct Stamp {
  std::filesystem::file_time_type time;
  std::uintmax_t size = 0;
  bool operator==(const Stamp&) const = default;
};
using Stamps = std::array<std::optional<Stamp>, 2>;  // of model and sidecar

std::optional<Stamp> stampOf(const std::string& path) {
  std::error_code problem;
  Stamp stamp{std::filesystem::last_write_time(path, problem), 0};
  if (problem) return std::nullopt;
  stamp.size = std::filesystem::file_size(path, problem);
  return problem ? std::nullopt : std::optional(stamp);
}

/// The models in use, so that each is read and packed once.
struct InUse {
  std::mutex mutex;
  std::map<std::string, std::pair<Stamps, std::weak_ptr<const OpenNetwork>>> models;

  /// The model at `path`, or null where it is not in use or was read from files of other stamps.
  std::shared_ptr<const OpenNetwork> find(const std::string& path, const Stamps& stamps) {
    const std::lock_guard lock(mutex);
    const auto known = models.find(path);
    return known != models.end() && known->second.first == stamps ? known->second.second.lock() : nullptr;
  }
};
InUse& inUse() {
  static InUse used;
  return used;
}

Stamps stampsOf(const std::string& path) {
  return {stampOf(path), stampOf(sidecarOf(path))};
}

constexpr std::chrono::milliseconds kPoll{5};

/// A turn at the runners or at reading, or none where the caller was stopped while it waited.
std::unique_lock<std::mutex> turnAt(std::mutex& mutex, const std::stop_token& stop) {
  std::unique_lock turn(mutex, std::try_to_lock);
  while (!turn && !stop.stop_requested()) {
    std::this_thread::sleep_for(kPoll);
    (void)turn.try_lock();
  }
  return turn;
}

tl::unexpected<Error> stopped() {
  return fail(ErrorCode::Stopped, "The network was stopped.");
}

}  // namespace

OpenNetwork::OpenNetwork(std::string path, std::shared_ptr<const Graph> graph,
                         std::optional<Preprocess> sidecar)
    : m_path(std::move(path)), m_graph(std::move(graph)), m_sidecar(std::move(sidecar)) {}

Result<Preprocess> OpenNetwork::preprocess(const std::string& choice) const {
  Result<Preprocess> chosen = choice.empty() ? (m_sidecar ? *m_sidecar : plainPreprocess(*m_graph))
                              : choice.ends_with(".json") ? readPreprocess(choice)
                                                          : preprocessNamed(choice);
  if (!chosen) return chosen;
  if (chosen->labels.empty() && m_sidecar) chosen->labels = m_sidecar->labels;
  if (auto fits = checkPreprocess(*m_graph, *chosen); !fits) return tl::unexpected(fits.error());
  return chosen;
}

Result<NetworkRun> OpenNetwork::run(const RunRequest& request, bool folds,
                                    const ComputeContext& context) const {
  const auto turn = turnAt(folds ? m_foldedTurn : m_asReadTurn, context.stop);
  if (!turn) return stopped();
  if (!folds) {
    if (!m_asRead) m_asRead = std::make_unique<Runner>(m_graph);
    return m_asRead->run(request, context);
  }
  if (!m_folded) {
    FoldedGraph folded = foldNormalisations(m_graph);
    m_folded = std::make_unique<Runner>(std::move(folded.graph));
    m_foldedNodes = std::move(folded.nodes);
  }
  RunRequest own = request;
  if (request.finished) {
    own.finished = [&](int node, std::span<const Value> outputs) {
      return request.finished(m_foldedNodes[static_cast<std::size_t>(node)], outputs);
    };
  }
  auto run = m_folded->run(own, context);
  if (!run) return run;
  std::vector<double> milliseconds(m_graph->nodes.size(), 0);
  for (std::size_t i = 0; i < m_foldedNodes.size(); ++i)
    milliseconds[static_cast<std::size_t>(m_foldedNodes[i])] = run->nodeMilliseconds[i];
  run->nodeMilliseconds = std::move(milliseconds);
  run->values.resize(m_graph->valueNames.size());  // further ones are folded weights
  run->dims.resize(m_graph->valueNames.size());
  return run;
}

Result<Value> OpenNetwork::recompute(const NetworkRun& run, int value, const ComputeContext& context) const {
  const Value& kept = run.values[static_cast<std::size_t>(value)];
  if (kept.holds()) return kept;
  const auto turn = turnAt(m_asReadTurn, context.stop);
  if (!turn) return stopped();
  if (!m_asRead) m_asRead = std::make_unique<Runner>(m_graph);
  return m_asRead->recompute(run, value, context);
}

bool networkInUse(const std::string& name) {
  const std::string path = modelFile(name);
  return inUse().find(path, stampsOf(path)) != nullptr;
}

Result<std::shared_ptr<const OpenNetwork>> openNetwork(const std::string& name, const std::stop_token& stop) {
  const std::string path = modelFile(name);
  if (auto open = inUse().find(path, stampsOf(path))) return open;
  // One reader at a time: who waits may want the same model.
  static std::mutex reading;
  const auto turn = turnAt(reading, stop);
  if (!turn) return stopped();
  const std::string beside = sidecarOf(path);
  const Stamps stamps = stampsOf(path);
  if (auto open = inUse().find(path, stamps)) return open;
  auto graph = readOnnx(path, stop);
  if (!graph) return tl::unexpected(graph.error());
  std::optional<Preprocess> sidecar;
  if (stamps[1]) {
    auto read = readPreprocess(beside);
    if (!read) return tl::unexpected(read.error());
    sidecar = std::move(*read);
  }
  auto open = std::make_shared<const OpenNetwork>(path, std::make_shared<const Graph>(std::move(*graph)),
                                                  std::move(sidecar));
  const std::lock_guard lock(inUse().mutex);
  inUse().models[path] = {stamps, open};
  return open;
}

}  // namespace convscope
