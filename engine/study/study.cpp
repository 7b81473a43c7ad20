#include "engine/study/study.h"

#include "engine/clip/clip_edit.h"
#include "engine/conv/convolve.h"
#include "engine/conv/incremental.h"
#include "engine/core/caught.h"
#include "engine/core/memory_budget.h"
#include "engine/study/network_study.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <exception>
#include <limits>
#include <new>
#include <numeric>
#include <optional>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace convscope {

namespace {

using Clock = std::chrono::steady_clock;

double millisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// A clip that takes longer to draw or to prepare is left to the lane that can be stopped: no preview of it.
constexpr double kLongestPreviewReadingMs = 50;

/// What a preview computes instead of the whole: one filter where filters do not depend on each other's
/// channels, and every n-th cell in y and x. A larger stride gives the values of those cells, of large banks
/// but for the last bits, see ConvKernel::errorFactor.
struct PreviewPlan {
  ConvSpec spec;
  FilterBank bank;
  std::vector<int> filters;
  Triple step{1, 1, 1};
};

PreviewPlan planPreview(const KernelStudy& study, const ConvGeometry& geometry, const ComputeScope& scope) {
  PreviewPlan plan{study.conv, study.bank, {}, {1, 1, 1}};
  const int filters = static_cast<int>(study.bank.size());
  if (study.conv.groups == 1 && filters > 1) {
    const int chosen = std::clamp(scope.filter, 0, filters - 1);
    plan.bank = {study.bank[static_cast<std::size_t>(chosen)]};
    plan.filters = {chosen};
  } else {
    for (int k = 0; k < filters; ++k) plan.filters.push_back(k);
  }
  const double share = static_cast<double>(plan.bank.size()) / filters;
  const double total = static_cast<double>(costOf(study.conv, geometry).multiplyAdds) * share;
  const int wanted = static_cast<int>(std::ceil(std::sqrt(std::max(1.0, total / scope.maxMultiplyAdds))));
  const int most = kMaxStride / std::max(study.conv.stride.y, study.conv.stride.x);
  const int step = std::clamp(wanted, 1, std::max(1, most));
  plan.step = {1, step, step};
  plan.spec.stride.y *= step;
  plan.spec.stride.x *= step;
  return plan;
}

/// Whether frames, clip and maps are possible and fit the memory together, from the numbers alone.
Result<void> checkSizes(const KernelStudy& study, const Shape& input, double frameBytes) {
  const int filters = static_cast<int>(study.bank.size());
  const auto geometry = geometryOf(input, study.conv, filters);
  if (!geometry) return tl::unexpected(geometry.error());
  if (auto few = checkWeights(study.conv.kernel, input.channels / study.conv.groups, filters); !few)
    return few;
  const auto values = [](const Shape& shape) {
    return static_cast<double>(shape.length) * shape.height * shape.width * shape.channels;
  };
  return checkBudget(frameBytes + 4 * (values(input) + values(geometry->output)),
                     "A clip of " + toText(input) + " with maps of " + toText(geometry->output),
                     "use fewer filters, less padding, a larger stride or a smaller clip");
}

/// Whether frame `t` of one clip holds the bits of frame `earlierT` of the other.
bool sameFrame(const Tensor& pixels, int t, const Tensor& earlier, int earlierT) {
  const auto bytes = static_cast<std::size_t>(pixels.shape().frameSize()) * sizeof(float);
  for (int c = 0; c < pixels.shape().channels; ++c) {
    if (std::memcmp(pixels.frame(t, c), earlier.frame(earlierT, c), bytes) != 0) return false;
  }
  return true;
}

/// For each frame of `clip` the frame of `earlier` with the same pixels, or −1. Where to look is told by the
/// frames' numbers in the source; whether they are the same, by the pixels, for a file may have changed.
std::vector<int> sameFrames(const Clip& clip, const Clip& earlier) {
  const int length = clip.pixels.shape().length;
  std::vector<int> same(static_cast<std::size_t>(length), -1);
  if (&clip == &earlier) {
    std::iota(same.begin(), same.end(), 0);
    return same;
  }
  std::unordered_map<int, int> placeOf;
  for (int t = 0; t < static_cast<int>(earlier.taken.size()); ++t)
    placeOf.emplace(earlier.taken[static_cast<std::size_t>(t)], t);
  for (int t = 0; t < length; ++t) {
    const auto place = placeOf.find(clip.taken[static_cast<std::size_t>(t)]);
    if (place == placeOf.end() || !sameFrame(clip.pixels, t, earlier.pixels, place->second)) continue;
    same[static_cast<std::size_t>(t)] = place->second;
  }
  return same;
}

/// The cache's last result if maps of it may stand in one of `study` on a clip of shape `input`.
const KernelResult* usableResult(const std::shared_ptr<const StudyResult>& last, const KernelStudy& study,
                                 const Shape& input) {
  const auto* earlier = last ? std::get_if<KernelResult>(last.get()) : nullptr;
  if (earlier == nullptr || earlier->preview || earlier->clip == nullptr) return nullptr;
  Shape sized = earlier->clip->pixels.shape();
  sized.length = input.length;
  return earlier->spec.conv == study.conv && sized == input ? earlier : nullptr;
}

/// The maps of a full result, and how many multiply-adds they took.
struct FullMaps {
  Tensor maps;
  std::int64_t multiplyAdds = 0;
};

Result<FullMaps> computeMaps(const KernelStudy& study, const Clip& clip, const ConvGeometry& geometry,
                             const StudyCache& cache, const ComputeContext& context) {
  const std::shared_ptr<const StudyResult> last = cache.lastResult();  // kept until its maps are copied
  const KernelResult* const earlier = usableResult(last, study, clip.pixels.shape());
  FullMaps full;
  full.multiplyAdds = costOf(study.conv, geometry).multiplyAdds;
  Result<Tensor> maps;
  if (earlier != nullptr) {
    const EarlierMaps known{earlier->geometry, earlier->spec.bank, earlier->maps};
    const ReusePlan plan =
        planReuse(study.conv, geometry, study.bank, known, sameFrames(clip, *earlier->clip));
    full.multiplyAdds = plan.multiplyAdds;
    maps = convolveChanged(clip.pixels, study.conv, study.bank, known, plan, context);
  } else {
    maps = convolve(clip.pixels, study.conv, study.bank, context);
  }
  if (!maps) return tl::unexpected(maps.error());
  full.maps = std::move(*maps);
  return full;
}

Result<std::shared_ptr<const StudyResult>> computeKernel(const KernelStudy& study, const ComputeScope& scope,
                                                         StudyCache& cache, const ComputeContext& context) {
  using Setting = ErrorPlace::Setting;
  const auto shape = cache.clipShape(study.clip, context);
  if (!shape) return failAt(Setting::Source, shape.error());
  if (auto fits = checkSizes(study, *shape, cache.frameBytes(study.clip)); !fits)
    return failAt(Setting::Filters, fits.error());
  auto clip = cache.clip(study.clip, context);
  if (!clip) return failAt(Setting::Source, clip.error());
  const Tensor& input = (*clip)->pixels;
  const auto geometry = geometryOf(input.shape(), study.conv, static_cast<int>(study.bank.size()));
  if (!geometry) return tl::unexpected(geometry.error());

  KernelResult result;
  result.spec = study;
  result.clip = *clip;
  result.geometry = *geometry;
  result.cost = costOf(study.conv, *geometry);
  result.field = fieldOf(study.conv, *geometry);
  result.preview = scope.preview;
  const auto start = Clock::now();
  // what is waited for more urgent jobs is no time of the engine
  std::atomic<std::int64_t> waited{0};
  ComputeContext timed{context.pool, context.stop, {}, context.progress};
  if (context.yield) {
    timed.yield = [&] {
      const auto since = Clock::now();
      context.yield();
      waited += (Clock::now() - since).count();
    };
  }
  if (scope.preview) {
    PreviewPlan plan = planPreview(study, *geometry, scope);
    result.step = plan.step;
    result.filters = std::move(plan.filters);
    auto maps = convolve(input, plan.spec, plan.bank, timed);
    if (!maps) return failAt(Setting::Filters, maps.error());
    result.multiplyAddsDone = result.cost.multiplyAdds / geometry->output.count() * maps->shape().count();
    result.maps = std::move(*maps);
  } else {
    result.filters.resize(study.bank.size());
    std::iota(result.filters.begin(), result.filters.end(), 0);
    auto full = computeMaps(study, **clip, *geometry, cache, timed);
    if (!full) return failAt(Setting::Filters, full.error());
    result.multiplyAddsDone = full->multiplyAdds;
    result.maps = std::move(full->maps);
  }
  result.convolveMs = millisecondsSince(start) -
                      std::chrono::duration<double, std::milli>(Clock::duration(waited.load())).count();
  // here and not where they are drawn: each view would walk over all maps again
  const Shape& cells = result.maps.shape();
  result.ranges.resize(static_cast<std::size_t>(cells.channels) * cells.length);
  context.pool.run(static_cast<int>(result.ranges.size()), [&](int i) {
    result.ranges[static_cast<std::size_t>(i)] = rangeOf(result.maps, i / cells.length, i % cells.length);
  });
  // Copied maps would make the engine look faster than it is.
  if (result.multiplyAddsDone == result.cost.multiplyAdds)
    cache.learnPace(static_cast<double>(result.cost.multiplyAdds), result.convolveMs);
  auto shared = std::make_shared<const StudyResult>(std::move(result));
  if (!scope.preview) cache.rememberResult(shared);
  return shared;
}

/// Multiply-adds that compute() would do, as far as can be told without reading.
std::int64_t multiplyAddsLeft(const KernelStudy& study, const ConvGeometry& geometry,
                              const StudyCache& cache) {
  const std::shared_ptr<const StudyResult> last = cache.lastResult();
  const KernelResult* const earlier = usableResult(last, study, geometry.input);
  const std::shared_ptr<const Clip> clip = cache.peek(study.clip);
  if (earlier == nullptr || clip == nullptr || clip != earlier->clip)
    return costOf(study.conv, geometry).multiplyAdds;
  const EarlierMaps known{earlier->geometry, earlier->spec.bank, earlier->maps};
  return planReuse(study.conv, geometry, study.bank, known, sameFrames(*clip, *clip)).multiplyAdds;
}

/// A clip that cannot be scored is no failure of the study: the readout is there, and says why.
Result<std::shared_ptr<const StudyResult>> computeReadout(const ReadoutStudy& study, StudyCache& cache,
                                                          const ComputeContext& context) {
  ReadoutResult result;
  result.spec = study;
  auto readout = trainReadout(study.readout, context);
  if (!readout) return tl::unexpected(readout.error());
  result.readout = std::move(*readout);
  if (study.clip) {
    auto clip = cache.clip(*study.clip, context);
    if (!clip) return tl::unexpected(clip.error());
    result.clip = std::move(*clip);
    auto scores = scoreClip(*result.readout, result.clip->pixels, context);
    if (scores) {
      result.scores = std::move(scores->scores);
      result.distance = scores->distance;
    } else if (scores.error().code == ErrorCode::Stopped) {
      return tl::unexpected(scores.error());
    } else {
      result.obstacle = scores.error().message;
    }
  }
  return std::make_shared<const StudyResult>(std::move(result));
}

Result<std::shared_ptr<const StudyResult>> computeStack(const StackStudy& study, StudyCache& cache,
                                                        const ComputeContext& context) {
  if (auto table = tableOf(study.stack); !table) return tl::unexpected(table.error());
  auto clip = cache.clip(study.clip, context);
  if (!clip) return tl::unexpected(clip.error());
  StackResult result;
  result.spec = study;
  StackSpec stack = study.stack;
  stack.clip = (*clip)->pixels.shape();
  auto table = tableOf(stack);
  if (!table) return tl::unexpected(table.error());
  const auto start = Clock::now();
  auto maps = runStack(*table, (*clip)->pixels, study.run, context);
  if (!maps) return tl::unexpected(maps.error());
  result.clip = std::move(*clip);
  result.table = std::move(*table);
  result.maps = std::move(*maps);
  result.runMs = millisecondsSince(start);
  return std::make_shared<const StudyResult>(std::move(result));
}

using Answer = Result<std::shared_ptr<const StudyResult>>;

Answer shared(Result<NetworkResult> result) {
  if (!result) return tl::unexpected(result.error());
  return std::make_shared<const StudyResult>(std::move(*result));
}

Answer computeNetworkStudy(const NetworkStudy& study, const ComputeScope& scope,
                           const ComputeContext& context) {
  if (scope.preview) return shared(outlineNetwork(study, context.stop));
  Answer outline;  // keeps the model open until it is run
  if (scope.outlined && !networkInUse(study.model)) {
    outline = shared(outlineNetwork(study, context.stop));
    if (!outline) return outline;
    scope.outlined(*outline);
  }
  return shared(computeNetwork(study, context));
}

}  // namespace

