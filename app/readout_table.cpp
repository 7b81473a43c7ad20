#include "app/readout_table.h"

#include "engine/study/study.h"

#include <cstdio>
#include <ostream>

namespace convscope {

namespace {

std::vector<Triple> shapesOf(const Options& options) {
  if (options.kernel) return {*options.kernel};
  return {{1, 3, 3}, {1, 5, 5}, {1, 7, 7}, {2, 5, 5}, {3, 3, 3}, {3, 5, 5},
          {5, 5, 5}, {7, 7, 7}, {3, 1, 1}, {5, 1, 5}, {5, 5, 1}};
}

std::vector<Triple> stridesOf(const Options& options) {
  if (options.stride) return {*options.stride};
  return {{1, 1, 1}, {2, 1, 1}};
}

/// Independent of the system's language, with four decimals.
std::string shareText(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%d.%04d", static_cast<int>(share),
                static_cast<int>(share * 10000 + 0.5) % 10000);
  return text;
}

void printRow(const Readout& readout, std::ostream& out) {
  const auto& [kernel, stride, dilation, bank, own] = readout.spec;
  out << kernel.t << ',' << kernel.y << ',' << kernel.x << ',' << stride.t << ','
      << shareText(readout.test.accuracy());
  for (int label = 0; label < kMotionClasses; ++label)
    out << ',' << shareText(readout.test.accuracyOf(label));
  out << ',' << shareText(readout.partialTest.accuracy()) << '\n' << std::flush;
}

}  // namespace

Result<void> printReadoutTable(const Options& options, const AppState& state, std::ostream& out) {
  ThreadPool pool;
  const ComputeContext context{pool, {}};
  out << "l,h,w,stride,accuracy";
  for (int label = 0; label < kMotionClasses; ++label)
    out << ',' << motionClassName(static_cast<MotionClass>(label));
  out << ",partial\n";
  for (const Triple& stride : stridesOf(options)) {
    for (const Triple& kernel : shapesOf(options)) {
      // own kernels are fitted to every shape, as a slider would do it
      AppState wanted = state;
      wanted.kernel().conv.kernel = kernel;
      wanted.kernel().conv.stride = stride;
      wanted = reconciled(std::move(wanted), state);
      const auto readout = trainReadout(readoutOf(wanted.kernel(), state.scores.bank), context);
      if (!readout) return tl::unexpected(readout.error());
      printRow(**readout, out);
    }
  }
  return {};
}

}  // namespace convscope
