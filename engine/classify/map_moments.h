#pragma once

#include <cstdint>

namespace convscope {

/// Σ v and Σ v² of `count` float32 values.
struct Moments {
  double sum = 0;
  double square = 0;
};

/// Adds in float32 over 64 interleaved lanes (value i to lane i mod 64), then the lanes in double: one order
/// for every instruction set, so that all give the same bits. Meant for one map frame: a lane of many
/// thousand values would lose digits. Thread-safe.
[[nodiscard]] Moments momentsOf(const float* values, std::int64_t count);

}  // namespace convscope