Result<std::shared_ptr<const StudyResult>> compute(const StudySpec& spec, const ComputeScope& scope,
                                                   StudyCache& cache, const ComputeContext& context) {
  return caught([&] {
    return std::visit(
        [&](const auto& study) -> Result<std::shared_ptr<const StudyResult>> {
          if constexpr (std::is_same_v<decltype(study), const ReadoutStudy&>) {
            return computeReadout(study, cache, context);
          } else if constexpr (std::is_same_v<decltype(study), const StackStudy&>) {
            return computeStack(study, cache, context);
          } else if constexpr (std::is_same_v<decltype(study), const NetworkStudy&>) {
            return computeNetworkStudy(study, scope, context);
          } else {
            return computeKernel(study, scope, cache, context);
          }
        },
        spec);
  });
}

double expectedMs(const StudySpec& spec, const StudyCache& cache) {
  if (const auto* readout = std::get_if<ReadoutStudy>(&spec)) {
    constexpr double kScoringMs = 1;
    return keptReadout(readout->readout) ? kScoringMs : std::numeric_limits<double>::infinity();
  }
  if (std::holds_alternative<StackStudy>(spec)) return std::numeric_limits<double>::infinity();
  constexpr double kNetworkMs = 1000;  // its outline is a preview of it
  if (const auto* network = std::get_if<NetworkStudy>(&spec))
    return networkInUse(network->model) ? kNetworkMs : std::numeric_limits<double>::infinity();
  const auto& study = std::get<KernelStudy>(spec);
  double ms = cache.readingMs(study.clip);
  if (ms > kLongestPreviewReadingMs) return std::numeric_limits<double>::infinity();
  Shape input{study.clip.range.count, 0, 0, channelsOf(study.clip)};
  if (const auto clip = cache.peek(study.clip)) {
    input = clip->pixels.shape();
  } else if (study.clip.prepare.resize) {
    input.height = study.clip.prepare.resize->height;
    input.width = study.clip.prepare.resize->width;
    input = editedShape(input, study.clip.edits);
  } else if (const auto* lab = std::get_if<LabSpec>(&study.clip.source)) {
    input.height = lab->height;
    input.width = lab->width;
  } else {
    return std::numeric_limits<double>::infinity();
  }
  const auto geometry = geometryOf(input, study.conv, static_cast<int>(study.bank.size()));
  if (!geometry) return ms;  // will fail at once
  ms += static_cast<double>(multiplyAddsLeft(study, *geometry, cache)) / cache.multiplyAddsPerMs();
  return ms;
}

}  // namespace convscope
