#include "app/batch.h"

#include "app/field_table.h"
#include "app/readout_table.h"
#include "engine/clip/npy.h"
#include "engine/study/study.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <mutex>

namespace convscope {

namespace {

/// One line that is written over; says nothing where there is nobody to read it. Calls may come from any
/// thread.
class ProgressLine {
 public:
  explicit ProgressLine(std::ostream* stream) : m_stream(stream) {}
  ~ProgressLine() {
    if (m_stream != nullptr && m_percent >= 0) *m_stream << "\r\033[K" << std::flush;
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(double share) {
    if (m_stream == nullptr) return;
    const std::lock_guard lock(m_mutex);
    const int percent = static_cast<int>(100 * std::clamp(share, 0.0, 1.0));
    if (percent == m_percent) return;
    m_percent = percent;
    *m_stream << '\r' << percent << " %" << std::flush;
  }

 private:
  std::ostream* m_stream;
  std::mutex m_mutex;
  int m_percent = -1;
};

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
  return options.exportMaps ? writeMapsNpy(*options.exportMaps, result.maps) : Result<void>();
}

}  // namespace

Result<void> runBatch(const Options& options, std::ostream& out, std::ostream* progress) {
  if (options.field) return runField(options, out);
  const auto state = stateOf(options);
  if (!state) return tl::unexpected(state.error());
  if (options.readoutTable) return printReadoutTable(options, *state, out);
  ProgressLine line(progress);
  ThreadPool pool;
  StudyCache cache;
  const ComputeContext context{pool, {}, {}, [&line](double share) { line.show(share); }};
  const KernelStudy& study = state->kernel();

  if (options.exportInput && !options.exportMaps) {  // needs no kernel that fits
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
  const auto done = runBatch(options, std::cout, isatty(STDERR_FILENO) != 0 ? &std::cerr : nullptr);
  std::cout.flush();
  if (done) return 0;
  std::cerr << "convscope: " << done.error().message << '\n';
  return exitCodeOf(done.error());
}

}  // namespace convscope
