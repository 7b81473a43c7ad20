#pragma once

#include "engine/core/result.h"
#include "engine/core/tensor.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace convscope {

/// Extents of a value, outermost first: a clip of a video network is (N, C, L, H, W). Rank 0 is one number.
using Dims = std::vector<std::int64_t>;

inline constexpr int kHighestRank = 8;
/// Elements of one value at most: counts and Tensor's own extents stay inside an int.
inline constexpr std::int64_t kMostElements = 2'147'483'647;

enum class ElementType { Float32, Float64, Int32, Int64, Bool };

/// "float32", "float64", "int32", "int64", "bool".
[[nodiscard]] const char* elementTypeName(ElementType type);
[[nodiscard]] std::size_t elementSize(ElementType type);
/// "2 × 3 × 16", or "one number" for rank 0.
[[nodiscard]] std::string dimsText(const Dims& dims);
/// Product of `dims`. Errors: BadSpec, a sentence without its subject («has 9 axes; …»), where the rank
/// passes kHighestRank, an extent is below 0 or the product passes kMostElements.
[[nodiscard]] Result<std::int64_t> countOf(const Dims& dims);
/// Product of the extents [first, last) of checked dims.
[[nodiscard]] std::int64_t productOf(const Dims& dims, std::size_t first, std::size_t last);

template <class T>
inline constexpr ElementType kElementTypeOf = ElementType::Float32;
template <>
inline constexpr ElementType kElementTypeOf<double> = ElementType::Float64;
template <>
inline constexpr ElementType kElementTypeOf<std::int32_t> = ElementType::Int32;
template <>
inline constexpr ElementType kElementTypeOf<std::int64_t> = ElementType::Int64;
template <>
inline constexpr ElementType kElementTypeOf<std::uint8_t> = ElementType::Bool;

/// What flows through a network: an array of rank 0 to 8, row-major (the last axis is the fastest). Copies
/// share the elements, which nobody changes once the value has been handed on: copying costs nothing. float32
/// elements lie in a Tensor, so that the axes C, L, H, W of one clip are a Tensor's own order. A default one
/// holds nothing, which is what an input left out is. Thread rule: immutable once handed on; then
/// thread-safe.
class Value {
 public:
  Value() = default;
  /// `dims` were checked by countOf(). float32 is not cleared, everything else is 0.
  [[nodiscard]] static Value uninitialised(ElementType type, Dims dims);
  /// Takes over a tensor of as many elements.
  Value(Dims dims, Tensor values);
  /// Takes over the elements; T is double, int32_t, int64_t or uint8_t (bool).
  template <class T>
  Value(Dims dims, std::vector<T> values)
      : m_type(kElementTypeOf<T>),
        m_dims(std::move(dims)),
        m_held(std::make_shared<Held>(std::move(values))) {}

  [[nodiscard]] bool holds() const { return m_held != nullptr; }
  [[nodiscard]] ElementType type() const { return m_type; }
  [[nodiscard]] const Dims& dims() const { return m_dims; }
  [[nodiscard]] int rank() const { return static_cast<int>(m_dims.size()); }
  [[nodiscard]] std::int64_t count() const { return productOf(m_dims, 0, m_dims.size()); }
  [[nodiscard]] std::int64_t byteCount() const;

  /// The elements; T must be the value's own type.
  template <class T>
  [[nodiscard]] std::span<const T> values() const {
    assert(holds() && kElementTypeOf<T> == m_type);
    if constexpr (std::is_same_v<T, float>)
      return std::get<Tensor>(*m_held).values();
    else
      return std::get<std::vector<T>>(*m_held);
  }
  /// The same to be written, by whoever has just made the value and not handed it on.
  template <class T>
  [[nodiscard]] std::span<T> fill() {
    assert(m_held.use_count() == 1 && kElementTypeOf<T> == m_type);
    if constexpr (std::is_same_v<T, float>)
      return std::get<Tensor>(*m_held).values();
    else
      return std::get<std::vector<T>>(*m_held);
  }
  [[nodiscard]] const std::byte* bytes() const;
  [[nodiscard]] std::byte* fillBytes();

  /// The same elements in another shape of as many.
  [[nodiscard]] Value reshaped(Dims dims) const;
  /// Elements from `first` on as a tensor that reads them in place; float32 only. Valid while a copy of the
  /// value lives.
  [[nodiscard]] Tensor tensorView(const Shape& shape, std::int64_t first = 0) const;
  /// The same for all who share one memory: tells what freeing a value would free.
  [[nodiscard]] const void* memory() const { return m_held.get(); }

 private:
  using Held = std::variant<Tensor, std::vector<double>, std::vector<std::int32_t>, std::vector<std::int64_t>,
                            std::vector<std::uint8_t>>;
  ElementType m_type = ElementType::Float32;
  Dims m_dims;
  std::shared_ptr<Held> m_held;
};

/// Elements turned into another type as ONNX's Cast does: fractions are cut off, what does not fit becomes
/// the nearest number that does, not-a-number becomes 0 as an integer, and everything but 0 is true.
[[nodiscard]] Value converted(const Value& value, ElementType type);

/// Elements of any numeric value as whole numbers or as real ones.
[[nodiscard]] std::vector<std::int64_t> wholeNumbers(const Value& value);
[[nodiscard]] std::vector<double> realNumbers(const Value& value);

/// Calls `work` with a T() of the value's element type.
template <class Work>
auto withElementType(ElementType type, const Work& work) {
  switch (type) {
    case ElementType::Float64:
      return work(double{});
    case ElementType::Int32:
      return work(std::int32_t{});
    case ElementType::Int64:
      return work(std::int64_t{});
    case ElementType::Bool:
      return work(std::uint8_t{});
    case ElementType::Float32:
      break;
  }
  return work(float{});
}

}  // namespace convscope
