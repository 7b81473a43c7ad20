#include "engine/compare/kernel_siblings.h"

#include "engine/conv/kernel_presets.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace convscope {

namespace {

int channelsFor(const KernelStudy& study) {
  return std::max(1, channelsOf(study.clip) / std::max(1, study.conv.groups));
}

/// A plain layer of one filter, as it is applied.
KernelStudy one(const KernelStudy& study, int filter) {
  KernelStudy single = study;
  single.conv.groups = 1;
  const auto chosen =
      static_cast<std::size_t>(std::clamp(filter, 0, std::max(0, static_cast<int>(study.bank.size()) - 1)));
  single.bank.clear();
  if (!study.bank.empty()) single.bank.push_back(study.bank[chosen]);
  return single;
}

bool holdsItsWeights(const KernelStudy& study) {
  return !study.bank.empty() &&
         std::ssize(study.bank.front().weights) == weightCount(study.conv.kernel, channelsFor(study));
}

/// The filter's weights in the order in which they are applied.
Filter applied(const KernelStudy& single) {
  Filter filter = single.bank.front();
  if (single.conv.flipped) filter = flippedFilter(filter, single.conv.kernel, channelsFor(single));
  filter.preset.clear();
  filter.edited = false;
  return filter;
}

StackStudy stackOn(const KernelStudy& single, const char* name) {
  StackStudy stack{single.clip, {}, {}};
  stack.stack.name = name;
  stack.stack.clip = shapeOf(stack.stack.clip.extent(), channelsOf(single.clip));
  stack.run.weights = StackWeights::Given;
  stack.run.bend = Activation::None;
  return stack;
}

LayerSpec convLayer(const char* name, const Triple& kernel, int filters) {
  LayerSpec layer;
  layer.name = name;
  layer.kernel = kernel;
  layer.filters = filters;
  return layer;
}

/// Eigenvectors of a symmetric n × n matrix, largest eigenvalue first, one a row (Jacobi's rotations).
std::vector<std::vector<double>> eigenvectorsOf(std::vector<std::vector<double>> matrix) {
  const std::size_t n = matrix.size();
  std::vector<std::vector<double>> vectors(n, std::vector<double>(n, 0));
  for (std::size_t i = 0; i < n; ++i) vectors[i][i] = 1;
  constexpr int kSweeps = 60;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        if (std::abs(matrix[p][q]) < 1e-300) continue;
        const double theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
        const double tangent = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(theta, 1.0));
        const double cosine = 1 / std::hypot(tangent, 1.0);
        const double sine = tangent * cosine;
        for (std::size_t k = 0; k < n; ++k) {
          const double kp = matrix[k][p], kq = matrix[k][q];
          matrix[k][p] = cosine * kp - sine * kq;
          matrix[k][q] = sine * kp + cosine * kq;
        }
        for (std::size_t k = 0; k < n; ++k) {
          const double pk = matrix[p][k], qk = matrix[q][k];
          matrix[p][k] = cosine * pk - sine * qk;
          matrix[q][k] = sine * pk + cosine * qk;
          const double vp = vectors[p][k], vq = vectors[q][k];
          vectors[p][k] = cosine * vp - sine * vq;
          vectors[q][k] = sine * vp + cosine * vq;
        }
      }
    }
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return matrix[a][a] > matrix[b][b]; });
  std::vector<std::vector<double>> sorted;
  for (const std::size_t i : order) sorted.push_back(vectors[i]);
  return sorted;
}

/// Binomial weights that add up to 1.
std::vector<double> binomial(int extent) {
  std::vector<double> taps{1};
  for (int i = 1; i < extent; ++i) {
    std::vector<double> wider(taps.size() + 1, 0);
    for (std::size_t k = 0; k < taps.size(); ++k) {
      wider[k] += taps[k] / 2;
      wider[k + 1] += taps[k] / 2;
    }
    taps = std::move(wider);
  }
  return taps;
}

