// Two arrays brought together element by element.
#include "engine/network/operator_table.h"

#include <array>
#include <cmath>
#include <type_traits>

namespace convscope {

namespace {

constexpr std::int64_t kGrain = 1 << 15;

/// Calls `combine(a, b)` for every element of what the two inputs are together; B may differ from A in type.
template <class A, class B, class Combine>
Value combined(const OpCall& call, const Combine& combine) {
  const Value& one = call.in(0);
  const Value& other = call.in(1);
  const Dims dims = broadcastDims(call, one.dims(), other.dims());
  Value out = call.make(kElementTypeOf<A>, dims);
  if (out.count() == 0) return out;
  const auto walk = mergedWalk<3>(
      dims, {stepsOf(dims), broadcastSteps(one.dims(), dims), broadcastSteps(other.dims(), dims)});
  A* to = out.fill<A>().data();
  const A* left = one.values<A>().data();
  const B* right = other.values<B>().data();
  const auto piece = [&](std::int64_t row, std::int64_t begin, std::int64_t end) {
    const auto start = walk.start(row);
    A* at = to + start[0];
    const A* a = left + start[1];
    const B* b = right + start[2];
    const std::int64_t stepA = walk.step[1].back(), stepB = walk.step[2].back();
    // One loop for each way of lying, so that the compiler makes vectors of them.
    if (stepA == 1 && stepB == 1) {
      for (std::int64_t i = begin; i < end; ++i) at[i] = combine(a[i], b[i]);
    } else if (stepA == 1 && stepB == 0) {
      for (std::int64_t i = begin; i < end; ++i) at[i] = combine(a[i], *b);
    } else {
      for (std::int64_t i = begin; i < end; ++i) at[i] = combine(a[i * stepA], b[i * stepB]);
    }
  };
  const std::int64_t length = walk.rowLength();
  if (walk.rows() == 1) {
    call.shareOut(length, kGrain, [&](std::int64_t begin, std::int64_t end) { piece(0, begin, end); });
  } else {
    call.shareOut(walk.rows(), kGrain / length, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) piece(row, 0, length);
    });
  }
  return out;
}

/// Whole numbers wrap, as they do in every other runtime, without undefined behaviour.
template <class T, class Operation>
T wrapped(T a, T b, const Operation& operation) {
  if constexpr (std::is_integral_v<T>) {
    using Unsigned = std::make_unsigned_t<T>;
    return static_cast<T>(operation(static_cast<Unsigned>(a), static_cast<Unsigned>(b)));
  } else {
    return operation(a, b);
  }
}

template <class Combine>
Values arithmetic(const OpCall& call, const Combine& combine) {
  const Value& one = call.in(0);
  const Value& other = call.in(1, one.type());
  if (other.type() == ElementType::Bool) call.refuse("cannot calculate with bool");
  return {withElementType(one.type(), [&]<class T>(T) { return combined<T, T>(call, combine); })};
}

Values add(const OpCall& call) {
  return arithmetic(call, []<class T>(T a, T b) { return wrapped(a, b, std::plus<>()); });
}
Values subtract(const OpCall& call) {
  return arithmetic(call, []<class T>(T a, T b) { return wrapped(a, b, std::minus<>()); });
}
Values multiply(const OpCall& call) {
  return arithmetic(call, []<class T>(T a, T b) { return wrapped(a, b, std::multiplies<>()); });
}

Values divide(const OpCall& call) {
  const Value& divisor = call.in(1);
  withElementType(divisor.type(), [&]<class T>(T) {
    if constexpr (std::is_integral_v<T>) {
      for (const T value : divisor.values<T>()) {
        if (value == 0) call.refuse("divides a whole number by 0");
      }
    }
  });
  return arithmetic(call, []<class T>(T a, T b) {
    if constexpr (std::is_integral_v<T>)
      return b == static_cast<T>(-1) ? wrapped(T{0}, a, std::minus<>()) : static_cast<T>(a / b);
    else
      return a / b;
  });
}

/// Base and exponent may differ in type; the result has the base's.
Values power(const OpCall& call) {
  const Value& base = call.in(0);
  const Value& exponent = call.in(1);
  if (base.type() == ElementType::Bool || exponent.type() == ElementType::Bool)
    call.refuse("cannot calculate with bool");
  const auto withBase = [&]<class A>(A) {
    return withElementType(exponent.type(), [&]<class B>(B) {
      return combined<A, B>(call, [](A a, B b) {
        if constexpr (std::is_same_v<A, float> && std::is_same_v<B, float>) {
          return b == 2 ? a * a : std::pow(a, b);
        } else {
          const double result = std::pow(static_cast<double>(a), static_cast<double>(b));
          if constexpr (std::is_integral_v<A>) {
            constexpr double kMost = 9.2e18;  // inside an int64, so that the conversion is defined
            return static_cast<A>(std::isnan(result)
                                      ? 0
                                      : static_cast<std::int64_t>(std::min(std::max(result, -kMost), kMost)));
          } else {
            return static_cast<A>(result);
          }
        }
      });
    });
  };
  return {withElementType(base.type(), withBase)};
}

constexpr std::array kOperators{
    Operator{"Add", 7, 17, add},    Operator{"Sub", 7, 17, subtract}, Operator{"Mul", 7, 17, multiply},
    Operator{"Div", 7, 17, divide}, Operator{"Pow", 7, 17, power},
};

}  // namespace

std::span<const Operator> arithmeticOperators() {
  return kOperators;
}

}  // namespace convscope
