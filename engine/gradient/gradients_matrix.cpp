// Matrix products.
#include "engine/gradient/gradient_operators.h"

#include <algorithm>
#include <array>

namespace convscope {

namespace {

/// An element of a matrix at first + row · down + column · across.
struct Matrix {
  const float* first = nullptr;
  std::int64_t down = 0, across = 0;
  [[nodiscard]] float at(std::int64_t row, std::int64_t column) const {
    return first[row * down + column * across];
  }
};

/// sums(row, column) += factor · Σ_i left(row, i) · right(i, column), in double.
void addProduct(const Matrix& left, const Matrix& right, std::int64_t rows, std::int64_t inner,
                std::int64_t columns, double factor, double* sums, std::int64_t down, std::int64_t across) {
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < inner; ++i) {
      const double value = factor * double{left.at(row, i)};
      if (value == 0) continue;
      for (std::int64_t column = 0; column < columns; ++column)
        sums[row * down + column * across] += value * double{right.at(i, column)};
    }
  }
}

Value rounded(const GradientCall& g, const std::vector<double>& sums, const Dims& dims) {
  Value result = g.call.make(ElementType::Float32, dims);
  std::ranges::transform(sums, result.fill<float>().begin(),
                         [](double sum) { return static_cast<float>(sum); });
  return result;
}

/// α · A · B + β · C: α · G · B′ for A. Steps tell which sides lie transposed.
Values gemm(const GradientCall& g) {
  g.onlyFirst();
  const OpCall& call = g.call;
  const Value& a = call.in(0);
  const Value& b = call.in(1);
  const bool turnA = call.whole("transA", 0) != 0, turnB = call.whole("transB", 0) != 0;
  const std::int64_t rows = g.gradient().dims()[0], columns = g.gradient().dims()[1];
  const std::int64_t inner = a.dims()[turnA ? 0 : 1];
  call.checkRoom(8.0 * static_cast<double>(a.count()));
  std::vector<double> sums(static_cast<std::size_t>(a.count()), 0.0);
  const Matrix gradient{g.gradient().values<float>().data(), columns, 1};
  const Matrix turned{b.values<float>().data(), turnB ? inner : 1,
                      turnB ? 1 : columns};  // B′ (column, inner)
  addProduct(gradient, turned, rows, columns, inner, double{call.real("alpha", 1)}, sums.data(),
             turnA ? 1 : inner, turnA ? rows : 1);
  return {rounded(g, sums, a.dims())};
}

/// G · B′ and A′ · G of every product of the batch, added where a side was repeated.
Values matrixProduct(const GradientCall& g) {
  const Value& a = g.call.in(0);
  const Value& b = g.call.in(1);
  Dims left = a.dims(), right = b.dims();
  if (left.size() == 1) left.insert(left.begin(), 1);
  if (right.size() == 1) right.push_back(1);
  const std::int64_t rows = left[left.size() - 2], inner = left.back(), columns = right.back();
  left.resize(left.size() - 2);
  right.resize(right.size() - 2);
  const Dims batch = broadcastDims(g.call, left, right);
  StridedWalk<2> walk{batch, {broadcastSteps(left, batch), broadcastSteps(right, batch)}};
  walk.dims.push_back(1);
  for (auto& step : walk.step) step.push_back(0);
  g.call.checkRoom(8.0 * static_cast<double>(a.count() + b.count()));
  std::vector<double> ofA(static_cast<std::size_t>(g.wants(0) ? a.count() : 0), 0.0);
  std::vector<double> ofB(static_cast<std::size_t>(g.wants(1) ? b.count() : 0), 0.0);
  for (std::int64_t n = 0; n < productOf(batch, 0, batch.size()); ++n) {
    const auto at = walk.start(n);
    const float* const one = a.values<float>().data() + at[0] * rows * inner;
    const float* const other = b.values<float>().data() + at[1] * inner * columns;
    const Matrix gradient{g.gradient().values<float>().data() + n * rows * columns, columns, 1};
    if (g.wants(0))
      addProduct(gradient, {other, 1, columns}, rows, columns, inner, 1, ofA.data() + at[0] * rows * inner,
                 inner, 1);
    if (g.wants(1))
      addProduct({one, 1, inner}, gradient, inner, rows, columns, 1, ofB.data() + at[1] * inner * columns,
                 columns, 1);
  }
  return {g.wants(0) ? rounded(g, ofA, a.dims()) : Value(), g.wants(1) ? rounded(g, ofB, b.dims()) : Value()};
}

constexpr std::array kGradients{
    GradientOperator{"Gemm", 7, 17, gemm},
    GradientOperator{"MatMul", 1, 17, matrixProduct},
};

}  // namespace

std::span<const GradientOperator> matrixGradients() {
  return kGradients;
}

}  // namespace convscope
