#pragma once

#include "engine/core/shape.h"

#include <cstddef>
#include <memory>
#include <span>

namespace convscope {

/// A float32 volume of shape (L, H, W, C), stored planar and contiguous in the order C, L, H, W:
///
///   channel 0: frame 0 (rows of x) | frame 1 | ...   channel 1: frame 0 | frame 1 | ...
///
/// so that one channel is one x-y-t volume. The first value is aligned to 64 bytes. Move-only: a copy is
/// written clone() and can be seen in review. Reading from several threads is safe; writing needs the
/// caller's own care.
class Tensor {
 public:
  Tensor() = default;
  /// Allocates `shape.count()` values, all 0. Sizes must have been checked against the memory budget before.
  explicit Tensor(const Shape& shape);
  /// The same without clearing: every value must be written before it is read.
  [[nodiscard]] static Tensor uninitialised(const Shape& shape);
  /// Reads `shape.count()` values that another keeps alive and unmoved; must not be written. What wants its
  /// first value aligned to 64 bytes may get such a view only where `values` is.
  [[nodiscard]] static Tensor view(const Shape& shape, const float* values);

  Tensor(Tensor&&) noexcept;
  Tensor& operator=(Tensor&&) noexcept;
  Tensor(const Tensor&) = delete;
  Tensor& operator=(const Tensor&) = delete;
  ~Tensor() = default;

  [[nodiscard]] Tensor clone() const;

  [[nodiscard]] const Shape& shape() const { return m_shape; }
  [[nodiscard]] bool empty() const { return m_shape.count() == 0; }
  [[nodiscard]] float* data() { return m_data.get(); }
  [[nodiscard]] const float* data() const { return m_data.get(); }
  [[nodiscard]] std::span<float> values() {
    return {m_data.get(), static_cast<std::size_t>(m_shape.count())};
  }
  [[nodiscard]] std::span<const float> values() const {
    return {m_data.get(), static_cast<std::size_t>(m_shape.count())};
  }

  /// Position of (t, y, x, c) in data(). No range check in release builds.
  [[nodiscard]] std::int64_t offset(int t, int y, int x, int c) const {
    assert(m_shape.contains({t, y, x}) && c >= 0 && c < m_shape.channels);
    return ((std::int64_t{c} * m_shape.length + t) * m_shape.height + y) * m_shape.width + x;
  }
  [[nodiscard]] float at(int t, int y, int x, int c) const { return m_data[offset(t, y, x, c)]; }
  [[nodiscard]] float& at(int t, int y, int x, int c) { return m_data[offset(t, y, x, c)]; }
  /// The H × W values of one frame of one channel, row by row.
  [[nodiscard]] const float* frame(int t, int c) const { return m_data.get() + offset(t, 0, 0, c); }
  [[nodiscard]] float* frame(int t, int c) { return m_data.get() + offset(t, 0, 0, c); }

 private:
  struct Release {
    std::size_t bytes;
    Release() noexcept : bytes(0) {}
    explicit Release(std::size_t size) noexcept : bytes(size) {}
    void operator()(float* data) const;
  };
  Shape m_shape;
  std::unique_ptr<float[], Release> m_data;
};

/// Smallest and largest value of channel `channel` (< 0: of all) in frame `t` (< 0: in all). {0, 0} if empty;
/// values that are not finite are passed over.
struct ValueRange {
  float low = 0;
  float high = 0;
  bool operator==(const ValueRange&) const = default;
};
[[nodiscard]] ValueRange rangeOf(const Tensor& tensor, int channel = -1, int t = -1);

}  // namespace convscope
