#include "engine/study/set_accuracy.h"

#include "engine/clip/clip_edit.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace convscope {

namespace {

/// Probabilities by class, as many as the preprocessing names.
Result<std::vector<double>> probabilitiesOf(const OpenNetwork& network, const Preprocess& preprocess,
                                            const Clip& clip, const ComputeContext& context,
                                            double& milliseconds) {
  RunRequest request;
  auto inputs = networkInputs(*network.graph(), clip, preprocess);
  if (!inputs) return tl::unexpected(inputs.error());
  request.inputs = std::move(*inputs);
  const auto start = std::chrono::steady_clock::now();
  const auto run = network.run(request, true, {context.pool, context.stop, context.yield, {}});
  if (!run) return tl::unexpected(run.error());
  milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  constexpr std::size_t kAll = 1'000'000;
  const auto scores = largestScores(*network.graph(), run->outputs.back(), kAll);
  if (!scores) return tl::unexpected(scores.error());
  if (scores->clips.size() != 1) return fail(ErrorCode::BadSpec, "The network gives no scores of one clip.");
  std::vector<double> byClass(scores->clips.front().size());
  if (byClass.size() != preprocess.labels.size()) {
    return fail(ErrorCode::BadSpec, "The network gives scores of " + std::to_string(byClass.size()) +
                                        " classes, and " + std::to_string(preprocess.labels.size()) +
                                        " are named beside it.");
  }
  for (const ClassScore& one : scores->clips.front())
    byClass[static_cast<std::size_t>(one.index)] = one.probability;
  return byClass;
}

std::size_t best(const std::vector<double>& scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

double movedBetween(const std::vector<double>& one, const std::vector<double>& other) {
  double sum = 0;
  for (std::size_t i = 0; i < one.size(); ++i) sum += std::abs(one[i] - other[i]);
  return sum / 2;
}

}  // namespace

Result<SetAccuracy> accuracyOn(const LabSet& set, std::span<const ClipEdit> edits, const OpenNetwork& network,
                               const ComputeContext& context) {
  const auto preprocess = network.preprocess("");
  if (!preprocess) return tl::unexpected(preprocess.error());
  if (preprocess->labels != set.labels) {
    return fail(ErrorCode::BadSpec, "The network names " + std::to_string(preprocess->labels.size()) +
                                        " classes and the set " + std::to_string(set.labels.size()) +
                                        ", and they must be the same in the same order.");
  }
  if (auto sound = checkClipEdits(edits); !sound) return tl::unexpected(sound.error());
  const bool reverses = std::ranges::count(edits, ClipEditKind::Reverse, &ClipEdit::kind) % 2 == 1;
  SetAccuracy result;
  result.labels = set.labels;
  result.confusion.assign(set.labels.size(), std::vector<int>(set.labels.size(), 0));
  std::vector<double> times;
  for (int index = 0; index < set.clips; ++index) {
    if (context.stop.stop_requested()) return fail(ErrorCode::Stopped, "The test was stopped.");
    if (context.progress) context.progress(static_cast<double>(index) / set.clips);
    const auto drawn = drawLabSetClip(set, index, {context.stop, {}, {}});
    if (!drawn) return tl::unexpected(drawn.error());
    const int label = reverses ? set.reversed[static_cast<std::size_t>(drawn->label)] : drawn->label;
    if (label < 0) {
      ++result.leftOut;
      continue;
    }
    auto scores = probabilitiesOf(network, *preprocess, drawn->clip, context, times.emplace_back());
    if (!scores) return tl::unexpected(scores.error());
    if (!edits.empty()) {
      double ms = 0;
      const auto clip = editedClip(drawn->clip, edits, {context.stop, {}, {}});
      if (!clip) return tl::unexpected(clip.error());
      auto edited = probabilitiesOf(network, *preprocess, *clip, context, ms);
      if (!edited) return tl::unexpected(edited.error());
      const double moved = movedBetween(*scores, *edited);
      result.meanMoved += moved;
      result.mostMoved = std::max(result.mostMoved, moved);
      if (best(*scores) == best(*edited)) ++result.sameClass;
      scores = std::move(edited);
    }
    const std::size_t said = best(*scores);
    ++result.confusion[static_cast<std::size_t>(label)][said];
    ++result.tested;
    if (said == static_cast<std::size_t>(label)) ++result.right;
  }
  if (result.tested > 0) result.meanMoved /= result.tested;
  if (!times.empty()) {
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    result.milliseconds = times[times.size() / 2];
  }
  return result;
}

}  // namespace convscope
