#include "engine/network/runner.h"

#include "engine/network/operator_table.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <new>

namespace convscope {

namespace {

/// What the values in a list hold, memory that several share counted once.
double bytesHeld(std::span<const Value> values) {
  std::map<const void*, std::int64_t> held;
  for (const Value& value : values) {
    if (value.holds()) held.emplace(value.memory(), value.byteCount());
  }
  double bytes = 0;
  for (const auto& [memory, size] : held) bytes += static_cast<double>(size);
  return bytes;
}

/// Checks that the inputs are what the graph declares; extents of one name must be equal.
Result<void> checkInputs(const Graph& graph, std::span<const Value> inputs) {
  if (inputs.size() != graph.inputs.size()) {
    return fail(ErrorCode::BadSpec, "The network takes " + std::to_string(graph.inputs.size()) +
                                        (graph.inputs.size() == 1 ? " input" : " inputs") + ", but " +
                                        std::to_string(inputs.size()) + " were given.");
  }
  std::map<std::string, std::int64_t> named;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const GraphInput& wanted = graph.inputs[i];
    const Value& given = inputs[i];
    const std::string subject = "The network's input “" +
                                nameForText(graph.valueNames[static_cast<std::size_t>(wanted.value)]) + "” ";
    if (!given.holds()) return fail(ErrorCode::BadSpec, subject + "was not given.");
    if (given.type() != wanted.type) {
      return fail(ErrorCode::BadSpec, subject + "is " + elementTypeName(wanted.type) + ", but " +
                                          elementTypeName(given.type()) + " was given.");
    }
    if (!wanted.dims) continue;
    bool fits = given.dims().size() == wanted.dims->size();
    for (std::size_t axis = 0; fits && axis < given.dims().size(); ++axis) {
      const InputExtent& extent = (*wanted.dims)[axis];
      const std::int64_t is = given.dims()[axis];
      fits = extent.fixed ? *extent.fixed == is
                          : extent.name.empty() || named.emplace(extent.name, is).first->second == is;
    }
    if (!fits) {
      return fail(ErrorCode::BadSpec, subject + "is " + dimsText(*wanted.dims) + ", but " +
                                          dimsText(given.dims()) + " was given.");
    }
  }
  return {};
}

/// Drops kept values that no later node reads, largest first, until the rest fits.
void dropBeyond(double budget, std::vector<Value>& values, const std::vector<int>& lastUse, int node,
                const std::set<int>& never) {
  while (bytesHeld(values) > budget) {
    int largest = -1;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto value = static_cast<int>(i);
      if (!values[i].holds() || lastUse[i] > node || never.contains(value)) continue;
      if (largest < 0 || values[i].byteCount() > values[static_cast<std::size_t>(largest)].byteCount())
        largest = value;
    }
    if (largest < 0) return;
    const void* memory = values[static_cast<std::size_t>(largest)].memory();
    for (std::size_t i = 0; i < values.size(); ++i) {
      // What shares its memory would keep it: a value and its other shapes go together.
      if (values[i].holds() && values[i].memory() == memory && lastUse[i] <= node &&
          !never.contains(static_cast<int>(i)))
        values[i] = {};
    }
  }
}

Error outOfMemory() {
  return {ErrorCode::TooLarge, "The machine has no memory left for the network: use a smaller clip."};
}

Error stoppedError() {
  return {ErrorCode::Stopped, "The network was stopped."};
}

}  // namespace

Runner::Runner(std::shared_ptr<const Graph> graph)
    : m_graph(std::move(graph)),
      m_constant(m_graph->valueNames.size(), false),
      m_lastUse(m_graph->valueNames.size(), -1),
      m_caches(m_graph->nodes.size()) {
  for (const auto& [value, held] : m_graph->initialisers) m_constant[static_cast<std::size_t>(value)] = true;
  for (std::size_t i = 0; i < m_graph->nodes.size(); ++i) {
    bool constant = true;
    for (const int input : m_graph->nodes[i].inputs) {
      if (input < 0) continue;
      m_lastUse[static_cast<std::size_t>(input)] = static_cast<int>(i);
      constant = constant && m_constant[static_cast<std::size_t>(input)];
    }
    for (const int output : m_graph->nodes[i].outputs) {
      if (output >= 0) m_constant[static_cast<std::size_t>(output)] = constant;
    }
  }
  for (const int output : m_graph->outputs)
    m_lastUse[static_cast<std::size_t>(output)] = static_cast<int>(m_graph->nodes.size());
}

Runner::~Runner() = default;

Values Runner::computeNode(std::size_t index, std::span<const Value> values, double room, bool sizesOnly,
                           const ComputeContext& context) {
  const Node& node = m_graph->nodes[index];
  Values inputs;
  bool fixed = true;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const int input = node.inputs[i];
    const Value* own = input < 0 ? nullptr : m_graph->initialiser(input);
    inputs.push_back(own != nullptr ? *own : input < 0 ? Value() : values[static_cast<std::size_t>(input)]);
    fixed = fixed && (i == 0 || input < 0 || m_constant[static_cast<std::size_t>(input)]);
  }
  const Operator* operation = operatorNamed(node.op, m_graph->operatorSet);
  if (operation == nullptr)
    throw OpFailure{Error{ErrorCode::BadInput, nodeText(node) + " has an operator that is not supported."}};
  const OpCall call{node, m_graph->operatorSet, inputs, fixed, context, room, sizesOnly, m_caches[index]};
  Values outputs = operation->compute(call);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i] >= 0 && (i >= outputs.size() || !outputs[i].holds()))
      call.refuse("does not make its output " + std::to_string(i + 1));
  }
  outputs.resize(node.outputs.size());
  return outputs;
}

