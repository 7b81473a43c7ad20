#include "engine/conv/time_response.h"

#include <cassert>
#include <cmath>
#include <complex>
#include <numbers>

namespace convscope {

std::vector<double> timeResponse(const Filter& filter, const Triple& kernel, int channels, int dilation,
                                 int samples) {
  assert(samples >= 2);
  assert(static_cast<std::int64_t>(filter.weights.size()) == weightCount(kernel, channels));
  std::vector<double> gains;
  std::vector<std::complex<double>> turns(static_cast<std::size_t>(kernel.t));
  for (int i = 0; i < samples; ++i) {
    const double frequency = .5 * i / (samples - 1);
    for (int t = 0; t < kernel.t; ++t)
      turns[static_cast<std::size_t>(t)] = std::polar(1.0, -2 * std::numbers::pi * frequency * dilation * t);
    double power = 0;
    for (int c = 0; c < channels; ++c) {
      for (int y = 0; y < kernel.y; ++y) {
        for (int x = 0; x < kernel.x; ++x) {
          std::complex<double> sum = 0;
          for (int t = 0; t < kernel.t; ++t) {
            const double weight = filter.weights[weightIndex(kernel, c, t, y, x)];
            sum += weight * turns[static_cast<std::size_t>(t)];
          }
          power += std::norm(sum);
        }
      }
    }
    gains.push_back(std::sqrt(power));
  }
  return gains;
}

}  // namespace convscope
