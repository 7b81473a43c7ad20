#include "engine/network/network_scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>

namespace convscope {

namespace {

/// What computed the graph's last output, past everything that only changes its shape.
std::string_view lastOperator(const Graph& graph) {
  static constexpr std::array<std::string_view, 6> kShapes{"Identity", "Reshape",   "Flatten",
                                                           "Squeeze",  "Unsqueeze", "Dropout"};
  int value = graph.outputs.back();
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (std::ranges::find(node->outputs, value) == node->outputs.end()) continue;
    if (std::ranges::find(kShapes, node->op) == kShapes.end() || node->inputs.empty()) return node->op;
    value = node->inputs.front();
  }
  return {};
}

std::vector<double> probabilitiesOf(std::span<const float> scores, NetworkScores::From from) {
  std::vector<double> result(scores.begin(), scores.end());
  if (from == NetworkScores::From::Network) return result;
  const double largest = from == NetworkScores::From::SoftMax ? double{*std::ranges::max_element(scores)} : 0;
  for (double& value : result) value = std::exp(value - largest);
  if (from == NetworkScores::From::Logarithm) return result;
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  for (double& value : result) value /= sum;
  return result;
}

}  // namespace

Result<NetworkScores> largestScores(const Graph& graph, const Value& output, std::size_t count) {
  const Dims& dims = output.dims();
  const std::int64_t clips = dims.size() < 2 ? 1 : dims.front();
  const std::int64_t classes = clips == 0 ? 0 : output.count() / clips;
  const bool list = dims.size() < 3 || productOf(dims, 2, dims.size()) == 1;
  if (output.type() != ElementType::Float32 || classes == 0 || !list) {
    return fail(ErrorCode::BadSpec, "The network's last output is " + dimsText(dims) + " of " +
                                        elementTypeName(output.type()) +
                                        "; scores are one float32 number for each clip and class.");
  }
  NetworkScores result;
  const std::string_view last = lastOperator(graph);
  if (last == "Softmax") result.from = NetworkScores::From::Network;
  if (last == "LogSoftmax") result.from = NetworkScores::From::Logarithm;
  for (std::int64_t clip = 0; clip < clips; ++clip) {
    const auto scores = output.values<float>().subspan(static_cast<std::size_t>(clip * classes),
                                                       static_cast<std::size_t>(classes));
    const std::vector<double> probabilities = probabilitiesOf(scores, result.from);
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // Not-a-number last, so that the order is one.
    const auto rank = [&](std::size_t at) { return std::isnan(scores[at]) ? -HUGE_VALF : scores[at]; };
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return rank(a) > rank(b); });
    order.resize(std::min(count, order.size()));
    std::vector<ClassScore>& best = result.clips.emplace_back();
    for (const std::size_t at : order)
      best.push_back({static_cast<std::int64_t>(at), double{scores[at]}, probabilities[at]});
  }
  return result;
}

}  // namespace convscope
