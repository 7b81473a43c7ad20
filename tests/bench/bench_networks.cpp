// Whole video networks beside PyTorch and ONNX Runtime, in turns: tests/run.sh --bench runs it.
//
// The networks are torchvision's, with weights drawn by chance, exported on the spot by
// resources/models/export_torchvision.py. Ours keeps every activation of the graph as it was read, batch
// normalisations among them; the peers give the scores alone and may fuse what they like. Everybody has run
// the network before, so that weights are packed; what packing takes is told beside it. A peer whose scores
// are not ours is not timed.

#include "engine/core/parallel.h"
#include "engine/network/open_network.h"
#include "peer_process.h"
#include "turns.h"

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <regex>

using namespace convscope;
using namespace convscope::bench;

namespace {

namespace fs = std::filesystem;

constexpr int kThreads = 2;
const Dims kInput{1, 3, 16, 112, 112};

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

Value drawnClip(const std::string& folder) {
  Value clip = Value::uninitialised(ElementType::Float32, kInput);
  std::mt19937 bits(1);
  for (float& value : clip.fill<float>()) value = static_cast<float>(bits() / 4294967296.0 * 4 - 2);
  const auto values = clip.values<float>();
  std::ofstream file(folder + "/input.f32", std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size_bytes()));
  return clip;
}

/// Where the network's file is, made if it is not there yet; empty where it cannot be made.
std::string modelOf(const std::string& name, const std::string& folder) {
  const std::string path = folder + "/" + name + ".onnx";
  const std::string command = "/usr/bin/python3 '" CONVSCOPE_MODEL_SCRIPTS "/export_torchvision.py' " + name +
                              " '" + folder + "' --random > /dev/null 2>&1";
  return std::system(command.c_str()) == 0 && fs::exists(path) ? path : "";
}

std::vector<std::unique_ptr<PeerProcess>> startPeers() {
  const std::string threads = std::to_string(kThreads);
  const std::vector<std::string> variables{"OMP_NUM_THREADS=" + threads, "OPENBLAS_NUM_THREADS=" + threads};
  const fs::path scripts = fs::path(CONVSCOPE_BENCH_SOURCES) / "peers";
  std::vector<std::unique_ptr<PeerProcess>> peers;
  for (const PeerProcess::Command& command :
       {PeerProcess::Command{"PyTorch frozen", {"/usr/bin/python3", scripts / "torch_peer.py"}, variables},
        PeerProcess::Command{"ONNX Runtime", {"node", scripts / "onnxruntime_peer.cjs"}, variables}}) {
    auto peer = PeerProcess::start(command);
    std::printf("  %-14s %s\n", command.column.c_str(),
                peer ? peer->library().c_str() : "not on this machine");
    if (peer) peers.push_back(std::move(peer));
  }
  return peers;
}

/// Whether the scores in `folder` are ours: each within a ten-thousandth of the largest.
bool agrees(const std::string& folder, const Value& ours) {
  const auto scores = ours.values<float>();
  std::vector<float> theirs(scores.size());
  std::ifstream file(folder + "/output.f32", std::ios::binary);
  file.read(reinterpret_cast<char*>(theirs.data()), static_cast<std::streamsize>(scores.size_bytes()));
  if (!file) return false;
  float largest = 0;
  float difference = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    largest = std::max(largest, std::abs(theirs[i]));
    difference = std::max(difference, std::abs(theirs[i] - scores[i]));
  }
  return difference <= 1e-4F * largest;
}

/// One network against everybody; NaN where it could not be run.
class NetworkRace {
 public:
  NetworkRace(std::vector<std::unique_ptr<PeerProcess>>& peers, std::string folder)
      : m_peers(peers), m_folder(std::move(folder)), m_pool(kThreads), m_clip(drawnClip(m_folder)) {}

  [[nodiscard]] const Turns& turns() const { return m_turns; }
  /// Prints the network's line and returns the fastest peer's time divided by ours.
  Result<double> run(const std::string& name);

 private:
  Result<Value> scores(bool folds);
  std::vector<double> times(bool folds, int count);
  Result<void> prepare(const std::string& name);
  void takeTurns();

  std::vector<std::unique_ptr<PeerProcess>>& m_peers;
  std::string m_folder;
  ThreadPool m_pool;
  Value m_clip;
  std::shared_ptr<const OpenNetwork> m_network;
  double m_openMs = 0;
  double m_firstMs = 0;  ///< of the first run, which packs the weights
  Column m_ours;
  Column m_folded;
  std::vector<Column> m_columns;
  Turns m_turns;
};

