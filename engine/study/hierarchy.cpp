#include "engine/study/hierarchy.h"

#include "engine/network/mean_scores.h"
#include "engine/study/layer_maps.h"
#include "engine/study/network_study.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr int kWindows = 6;
constexpr std::size_t kPatches = 3;
constexpr float kAlike = .02F;  ///< of the clip's range: what no eye tells apart

/// First frames of the windows that patches are looked for in: the one shown, and others spread over the
/// source. One more is spread where the one shown is among them.
std::vector<int> windowStarts(const NetworkResult& result) {
  const int known = result.clip->source.frameCount;
  const int span = result.span();
  const int last = std::max(0, (known > 0 ? known : kWindows * span) - span);
  std::vector<int> starts{result.spec.start};
  for (const int count : {kWindows, kWindows - 1}) {
    starts.resize(1);
    for (int i = 0; i < count; ++i) {
      const int start = i * last / (count - 1);
      if (std::ranges::find(starts, start) == starts.end()) starts.push_back(start);
    }
    if (starts.size() <= std::size_t{kWindows}) break;
  }
  return starts;
}

/// Whether windows from these frames on leave none of the source out.
bool coverSource(std::vector<int> starts, const NetworkResult& result) {
  std::ranges::sort(starts);
  int covered = 0;
  for (const int start : starts) {
    if (start > covered) return false;
    covered = start + result.span();
  }
  const int known = result.clip->source.frameCount;
  return result.preprocess.step == 1 && known > 0 && covered >= known;
}

/// The part of the clip inside the field of a unit.
Tensor cutOut(const Tensor& clip, const std::array<AxisField, 3>& field, const Triple& unit,
              DrivingPatch& patch) {
  const Shape& whole = clip.shape();
  Triple low, size;
  double inside = 1, all = 1;
  for (const Axis axis : kAxes) {
    const auto a = static_cast<std::size_t>(axis);
    const int first = field[a].first(unit[axis]);
    low[axis] = std::clamp(first, 0, whole.along(axis) - 1);
    size[axis] = std::max(1, std::min(first + field[a].size, whole.along(axis)) - low[axis]);
    inside *= size[axis];
    all *= field[a].size;
  }
  patch.first = low.t;
  patch.padding = 1 - inside / all;
  Tensor out({size.t, size.y, size.x, whole.channels});
  for (int c = 0; c < whole.channels; ++c) {
    for (int t = 0; t < size.t; ++t) {
      for (int y = 0; y < size.y; ++y) {
        for (int x = 0; x < size.x; ++x) out.at(t, y, x, c) = clip.at(low.t + t, low.y + y, low.x + x, c);
      }
    }
  }
  return out;
}

/// The window's best unit of the cell's channel becomes a patch, where it is among the best so far.
void takePatch(const NetworkResult& result, const LayerMaps& maps, int start, HierarchyCell& cell) {
  const ChannelFacts& facts = maps.channels[static_cast<std::size_t>(cell.channel)];
  DrivingPatch patch;
  patch.start = start;
  patch.unit = facts.at;
  patch.value = maps.maps.at(facts.at.t, facts.at.y, facts.at.x, cell.channel);
  patch.pixels = cutOut(result.clip->pixels, cell.field, patch.unit, patch);
  // a clip that repeats itself shows the same part again and again: of parts that look alike the hardest
  const float alike = kAlike * (result.clip->range.high - result.clip->range.low);
  const auto known = std::ranges::find_if(cell.patches, [&](const DrivingPatch& one) {
    return one.pixels.shape() == patch.pixels.shape() &&
           std::ranges::equal(one.pixels.values(), patch.pixels.values(),
                              [alike](float a, float b) { return std::abs(a - b) < alike; });
  });
  if (known == cell.patches.end())
    cell.patches.push_back(std::move(patch));
  else if (patch.value > known->value)
    *known = std::move(patch);
  std::ranges::stable_sort(cell.patches, std::greater<>{}, &DrivingPatch::value);
  if (cell.patches.size() > kPatches) cell.patches.resize(kPatches);
}

Result<HierarchyCell> cellOf(const NetworkResult& result, const LayerGroup& group,
                             const ComputeContext& context) {
  HierarchyCell cell;
  cell.row = group.last;
  cell.layer = group.name;
  cell.title = group.title;
  cell.field = result.row(group.last).field;
  const auto maps = layerMaps(result, group.last, context);
  if (!maps) return tl::unexpected(maps.error());
  cell.channel = (*maps)->byStrength.front();
  const Tensor& all = (*maps)->maps;
  const Shape shape{all.shape().length, all.shape().height, all.shape().width, 1};
  cell.map = Tensor(shape);
  std::copy_n(all.frame(0, cell.channel), shape.channelSize(), cell.map.data());
  cell.range = rangeOf(cell.map);
  cell.at = (*maps)->channels[static_cast<std::size_t>(cell.channel)].at;
  return cell;
}

