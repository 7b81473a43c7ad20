#pragma once

#include <cstdint>

namespace convscope {

/// Σ v and Σ v² of float32 values.
struct Moments {
  double sum = 0;
  double square = 0;
};

/// Sums that go on from one map frame to the next. Value i of each frame is added in float32 to lane i mod
/// 64; total() adds the lanes in double: one order for every instruction set, so that all give the same bits.
/// A lane that has taken a thousand values is emptied, so that it loses no digits. Thread rule: one object
/// for each thread.
class RunningMoments {
 public:
  /// Adds the `count` values of one frame.
  void add(const float* values, std::int64_t count);
  [[nodiscard]] Moments total() const;
  void clear() { *this = RunningMoments(); }

  static constexpr int kLanes = 64;

 private:
  void flush();

  /// Values of a lane before it is emptied into m_before.
  static constexpr std::int64_t kMostInLane = 1024;
  alignas(64) float m_sums[kLanes]{};
  alignas(64) float m_squares[kLanes]{};
  std::int64_t m_inLane = 0;
  Moments m_before;
};

}  // namespace convscope
