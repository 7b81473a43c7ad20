#include "conv_cases.h"

#include <random>
#include <span>

namespace convscope::bench {

namespace {

constexpr Shape kSmall{16, 112, 112, 3};
constexpr Shape kMedium{32, 224, 224, 3};

void fillRandom(std::span<float> values, unsigned seed) {
  std::mt19937 bits(seed);
  for (float& value : values) value = static_cast<float>(bits() / 4294967296.0 - 0.5);
}

Shape withChannels(Shape shape, int channels) {
  shape.channels = channels;
  return shape;
}

std::string text(const Triple& extent) {
  return std::to_string(extent.t) + "x" + std::to_string(extent.y) + "x" + std::to_string(extent.x);
}

ConvCase makeCase(std::string name, const Shape& input, const Triple& kernel, int filters,
                  const Triple& stride, PaddingMode padding, int groups = 1) {
  ConvCase layer{std::move(name), input, {}, filters};
  layer.spec.kernel = kernel;
  layer.spec.stride = stride;
  layer.spec.padding = padding;
  layer.spec.groups = groups;
  return layer;
}

}  // namespace

std::vector<ConvCase> interactiveCases() {
  struct Channels {
    int in;
    int out;
  };
  std::vector<ConvCase> cases;
  for (const bool small : {true, false}) {
    for (const Channels channels :
         {Channels{1, 1}, Channels{1, 8}, Channels{3, 1}, Channels{3, 8}, Channels{3, 64}}) {
      for (const Triple kernel : {Triple{3, 3, 3}, Triple{1, 3, 3}, Triple{3, 1, 1}, Triple{5, 5, 5},
                                  Triple{7, 7, 7}, Triple{4, 3, 3}}) {
        for (const int stride : {1, 2}) {
          cases.push_back(makeCase(std::string(small ? "S/" : "M/") + std::to_string(channels.in) + "to" +
                                       std::to_string(channels.out) + "/" + text(kernel) + "/stride" +
                                       std::to_string(stride),
                                   withChannels(small ? kSmall : kMedium, channels.in), kernel, channels.out,
                                   {stride, stride, stride}, PaddingMode::Valid));
        }
      }
    }
  }
  return cases;
}

std::vector<ConvCase> deepCases() {
  const auto layer = [](const char* name, const Shape& input, const Triple& kernel, int filters,
                        const Triple& stride = {1, 1, 1}, int groups = 1) {
    return makeCase(std::string("deep/") + name, input, kernel, filters, stride, PaddingMode::Same, groups);
  };
  return {
      layer("stem-3to64-3x7x7-16x112", kSmall, {3, 7, 7}, 64, {1, 2, 2}),
      layer("64to64-3x3x3-16x56", {16, 56, 56, 64}, {3, 3, 3}, 64),
      layer("128to128-3x3x3-8x28", {8, 28, 28, 128}, {3, 3, 3}, 128),
      layer("256to256-3x3x3-4x14", {4, 14, 14, 256}, {3, 3, 3}, 256),
      layer("512to512-3x3x3-2x7", {2, 7, 7, 512}, {3, 3, 3}, 512),
      layer("64to144-1x3x3-16x56", {16, 56, 56, 64}, {1, 3, 3}, 144),
      layer("144to64-3x1x1-16x56", {16, 56, 56, 144}, {3, 1, 1}, 64),
      layer("depthwise54-3x3x3-16x56", {16, 56, 56, 54}, {3, 3, 3}, 54, {1, 1, 1}, 54),
      layer("192to96-1x1x1-8x28", {8, 28, 28, 192}, {1, 1, 1}, 96),
  };
}

std::vector<ConvCase> dragCases() {
  std::vector<ConvCase> cases;
  for (int l = 1; l <= 7; ++l) {
    cases.push_back(
        makeCase("drag/l" + std::to_string(l), kSmall, {l, 3, 3}, 8, {1, 1, 1}, PaddingMode::Valid));
  }
  cases.push_back(makeCase("drag/l3-same", kSmall, {3, 3, 3}, 8, {1, 1, 1}, PaddingMode::Same));
  return cases;
}

Tensor inputOf(const ConvCase& layer) {
  Tensor input = Tensor::uninitialised(layer.input);
  fillRandom(input.values(), 1);
  return input;
}

FilterBank bankOf(const ConvCase& layer) {
  FilterBank bank(static_cast<std::size_t>(layer.filters));
  for (unsigned k = 0; k < bank.size(); ++k) {
    bank[k].weights.resize(
        static_cast<std::size_t>(weightCount(layer.spec.kernel, layer.input.channels / layer.spec.groups)));
    fillRandom(bank[k].weights, k + 2);
  }
  return bank;
}

}  // namespace convscope::bench
