#pragma once

#include "engine/network/runner.h"

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

/// Graphs and values that tests of engine/network make without a file.
namespace network_graph {

using namespace convscope;

inline Value floats(Dims dims, std::vector<float> values) {
  Value value = Value::uninitialised(ElementType::Float32, std::move(dims));
  std::copy(values.begin(), values.end(), value.fill<float>().begin());
  return value;
}
inline Value wholes(std::vector<std::int64_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return {{count}, std::move(values)};
}
/// Normal values from a seed.
inline Value noise(const Dims& dims, unsigned seed) {
  Value value = Value::uninitialised(ElementType::Float32, dims);
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (float& one : value.fill<float>()) one = normal(random);
  return value;
}

/// The same as a list.
inline std::vector<float> noiseValues(std::size_t count, unsigned seed) {
  const Value made = noise({static_cast<std::int64_t>(count)}, seed);
  return {made.values<float>().begin(), made.values<float>().end()};
}

/// A graph that grows node by node; values are named by what node() and the others return.
class GraphMaker {
 public:
  explicit GraphMaker(int operatorSet = 13) { graph.operatorSet = operatorSet; }

  int value(const std::string& name) {
    graph.valueNames.push_back(name);
    return static_cast<int>(graph.valueNames.size()) - 1;
  }
  int input(ElementType type, const std::string& name = "input") {
    const int made = value(name);
    graph.inputs.push_back({made, type, {}});
    return made;
  }
  int weights(Value held) {
    const int made = value("weights" + std::to_string(graph.valueNames.size()));
    graph.initialisers.emplace(made, std::move(held));
    return made;
  }
  int node(const std::string& op, std::vector<int> inputs, std::map<std::string, Attribute> attributes = {},
           int outputs = 1) {
    Node made{op + std::to_string(graph.nodes.size() + 1), op, std::move(inputs), {}, std::move(attributes)};
    for (int i = 0; i < outputs; ++i) made.outputs.push_back(value(made.name + ":" + std::to_string(i)));
    graph.nodes.push_back(made);
    return made.outputs.front();
  }
  [[nodiscard]] std::shared_ptr<const Graph> made(std::vector<int> outputs) {
    graph.outputs = std::move(outputs);
    return std::make_shared<const Graph>(graph);
  }

  Graph graph;
};

/// Runs one operator on `inputs`; those that hold nothing are left out.
inline Result<std::vector<Value>> computed(const std::string& op, const std::vector<Value>& inputs,
                                           std::map<std::string, Attribute> attributes = {}, int outputs = 1,
                                           int operatorSet = 13, int threads = 2) {
  GraphMaker maker(operatorSet);
  std::vector<int> read;
  RunRequest request;
  for (const Value& one : inputs) {
    read.push_back(one.holds() ? maker.input(one.type()) : -1);
    if (one.holds()) request.inputs.push_back(one);
  }
  maker.node(op, read, std::move(attributes), outputs);
  Runner runner(maker.made(maker.graph.nodes.front().outputs));
  ThreadPool pool(threads);
  auto run = runner.run(request, {pool, {}});
  if (!run) return tl::unexpected(run.error());
  return std::move(run->outputs);
}

}  // namespace network_graph
