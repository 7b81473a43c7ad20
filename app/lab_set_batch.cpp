#include "app/lab_set_batch.h"

#include "app/progress_line.h"
#include "engine/clip/clip_edit.h"
#include "engine/core/number_text.h"
#include "engine/study/set_accuracy.h"

#include <ostream>

namespace convscope {

namespace {

std::string percentText(int part, int whole) {
  return fixedText(whole == 0 ? 0 : 100.0 * part / whole, 2) + " %";
}

void printAccuracy(const SetAccuracy& result, std::span<const ClipEdit> edits, std::ostream& out) {
  out << "clips     " << result.tested;
  if (result.leftOut > 0) out << ", and " << result.leftOut << " left out that have no class when reversed";
  out << "\naccuracy  " << percentText(result.right, result.tested) << '\n';
  if (!edits.empty()) {
    out << "change    " << toText(edits) << "\nmoved     scores by " << fixedText(result.meanMoved, 6)
        << " in the mean, by " << fixedText(result.mostMoved, 6) << " at most; the same best class for "
        << percentText(result.sameClass, result.tested) << '\n';
  }
  out << "time      " << fixedText(result.milliseconds, 2) << " ms a clip\n\ntrue\\given";
  for (const std::string& label : result.labels) out << ',' << label;
  out << '\n';
  for (std::size_t row = 0; row < result.labels.size(); ++row) {
    out << result.labels[row];
    for (const int count : result.confusion[row]) out << ',' << count;
    out << '\n';
  }
}

}  // namespace

Result<void> runLabSet(const Options& options, std::ostream& out, std::ostream* progress) {
  auto set = readLabSet(*options.labSet);
  if (!set) return tl::unexpected(set.error());
  if (options.seed) set->seed = *options.seed;
  ProgressLine line(progress);
  const auto show = [&line](double share) { line.show(share); };
  if (options.exportLabSet) {
    if (auto written = writeLabSet(*set, *options.exportLabSet, {{}, show}); !written) return written;
    out << set->clips << " clips of " << set->classes.size() << " classes, " << set->frames << " × "
        << set->height << " × " << set->width << " × " << (set->colour == ColourMode::Grey ? 1 : 3)
        << "  (L × H × W × C)\n";
    return {};
  }
  const auto network = openNetwork(*options.model);
  if (!network) return tl::unexpected(network.error());
  ThreadPool pool;
  const auto result = accuracyOn(*set, options.edits, **network, {pool, {}, {}, show});
  if (!result) return tl::unexpected(result.error());
  printAccuracy(*result, options.edits, out);
  return {};
}

}  // namespace convscope
