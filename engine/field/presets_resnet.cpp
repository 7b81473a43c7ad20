#include "engine/field/architecture_presets.h"
#include "engine/field/stack_builder.h"

#include <algorithm>

namespace convscope {

namespace {

/// How a residual network of 18 layers convolves: in one, in space alone behind the first stage, or in space
/// and then in time.
enum class Factoring { None, SpaceOnlyLater, SpaceThenTime };

class ResidualBuilder {
 public:
  ResidualBuilder(const std::string& name, Factoring factoring)
      : m_builder(name, {16, 112, 112, 3}), m_factoring(factoring) {}

  StackSpec build() {
    int at = 0;
    if (m_factoring == Factoring::SpaceThenTime) {
      at = m_builder.conv("stem.0", LayerSpec::kClip, {1, 7, 7}, 45, {1, 2, 2});
      at = m_builder.conv("stem.3", at, {3, 1, 1}, 64);
    } else {
      at = m_builder.conv("stem.0", LayerSpec::kClip, {3, 7, 7}, 64, {1, 2, 2});
    }
    int channels = 64;
    for (int stage = 1; stage <= 4; ++stage) {
      const int filters = 32 << stage;
      for (int block = 0; block < 2; ++block) {
        const std::string name = "layer" + std::to_string(stage) + "." + std::to_string(block);
        const bool inSpace = m_factoring == Factoring::SpaceOnlyLater && stage > 1;
        at = addBlock(name, at, channels, filters, inSpace, stage > 1 && block == 0 ? 2 : 1);
        channels = filters;
      }
    }
    at = m_builder.globalPool("avgpool", at);
    m_builder.fullyConnected("fc", at, 400);
    return m_builder.stack();
  }

 private:
  int addBlock(const std::string& name, int from, int channels, int filters, bool inSpace, int stride) {
    const Triple steps{inSpace ? 1 : stride, stride, stride};
    // both halves of the pair in a block take their width from the block's channels: as many weights as 3 × 3
    // × 3
    const int middle = channels * filters * 27 / (channels * 9 + 3 * filters);
    int at = addConv(name + ".conv1", from, filters, middle, inSpace, steps);
    // torchvision widens the second pair as the first, but for its own channels
    const int second = filters * filters * 27 / (filters * 9 + 3 * filters);
    at = addConv(name + ".conv2", at, filters, stride == 1 ? second : middle, inSpace, {1, 1, 1});
    int shortcut = from;
    if (stride > 1) shortcut = m_builder.conv(name + ".downsample", from, {1, 1, 1}, filters, steps);
    return m_builder.join(name + ".add", LayerKind::Add, {at, shortcut});
  }

  int addConv(const std::string& name, int from, int filters, int middle, bool inSpace, const Triple& steps) {
    if (m_factoring != Factoring::SpaceThenTime)
      return m_builder.conv(name, from, inSpace ? Triple{1, 3, 3} : Triple{3, 3, 3}, filters, steps);
    const int space = m_builder.conv(name + ".0", from, {1, 3, 3}, middle, {1, steps.y, steps.x});
    return m_builder.conv(name + ".3", space, {3, 1, 1}, filters, {steps.t, 1, 1});
  }

  StackBuilder m_builder;
  Factoring m_factoring;
};

}  // namespace

StackSpec c3dStack() {
  StackBuilder builder("C3D", {16, 112, 112, 3});
  int at = LayerSpec::kClip;
  const auto conv = [&](const char* name, int filters) {
    at = builder.conv(name, at, {3, 3, 3}, filters);
    builder.at(at).batchNorm = false;
    builder.at(at).bias = true;
  };
  const auto pool = [&](const char* name, int frames) {
    at = builder.maxPool(name, at, {frames, 2, 2}, {frames, 2, 2});
  };
  conv("conv1a", 64);
  pool("pool1", 1);
  conv("conv2a", 128);
  pool("pool2", 2);
  conv("conv3a", 256);
  conv("conv3b", 256);
  pool("pool3", 2);
  conv("conv4a", 512);
  conv("conv4b", 512);
  pool("pool4", 2);
  conv("conv5a", 512);
  conv("conv5b", 512);
  pool("pool5", 2);
  builder.at(at).padding = {{{0, 0}, {1, 1}, {1, 1}}};
  at = builder.fullyConnected("fc6", at, 4096);
  at = builder.fullyConnected("fc7", at, 4096);
  builder.fullyConnected("fc8", at, 487);
  return builder.stack();
}

StackSpec r3dStack() {
  return ResidualBuilder("R3D-18", Factoring::None).build();
}

StackSpec mc3Stack() {
  return ResidualBuilder("MC3-18", Factoring::SpaceOnlyLater).build();
}

StackSpec r2plus1dStack() {
  return ResidualBuilder("R(2+1)D-18", Factoring::SpaceThenTime).build();
}

}  // namespace convscope