void Runner::freeUsed(std::size_t index, const std::set<int>& never, bool keepNumbers,
                      std::vector<Value>& values) const {
  const auto free = [&](int value) {
    if (value < 0 || m_lastUse[static_cast<std::size_t>(value)] > static_cast<int>(index) ||
        never.contains(value))
      return;
    Value& held = values[static_cast<std::size_t>(value)];
    if (!keepNumbers || held.type() == ElementType::Float32) held = {};
  };
  std::ranges::for_each(m_graph->nodes[index].inputs, free);
  std::ranges::for_each(m_graph->nodes[index].outputs, free);
}

Result<NetworkRun> Runner::run(const RunRequest& request, const ComputeContext& context) {
  if (auto ok = checkInputs(*m_graph, request.inputs); !ok) return tl::unexpected(ok.error());
  NetworkRun result;
  result.values.resize(m_graph->valueNames.size());
  result.dims.resize(m_graph->valueNames.size());
  std::set<int> never;
  const auto keep = [&](int value, Value made) {
    const auto at = static_cast<std::size_t>(value);
    result.dims[at] = made.dims();
    result.values[at] = std::move(made);
  };
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    keep(m_graph->inputs[i].value, request.inputs[i]);
    never.insert(m_graph->inputs[i].value);
  }
  never.insert(m_graph->outputs.begin(), m_graph->outputs.end());
  const auto budget = static_cast<double>(request.budget);
  const std::size_t nodes = m_graph->nodes.size();
  try {
    for (std::size_t i = 0; i < nodes; ++i) {
      if (context.stopped()) return tl::unexpected(stoppedError());
      const auto begun = std::chrono::steady_clock::now();
      ComputeContext part{context.pool, context.stop, context.yield, {}};
      if (context.progress)
        part.progress = [&](double share) { context.progress((static_cast<double>(i) + share) / nodes); };
      // What nobody will read again need not stand in the way of this node's outputs.
      double held = bytesHeld(result.values);
      if (request.keep && held > 0.5 * budget) {
        dropBeyond(0.5 * budget, result.values, m_lastUse, static_cast<int>(i) - 1, never);
        held = bytesHeld(result.values);
      }
      Values outputs = computeNode(i, result.values, budget - held, request.sizesOnly, part);
      if (context.stopped()) return tl::unexpected(stoppedError());
      const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - begun;
      result.nodeMilliseconds.push_back(spent.count());
      if (request.finished) {
        if (auto ok = request.finished(static_cast<int>(i), outputs); !ok) return tl::unexpected(ok.error());
      }
      const Node& node = m_graph->nodes[i];
      for (std::size_t output = 0; output < outputs.size(); ++output) {
        if (node.outputs[output] >= 0) keep(node.outputs[output], std::move(outputs[output]));
      }
      if (!request.keep) freeUsed(i, never, request.sizesOnly, result.values);
      if (context.progress) context.progress(static_cast<double>(i + 1) / static_cast<double>(nodes));
    }
  } catch (const OpFailure& failure) {
    return tl::unexpected(failure.error);
  } catch (const std::bad_alloc&) {
    return tl::unexpected(outOfMemory());
  }
  for (const int output : m_graph->outputs) {
    const Value* own = m_graph->initialiser(output);
    result.outputs.push_back(own != nullptr ? *own : result.values[static_cast<std::size_t>(output)]);
  }
  return result;
}

Result<Value> Runner::recompute(const NetworkRun& run, int value, const ComputeContext& context) {
  if (const Value* own = m_graph->initialiser(value)) return *own;
  std::vector<Value> values = run.values;
  // The nodes that must be run again, found from the wanted value backwards, and the last of them that reads
  // each value.
  std::set<int> wanted{value};
  std::vector<bool> runs(m_graph->nodes.size(), false);
  std::vector<int> lastUse(values.size(), -1);
  for (std::size_t i = m_graph->nodes.size(); i-- > 0;) {
    const Node& node = m_graph->nodes[i];
    runs[i] = std::ranges::any_of(node.outputs, [&](int output) {
      return wanted.contains(output) && !values[static_cast<std::size_t>(output)].holds();
    });
    if (!runs[i]) continue;
    wanted.insert(node.inputs.begin(), node.inputs.end());
    for (const int input : node.inputs) {
      if (input >= 0 && lastUse[static_cast<std::size_t>(input)] < 0)
        lastUse[static_cast<std::size_t>(input)] = static_cast<int>(i);
    }
  }
  const auto freeMade = [&](int made, std::size_t node) {
    if (made < 0 || made == value || lastUse[static_cast<std::size_t>(made)] > static_cast<int>(node)) return;
    // What the run kept stays where it is; our own copy of it costs nothing.
    values[static_cast<std::size_t>(made)] = run.values[static_cast<std::size_t>(made)];
  };
  try {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (!runs[i]) continue;
      if (context.stopped()) return tl::unexpected(stoppedError());
      const double room = static_cast<double>(memoryBudget()) - bytesHeld(values);
      Values outputs = computeNode(i, values, room, false, context);
      if (context.stopped()) return tl::unexpected(stoppedError());
      for (std::size_t output = 0; output < outputs.size(); ++output) {
        const int made = m_graph->nodes[i].outputs[output];
        if (made >= 0) values[static_cast<std::size_t>(made)] = std::move(outputs[output]);
      }
      for (const int read : m_graph->nodes[i].inputs) freeMade(read, i);
      for (const int made : m_graph->nodes[i].outputs) freeMade(made, i);
    }
  } catch (const OpFailure& failure) {
    return tl::unexpected(failure.error);
  } catch (const std::bad_alloc&) {
    return tl::unexpected(outOfMemory());
  }
  return values[static_cast<std::size_t>(value)];
}

}  // namespace convscope
