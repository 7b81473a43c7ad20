#include "engine/clip/resample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace convscope {

namespace {

void endOutput(AxisResampling& axis, std::int64_t first) {
  axis.first.push_back(static_cast<int>(first));
  axis.ends.push_back(axis.values.size());
}

AxisResampling averaging(std::int64_t in, std::int64_t out, const OutputRange& part) {
  AxisResampling axis;
  axis.scale = static_cast<double>(out) / static_cast<double>(in);
  for (std::int64_t j = part.first; j < std::int64_t{part.first} + part.count; ++j) {
    // In units of 1/out of an input cell everything is a whole number: output j covers [j·in, (j+1)·in).
    const std::int64_t begin = j * in;
    const std::int64_t end = begin + in;
    const std::int64_t first = begin / out;
    const std::int64_t last = (end - 1) / out;
    for (std::int64_t i = first; i <= last; ++i) {
      const std::int64_t covered = std::min(end, (i + 1) * out) - std::max(begin, i * out);
      axis.values.push_back(static_cast<float>(static_cast<double>(covered) / static_cast<double>(out)));
    }
    endOutput(axis, first);
  }
  return axis;
}

}  // namespace

AxisResampling linearResampling(int in, int out, const OutputRange& part) {
  AxisResampling axis;
  for (int j = part.first; j < part.first + part.count; ++j) {
    const double at = std::clamp((j + 0.5) * in / out - 0.5, 0.0, in - 1.0);
    const int first = std::min(static_cast<int>(at), std::max(in - 2, 0));
    const auto share = static_cast<float>(at - first);
    axis.values.push_back(in > 1 ? 1 - share : 1.0F);
    if (in > 1) axis.values.push_back(share);
    endOutput(axis, first);
  }
  return axis;
}

AxisResampling resampling(int in, int out, const OutputRange& part) {
  return out <= in ? averaging(in, out, part) : linearResampling(in, out, part);
}

AxisResampling resampling(int in, int out) {
  return resampling(in, out, {0, out});
}

double resamplingBytes(int in, int out, int count) {
  const double weights = std::max(2.0, static_cast<double>(in) / out + 2);
  // Twice: the lists grow by doubling.
  return 2.0 * count * (sizeof(int) + sizeof(std::size_t) + sizeof(float) * weights);
}

}  // namespace convscope
