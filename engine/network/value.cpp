#include "engine/network/value.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace convscope {

namespace {

/// A row of as many values: the rank of a Value is its own, a Tensor only holds the elements.
Shape rowOf(std::int64_t count) {
  return {1, 1, static_cast<int>(count), 1};
}

template <class To, class From>
To elementFrom(From value) {
  if constexpr (std::is_same_v<To, std::uint8_t>) {
    return value != From{} ? 1 : 0;
  } else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
    if (std::isnan(value)) return 0;
    // 2⁶³ itself is a double; the largest int64 is not.
    if (double{value} >= std::ldexp(1.0, std::numeric_limits<To>::digits))
      return std::numeric_limits<To>::max();
    if (double{value} <= -std::ldexp(1.0, std::numeric_limits<To>::digits))
      return std::numeric_limits<To>::min();
    return static_cast<To>(value);
  } else if constexpr (std::is_integral_v<To> && std::is_integral_v<From>) {
    return static_cast<To>(
        std::clamp<std::int64_t>(value, std::numeric_limits<To>::min(), std::numeric_limits<To>::max()));
  } else {
    return static_cast<To>(value);
  }
}

template <class To>
std::vector<To> listOf(const Value& value) {
  return withElementType(value.type(), [&]<class From>(From) {
    std::vector<To> list;
    list.reserve(static_cast<std::size_t>(value.count()));
    for (const From element : value.values<From>()) list.push_back(elementFrom<To>(element));
    return list;
  });
}

}  // namespace

const char* elementTypeName(ElementType type) {
  switch (type) {
    case ElementType::Float32:
      return "float32";
    case ElementType::Float64:
      return "float64";
    case ElementType::Int32:
      return "int32";
    case ElementType::Int64:
      return "int64";
    case ElementType::Bool:
      return "bool";
  }
  return "";
}

std::size_t elementSize(ElementType type) {
  return withElementType(type, [](auto element) { return sizeof element; });
}

std::string dimsText(const Dims& dims) {
  if (dims.empty()) return "one number";
  std::string text;
  for (const std::int64_t extent : dims) text += (text.empty() ? "" : " × ") + std::to_string(extent);
  return text;
}

Result<std::int64_t> countOf(const Dims& dims) {
  if (dims.size() > kHighestRank)
    return fail(ErrorCode::BadSpec, "has " + std::to_string(dims.size()) + " axes; at most " +
                                        std::to_string(kHighestRank) + " are possible");
  std::int64_t count = 1;
  for (const std::int64_t extent : dims) {
    if (extent < 0) return fail(ErrorCode::BadSpec, "has an extent of " + std::to_string(extent));
    if (extent > kMostElements || (extent > 0 && count > kMostElements / extent))
      return fail(ErrorCode::BadSpec, "has more than " + std::to_string(kMostElements) + " elements");
    count *= extent;
  }
  return count;
}

std::int64_t productOf(const Dims& dims, std::size_t first, std::size_t last) {
  std::int64_t product = 1;
  for (std::size_t i = first; i < last; ++i) product *= dims[i];
  return product;
}

Value Value::uninitialised(ElementType type, Dims dims) {
  const std::int64_t count = productOf(dims, 0, dims.size());
  if (type == ElementType::Float32) return {std::move(dims), Tensor::uninitialised(rowOf(count))};
  return withElementType(type, [&]<class T>(T) {
    if constexpr (std::is_same_v<T, float>)
      return Value();  // handled above
    else
      return Value(std::move(dims), std::vector<T>(static_cast<std::size_t>(count)));
  });
}

Value::Value(Dims dims, Tensor values)
    : m_dims(std::move(dims)), m_held(std::make_shared<Held>(std::move(values))) {
  assert(std::get<Tensor>(*m_held).shape().count() == count());
}

std::int64_t Value::byteCount() const {
  return holds() ? count() * static_cast<std::int64_t>(elementSize(m_type)) : 0;
}

const std::byte* Value::bytes() const {
  return withElementType(
      m_type, [this]<class T>(T) { return reinterpret_cast<const std::byte*>(values<T>().data()); });
}

std::byte* Value::fillBytes() {
  return withElementType(m_type,
                         [this]<class T>(T) { return reinterpret_cast<std::byte*>(fill<T>().data()); });
}

Value Value::reshaped(Dims dims) const {
  Value other = *this;
  other.m_dims = std::move(dims);
  assert(other.count() == count());
  return other;
}

Tensor Value::tensorView(const Shape& shape, std::int64_t first) const {
  assert(first >= 0 && first + shape.count() <= count());
  return Tensor::view(shape, values<float>().data() + first);
}

Value converted(const Value& value, ElementType type) {
  if (value.type() == type) return value;
  return withElementType(type, [&]<class To>(To) {
    if constexpr (std::is_same_v<To, float>) {
      Value result = Value::uninitialised(type, value.dims());
      withElementType(value.type(), [&]<class From>(From) {
        std::ranges::transform(value.values<From>(), result.fill<float>().begin(), elementFrom<float, From>);
      });
      return result;
    } else {
      return Value(value.dims(), listOf<To>(value));
    }
  });
}

std::vector<std::int64_t> wholeNumbers(const Value& value) {
  return listOf<std::int64_t>(value);
}

std::vector<double> realNumbers(const Value& value) {
  return listOf<double>(value);
}

}  // namespace convscope
