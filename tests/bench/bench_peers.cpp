// Our convolution beside other libraries on the same machine, as a ratio: tests/run.sh --bench runs it.
//
// Each case is prepared once by everybody (weights packed, primitives made), checked (a peer whose maps are
// not ours within the tolerance of their sums is not timed), and then timed in turns, in another order
// each time; a turn is one call that warms up and one to five of which the fastest counts. The
// figure is the median over all turns; the ratio is that of the fastest peer to ours. Ours is the public
// convolve(), packing included, with planar maps in and out; for the deep layers, whose weights stay the same
// from clip to clip, it is RepeatedConvolution::run(), prepared once as every peer is.

#include "conv_cases.h"
#include "engine/conv/convolve.h"
#include "engine/conv/repeated_convolution.h"
#include "peer_process.h"
#include "peer_request.h"
#include "turns.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <regex>
#include <thread>

using namespace convscope;
using namespace convscope::bench;

namespace {

namespace fs = std::filesystem;

constexpr const char* kUsage =
    R"(Our convolution beside oneDNN, PyTorch, ONNX Runtime and OpenCV, in turns; ratios of medians.
  --filter REGEX        only the cases whose name holds it, for instance S/3to8 or deep
  --quick               small clips and deep layers only, a quarter of the time for each
  --threads N           for everybody; 2 where not given
  --set interactive|deep
                        one of the two alone
  --wait-policy active|passive
                        how OpenMP threads of peers wait within their own turn; active where not given
CONVSCOPE_TARGET forces our instruction set; with AVX2 the peers keep to it as well, but for ONNX Runtime, which cannot
be told. ONNX Runtime takes part where NODE_PATH names a folder that holds the
Node.js package onnxruntime-node (npm install --ignore-scripts onnxruntime-node).
)";

struct Options {
  std::regex filter{""};
  bool quick = false;
  int threads = 2;
  std::string set;
  std::string waitPolicy = "active";
};

std::optional<Options> optionsFrom(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    try {
      if (argument == "--filter") {
        options.filter = std::regex(value());
      } else if (argument == "--quick") {
        options.quick = true;
      } else if (argument == "--threads") {
        options.threads = std::stoi(value());
      } else if (argument == "--set") {
        options.set = value();
      } else if (argument == "--wait-policy") {
        options.waitPolicy = value();
      } else {
        std::cerr << "Unknown argument " << argument << ".\n" << kUsage;
        return std::nullopt;
      }
    } catch (const std::exception&) {
      std::cerr << argument << " has a value that makes no sense.\n" << kUsage;
      return std::nullopt;
    }
  }
  return options;
}

std::vector<std::unique_ptr<PeerProcess>> startPeers(const Options& options, const fs::path& programs) {
  const std::string threads = std::to_string(options.threads);
  const std::vector<std::string> common{"OMP_NUM_THREADS=" + threads, "OPENBLAS_NUM_THREADS=" + threads,
                                        "OMP_WAIT_POLICY=" + options.waitPolicy};
  const fs::path scripts = fs::path(CONVSCOPE_BENCH_SOURCES) / "peers";
  const std::vector<PeerProcess::Command> commands{
      {"oneDNN kept", {programs / "peer_onednn", "kept"}, common},
      {"oneDNN", {programs / "peer_onednn", "planar"}, common},
      {"PyTorch", {"/usr/bin/python3", scripts / "torch_peer.py"}, common},
      {"ONNX Runtime", {"node", scripts / "onnxruntime_peer.cjs"}, common},
      {"OpenCV DNN", {programs / "peer_opencv"}, common},
  };
  std::vector<std::unique_ptr<PeerProcess>> peers;
  for (const auto& command : commands) {
    if (auto peer = PeerProcess::start(command)) {
      std::printf("  %-13s %s\n", peer->column().c_str(), peer->library().c_str());
      peers.push_back(std::move(peer));
    } else {
      std::printf("  %-13s not on this machine\n", command.column.c_str());
    }
    std::fflush(stdout);
  }
  return peers;
}

/// Largest |difference| in units of what float32 sums of so many products may differ by; two such sums are
/// compared, and a fast algorithm may lose a little more.
double errorShare(const Tensor& ours, const Tensor& theirs, const ConvCase& layer) {
  double worst = 0;
  for (std::size_t i = 0; i < ours.values().size(); ++i) {
    const double difference = std::abs(double{ours.values()[i]} - theirs.values()[i]);
    if (!(difference <= worst)) worst = difference;  // NaN stays
  }
  const std::int64_t taps = weightCount(layer.spec.kernel, layer.input.channels / layer.spec.groups);
  return worst / (4 * toleranceFor(taps, 0.5, 0.5));
}

