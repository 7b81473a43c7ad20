#include "engine/gradient/backward.h"

#include "engine/gradient/gradient_operators.h"

#include <algorithm>
#include <cassert>
#include <new>

namespace convscope {

namespace {

bool carriesGradients(ElementType type) {
  return type == ElementType::Float32 || type == ElementType::Float64;
}

Error stoppedError() {
  return {ErrorCode::Stopped, "The gradient was stopped."};
}

/// Walks from the start back to what is wanted.
class BackwardPass {
 public:
  BackwardPass(Runner& runner, const NetworkRun& run, const std::vector<int>& wanted,
               const ComputeContext& context)
      : m_runner(runner),
        m_run(run),
        m_context(context),
        m_gradients(run.values.size()),
        m_wanted(run.values.size(), false),
        m_depends(run.values.size(), false) {
    for (const int value : wanted) m_wanted[at(value)] = m_depends[at(value)] = true;
    for (const Node& node : runner.graph().nodes) {
      if (!std::ranges::any_of(node.inputs, [&](int input) { return input >= 0 && m_depends[at(input)]; }))
        continue;
      for (const int output : node.outputs) {
        if (output >= 0) m_depends[at(output)] = true;
      }
    }
  }

  Result<void> run(const GradientStart& start) {
    m_gradients[at(start.value)] = start.weights;
    const std::vector<Node>& nodes = m_runner.graph().nodes;
    for (std::size_t i = nodes.size(); i-- > 0;) {
      if (m_context.stopped()) return tl::unexpected(stoppedError());
      if (auto done = step(nodes[i]); !done) return done;
      if (m_context.stopped()) return tl::unexpected(stoppedError());
      if (m_context.progress)
        m_context.progress(1 - static_cast<double>(i) / static_cast<double>(nodes.size()));
      if (m_context.yield) m_context.yield();
    }
    return {};
  }

  /// The gradient of a wanted value.
  Value take(int value) {
    Value& gradient = m_gradients[at(value)];
    if (gradient.holds()) return std::move(gradient);
    const Value* own = m_runner.graph().initialiser(value);
    Value zeros =
        Value::uninitialised(ElementType::Float32, own != nullptr ? own->dims() : m_run.dims[at(value)]);
    std::ranges::fill(zeros.fill<float>(), 0.0F);
    return zeros;
  }

 private:
  static std::size_t at(int value) { return static_cast<std::size_t>(value); }

  Result<Value> valueOf(int value) {
    if (value < 0) return Value();
    const Value* own = m_runner.graph().initialiser(value);
    if (own != nullptr) return *own;
    if (m_run.values[at(value)].holds()) return m_run.values[at(value)];
    return m_runner.recompute(m_run, value, m_context);
  }

  /// Hands the gradients of a node's outputs on to its inputs.
  Result<void> step(const Node& node) {
    Values gradients;
    bool reached = false;
    for (const int output : node.outputs) {
      gradients.push_back(output < 0 ? Value() : m_gradients[at(output)]);
      reached = reached || gradients.back().holds();
      if (output >= 0 && !m_wanted[at(output)]) m_gradients[at(output)] = {};  // nobody reads it any more
    }
    if (!reached) return {};
    Values inputs, outputs;
    for (const int input : node.inputs) {
      auto value = valueOf(input);
      if (!value) return tl::unexpected(value.error());
      inputs.push_back(std::move(*value));
    }
    std::vector<bool> wanted;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      wanted.push_back(node.inputs[i] >= 0 && m_depends[at(node.inputs[i])] &&
                       carriesGradients(inputs[i].type()));
    if (std::ranges::find(wanted, true) == wanted.end()) return {};
    for (const int output : node.outputs) {
      auto value = valueOf(output);
      if (!value) return tl::unexpected(value.error());
      outputs.push_back(std::move(*value));
    }
    std::unique_ptr<NodeCache> cache;
    const ComputeContext part{m_context.pool, m_context.stop};
    const OpCall call{node, m_runner.graph().operatorSet,        inputs, true,
                      part, static_cast<double>(memoryBudget()), false,  cache};
    return handOn(call, {call, outputs, gradients, wanted});
  }

  Result<void> handOn(const OpCall& call, const GradientCall& gradientCall) {
    const GradientOperator* operation = gradientNamed(call.node.op, call.operatorSet);
    if (operation == nullptr)
      return fail(ErrorCode::BadSpec,
                  nodeText(call.node) +
                      " has an operator through which no gradient is taken; values behind "
                      "it can be chosen instead.");
    try {
      Values result = operation->compute(gradientCall);
      for (std::size_t i = 0; i < call.inputs.size(); ++i) {
        if (!gradientCall.wants(i)) continue;
        assert(i < result.size() && result[i].holds() && result[i].dims() == call.inputs[i].dims());
        add(call, m_gradients[at(call.node.inputs[i])], std::move(result[i]));
      }
    } catch (const OpFailure& failure) {
      return tl::unexpected(failure.error);
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::TooLarge,
                  "The machine has no memory left for the gradient: use a smaller clip.");
    }
    return {};
  }

  /// A value that several nodes read collects what each of them hands back.
  static void add(const OpCall& call, Value& gradient, Value more) {
    if (!gradient.holds()) {
      gradient = std::move(more);
      return;
    }
    constexpr std::int64_t kGrain = 1 << 15;
    Value sum = call.make(gradient.type(), gradient.dims());
    const auto addAs = [&]<class T>(T) {
      const auto one = gradient.values<T>(), other = more.values<T>();
      const auto to = sum.fill<T>();
      call.shareOut(sum.count(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
          to[i] = one[i] + other[i];
      });
    };
    sum.type() == ElementType::Float64 ? addAs(double{}) : addAs(float{});
    gradient = std::move(sum);
  }

  Runner& m_runner;
  const NetworkRun& m_run;
  const ComputeContext& m_context;
  std::vector<Value> m_gradients;  ///< of Graph::valueNames, as far as known
  std::vector<bool> m_wanted;
  std::vector<bool> m_depends;  ///< on a wanted value
};

}  // namespace

GradientStart startAt(int value, const Dims& dims, std::int64_t element) {
  Value weights = Value::uninitialised(ElementType::Float32, dims);
  std::ranges::fill(weights.fill<float>(), 0.0F);
  assert(element >= 0 && element < weights.count());
  weights.fill<float>()[static_cast<std::size_t>(element)] = 1;
  return {value, std::move(weights)};
}

Result<std::vector<Value>> gradientsOf(Runner& runner, const NetworkRun& run, const GradientStart& start,
                                       const std::vector<int>& wanted, const ComputeContext& context) {
  BackwardPass pass(runner, run, wanted, context);
  if (auto done = pass.run(start); !done) return tl::unexpected(done.error());
  std::vector<Value> gradients;
  for (const int value : wanted) gradients.push_back(pass.take(value));
  return gradients;
}

}  // namespace convscope