Filter binomialMean(const Triple& kernel) {
  const auto t = binomial(kernel.t), y = binomial(kernel.y), x = binomial(kernel.x);
  Filter filter;
  for (const double a : t) {
    for (const double b : y) {
      for (const double c : x) filter.weights.push_back(static_cast<float>(a * b * c));
    }
  }
  return filter;
}

}  // namespace

KernelStudy withFrames(const KernelStudy& study, int filter, int frames) {
  KernelStudy single = one(study, filter);
  if (!holdsItsWeights(single)) return single;
  const int channels = channelsFor(single);
  Triple to = single.conv.kernel;
  to.t = std::clamp(frames, 1, kMaxKernelExtent);
  Filter& only = single.bank.front();
  const KernelPreset* const preset = only.edited ? nullptr : findKernelPreset(only.preset);
  const auto fresh = preset != nullptr && !preset->fixed ? presetFilter(only.preset, to, channels)
                                                         : Result<Filter>(fail(ErrorCode::BadSpec, {}));
  const float bias = only.bias;
  only = fresh ? *fresh : fitted(only, single.conv.kernel, channels, to, channels);
  only.bias = bias;
  single.conv.kernel = to;
  return single;
}

KernelStudy middleFrame(const KernelStudy& study, int filter) {
  KernelStudy single = one(study, filter);
  if (!holdsItsWeights(single)) return single;
  const Triple from = single.conv.kernel;
  const int channels = channelsFor(single);
  Filter middle;
  middle.bias = single.bank.front().bias;
  for (int c = 0; c < channels; ++c) {
    const auto first = single.bank.front().weights.begin() +
                       static_cast<std::ptrdiff_t>(weightIndex(from, c, from.t / 2, 0, 0));
    middle.weights.insert(middle.weights.end(), first, first + std::ptrdiff_t{from.y} * from.x);
  }
  single.bank.front() = std::move(middle);
  single.conv.kernel.t = 1;
  single.conv.dilation.t = 1;
  return single;
}

KernelStudy mirroredInX(const KernelStudy& study, int filter) {
  KernelStudy single = one(study, filter);
  if (!holdsItsWeights(single)) return single;
  Filter mirror = mirrored(single.bank.front(), single.conv.kernel, channelsFor(single), Axis::X);
  mirror.preset.clear();
  mirror.edited = false;
  single.bank.front() = std::move(mirror);
  return single;
}

StackStudy middleFramePooled(const KernelStudy& study, int filter) {
  const KernelStudy middle = middleFrame(study, filter);
  const int frames = study.conv.kernel.t;
  StackStudy stack = stackOn(middle, "1×h×w, pooled over time");
  if (!holdsItsWeights(middle)) return stack;
  stack.stack.layers.push_back(convLayer("space", middle.conv.kernel, 1));
  LayerSpec pool;
  pool.name = "mean over time";
  pool.kind = LayerKind::AveragePool;
  pool.kernel = {frames, 1, 1};
  stack.stack.layers.push_back(pool);
  stack.run.given = {{applied(middle)}};
  return stack;
}

int separatedFilters(const KernelStudy& study) {
  const Triple& kernel = study.conv.kernel;
  const std::int64_t inSpace = std::int64_t{kernel.y} * kernel.x * channelsFor(study);
  return static_cast<int>(std::max<std::int64_t>(1, kernel.t * inSpace / (inSpace + kernel.t)));
}

