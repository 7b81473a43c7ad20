#include "engine/conv/layer_check.h"

namespace convscope {

Result<ConvGeometry> checkedGeometry(const Shape& input, const ConvSpec& spec, const FilterBank& bank) {
  auto geometry = geometryOf(input, spec, static_cast<int>(bank.size()));
  if (!geometry) return geometry;
  const int channels = input.channels / spec.groups;
  const std::int64_t expected = weightCount(spec.kernel, channels);
  for (std::size_t k = 0; k < bank.size(); ++k) {
    const auto held = static_cast<std::int64_t>(bank[k].weights.size());
    if (held == expected) continue;
    return fail(ErrorCode::BadSpec,
                "Filter " + std::to_string(k + 1) + " holds " + std::to_string(held) +
                    " weights, but a kernel of " + toText(spec.kernel) + " over " + std::to_string(channels) +
                    (channels == 1 ? " channel" : " channels") + " has " + std::to_string(expected) + ".");
  }
  return geometry;
}

}  // namespace convscope
