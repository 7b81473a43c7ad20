// Matrix products.
#include "engine/network/operator_table.h"

#include <algorithm>
#include <array>

namespace convscope {

namespace {

/// A · B with rows of A along the inner axis, and B's inner axis either down its rows or along them.
struct Product {
  std::int64_t rows = 0, inner = 0, columns = 0;
  bool columnsOfB = false;  ///< B is stored (columns, inner)
};

/// Σ a · b in sixteen sums side by side.
float dotProduct(const float* a, const float* b, std::int64_t count) {
  constexpr std::int64_t kLanes = 16;
  std::array<float, kLanes> sums{};
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane)
      sums[static_cast<std::size_t>(lane)] += a[i + lane] * b[i + lane];
  }
  float sum = 0;
  for (; i < count; ++i) sum += a[i] * b[i];
  for (const float lane : sums) sum += lane;
  return sum;
}

/// Columns [begin, end) of row `row` of the product; overwrites them.
void productRow(const Product& size, const float* a, const float* b, float* out, std::int64_t begin,
                std::int64_t end) {
  if (size.columnsOfB) {
    for (std::int64_t column = begin; column < end; ++column)
      out[column] = dotProduct(a, b + column * size.inner, size.inner);
    return;
  }
  std::fill(out + begin, out + end, 0.0F);
  for (std::int64_t i = 0; i < size.inner; ++i) {
    const float factor = a[i];
    const float* row = b + i * size.columns;
    for (std::int64_t column = begin; column < end; ++column) out[column] += factor * row[column];
  }
}

/// Calls productRow for all of `batch` products; first(n) gives where each begins. The shares of the work
/// follow from the sizes alone, so that every number of threads gives the same bits.
template <class First>
void multiplyAll(const OpCall& call, const Product& size, std::int64_t batch, const float* a, const float* b,
                 float* out, const First& first) {
  constexpr std::int64_t kColumns = 256;
  constexpr std::int64_t kWork = 1 << 16;
  const std::int64_t blocks = (size.columns + kColumns - 1) / kColumns;
  const std::int64_t each = std::max<std::int64_t>(1, size.inner * std::min(kColumns, size.columns));
  call.shareOut(batch * size.rows * blocks, kWork / each, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t piece = begin; piece < end && !call.context.stopped(); ++piece) {
      const std::int64_t block = piece % blocks, row = piece / blocks % size.rows,
                         n = piece / blocks / size.rows;
      const auto [firstA, firstB] = first(n);
      productRow(size, a + firstA + row * size.inner, b + firstB, out + (n * size.rows + row) * size.columns,
                 block * kColumns, std::min(size.columns, (block + 1) * kColumns));
    }
  });
}

/// Rows and columns exchanged.
std::vector<float> transposedMatrix(std::span<const float> matrix, std::int64_t rows, std::int64_t columns) {
  std::vector<float> result(matrix.size());
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column)
      result[static_cast<std::size_t>(column * rows + row)] =
          matrix[static_cast<std::size_t>(row * columns + column)];
  }
  return result;
}

/// α · A · B + β · C, A and B perhaps transposed, C repeated where it is smaller.
Values gemm(const OpCall& call) {
  const Value& a = call.in(0, ElementType::Float32);
  const Value& b = call.in(1, ElementType::Float32);
  if (a.rank() != 2 || b.rank() != 2)
    call.refuse("multiplies " + dimsText(a.dims()) + " by " + dimsText(b.dims()) + "; both must be matrices");
  const bool turnA = call.whole("transA", 0) != 0, turnB = call.whole("transB", 0) != 0;
  const Product size{a.dims()[turnA ? 1 : 0], a.dims()[turnA ? 0 : 1], b.dims()[turnB ? 0 : 1], turnB};
  if (b.dims()[turnB ? 1 : 0] != size.inner)
    call.refuse("cannot multiply " + dimsText(a.dims()) + " by " + dimsText(b.dims()));
  const Dims dims{size.rows, size.columns};
  Value out = call.make(ElementType::Float32, dims);
  if (call.has(2) && broadcastDims(call, call.in(2, ElementType::Float32).dims(), dims) != dims)
    call.refuse("adds " + dimsText(call.inputs[2].dims()) + " to " + dimsText(dims));
  if (call.sizesOnly || out.count() == 0) return {out};
  std::vector<float> turned;
  if (turnA) {
    call.checkRoom(4.0 * static_cast<double>(a.count()));
    turned = transposedMatrix(a.values<float>(), a.dims()[0], a.dims()[1]);
  }
  float* to = out.fill<float>().data();
  multiplyAll(call, size, 1, turnA ? turned.data() : a.values<float>().data(), b.values<float>().data(), to,
              [](std::int64_t) {
                return std::pair<std::int64_t, std::int64_t>{0, 0};
              });
  const float alpha = call.real("alpha", 1), beta = call.real("beta", 1);
  if (alpha != 1)
    std::ranges::transform(out.values<float>(), to, [alpha](float value) { return alpha * value; });
  if (!call.has(2)) return {out};
  const auto walk = mergedWalk<2>(dims, {stepsOf(dims), broadcastSteps(call.inputs[2].dims(), dims)});
  const float* added = call.inputs[2].values<float>().data();
  for (std::int64_t row = 0; row < walk.rows(); ++row) {
    const auto start = walk.start(row);
    for (std::int64_t i = 0; i < walk.rowLength(); ++i)
      to[start[0] + i * walk.step[0].back()] += beta * added[start[1] + i * walk.step[1].back()];
  }
  return {out};
}

/// Products of the last two axes, those before repeated where one side lacks them; a list counts as a row on
/// the left and as a column on the right.
Values matrixProduct(const OpCall& call) {
  const Value& a = call.in(0, ElementType::Float32);
  const Value& b = call.in(1, ElementType::Float32);
  if (a.rank() == 0 || b.rank() == 0) call.refuse("cannot multiply a single number");
  Dims left = a.dims(), right = b.dims();
  if (left.size() == 1) left.insert(left.begin(), 1);
  if (right.size() == 1) right.push_back(1);
  const Product size{left[left.size() - 2], left.back(), right.back(), false};
  if (right[right.size() - 2] != size.inner)
    call.refuse("cannot multiply " + dimsText(a.dims()) + " by " + dimsText(b.dims()));
  left.resize(left.size() - 2);
  right.resize(right.size() - 2);
  const Dims batch = broadcastDims(call, left, right);
  Dims dims = batch;
  if (a.rank() > 1) dims.push_back(size.rows);
  if (b.rank() > 1) dims.push_back(size.columns);
  Value out = call.make(ElementType::Float32, dims);
  if (call.sizesOnly || out.count() == 0) return {out};
  // Unmerged steps: each product of the batch is looked up by its number.
  StridedWalk<2> walk{batch, {broadcastSteps(left, batch), broadcastSteps(right, batch)}};
  walk.dims.push_back(1);
  for (auto& step : walk.step) step.push_back(0);
  multiplyAll(call, size, productOf(batch, 0, batch.size()), a.values<float>().data(),
              b.values<float>().data(), out.fill<float>().data(), [&](std::int64_t n) {
                const auto at = walk.start(n);
                return std::pair{at[0] * size.rows * size.inner, at[1] * size.inner * size.columns};
              });
  return {out};
}

constexpr std::array kOperators{
    Operator{"Gemm", 7, 17, gemm},
    Operator{"MatMul", 1, 17, matrixProduct},
};

}  // namespace

std::span<const Operator> matrixOperators() {
  return kOperators;
}

}  // namespace convscope
