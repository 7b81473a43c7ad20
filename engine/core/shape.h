#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <string>

namespace convscope {

/// The three axes along which a kernel may slide, in the order used everywhere: time, height, width.
enum class Axis { T = 0, Y = 1, X = 2 };
inline constexpr std::array<Axis, 3> kAxes{Axis::T, Axis::Y, Axis::X};

/// "time", "height" or "width": the word used in sentences for the user.
[[nodiscard]] const char* axisName(Axis axis);

/// One whole number per axis: an extent, a step or a position, always in the order t, y, x. Positions count
/// from 0.
struct Triple {
  int t = 1;
  int y = 1;
  int x = 1;

  [[nodiscard]] int operator[](Axis axis) const { return axis == Axis::T ? t : axis == Axis::Y ? y : x; }
  [[nodiscard]] int& operator[](Axis axis) { return axis == Axis::T ? t : axis == Axis::Y ? y : x; }
  [[nodiscard]] std::int64_t product() const { return std::int64_t{t} * y * x; }
  bool operator==(const Triple&) const = default;
};

/// Shape of a clip, a feature map or a kernel: length in frames, height, width, channels (L, H, W, C).
/// A still image has length 1. Order in memory is C, L, H, W: see Tensor.
struct Shape {
  int length = 0;
  int height = 0;
  int width = 0;
  int channels = 0;

  [[nodiscard]] Triple extent() const { return {length, height, width}; }
  [[nodiscard]] int along(Axis axis) const { return extent()[axis]; }
  [[nodiscard]] std::int64_t frameSize() const { return std::int64_t{height} * width; }
  [[nodiscard]] std::int64_t channelSize() const { return frameSize() * length; }
  [[nodiscard]] std::int64_t count() const { return channelSize() * channels; }
  [[nodiscard]] bool contains(const Triple& at) const {
    return at.t >= 0 && at.t < length && at.y >= 0 && at.y < height && at.x >= 0 && at.x < width;
  }
  bool operator==(const Shape&) const = default;
};

[[nodiscard]] inline Shape shapeOf(const Triple& extent, int channels) {
  return {extent.t, extent.y, extent.x, channels};
}

/// "8 × 27 × 36 × 3" and "3 × 3 × 3", in UTF-8, as shown on screen.
[[nodiscard]] std::string toText(const Shape& shape);
[[nodiscard]] std::string toText(const Triple& extent);

}  // namespace convscope
