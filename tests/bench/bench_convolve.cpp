// Speed of the convolution function by function, for work on it: run with --benchmark_filter=… to choose;
// GFLOP/s counts two operations for each multiply-add. CONVSCOPE_TARGET forces an instruction set. How that
// compares with other libraries is measured by bench_peers.

#include "conv_cases.h"
#include "engine/conv/convolve.h"
#include "engine/conv/cost.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

using namespace convscope;
using bench::ConvCase;

namespace {

/// Runs one case on `threads` threads, 0 for the reference.
void run(benchmark::State& state, const ConvCase& layer, int threads) {
  const Tensor input = bench::inputOf(layer);
  const FilterBank bank = bench::bankOf(layer);
  ThreadPool pool(std::max(1, threads));
  const ComputeContext context{pool, {}};
  for (auto _ : state) {
    auto maps =
        threads > 0 ? convolve(input, layer.spec, bank, context) : convolveReference(input, layer.spec, bank);
    if (!maps) {
      state.SkipWithError(maps.error().message.c_str());
      return;
    }
    benchmark::DoNotOptimize(maps->data());
  }
  const ConvCost cost = costOf(layer.spec, *geometryOf(layer.input, layer.spec, layer.filters));
  state.counters["GFLOP/s"] = benchmark::Counter(2e-9 * static_cast<double>(cost.multiplyAdds),
                                                 benchmark::Counter::kIsIterationInvariantRate);
}

void add(const ConvCase& layer, int threads) {
  const std::string suffix = threads > 0 ? "/" + std::to_string(threads) + "T" : "/reference";
  benchmark::RegisterBenchmark((layer.name + suffix).c_str(),
                               [layer, threads](benchmark::State& state) { run(state, layer, threads); })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
  for (const auto& cases : {bench::dragCases(), bench::interactiveCases(), bench::deepCases()}) {
    for (const ConvCase& layer : cases) {
      for (const int threads : {1, 2}) add(layer, threads);
      if (layer.name == "S/1to1/3x3x3/stride1" || layer.name == "S/3to8/3x3x3/stride1") add(layer, 0);
    }
  }
  const auto target = activeTarget();
  benchmark::AddCustomContext("instruction set", target ? std::string(*target) : target.error().message);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
