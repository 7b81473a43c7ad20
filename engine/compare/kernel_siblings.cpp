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
    double diagonal = 0, beside = 0;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = 0; q < n; ++q) (p == q ? diagonal : beside) += matrix[p][q] * matrix[p][q];
    }
    if (!(beside > 1e-28 * diagonal)) break;
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

/// Whether the weights of each channel add up to 0, to rounding.
bool isBlindToBrightness(const Filter& filter, const Triple& kernel, int channels) {
  const auto each = static_cast<std::ptrdiff_t>(kernel.product());
  for (int c = 0; c < channels; ++c) {
    const auto first = filter.weights.begin() + c * each;
    double sum = 0, magnitude = 0;
    for (auto w = first; w != first + each; ++w) {
      sum += double{*w};
      magnitude += std::abs(double{*w});
    }
    if (std::abs(sum) > 1e-5 * magnitude) return false;
  }
  return true;
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
  if (const Filter& only = single.bank.front(); !only.edited && !only.preset.empty()) {
    const KernelPreset* const preset = findKernelPreset(only.preset);
    KernelStudy formula = withFrames(study, filter, 1);
    const auto& weights = formula.bank.front().weights;
    if (preset != nullptr && !preset->fixed && std::ranges::any_of(weights, [](float w) { return w != 0; })) {
      formula.conv.dilation.t = 1;
      return formula;
    }
  }
  const Triple from = single.conv.kernel;
  const int channels = channelsFor(single);
  Filter middle;
  middle.bias = single.bank.front().bias;
  for (int c = 0; c < channels; ++c) {
    const auto first = single.bank.front().weights.begin() +
                       static_cast<std::ptrdiff_t>(weightIndex(from, c, from.t / 2, 0, 0));
    middle.weights.insert(middle.weights.end(), first, first + std::ptrdiff_t{from.y} * from.x);
  }
  if (isBlindToBrightness(single.bank.front(), from, channels)) {
    const auto each = static_cast<std::ptrdiff_t>(from.y) * from.x;
    for (auto at = middle.weights.begin(); at != middle.weights.end(); at += each) {
      const double mean = std::accumulate(at, at + each, 0.0) / static_cast<double>(each);
      for (auto w = at; w != at + each; ++w) *w = static_cast<float>(double{*w} - mean);
    }
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
  StackStudy stack = stackOn(middle, "One frame, then the mean over time");
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
  StackStudy stack = stackOn(single, "Space, then time: (2+1)D");
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
  StackStudy stack =
      stackOn(single, bend == Activation::None ? "Kernel, then a mean" : "Kernel, ReLU, then a mean");
  if (!holdsItsWeights(single)) return stack;
  stack.stack.layers.push_back(convLayer("first", single.conv.kernel, 1));
  stack.stack.layers.push_back(convLayer("second", single.conv.kernel, 1));
  stack.run.given = {{applied(single)}, {binomialMean(single.conv.kernel)}};
  stack.run.bend = bend;
  return stack;
}

std::optional<KernelStudy> composed(const StackStudy& stack) {
  const auto& layers = stack.stack.layers;
  if (layers.size() != 2 || stack.run.weights != StackWeights::Given || stack.run.given.size() != 2)
    return std::nullopt;
  const int channels = channelsOf(stack.clip);
  for (std::size_t i = 0; i < 2; ++i) {
    const LayerSpec& layer = layers[i];
    LayerSpec plain = convLayer(layer.name.c_str(), layer.kernel, 1);
    if (!(layer == plain) || stack.run.given[i].size() != 1) return std::nullopt;
    const auto taps = weightCount(layer.kernel, i == 0 ? channels : 1);
    if (std::ssize(stack.run.given[i].front().weights) != taps) return std::nullopt;
  }
  const Triple one = layers[0].kernel;
  const Triple two = layers[1].kernel;
  const Filter& first = stack.run.given[0].front();
  const Filter& second = stack.run.given[1].front();
  KernelStudy single;
  single.clip = stack.clip;
  Triple& to = single.conv.kernel;
  for (const Axis axis : kAxes) to[axis] = one[axis] + two[axis] - 1;
  std::vector<double> sums(static_cast<std::size_t>(weightCount(to, channels)), 0);
  double total = 0;
  for (const float weight : second.weights) total += double{weight};
  const auto unfolded = [](std::int64_t at, const Triple& extent) {
    const auto inFrame = std::int64_t{extent.y} * extent.x;
    return Triple{static_cast<int>(at / inFrame), static_cast<int>(at % inFrame / extent.x),
                  static_cast<int>(at % extent.x)};
  };
  for (int c = 0; c < channels; ++c) {
    for (std::int64_t i = 0; i < one.product(); ++i) {
      for (std::int64_t j = 0; j < two.product(); ++j) {
        const Triple a = unfolded(i, one);
        const Triple b = unfolded(j, two);
        sums[weightIndex(to, c, a.t + b.t, a.y + b.y, a.x + b.x)] +=
            double{first.weights[weightIndex(one, c, a.t, a.y, a.x)]} *
            double{second.weights[static_cast<std::size_t>(j)]};
      }
    }
  }
  Filter whole;
  whole.bias = static_cast<float>(double{first.bias} * total) + second.bias;
  whole.weights.assign(sums.begin(), sums.end());
  single.bank = {std::move(whole)};
  return single;
}

}  // namespace convscope
