#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace convscope::bench {

/// What a peer is asked to prepare. Its folder holds input.f32 (C, L, H, W), weights.f32 (K, C / groups, l,
/// h, w) and model.onnx; float32, planar, no header. The peer writes its maps to output.f32 (K, L′, H′, W′).
///
/// A peer is a program of its own that reads one JSON object a line and answers each with one:
///   {"do": "load", "folder": …, "input": [C,L,H,W], "output": [K,L′,H′,W′], "kernel": [l,h,w], "groups": g,
///    "stride": […], "dilation": […], "before": […], "after": […]}   → {"variant": what it chose}
///   {"do": "network", "folder": …, "name": torchvision's name, "model": its ONNX file, "input": [N,C,L,H,W]}
///     → {}: a whole network in place of a layer, by peers in other languages; it writes its scores
///   {"do": "time", "count": n}   → {"ms": [n times]}: one call that is not timed, then n that are
///   {"do": "drop"}               → {}
/// {"error": sentence} answers what could not be done. First of all it says {"peer": its library and
/// version}.
struct PeerRequest {
  std::string folder;
  std::array<int, 4> input{};
  std::array<int, 4> output{};
  std::array<int, 3> kernel{};
  int groups = 1;
  std::array<int, 3> stride{};
  std::array<int, 3> dilation{};
  std::array<int, 3> before{};
  std::array<int, 3> after{};

  [[nodiscard]] std::vector<float> read(const char* file) const;
  void write(const float* values) const;  ///< the whole output
};

/// A layer that a peer has prepared: one call of it, and its output in planar order.
struct PreparedLayer {
  std::string variant;
  std::function<void()> run;
  std::function<const float*()> planarOutput;
};

/// The loop of a peer written in C++: answers requests from stdin until it ends. Exceptions of the library
/// become error answers.
int servePeer(const std::string& library, const std::function<PreparedLayer(const PeerRequest&)>& prepare);

/// Milliseconds of one call.
[[nodiscard]] double timeOf(const std::function<void()>& call);

}  // namespace convscope::bench
