#include "engine/classify/softmax_solver.h"

#include "engine/classify/class_products.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>

namespace convscope {

namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

Vector along(const Vector& from, const Vector& direction, double step) {
  Vector to = from;
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += step * direction[i];
  return to;
}

double largest(const Vector& values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

/// Applies (½ (XᵀX/n + decay))⁻¹ to each class's row: no curvature of the objective is larger (Böhning 1992),
/// and features that go together no longer slow the descent.
class Preconditioner {
 public:
  explicit Preconditioner(const SoftmaxProblem& problem) : m_width(static_cast<std::size_t>(problem.width)) {
    m_factor.assign(m_width * m_width, 0);
    const std::size_t rows = problem.labels.size();
    for (std::size_t i = 0; i < rows; ++i) {
      const double* const x = problem.design.data() + i * m_width;
      for (std::size_t r = 0; r < m_width; ++r) {
        for (std::size_t c = 0; c <= r; ++c) m_factor[r * m_width + c] += x[r] * x[c];
      }
    }
    for (double& value : m_factor) value *= 0.5 / static_cast<double>(rows);
    // A little more than the decay: columns that are multiples of each other must not divide by zero.
    for (std::size_t r = 0; r < m_width; ++r) m_factor[r * m_width + r] += 0.5 * problem.decay + 1e-9;
    factorise();
  }

  void apply(Vector& values) const {
    for (std::size_t first = 0; first < values.size(); first += m_width) {
      double* const v = values.data() + first;
      for (std::size_t r = 0; r < m_width; ++r) {
        for (std::size_t c = 0; c < r; ++c) v[r] -= at(r, c) * v[c];
        v[r] /= at(r, r);
      }
      for (std::size_t r = m_width; r-- > 0;) {
        for (std::size_t c = r + 1; c < m_width; ++c) v[r] -= at(c, r) * v[c];
        v[r] /= at(r, r);
      }
    }
  }

 private:
  [[nodiscard]] double at(std::size_t r, std::size_t c) const { return m_factor[r * m_width + c]; }

  /// Cholesky's lower triangle, in place.
  void factorise() {
    for (std::size_t c = 0; c < m_width; ++c) {
      for (std::size_t r = c; r < m_width; ++r) {
        double sum = at(r, c);
        for (std::size_t k = 0; k < c; ++k) sum -= at(r, k) * at(c, k);
        m_factor[r * m_width + c] = r == c ? std::sqrt(std::max(sum, 1e-12)) : sum / at(c, c);
      }
    }
  }

  std::size_t m_width;
  Vector m_factor;
};

struct Pair {
  Vector step;
  Vector change;  ///< of the gradient
  double inverse = 0;
};

/// The two loops of L-BFGS (Nocedal 1980): the direction of descent for `gradient`.
Vector descent(const Vector& gradient, const std::deque<Pair>& pairs, const Preconditioner& preconditioner) {
  Vector direction = gradient;
  Vector shares(pairs.size());
  for (std::size_t i = pairs.size(); i-- > 0;) {
    shares[i] = pairs[i].inverse * dot(pairs[i].step, direction);
    direction = along(direction, pairs[i].change, -shares[i]);
  }
  preconditioner.apply(direction);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double back = pairs[i].inverse * dot(pairs[i].change, direction);
    direction = along(direction, pairs[i].step, shares[i] - back);
  }
  for (double& value : direction) value = -value;
  return direction;
}

}  // namespace

double SoftmaxProblem::valueAt(const std::vector<double>& weights, std::vector<double>& gradient) const {
  const auto columns = static_cast<std::size_t>(width);
  const auto rows = static_cast<std::size_t>(classes);
  const auto samples = labels.size();
  const std::size_t blocks = (rows + kClassBlock - 1) / kClassBlock;
  // Classes side by side, in blocks that registers hold: order block, feature, class. Each sum keeps its
  // order.
  Vector turned(blocks * columns * kClassBlock);
  Vector slope(turned.size());
  for (std::size_t c = 0; c < rows; ++c) {
    double* const to = turned.data() + c / kClassBlock * columns * kClassBlock + c % kClassBlock;
    for (std::size_t j = 0; j < columns; ++j) to[j * kClassBlock] = weights[c * columns + j];
  }
  Vector z(blocks * kClassBlock);
  double loss = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    const double* const x = design.data() + i * columns;
    for (std::size_t b = 0; b < blocks; ++b)
      multiplyClasses(turned.data() + b * columns * kClassBlock, x, columns, z.data() + b * kClassBlock);
    const double most = *std::max_element(z.begin(), z.begin() + static_cast<std::ptrdiff_t>(rows));
    const auto label = static_cast<std::size_t>(labels[i]);
    const double wanted = z[label] - most;
    double total = 0;
    for (std::size_t c = 0; c < rows; ++c) total += z[c] = std::exp(z[c] - most);
    loss += std::log(total) - wanted;
    for (std::size_t c = 0; c < rows; ++c) z[c] = z[c] / total - (c == label ? 1 : 0);
    for (std::size_t b = 0; b < blocks; ++b)
      addClassProducts(z.data() + b * kClassBlock, x, columns, slope.data() + b * columns * kClassBlock);
  }
  loss /= static_cast<double>(samples);
  gradient.resize(weights.size());
  for (std::size_t c = 0; c < rows; ++c) {
    const double* const from = slope.data() + c / kClassBlock * columns * kClassBlock + c % kClassBlock;
    for (std::size_t j = 0; j < columns; ++j) {
      double& g = gradient[c * columns + j];
      g = from[j * kClassBlock] / static_cast<double>(samples);
      if (j + 1 == columns) continue;  // the bias is free
      const double w = weights[c * columns + j];
      g += decay * w;
      loss += 0.5 * decay * w * w;
    }
  }
  return loss;
}

std::vector<double> solveSoftmax(const SoftmaxProblem& problem, int mostSteps, double smallEnough) {
  constexpr std::size_t kMemory = 8;
  constexpr double kEnoughDescent = 1e-4;  // Armijo's condition
  const Preconditioner preconditioner(problem);
  Vector weights(static_cast<std::size_t>(problem.classes) * static_cast<std::size_t>(problem.width));
  Vector gradient;
  double value = problem.valueAt(weights, gradient);
  std::deque<Pair> pairs;
  for (int step = 0; step < mostSteps && largest(gradient) > smallEnough; ++step) {
    const Vector direction = descent(gradient, pairs, preconditioner);
    const double slope = dot(direction, gradient);
    Vector next;
    Vector nextGradient;
    double nextValue = value;
    double length = 1;
    for (int halving = 0; halving < 30; ++halving, length /= 2) {
      next = along(weights, direction, length);
      nextValue = problem.valueAt(next, nextGradient);
      if (nextValue <= value + kEnoughDescent * length * slope) break;
    }
    if (!(nextValue < value)) break;  // as low as double can tell
    Pair pair{along(next, weights, -1), along(nextGradient, gradient, -1), 0};
    const double curvature = dot(pair.step, pair.change);
    if (curvature > 0) {
      pair.inverse = 1 / curvature;
      pairs.push_back(std::move(pair));
      if (pairs.size() > kMemory) pairs.pop_front();
    }
    weights = std::move(next);
    gradient = std::move(nextGradient);
    value = nextValue;
  }
  return weights;
}

}  // namespace convscope
