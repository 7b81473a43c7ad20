#include "engine/field/architecture_presets.h"
#include "engine/field/stack_builder.h"

namespace convscope {

namespace {

/// Filters of the six convolutions of an Inception block: 1 × 1 × 1 | 1 × 1 × 1, 3 × 3 × 3 | the same |
/// pooled.
struct InceptionWidths {
  const char* name;
  int single, reduce3, wide3, reduce3b, wide3b, pooled;
};

constexpr std::array<InceptionWidths, 9> kBlocks{{{"Mixed_3b", 64, 96, 128, 16, 32, 32},
                                                  {"Mixed_3c", 128, 128, 192, 32, 96, 64},
                                                  {"Mixed_4b", 192, 96, 208, 16, 48, 64},
                                                  {"Mixed_4c", 160, 112, 224, 24, 64, 64},
                                                  {"Mixed_4d", 128, 128, 256, 24, 64, 64},
                                                  {"Mixed_4e", 112, 144, 288, 32, 64, 64},
                                                  {"Mixed_4f", 256, 160, 320, 32, 128, 128},
                                                  {"Mixed_5b", 256, 160, 320, 32, 128, 128},
                                                  {"Mixed_5c", 384, 192, 384, 48, 128, 128}}};

/// I3D convolves over 3 × 3 × 3 at once, S3D over space and then over time.
class InceptionBuilder {
 public:
  InceptionBuilder(const std::string& name, bool separable)
      : m_builder(name, {64, 224, 224, 3}), m_separable(separable) {}

  StackSpec build() {
    m_at = addConv("Conv3d_1a_7x7", LayerSpec::kClip, 7, 64, 2);
    pool("MaxPool3d_2a_3x3", {1, 3, 3}, {1, 2, 2});
    m_at = m_builder.conv("Conv3d_2b_1x1", m_at, {1, 1, 1}, 64);
    m_at = addConv("Conv3d_2c_3x3", m_at, 3, 192, 1);
    pool("MaxPool3d_3a_3x3", {1, 3, 3}, {1, 2, 2});
    for (std::size_t i = 0; i < kBlocks.size(); ++i) {
      if (i == 2) pool("MaxPool3d_4a_3x3", {3, 3, 3}, {2, 2, 2});
      if (i == 7) pool("MaxPool3d_5a_2x2", {2, 2, 2}, {2, 2, 2});
      addBlock(kBlocks[i]);
    }
    if (!m_separable) m_builder.padFitting();
    m_at = m_builder.averagePool("avgpool", m_at, {2, 7, 7});
    m_at = m_builder.conv("classifier", m_at, {1, 1, 1}, 400);
    m_builder.at(m_at).batchNorm = false;
    m_builder.at(m_at).bias = true;
    return m_builder.stack();
  }

 private:
  void pool(const std::string& name, const Triple& kernel, const Triple& stride) {
    m_at = m_builder.maxPool(name, m_at, kernel, stride);
  }

  int addConv(const std::string& name, int from, int extent, int filters, int stride) {
    if (!m_separable)
      return m_builder.conv(name, from, {extent, extent, extent}, filters, {stride, stride, stride});
    const int space =
        m_builder.conv(name + ".space", from, {1, extent, extent}, filters, {1, stride, stride});
    return m_builder.conv(name + ".time", space, {extent, 1, 1}, filters, {stride, 1, 1});
  }

  void addBlock(const InceptionWidths& widths) {
    const std::string name = std::string(widths.name) + ".";
    const auto single = [&](const std::string& branch, int from, int filters) {
      return m_builder.conv(name + branch, from, {1, 1, 1}, filters);
    };
    const int first = single("branch0", m_at, widths.single);
    const int second =
        addConv(name + "branch1.1", single("branch1.0", m_at, widths.reduce3), 3, widths.wide3, 1);
    const int third =
        addConv(name + "branch2.1", single("branch2.0", m_at, widths.reduce3b), 3, widths.wide3b, 1);
    const int pooled = m_builder.maxPool(name + "branch3.0", m_at, {3, 3, 3}, {1, 1, 1});
    const int fourth = single("branch3.1", pooled, widths.pooled);
    m_at = m_builder.join(widths.name, LayerKind::Concat, {first, second, third, fourth});
  }

  StackBuilder m_builder;
  bool m_separable;
  int m_at = LayerSpec::kClip;
};

}  // namespace

StackSpec i3dStack() {
  return InceptionBuilder("I3D", false).build();
}

StackSpec s3dStack() {
  return InceptionBuilder("S3D", true).build();
}

}  // namespace convscope
