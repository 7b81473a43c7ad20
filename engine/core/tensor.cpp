#include "engine/core/tensor.h"

#include "engine/core/block_cache.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace convscope {

void Tensor::Release::operator()(float* data) const {
  giveBlock(data, bytes);
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

ValueRange rangeOf(const Tensor& tensor, int channel, int t) {
  std::span<const float> values = tensor.values();
  const Shape& shape = tensor.shape();
  if (channel >= 0 && t >= 0) {
    values = {tensor.frame(t, channel), static_cast<std::size_t>(shape.frameSize())};
  } else if (channel >= 0) {
    values = values.subspan(static_cast<std::size_t>(shape.channelSize()) * channel,
                            static_cast<std::size_t>(shape.channelSize()));
  }
  ValueRange range{HUGE_VALF, -HUGE_VALF};
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
  }
  return range.low <= range.high ? range : ValueRange{};
}

}  // namespace convscope
