#include "engine/field/receptive_field.h"

#include <cassert>

namespace convscope {

AxisField through(const AxisField& before, int kernel, int stride, int dilation, int padBefore) {
  assert(kernel >= 1 && stride >= 1 && dilation >= 1);
  const int grown = dilation * (kernel - 1);
  AxisField after;
  after.size = before.size + static_cast<int>(std::lround(grown * before.jump));
  after.jump = before.jump * stride;
  after.centre = before.centre + (grown / 2.0 - padBefore) * before.jump;
  return after;
}

std::array<AxisField, 3> fieldOf(const ConvSpec& spec, const ConvGeometry& geometry) {
  std::array<AxisField, 3> field;
  for (const Axis axis : kAxes) {
    const auto index = static_cast<std::size_t>(axis);
    field[index] = through(AxisField{}, spec.kernel[axis], spec.stride[axis], spec.dilation[axis],
                           geometry.padding[index].before);
  }
  return field;
}

double fieldSeconds(int frames, int step, double framesPerSecond) {
  if (!(framesPerSecond > 0)) return 0;
  return ((frames - 1.0) * step + 1) / framesPerSecond;
}

}  // namespace convscope
