#include "engine/clip/resample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace convscope {

namespace {

AxisResampling averaging(std::int64_t in, std::int64_t out) {
  AxisResampling axis;
  axis.scale = static_cast<double>(out) / static_cast<double>(in);
  for (std::int64_t j = 0; j < out; ++j) {
    // In units of 1/out of an input cell everything is a whole number: output j covers [j·in, (j+1)·in).
    const std::int64_t begin = j * in;
    const std::int64_t end = begin + in;
    const std::int64_t first = begin / out;
    const std::int64_t last = (end - 1) / out;
    std::vector<float> weights;
    for (std::int64_t i = first; i <= last; ++i) {
      const std::int64_t covered = std::min(end, (i + 1) * out) - std::max(begin, i * out);
      weights.push_back(static_cast<float>(static_cast<double>(covered) / static_cast<double>(out)));
    }
    axis.first.push_back(static_cast<int>(first));
    axis.weights.push_back(std::move(weights));
  }
  return axis;
}

}  // namespace

AxisResampling linearResampling(int in, int out) {
  AxisResampling axis;
  for (int j = 0; j < out; ++j) {
    const double at = std::clamp((j + 0.5) * in / out - 0.5, 0.0, in - 1.0);
    const int first = std::min(static_cast<int>(at), std::max(in - 2, 0));
    const auto share = static_cast<float>(at - first);
    axis.first.push_back(first);
    axis.weights.push_back(in > 1 ? std::vector<float>{1 - share, share} : std::vector<float>{1.0F});
  }
  return axis;
}

AxisResampling resampling(int in, int out) {
  return out <= in ? averaging(in, out) : linearResampling(in, out);
}

}  // namespace convscope