class Race {
 public:
  Race(const Options& options, std::vector<std::unique_ptr<PeerProcess>> peers, std::string folder)
      : m_options(options), m_peers(std::move(peers)), m_folder(std::move(folder)), m_pool(options.threads) {}

  [[nodiscard]] const Turns& turns() const { return m_turns; }

  void printHeading() const {
    std::printf("\n%-32s %9s", "ms, median", "ours");
    for (const auto& peer : m_peers) std::printf(" %13s", peer->column().c_str());
    std::printf(" %8s  fastest peer\n", "ratio");
  }

  /// Prints the case's line and returns the ratio to the fastest peer, and to the fastest that takes and
  /// gives planar maps; NaN where there is none. False: our own answer failed or differed from a peer's.
  bool run(const ConvCase& layer, bool withKept, double& ratio, double& planarRatio);

 private:
  bool prepare(const ConvCase& layer, bool withKept);
  void takeTurns();
  Result<Tensor> computeOurs();
  std::vector<double> timeOurs(int count);

  const Options& m_options;
  std::vector<std::unique_ptr<PeerProcess>> m_peers;
  std::string m_folder;
  ThreadPool m_pool;
  Tensor m_input;
  FilterBank m_bank;
  ConvSpec m_spec;
  std::optional<RepeatedConvolution> m_kept;  ///< for layers that are prepared once
  Column m_ours;
  std::vector<Column> m_columns;
  Turns m_turns;
};

bool Race::prepare(const ConvCase& layer, bool withKept) {
  m_input = inputOf(layer);
  m_bank = bankOf(layer);
  m_spec = layer.spec;
  m_ours = {};
  m_columns.assign(m_peers.size(), {});
  const auto geometry = geometryOf(layer.input, layer.spec, layer.filters);
  m_kept.reset();
  if (withKept) {
    if (auto planned = RepeatedConvolution::plan(layer.input, m_spec, m_bank))
      m_kept.emplace(std::move(*planned));
  }
  const auto maps = computeOurs();
  const auto written =
      geometry ? writePeerFiles(layer, *geometry, m_input, m_bank, m_folder) : Result<void>{};
  if (!maps || !written) {
    std::printf("%-32s %s\n", layer.name.c_str(), (!maps ? maps.error() : written.error()).message.c_str());
    return false;
  }
  bool right = true;
  for (std::size_t p = 0; p < m_peers.size(); ++p) {
    Column& column = m_columns[p];
    if (!withKept && m_peers[p]->column() == "oneDNN kept") {
      column.timed = false;
      column.note = "n/a";
      continue;
    }
    const auto variant = m_peers[p]->load(layer, *geometry, m_folder);
    const auto theirs = variant ? readPeerOutput(*geometry, m_folder) : tl::unexpected(variant.error());
    column.timed = theirs.has_value();
    if (!theirs) {
      column.note = "fails";
      std::printf("  %s\n", theirs.error().message.c_str());
      continue;
    }
    const double share = errorShare(*maps, *theirs, layer);
    if (!(share <= 1)) {
      column.timed = false;
      column.note = "differs";
      right = false;
      std::printf("  %s: maps differ by %.1f of the tolerance\n", m_peers[p]->column().c_str(), share);
    }
  }
  return right;
}

Result<Tensor> Race::computeOurs() {
  const ComputeContext context{m_pool, {}};
  return m_kept ? m_kept->run(m_input, context) : convolve(m_input, m_spec, m_bank, context);
}

std::vector<double> Race::timeOurs(int count) {
  const auto call = [&] {
    if (!computeOurs()) std::abort();  // it worked while preparing
  };
  call();
  std::vector<double> times;
  for (int i = 0; i < count; ++i) times.push_back(timeOf(call));
  return times;
}

