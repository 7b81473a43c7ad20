#include "engine/core/shape.h"

namespace convscope {

const char* axisName(Axis axis) {
  switch (axis) {
    case Axis::T:
      return "time";
    case Axis::Y:
      return "height";
    case Axis::X:
      return "width";
  }
  return "";
}

std::string toText(const Triple& extent) {
  return std::to_string(extent.t) + " × " + std::to_string(extent.y) + " × " + std::to_string(extent.x);
}

std::string toText(const Shape& shape) {
  return toText(shape.extent()) + " × " + std::to_string(shape.channels);
}

}  // namespace convscope
