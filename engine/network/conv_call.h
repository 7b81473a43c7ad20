#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"
#include "engine/network/op_call.h"

/// What the operator Conv and its gradient share.
namespace convscope {

/// A result of the engine, its failure turned into one of the node.
template <class T>
T orRefuse(const OpCall& call, Result<T> result) {
  if (result) return std::move(*result);
  if (result.error().code == ErrorCode::Stopped) throw OpFailure{result.error()};
  throw OpFailure{Error{result.error().code, nodeText(call.node) + ": " + result.error().message}};
}

/// A convolution node as the engine's own.
struct ConvCall {
  ConvSpec spec;
  Shape input;   ///< of one clip of the batch
  int axes = 3;  ///< of the window, see OpWindow
};

/// Reads the node's attributes, input and weights. Refuses what does not fit together.
[[nodiscard]] ConvCall convCall(const OpCall& call);

/// The filters of weights (K, C / groups, …) with their biases, where there are any.
[[nodiscard]] FilterBank bankOf(const OpCall& call, const Value& weights, const Value* bias);

}  // namespace convscope
