#include "engine/field/architecture_presets.h"
#include "engine/field/stack_builder.h"

#include <algorithm>

namespace convscope {

namespace {

/// A sixteenth of the channels, rounded to a multiple of eight but never down by more than a tenth.
int squeezedWidth(int channels) {
  const double wanted = channels / 16.0;
  const int rounded = std::max(8, static_cast<int>(wanted + 4) / 8 * 8);
  return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}

/// X3D: expanded 2.2-fold in depth, bottleneck 2.25 times as wide as the block's output.
StackSpec x3dStack(const std::string& name, const Shape& clip) {
  constexpr std::array<int, 4> kBlocks{3, 5, 11, 7};
  StackBuilder builder(name, clip);
  int at = builder.conv("stem.conv_xy", LayerSpec::kClip, {1, 3, 3}, 24, {1, 2, 2});
  builder.at(at).batchNorm = false;
  at = builder.depthwise("stem.conv_t", at, {5, 1, 1});
  int channels = 24;
  for (std::size_t stage = 0; stage < kBlocks.size(); ++stage) {
    const int filters = 24 << stage;
    const int inner = filters * 9 / 4;
    for (int block = 0; block < kBlocks[stage]; ++block) {
      const std::string prefix = "res" + std::to_string(stage + 2) + "." + std::to_string(block) + ".";
      const Triple stride = block == 0 ? Triple{1, 2, 2} : Triple{1, 1, 1};
      const int from = at;
      at = builder.conv(prefix + "conv_a", from, {1, 1, 1}, inner);
      at = builder.depthwise(prefix + "conv_b", at, {3, 3, 3}, stride);
      if (block % 2 == 0) at = builder.squeeze(prefix + "se", at, squeezedWidth(inner));
      at = builder.conv(prefix + "conv_c", at, {1, 1, 1}, filters);
      int shortcut = from;
      if (block == 0) {
        shortcut = builder.conv(prefix + "branch1", from, {1, 1, 1}, filters, stride);
        builder.at(shortcut).batchNorm = channels != filters;
      }
      at = builder.join(prefix + "add", LayerKind::Add, {at, shortcut});
      channels = filters;
    }
  }
  at = builder.conv("head.pre_conv", at, {1, 1, 1}, 432);
  at = builder.averagePool("head.avgpool", at, {clip.length, clip.height / 32, clip.width / 32});
  at = builder.conv("head.post_conv", at, {1, 1, 1}, 2048);
  builder.at(at).batchNorm = false;
  builder.fullyConnected("head.proj", at, 400);
  return builder.stack();
}

/// One pathway of SlowFast 8 × 8, ResNet-50. Slow: eight frames, wide, time from res4 on; fast: four times
/// the frames, an eighth of the channels, time everywhere.
class PathwayBuilder {
 public:
  explicit PathwayBuilder(bool fast)
      : m_fast(fast),
        m_builder(fast ? "SlowFast, fast pathway" : "SlowFast, slow pathway", {fast ? 32 : 8, 256, 256, 3}) {}

  StackSpec build() {
    constexpr std::array<int, 4> kBlocks{3, 4, 6, 3};
    m_at = m_builder.conv("stem.conv", LayerSpec::kClip, {m_fast ? 5 : 1, 7, 7}, width(64), {1, 2, 2});
    m_at = m_builder.maxPool("stem.pool", m_at, {1, 3, 3}, {1, 2, 2});
    addLateral("lateral.stem", 64);
    for (int stage = 0; stage < 4; ++stage) {
      const std::string name = "res" + std::to_string(stage + 2);
      for (int block = 0; block < kBlocks[static_cast<std::size_t>(stage)]; ++block)
        addBlock(name + "." + std::to_string(block) + ".", stage, block);
      if (stage < 3) addLateral("lateral." + name, 256 << stage);
    }
    m_builder.averagePool("head.pool", m_at, {m_fast ? 32 : 8, 7, 7});
    return m_builder.stack();
  }

 private:
  [[nodiscard]] int width(int slow) const { return m_fast ? slow / 8 : slow; }

  void addBlock(const std::string& prefix, int stage, int block) {
    const int filters = width(256 << stage);
    const int inner = filters / 4;
    const int frames = m_fast || stage >= 2 ? 3 : 1;
    const Triple stride = stage > 0 && block == 0 ? Triple{1, 2, 2} : Triple{1, 1, 1};
    const int from = m_at;
    int at = m_builder.conv(prefix + "conv_a", from, {frames, 1, 1}, inner);
    at = m_builder.conv(prefix + "conv_b", at, {1, 3, 3}, inner, stride);
    at = m_builder.conv(prefix + "conv_c", at, {1, 1, 1}, filters);
    const int shortcut =
        block == 0 ? m_builder.conv(prefix + "branch1", from, {1, 1, 1}, filters, stride) : from;
    m_at = m_builder.join(prefix + "add", LayerKind::Add, {at, shortcut});
  }

  /// From the fast pathway to the slow one: twice the fast channels, every fourth frame. It hangs beside the
  /// fast pathway and ends in the slow one.
  void addLateral(const std::string& name, int slowChannels) {
    const int channels = slowChannels / 8 * 2;
    if (m_fast) {
      m_builder.conv(name, m_at, {7, 1, 1}, channels, {4, 1, 1});
    } else {
      m_at = m_builder.lateral(name, m_at, channels);
    }
  }

  bool m_fast;
  StackBuilder m_builder;
  int m_at = LayerSpec::kClip;
};

}  // namespace

StackSpec x3dSmallStack() {
  return x3dStack("X3D-S", {13, 160, 160, 3});
}

StackSpec x3dMediumStack() {
  return x3dStack("X3D-M", {16, 224, 224, 3});
}

StackSpec slowPathwayStack() {
  return PathwayBuilder(false).build();
}

StackSpec fastPathwayStack() {
  return PathwayBuilder(true).build();
}

}  // namespace convscope
