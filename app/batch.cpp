#include "app/batch.h"

#include "app/effective_table.h"
#include "app/explanation_batch.h"
#include "app/export_table.h"
#include "app/field_table.h"
#include "app/lab_set_batch.h"
#include "app/network_batch.h"
#include "app/progress_line.h"
#include "app/readout_table.h"
#include "app/shift_batch.h"
#include "app/tuning_table.h"
#include "engine/clip/npy.h"
#include "engine/core/caught.h"
#include "engine/study/study.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace convscope {

namespace {

std::string numberText(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

Result<void> exportInput(const Options& options, const Clip& clip, std::ostream& out) {
  out << "input  " << toText(clip.pixels.shape()) << "  (L × H × W × C)\n";
  if (!clip.source.notice.empty()) out << "note   " << clip.source.notice << '\n';
  return options.exportInput ? writeClipNpy(*options.exportInput, clip.pixels) : Result<void>();
}

Result<void> exportMaps(const Options& options, const KernelResult& result, std::ostream& out) {
  const Shape& shape = result.maps.shape();
  out << "maps   " << shape.channels << " of " << toText(shape.extent()) << "  (K of L′ × H′ × W′)\n";
  const ValueRange range = rangeOf(result.maps);
  out << "range  " << numberText("%.6g", double{range.low}) << " to "
      << numberText("%.6g", double{range.high}) << '\n';
  out << "time   " << numberText("%.2f", result.convolveMs) << " ms for " << result.cost.multiplyAdds
      << " multiply-adds\n";
  for (const auto& [table, path] : {std::pair{KernelTable::Maps, options.exportMaps},
                                    {KernelTable::Weights, options.exportWeights},
                                    {KernelTable::Cost, options.exportCost}}) {
    if (!path) continue;
    if (auto written = writeTable(table, result, *path); !written) return written;
  }
  return {};
}

}  // namespace

Result<void> runBatch(const Options& options, std::ostream& out, std::ostream* progress) {
  if (options.labSet) return runLabSet(options, out, progress);
  if (options.field && options.effective) return runEffective(options, out, progress);
  if (options.tuning) return runTuning(options, out, progress);
  if (options.field) return runField(options, out);
  if (options.exportShifts) return runShifts(options, out, progress);
  if (options.explain) return runExplanation(options, out, progress);
  if (options.model) return runNetwork(options, out, progress);
  const auto state = stateOf(options);
  if (!state) return tl::unexpected(state.error());
  if (state->workspace == Workspace::Network && !options.readoutTable) {
    return fail(
        ErrorCode::BadUsage,
        "--batch computes one layer of kernels, and this state shows a network: give --model FILE.onnx.");
  }
  if (state->workspace == Workspace::Field && !options.readoutTable) {
    return fail(
        ErrorCode::BadUsage,
        "--batch computes one layer of kernels, and this state shows a network: give --field NETWORK for its "
        "table, or a state of the Kernel workspace.");
  }
  if (options.readoutTable) return printReadoutTable(options, *state, out);
  ProgressLine line(progress);
  ThreadPool pool;
  StudyCache cache;
  const ComputeContext context{pool, {}, {}, [&line](double share) { line.show(share); }};
  const KernelStudy& study = state->kernel();

  if (options.exportInput && !options.exportMaps && !options.exportWeights &&
      !options.exportCost) {  // needs no kernel that fits
    const auto clip = cache.clip(study.clip, context);
    if (!clip) return tl::unexpected(clip.error());
    return exportInput(options, **clip, out);
  }
  const auto computed = compute(study, {}, cache, context);
  if (!computed) return tl::unexpected(computed.error());
  const auto& result = std::get<KernelResult>(**computed);
  if (auto written = exportInput(options, *result.clip, out); !written) return written;
  return exportMaps(options, result, out);
}

int batchMain(const Options& options) {
  const auto done =
      caught([&] { return runBatch(options, std::cout, isatty(STDERR_FILENO) != 0 ? &std::cerr : nullptr); });
  std::cout.flush();
  if (done) return 0;
  std::cerr << "convscope: " << done.error().message << '\n';
  return exitCodeOf(done.error());
}

}  // namespace convscope
