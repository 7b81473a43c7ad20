#include "engine/conv/conv_spec.h"

namespace convscope {

int paddedSource(int at, int extent, PaddingValue value) {
  if (at >= 0 && at < extent) return at;
  switch (value) {
    case PaddingValue::Zero: return -1;
    case PaddingValue::Replicate: return at < 0 ? 0 : extent - 1;
    case PaddingValue::Reflect: return at < 0 ? -at : 2 * (extent - 1) - at;
    case PaddingValue::Circular: return at < 0 ? at + extent : at - extent;
  }
  return -1;
}

}  // namespace convscope
