#pragma once

#include "conv_cases.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace convscope::bench {

/// A network that a peer is asked to prepare.
struct NetworkRequest {
  std::string folder;  ///< holds input.f32
  std::string name;    ///< as torchvision calls it
  std::string model;   ///< its ONNX file
  std::vector<std::int64_t> input;
};

/// Where CONVSCOPE_TARGET is AVX2: has oneDNN, PyTorch and OpenBLAS, in this process and the peers', keep to
/// it as well. ONNX Runtime cannot be told. To be called before anything else.
void limitInstructionSets();

/// One peer in a process of its own, which is stopped except while it is asked something: its threads may
/// spin in their own turn, as they would in a program that calls nothing else, and never in another's.
class PeerProcess {
 public:
  struct Command {
    std::string column;                  ///< heading of the table
    std::vector<std::string> arguments;  ///< program and arguments
    std::vector<std::string> variables;  ///< NAME=value, besides the surroundings
  };

  /// Starts the program; nullptr where it cannot be started or does not introduce itself, which means that
  /// the peer is not on this machine.
  [[nodiscard]] static std::unique_ptr<PeerProcess> start(const Command& command);
  ~PeerProcess();
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;

  [[nodiscard]] const std::string& column() const { return m_column; }
  [[nodiscard]] const std::string& library() const { return m_library; }

  /// Prepares the layer whose data stand in `folder` (see PeerRequest); its maps are in output.f32
  /// afterwards. Returns what the peer says of the way it chose, or an error sentence. A peer that ended in
  /// an earlier request is started again.
  [[nodiscard]] Result<std::string> load(const ConvCase& layer, const ConvGeometry& geometry,
                                         const std::string& folder);
  /// Prepares the whole network that `request` names in the same way; its scores are in output.f32
  /// afterwards.
  [[nodiscard]] Result<void> loadNetwork(const NetworkRequest& request);
  /// Milliseconds of `count` calls, after one that is not counted.
  [[nodiscard]] Result<std::vector<double>> time(int count);
  void drop();

 private:
  PeerProcess() = default;
  [[nodiscard]] Result<std::string> ask(const std::string& request);
  [[nodiscard]] std::optional<std::string> readLine();
  void signal(int number) const;
  void startAgain();

  Command m_command;
  std::string m_column;
  std::string m_library;
  std::string m_rest;  ///< read, not yet a whole line
  int m_process = -1;
  int m_toPeer = -1;
  int m_fromPeer = -1;
  bool m_ended = false;
};

/// Writes what PeerRequest describes into `folder`.
[[nodiscard]] Result<void> writePeerFiles(const ConvCase& layer, const ConvGeometry& geometry,
                                          const Tensor& input, const FilterBank& bank,
                                          const std::string& folder);
/// Reads a peer's output.f32 back; an error sentence where it has another size.
[[nodiscard]] Result<Tensor> readPeerOutput(const ConvGeometry& geometry, const std::string& folder);

}  // namespace convscope::bench
