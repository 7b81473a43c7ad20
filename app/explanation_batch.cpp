#include "app/explanation_batch.h"

#include "app/progress_line.h"
#include "engine/clip/npy.h"
#include "engine/study/network_explanation.h"
#include "engine/study/network_study.h"
#include "widgets/state/network_view.h"

#include <algorithm>
#include <ostream>

namespace convscope {

namespace {

Result<void> writeHeat(const Options& options, const NetworkResult& result, const NetworkExplanation& made,
                       std::ostream& out) {
  out << "class   " << made.question.classIndex << "  “" << result.labelOf(made.question.classIndex)
      << "”  score " << made.score << '\n';
  const Shape& shape = made.heat.shape();
  out << "heat    " << toText(shape.extent()) << "  (L × H × W), up to " << rangeOf(made.heat).high << '\n';
  return writeNpy(*options.exportExplanation, {shape.length, shape.height, shape.width}, made.heat.values());
}

Result<void> writeStimulus(const Options& options, const NetworkExplanation& made, std::ostream& out) {
  out << "channel " << made.question.channel + 1 << "  from " << made.responses.front() << " to "
      << *std::ranges::max_element(made.responses) << " in " << made.responses.size() - 1 << " steps\n";
  out << "pixels  " << toText(made.pixels.shape()) << "  (L × H × W × C)\n";
  return writeClipNpy(*options.exportExplanation, made.pixels);
}

}  // namespace

Result<void> runExplanation(const Options& options, std::ostream& out, std::ostream* progress) {
  const auto state = stateOf(options);
  if (!state) return tl::unexpected(state.error());
  const NetworkSettings& settings = state->network;
  ThreadPool pool;
  ProgressLine line(progress);
  const auto half = [&](double from) {
    return ComputeContext{pool, {}, {}, [&line, from](double share) { line.show(from + share / 2); }};
  };
  const auto result = computeNetwork(wantedNetwork(*state), half(0));
  if (!result) return tl::unexpected(result.error());
  ExplanationQuestion question;
  question.kind = *options.explain;
  question.classIndex = settings.classIndex;
  question.row = settings.row >= 0 ? settings.row : static_cast<int>(result->layers.values.size()) - 1;
  question.channel = std::max(0, settings.channel);
  const auto made = explain(*result, question, half(.5));
  if (!made) return tl::unexpected(made.error());
  if (options.layer || question.kind != ExplanationKind::Saliency) {
    out << "layer   " << result->groups[static_cast<std::size_t>(result->groupOf(question.row))].name << '\n';
  }
  return question.kind == ExplanationKind::Stimulus ? writeStimulus(options, *made, out)
                                                    : writeHeat(options, *result, *made, out);
}

}  // namespace convscope
