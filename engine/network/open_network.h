#pragma once

#include "engine/network/network_scores.h"
#include "engine/network/preprocess.h"
#include "engine/network/runner.h"

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace convscope {

/// A model that has been read, with what stands beside it, and its packed weights. Thread-safe: runs take
/// turns, and nobody who recomputes a value waits for a folded run.
class OpenNetwork {
 public:
  OpenNetwork(std::string path, std::shared_ptr<const Graph> graph, std::optional<Preprocess> sidecar);

  [[nodiscard]] const std::string& path() const { return m_path; }
  [[nodiscard]] const std::shared_ptr<const Graph>& graph() const { return m_graph; }
  /// What the JSON beside the model says, where there is one.
  [[nodiscard]] const std::optional<Preprocess>& sidecar() const { return m_sidecar; }

  /// The preprocessing chosen: by the name of a preset, by that of a file that ends in .json, or, where
  /// `choice` is empty, the sidecar's, else plainPreprocess(). Labels come from the sidecar where the choice
  /// has none. Errors: those of preprocessNamed(), readPreprocess(), plainPreprocess(), checkPreprocess().
  [[nodiscard]] Result<Preprocess> preprocess(const std::string& choice) const;

  /// Runner::run() on the graph with batch normalisation folded into convolutions, where `folds`: values in
  /// between are not kept, and recompute() gives them. nodeMilliseconds are of the graph's own nodes; a
  /// folded one took none. Waits for the run before; Stopped while it does.
  [[nodiscard]] Result<NetworkRun> run(const RunRequest& request, bool folds,
                                       const ComputeContext& context) const;
  /// Runner::recompute() on the graph as it was read.
  [[nodiscard]] Result<Value> recompute(const NetworkRun& run, int value,
                                        const ComputeContext& context) const;

 private:
  std::string m_path;
  std::shared_ptr<const Graph> m_graph;
  std::optional<Preprocess> m_sidecar;
  mutable std::mutex m_foldedTurn;     ///< guards the two below
  mutable std::unique_ptr<Runner> m_folded;  ///< made when first needed
  mutable std::vector<int> m_foldedNodes;    ///< of each folded node, the graph's own
  mutable std::mutex m_asReadTurn;     ///< guards the one below
  mutable std::unique_ptr<Runner> m_asRead;
};

/// Reads a model and its sidecar (`path` may be the name of one of bundledModels()), or gives the one in use where neither file has changed since. Errors: those
/// of readOnnx() and readPreprocess(); Stopped. A model in use is given at once, others are read one at a time.
/// Thread-safe.
[[nodiscard]] Result<std::shared_ptr<const OpenNetwork>> openNetwork(const std::string& path,
                                                                     const std::stop_token& stop = {});

/// Whether openNetwork() would read nothing: the model is in use, and neither file has changed since.
/// Thread-safe; looks at the files' dates alone.
[[nodiscard]] bool networkInUse(const std::string& path);

}  // namespace convscope
