#include "engine/conv/conv_kernel.h"

#include <algorithm>
#include <atomic>

namespace convscope {

namespace {

/// Work between two calls of the context's yield.
constexpr double kBatchWork = 400e6;

}  // namespace

bool runPieces(const KernelLayer& layer, KernelRun& run, const ComputeContext& context) {
  const int phases = layer.phases();
  int all = 0;
  for (int phase = 0; phase < phases; ++phase) all += layer.pieces(phase);
  std::atomic<int> done{0};
  bool first = true;
  for (int phase = 0; phase < phases; ++phase) {
    const int pieces = layer.pieces(phase);
    int batch = pieces;
    if (context.yield) {
      const double most = std::max(1.0, static_cast<double>(pieces));
      batch = static_cast<int>(std::clamp(kBatchWork / std::max(1.0, layer.pieceWork(phase)), 1.0, most));
    }
    for (int begin = 0; begin < pieces; begin += batch) {
      if (context.stopped()) return false;
      if (context.yield && !first) context.yield();
      first = false;
      context.pool.run(std::min(batch, pieces - begin), [&](int i) {
        if (context.stopped()) return;
        run.compute(phase, begin + i);
        if (context.progress) context.progress(static_cast<double>(++done) / all);
      });
    }
  }
  return !context.stopped();
}

}  // namespace convscope