void Race::takeTurns() {
  const double budgetMs = m_options.quick ? 500 : 2500;
  constexpr int kLeastRounds = 3;
  constexpr int kMostRounds = 15;
  // A peer this much slower than another one cannot become the fastest by more turns.
  constexpr double kHopeless = 3;
  // Shuffled, the same in every run: who comes after a long turn of few threads finds the cores asleep, and
  // nobody shall always be that one.
  std::mt19937 chance(kMostRounds);
  std::vector<std::size_t> order(m_peers.size() + 1);
  std::iota(order.begin(), order.end(), std::size_t{0});
  double spent = 0;
  for (int round = 0; round < kMostRounds && (round < kLeastRounds || spent < budgetMs); ++round) {
    std::ranges::shuffle(order, chance);
    for (const std::size_t runner : order) {
      if (runner == 0) {
        spent += m_turns.take(m_ours, [this](int count) { return timeOurs(count); });
        continue;
      }
      Column& column = m_columns[runner - 1];
      if (!column.timed) continue;
      spent += m_turns.take(column, [&](int count) {
        return m_peers[runner - 1]->time(count).value_or(std::vector<double>{});
      });
    }
    double fastest = std::numeric_limits<double>::infinity();
    for (const Column& column : m_columns) {
      if (column.timed) fastest = std::min(fastest, column.median());
    }
    for (Column& column : m_columns) {
      if (column.timed && column.median() > kHopeless * fastest) column.timed = false;
    }
  }
}

bool Race::run(const ConvCase& layer, bool withKept, double& ratio, double& planarRatio) {
  const bool right = prepare(layer, withKept);
  double fastest = std::numeric_limits<double>::infinity();
  double fastestPlanar = fastest;
  std::string winner;
  if (right) takeTurns();
  for (std::size_t p = 0; p < m_peers.size(); ++p) {
    const double median = m_columns[p].median();
    if (median < fastest) winner = m_peers[p]->column();
    if (median < fastest) fastest = median;
    if (median < fastestPlanar && m_peers[p]->column() != "oneDNN kept") fastestPlanar = median;
    m_peers[p]->drop();
  }
  ratio = fastest / m_ours.median();
  planarRatio = fastestPlanar / m_ours.median();
  std::printf("%-32s %9.3f", layer.name.c_str(), m_ours.median());
  for (const Column& column : m_columns) {
    if (column.times.empty()) {
      std::printf(" %13s", column.note.empty() ? "n/a" : column.note.c_str());
    } else {
      std::printf(" %13.3f", column.median());
    }
  }
  std::printf(" %8.2f  %s\n", ratio, winner.c_str());
  std::fflush(stdout);
  return right;
}

/// A folder of its own in memory where the system has such a place, for data of up to 400 MB a case.
fs::path makeFolder() {
  std::error_code error;
  const fs::path memory = "/dev/shm";
  const fs::path root = fs::is_directory(memory, error) && fs::space(memory, error).available > (2ULL << 30)
                            ? memory
                            : fs::temp_directory_path();
  std::string pattern = (root / "convscope-bench-XXXXXX").string();
  return mkdtemp(pattern.data()) != nullptr ? fs::path(pattern) : fs::path();
}

}  // namespace

int main(int argc, char** argv) {
  limitInstructionSets();
  const auto options = optionsFrom(argc, argv);
  if (!options) return 2;
  std::signal(SIGPIPE, SIG_IGN);  // a peer that dies is an answer, not the end
  const fs::path folder = makeFolder();
  const auto target = activeTarget();
  if (folder.empty() || !target) {
    std::cerr << (target ? "There is no place for temporary files." : target.error().message) << "\n";
    return 1;
  }
  std::printf("Ours: %s, %d threads; OpenMP of the peers: %s in their own turn. Peers:\n",
              std::string(*target).c_str(), options->threads, options->waitPolicy.c_str());
  Race race(*options, startPeers(*options, fs::path(argv[0]).parent_path()), folder.string());
  Summary interactive;
  Summary deep;
  Summary deepPlanar;
  bool right = true;
  const auto runAll = [&](const std::vector<ConvCase>& cases, bool withKept, Summary& all, Summary& planar) {
    race.printHeading();
    for (const ConvCase& layer : cases) {
      if (!std::regex_search(layer.name, options->filter)) continue;
      if (options->quick && layer.name.starts_with("M/")) continue;
      double ratio = 0;
      double planarRatio = 0;
      right = race.run(layer, withKept, ratio, planarRatio) && right;
      all.add(ratio);
      planar.add(planarRatio);
    }
  };
  if (options->set != "deep") {
    Summary same;
    runAll(interactiveCases(), false, interactive, same);
  }
  if (options->set != "interactive") runAll(deepCases(), true, deep, deepPlanar);
  std::error_code error;
  fs::remove_all(folder, error);

  race.turns().printDisturbance();
  if (deep.cases() > 0) {
    std::printf(
        "Deep layers against peers that take and give planar maps, as ours does: geomean=%.2f min=%.2f.\n",
        deepPlanar.geomean(), deepPlanar.least());
    std::printf(
        "The deep line below counts oneDNN's blocked layout as kept between layers, without any reorder.\n");
  }
  interactive.print("interactive");
  deep.print("deep");
  return right ? 0 : 1;
}
