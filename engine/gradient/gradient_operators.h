#pragma once

#include "engine/network/op_call.h"

#include <span>
#include <string_view>

namespace convscope {

/// One node whose outputs' gradients are known and whose inputs' are wanted. Failures are thrown as in
/// OpCall.
struct GradientCall {
  const OpCall& call;
  std::span<const Value> outputs;    ///< as the node made them
  std::span<const Value> gradients;  ///< of each output; nothing where none reaches it
  const std::vector<bool>& wanted;   ///< for each input

  [[nodiscard]] bool wants(std::size_t input) const { return input < wanted.size() && wanted[input]; }
  /// The gradient of the only output that can carry one.
  [[nodiscard]] const Value& gradient() const { return gradients.front(); }
  /// Refuses where the gradient of any input but the first is wanted: weights and statistics, which nothing
  /// here learns.
  void onlyFirst() const;
};

/// The backward pass of one operator in one of its forms, as Operator is its forward pass.
struct GradientOperator {
  std::string_view name;
  int since = 1;
  int until = 17;
  /// One value for each input, of the input's type and extents, at least for those wanted: the sum over the
  /// outputs of gradient · ∂output/∂input. Where a function has no derivative (the corner of ReLU, equal
  /// values under a max pool) it is one of the slopes beside: 0 at ReLU's corner, and the first of equal
  /// values takes all.
  Values (*compute)(const GradientCall& call) = nullptr;
};

/// The gradient of `name` in operator set `operatorSet`, or null.
[[nodiscard]] const GradientOperator* gradientNamed(std::string_view name, int operatorSet);
/// Every operator with a gradient. Tests go through this list.
[[nodiscard]] std::span<const GradientOperator> gradientTable();

// One function for each family: its rows of the table.
[[nodiscard]] std::span<const GradientOperator> activationGradients();
[[nodiscard]] std::span<const GradientOperator> arithmeticGradients();
[[nodiscard]] std::span<const GradientOperator> windowGradients();
[[nodiscard]] std::span<const GradientOperator> normalisationGradients();
[[nodiscard]] std::span<const GradientOperator> matrixGradients();
[[nodiscard]] std::span<const GradientOperator> reductionGradients();
[[nodiscard]] std::span<const GradientOperator> movingGradients();

}  // namespace convscope
