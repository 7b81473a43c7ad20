#include "peer_process.h"

#include "onnx_writer.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace convscope::bench {

using nlohmann::json;

namespace {

/// What the child does between fork and exec; never returns.
[[noreturn]] void becomePeer(const PeerProcess::Command& command, int fromParent, int toParent) {
  dup2(fromParent, STDIN_FILENO);
  dup2(toParent, STDOUT_FILENO);
  const int nowhere = open("/dev/null", O_WRONLY);
  if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);  // OpenCV and PyTorch talk of what they do not have
  for (const std::string& variable : command.variables) putenv(const_cast<char*>(variable.c_str()));
  std::vector<char*> arguments;
  for (const std::string& argument : command.arguments)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

Error lost(const std::string& column) {
  return {ErrorCode::BadInput, column + " ended in the middle of a request."};
}

}  // namespace

void limitInstructionSets() {
  const char* const target = std::getenv("CONVSCOPE_TARGET");
  if (target == nullptr || std::string_view(target) != "AVX2") return;
  setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 1);
  setenv("ATEN_CPU_CAPABILITY", "avx2", 1);
  setenv("OPENBLAS_CORETYPE", "Haswell", 1);
}

std::unique_ptr<PeerProcess> PeerProcess::start(const Command& command) {
  int down[2];
  int up[2];
  if (pipe2(down, O_CLOEXEC) != 0) return nullptr;
  if (pipe2(up, O_CLOEXEC) != 0) {
    close(down[0]);
    close(down[1]);
    return nullptr;
  }
  const pid_t process = fork();
  if (process == 0) becomePeer(command, down[0], up[1]);
  close(down[0]);
  close(up[1]);
  auto peer = std::unique_ptr<PeerProcess>(new PeerProcess);
  peer->m_command = command;
  peer->m_column = command.column;
  peer->m_process = process;
  peer->m_toPeer = down[1];
  peer->m_fromPeer = up[0];
  const auto hello = process > 0 ? peer->readLine() : std::nullopt;
  const json said = hello ? json::parse(*hello, nullptr, false) : json();
  if (!said.is_object() || !said.contains("peer")) return nullptr;
  peer->m_library = said["peer"].get<std::string>();
  peer->signal(SIGSTOP);
  return peer;
}

PeerProcess::~PeerProcess() {
  if (m_toPeer >= 0) close(m_toPeer);
  if (m_fromPeer >= 0) close(m_fromPeer);
  if (m_process <= 0) return;
  signal(SIGKILL);
  waitpid(m_process, nullptr, 0);
}

void PeerProcess::signal(int number) const {
  kill(m_process, number);
}

std::optional<std::string> PeerProcess::readLine() {
  for (;;) {
    const auto end = m_rest.find('\n');
    if (end != std::string::npos) {
      std::string line = m_rest.substr(0, end);
      m_rest.erase(0, end + 1);
      return line;
    }
    char part[65536];
    const ssize_t count = read(m_fromPeer, part, sizeof part);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    m_rest.append(part, static_cast<std::size_t>(count));
  }
}

void PeerProcess::startAgain() {
  const auto again = start(m_command);
  if (!again) return;
  std::swap(m_process, again->m_process);
  std::swap(m_toPeer, again->m_toPeer);
  std::swap(m_fromPeer, again->m_fromPeer);
  m_rest = again->m_rest;
  m_ended = false;
}

Result<std::string> PeerProcess::ask(const std::string& request) {
  signal(SIGCONT);
  const std::string line = request + "\n";
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t count = write(m_toPeer, line.data() + sent, line.size() - sent);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      m_ended = true;
      return tl::unexpected(lost(m_column));
    }
    sent += static_cast<std::size_t>(count);
  }
  const auto answer = readLine();
  signal(SIGSTOP);
  m_ended = !answer;
  if (!answer) return tl::unexpected(lost(m_column));
  const json said = json::parse(*answer, nullptr, false);
  if (!said.is_object()) return fail(ErrorCode::BadInput, m_column + " answered: " + *answer);
  if (said.contains("error"))
    return fail(ErrorCode::BadInput, m_column + ": " + said["error"].get<std::string>());
  return *answer;
}

Result<std::string> PeerProcess::load(const ConvCase& layer, const ConvGeometry& geometry,
                                      const std::string& folder) {
  if (m_ended) startAgain();
  const auto extents = [](const Shape& shape) {
    return json::array({shape.channels, shape.length, shape.height, shape.width});
  };
  const auto triple = [](const Triple& value) { return json::array({value.t, value.y, value.x}); };
  json request{{"do", "load"},
               {"folder", folder},
               {"input", extents(geometry.input)},
               {"output", extents(geometry.output)},
               {"kernel", triple(layer.spec.kernel)},
               {"groups", layer.spec.groups},
               {"stride", triple(layer.spec.stride)},
               {"dilation", triple(layer.spec.dilation)},
               {"before", json::array()},
               {"after", json::array()}};
  for (const AxisPadding& padding : geometry.padding) {
    request["before"].push_back(padding.before);
    request["after"].push_back(padding.after);
  }
  const auto answer = ask(request.dump());
  if (!answer) return answer;
  return json::parse(*answer).value("variant", "");
}

Result<void> PeerProcess::loadNetwork(const NetworkRequest& request) {
  if (m_ended) startAgain();
  const auto answer = ask(json{
      {"do", "network"},
      {"folder", request.folder},
      {"name", request.name},
      {"model", request.model},
      {"input",
       request.input}}.dump());
  if (!answer) return tl::unexpected(answer.error());
  return {};
}

Result<std::vector<double>> PeerProcess::time(int count) {
  const auto answer = ask(json{{"do", "time"}, {"count", count}}.dump());
  if (!answer) return tl::unexpected(answer.error());
  return json::parse(*answer).at("ms").get<std::vector<double>>();
}

void PeerProcess::drop() {
  (void)ask(R"({"do": "drop"})");
}

namespace {

void writeFloats(std::ofstream& stream, const float* values, std::size_t count) {
  stream.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(count * sizeof(float)));
}

}  // namespace

Result<void> writePeerFiles(const ConvCase& layer, const ConvGeometry& geometry, const Tensor& input,
                            const FilterBank& bank, const std::string& folder) {
  std::ofstream frames(folder + "/input.f32", std::ios::binary);
  writeFloats(frames, input.data(), input.values().size());
  std::ofstream weights(folder + "/weights.f32", std::ios::binary);
  for (const Filter& filter : bank) writeFloats(weights, filter.weights.data(), filter.weights.size());
  std::ofstream model(folder + "/model.onnx", std::ios::binary);
  model << onnxModelOf(layer.spec, geometry, bank);
  for (std::ofstream* stream : {&frames, &weights, &model}) {
    stream->close();
    if (!*stream)
      return fail(ErrorCode::Io, "The data of " + layer.name + " cannot be written to " + folder + ".");
  }
  return {};
}

Result<Tensor> readPeerOutput(const ConvGeometry& geometry, const std::string& folder) {
  Tensor output = Tensor::uninitialised(geometry.output);
  const auto bytes = static_cast<std::streamsize>(output.values().size() * sizeof(float));
  std::ifstream stream(folder + "/output.f32", std::ios::binary | std::ios::ate);
  if (stream.tellg() != bytes)
    return fail(ErrorCode::BadInput, "The peer's maps are not " + toText(geometry.output) + ".");
  stream.seekg(0);
  stream.read(reinterpret_cast<char*>(output.data()), bytes);
  if (!stream) return fail(ErrorCode::BadInput, "The peer's maps cannot be read from " + folder + ".");
  return output;
}

}  // namespace convscope::bench
