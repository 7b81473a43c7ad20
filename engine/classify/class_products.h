#pragma once

#include <cstddef>

namespace convscope {

/// Classes whose sums are computed side by side.
inline constexpr std::size_t kClassBlock = 16;

/// One clip's features against the weights of a block of classes, and the gradient's share of it. Weights and
/// gradient have the order feature, class: `columns` times kClassBlock values. Each class's sum has the order
/// of the features, products and sums are rounded one by one: the same bits with every instruction set.
/// Thread-safe.
///
///   multiplyClasses:  z_c = Σ_j w_jc · x_j
///   addClassProducts: g_jc += e_c · x_j
void multiplyClasses(const double* w, const double* x, std::size_t columns, double* z);
void addClassProducts(const double* e, const double* x, std::size_t columns, double* g);

}  // namespace convscope
