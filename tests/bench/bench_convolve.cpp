// Speed of the convolution on the sizes that a person drags through. Run with --benchmark_filter=… to choose;
// GFLOP/s counts two operations for each multiply-add. CONVSCOPE_TARGET forces an instruction set.

#include "engine/conv/convolve.h"
#include "engine/conv/cost.h"

#include <benchmark/benchmark.h>

#include <random>
#include <string>

using namespace convscope;

namespace {

constexpr Shape kSmall{16, 112, 112, 3};
constexpr Shape kMedium{32, 224, 224, 3};

struct Case {
  std::string name;
  Shape input;
  Triple kernel;
  int filters;
  Triple stride{1, 1, 1};
  PaddingMode padding = PaddingMode::Valid;
  int groups = 1;
};

void fillRandom(std::span<float> values, unsigned seed) {
  std::mt19937 bits(seed);
  for (float& value : values) value = static_cast<float>(bits() / 4294967296.0 - 0.5);
}

/// Runs one case on `threads` threads, 0 for the reference.
void run(benchmark::State& state, const Case& layer, int threads) {
  ConvSpec spec;
  spec.kernel = layer.kernel;
  spec.stride = layer.stride;
  spec.padding = layer.padding;
  spec.groups = layer.groups;
  Tensor input(layer.input);
  fillRandom(input.values(), 1);
  FilterBank bank(static_cast<std::size_t>(layer.filters));
  for (unsigned k = 0; k < bank.size(); ++k) {
    bank[k].weights.resize(
        static_cast<std::size_t>(weightCount(layer.kernel, layer.input.channels / layer.groups)));
    fillRandom(bank[k].weights, k + 2);
  }
  ThreadPool pool(std::max(1, threads));
  const ComputeContext context{pool, {}};
  for (auto _ : state) {
    auto maps = threads > 0 ? convolve(input, spec, bank, context) : convolveReference(input, spec, bank);
    if (!maps) {
      state.SkipWithError(maps.error().message.c_str());
      return;
    }
    benchmark::DoNotOptimize(maps->data());
  }
  const ConvCost cost = costOf(spec, *geometryOf(layer.input, spec, layer.filters));
  state.counters["GFLOP/s"] = benchmark::Counter(2e-9 * static_cast<double>(cost.multiplyAdds),
                                                 benchmark::Counter::kIsIterationInvariantRate);
}

Shape withChannels(Shape shape, int channels) {
  shape.channels = channels;
  return shape;
}

std::string text(const Triple& extent) {
  return std::to_string(extent.t) + "x" + std::to_string(extent.y) + "x" + std::to_string(extent.x);
}

/// What a person meets while tuning: small and medium clips, one channel or colour, few filters or many.
std::vector<Case> interactiveCases() {
  std::vector<Case> cases;
  struct Channels {
    int in;
    int out;
  };
  for (const bool small : {true, false}) {
    for (const Channels channels :
         {Channels{1, 1}, Channels{1, 8}, Channels{3, 1}, Channels{3, 8}, Channels{3, 64}}) {
      for (const Triple kernel : {Triple{3, 3, 3}, Triple{1, 3, 3}, Triple{3, 1, 1}, Triple{5, 5, 5},
                                  Triple{7, 7, 7}, Triple{4, 3, 3}}) {
        for (const int stride : {1, 2}) {
          cases.push_back({std::string(small ? "S/" : "M/") + std::to_string(channels.in) + "to" +
                               std::to_string(channels.out) + "/" + text(kernel) + "/stride" +
                               std::to_string(stride),
                           withChannels(small ? kSmall : kMedium, channels.in),
                           kernel,
                           channels.out,
                           {stride, stride, stride}});
        }
      }
    }
  }
  return cases;
}

/// The drag that must keep 30 frames a second: l from 1 to 7 on 16 × 112 × 112 RGB, eight filters.
std::vector<Case> dragCases() {
  std::vector<Case> cases;
  for (int l = 1; l <= 7; ++l) cases.push_back({"drag/l" + std::to_string(l), kSmall, {l, 3, 3}, 8});
  cases.push_back({"drag/l3-same", kSmall, {3, 3, 3}, 8, {1, 1, 1}, PaddingMode::Same});
  return cases;
}

std::vector<Case> deepCases() {
  return {
      {"deep/stem-3to64-3x7x7", kSmall, {3, 7, 7}, 64, {1, 2, 2}, PaddingMode::Same},
      {"deep/64to64-3x3x3-16x56", {16, 56, 56, 64}, {3, 3, 3}, 64, {1, 1, 1}, PaddingMode::Same},
      {"deep/512to512-3x3x3-2x7", {2, 7, 7, 512}, {3, 3, 3}, 512, {1, 1, 1}, PaddingMode::Same},
      {"deep/144to64-3x1x1-16x56", {16, 56, 56, 144}, {3, 1, 1}, 64, {1, 1, 1}, PaddingMode::Same},
      {"deep/192to96-1x1x1-8x28", {8, 28, 28, 192}, {1, 1, 1}, 96},
      {"deep/depthwise54-3x3x3-16x56", {16, 56, 56, 54}, {3, 3, 3}, 54, {1, 1, 1}, PaddingMode::Same, 54}};
}

void add(const Case& layer, int threads) {
  const std::string suffix = threads > 0 ? "/" + std::to_string(threads) + "T" : "/reference";
  benchmark::RegisterBenchmark((layer.name + suffix).c_str(),
                               [layer, threads](benchmark::State& state) { run(state, layer, threads); })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
  for (const auto& cases : {dragCases(), interactiveCases(), deepCases()}) {
    for (const Case& layer : cases) {
      for (const int threads : {1, 2}) add(layer, threads);
    }
  }
  add({"S/1to1/3x3x3", withChannels(kSmall, 1), {3, 3, 3}, 1}, 0);
  add({"S/3to8/3x3x3", kSmall, {3, 3, 3}, 8}, 0);
  const auto target = activeTarget();
  benchmark::AddCustomContext("instruction set", target ? std::string(*target) : target.error().message);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
