#pragma once

#include <cstddef>
#include <cstdint>

namespace convscope {

/// Pieces of `size` that hold `count`, the last one perhaps not full.
[[nodiscard]] constexpr int piecesOf(std::int64_t count, std::int64_t size) {
  return static_cast<int>((count + size - 1) / size);
}

/// Floats of the longest vectors: parts of scratch memory begin at whole ones.
inline constexpr std::ptrdiff_t kLongestVector = 16;
[[nodiscard]] constexpr std::ptrdiff_t wholeVectors(std::ptrdiff_t count) {
  return (count + kLongestVector - 1) / kLongestVector * kLongestVector;
}

}  // namespace convscope
