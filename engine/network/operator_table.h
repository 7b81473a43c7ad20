#pragma once

#include "engine/network/op_call.h"

#include <span>
#include <string_view>

namespace convscope {

/// One operator in one of its forms: what it meant in the operator sets `since` … `until`.
struct Operator {
  std::string_view name;
  int since = 1;
  int until = 17;
  /// Computes the node; throws OpFailure. At least as many values as the node's outputs that are read.
  Values (*compute)(const OpCall& call) = nullptr;
};

/// The newest operator set whose operators are known.
inline constexpr int kNewestOperatorSet = 17;

/// Every operator that networks may use. Tests go through this list.
[[nodiscard]] std::span<const Operator> operatorTable();

/// The form of `name` in operator set `operatorSet`, or null.
[[nodiscard]] const Operator* operatorNamed(std::string_view name, int operatorSet);

// One function for each family: its rows of the table.
[[nodiscard]] std::span<const Operator> activationOperators();
[[nodiscard]] std::span<const Operator> arithmeticOperators();
[[nodiscard]] std::span<const Operator> convolutionOperators();
[[nodiscard]] std::span<const Operator> poolingOperators();
[[nodiscard]] std::span<const Operator> normalisationOperators();
[[nodiscard]] std::span<const Operator> reductionOperators();
[[nodiscard]] std::span<const Operator> matrixOperators();
[[nodiscard]] std::span<const Operator> shapeOperators();
[[nodiscard]] std::span<const Operator> selectionOperators();
[[nodiscard]] std::span<const Operator> resizeOperators();

}  // namespace convscope