StackStudy separated(const KernelStudy& study, int filter, int between, Activation bend) {
  const KernelStudy single = one(study, filter);
  StackStudy stack = stackOn(single, "(2+1)D");
  if (!holdsItsWeights(single)) return stack;
  const Triple kernel = single.conv.kernel;
  const int channels = channelsFor(single);
  const Filter whole = applied(single);
  const auto length = static_cast<std::size_t>(kernel.t);
  const auto inSpace = static_cast<std::size_t>(kernel.y) * static_cast<std::size_t>(kernel.x);
  const auto weight = [&](std::size_t t, std::size_t column) {
    const auto c = static_cast<int>(column / inSpace);
    return double{whole.weights[weightIndex(kernel, c, static_cast<int>(t), 0, 0) + column % inSpace]};
  };
  const std::size_t columns = inSpace * static_cast<std::size_t>(channels);
  std::vector<std::vector<double>> products(length, std::vector<double>(length, 0));
  for (std::size_t a = 0; a < length; ++a) {
    for (std::size_t b = 0; b < length; ++b) {
      for (std::size_t i = 0; i < columns; ++i) products[a][b] += weight(a, i) * weight(b, i);
    }
  }
  const auto inTime = eigenvectorsOf(std::move(products));
  const auto count = static_cast<std::size_t>(std::clamp(between, 1, kMaxFilters));
  FilterBank space(count), time(1);
  for (Filter& part : space) part.weights.assign(columns, 0);
  time.front().weights.assign(count * length, 0);  // order (c, t): one channel for each part in space
  time.front().bias = whole.bias;
  for (std::size_t m = 0; m < std::min(count, length); ++m) {
    for (std::size_t i = 0; i < columns; ++i) {
      double sum = 0;
      for (std::size_t t = 0; t < length; ++t) sum += inTime[m][t] * weight(t, i);
      space[m].weights[i] = static_cast<float>(sum);
    }
    for (std::size_t t = 0; t < length; ++t)
      time.front().weights[m * length + t] = static_cast<float>(inTime[m][t]);
  }
  stack.stack.layers.push_back(convLayer("space", {1, kernel.y, kernel.x}, static_cast<int>(count)));
  stack.stack.layers.push_back(convLayer("time", {kernel.t, 1, 1}, 1));
  stack.run.given = {std::move(space), std::move(time)};
  stack.run.bend = bend;
  return stack;
}

StackStudy twoLayers(const KernelStudy& study, int filter, Activation bend) {
  const KernelStudy single = one(study, filter);
  StackStudy stack = stackOn(single, "two layers");
  if (!holdsItsWeights(single)) return stack;
  stack.stack.layers.push_back(convLayer("first", single.conv.kernel, 1));
  stack.stack.layers.push_back(convLayer("second", single.conv.kernel, 1));
  stack.run.given = {{applied(single)}, {binomialMean(single.conv.kernel)}};
  stack.run.bend = bend;
  return stack;
}

KernelStudy composed(const KernelStudy& study, int filter) {
  KernelStudy single = one(study, filter);
  if (!holdsItsWeights(single)) return single;
  const Triple from = single.conv.kernel;
  const Triple to{2 * from.t - 1, 2 * from.y - 1, 2 * from.x - 1};
  const int channels = channelsFor(single);
  const Filter first = applied(single);
  const Filter second = binomialMean(from);
  std::vector<double> sums(static_cast<std::size_t>(weightCount(to, channels)), 0);
  for (int c = 0; c < channels; ++c) {
    for (int t = 0; t < from.t * from.t; ++t) {
      for (int y = 0; y < from.y * from.y; ++y) {
        for (int x = 0; x < from.x * from.x; ++x) {
          const Triple a{t / from.t, y / from.y, x / from.x};
          const Triple b{t % from.t, y % from.y, x % from.x};
          sums[weightIndex(to, c, a.t + b.t, a.y + b.y, a.x + b.x)] +=
              double{first.weights[weightIndex(from, c, a.t, a.y, a.x)]} *
              double{second.weights[weightIndex(from, 0, b.t, b.y, b.x)]};
        }
      }
    }
  }
  single.conv.kernel = to;
  single.conv.flipped = false;
  Filter whole;
  whole.bias = first.bias;  // the mean's weights add up to 1: it goes through unchanged
  whole.weights.assign(sums.begin(), sums.end());
  single.bank.front() = std::move(whole);
  return single;
}

}  // namespace convscope
