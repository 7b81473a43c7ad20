#include "engine/core/tensor.h"

#include "engine/core/block_cache.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace convscope {

void Tensor::Release::operator()(float* data) const {
  if (bytes > 0) giveBlock(data, bytes);  // 0: a view
}

Tensor Tensor::uninitialised(const Shape& shape) {
  assert(shape.length >= 0 && shape.height >= 0 && shape.width >= 0 && shape.channels >= 0);
  Tensor tensor;
  tensor.m_shape = shape;
  if (shape.count() > 0) {
    const auto bytes = static_cast<std::size_t>(shape.count()) * sizeof(float);
    tensor.m_data = {takeBlock(bytes), Release(bytes)};
  }
  return tensor;
}

Tensor Tensor::view(const Shape& shape, const float* values) {
  Tensor tensor;
  tensor.m_shape = shape;
  tensor.m_data = {const_cast<float*>(values), Release(0)};
  return tensor;
}

Tensor::Tensor(const Shape& shape) : Tensor(uninitialised(shape)) {
  std::fill(values().begin(), values().end(), 0.0F);
}

Tensor::Tensor(Tensor&& other) noexcept
    : m_shape(std::exchange(other.m_shape, Shape{})), m_data(std::move(other.m_data)) {}

Tensor& Tensor::operator=(Tensor&& other) noexcept {
  m_shape = std::exchange(other.m_shape, Shape{});
  m_data = std::move(other.m_data);
  return *this;
}

Tensor Tensor::clone() const {
  Tensor copy = uninitialised(m_shape);
  std::ranges::copy(values(), copy.values().begin());
  return copy;
}

namespace {

/// Widens `range` by what is finite in `values`. Eight running ends, so that the compiler keeps them in a
/// vector: a scale's range is asked for at every step of a slider.
void widen(ValueRange& range, std::span<const float> values) {
  constexpr std::size_t kLanes = 8;
  constexpr float kMost = std::numeric_limits<float>::max();
  std::array<float, kLanes> low, high;
  low.fill(range.low);
  high.fill(range.high);
  const auto take = [&](std::size_t lane, float value) {
    const bool finite = std::abs(value) <= kMost;  // false for not-a-number
    const float below = finite ? value : HUGE_VALF, above = finite ? value : -HUGE_VALF;
    low[lane] = below < low[lane] ? below : low[lane];
    high[lane] = above > high[lane] ? above : high[lane];
  };
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) take(lane, values[i + lane]);
  }
  for (; i < values.size(); ++i) take(0, values[i]);
  range = {std::ranges::min(low), std::ranges::max(high)};
}

}  // namespace

ValueRange rangeOf(const Tensor& tensor, int channel, int t) {
  const Shape& shape = tensor.shape();
  const auto frame = static_cast<std::size_t>(shape.frameSize());
  ValueRange range{HUGE_VALF, -HUGE_VALF};
  if (channel < 0 && t < 0) widen(range, tensor.values());
  for (int c = std::max(0, channel); c < (channel < 0 ? shape.channels : channel + 1); ++c) {
    if (t >= 0)
      widen(range, {tensor.frame(t, c), frame});
    else if (channel >= 0)
      widen(range, {tensor.frame(0, c), frame * static_cast<std::size_t>(shape.length)});
  }
  return range.low <= range.high ? range : ValueRange{};
}

}  // namespace convscope