int firstThatSpans(const std::vector<TimeReach>& reach, double frames) {
  const auto found =
      std::ranges::find_if(reach, [frames](const TimeReach& one) { return one.frames >= frames; });
  return found == reach.end() ? -1 : static_cast<int>(found - reach.begin());
}

void takeScoresAndReach(const NetworkResult& result, double framesPerSecond, HierarchyColumn& column) {
  if (const auto classes = likeliestClasses(result.scores); !classes.empty()) {
    column.best = result.labelOf(classes.front().index);
    column.probability = classes.front().probability;
    column.guess = result.unlike();
  }
  static const std::vector<std::string> kBehind{"Flatten",   "Reshape", "Squeeze",
                                                "Unsqueeze", "Gemm",    "MatMul"};
  for (const LayerGroup& group : result.groups) {
    if (std::ranges::find(kBehind, result.nodeOf(group.first).op) != kBehind.end())
      continue;  // reach no further
    column.reach.push_back({group.name, result.row(group.last).field[0].size});
  }
  column.spansClap = firstThatSpans(column.reach, kClapSeconds * framesPerSecond);
  column.spansAction = firstThatSpans(column.reach, kActionSeconds * framesPerSecond);
}

Result<HierarchyColumn> columnOf(const NetworkResult& result, Hierarchy& made,
                                 const ComputeContext& context) {
  std::vector<LayerGroup> convolutions;
  for (const LayerGroup& group : result.groups) {
    if (result.nodeOf(group.first).op == "Conv") convolutions.push_back(group);
  }
  if (convolutions.empty())
    return fail(ErrorCode::BadSpec, "The network " + result.spec.model + " has no convolution to look at.");
  HierarchyColumn column;
  column.model = result.spec.model;
  auto early = cellOf(result, convolutions.front(), context);
  if (!early) return tl::unexpected(early.error());
  auto late = cellOf(result, convolutions.back(), context);
  if (!late) return tl::unexpected(late.error());
  column.early = std::move(*early);
  column.late = std::move(*late);
  takeScoresAndReach(result, made.framesPerSecond, column);

  const std::vector<int> starts = windowStarts(result);
  int windows = 0;
  for (const int start : starts) {
    if (context.progress) context.progress(static_cast<double>(windows) / static_cast<double>(starts.size()));
    NetworkStudy study = result.spec;
    study.start = start;
    const auto other = computeNetwork(study, {context.pool, context.stop, context.yield, {}});
    if (!other && other.error().code == ErrorCode::Stopped) return tl::unexpected(other.error());
    if (!other) continue;  // the source ends before this window does
    ++windows;
    for (HierarchyCell* cell : {&column.early, &column.late}) {
      const auto maps = layerMaps(*other, cell->row, context);
      if (!maps) return tl::unexpected(maps.error());
      takePatch(*other, **maps, start, *cell);
    }
  }
  made.windows = std::max(made.windows, windows);
  if (!coverSource(starts, result)) made.wholeSource = false;
  return column;
}

}  // namespace

Result<Hierarchy> hierarchyOf(const HierarchySpec& spec, const ComputeContext& context) {
  Hierarchy made;
  made.spec = spec;
  NetworkStudy beside = spec.study;
  beside.model = spec.beside;
  beside.preprocess = {};
  double done = 0;
  for (const NetworkStudy& study : {spec.study, beside}) {
    const ComputeContext half{context.pool, context.stop, context.yield, [&](double share) {
                                if (context.progress) context.progress(done + share / 2);
                              }};
    const auto result = computeNetwork(study, {context.pool, context.stop, context.yield, {}});
    if (!result) return tl::unexpected(result.error());
    if (made.clip == nullptr) {
      made.clip = result->clip;
      made.assumedRate = !(result->clip->framesPerSecond > 0);
      if (!made.assumedRate) made.framesPerSecond = result->clip->framesPerSecond;
    }
    auto column = columnOf(*result, made, half);
    if (!column) return tl::unexpected(column.error());
    made.columns.push_back(std::move(*column));
    done += .5;
  }
  return made;
}

}  // namespace convscope