Result<Value> NetworkRace::scores(bool folds) {
  RunRequest request;
  request.inputs.push_back(m_clip);
  request.keep = true;
  auto run = m_network->run(request, folds, ComputeContext{m_pool, {}});
  if (!run) return tl::unexpected(run.error());
  return run->outputs.front();
}

std::vector<double> NetworkRace::times(bool folds, int count) {
  std::vector<double> times;
  for (int i = -1; i < count; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (!scores(folds)) std::abort();  // it worked while preparing
    if (i >= 0) times.push_back(since(start));
  }
  return times;
}

Result<void> NetworkRace::prepare(const std::string& name) {
  const std::string model = modelOf(name, m_folder);
  if (model.empty()) return fail(ErrorCode::Io, "it cannot be exported: python3-torchvision is missing");
  auto start = std::chrono::steady_clock::now();
  auto network = openNetwork(model);
  if (!network) return tl::unexpected(network.error());
  m_network = *network;
  m_openMs = since(start);
  start = std::chrono::steady_clock::now();
  const auto ours = scores(false);
  m_firstMs = since(start);
  if (!ours) return tl::unexpected(ours.error());
  if (auto folded = scores(true); !folded) return tl::unexpected(folded.error());
  m_ours = {};
  m_folded = {};
  m_columns.assign(m_peers.size(), {});
  for (std::size_t p = 0; p < m_peers.size(); ++p) {
    const auto loaded = m_peers[p]->loadNetwork({m_folder, name, model, kInput});
    m_columns[p].timed = loaded && agrees(m_folder, *ours);
    if (loaded && !m_columns[p].timed)
      return fail(ErrorCode::BadInput, "the scores of " + m_peers[p]->column() + " differ from ours");
    if (!loaded) std::printf("  %s\n", loaded.error().message.c_str());
  }
  return {};
}

void NetworkRace::takeTurns() {
  constexpr int kRounds = 9;
  for (int round = 0; round < kRounds; ++round) {
    m_turns.take(m_ours, [this](int count) { return times(false, count); });
    m_turns.take(m_folded, [this](int count) { return times(true, count); });
    for (std::size_t p = 0; p < m_peers.size(); ++p) {
      if (!m_columns[p].timed) continue;
      m_turns.take(m_columns[p],
                   [&](int count) { return m_peers[p]->time(count).value_or(std::vector<double>{}); });
    }
  }
}

Result<double> NetworkRace::run(const std::string& name) {
  if (auto ready = prepare(name); !ready) return tl::unexpected(ready.error());
  takeTurns();
  double fastest = std::numeric_limits<double>::infinity();
  std::printf("%-14s %9.1f %9.1f", name.c_str(), m_ours.median(), m_folded.median());
  for (std::size_t p = 0; p < m_peers.size(); ++p) {
    const double median = m_columns[p].median();
    std::printf(" %14.1f", median);
    if (median < fastest) fastest = median;
    m_peers[p]->drop();
  }
  const double ratio = fastest / m_ours.median();
  std::printf(" %8.2f %9.1f %9.1f\n", ratio, m_openMs, m_firstMs);
  std::fflush(stdout);
  m_network.reset();
  return ratio;
}

}  // namespace

int main(int argc, char** argv) {
  limitInstructionSets();
  const std::regex filter(argc > 2 && std::string(argv[1]) == "--filter" ? argv[2] : "");
  std::signal(SIGPIPE, SIG_IGN);  // a peer that dies is an answer, not the end
  std::string pattern = (fs::temp_directory_path() / "convscope-networks-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    std::cerr << "There is no place for temporary files.\n";
    return 1;
  }
  std::printf("Networks on a clip of 16 x 112 x 112, %d threads. Peers:\n", kThreads);
  auto peers = startPeers();
  std::printf("\n%-14s %9s %9s", "ms, median", "ours", "folded");
  for (const auto& peer : peers) std::printf(" %14s", peer->column().c_str());
  std::printf(" %8s %9s %9s\n", "ratio", "open", "first run");
  std::fflush(stdout);
  NetworkRace race(peers, pattern);
  Summary summary;
  bool right = true;
  for (const char* name : {"r3d_18", "mc3_18", "r2plus1d_18"}) {
    if (!std::regex_search(name, filter)) continue;
    const auto ratio = race.run(name);
    if (ratio) {
      summary.add(*ratio);
    } else {
      right = false;
      std::printf("%-14s %s\n", name, ratio.error().message.c_str());
    }
  }
  std::error_code error;
  fs::remove_all(pattern, error);
  race.turns().printDisturbance();
  std::printf(
      "Ours keeps every activation of the graph as read; “folded” keeps those of the graph with its batch\n"
      "normalisations in the convolutions. “first run” packs the weights.\n");
  summary.print("networks");
  return right ? 0 : 1;
}
